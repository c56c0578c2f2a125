"""A spa as busy as asked, written in bulk: visits with their claims, requests and audit lines.

Every guard of the database is on while they are written, and `spa-pos verify` finds nothing wrong.
Past visits stay checked in: a settled one would need its ticket, which no figure here reads.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from spa_pos.db import fetch
from spa_pos.kernel.ids import uuid7
from spa_pos.seed.house import ZONE, House, build_house

SERVICE = "swedish-60"
OPENS = time(6)
STEP = timedelta(minutes=80)
SLOTS = (0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11)
"""The twelve starts of a provider's day, in an order that spreads the first few over the day."""

DAYS_AT_ONCE = 60

PEOPLE = """
    INSERT INTO staff (id, location, name, title, role, hue)
    SELECT gen_random_uuid(), $1, 'Provider Number' || n, 'Massage', 'provider', n % 8
    FROM generate_series(1, $2::int) n
"""

REST = (
    "UPDATE resource SET active = false",
    "INSERT INTO resource (location, kind, name, staff) SELECT location, 'provider', name, id FROM staff"
    " WHERE name LIKE 'Provider Number%'",
    "INSERT INTO resource (location, kind, name) SELECT location, 'treatment_room', 'Room of ' || name"
    " FROM staff WHERE name LIKE 'Provider Number%'",
    "INSERT INTO credential (id, staff, kind, number, valid_from) SELECT gen_random_uuid(), id, 'massage',"
    " 'SAMPLE', '2010-01-01' FROM staff WHERE name LIKE 'Provider Number%'",
    "DELETE FROM shift",
    "INSERT INTO shift (id, staff, weekday, starts, ends, valid_from) SELECT gen_random_uuid(), staff, n,"
    " '06:00', '22:00', '2010-01-01' FROM resource, generate_series(0, 6) n WHERE name LIKE 'Provider%'",
    "UPDATE opening_hours SET opens = '06:00', closes = '22:00', valid_from = '2010-01-01'",
    "DELETE FROM special_day",
    "UPDATE work_limit SET day_minutes = 960, week_minutes = 6720, most_in_a_row = 20, break_minutes = 0",
    "INSERT INTO guest (id, number, given_name, family_name, phone, guest_group, made_at)"
    " SELECT gen_random_uuid(), n, 'Given' || n % 97, 'Family' || n, '+1507' || lpad((5550000 + n)::text, 7,"
    " '0'), 'visitor', '2010-01-01' FROM generate_series(1, 6000) n",
    "INSERT INTO counter (place, name, value) VALUES ('00000000-0000-0000-0000-000000000000', 'guest', 6000)",
)
"""One spa with providers who do one thing, a room for each, open every day, and guests."""


@dataclass
class Busy:
    """The spa, whom it books and how far its calendar is filled."""

    house: House
    now: datetime
    service: UUID
    price_cents: int
    minutes: tuple[int, int, int]
    providers: list[tuple[UUID, int, int]]
    guests: list[tuple[UUID, int]]
    dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - the same each time

    @property
    def today(self) -> date:
        """The local date."""
        return self.now.astimezone(ZONE).date()

    def start(self, day: date, slot: int) -> datetime:
        """The instant of one of the twelve starts of a day."""
        return datetime.combine(day, OPENS, ZONE).astimezone(UTC) + slot * STEP

    def free_slots(self, first_day: int, last_day: int = 360) -> Iterator[tuple[UUID, datetime]]:
        """Provider and start, on days from so many after today on, which nothing was written on."""
        for offset in range(first_day, last_day):
            day = self.today + timedelta(days=offset)
            for slot in range(len(SLOTS)):
                for provider, _, _ in self.providers:
                    yield provider, self.start(day, slot)


async def open_house(*, providers: int, now: datetime, secret: str) -> Busy:
    """Build the demo's house, and put so many providers, rooms and six thousand guests in it."""
    house = await build_house(now=now, history_days=2_000, secret=secret)
    await fetch(PEOPLE, house.location_id, providers)
    for statement in REST:
        await fetch(statement)
    (service,) = await fetch(
        "SELECT s.id, s.duration_minutes, s.setup_minutes, s.turnover_minutes, p.price_cents FROM service s"
        " JOIN price p ON p.service = s.id AND p.guest_group IS NULL WHERE s.code = $1",
        SERVICE,
    )
    people = await fetch(
        "SELECT p.staff, p.number, r.number AS room FROM resource p JOIN resource r"
        " ON r.name = 'Room of ' || p.name WHERE p.active ORDER BY p.number"
    )
    guests = await fetch("SELECT id, number FROM guest ORDER BY number")
    minutes = service["duration_minutes"], service["setup_minutes"], service["turnover_minutes"]
    return Busy(
        house,
        now,
        service["id"],
        service["price_cents"],
        minutes,
        [(row["staff"], row["number"], row["room"]) for row in people],
        [(row["id"], row["number"]) for row in guests],
    )


async def fill(
    connection: asyncpg.Connection, busy: Busy, days: range, per_day: int, *, already: int = 0
) -> int:
    """Write so many visits on each day, counted from today; `already` of them were there. Gives how many."""
    count = 0
    for first in range(days.start, days.stop, DAYS_AT_ONCE):
        rows: dict[str, list[Mapping[str, Any]]] = {"appointment": [], "claim": [], "audit_event": []}
        rows["request"] = []
        for offset in range(first, min(first + DAYS_AT_ONCE, days.stop)):
            for number in range(already, per_day):
                _visit(rows, busy, busy.today + timedelta(days=offset), number)
                count += 1
        async with connection.transaction():
            for table, theirs in rows.items():
                names = list(theirs[0])
                await connection.copy_records_to_table(
                    table, columns=names, records=[tuple(row.values()) for row in theirs], timeout=300
                )
    return count


def _visit(rows: dict[str, list[Mapping[str, Any]]], busy: Busy, day: date, number: int) -> None:
    """One visit: the n-th of a day goes to the providers in turn, so nobody and no guest is there twice."""
    turn, place = divmod(number, len(busy.providers))
    provider, resource, room = busy.providers[place]
    starts_at = busy.start(day, SLOTS[turn])
    booked_at = min(starts_at, busy.now) - timedelta(days=busy.dice.randint(1, 20))
    minutes, setup, turnover = busy.minutes
    guest, guest_number = busy.guests[(day.toordinal() * 1_009 + number) % len(busy.guests)]
    appointment = uuid7(booked_at)
    place_id = busy.house.location_id
    past = starts_at < busy.now
    rows["appointment"].append(
        {
            "id": appointment,
            "location": place_id,
            "guest": guest,
            "guest_number": guest_number,
            "service": busy.service,
            "provider": provider,
            "room": room,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=minutes),
            "status": "checked_in" if past else "booked",
            "version": 1 + past,
            "guest_group": "visitor",
            "group_proven": True,
            "list_price_cents": busy.price_cents,
            "price_cents": busy.price_cents,
            "booked_at": booked_at,
            "checked_in_at": starts_at if past else None,
            "setup_minutes": setup,
            "turnover_minutes": turnover,
        }
    )
    rows["claim"] += [
        {
            "appointment": appointment,
            "resource_no": thing,
            "starts_at": starts_at - timedelta(minutes=setup),
            "ends_at": starts_at + timedelta(minutes=minutes + turnover),
            "released": False,
        }
        for thing in (resource, room)
    ]
    _paper(rows, busy, appointment, booked_at, "booked")
    if past:
        _paper(rows, busy, appointment, starts_at, "checked in")


def _paper(
    rows: dict[str, list[Mapping[str, Any]]], busy: Busy, subject: UUID, when: datetime, verb: str
) -> None:
    """The audit line and the request that every act leaves."""
    desk = busy.house.desk[0]
    rows["audit_event"].append(
        {
            "made_at": when,
            "location": busy.house.location_id,
            "staff": desk.staff_id,
            "staff_name": desk.name,
            "request_id": "0123456789abcdef",
            "verb": verb,
            "subject_kind": "appointment",
            "subject": subject,
        }
    )
    rows["request"].append(
        {
            "key": uuid7(when),
            "verb": "spa_pos.booking.actions.book_appointment",
            "body_hash": "0" * 64,
            "response": f'"{subject}"',
            "made_at": when,
        }
    )


async def settle_statistics(connection: asyncpg.Connection) -> None:
    """What autovacuum would do in its own time."""
    await connection.execute("VACUUM ANALYZE")
