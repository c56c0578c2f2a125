"""Receipts and drawers on a printer that works, and on every kind that does not."""

import asyncio
import re
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import take_cash, undo_tender
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.printing.actions import claim_due, kick_drawer, print_again, save_printer
from spa_pos.printing.queries import JobView, jobs, last_print_of, trouble_of
from spa_pos.printing.rules import DRAWER_USEFUL, PAPER_USEFUL, STALE_AFTER
from spa_pos.verify import verify
from tests.builders import open_sale, sale_of
from tests.integration.printing.conftest import Desk, terms


async def printed(desk: Desk, ticket_id: UUID) -> None:
    """The drawer's pulse is done with; then the receipt is asked for on the paid screen."""
    await desk.work()
    await desk.kiosk.open(f"/tickets/{ticket_id}/done")
    await desk.kiosk.send("/prints")


async def last(subject: UUID) -> JobView:
    found = await last_print_of(subject)
    assert found is not None
    return found


async def test_a_receipt_comes_out_whole_and_is_cut_once(desk: Desk) -> None:
    ticket_id = await desk.paid()
    await printed(desk, ticket_id)
    assert await desk.work() == 1
    slip = desk.printer.slip
    number = (await sale_of(desk.spa, ticket_id)).head.number
    assert slip.cuts == 1
    assert all(len(line) <= 42 for line in slip.lines), [line for line in slip.lines if len(line) > 42]
    assert "   Rejuvenate Spa" in slip.lines[0]
    for words in (
        rf"Ticket {number} +Tue, Nov 24 2026, 8:30 AM",
        r"Swedish massage +\$120\.00 T",
        r"Subtotal +\$120\.00",
        r"Total +\$129\.75",
        r"Cash +\$129\.75",
        r"  Change +\$0\.25",
        r"Sales tax 8\.125 % +\$9\.75",
    ):
        assert re.search(words, slip.text), words
    assert "?" not in slip.text, "no letter was lost"
    assert (await last(ticket_id)).status == "done"
    assert await desk.work(minutes=1) == 0


async def test_cash_opens_the_drawer_before_anything_is_printed_and_without_paper(desk: Desk) -> None:
    ticket_id = await desk.paid()
    await desk.kiosk.open(f"/tickets/{ticket_id}/done")
    await desk.kiosk.send("/prints")
    assert await desk.work() == 1
    assert (desk.printer.slip.pulses, desk.printer.slip.lines) == (1, [])
    assert await desk.work() == 1
    assert desk.printer.order == ["pulse", "cut"]


async def test_a_printer_that_is_off_keeps_nobody_from_selling_and_prints_when_it_is_on(desk: Desk) -> None:
    desk.printer.switch_off()
    ticket_id = await desk.paid()
    assert (await sale_of(desk.spa, ticket_id)).head.status == "settled"
    await printed(desk, ticket_id)
    assert await desk.work() == 1
    one = await last(ticket_id)
    assert (one.status, one.tries) == ("queued", 1)
    assert one.problem is not None and "refuses the connection" in one.problem
    page = await desk.kiosk.open("/board")
    assert 'class="trouble"' in page.text and "refuses the connection" in page.text
    desk.printer.switch_on()
    assert await desk.work(seconds=1) == 0, "it waits a little"
    assert await desk.work(seconds=2) == 1, "the drawer first, for it is not too late yet"
    assert await desk.work() == 1
    assert desk.printer.order == ["pulse", "cut"]
    page = await desk.kiosk.open("/board")
    assert 'class="trouble"' not in page.text


async def test_a_drawer_never_opens_late(desk: Desk) -> None:
    desk.printer.switch_off()
    await desk.paid()
    await desk.work()
    desk.printer.switch_on()
    desk.spa.clock.forward(seconds=DRAWER_USEFUL.total_seconds())
    await desk.work()
    assert desk.printer.slip.pulses == 0
    (one,) = await jobs(desk.actor.location_id, now=desk.spa.clock.now)
    assert one.status == "failed"


@pytest.mark.parametrize(
    ("mood", "sentence"),
    [
        ("silent", "takes the connection and then says nothing"),
        ("no paper", "It has no paper"),
        ("open", "Its cover is open"),
        ("offline", "It is offline"),
    ],
)
async def test_a_printer_that_is_not_ready_says_why_and_the_paper_waits(
    desk: Desk, mood: str, sentence: str
) -> None:
    ticket_id = await desk.paid()
    await desk.work()
    desk.printer.mood = mood
    await printed(desk, ticket_id)
    await desk.work()
    one = await last(ticket_id)
    assert one.status == "queued"
    assert one.problem is not None and sentence in one.problem
    assert desk.printer.slip.lines == []
    desk.printer.mood = "fine"
    assert await desk.work(seconds=5) == 1
    assert desk.printer.slip.cuts == 1


@pytest.mark.parametrize("mood", ["dies", "stalls"])
async def test_paper_that_may_have_come_out_is_not_printed_again_by_itself(desk: Desk, mood: str) -> None:
    ticket_id = await desk.paid()
    await desk.work()
    desk.printer.mood = mood
    await printed(desk, ticket_id)
    await desk.work()
    one = await last(ticket_id)
    assert one.status == "failed"
    assert one.problem is not None and "It stopped in the middle" in one.problem
    desk.printer.switch_off()
    desk.printer.mood = "fine"
    desk.printer.slip.lines.clear()
    desk.printer._row.clear()
    desk.printer.switch_on()
    assert await desk.work(minutes=5) == 0
    page = await desk.kiosk.open("/printers")
    assert "It stopped in the middle" in page.text
    page = await desk.kiosk.send(f"/prints/{one.id}/again")
    assert "marked as a copy" in page.text
    assert await desk.work() == 1
    assert "*** COPY ***" in desk.printer.slip.text


async def test_the_same_receipt_asked_for_again_is_a_copy_and_the_same_form_is_not_two(desk: Desk) -> None:
    ticket_id = await desk.paid()
    await printed(desk, ticket_id)
    page = desk.kiosk.page
    await desk.work()
    assert "COPY" not in desk.printer.slip.text
    page = await desk.kiosk.open(f"/tickets/{ticket_id}/receipt")
    fields = page.form(f"/tickets/{ticket_id}/prints")
    for _ in range(2):
        await desk.kiosk.post(f"/tickets/{ticket_id}/prints", fields)
    assert await desk.work() == 1
    assert await desk.work() == 0
    assert desk.printer.slip.text.count("*** COPY ***") == 1
    assert desk.printer.slip.cuts == 2


async def test_what_nobody_waits_for_any_more_is_given_up(desk: Desk) -> None:
    desk.printer.switch_off()
    ticket_id = await desk.paid()
    await printed(desk, ticket_id)
    await desk.work()
    await desk.work(seconds=PAPER_USEFUL.total_seconds())
    assert (await last(ticket_id)).status == "failed"
    desk.printer.switch_on()
    assert await desk.work(minutes=1) == 0
    assert desk.printer.slip.cuts == 0


async def test_a_program_that_stopped_while_printing_leaves_the_choice_to_a_person(desk: Desk) -> None:
    ticket_id = await desk.paid()
    await printed(desk, ticket_id)
    assert len(await claim_due(now=desk.spa.clock.now)) == 1
    assert await claim_due(now=desk.spa.clock.now) == [], "it is at work"
    await desk.work(seconds=STALE_AFTER.total_seconds())
    one = await last(ticket_id)
    assert (one.status, desk.printer.slip.cuts) == ("failed", 0)
    assert one.problem is not None and "The program stopped" in one.problem


async def test_two_processes_print_each_paper_once_and_one_after_another(desk: Desk) -> None:
    for hour in (9, 11, 13):
        await printed(desk, await desk.paid(at=desk.spa.local(hour)))
    both = (desk.queue, type(desk.queue)())
    for _ in range(8):
        await asyncio.gather(*(queue.work(desk.spa.clock.now) for queue in both))
    assert desk.printer.slip.cuts == 3
    assert await fetch_value("SELECT count(*) FROM print_job WHERE status <> 'done'") == 0
    assert [one.problems for one in await verify() if one.problems] == []


async def test_a_printer_with_a_problem_is_asked_until_it_is_well(desk: Desk) -> None:
    desk.printer.mood = "no paper"
    ticket_id = await desk.paid()
    await desk.work()
    assert ticket_id
    assert await trouble_of(desk.actor.device_id) == "It has no paper. Put in a new roll."  # type: ignore[arg-type]
    desk.printer.mood = "fine"
    assert await desk.queue.ask_silent(desk.spa.clock.now) == 0
    desk.spa.clock.forward(seconds=31)
    assert await desk.queue.ask_silent(desk.spa.clock.now) == 1
    assert await trouble_of(desk.actor.device_id) is None  # type: ignore[arg-type]
    assert desk.printer.slip.lines == []


async def test_a_printer_that_never_tells_its_state_prints_all_the_same(desk: Desk) -> None:
    spa = desk.spa
    await save_printer(
        spa.renata,
        printer_id=desk.printer_id,
        terms=terms(desk.printer, tells_state=False),
        now=spa.clock.now,
    )
    ticket_id = await desk.paid()
    await printed(desk, ticket_id)
    assert await desk.work() == 1
    await asyncio.sleep(0.2)
    assert desk.printer.slip.cuts == 1
    assert (await last(ticket_id)).status == "done"


async def test_a_device_without_a_printer_opens_no_drawer_and_prints_in_the_browser(desk: Desk) -> None:
    spa = desk.spa
    assert await kick_drawer(spa.maya, subject=uuid4(), now=spa.clock.now) is None
    ticket_id = await desk.paid()
    other = await spa.kiosk(name="Desk 2")
    page = await other.open(f"/tickets/{ticket_id}/receipt")
    assert "/prints" not in page.text and "data-print" in page.text


async def test_the_slip_of_a_refund_is_printed_too(desk: Desk) -> None:
    ticket_id = await desk.paid()
    await desk.work()
    (line,) = (await sale_of(desk.spa, ticket_id)).lines
    address = f"/tickets/{ticket_id}/refund?lines={line.id}:4000&to=original"
    await desk.kiosk.open(address)
    await desk.kiosk.send("/refunds", reason="Service cut short")
    page = desk.kiosk.page
    refund_id = await fetch_value("SELECT id FROM refund")
    assert refund_id, page.text
    await desk.kiosk.open(f"/refunds/{refund_id}")
    await desk.kiosk.send(f"/refunds/{refund_id}/prints")
    while await desk.work():
        pass
    assert re.search(r"Given back +\$43\.25", desk.printer.slip.text)
    assert desk.printer.order == ["pulse", "pulse", "cut"], "once for the sale, once for the money back"


async def test_a_drawer_is_not_opened_from_the_list_nor_a_waiting_paper_doubled(desk: Desk) -> None:
    ticket_id = await desk.paid()
    drawer = await fetch_value("SELECT id FROM print_job WHERE kind = 'drawer'")
    await desk.kiosk.open(f"/tickets/{ticket_id}/done")
    await desk.kiosk.send("/prints")
    waiting = await fetch_value("SELECT id FROM print_job WHERE kind = 'receipt'")
    asked = {"job_id": uuid4(), "copy_word": "COPY", "now": desk.spa.clock.now}
    for old, code in ((drawer, "drawer-not-again"), (waiting, "print-under-way")):
        with pytest.raises(Conflict) as refused:
            await print_again(desk.actor, old_id=old, **asked)
        assert refused.value.code == code
    with pytest.raises(NotFound):
        await print_again(desk.actor, old_id=uuid4(), **asked)


async def test_a_manager_sets_up_a_printer_tests_it_and_takes_it_out_of_use(desk: Desk) -> None:
    renata = await desk.spa.kiosk("Renata Silva", name="Office")
    page = await renata.open("/printers")
    assert "Desk printer" in page.text
    new = {"name": "Office printer", "host": "127.0.0.1", "port": str(desk.printer.port), "columns": "48"}
    for changed, code in (
        ({"host": "http://x"}, "printer-address-unreadable"),
        ({"port": "80"}, "printer-port-unreadable"),
        ({"port": "x"}, "printer-port-unreadable"),
        ({"columns": "9"}, "printer-columns-unreadable"),
        ({"name": " "}, "printer-name-missing"),
        ({"name": "Desk printer"}, "printer-name-taken"),
    ):
        await renata.open("/printers")
        page = await renata.send("/printers", **{**new, **changed})
        assert (page.problem, page.status in (409, 422)) == (code, True), changed
    assert await fetch_value("SELECT count(*) FROM printer") == 1
    await renata.open("/printers")
    page = await renata.send("/printers", **new, tells_state="yes")
    assert "Office printer is there." in page.text
    office = await fetch_one("SELECT * FROM printer WHERE name = 'Office printer'")
    assert office is not None and (office["columns"], office["tells_state"]) == (48, True)
    await renata.send(f"/printers/{office['id']}/test")
    assert await desk.work() == 1
    assert "Test page" in desk.printer.slip.text and "1234567890" in desk.printer.slip.text
    assert "Ł ő €" in desk.printer.slip.text
    device = await fetch_value("SELECT id FROM device WHERE name = 'Office'")
    await renata.open("/printers")
    await renata.post(
        f"/devices/{device}/printer",
        renata.page.form(f"/devices/{device}/printer") | {"printer": str(office["id"])},
    )
    assert await fetch_value("SELECT printer FROM device_printer WHERE device = $1", device) == office["id"]
    await renata.open("/printers")
    await renata.send(f"/printers/{office['id']}/retirement")
    assert await fetch("SELECT 1 FROM device_printer WHERE device = $1", device) == []
    page = await renata.open("/printers")
    assert page.text.count("Office printer") == 1, "only in the list of what was printed"


async def test_the_page_that_waits_asks_how_the_paper_stands(desk: Desk) -> None:
    ticket_id = await desk.paid()
    await printed(desk, ticket_id)
    page = await desk.kiosk.open(f"/tickets/{ticket_id}/done")
    one = await last(ticket_id)
    assert f'hx-get="/prints/{one.id}"' in page.text
    await desk.work()
    answer = await desk.kiosk.browser.get(f"/prints/{one.id}", headers={"hx-request": "true"})
    assert "Printed on Desk printer." in answer.text and "hx-get" not in answer.text
    assert answer.status_code == 200


async def test_the_drawer_opens_for_cash_that_is_handed_back(desk: Desk) -> None:
    ticket_id = await open_sale(desk.spa)
    tender_id = uuid4()
    asked = {"ticket_id": ticket_id, "tender_id": tender_id, "now": desk.spa.clock.now}
    await take_cash(desk.actor, **asked, given_cents=Cents(1_000), version=1)
    await undo_tender(desk.actor, **asked, version=2)
    assert await desk.work() == 1
    assert await desk.work() == 1
    assert (desk.printer.slip.pulses, desk.printer.slip.lines) == (2, [])
