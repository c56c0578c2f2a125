"""What only a manager may do, with a reason: to pass a provider's hands-on limit."""

from dataclasses import dataclass

from litestar import Response

from spa_pos.booking.pages.block_views import LimitSheet
from spa_pos.booking.pages.board_columns import board_href
from spa_pos.booking.pages.desk import setting_of, with_sheet
from spa_pos.booking.queries import Visit
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import Desk
from spa_pos.web.answers import problem_of


@dataclass(frozen=True, slots=True)
class Passing:
    """What was asked, and the form that asks it again with a reason."""

    title: str
    words: str
    action: str
    fields: tuple[tuple[str, str], ...]
    button: str


async def limit_sheet(desk: Desk, seen: Visit, asked: Passing, problem: Refusal) -> Response[str]:
    """The limit that stands in the way, and for a manager the field for a reason."""
    day = local_date(seen.starts_at, desk.place.zone)
    sheet = LimitSheet(
        title=asked.title,
        close_href=board_href(day),
        words=asked.words,
        action=asked.action,
        fields=asked.fields,
        button_words=asked.button,
        may_pass=setting_of(desk).is_manager,
        problem=problem_of(problem),
    )
    return await with_sheet(desk, day, sheet, status=problem.status)
