"""Reading the outbox, consent and quiet hours."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound
from spa_pos.messages.rules import DEFAULT_TIMING, Channel, Kind, Status, Timing

SHOWN_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as lists show it. `problem` says why it was not sent, or not yet."""

    id: UUID
    guest_id: UUID | None
    channel: Channel
    address: str
    kind: Kind
    made_at: datetime
    status: Status
    tries: int
    next_try_at: datetime
    sent_at: datetime | None
    useful_until: datetime
    problem: str | None


_MESSAGE = (
    "SELECT id, guest AS guest_id, channel, address, kind, made_at, status, tries, next_try_at, sent_at,"
    " useful_until, problem FROM message"
)


async def timing_of(location_id: UUID) -> Timing:
    """Quiet hours and the reminder of a location; the usual ones where nobody set any."""
    row = await fetch_one(
        "SELECT quiet_from, quiet_until, reminder_minutes FROM message_rule WHERE location = $1", location_id
    )
    if row is None:
        return DEFAULT_TIMING
    return Timing(row["quiet_from"], row["quiet_until"], timedelta(minutes=row["reminder_minutes"]))


async def allowed(addresses: Collection[tuple[Channel, str]]) -> set[tuple[Channel, str]]:
    """Those of some addresses that may be written to: whose latest word was yes."""
    rows = await fetch(
        "SELECT DISTINCT ON (c.channel, c.address) c.channel, c.address, c.given FROM consent c"
        " JOIN unnest($1::text[], $2::text[]) AS asked (channel, address)"
        "   ON c.channel = asked.channel AND c.address = asked.address"
        " ORDER BY c.channel, c.address, c.id DESC",
        [channel.value for channel, _ in addresses],
        [address for _, address in addresses],
    )
    return {(Channel(row["channel"]), row["address"]) for row in rows if row["given"]}


async def said_stop(channel: Channel, address: str, kind: Kind) -> bool:
    """True when the latest word of an address was no, and this kind of message heeds it."""
    if not kind.heeds_stop:
        return False
    row = await fetch_one(
        "SELECT given FROM consent WHERE channel = $1 AND address = $2 ORDER BY id DESC LIMIT 1",
        channel.value,
        address,
    )
    return row is not None and not row["given"]


async def outbox(location_id: UUID, status: Status | None = None) -> list[MessageView]:
    """The latest messages of a location, newest first; of one status when one is named."""
    rows = await fetch(
        f"{_MESSAGE} WHERE location = $1 AND ($2::text IS NULL OR status = $2)"
        " ORDER BY made_at DESC, id DESC LIMIT $3",
        location_id,
        status.value if status else None,
        SHOWN_AT_MOST,
    )
    return [_view(dict(row)) for row in rows]


async def status_counts(location_id: UUID) -> dict[Status, int]:
    """How many messages of a location there are of each status."""
    rows = await fetch(
        "SELECT status, count(*) AS many FROM message WHERE location = $1 GROUP BY status", location_id
    )
    return {Status(row["status"]): row["many"] for row in rows}


async def messages_about(guest_id: UUID, subjects: Sequence[UUID]) -> list[MessageView]:
    """What one guest was told of an appointment or its party, oldest first."""
    rows = await fetch(
        f"{_MESSAGE} WHERE guest = $1 AND subject = ANY($2) ORDER BY made_at, id", guest_id, list(subjects)
    )
    return [_view(dict(row)) for row in rows]


async def messages_of(subjects: Sequence[UUID]) -> dict[UUID, MessageView]:
    """The latest message about each of some subjects."""
    rows = await fetch(
        _MESSAGE.replace("SELECT id", "SELECT subject, id") + " WHERE subject = ANY($1) ORDER BY made_at, id",
        list(subjects),
    )
    found = {}
    for row in rows:
        values = dict(row)
        subject = values.pop("subject")
        found[subject] = _view(values)
    return found


@dataclass(frozen=True, slots=True)
class ToldTo:
    """One message to a guest, for themselves to read."""

    made_at: datetime
    kind: Kind
    channel: Channel
    address: str
    status: Status
    title: str | None


async def told_to(guest_id: UUID) -> list[ToldTo]:
    """All that one guest was told, oldest first."""
    rows = await fetch(
        "SELECT made_at, kind, channel, address, status, title FROM message WHERE guest = $1"
        " ORDER BY made_at, id",
        guest_id,
    )
    return [
        ToldTo(
            row["made_at"],
            Kind(row["kind"]),
            Channel(row["channel"]),
            row["address"],
            Status(row["status"]),
            row["title"],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Told:
    """What a guest heard of a subject: when the last news was made, and which reminders there are."""

    news_at: datetime | None
    reminders: frozenset[int]


async def told_before(subjects: Sequence[UUID]) -> dict[tuple[UUID, UUID], Told]:
    """What guests heard of some subjects, by guest and subject."""
    rows = await fetch(
        "SELECT guest, subject, max(made_at) FILTER (WHERE kind IN ('confirmation', 'change')) AS news_at,"
        " coalesce(array_agg(sequence) FILTER (WHERE kind = 'reminder'), '{}') AS reminders"
        " FROM message WHERE subject = ANY($1) GROUP BY guest, subject",
        list(subjects),
    )
    return {(row["guest"], row["subject"]): Told(row["news_at"], frozenset(row["reminders"])) for row in rows}


async def address_behind(message_id: UUID) -> tuple[UUID, Channel, str]:
    """From which location a message went, by which channel, and to where.

    Raises:
        NotFound: `link-unknown`.
    """
    row = await fetch_one("SELECT location, channel, address FROM message WHERE id = $1", message_id)
    if row is None:
        raise NotFound("link-unknown", "This link leads nowhere any more.")
    return row["location"], Channel(row["channel"]), row["address"]


def _view(row: dict[str, object]) -> MessageView:
    row["channel"], row["kind"] = Channel(str(row["channel"])), Kind(str(row["kind"]))
    row["status"] = Status(str(row["status"]))
    return MessageView(**row)  # type: ignore[arg-type]  # the columns are the fields


async def broken_outbox() -> list[str]:
    """Messages that wait to be sent to an address whose latest word was no."""
    rows = await fetch(
        "SELECT m.id FROM message m WHERE m.status IN ('queued', 'sending') AND m.kind <> ALL($1)"
        " AND NOT coalesce("
        "  (SELECT c.given FROM consent c WHERE c.channel = m.channel AND c.address = m.address"
        "   ORDER BY c.id DESC LIMIT 1), false)",
        [kind.value for kind in Kind if not kind.needs_consent],
    )
    return [f"message {row['id']} waits for an address that wants none" for row in rows]
