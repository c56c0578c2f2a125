"""An open spa."""

from tests.opened import spa, spa_left_broken

__all__ = ["spa", "spa_left_broken"]
