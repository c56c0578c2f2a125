"""What the screens of cash drawers show."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spa_pos.checkout.queries.drawers import Hanging
from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """`checkout/drawer_open.html` at `GET /drawer` when none is open: `POST /drawers` (id, float, next).

    `before_words` tells of a drawer of an earlier day that is still open here; it is set aside.
    """

    float_text: str
    next_href: str
    before_words: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class PiecesRow:
    """One denomination: its field, its word, how many were typed."""

    field: str
    word: str
    cents: int
    number: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What a count came to, shown once it was counted."""

    count_id: UUID
    expected_cents: int
    counted_cents: int
    over_cents: int
    word: str
    kept_cents: int
    bank_cents: int
    note_wanted: bool


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of a drawer's log; `cents` is None for an opening without money."""

    made_at: datetime
    word: str
    what: str
    who: str
    cents: int | None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class DrawerPage:
    """`checkout/drawer.html` at `GET /drawers/{id}`: a drawer that is not closed.

    Forms, all POST: `/drawers/{id}/count` (id, n10000 … n1), `/drawers/{id}/moves` (id, kind, category,
    amount, note), `/drawers/{id}/close` (count, note). What is expected is shown after a count alone.
    """

    id: UUID
    title: str
    sentence: str
    pieces: tuple[PiecesRow, ...]
    hanging: tuple[Hanging, ...]
    log: tuple[LogRow, ...]
    paid_in: tuple[tuple[str, str], ...]
    paid_out: tuple[tuple[str, str], ...]
    in_use: bool
    difference: Difference | None = None
    note: str = ""
    approval: ApprovalPanel | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One sum of a closed drawer, such as `Cash sales`."""

    word: str
    cents: int


@dataclass(frozen=True, slots=True)
class SlipPage:
    """`checkout/drawer_slip.html` at `GET /drawers/{id}`: a closed drawer, to print; its log for managers."""

    title: str
    place_name: str
    lines: tuple[str, ...]
    rows: tuple[SlipRow, ...]
    expected_cents: int
    counted_cents: int
    over_cents: int
    word: str
    kept_cents: int
    bank_cents: int
    note: str
    pieces: tuple[PiecesRow, ...]
    log: tuple[LogRow, ...]
    sample_notice: str


@dataclass(frozen=True, slots=True)
class DrawerRow:
    """One drawer in the list."""

    href: str
    day: date
    device_name: str
    words: str
    state: str
    over_cents: int | None
    bank_cents: int | None
    late: bool


@dataclass(frozen=True, slots=True)
class DrawersPage:
    """`checkout/drawers.html` at `GET /drawers`; `POST /drawers/terms` (float, note_from, pin_from)."""

    rows: tuple[DrawerRow, ...]
    float_text: str
    note_from_text: str
    pin_from_text: str
    problem: Problem | None = None
