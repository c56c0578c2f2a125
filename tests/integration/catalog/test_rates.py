"""Tax rates over HTTP: set from tomorrow on, taken back before they begin, never changed under a sale."""

from uuid import uuid4

import asyncpg
import pytest

from spa_pos.catalog.queries import jurisdictions
from spa_pos.checkout.actions import open_refund, take_cash
from spa_pos.db import fetch, fetch_value
from tests.builders import sale_of
from tests.cast import Spa
from tests.sale import Sale, balance

TOMORROW = "2026-11-25"


async def test_a_rate_is_set_from_tomorrow_and_taken_back(spa: Spa) -> None:
    kiosk = await spa.kiosk(person="Renata Silva")
    page = await kiosk.open("/rates")
    assert "8.125 % in all today" in page.words
    await kiosk.send("/rates", jurisdiction="rochester", rate="1", since=TOMORROW)
    page = await kiosk.open("/rates")
    assert "From November 25, 2026" in page.words
    assert "Sales tax $10.05" in page.words
    await kiosk.send("/rates", jurisdiction="rochester", rate="2", since=TOMORROW)
    assert (kiosk.page.status, kiosk.page.problem) == (409, "rate-known")
    await kiosk.open("/rates")
    await kiosk.send("/removal")
    assert "From November 25, 2026" not in kiosk.page.words


async def test_a_new_body_has_an_account_and_takes_its_share(spa: Spa) -> None:
    kiosk = await spa.kiosk(person="Renata Silva")
    await kiosk.open("/rates")
    await kiosk.send("/rates", jurisdiction="", name="Transit district", rate="0.5", since=TOMORROW)
    await spa.new_day(days=1)
    sale = await Sale.open(spa)
    assert await sale.remaining() == 12_000 + 1_035
    await sale(take_cash, tender_id=uuid4(), given_cents=13_035)
    assert await balance("2200-sales-tax:transit-district") == -60


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"rate": "lots"}, "rate-unreadable"),
        ({"rate": "31"}, "rate-too-high"),
        ({"rate": "-1"}, "rate-unreadable"),
        ({"since": "2026-11-24"}, "rate-day-past"),
        ({"since": "2020-01-01"}, "rate-day-past"),
        ({"since": "soon"}, "date-unreadable"),
        ({"jurisdiction": "mars"}, "jurisdiction-unknown"),
        ({"jurisdiction": "", "name": "x"}, "name-missing"),
    ],
)
async def test_bad_rates_change_nothing(spa: Spa, typed: dict[str, str], code: str) -> None:
    before = await fetch_value("SELECT count(*) FROM tax_rate")
    kiosk = await spa.kiosk(person="Renata Silva")
    await kiosk.open("/rates")
    page = await kiosk.send("/rates", **({"jurisdiction": "mn", "rate": "7", "since": TOMORROW} | typed))
    assert page.problem == code
    assert await fetch_value("SELECT count(*) FROM tax_rate") == before


async def test_a_rate_that_something_was_sold_under_cannot_be_changed(spa: Spa) -> None:
    sale = await Sale.open(spa)
    await sale(take_cash, tender_id=uuid4(), given_cents=12_975)
    for statement in (
        "UPDATE tax_rate SET rate_ppm = rate_ppm + 1",
        "DELETE FROM tax_rate",
        "INSERT INTO tax_rate (id, location, jurisdiction, name, rate_ppm, valid_from)"
        " SELECT gen_random_uuid(), location, jurisdiction, name, 1, '2026-11-24' FROM tax_rate",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await fetch(statement)
    bodies = await jurisdictions(spa.house.location_id, spa.local(9).date())
    assert sum(one.rate_ppm for one in bodies) == 81_250


async def test_a_refund_uses_the_rate_of_its_sale_after_the_rate_changed(spa: Spa) -> None:
    sale = await Sale.open(spa)
    await sale(take_cash, tender_id=uuid4(), given_cents=12_975)
    kiosk = await spa.kiosk(person="Renata Silva")
    await kiosk.open("/rates")
    await kiosk.send("/rates", jurisdiction="mn", rate="10", since=TOMORROW)
    await spa.new_day(days=1)
    (line,) = (await sale_of(spa, sale.ticket_id)).lines
    await open_refund(
        spa.renata,
        refund_id=uuid4(),
        ticket_id=sale.ticket_id,
        lines={line.id: line.net_cents},
        tip_cents=0,
        to="original",
        reason="Service cut short",
        expected_cents=12_975,
        now=spa.clock.now,
    )
    assert await balance("2200-sales-tax:mn") == 0
