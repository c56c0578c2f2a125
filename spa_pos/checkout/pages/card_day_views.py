"""What the page of cards beside the processor shows."""

from dataclasses import dataclass
from datetime import date

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class CardDayRow:
    """One day that was compared: `All 12 agree`, `2 to look into`, or that it could not be."""

    day: date
    words: str
    href: str
    is_open: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class DifferenceCard:
    """One difference: what it is, both amounts (None where a side knows nothing), and what to do next.

    `action` takes the note (`note`) of who looked into it, until then; after that `settled_words`.
    """

    title: str
    key: str
    there_cents: int | None
    here_cents: int | None
    next_words: str
    href: str | None
    href_words: str
    field_id: str
    action: str | None
    settled_words: str
    note: str


@dataclass(frozen=True, slots=True)
class CardDayPage:
    """`checkout/card_day.html` at `GET /reports/cards?date=`; `POST /reports/cards` (date) compares it.

    `agrees` is None while nobody has compared the day. `can_compare` is False without a card processor
    and for a day to come.
    """

    day: date
    today: date
    previous_href: str
    next_href: str | None
    agrees: bool | None
    title: str
    words: str
    failed_words: str
    can_compare: bool
    differences: tuple[DifferenceCard, ...]
    days: tuple[CardDayRow, ...]
    problem: Problem | None = None
