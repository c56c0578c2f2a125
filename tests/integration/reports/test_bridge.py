"""From sales to the bank: every term, from both sides, closes to zero; and says so when it does not."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import (
    add_gift_card,
    add_late_tip,
    choose_tips,
    open_refund,
    record_given_back,
    take_cash,
    take_slip,
    take_value,
    undo_tender,
)
from spa_pos.checkout.queries import parts_of
from spa_pos.db import action, fetch, fetch_value, insert
from spa_pos.drawers.actions import put_in_drawer
from spa_pos.kernel.money import Cents
from spa_pos.ledger.actions import post_entry
from spa_pos.ledger.rules import CASH, NewPosting
from spa_pos.ledger.tables import Account
from spa_pos.payments.rules import GivenBack
from spa_pos.reports.queries import bridge, bridge_rows, every_bridge_row
from spa_pos.reports.queries.bridge import broken_bridge
from spa_pos.reports.rules import Bridge
from spa_pos.verify import verify
from tests.builders import open_sale, paid_by_card
from tests.cast import Spa
from tests.conftest import Database
from tests.database import plant
from tests.races import spa_elsewhere
from tests.sale import Sale, renata, tips_on

TODAY = date(2026, 11, 24)


async def of(spa: Spa, first: date = TODAY, last: date = TODAY) -> Bridge:
    return await bridge(spa.house.location_id, spa.house.zone, first, last)


def sums(found: Bridge) -> dict[str, int]:
    """Every line by its key."""
    return {line.term.key: line.cents for line in (*found.sold, *found.paid)}


async def pay(sale: Sale, cents: int | None = None) -> None:
    await sale(take_cash, tender_id=uuid4(), given_cents=None if cents is None else Cents(cents))


async def give_back(
    spa: Spa, sale: Sale, *, line: int, tip: int = 0, to: str = "original", total: int
) -> UUID:
    lines = (await sale.now()).lines
    refund_id = uuid4()
    await sale.later(
        open_refund,
        by=await renata(spa),
        refund_id=refund_id,
        lines={lines[0].id: line},
        tip_cents=tip,
        to=to,
        reason="Unhappy",
        expected_cents=total,
    )
    for part in await parts_of(refund_id):
        if part.status == "requested":
            given = GivenBack(f"re_{part.id.hex}", settled=True)
            asked = {"refund_id": refund_id, "part_id": part.id, "outcome": given}
            await record_given_back(spa.renata, now=spa.clock.now, **asked)
    return refund_id


async def a_whole_day(spa: Spa) -> None:
    """Every kind of thing that moves money: $120 massages with $9.75 of tax."""
    await tips_on(spa)
    ana = await spa.staff_id("Ana Okafor")
    tipped = await Sale.open(spa, at=spa.local(9))
    await tipped(choose_tips, tips={ana: Cents(2_000)})
    await pay(tipped, 5_000)
    await paid_by_card(spa, tipped.ticket_id)
    await tipped.later(
        add_late_tip,
        by=await renata(spa),
        change_id=uuid4(),
        provider_id=ana,
        amount_cents=Cents(500),
        approval_id=None,
    )
    await give_back(spa, tipped, line=6_000, tip=1_000, total=6_000 + 488 + 1_000)
    selling = await Sale.open(spa, await spa.guest("Rosa Delgado"), at=spa.local(11))
    card_id = uuid4()
    await selling(choose_tips, tips={})
    gift = {"card_id": card_id, "amount_cents": Cents(10_000), "recipient": "", "message": ""}
    await selling(add_gift_card, line_id=uuid4(), approval_id=None, **gift)
    await selling(take_slip, tender_id=uuid4(), slip="S-17", amount_cents=None)
    using = await Sale.open(spa, await spa.guest("Lena Vogel"), at=spa.local(13))
    await using(choose_tips, tips={})
    await using(take_value, tender_id=uuid4(), holding_id=card_id, amount_cents=Cents(4_000))
    await pay(using)
    await give_back(spa, using, line=12_000, to="credit", total=12_975)
    waiting = await Sale.open(spa, await spa.guest("Omar Nasser"), at=spa.local(14, 30))
    await pay(waiting, 3_000)
    await pay(waiting, 1_000)
    (small,) = [one.id for one in (await waiting.now()).tenders if one.amount_cents == 1_000]
    await waiting(undo_tender, tender_id=small)


async def test_a_day_without_anything_closes(spa: Spa) -> None:
    found = await of(spa)
    assert (found.sold, found.paid, found.purses, found.agrees) == ((), (), (), True)


async def test_every_term_of_a_whole_day_is_there_and_it_closes(spa: Spa) -> None:
    await a_whole_day(spa)
    found = await of(spa)
    assert sums(found) == {
        "net-sales": 36_000,
        "sales-back": -18_000,
        "tax": 3 * 975,
        "tax-back": -488 - 975,
        "tips": 2_000,
        "late-tips": 500,
        "tips-back": -1_000,
        "value-sold": 10_000,
        "value-back": 12_975,
        "value-used": -4_000,
        "open": 3_000,
        "cash": 5_000 + 8_975 + 3_000,
        "card": 9_975,
        "external_card": 22_975,
        "card-back": -6_988,
        "cash-back": -500,
        "cash-tips": 500,
    }
    assert found.sold_cents == found.paid_cents
    assert found.agrees
    assert [verdict for verdict in await verify() if verdict.problems] == []


async def test_where_the_money_lies_is_what_the_accounts_hold_from_day_to_day(spa: Spa) -> None:
    await a_whole_day(spa)
    await spa.new_day(days=1)
    await pay(await Sale.open(spa, await spa.guest("Tom Becker")))
    held = {
        row["account"]: row["cents"]
        for row in await fetch("SELECT account, sum(amount_cents)::bigint AS cents FROM posting GROUP BY 1")
    }
    first, second = await of(spa), await of(spa, TODAY + timedelta(days=1), TODAY + timedelta(days=1))
    both = await of(spa, TODAY, TODAY + timedelta(days=1))
    assert {purse.account: purse.after_cents for purse in second.purses} == {
        purse.account: held[purse.account] for purse in second.purses
    }
    for purse in second.purses:
        before = next(one for one in first.purses if one.account == purse.account)
        assert purse.before_cents == before.after_cents
    assert both.sold_cents == first.sold_cents + second.sold_cents
    assert both.agrees


async def test_each_term_leads_to_the_entries_it_is_made_of(spa: Spa) -> None:
    await a_whole_day(spa)
    found = await of(spa)
    for line in (*found.sold, *found.paid):
        rows = await bridge_rows(spa.house.location_id, TODAY, TODAY, key=line.term.key)
        assert rows.word == line.term.word
        assert (sum(row.cents for row in rows.rows), rows.total_cents) == (line.cents, line.cents)
        assert len(rows.rows) == rows.count
    back = (await bridge_rows(spa.house.location_id, TODAY, TODAY, key="sales-back")).rows
    assert {(row.refund_number, row.ticket_number, row.guest_name) for row in back} == {
        (1, 1, "Ingrid Halvorsen"),
        (2, 3, "Lena Vogel"),
    }
    everything = await every_bridge_row(spa.house.location_id, TODAY, TODAY, limit=1_000)
    totals: dict[str, int] = {}
    for row in everything:
        totals[row.term] = totals.get(row.term, 0) + row.cents
    assert totals == sums(found)


async def test_money_that_only_moves_is_no_payment_and_stands_where_it_lies(spa: Spa) -> None:
    """What is fetched, banked and paid out of the drawer is on nobody's ticket."""
    await pay(await Sale.open(spa))
    await insert(Account, code="1900-somewhere", name="Somewhere", kind="asset")
    await insert(Account, code="6000-spent", name="Spent", kind="expense")
    await moves(spa, "banked", {CASH: -10_000, "1900-somewhere": 10_000})
    await moves(spa, "spent", {CASH: -75, "6000-spent": 75})
    found = await of(spa)
    assert found.agrees
    assert sums(found) == {"net-sales": 12_000, "tax": 975, "open": 0, "cash": 12_975}
    drawer, elsewhere = found.purses
    assert [(line.term.word, line.cents) for line in drawer.moved] == [("Banked", -10_000), ("Spent", -75)]
    assert (drawer.after_cents, elsewhere.after_cents) == (2_900, 10_000)
    rows = await bridge_rows(spa.house.location_id, TODAY, TODAY, key=drawer.moved[0].term.key)
    assert [row.cents for row in rows.rows] == [-10_000]


@action
async def moves(spa: Spa, kind: str, parts: dict[str, int]) -> None:
    """An entry by hand, of cash in the drawer."""
    entry_id = uuid4()
    await post_entry(
        entry_id=entry_id,
        location_id=spa.house.location_id,
        business_date=TODAY,
        kind=kind,
        subject=uuid4(),
        postings=[NewPosting(account, Cents(cents)) for account, cents in parts.items()],
        now=spa.clock.now,
    )
    await put_in_drawer(spa.maya, entry_id=entry_id, now=spa.clock.now)


async def test_one_location_does_not_see_the_money_of_another(spa: Spa) -> None:
    await pay(await Sale.open(spa))
    assert (await bridge(uuid4(), spa.house.zone, TODAY, TODAY)).sold == ()


BROKEN = {
    "a settled ticket that says more": (
        "UPDATE ticket SET net_cents = net_cents + 1, total_cents = total_cents + 1",
        "open",
    ),
    "a line that says more": (
        "UPDATE ticket_line SET net_cents = net_cents + 1, list_cents = list_cents + 1",
        "net-sales",
    ),
    "tax that says more": (
        "UPDATE ticket_tax SET tax_cents = tax_cents + 1 WHERE jurisdiction = 'mn'",
        "tax",
    ),
    "a tender that says less": (
        "UPDATE tender SET amount_cents = amount_cents - 1 WHERE kind = 'cash'",
        "cash",
    ),
    "a tender of another day": ("UPDATE tender SET taken_at = taken_at - interval '1 day'", "cash"),
}


@pytest.mark.parametrize(("damage", "term"), BROKEN.values(), ids=BROKEN.keys())
async def test_it_says_so_when_records_and_ledger_part(
    damage: str, term: str, new_database: Callable[..., str], database: Database
) -> None:
    url = new_database()
    async with spa_elsewhere(url) as spa:
        await pay(Sale(spa, await open_sale(spa)))
        assert await broken_bridge() == []
        await plant(
            url,
            *(
                f"ALTER TABLE {table} DISABLE TRIGGER USER"
                for table in ("ticket", "ticket_line", "ticket_tax", "tender")
            ),
            damage,
        )
        found = await of(spa)
        assert term in {line.term.key for line in found.differences}
        assert not found.agrees
        assert any(str(TODAY) in words for words in await broken_bridge())


async def test_the_page_closes_drills_to_tickets_and_exports(spa: Spa) -> None:
    await a_whole_day(spa)
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open("/reports/bridge")
    assert page.status == 200
    assert "Every cent that was sold was paid" in page.words
    assert "Apart $0.00" in page.words
    page = await kiosk.open(f"/reports/bridge/rows?term=sales-back&from={TODAY}&to={TODAY}")
    ticket_id = await fetch_value("SELECT id FROM refund WHERE number = 1")
    assert f'href="/refunds/{ticket_id}"' in page.text
    page = await kiosk.open(f"/reports/bridge/rows?term=cash&from={TODAY}&to={TODAY}&page=2")
    assert "Nothing here" in page.words
    csv = await kiosk.open(f"/reports/bridge.csv?from={TODAY}&to={TODAY}")
    assert "2026-11-24,2026-11-24,Sold,Net sales,360.00,360.00" in csv.text
    assert "Check,Sold less paid,0.00" in csv.text
    book = await kiosk.browser.get(f"/reports/bridge.xlsx?from={TODAY}&to={TODAY}")
    assert (book.status_code, book.content[:2]) == (200, b"PK")
    assert 'filename="bridge-2026-11-24-2026-11-24.xlsx"' in book.headers["content-disposition"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-11-25&to=2026-11-24", "dates-turned"),
        ("from=2020-01-01&to=2026-11-24", "period-too-long"),
        ("from=yesterday", "date-unreadable"),
    ],
)
async def test_a_period_that_cannot_be_is_refused(spa: Spa, query: str, code: str) -> None:
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open(f"/reports/bridge?{query}")
    assert (page.status, page.problem, "to the bank" in page.words) == (422, code, True)
    for path in ("/reports/bridge/rows", "/reports/bridge.csv", "/reports/bridge.xlsx"):
        page = await kiosk.open(f"{path}?{query}")
        assert (page.status, 'role="alert"' in page.text) == (422, True)


@pytest.mark.parametrize("number", ["0", "-1", "²", "x", "9" * 40])
async def test_a_page_that_cannot_be_is_the_first(spa: Spa, number: str) -> None:
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open(f"/reports/bridge/rows?term=nothing&page={number}")
    assert (page.status, "Nothing here" in page.words) == (200, True)
