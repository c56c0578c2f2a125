"""An open spa, for the rules that only a running one can break."""

from tests.opened import spa, spa_left_broken

__all__ = ["spa", "spa_left_broken"]
