"""The day board's news."""

from datetime import timedelta
from typing import Annotated, Any

from litestar import Response, Router, get
from litestar.params import FromQuery, QueryParameter

from spa_pos.booking.rules import board_topic
from spa_pos.db.events import Broadcaster, catch_up
from spa_pos.kernel.errors import Refusal, SignedOut
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import EVERYBODY, UNATTENDED, desk_of, only
from spa_pos.web.answers import AnyRequest
from spa_pos.web.forms import day_from
from spa_pos.web.live import NOT_COMPRESSED, event_stream, heard_before


@get("/board/events", opt={**only(*EVERYBODY), **UNATTENDED, NOT_COMPRESSED: True})
async def board_events(
    request: AnyRequest,
    day: Annotated[str | None, QueryParameter(name="date")] = None,
    days: FromQuery[int] = 1,
) -> Response[Any]:
    """A stream that says `board` whenever a visit of a day, or of a week from it on, changes.

    It ends with the session.

    A browser that comes back says what it heard last and is told once if it missed anything.
    """
    try:
        desk = await desk_of(request)
    except SignedOut as out:
        return Response(out.sentence, status_code=out.status, media_type="text/plain")
    location = desk.place.id
    first = day_from(day, local_date(desk.now, desk.place.zone))
    topics = [board_topic(first + timedelta(days=step)) for step in range(min(max(days, 1), 7))]
    heard = heard_before(request.headers.get("last-event-id"))
    news: Broadcaster = request.app.state["news"]

    async def still_signed_in() -> bool:
        try:
            await desk_of(request)
        except Refusal:
            return False
        return True

    return event_stream(
        "board",
        news.listening(location, *topics),
        catch_up=lambda: catch_up(location, topics, heard),
        allowed=still_signed_in,
    )


router = Router("/", route_handlers=[board_events])
