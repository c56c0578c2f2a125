"""Guests, the group they declare, and what proves it."""

from datetime import date, datetime
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, fetch_value, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import local_date
from spa_pos.messages.actions import set_consent
from spa_pos.messages.rules import Channel
from spa_pos.people.actions.audit import next_number, record
from spa_pos.people.queries import Group, groups
from spa_pos.people.rules import (
    clean_email,
    clean_name,
    clean_phone,
    evidence_until,
)
from spa_pos.people.tables import (
    Eligibility,
    Guest,
)


@action
async def add_guest(
    actor: Actor,
    *,
    guest_id: UUID,
    given_name: str,
    family_name: str,
    phone: str,
    email: str = "",
    group_code: str,
    now: datetime,
    by_email: bool = False,
    by_text: bool = False,
    source: str = "desk",
) -> UUID:
    """Add a guest who declares to be of a group; the proof is asked at check-in.

    `by_email` and `by_text` say that the guest wants to be written to there; `source` says where they
    told us.

    Raises:
        Invalid: a name, the phone, the e-mail or the group cannot be meant.
    """
    values = {
        "given_name": clean_name(given_name, "first name"),
        "family_name": clean_name(family_name, "last name"),
        "phone": clean_phone(phone),
        "email": clean_email(email),
        "guest_group": (await known_group(group_code)).code,
    }
    number = await next_number(UUID(int=0), "guest")
    await insert(Guest, id=guest_id, number=number, made_at=now, **values)
    after = values | {"by_email": by_email, "by_text": by_text}
    await record(actor, verb="added", subject_kind="guest", subject=guest_id, now=now, after=after)
    for channel, wanted, address in (
        (Channel.EMAIL, by_email, values["email"]),
        (Channel.TEXT, by_text, values["phone"]),
    ):
        if wanted and address:
            await set_consent(channel, address, given=True, by=actor.name, source=source, now=now)
    return guest_id


STAND_IN = ("Online", "guest")
"""The name of whoever has not said who they are."""


@action
async def add_stand_in(*, guest_id: UUID, group_code: str, now: datetime) -> UUID:
    """Add a guest who is nobody: times are held under this name until whoever books says who they are."""
    group = await known_group(group_code)
    number = await next_number(UUID(int=0), "guest")
    given, family = STAND_IN
    await insert(
        Guest,
        id=guest_id,
        number=number,
        given_name=given,
        family_name=family,
        phone="",
        guest_group=group.code,
        made_at=now,
        stands_in=True,
    )
    return guest_id


@action
async def guest_who_books(
    actor: Actor,
    *,
    guest_id: UUID,
    given_name: str,
    family_name: str,
    phone: str,
    email: str,
    by_email: bool,
    group_code: str,
    now: datetime,
) -> UUID:
    """The guest of a proved e-mail address with this name, or a new one; gives which.

    A guest we know declares the group anew and has the telephone number they gave last.

    Raises:
        Invalid: a name, the phone, the e-mail or the group cannot be meant.
    """
    names = clean_name(given_name, "first name"), clean_name(family_name, "last name")
    row = await fetch_one(
        "SELECT id, phone, email FROM guest WHERE lower(email) = lower($1) AND erased_at IS NULL"
        " AND lower(given_name) = lower($2) AND lower(family_name) = lower($3) ORDER BY made_at LIMIT 1"
        " FOR UPDATE",
        email,
        *names,
    )
    if row is None:
        return await add_guest(
            actor,
            guest_id=guest_id,
            given_name=given_name,
            family_name=family_name,
            phone=phone,
            email=email,
            group_code=group_code,
            now=now,
            by_email=by_email,
            source="online",
        )
    known: UUID = row["id"]
    await declare_group(actor, guest_id=known, group_code=group_code, now=now)
    if by_email:
        address = row["email"]
        await set_consent(Channel.EMAIL, address, given=True, by=actor.name, source="online", now=now)
    await _give_number(actor, known, row["phone"], clean_phone(phone), now)
    return known


async def _give_number(actor: Actor, guest_id: UUID, before: str, phone: str, now: datetime) -> None:
    if phone == before:
        return
    await fetch("UPDATE guest SET phone = $2 WHERE id = $1", guest_id, phone)
    await record(
        actor,
        verb="gave a number",
        subject_kind="guest",
        subject=guest_id,
        now=now,
        before={"phone": before},
        after={"phone": phone},
    )


@action
async def declare_group(actor: Actor, *, guest_id: UUID, group_code: str, now: datetime) -> None:
    """A guest declares another group from now on."""
    group = await known_group(group_code)
    before = await fetch_value("SELECT guest_group FROM guest WHERE id = $1", guest_id)
    if before == group.code:
        return
    await fetch("UPDATE guest SET guest_group = $2 WHERE id = $1", guest_id, group.code)
    await record(
        actor,
        verb="declared a group",
        subject_kind="guest",
        subject=guest_id,
        now=now,
        before={"guest_group": before},
        after={"guest_group": group.code},
    )


@action
async def record_evidence(actor: Actor, *, guest_id: UUID, group_code: str, now: datetime) -> date:
    """The desk saw what proves a group; gives the last day on which it counts."""
    group = await known_group(group_code)
    today = local_date(now, actor.zone)
    until = evidence_until(group.price_tier, today)
    await insert(
        Eligibility,
        id=uuid7(now),
        guest=guest_id,
        guest_group=group.code,
        evidence=group.evidence,
        valid_from=today,
        valid_until=until,
        seen_by=actor.staff_id,
        seen_at=now,
    )
    await record(
        actor,
        verb="saw proof",
        subject_kind="guest",
        subject=guest_id,
        now=now,
        after={"guest_group": group.code, "evidence": group.evidence, "valid_until": until},
    )
    return until


async def known_group(code: str) -> Group:
    """A group by its code.

    Raises:
        Invalid: `group-unknown`.
    """
    for group in await groups():
        if group.code == code:
            return group
    raise Invalid("group-unknown", "Choose who the guest is to us.", field="group")
