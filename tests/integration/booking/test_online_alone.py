"""One booking under way for each guest: who proves an address lets go of what it holds elsewhere."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from spa_pos.booking.actions import online_alone
from spa_pos.booking.actions.online import let_hold_go, say_who
from spa_pos.booking.queries.online import Person
from spa_pos.db import fetch, fetch_value
from spa_pos.verify import verify
from tests.builders import booked
from tests.cast import Kiosk, Page, Spa
from tests.integration.booking.online import choose, say, telephone, times, type_code

IDA = Person("Ida", "Moen", "507 555 0142", "ida@example.org", True)


async def broken() -> list[str]:
    return [problem for verdict in await verify() for problem in verdict.problems]


async def held() -> int:
    """How many times are held."""
    return int(await fetch_value("SELECT count(*) FROM appointment WHERE status = 'held'"))


async def begun(spa: Spa, stack: AsyncExitStack, index: int, **typed: str) -> tuple[Kiosk, Page]:
    """One more browser that holds a time and says who it is."""
    browser = await stack.enter_async_context(telephone(spa))
    await choose(browser, index=index)
    return browser, await say(browser, **typed)


async def test_who_proves_an_address_in_a_second_browser_lets_go_of_the_first(spa: Spa) -> None:
    async with telephone(spa) as phone, telephone(spa) as tablet:
        await choose(phone)
        await say(phone)
        await type_code(phone)
        await choose(tablet, index=1)
        await say(tablet, email="Ida@Example.org")
        assert await held() == 2, "whoever types an address frees nothing of it"
        page = await type_code(tablet, "Ida@example.org")
        assert page.path == "/book/confirm?freed=1"
        assert "The time you held in another window is free again" in page.words
        assert await held() == 1
        gone = await phone.open("/book/confirm")
        assert (gone.status, gone.problem) == (410, "hold-expired")
        page = await tablet.send("/book/confirm")
        assert page.path == "/book/done"
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released AND held_until IS NOT NULL") == 0
    assert await broken() == []


async def test_the_browser_that_chose_last_is_the_one_that_holds(spa: Spa) -> None:
    async with telephone(spa) as phone, telephone(spa) as tablet:
        for index, browser in enumerate((phone, tablet)):
            await choose(browser, index=index)
            await say(browser)
            await type_code(browser)
        page = await choose(phone, index=2)
        assert page.path == "/book/you"
        assert await held() == 1
        page = await say(phone)
        assert page.path == "/book/confirm", "nothing is held elsewhere any more"
        gone = await tablet.open("/book/confirm")
        assert (gone.status, gone.problem) == (410, "hold-expired")
    assert await broken() == []


async def test_a_time_that_was_taken_frees_nothing(spa: Spa) -> None:
    async with telephone(spa) as phone, telephone(spa) as tablet:
        for index, browser in enumerate((phone, tablet)):
            await choose(browser, index=index)
            await say(browser)
            await type_code(browser)
        page = await phone.open("/book/when?service=swedish-60&group=visitor&date=2026-11-25")
        slot = times(page)[0]
        start, provider, _price = slot.split(".")
        name = await fetch_value("SELECT name FROM staff WHERE id = $1::uuid", provider)
        await booked(spa, at=datetime.strptime(start, "%Y%m%dT%H%MZ").replace(tzinfo=UTC), provider=name)
        page = await phone.send("/book/hold", time=slot)
        assert (page.status, page.problem) == (409, "slot-taken")
        assert await held() == 1
        page = await tablet.send("/book/confirm")
        assert page.path == "/book/done", "it lost nothing"


async def test_an_address_and_a_number_hold_three_times_until_they_are_proved(spa: Spa) -> None:
    async with AsyncExitStack() as stack:
        for index in range(3):
            _browser, page = await begun(spa, stack, index, email=f"ida{index}@example.org")
            assert page.path == "/book/code"
        fourth, page = await begun(spa, stack, 3, email="ida3@example.org")
        assert (page.status, page.problem) == (409, "too-many-of-yours")
        assert "in other windows" in page.words and 'value="Ida"' in page.text
        assert await fetch_value("SELECT count(*) FROM online_booking WHERE email IS NOT NULL") == 3
        page = await say(fourth, email="ida3@example.org", phone="507 555 0177")
        assert page.path == "/book/code", "another number is somebody else"
        first = await fetch_value("SELECT id FROM online_booking WHERE email = 'ida0@example.org'")
        await let_hold_go(spa.maya, booking_id=first, now=spa.clock.now)
        _fifth, page = await begun(spa, stack, 4, email="ida4@example.org")
        assert page.path == "/book/code", "what is free again counts no longer"
    assert await broken() == []


async def test_two_browsers_that_proved_one_address_at_once_hold_one_time(
    spa: Spa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has looked at what the other holds before either has written down who it is."""
    both, looks, look = asyncio.Barrier(2), count(), online_alone.under_way_of

    async def look_and_meet(*args: Any, **asked: Any) -> list[UUID]:
        found = await look(*args, **asked)
        if next(looks) < 2:
            await both.wait()
        return found

    monkeypatch.setattr(online_alone, "under_way_of", look_and_meet)
    async with telephone(spa) as phone, telephone(spa) as tablet:
        await choose(phone)
        await choose(tablet, index=1)
        ids = [row["id"] for row in await fetch("SELECT id FROM online_booking")]
        now = spa.clock.now
        await asyncio.gather(
            *(
                say_who(spa.maya, booking_id=one, person=IDA, code_id=None, now=now, proved=True)
                for one in ids
            )
        )
        assert await held() == 1
    assert await broken() == []
