"""Somebody stands at the desk: known or new, booked and checked in at once."""

import re
from datetime import datetime
from uuid import UUID

from spa_pos.booking.actions.book import book_appointment
from spa_pos.booking.actions.common import UNPROVEN_GROUP, prices_of, wanted_services
from spa_pos.booking.actions.visit import Proof, check_in
from spa_pos.db import action
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import add_guest
from spa_pos.people.queries import GuestView, find_guests, guest, proof
from spa_pos.people.rules import clean_phone

_PHONE = re.compile(r"[+(]?[0-9][0-9()./ -]{5,}[0-9]")


@action
async def walk_in(
    actor: Actor,
    *,
    appointment_id: UUID,
    guest_id: UUID,
    who: str,
    service_id: UUID,
    provider_id: UUID,
    starts_at: datetime,
    now: datetime,
) -> UUID:
    """Book a guest who is here and check them in, in one step.

    `who` is a name and a phone number in one line. A guest with that number and name is known, and
    gets the price of their group when its proof is on file; anybody else is added as a visitor.

    Raises:
        Invalid: `walk-in-unreadable` without a first and a last name and a phone number; what adding refuses.
        NotFound, Conflict: what booking refuses.
    """
    whose = await _known_or_new(actor, guest_id, who, now)
    (wanted,) = await wanted_services([(service_id, ())])
    prices = await prices_of(actor, wanted, whose.group, starts_at=starts_at, booked_at=now)
    await book_appointment(
        actor,
        appointment_id=appointment_id,
        guest_id=whose.id,
        service_id=service_id,
        provider_id=provider_id,
        starts_at=starts_at,
        quoted_cents=Cents(sum(price.price_cents for price in prices)),
        now=now,
    )
    on_file = await proof(whose.id, whose.group.code, local_date(now, actor.zone)) is not None
    shown: Proof = "on_file" if on_file or not whose.group.evidence else "not_shown"
    await check_in(actor, appointment_id=appointment_id, version=1, proof_shown=shown, now=now)
    return appointment_id


async def _known_or_new(actor: Actor, guest_id: UUID, who: str, now: datetime) -> GuestView:
    given, family, phone = name_and_phone(who)
    name = f"{given} {family}".lower()
    known = next((one for one in await find_guests(phone) if one.name.lower() == name), None)
    if known is not None:
        return known
    await add_guest(
        actor,
        guest_id=guest_id,
        given_name=given,
        family_name=family,
        phone=phone,
        group_code=UNPROVEN_GROUP,
        now=now,
    )
    return await guest(guest_id)


def name_and_phone(who: str) -> tuple[str, str, str]:
    """First name, last name and phone out of one line, in either order.

    Raises:
        Invalid: `walk-in-unreadable`, or what the phone is refused for.
    """
    found = _PHONE.search(who)
    names = _PHONE.sub(" ", who).replace(",", " ").split()
    if found is None or len(names) < 2:
        raise Invalid(
            "walk-in-unreadable",
            "Type first name, last name and phone: Ingrid Berg 507 555 0123.",
            field="who",
        )
    return names[0], " ".join(names[1:]), clean_phone(found[0])
