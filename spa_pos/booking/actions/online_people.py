"""Who books online: what they say of themselves, and the guest they turn out to be."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from spa_pos.booking.queries import Visit
from spa_pos.booking.queries.online import OnlineView, Person
from spa_pos.db import fetch
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import guest_who_books, record
from spa_pos.people.actions.messages import set_language
from spa_pos.people.queries import guest, proof
from spa_pos.people.rules import clean_email, clean_name, clean_phone


def clean_person(person: Person) -> Person:
    """Who somebody says they are, as it is kept.

    Raises:
        Invalid: a name, the telephone number or the address cannot be meant.
    """
    return replace(
        person,
        given_name=clean_name(person.given_name, "given_name"),
        family_name=clean_name(person.family_name, "family_name"),
        phone=clean_phone(person.phone),
        email=clean_email(person.email) or "",
    )


def with_name(seen: OnlineView, second: tuple[str, str] | None) -> OnlineView:
    """The booking as that of whoever comes along, whom we reach as we reach the one who books.

    Raises:
        Invalid: `name-missing` and the like.
    """
    given, family = second or ("", "")
    if seen.person is None:
        return seen
    person = replace(
        seen.person,
        given_name=clean_name(given, "second_given"),
        family_name=clean_name(family, "second_family"),
    )
    return replace(seen, person=person)


async def whose_booking(
    actor: Actor, seen: OnlineView, address: str, group: str, locale: str, now: datetime
) -> UUID:
    """The guest who proved the address of a booking."""
    who = seen.person
    if who is None or who.email.lower() != address.lower():
        raise Conflict("email-unproved", "Prove your e-mail address first: we mail you a code.")
    guest_id = await guest_who_books(
        actor,
        guest_id=uuid7(now),
        given_name=who.given_name,
        family_name=who.family_name,
        phone=who.phone,
        email=who.email,
        by_email=who.by_email,
        group_code=group,
        now=now,
    )
    await set_language(guest_id, locale)
    return guest_id


async def hand_over(actor: Actor, held: Visit, guest_id: UUID, now: datetime) -> None:
    """A visit passes from who stood in to the guest; their proof of the group counts from here on."""
    whose = await guest(guest_id)
    day = local_date(held.starts_at, actor.zone)
    proven = not held.group_evidence or await proof(guest_id, held.group, day) is not None
    await fetch(
        "UPDATE appointment SET guest = $2, guest_number = $3, group_proven = $4, version = version + 1"
        " WHERE id = $1",
        held.id,
        guest_id,
        whose.number,
        proven,
    )
    await record(
        actor,
        verb="said who they are",
        subject_kind="appointment",
        subject=held.id,
        now=now,
        before={"guest": held.guest_id},
        after={"guest": guest_id, "group_proven": proven},
    )
