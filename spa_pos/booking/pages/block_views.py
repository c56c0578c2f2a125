"""What the sheet of blocked time shows."""

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
