"""Short ways to where a test begins: a booked guest, a guest who is here, an open ticket, a paid card."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from spa_pos.booking.actions import Proof, book_appointment, check_in, complete_visit
from spa_pos.booking.actions.waitlist import WaitAsk, add_wait
from spa_pos.booking.queries import Visit, needs_of, supplies, visit
from spa_pos.booking.rules import ProviderWish, Slot, open_times
from spa_pos.catalog.queries import quotes, service
from spa_pos.checkout.actions import CARD_PURPOSE, begin_card, open_ticket, record_paid_attempt
from spa_pos.checkout.queries import TicketView, ticket
from spa_pos.db import action
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import record_created, record_outcome, record_submitted, set_card_term
from spa_pos.payments.rules import Asks, Outcome, Paid, State
from spa_pos.people.queries import guest
from tests.cast import Spa


async def price_for(spa: Spa, guest_id: UUID, service_id: UUID, starts_at: datetime) -> Cents:
    """What the sheet would show."""
    whose = await guest(guest_id)
    found = await quotes(
        spa.house.location_id,
        spa.house.zone,
        [service_id],
        whose.group,
        starts_at=starts_at,
        booked_at=spa.clock.now,
    )
    return found[service_id].price_cents


async def booking(
    spa: Spa,
    guest_id: UUID,
    *,
    service: str = "swedish-60",
    provider: str = "Ana Okafor",
    at: datetime | None = None,
) -> dict[str, Any]:
    """What `book_appointment` is asked, as the sheet would fill it in; ten o'clock today by default."""
    starts_at = at or spa.local(10)
    service_id = await spa.service_id(service)
    return {
        "appointment_id": uuid4(),
        "guest_id": guest_id,
        "service_id": service_id,
        "provider_id": await spa.staff_id(provider),
        "starts_at": starts_at,
        "quoted_cents": await price_for(spa, guest_id, service_id, starts_at),
    }


async def booked(spa: Spa, guest_id: UUID | None = None, **wish: Any) -> UUID:
    """A booked appointment."""
    asked = await booking(spa, guest_id or await spa.guest(), **wish)
    return (await book_appointment(spa.maya, now=spa.clock.now, **asked)).appointment_id


async def checked_in(
    spa: Spa, guest_id: UUID | None = None, *, proof_shown: Proof = "on_file", **wish: Any
) -> UUID:
    """A visit whose guest is here."""
    appointment_id = await booked(spa, guest_id, **wish)
    await check_in(
        spa.maya, appointment_id=appointment_id, version=1, proof_shown=proof_shown, now=spa.clock.now
    )
    return appointment_id


async def ticket_of(spa: Spa, appointment_id: UUID) -> UUID:
    """The ticket of a visit, opened now if it is not yet."""
    return await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=appointment_id, now=spa.clock.now)


async def open_sale(spa: Spa, guest_id: UUID | None = None, **wish: Any) -> UUID:
    """An open ticket with one checked-in visit on it: $120.00 and $9.75 of tax unless wished otherwise."""
    return await ticket_of(spa, await checked_in(spa, guest_id, **wish))


async def visit_of(spa: Spa, appointment_id: UUID) -> Visit:
    """The appointment as it stands."""
    return await visit(appointment_id, spa.house.location_id)


async def sale_of(spa: Spa, ticket_id: UUID) -> TicketView:
    """The ticket as it stands."""
    return await ticket(ticket_id, spa.house.location_id, spa.house.zone, now=spa.clock.now)


async def slots(spa: Spa, service_code: str, *, days: int = 0, provider: str | None = None) -> list[Slot]:
    """The open times of today, or of a day so many days later."""
    day = spa.local(12, days=days).astimezone(spa.house.zone).date()
    ((_, supply),) = await supplies(spa.house.location_id, spa.house.zone, day, day, now=spa.clock.now)
    needs = needs_of(await service(await spa.service_id(service_code)))
    staff_id = await spa.staff_id(provider) if provider else None
    return open_times(needs, supply, now=spa.clock.now, wish=ProviderWish(staff_id))


async def waiting(spa: Spa, guest_id: UUID, service_code: str = "acupuncture-60") -> UUID:
    """The guest waits for a service, from today on for a week."""
    today = spa.clock.now.astimezone(spa.house.zone).date()
    asked = WaitAsk(await spa.service_id(service_code), today, today + timedelta(days=7))
    return await add_wait(spa.maya, wait_id=uuid4(), guest_id=guest_id, asked=asked, now=spa.clock.now)


async def asked_for_card(
    spa: Spa, ticket_id: UUID, amount_cents: int | None = None, *, actor: Actor | None = None
) -> UUID:
    """An attempt of which the reader asks for the card; for all that remains unless told otherwise."""
    sale = await sale_of(spa, ticket_id)
    attempt_id = uuid4()
    await begin_card(
        actor or spa.maya,
        ticket_id=ticket_id,
        attempt_id=attempt_id,
        reader_id=spa.house.reader_id,
        amount_cents=Cents(sale.sums.remaining_cents if amount_cents is None else amount_cents),
        version=sale.head.version,
        now=spa.clock.now,
    )
    await record_created(attempt_id, f"pi_{attempt_id.hex}", spa.clock.now)
    await record_submitted(attempt_id, spa.clock.now)
    return attempt_id


async def told(spa: Spa, attempt_id: UUID, outcome: Outcome) -> State:
    """Record what the processor says of an attempt."""
    return await record_outcome(attempt_id, outcome, {CARD_PURPOSE: record_paid_attempt}, spa.clock.now)


async def paid_by_card(spa: Spa, ticket_id: UUID, amount_cents: int | None = None) -> UUID:
    """An attempt that is paid."""
    attempt_id = await asked_for_card(spa, ticket_id, amount_cents)
    sale = await sale_of(spa, ticket_id)
    received = sale.sums.remaining_cents if amount_cents is None else amount_cents
    await told(spa, attempt_id, Paid(Cents(received), "visa", "4242"))
    return attempt_id


async def card_rule(spa: Spa, asks: Asks, rate_ppm: int | None = None, *, from_cents: int = 10_000) -> None:
    """A rule for everybody who was never here, from a price on."""
    await set_card_term(
        spa.renata,
        term_id=uuid4(),
        service_id=None,
        group=None,
        new_guests=True,
        asks=asks,
        rate_ppm=rate_ppm,
        amount_cents=None,
        from_cents=Cents(from_cents),
        place_name="Rejuvenate Spa",
        now=spa.clock.now,
    )


@action
async def complete_appointment(actor: Actor, *, appointment_id: UUID, now: datetime) -> None:
    """A visit is done, as checkout lets it be, but without a ticket."""
    await complete_visit(actor, await visit(appointment_id, actor.location_id, for_update=True), now=now)
