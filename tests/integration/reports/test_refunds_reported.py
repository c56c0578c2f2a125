"""Refunds of value, exchanges, tips and approvals in the reports and in the accountant's files."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from spa_pos.checkout.actions import APPROVED_AS, open_refund, record_given_back
from spa_pos.checkout.queries import parts_of
from spa_pos.payments.rules import GivenBack
from spa_pos.stored_value.queries import liability_roll_forward
from tests.cast import Spa
from tests.integration.checkout.test_exchanges import bought, exchanged, pays, rest, takes
from tests.integration.checkout.test_given_back import back, card_sold
from tests.integration.reports.test_books import by_beancount, by_hledger, journal, needs_hledger, ours, same
from tests.integration.reports.test_bridge import TODAY, give_back
from tests.integration.reports.test_exceptions import report as exceptions
from tests.integration.reports.test_tips_report import report as tips
from tests.integration.reports.test_tips_report import sums, two_tipped


async def exchanges_and_value(spa: Spa) -> None:
    """An exchange that left credit, one that waits, a gift card given back, one on its way to a card."""
    first, line_id = await bought(spa, 2, guest=True)
    instead = await exchanged(spa, first, line_id)
    await takes(spa, instead, "Spa slippers")
    await pays(instead)
    await rest(instead, "credit")
    waiting, line_id = await bought(spa)
    await exchanged(spa, waiting, line_id)
    sale, line_id, _ = await card_sold(spa)
    await back(spa, sale, {line_id: 5_000})
    sale, line_id, _ = await card_sold(spa, by_card=True)
    await back(spa, sale, {line_id: 5_000})


async def test_beancount_reads_exchanges_and_refunds_of_value(spa: Spa) -> None:
    await exchanges_and_value(spa)
    found, wanted = await journal(spa), await ours()
    assert wanted["2310-exchanges"] < 0 and wanted["2420-guest-credit"] < 0, "control: they are in it"
    told, complaints = by_beancount(found)
    assert complaints == []
    same(found, told, wanted)


@needs_hledger
async def test_hledger_reads_exchanges_and_refunds_of_value(spa: Spa, tmp_path: Path) -> None:
    await exchanges_and_value(spa)
    found = await journal(spa)
    same(found, by_hledger(found, tmp_path / "all.journal"), await ours())


async def test_a_refund_names_who_approved_it(spa: Spa) -> None:
    sale, line_id = await bought(spa, 7)
    line = next(one for one in (await sale.now()).lines if one.id == line_id)
    total = line.net_cents + (line.tax_cents or 0)
    asked = {"refund_id": uuid4(), "lines": {line_id: line.net_cents}, "tip_cents": 0, "to": "original"}
    asked |= {"reason": "Goods returned", "expected_cents": total}
    await sale.later(open_refund, approval_id=await sale.yes(APPROVED_AS, total), **asked)
    (row,) = [one for one in (await exceptions(spa))[0] if one.kind == "refund"]
    assert (row.who, row.approved_by, row.amount_cents) == ("Maya Lindqvist", "Renata Silva", total)
    page = await (await spa.kiosk("Renata Silva")).open("/reports/exceptions")
    assert "Renata Silva" in page.words.split("Goods returned")[0].rsplit("Refund", 1)[1]


async def test_tips_given_back_are_those_of_each_provider(spa: Spa) -> None:
    sale, _, _ = await two_tipped(spa)
    await give_back(spa, sale, line=0, tip=900, total=900)
    found = sums(await tips(spa))
    assert (found["Ana Okafor", "back"], found["Ben Castellano", "back"]) == (-600, -300)
    page = await (await spa.kiosk("Renata Silva")).open("/reports/tips")
    assert "Ana Okafor $20.00 $0.00 $0.00 −$6.00 $14.00" in page.words
    assert "Not said whose" not in page.words


async def test_what_we_owe_agrees_while_value_is_on_its_way_back_and_after(spa: Spa) -> None:
    sale, line_id, _ = await card_sold(spa, by_card=True)
    refund_id = await back(spa, sale, {line_id: 5_000})
    kiosk = await spa.kiosk("Renata Silva")
    for settled in (False, True):
        if settled:
            (part,) = await parts_of(refund_id)
            given = {"refund_id": refund_id, "part_id": part.id, "outcome": GivenBack("re_1", settled=True)}
            await record_given_back(spa.renata, now=spa.clock.now, **given)
        rows = await liability_roll_forward(spa.house.location_id, TODAY, TODAY)
        (cards,) = [one for one in rows if one.account == "2400-gift-cards"]
        assert cards.agrees
        assert (cards.closing_cents, cards.leaving_cents) == (0, 0 if settled else 5_000)
        page = await kiosk.open("/reports/stored-value")
        assert ("$50.00 on its way back to them" in page.words) is not settled
        assert "Every balance agrees with the ledger" in page.words


async def test_a_period_that_ended_while_value_was_on_its_way_stays_in_agreement(spa: Spa) -> None:
    sale, line_id, _ = await card_sold(spa, by_card=True)
    refund_id = await back(spa, sale, {line_id: 5_000})
    await spa.new_day(days=1)
    (part,) = await parts_of(refund_id)
    given = {"refund_id": refund_id, "part_id": part.id, "outcome": GivenBack("re_1", settled=True)}
    await record_given_back(spa.renata, now=spa.clock.now, **given)
    for day in (TODAY, TODAY + timedelta(days=1)):
        rows = await liability_roll_forward(spa.house.location_id, TODAY, day)
        assert [one for one in rows if not one.agrees] == []
