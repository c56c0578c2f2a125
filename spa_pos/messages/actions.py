"""Writing the outbox: enqueue with what is told of, claim, record, stop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from spa_pos.db import action, fetch, fetch_one, fetch_value, insert, lock
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.messages.gateways import Later, NotTaken, Outcome, Refused, Taken
from spa_pos.messages.queries import allowed, said_stop, timing_of
from spa_pos.messages.rules import (
    FACTS_OF,
    STALE_AFTER,
    Channel,
    Facts,
    Kind,
    News,
    Timing,
    check_reminder,
    goes_out_at,
    next_try,
)
from spa_pos.messages.tables import Consent, Message

OVERTAKEN = "A later message says how things stand now."
TOO_LATE = "What it tells of was over before it could go out."
STOPPED = "The guest wants no more messages at this address."
HEEDED = [kind.value for kind in Kind if kind.heeds_stop]
"""What a no of the address ends."""
FORGOTTEN = "The guest asked to be forgotten."
NOBODY_KNOWS = "The program stopped twice while sending it; nobody knows whether it arrived."


@action
async def enqueue(news: Sequence[News], *, now: datetime) -> list[UUID]:
    """Put messages into the outbox, in the transaction of what they tell of; gives those that are new.

    An event that is there already is not told again. News of how a visit stands now makes earlier words
    that never went out void.
    """
    written = []
    for one in news:
        timing = await timing_of(one.location_id)
        ready = goes_out_at(one.kind, one.channel, max(now, one.not_before or now), timing, one.zone)
        message_id = uuid7(now)
        if one.kind.overtakes:
            await fetch(
                "UPDATE message SET status = 'dropped', problem = $4 WHERE guest = $1 AND subject = $2"
                " AND channel = $3 AND status = 'queued' AND (kind, sequence) <> ($5, $6)",
                one.guest_id,
                one.subject,
                one.channel.value,
                OVERTAKEN,
                one.kind.value,
                one.sequence,
            )
        row = await fetch_one(
            "INSERT INTO message (id, location, guest, channel, address, kind, subject_kind, subject,"
            " sequence, facts, made_at, not_before_at, next_try_at, useful_until, locale)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14)"
            " ON CONFLICT ON CONSTRAINT message_once DO NOTHING RETURNING id",
            message_id,
            one.location_id,
            one.guest_id,
            one.channel.value,
            one.address,
            one.kind.value,
            one.subject_kind,
            one.subject,
            one.sequence,
            msgspec.json.encode(one.facts).decode(),
            now,
            ready,
            one.useful_until,
            one.locale,
        )
        written += [row["id"]] if row else []
    return written


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Words that never went out and never will: of which kinds; and whether the guest had heard any."""

    kinds: frozenset[Kind]
    heard: bool


@action
async def take_back(guest_id: UUID, subject: UUID) -> dict[Channel, TakenBack]:
    """Make what is still waiting about a subject void, because something else happened; by channel."""
    rows = await fetch(
        "WITH void AS (UPDATE message SET status = 'dropped', problem = $3 WHERE guest = $1 AND subject = $2"
        "   AND status = 'queued' RETURNING id)"
        " SELECT m.channel, m.kind, m.status IN ('sent', 'sending') AS heard,"
        "   EXISTS (SELECT 1 FROM void WHERE void.id = m.id) AS void"
        " FROM message m WHERE m.guest = $1 AND m.subject = $2",
        guest_id,
        subject,
        OVERTAKEN,
    )
    return {
        channel: TakenBack(
            frozenset(Kind(row["kind"]) for row in rows if row["void"] and row["channel"] == channel.value),
            any(row["heard"] for row in rows if row["channel"] == channel.value),
        )
        for channel in Channel
    }


@action
async def set_consent(
    channel: Channel, address: str, *, given: bool, by: str, source: str, now: datetime
) -> None:
    """Write down a yes or a no; after a no, what waits for that address is never sent."""
    if ((channel, address) in await allowed([(channel, address)])) is given and given:
        return
    await insert(
        Consent, channel=channel.value, address=address, given=given, made_at=now, made_by=by, source=source
    )
    if not given:
        await fetch(
            "UPDATE message SET status = 'dropped', problem = $3 WHERE channel = $1 AND address = $2"
            " AND status = 'queued' AND kind = ANY($4)",
            channel.value,
            address,
            STOPPED,
            HEEDED,
        )


@action
async def call_off(subjects: Sequence[UUID], why: str, *, now: datetime) -> None:
    """Never send what still waits about some subjects, nor let anybody send it again."""
    await fetch(
        "UPDATE message SET status = 'dropped', problem = $2, useful_until = $3"
        " WHERE subject = ANY($1) AND status = 'queued'",
        list(subjects),
        why,
        now,
    )


@action
async def forget_address(address: str) -> None:
    """Forget what was allowed at an address; the database lets us only while its owner is erased."""
    await fetch("DELETE FROM consent WHERE address = $1", address)


@action
async def forget_messages(guest_id: UUID) -> None:
    """Forget the words and the addresses of all that was told a guest; that it was told stays."""
    await fetch(
        "UPDATE message SET address = '', title = NULL, text = NULL, html = NULL, calendars = NULL,"
        " problem = CASE WHEN status IN ('queued', 'failed', 'dropped') THEN $2 ELSE problem END,"
        " status = CASE WHEN status = 'queued' THEN 'dropped' ELSE status END WHERE guest = $1",
        guest_id,
        FORGOTTEN,
    )


@action
async def speak_in(guest_id: UUID, locale: str) -> None:
    """What waits for a guest goes out in another language: it gets its words when it is sent."""
    await fetch(
        "UPDATE message SET locale = $2 WHERE guest = $1 AND status = 'queued' AND locale <> $2",
        guest_id,
        locale,
    )


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this process sends now; `tries` tells this try from a later one."""

    id: UUID
    location_id: UUID
    channel: Channel
    address: str
    kind: Kind
    sequence: int
    locale: str
    facts: Facts
    tries: int


@action
async def claim_due(*, now: datetime, most: int) -> list[Claimed]:
    """Take messages that are due, the longest waiting first; other processes take others.

    What is of no use any more is given up, and who has been sending for too long is taken to have
    stopped: the message goes out once more, so it can arrive twice, and not a third time.
    """
    await fetch(
        "UPDATE message SET status = CASE WHEN tries = 0 THEN 'dropped' ELSE 'failed' END,"
        " problem = left(concat_ws(' ', $2::text, problem), 300)"
        " WHERE status = 'queued' AND next_try_at <= $1 AND useful_until <= $1",
        now,
        TOO_LATE,
    )
    await fetch(
        "UPDATE message SET interrupted = interrupted + 1,"
        " status = CASE WHEN interrupted = 0 THEN 'queued' ELSE 'failed' END,"
        " problem = CASE WHEN interrupted = 0 THEN problem ELSE $3 END,"
        " next_try_at = $1 WHERE status = 'sending' AND claimed_at <= $2",
        now,
        now - STALE_AFTER,
        NOBODY_KNOWS,
    )
    rows = await fetch(
        "UPDATE message m SET status = 'sending', claimed_at = $1, tries = m.tries + 1"
        " FROM (SELECT id FROM message WHERE status = 'queued' AND next_try_at <= $1"
        "   ORDER BY next_try_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) due"
        " WHERE m.id = due.id RETURNING m.id, m.location AS location_id, m.channel, m.address, m.kind,"
        " m.sequence, m.locale, m.facts::text AS facts, m.tries",
        now,
        most,
    )
    found = [
        Claimed(
            row["id"],
            row["location_id"],
            Channel(row["channel"]),
            row["address"],
            Kind(row["kind"]),
            row["sequence"],
            row["locale"],
            msgspec.json.decode(row["facts"], type=FACTS_OF[Kind(row["kind"])]),
            row["tries"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.id)


@action
async def give_back(messages: Sequence[Claimed], *, until: datetime) -> None:
    """Put back what was claimed and never tried; the try does not count."""
    await fetch(
        "UPDATE message SET status = 'queued', tries = tries - 1, next_try_at = $2"
        " WHERE id = ANY($1) AND status = 'sending'",
        [one.id for one in messages],
        until,
    )


@action
async def record_outcome(
    sent: Claimed, outcome: Outcome, words: Mapping[str, Any] | None, *, zone: ZoneInfo, now: datetime
) -> None:
    """Write down what became of a try, with the words that went out; a try that was given up is not heard."""
    changes: dict[str, object] = {"problem": None, **(words or {})}
    match outcome:
        case Taken(number):
            changes |= {"status": "sent", "sent_at": now, "gateway_number": number}
        case NotTaken(why):
            changes |= {"status": "dropped", "problem": why[:300]}
        case Refused(why):
            changes |= {"status": "failed", "problem": why[:300]}
        case Later(why):
            timing = await timing_of(sent.location_id)
            again = next_try(sent.tries, sent.kind, sent.channel, now, timing, zone)
            state = "failed" if again is None else "queued"
            changes |= {"status": state, "problem": why[:300], "next_try_at": again or now}
    known = {column._meta.name for column in Message._meta.columns}
    if not changes.keys() <= known:
        raise ValueError(f"message has no {sorted(changes.keys() - known)}")
    names = ", ".join(f'"{name}" = ${place}' for place, name in enumerate(changes, 3))
    await fetch(
        f"UPDATE message SET {names} WHERE id = $1 AND tries = $2 AND status = 'sending'",  # noqa: S608 - own names
        sent.id,
        sent.tries,
        *changes.values(),
    )


@action
async def requeue(message_id: UUID, location_id: UUID, *, now: datetime) -> None:
    """Send a message again that was not sent, or once more one that was.

    Raises:
        NotFound: `message-unknown`.
        Conflict: `message-under-way`, `message-too-late`, `message-overtaken`, or `messages-stopped`.
    """
    row = await fetch_one(
        "SELECT channel, address, kind, status, useful_until, EXISTS (SELECT 1 FROM message later"
        "   WHERE later.guest = m.guest AND later.subject = m.subject AND later.channel = m.channel"
        "   AND later.kind IN ('confirmation', 'change', 'cancellation') AND later.id > m.id) AS overtaken"
        " FROM message m WHERE id = $1 AND location = $2 FOR UPDATE",
        message_id,
        location_id,
    )
    if row is None:
        raise NotFound("message-unknown", "There is no such message. Look at the list again.")
    if row["status"] in ("queued", "sending"):
        raise Conflict("message-under-way", "This message is on its way already. Look again in a minute.")
    if row["useful_until"] <= now:
        raise Conflict("message-too-late", "What this message tells of is over. Call the guest instead.")
    if row["overtaken"]:
        raise Conflict("message-overtaken", "A later message says how things stand now. Send that one again.")
    where = (Channel(row["channel"]), row["address"])
    kind = Kind(row["kind"])
    if where not in await allowed([where]) if kind.needs_consent else await said_stop(*where, kind):
        raise Conflict("messages-stopped", "The guest wants no messages at this address. Call instead.")
    await fetch_value(
        "UPDATE message SET status = 'queued', tries = 0, interrupted = 0, problem = NULL, sent_at = NULL,"
        " next_try_at = $2 WHERE id = $1",
        message_id,
        now,
    )


@action
async def set_timing(location_id: UUID, timing: Timing, *, now: datetime) -> Timing:
    """When a location is quiet and how long before a visit it reminds, from now on; gives what was set.

    Raises:
        Invalid: `reminder-unreadable`.
    """
    check_reminder(timing.reminder)
    await lock(f"message-times:{location_id}")
    before = await timing_of(location_id)
    await fetch(
        "INSERT INTO message_rule (id, location, quiet_from, quiet_until, reminder_minutes)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (location) DO UPDATE SET quiet_from = $3,"
        " quiet_until = $4, reminder_minutes = $5",
        uuid7(now),
        location_id,
        timing.quiet_from,
        timing.quiet_until,
        timing.reminder // timedelta(minutes=1),
    )
    return before
