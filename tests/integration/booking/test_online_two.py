"""Two guests who book online and come side by side."""

import re
from uuid import UUID

from spa_pos.db import fetch, fetch_value
from spa_pos.verify import verify
from tests.cast import Kiosk, Page, Spa
from tests.integration.booking.online import say, telephone, times, type_code

COUPLE = "/book/when?service=swedish-60&add=aromatherapy&group=employee&second=visitor&date=2026-11-25"


async def hold_two(phone: Kiosk) -> Page:
    """From the times of two guests to the screen that asks who they are."""
    page = await phone.open(COUPLE)
    return await phone.send("/book/hold", time=times(page)[0])


async def test_a_couple_books_side_by_side_each_at_their_price(spa: Spa) -> None:
    async with telephone(spa) as phone:
        page = await phone.open("/book/who?service=swedish-60")
        assert "No, I come alone" in page.words and "Yes: Visitor" in page.words
        page = await phone.open(COUPLE)
        assert "instead of $264.00: Employee price" in page.words
        assert "Mon, Nov 30 Free" in page.words and "Thu, Nov 26 Closed" in page.words
        assert " and " in page.text.partition('class="vh">')[2]
        page = await phone.send("/book/hold", time=times(page)[0])
        assert page.path == "/book/you", page.words
        assert "Employee + Visitor" in page.words and "Beside you" in page.words
        held = await fetch("SELECT status, party, provider, starts_at, guest FROM appointment")
        assert [row["status"] for row in held] == ["held", "held"]
        assert len({row["party"] for row in held}) == 1 and len({row["starts_at"] for row in held}) == 1
        assert len({row["provider"] for row in held}) == 2 and len({row["guest"] for row in held}) == 2
        spa.clock.forward(minutes=8)
        await phone.open("/book/you")
        await phone.send("/book/hold/extension")
        spa.clock.forward(minutes=8)
        await phone.open("/book/you")
        await say(phone)
        page = await type_code(phone)
        assert "Who comes along?" in page.words and "Mayo badge" in page.words
        nameless = await phone.send("/book/confirm", second_given="Per", second_family=" ")
        assert (nameless.status, nameless.problem) == (422, "name-missing")
        assert 'value="Per"' in nameless.text
        page = await phone.send("/book/confirm", second_given="Per", second_family="Moen")
        assert page.path == "/book/done", page.words
        assert re.search(r"with \w+ and \w+", page.words)
    rows = await fetch(
        "SELECT g.given_name, g.email, a.guest_group, a.status, a.price_cents FROM appointment a"
        " JOIN guest g ON g.id = a.guest ORDER BY g.given_name"
    )
    assert [tuple(row)[:4] for row in rows] == [
        ("Ida", "ida@example.org", "employee", "booked"),
        ("Per", "ida@example.org", "visitor", "booked"),
    ]
    assert rows[0]["price_cents"] < rows[1]["price_cents"] == 12_000
    assert await fetch_value("SELECT count(*) FROM message WHERE kind = 'confirmation'") == 2
    assert [problem for verdict in await verify() for problem in verdict.problems] == []


async def test_a_couple_that_books_again_is_the_same_two_people(spa: Spa) -> None:
    async with telephone(spa) as phone:
        for day in ("2026-11-25", "2026-11-30"):
            page = await phone.open(COUPLE.replace("2026-11-25", day))
            await phone.send("/book/hold", time=times(page)[0])
            page = await say(phone)
            if page.path == "/book/code":
                await type_code(phone)
            page = await phone.send("/book/confirm", second_given="Per", second_family="Moen")
            assert page.path == "/book/done", page.words
    assert await fetch_value("SELECT count(*) FROM guest WHERE NOT stands_in") == 2
    assert await fetch_value("SELECT count(*) FROM guest WHERE stands_in") == 2, "one of each group"


async def test_one_name_for_both_is_told(spa: Spa) -> None:
    async with telephone(spa) as phone:
        await hold_two(phone)
        await say(phone)
        await type_code(phone)
        page = await phone.send("/book/confirm", second_given="Ida", second_family="Moen")
        assert (page.status, page.problem) == (409, "guest-already-booked")
        assert await fetch_value("SELECT count(*) FROM appointment WHERE status = 'held'") == 2
        assert await fetch_value("SELECT count(*) FROM guest WHERE NOT stands_in") == 0, "nothing was done"


async def test_a_couple_that_changes_its_mind_frees_both(spa: Spa) -> None:
    async with telephone(spa) as phone:
        await hold_two(phone)
        page = await phone.open(COUPLE.replace("&second=visitor", ""))
        await phone.send("/book/hold", time=times(page)[0])
        states = [row["status"] for row in await fetch("SELECT status FROM appointment ORDER BY status")]
        assert states == ["expired", "expired", "held"]
        page = await phone.open(COUPLE)
        one = await phone.send("/book/hold", time=times(page)[0].replace("~", "."))
        assert one.problem == "time-unreadable"
        forged = times(page)[0].split(".")
        forged[1] = "~".join([forged[1].split("~")[0]] * 2)
        page = await phone.send("/book/hold", time=".".join(forged))
        assert page.status == 409, "one provider cannot serve both"
        assert await fetch_value("SELECT count(*) FROM appointment WHERE status = 'held'") == 1


async def test_a_named_provider_serves_one_of_two(spa: Spa) -> None:
    ana: UUID = await spa.staff_id("Ana Okafor")
    async with telephone(spa) as phone:
        page = await phone.open(f"{COUPLE}&with={ana}")
        await phone.send("/book/hold", time=times(page)[0])
        rows = await fetch("SELECT provider, provider_wish FROM appointment ORDER BY provider_wish")
    assert [row["provider_wish"] for row in rows] == ["any", "named"]
    assert rows[1]["provider"] == ana != rows[0]["provider"]
