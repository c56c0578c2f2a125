"""Doors for guests: knocks are counted, codes are sent, a browser that proved an address is let in."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, fetch_value, insert, lock
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.ids import uuid7
from spa_pos.messages.actions import enqueue
from spa_pos.messages.rules import Channel, CodeFacts, Kind, News
from spa_pos.people.pins import token_hash
from spa_pos.people.rules import (
    CODE_LIVES,
    CODE_TRIES,
    LIMITS,
    SESSION_IDLE,
    SESSION_LIVES,
    Door,
    check_knocks,
)
from spa_pos.people.tables import GuestCode, GuestSession, GuestTry


@dataclass(frozen=True, slots=True)
class Knock:
    """Who stands at a door, and where from, both as keyed hashes."""

    door: Door
    identity: str
    network: str


@action
async def count_knock(knock: Knock, *, now: datetime) -> int:
    """Count a try before anything is looked at; it is a miss until told otherwise. Gives its number.

    Not inside another action: it must outlive the refusal that may follow.

    Raises:
        TooMany: `too-many-tries`.
    """
    everybody = [f"door:{knock.door}"] if LIMITS[knock.door].in_all is not None else []
    await lock(f"door:{knock.door}:{knock.identity}", f"door:{knock.door}:{knock.network}", *everybody)
    row = await fetch_one(
        "SELECT count(*) FILTER (WHERE identity = $2) AS same, count(*) FILTER (WHERE network = $3) AS near,"
        " count(*) AS all_of_them"
        " FROM guest_try WHERE door = $1 AND ($5 OR identity = $2 OR network = $3)"
        " AND tried_at > $4 AND missed",
        knock.door.value,
        knock.identity,
        knock.network,
        now - LIMITS[knock.door].window,
        bool(everybody),
    )
    same, near, in_all = (row["same"], row["near"], row["all_of_them"]) if row else (0, 0, 0)
    check_knocks(knock.door, same, near, in_all)
    number = await insert(
        GuestTry,
        door=knock.door.value,
        identity=knock.identity,
        network=knock.network,
        tried_at=now,
        missed=True,
    )
    return int(number)


@action
async def was_right(knock_number: int) -> None:
    """A try that was counted was no miss."""
    await fetch("UPDATE guest_try SET missed = false WHERE id = $1", knock_number)


@action
async def send_code(
    actor: Actor, *, address: str, code_id: UUID, locale: str, now: datetime, to_anybody: bool = False
) -> UUID:
    """Mail a one-time code to an address when a guest has it; to the one who asks it looks the same if not.

    With `to_anybody` it goes to whatever address was typed: whoever books for the first time is no guest
    yet. Earlier codes of the address are dead. Gives the identifier of the code.
    """
    known = await fetch_one(
        "SELECT id, email, language FROM guest WHERE lower(email) = lower($1) AND erased_at IS NULL"
        " ORDER BY made_at DESC LIMIT 1",
        address,
    )
    if known is None and not to_anybody:
        return code_id
    await fetch(
        "UPDATE guest_code SET tries = $2 WHERE lower(address) = lower($1) AND used_at IS NULL",
        address,
        CODE_TRIES,
    )
    until = now + CODE_LIVES
    address = known["email"] if known else address
    await insert(
        GuestCode, id=code_id, location=actor.location_id, address=address, made_at=now, expires_at=until
    )
    news = News(
        location_id=actor.location_id,
        zone=actor.zone,
        guest_id=known["id"] if known else None,
        channel=Channel.EMAIL,
        address=address,
        kind=Kind.CODE,
        subject_kind="code",
        subject=code_id,
        sequence=1,
        facts=CodeFacts(code_id, until),
        useful_until=until,
        locale=locale,
    )
    await enqueue([news], now=now)
    return code_id


@action
async def use_code(code_id: UUID, *, is_right: bool, now: datetime) -> str | None:
    """Spend a code: the token of a new session when it was right, else nothing, and the try counts."""
    row = await fetch_one("SELECT * FROM guest_code WHERE id = $1 FOR UPDATE", code_id)
    if row is None or row["used_at"] is not None or row["expires_at"] <= now or row["tries"] >= CODE_TRIES:
        return None
    if not is_right:
        await fetch("UPDATE guest_code SET tries = tries + 1 WHERE id = $1", code_id)
        return None
    await fetch("UPDATE guest_code SET used_at = $2 WHERE id = $1", code_id, now)
    token = secrets.token_urlsafe(32)
    await insert(
        GuestSession,
        id=uuid7(now),
        token_hash=token_hash(token),
        address=row["address"],
        started_at=now,
        seen_at=now,
    )
    return token


@action
async def end_guest_session(session_id: UUID, *, now: datetime) -> None:
    """Sign out: the session is dead at once, whatever cookie still goes around."""
    await fetch("UPDATE guest_session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", session_id, now)


@action
async def touch_guest_session(session_id: UUID, *, now: datetime) -> None:
    """Note that somebody is there."""
    await fetch("UPDATE guest_session SET seen_at = $2 WHERE id = $1", session_id, now)


@action
async def forget_doors(now: datetime) -> int:
    """Forget tries, codes and sessions that nobody needs any more; gives how many tries went."""
    await fetch("DELETE FROM guest_code WHERE expires_at < $1", now - SESSION_LIVES)
    await fetch("DELETE FROM guest_session WHERE started_at < $1", now - SESSION_LIVES - SESSION_IDLE)
    gone = await fetch("DELETE FROM guest_try WHERE tried_at < $1 RETURNING id", now - SESSION_LIVES)
    return len(gone)


async def session_of(token: str, *, now: datetime) -> tuple[UUID, str, datetime] | None:
    """The live session of a token: its number, the address it proved, when it was last seen."""
    row = await fetch_one(
        "SELECT id, address, seen_at FROM guest_session WHERE token_hash = $1 AND ended_at IS NULL"
        " AND seen_at > $2 AND started_at > $3",
        token_hash(token),
        now - SESSION_IDLE,
        now - SESSION_LIVES,
    )
    return None if row is None else (row["id"], row["address"], row["seen_at"])


async def guests_of(address: str) -> list[UUID]:
    """The guests who have an address, oldest first."""
    found: list[UUID] | None = await fetch_value(
        "SELECT array_agg(id ORDER BY made_at) FROM guest"
        " WHERE lower(email) = lower($1) AND erased_at IS NULL",
        address,
    )
    return found or []


async def guest_named(email: str, given_name: str, family_name: str) -> UUID | None:
    """The guest who has an e-mail address and a name, whom `guest_who_books` would find."""
    found: UUID | None = await fetch_value(
        "SELECT id FROM guest WHERE lower(email) = lower($1) AND erased_at IS NULL"
        " AND lower(given_name) = lower($2) AND lower(family_name) = lower($3) ORDER BY made_at LIMIT 1",
        email,
        given_name.strip(),
        family_name.strip(),
    )
    return found
