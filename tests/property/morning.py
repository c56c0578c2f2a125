"""The morning of a simulated day on which every kind of step has something with which it can succeed."""

import copy
from datetime import timedelta
from uuid import UUID, uuid4

from spa_pos.booking.actions import cancel_appointment
from spa_pos.booking.rules import Status
from spa_pos.checkout.actions import (
    add_deposit,
    add_gift_card,
    add_package,
    add_product,
    add_visit,
    choose_tips,
    discount,
    open_refund,
    open_ticket,
    take_cash,
    take_value,
)
from spa_pos.checkout.queries import exchange_ticket, sold
from spa_pos.checkout.rules import Chosen, plan_refund
from spa_pos.db import fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import (
    agree_to_keep_card,
    record_setup,
    remember_customer,
    set_card_term,
    setup_created,
    sign_for_payroll,
)
from spa_pos.payments.rules import Asks, CardSaved
from spa_pos.stored_value.actions import grant_credit
from spa_pos.stored_value.rules import Kind
from tests.builders import booked, checked_in, sale_of
from tests.cast import MORNING, Spa, open_spa
from tests.conftest import Database
from tests.database import made_once
from tests.property.money import MoneyDay
from tests.sale import Sale, renata
from tests.value import Till


async def morning(database: Database) -> MoneyDay:
    """The morning, in an empty database; prepared once a worker, then put back as it was."""
    await database.empty()
    day = await made_once("morning", prepared)
    again = copy.deepcopy(day, {id(day.spa): day.spa})
    again.spa.clock.now = MORNING + timedelta(minutes=60)
    return again


async def prepared() -> MoneyDay:
    """Half past eight: what was sold, promised and kept before the day begins."""
    spa = await open_spa()
    day = await MoneyDay.begin(spa)
    assert isinstance(day, MoneyDay)
    day.plans.append(await Till(spa).plan(30_000, ("swedish-60", 3, 12_000), ("facial-60", 1, 11_000)))
    olga = await spa.guest("Olga Early")
    for guest_id in (*day.guests, olga):
        await sign(spa, guest_id)
        await keep_card(spa, guest_id)
    await _wait_to_pay(day, olga)
    await _couple_paid(day, olga)
    await _exchanges(day, day.tickets[0])
    await _visits(day)
    return day


async def _wait_to_pay(day: MoneyDay, guest_id: UUID) -> None:
    """Open tickets: two of a guest who has credit, one of an employee, with something taken off it."""
    spa = day.spa
    asked = {"grant_id": uuid4(), "credit_id": uuid4(), "guest_id": guest_id, "reason": "Waited"}
    until = day.today + timedelta(days=9)
    more = {"kind": Kind.PROMOTIONAL_CREDIT, "amount_cents": Cents(1_500), "until": until}
    await grant_credit(await renata(spa), now=spa.clock.now, **asked, **more)
    for whose, service, provider, at in (
        (guest_id, "swedish-60", "Ana Okafor", spa.local(13)),
        (guest_id, "facial-60", "Elif Demir", spa.local(15)),
        (day.guests[1], "swedish-60", "Ben Castellano", spa.local(13)),
    ):
        sale = await Sale.open(spa, whose, service=service, provider=provider, at=at)
        await _known(day, sale.ticket_id, "open", Status.CHECKED_IN)
    off = {"line_id": None, "rate_ppm": 50_000, "amount_cents": None, "reason": "Waited", "approval_id": None}
    await sale(discount, **off)


async def _couple_paid(day: MoneyDay, guest_id: UUID) -> None:
    """A ticket of two visits in cash, with a tip for one of two providers, slippers, a package and three
    gift cards.

    One of the cards pays for another guest, who was not asked for a tip yet.
    """
    spa, at = day.spa, day.spa.local(11)
    sale = await Sale.open(spa, guest_id, provider="Ana Okafor", at=at)
    other = await checked_in(spa, await spa.guest("Peter Early"), provider="Ben Castellano", at=at)
    await sale(add_visit, appointment_id=other)
    await sale(add_product, line_id=uuid4(), product_id=await spa.product_id("Spa slippers"), quantity=2)
    await sale(add_package, line_id=uuid4(), package_id=uuid4(), plan_id=day.plans[0])
    for cents in (5_000, 2_500, 15_000):
        card_id = uuid4()
        asked = {"line_id": uuid4(), "card_id": card_id, "recipient": "", "message": "", "approval_id": None}
        await sale(add_gift_card, amount_cents=Cents(cents), **asked)
    await sale(choose_tips, tips={await spa.staff_id("Ana Okafor"): Cents(2_000)})
    await _paid(day, sale)
    await _known(day, sale.ticket_id, "settled", Status.DONE)
    at = spa.local(13)
    covered = await Sale.open(spa, await spa.guest("Petra Early"), provider="Chloe Nguyen", at=at)
    tender_id = uuid4()
    await covered(take_value, tender_id=tender_id, holding_id=card_id, amount_cents=None)
    day.model.tenders[tender_id] = 0
    await _known(day, covered.ticket_id, "open", Status.CHECKED_IN)


async def _exchanges(day: MoneyDay, ticket_id: UUID) -> None:
    """Half of what a guest paid is exchanged; one thing is on the new ticket already."""
    spa = day.spa
    found, refund_id = await sold(await sale_of(spa, ticket_id)), uuid4()
    lines = {found.lines[0].id: Cents(found.lines[0].left_cents // 2)}
    chosen = Chosen(lines, Cents(0), "exchange")
    plan = plan_refund(found.lines, found.taxes, found.tenders, chosen, tip_left_cents=found.tip_left_cents)
    await open_refund(
        await renata(spa),
        refund_id=refund_id,
        ticket_id=ticket_id,
        lines=lines,
        tip_cents=0,
        to="exchange",
        reason="Unhappy",
        expected_cents=plan.total_cents,
        now=spa.clock.now,
    )
    day.refunds.append(refund_id)
    instead = await exchange_ticket(refund_id)
    assert instead is not None
    asked = {"line_id": uuid4(), "product_id": await spa.product_id("Spa slippers"), "quantity": 1}
    await Sale(spa, instead)(add_product, **asked)
    await _known(day, instead, "open", Status.CHECKED_IN)


async def _visits(day: MoneyDay) -> None:
    """Visits to come: one cancelled late, one whose guest stays away, one who is here, two with a deposit."""
    spa, (ingrid, tom, lena, rosa) = day.spa, day.guests
    late = await booked(spa, rosa, service="facial-60", provider="Farah Haddad", at=spa.local(14))
    asked = {"appointment_id": late, "version": 1, "reason": "Guest asked"}
    await cancel_appointment(spa.maya, now=spa.clock.now, **asked)
    away = await booked(spa, lena, service="facial-60", provider="Elif Demir", at=spa.local(9))
    here = await checked_in(spa, tom, service="facial-60", provider="Farah Haddad", at=spa.local(10, 15))
    await set_card_term(
        await renata(spa),
        term_id=uuid4(),
        service_id=None,
        group=None,
        new_guests=False,
        asks=Asks.DEPOSIT,
        rate_ppm=250_000,
        amount_cents=None,
        from_cents=Cents(0),
        place_name="Rejuvenate Spa",
        now=spa.clock.now,
    )
    soon = await booked(spa, ingrid, provider="Ana Okafor", at=spa.local(14, 30))
    later = await booked(spa, rosa, service="facial-60", provider="Farah Haddad", at=spa.local(16))
    states = {late: Status.CANCELLED, away: Status.BOOKED, here: Status.CHECKED_IN}
    states |= {soon: Status.BOOKED, later: Status.BOOKED}
    day.appointments += states
    day.model.status |= states
    asked = {"ticket_id": uuid4(), "line_id": uuid4(), "deposit_id": uuid4(), "appointment_id": soon}
    sale = Sale(spa, await add_deposit(spa.maya, now=spa.clock.now, **asked))
    await _paid(day, sale)
    await _known(day, sale.ticket_id, "settled", Status.DONE)
    retail = await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=None, now=spa.clock.now)
    asked = {"line_id": uuid4(), "product_id": await spa.product_id("Daily moisturizer"), "quantity": 2}
    await Sale(spa, retail)(add_product, **asked)
    await _paid(day, Sale(spa, retail), Cents(1_000))
    await _known(day, retail, "open", Status.CHECKED_IN)


async def _paid(day: MoneyDay, sale: Sale, cents: Cents | None = None) -> None:
    """All that is to pay in cash, or a part."""
    tender_id = uuid4()
    await sale(take_cash, tender_id=tender_id, given_cents=cents)
    taken = await fetch_value("SELECT amount_cents FROM tender WHERE id = $1", tender_id)
    day.model.tenders[tender_id] = taken
    day.model.cash_cents += taken


async def _known(day: MoneyDay, ticket_id: UUID, status: str, visits: Status) -> None:
    """The model knows a ticket and the visits on it."""
    day.tickets.append(ticket_id)
    day.model.tickets[ticket_id] = status
    for visit in await day._visits_on(ticket_id):
        day.appointments.append(visit)
        day.model.status[visit] = visits


async def sign(spa: Spa, guest_id: UUID) -> None:
    """A guest lets things be taken from their pay."""
    await sign_for_payroll(
        spa.maya,
        authorisation_id=uuid4(),
        guest_id=guest_id,
        employee_number="12345",
        signed_name="Tom Becker",
        signed_on=spa.clock.now.date(),
        period_cents=Cents(20_000),
        kept_where="Folder P",
        now=spa.clock.now,
    )


async def keep_card(spa: Spa, guest_id: UUID) -> None:
    """A card the guest agreed to, of which the processor said that it is kept."""
    setup_id, now = uuid4(), spa.clock.now
    asked = {"setup_id": setup_id, "guest_id": guest_id, "place_name": "Rejuvenate Spa", "seen_from": None}
    await agree_to_keep_card(spa.maya, now=now, **asked)
    await remember_customer(guest_id, f"cus_{guest_id.hex}", now)
    await setup_created(setup_id, f"seti_{setup_id.hex}", now)
    saved = CardSaved(f"pm_{setup_id.hex}", "visa", "4242", 12, 2030)
    assert await record_setup(setup_id, saved, now) == "saved"
