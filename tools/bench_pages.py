"""The pages that people look for a time on, answered at the server without a network."""

import statistics
from collections.abc import Awaitable, Callable
from datetime import timedelta

from spa_pos.booking.pages.views import new_booking_href
from tests.cast import Kiosk
from tools.bench_house import SERVICE, Busy
from tools.bench_limit import bare_reads, milliseconds, statements_seen
from tools.bench_say import ms, say

PART = {"hx-request": "true", "hx-request-type": "partial"}
WHEN = f"/book/when?service={SERVICE}&group=visitor"


async def pages_figure(url: str, busy: Busy, desk: Kiosk, size: str, goal: str, rounds: int) -> None:
    """What desk, guests and programs ask for when they look for a time; beside each its own reads."""
    tomorrow = busy.today + timedelta(days=1)
    sheet = new_booking_href(date=tomorrow, guest=busy.guests[0][0], service=busy.service)
    for what, path, headers in (
        ("the desk's times and 14 days", sheet, PART),
        ("/book, when: a day, and 31 days", WHEN, {}),
        ("/book, when: a month", f"{WHEN}&view=month", {}),
        ("/api/open-times, a day", f"/api/open-times?service={SERVICE}&day={tomorrow}", {}),
    ):
        await page_figure(url, desk, path, f"  {what}, {size}", goal, rounds, headers)


async def page_figure(
    url: str, desk: Kiosk, path: str, what: str, goal: str, rounds: int, headers: dict[str, str] | None = None
) -> None:
    """One page: its time and size, beside its own reads on a bare connection."""
    ask = _asking(desk, path, headers or {})
    with statements_seen() as sent:
        size = await ask()
    reads = [one for one in sent if one[0].lstrip().startswith(("SELECT", "WITH"))]
    median = statistics.median(await milliseconds(ask, rounds))
    bare = await bare_reads(url, reads, rounds)
    say(what, f"{ms(median)}, {size / 1024:.0f} KB", goal, f"its {len(reads)} reads alone {ms(bare)}")


def _asking(desk: Kiosk, path: str, headers: dict[str, str]) -> Callable[[], Awaitable[int]]:
    async def ask() -> int:
        answer = await desk.browser.get(path, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} was answered {answer.status_code}")
        return len(answer.content)

    return ask
