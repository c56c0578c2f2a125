"""What the sheets of blocked time, and of visits that are dropped or stretched, show."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class BlockKindChoice:
    """What time can be blocked for."""

    code: str
    word: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class BlockSheet:
    """`booking/_block_sheet.html` at `GET /blocks/new?resource=&date=&at=` and `GET /blocks/{id}`.

    `POST /blocks` sends id, resource, starts_at, minutes, kind and reason; `POST /blocks/{id}/removal`
    the version. `id` is None while it is being made.
    """

    block_id: UUID | None
    version: int
    close_href: str
    resource_no: int
    resource_name: str
    starts_at: datetime
    minutes: int
    minute_choices: tuple[int, ...]
    kinds: tuple[BlockKindChoice, ...]
    word: str
    reason: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class PlaceSheet:
    """`booking/_place.html`: a visit was dropped where it costs something else.

    The form posts `fields` to `POST /appointments/{id}/time`, at the price shown.
    """

    placing: UUID
    close_href: str
    guest_name: str
    was_words: str
    now_words: str
    was_cents: int
    price_cents: int
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LimitSheet:
    """`booking/_limit.html`: what was asked of a visit would pass a provider's hands-on limit.

    With `may_pass` the form posts `fields` and an `override_reason` to `action`; else a manager is needed.
    """

    title: str
    close_href: str
    words: str
    action: str
    fields: tuple[tuple[str, str], ...]
    button_words: str
    may_pass: bool
    problem: Problem | None
