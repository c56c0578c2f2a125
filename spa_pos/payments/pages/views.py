"""What the pages of cards on file show."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class KeptCard:
    """A card on file and what its guest agreed to."""

    id: UUID
    word: str
    expires: str
    saved_at: datetime
    agreed: str


@dataclass(frozen=True, slots=True)
class KeptCardsPage:
    """`payments/cards.html` at `GET /guests/{id}/kept-cards`.

    Forms, POST with `csrf` and `request`: `card-setups` (id), which says that the guest agrees to
    `consent`, and `kept-cards/{id}/removal`. `can_keep` is false where no card can be taken in.
    """

    guest_id: UUID
    guest_name: str
    cards: tuple[KeptCard, ...]
    consent: str
    can_keep: bool
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class CardSetupPage:
    """`payments/card_setup.html` at `GET /guests/{id}/card-setups/{id}`: where the card is given.

    With a `publishable_key` the processor's own element takes the card, and `check` is posted when it is
    done. Else `samples`, pairs of token and words, are posted to `sample`.
    """

    guest_id: UUID
    guest_name: str
    setup_id: UUID
    publishable_key: str | None
    secret: str
    samples: tuple[tuple[str, str], ...]
    problem: Problem | None = None
