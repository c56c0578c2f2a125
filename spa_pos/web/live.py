"""Server-sent events: named signals without content, on which a page asks for its parts again."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractContextManager

from litestar.response import Stream

from spa_pos.db.events import CaughtUp, Subscription

NOT_COMPRESSED = "not_compressed"
"""Route option of a stream: a compressor would keep signals back."""

BEAT_SECONDS = 15.0
"""A comment is sent this often, so that nothing between us and the page takes the stream for dead."""

RETRY_MS = 2_000


def heard_before(last_event_id: str | None) -> int | None:
    """The number a browser sends when it comes back; None when it is new here."""
    if last_event_id and last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19:
        return int(last_event_id)
    return None


def event_stream(
    signal: str,
    listening: AbstractContextManager[Subscription],
    *,
    catch_up: Callable[[], Awaitable[CaughtUp]],
    allowed: Callable[[], Awaitable[bool]],
) -> Stream:
    """The answer that stays open: a signal for what was missed, then one for each announcement.

    `allowed` is asked again before each thing that is sent; the stream ends with a no.
    """
    return Stream(
        _signals(signal, listening, catch_up, allowed),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _signals(
    signal: str,
    listening: AbstractContextManager[Subscription],
    catch_up: Callable[[], Awaitable[CaughtUp]],
    allowed: Callable[[], Awaitable[bool]],
) -> AsyncGenerator[str, None]:
    with listening as news:
        start = await catch_up()
        yield f"retry: {RETRY_MS}\nid: {start.newest}\n\n"
        number = start.newest if start.missed else None
        while True:
            if number is not None:
                yield f"id: {number}\nevent: {signal}\ndata: changed\n\n"
            number = await news.wait(BEAT_SECONDS)
            if news.ended or not await allowed():
                return
            if number is None:
                yield ": still here\n\n"
