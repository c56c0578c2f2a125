"""A couple's day: booked side by side with an add-on, one late change, both checked out, the day ties."""

import re

import pytest

from spa_pos.db import fetch, fetch_value
from spa_pos.verify import verify
from tests.cast import Kiosk, Page, Spa, open_spa

pytestmark = pytest.mark.usefixtures("database")


def link(page: Page, words: str) -> str:
    """The address behind a link by its words."""
    for address, body in re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', page.text, re.DOTALL):
        if words in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)):
            return str(address).replace("&amp;", "&")
    raise AssertionError(f"no link says {words}")


async def tapped(desk: Kiosk, *words: str) -> Page:
    """Follow links, one after another."""
    for each in words:
        await desk.open(link(desk.page, each))
    return desk.page


async def chosen(desk: Kiosk, name: str) -> None:
    """Find a guest by name and choose them."""
    of_the_sheet = [fields for address, fields in desk.page.forms() if address == "/guests/search"][-1]
    await desk.post("/guests/search", of_the_sheet | {"q": name})
    await tapped(desk, name)


async def paid(spa: Spa, desk: Kiosk, name: str) -> Page:
    """Check a guest in, open the ticket and take exact cash."""
    path = await fetch_value(
        "SELECT '/appointments/' || a.id FROM appointment a JOIN guest g ON g.id = a.guest"
        " WHERE g.given_name = $1",
        name,
    )
    await desk.open(path)
    await desk.send("/check-in")
    ticket = await desk.send("/tickets")
    due = re.search(r'value="([0-9]+\.[0-9]{2})"', ticket.text)
    assert due is not None, ticket.words
    return await desk.send("/tenders", kind="cash", given=due[1])


async def test_a_couple_is_booked_moved_and_paid_and_the_books_agree() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await spa.guest("Ingrid Halvorsen")
    await spa.guest("Lars Berg", "employee", proven=True)
    await desk.open("/appointments/new?date=2026-11-24&at=14%3A00")
    await chosen(desk, "Ingrid Halvorsen")
    await tapped(desk, "Swedish massage 60 min", "Scalp massage", "Another guest")
    await chosen(desk, "Lars Berg")
    page = await tapped(desk, "Deep tissue massage 60 min")
    assert "2:00 PM" in page.words and "The time asked for" in page.words
    assert "Same-day employee price, 30 % off" in page.words
    assert "Book Ingrid and Lars, $236.00" in page.words
    booked = await desk.send("/parties")
    assert "Ingrid and Lars are booked" in booked.words

    party_id = await fetch_value("SELECT id FROM party")
    await desk.open(f"/appointments/new?date=2026-11-24&at=13%3A00&party={party_id}")
    moved = await desk.send(f"/parties/{party_id}/time")
    assert "moved to Tuesday 24 November, 1:00 PM" in moved.words

    spa.clock.now = spa.local(12, 55)
    desk = await spa.kiosk("Owen Brandt", name="Desk 2")
    for name in ("Ingrid", "Lars"):
        assert "/done" in (await paid(spa, desk, name)).path
    lines = await fetch("SELECT description, net_cents FROM ticket_line ORDER BY net_cents DESC")
    assert [tuple(row) for row in lines] == [
        ("Swedish massage", 12_000),
        ("Deep tissue massage", 9_100),
        ("Scalp massage", 2_500),
    ]
    assert [verdict.name for verdict in await verify() if verdict.problems] == []
