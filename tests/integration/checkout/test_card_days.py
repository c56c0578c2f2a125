"""A day of cards laid beside what the processor says of it, in both directions."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from spa_pos.checkout.actions import (
    CARD_PURPOSE,
    begin_card,
    open_refund,
    record_given_back,
    record_paid_attempt,
)
from spa_pos.checkout.flows import compare_day, compare_nights, send_back
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.ledger.queries import place
from spa_pos.payments.actions import record_created, record_outcome, record_submitted, settle_difference
from spa_pos.payments.flows import CardPayments
from spa_pos.payments.queries import (
    attempt,
    broken_card_days,
    card_day,
    cards_to_look_at,
    differences_of,
    open_differences,
)
from spa_pos.payments.rules import Cancelled, GivenBack, Kind, NotGivenBack, Paid, RefundOutcome
from spa_pos.payments.stripe_gateway import StripeGateway
from tests.builders import open_sale, sale_of
from tests.cast import MORNING, Spa, TestClock, open_spa
from tests.conftest import Database
from tests.database import plant
from tests.processor import KEY, Processor
from tests.sale import renata

DUE = 12_975
START = {"day": 0}


class Till:
    """An open spa with a reader, on a day of its own."""

    def __init__(self, spa: Spa, processor: Processor, gateway: StripeGateway, cards: CardPayments) -> None:
        self.spa, self.processor, self.gateway, self.cards = spa, processor, gateway, cards

    @property
    def day(self) -> date:
        return self.spa.clock.now.astimezone(self.spa.house.zone).date()

    async def begun(self, ticket_id: UUID) -> UUID:
        """An attempt on the reader that the processor has announced, and nobody has paid."""
        attempt_id = uuid4()
        await begin_card(
            self.spa.maya,
            ticket_id=ticket_id,
            attempt_id=attempt_id,
            reader_id=await fetch_value("SELECT id FROM reader LIMIT 1"),
            amount_cents=Cents(DUE),
            version=(await sale_of(self.spa, ticket_id)).head.version,
            now=self.spa.clock.now,
        )
        return attempt_id

    async def paid(self, guest: str = "Ingrid Halvorsen", hour: int = 10) -> tuple[UUID, UUID]:
        """A ticket that a card paid, and its attempt."""
        ticket_id = await open_sale(self.spa, await self.spa.guest(guest), at=self.spa.local(hour))
        attempt_id = await self.begun(ticket_id)
        await self.cards.start(attempt_id, self.spa.clock.now)
        await self.cards.simulate_tap(attempt_id, "approved", self.spa.clock.now)
        return ticket_id, attempt_id

    async def refunded(
        self, ticket_id: UUID, *, never_sent: bool = False, outcome: RefundOutcome | None = None
    ) -> UUID:
        """All of a ticket, given back to its card; `never_sent` says so here alone, as does `outcome`."""
        (line,) = (await sale_of(self.spa, ticket_id)).lines
        boss, now = await renata(self.spa), self.spa.clock.now
        refund_id = await open_refund(
            boss,
            refund_id=uuid4(),
            ticket_id=ticket_id,
            lines={line.id: line.net_cents},
            tip_cents=0,
            to="original",
            reason="Cut short",
            expected_cents=DUE,
            now=now,
        )
        told = outcome or (GivenBack("re_never", settled=True) if never_sent else None)
        if told is None:
            await send_back(boss, self.cards, refund_id=refund_id, now=now)
            return refund_id
        part_id = await fetch_value("SELECT id FROM refund_part WHERE refund = $1", refund_id)
        await record_given_back(boss, refund_id=refund_id, part_id=part_id, outcome=told, now=now)
        return refund_id

    async def compared(self, day: date | None = None) -> list[tuple[Kind, int | None, int | None]]:
        """What differs after the day was compared: kind, there, here."""
        where = await place(self.spa.house.location_id)
        await compare_day(self.cards, where, day or self.day, self.spa.clock.now)
        found = await differences_of(where.id, day or self.day)
        return [(one.kind, one.there_cents, one.here_cents) for one in found]

    async def processor_id(self, attempt_id: UUID) -> str:
        found = await attempt(attempt_id)
        assert found is not None
        assert found.processor_id is not None
        return found.processor_id


@pytest_asyncio.fixture
async def till(database: Database, processor: Processor) -> AsyncIterator[Till]:
    START["day"] += 28
    clock = TestClock(MORNING + timedelta(days=START["day"]))
    processor.no_more_faults()
    processor.set_clock(clock.now)
    gateway = StripeGateway(KEY, api_base=processor.address, connect_seconds=2, read_seconds=2)
    cards = CardPayments(gateway, {CARD_PURPOSE: record_paid_attempt})
    spa = await open_spa(clock, cards=cards, stripe_key=KEY, stripe_api_base=processor.address)
    await fetch("UPDATE reader SET processor_id = $1", f"tmr_simulated_desk_{START['day']}")
    yield Till(spa, processor, gateway, cards)
    await gateway.close()
    processor.no_more_faults()
    processor.set_clock(None)


async def test_a_day_without_cards_agrees(till: Till) -> None:
    assert await till.compared() == []
    found = await card_day(till.spa.house.location_id, till.day)
    assert found is not None
    assert (found.charges_count, found.refunds_count, found.open_count) == (0, 0, 0)
    assert found.compared_at == till.spa.clock.now


async def test_charges_and_refunds_that_agree_are_counted(till: Till) -> None:
    ticket_id, _ = await till.paid()
    await till.paid("Solveig Dahl", 13)
    await till.refunded(ticket_id)
    assert await till.compared() == []
    found = await card_day(till.spa.house.location_id, till.day)
    assert found is not None
    assert (found.charges_count, found.charges_cents) == (2, 2 * DUE)
    assert (found.refunds_count, found.refunds_cents) == (1, DUE)
    assert await broken_card_days() == []


async def test_more_than_a_page_is_read_to_the_end(till: Till) -> None:
    for _ in range(103):
        till.processor.charge(100)
    found = await till.compared()
    assert found == [(Kind.CHARGE_UNKNOWN, 100, None)] * 103


async def test_what_was_charged_and_given_back_elsewhere_is_found(till: Till) -> None:
    ticket_id, attempt_id = await till.paid()
    till.processor.charge(2_500)
    till.processor.give_back(await till.processor_id(attempt_id), 1_000)
    assert await till.compared() == [
        (Kind.CHARGE_UNKNOWN, 2_500, None),
        (Kind.REFUND_UNKNOWN, 1_000, None),
    ]
    (_, refund) = await differences_of(till.spa.house.location_id, till.day)
    assert refund.ticket_id == ticket_id, "the refund leads to the sale it is of"
    assert len(await broken_card_days()) == 2


async def test_what_stands_here_and_not_there_is_found(till: Till) -> None:
    ticket_id = await open_sale(till.spa, await till.spa.guest())
    attempt_id = await till.begun(ticket_id)
    now = till.spa.clock.now
    await record_created(attempt_id, f"pi_never_{attempt_id.hex}", now)
    await record_submitted(attempt_id, now)
    await record_outcome(attempt_id, Paid(Cents(DUE)), {CARD_PURPOSE: record_paid_attempt}, now)
    paid, _ = await till.paid("Solveig Dahl", 13)
    refund_id = await till.refunded(paid, never_sent=True)
    assert await till.compared() == [
        (Kind.CHARGE_MISSING, None, DUE),
        (Kind.REFUND_MISSING, None, DUE),
    ]
    found = await differences_of(till.spa.house.location_id, till.day)
    assert (found[0].ticket_id, found[1].refund_id) == (ticket_id, refund_id), "each leads to where it stands"


async def test_a_refund_that_was_given_up_here_is_found(till: Till) -> None:
    ticket_id, attempt_id = await till.paid()
    refund_id = await till.refunded(ticket_id, outcome=NotGivenBack("The processor refuses."))
    part_id = await fetch_value("SELECT id FROM refund_part WHERE refund = $1", refund_id)
    till.processor.give_back(await till.processor_id(attempt_id), DUE, part=part_id)
    assert await till.compared() == [(Kind.REFUND_GIVEN_UP, DUE, None)]


async def test_amounts_that_differ_are_found(till: Till) -> None:
    ticket_id = await open_sale(till.spa, await till.spa.guest())
    attempt_id = await till.begun(ticket_id)
    now = till.spa.clock.now
    await record_created(attempt_id, till.processor.charge(DUE + 25), now)
    await record_submitted(attempt_id, now)
    await record_outcome(attempt_id, Paid(Cents(DUE)), {CARD_PURPOSE: record_paid_attempt}, now)
    assert await till.compared() == [(Kind.CHARGE_AMOUNT, DUE + 25, DUE)]


async def test_a_charge_that_was_given_up_here_is_found(till: Till) -> None:
    ticket_id = await open_sale(till.spa, await till.spa.guest())
    attempt_id = await till.begun(ticket_id)
    now = till.spa.clock.now
    await record_created(attempt_id, till.processor.charge(DUE), now)
    await record_outcome(attempt_id, Cancelled(), {}, now)
    assert await till.compared() == [(Kind.CHARGE_GIVEN_UP, DUE, None)]


async def test_a_payment_nobody_heard_of_is_asked_about_first(till: Till) -> None:
    ticket_id = await open_sale(till.spa, await till.spa.guest())
    attempt_id = await till.begun(ticket_id)
    now = till.spa.clock.now
    await record_created(attempt_id, till.processor.charge(DUE), now)
    await record_submitted(attempt_id, now)
    assert await till.compared() == []
    assert (await sale_of(till.spa, ticket_id)).head.status == "settled"


async def test_money_that_found_its_ticket_closed_is_found(till: Till, database: Database) -> None:
    _, first = await till.paid()
    late = uuid4()
    now = till.spa.clock.now
    await plant(
        database.url,
        "INSERT INTO attempt (id, location, purpose, subject, reader, amount_cents, state, processor_id,"
        f" made_at, tries, online) SELECT '{late}', location, purpose, subject, reader, 500, 'submitted',"
        f" '{till.processor.charge(500)}', made_at, 0, false FROM attempt WHERE id = '{first}'",
    )
    await record_outcome(late, Paid(Cents(500)), {CARD_PURPOSE: record_paid_attempt}, now)
    assert await till.compared() == [(Kind.CHARGE_UNBOOKED, 500, 0)]


async def test_midnight_between_the_charge_and_our_record_makes_no_difference(till: Till) -> None:
    till.processor.set_clock(till.spa.local(23, 59))
    ticket_id = await open_sale(till.spa, await till.spa.guest())
    attempt_id = await till.begun(ticket_id)
    await record_created(attempt_id, till.processor.charge(DUE), till.spa.clock.now)
    await record_submitted(attempt_id, till.spa.clock.now)
    await till.spa.new_day(days=1)
    await till.cards.check(attempt_id, till.spa.clock.now)
    assert await till.compared(till.day - timedelta(days=1)) == []
    assert await till.compared() == []


async def test_when_nobody_answers_nothing_is_known_and_what_was_found_stays(till: Till) -> None:
    till.processor.charge(2_500)
    assert len(await till.compared()) == 1
    till.processor.fault("GET /v1/charges", "lose_answer", times=2)
    assert len(await till.compared()) == 1
    found = await card_day(till.spa.house.location_id, till.day)
    assert found is not None
    assert "does not answer" in (found.problem or "")
    assert found.open_count == 1
    assert await cards_to_look_at(till.spa.house.location_id) == 2, "the difference, and the day"
    kiosk = await till.spa.kiosk("Renata Silva")
    assert "1 day of cards could not be compared" in (await kiosk.open("/reports/sales-day")).words
    page = await kiosk.open("/reports/cards")
    assert "it could not be compared: The card processor does not answer" in page.words
    await kiosk.send("/reports/cards")
    assert await cards_to_look_at(till.spa.house.location_id) == 1


async def test_a_manager_settles_a_difference_with_a_word_and_it_waits_no_more(till: Till) -> None:
    spa, boss, now = till.spa, await renata(till.spa), till.spa.clock.now
    till.processor.charge(2_500)
    await till.compared()
    (one,) = await differences_of(spa.house.location_id, till.day)
    with pytest.raises(Invalid, match="note-missing"):
        await settle_difference(boss, difference_id=one.id, note="  ", now=now)
    with pytest.raises(NotAllowed, match="role-missing"):
        await settle_difference(spa.maya, difference_id=one.id, note="Mine", now=now)
    with pytest.raises(NotFound, match="difference-unknown"):
        await settle_difference(boss, difference_id=uuid4(), note="Mine", now=now)
    assert await settle_difference(boss, difference_id=one.id, note="A test of the bank", now=now) == till.day
    with pytest.raises(Conflict, match="difference-settled"):
        await settle_difference(boss, difference_id=one.id, note="Again", now=now)
    assert await open_differences(spa.house.location_id) == 0
    assert len(await till.compared()) == 1, "found again, it stays settled"
    assert await open_differences(spa.house.location_id) == 0
    with pytest.raises(Exception, match="never taken away"):
        await fetch("DELETE FROM card_difference")


async def test_a_difference_that_agrees_later_is_gone_by_itself(till: Till) -> None:
    _, attempt_id = await till.paid()
    await fetch("UPDATE attempt SET received_cents = 1 WHERE id = $1", attempt_id)
    assert [kind for kind, _, _ in await till.compared()] == [Kind.CHARGE_AMOUNT]
    await fetch("UPDATE attempt SET received_cents = $2 WHERE id = $1", attempt_id, DUE)
    assert await till.compared() == []
    assert await fetch_value("SELECT count(*) FROM card_difference WHERE gone_at IS NOT NULL") == 1


async def test_every_night_the_last_seven_days_are_compared(till: Till) -> None:
    till.processor.charge(2_500)
    await till.spa.new_day(days=7)
    assert await compare_nights(till.cards, till.spa.clock.now) == 1
    assert await fetch_value("SELECT count(*) FROM card_day") == 7
    await till.spa.new_day(days=1)
    assert await compare_nights(till.cards, till.spa.clock.now) == 0, "eight days ago is not read again"


async def test_the_page_agrees_then_shows_each_difference_with_what_to_do(till: Till) -> None:
    kiosk = await till.spa.kiosk("Renata Silva")
    page = await kiosk.open(f"/reports/cards?date={till.day}")
    assert "Nobody has compared this day" in page.words
    await till.paid()
    await kiosk.open(f"/reports/cards?date={till.day}")
    page = await kiosk.send("/reports/cards")
    assert "The only one agrees" in page.words
    assert page.path == f"/reports/cards?date={till.day}"
    till.processor.charge(2_500)
    page = await kiosk.send("/reports/cards")
    assert "$25.00" in page.words
    assert "no payment here knows of it" in page.words
    assert 'class="count">1' in (await kiosk.open("/board")).text
    assert "1 difference" in (await kiosk.open("/reports/sales-day")).words
    page = await kiosk.open("/reports/cards")
    assert f"date={till.day}" in page.text or "$25.00" in page.words, "the day that waits is shown first"
    action = next(one for one, _ in page.forms() if one.endswith("/settlement"))
    page = await kiosk.send(action, note="")
    assert page.problem == "note-missing"
    page = await kiosk.send(action, note="Sandbox charge by our accountant")
    assert "Sandbox charge by our accountant" in page.words
    assert "1 settled, nothing to look into" in page.words
    assert 'class="count">1' not in (await kiosk.open("/board")).text


async def test_bad_input_on_the_page_changes_nothing(till: Till) -> None:
    kiosk = await till.spa.kiosk("Renata Silva")
    page = await kiosk.open("/reports/cards?date=nonsense")
    assert page.status == 422
    await kiosk.open(f"/reports/cards?date={till.day}")
    page = await kiosk.send("/reports/cards", date="nonsense")
    assert page.status == 422
    await kiosk.open(f"/reports/cards?date={till.day}")
    page = await kiosk.send("/reports/cards", date=str(till.day + timedelta(days=2)))
    assert page.problem == "day-to-come"
    assert await fetch_value("SELECT count(*) FROM card_day") == 0
