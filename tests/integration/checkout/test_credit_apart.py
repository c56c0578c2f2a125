"""Credit that was paid for, promotional and goodwill credit stand apart wherever they are named."""

from datetime import date
from uuid import UUID, uuid4

from spa_pos.checkout.actions import open_refund, take_cash, take_value, undo_tender
from spa_pos.kernel.money import Cents
from spa_pos.reports.queries import bridge, sales_day
from spa_pos.stored_value.actions import grant_credit, refund_to
from spa_pos.stored_value.rules import Kind
from spa_pos.verify import verify
from tests.cast import Spa
from tests.sale import Sale, renata
from tests.value import Till

TODAY = date(2026, 11, 24)


async def granted(spa: Spa, guest_id: UUID, kind: Kind, cents: int) -> UUID:
    return await grant_credit(
        spa.renata,
        grant_id=uuid4(),
        credit_id=uuid4(),
        guest_id=guest_id,
        kind=kind,
        amount_cents=Cents(cents),
        until=None,
        reason="a long wait",
        now=spa.clock.now,
    )


async def paid_with_every_credit(spa: Spa) -> Sale:
    """$120.00 and tax: $40 of goodwill, $30 of a promotion, $20 that was paid for, the rest in cash."""
    guest_id = await spa.guest()
    bought = await Till(spa)(refund_to, guest_id=guest_id, refund_id=uuid4(), amount_cents=Cents(2_000))
    sale = await Sale.open(spa, guest_id)
    for holding_id in (
        await granted(spa, guest_id, Kind.GOODWILL_CREDIT, 4_000),
        await granted(spa, guest_id, Kind.PROMOTIONAL_CREDIT, 3_000),
        bought.holding_id,
    ):
        await sale(take_value, tender_id=uuid4(), holding_id=holding_id, amount_cents=None)
    undone = uuid4()
    more = await granted(spa, guest_id, Kind.GOODWILL_CREDIT, 500)
    await sale(take_value, tender_id=undone, holding_id=more, amount_cents=None)
    await sale(undo_tender, tender_id=undone)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    return sale


async def test_the_sales_day_shows_each_kind_beside_the_ledger(spa: Spa) -> None:
    await paid_with_every_credit(spa)
    day = await sales_day(spa.house.location_id, spa.house.zone, TODAY)
    told = {tie.what: (tie.tickets_cents, tie.ledger_cents) for tie in day.ties}
    assert told["Goodwill credit used"] == (4_000, 4_000)
    assert told["Promotional credit used"] == (3_000, 3_000)
    assert told["Guest credit used"] == (2_000, 2_000)
    assert day.agrees
    manager = await spa.kiosk("Renata Silva")
    shown = (await manager.open("/reports/sales-day")).text
    assert "Cash + Goodwill credit + Guest credit + Promotional credit" in shown


async def test_the_bridge_keeps_what_was_given_away_from_what_was_paid_for(spa: Spa) -> None:
    sale = await paid_with_every_credit(spa)
    (line,) = (await sale.now()).lines
    await open_refund(
        await renata(spa),
        refund_id=uuid4(),
        ticket_id=sale.ticket_id,
        lines={line.id: 12_000},
        tip_cents=0,
        to="original",
        reason="Unhappy",
        expected_cents=12_975,
        now=spa.clock.now,
    )
    found = await bridge(spa.house.location_id, spa.house.zone, TODAY, TODAY)
    told = {line.term.key: line.cents for line in found.sold}
    assert (told["goodwill-used"], told["promotional-used"], told["value-used"]) == (-4_000, -3_000, -2_000)
    assert (told["goodwill-back"], told["promotional-back"], told["value-back"]) == (4_000, 3_000, 2_000)
    assert found.agrees
    assert [one for one in await verify() if one.problems] == []


async def test_the_receipt_and_the_list_of_tenders_name_each_kind_once(spa: Spa) -> None:
    sale = await paid_with_every_credit(spa)
    assert {one.word for one in (await sale.now()).tenders} == {
        "Goodwill credit",
        "Promotional credit",
        "Guest credit",
        "Cash",
    }
    desk = await spa.kiosk()
    shown = (await desk.open(f"/tickets/{sale.ticket_id}/receipt")).text
    for word in ("Goodwill credit", "Promotional credit", "Guest credit"):
        assert shown.count(f"{word}, $0.00 left on it") == 1
        assert shown.count(word) == 1
