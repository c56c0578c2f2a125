"""The same visit again, from the paid screen."""

import re
from html import unescape
from uuid import uuid4

from spa_pos.checkout.actions import add_visit, take_cash
from tests.builders import checked_in
from tests.cast import Kiosk, Spa
from tests.sale import Sale


async def paid(spa: Spa, kiosk: Kiosk, sale: Sale) -> list[str]:
    """Where the strip of the paid screen leads."""
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    page = await kiosk.open(f"/tickets/{sale.ticket_id}/done")
    return [unescape(one) for one in re.findall(r'href="(/appointments/new[^"]+)"', page.text)]


async def test_it_leads_to_the_sheet_with_guest_service_and_provider_filled_in(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    links = await paid(spa, kiosk, await Sale.open(spa, await spa.guest("Tom Becker")))
    assert len(links) == 3
    today = spa.clock.now.astimezone(spa.house.zone).date()
    assert [one.split("date=")[1][:10] for one in links] == ["2026-12-22", "2027-01-05", "2027-01-19"]
    assert today.isoformat() == "2026-11-24"
    page = await kiosk.open(links[0])
    assert page.status == 200
    for words in ("Tom Becker", "Swedish massage", "Ana Okafor", "10:00"):
        assert words in page.words, words


async def test_a_couple_that_was_paid_together_is_booked_together_again(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    sale = await Sale.open(spa, await spa.guest("Tom Becker"))
    other = await checked_in(spa, await spa.guest("Lena Vogel"), provider="Ben Castellano")
    await sale(add_visit, appointment_id=other)
    page = await kiosk.open((await paid(spa, kiosk, sale))[1])
    for words in ("Tom Becker", "Lena Vogel", "Ana Okafor", "Ben Castellano"):
        assert words in page.words, words


async def test_a_sale_without_a_visit_offers_none(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    await kiosk.open("/tickets")
    await kiosk.send("/tickets")
    ticket = kiosk.page.path.partition("?")[0]
    page = await kiosk.open(f"{ticket}?step=add")
    await kiosk.send("/lines")
    await kiosk.open(ticket)
    page = await kiosk.send("/tenders")
    assert page.path.endswith("/done") and "Same again" not in page.words
