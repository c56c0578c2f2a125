"""Reading a booking under way."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spa_pos.booking.queries.visits import Visit, visit
from spa_pos.booking.rules import EXPECTED, Status
from spa_pos.booking.rules.online import Hold
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody says they are."""

    given_name: str
    family_name: str
    phone: str
    email: str
    by_email: bool


@dataclass(frozen=True, slots=True)
class OnlineView:
    """A booking under way, or one that is done; `visits` are those of its party, that of whoever books first.

    With `wait_until` nothing is held: the guest asks for the waitlist, from the day in `path` on.
    """

    id: UUID
    location_id: UUID
    network: str
    appointment_id: UUID | None
    is_booked: bool
    extended: int
    path: str
    person: Person | None
    by_email: bool
    code_id: UUID | None
    made_at: datetime
    wait_until: date | None
    pay_until: datetime | None
    knock: int | None
    setup_id: UUID | None
    visits: tuple[Visit, ...]

    @property
    def first(self) -> Visit:
        """The visit of whoever books."""
        return next(one for one in self.visits if one.id == self.appointment_id)

    @property
    def in_order(self) -> tuple[Visit, ...]:
        """The visit of whoever books, then of whoever comes along."""
        return (self.first, *(one for one in self.visits if one.id != self.appointment_id))

    @property
    def hold(self) -> Hold:
        """How its time is held."""
        if not self.visits:
            return Hold(None, 0, False)
        is_live = all(one.status is Status.HELD for one in self.visits)
        return Hold(self.first.held_until, self.extended, is_live)

    @property
    def total_cents(self) -> Cents:
        """What all of it costs."""
        return Cents(sum(one.total_cents for one in self.visits))

    def is_of(self, address: str) -> bool:
        """True when whoever books typed this e-mail address."""
        return self.person is not None and self.person.email.lower() == address.lower()


async def online_booking(booking_id: UUID, *, for_update: bool = False) -> OnlineView | None:
    """A booking under way by its number, if there is one; locked with its visits when asked."""
    if for_update:
        await fetch("SELECT 1 FROM online_booking WHERE id = $1 FOR UPDATE", booking_id)
    row = await fetch_one(
        "SELECT o.*, (SELECT array_agg(s.id ORDER BY s.guest_number) FROM appointment s"
        "   WHERE s.id = o.appointment OR s.party = a.party) AS visits"
        " FROM online_booking o LEFT JOIN appointment a ON a.id = o.appointment WHERE o.id = $1",
        booking_id,
    )
    if row is None:
        return None
    person = None
    if row["given_name"] is not None:
        person = Person(**{name: row[name] for name in Person.__slots__})
    ids = sorted(row["visits"] or ())
    seen = [await visit(one, row["location"], for_update=for_update) for one in ids]
    return OnlineView(
        row["id"],
        row["location"],
        row["network"],
        row["appointment"],
        row["status"] == "booked",
        row["extended"],
        row["path"],
        person,
        row["by_email"],
        row["code"],
        row["made_at"],
        row["wait_until"],
        row["pay_until"],
        row["knock"],
        row["setup"],
        tuple(sorted(seen, key=lambda one: one.id != row["appointment"])),
    )


async def under_way_of(address: str, *, but: UUID) -> list[UUID]:
    """The other bookings that hold a time for an e-mail address."""
    rows = await fetch(
        "SELECT o.id FROM online_booking o JOIN appointment a ON a.id = o.appointment AND a.status = 'held'"
        " WHERE o.status = 'open' AND lower(o.email) = lower($1) AND o.id <> $2 ORDER BY o.id",
        address,
        but,
    )
    return [row["id"] for row in rows]


async def is_paid_now(one: Visit, now: datetime) -> bool:
    """True while a card may still be charged for a deposit to book this visit."""
    found: bool = await fetch_value("SELECT is_being_paid($1, $2, $3)", one.id, one.party_id, now)
    return found


async def pays_elsewhere(address: str, *, but: UUID, now: datetime) -> bool:
    """True while a card may still be charged for what another browser holds for an e-mail address."""
    found: bool = await fetch_value(
        "SELECT EXISTS (SELECT 1 FROM online_booking o JOIN appointment a ON a.id = o.appointment"
        " WHERE o.status = 'open' AND a.status = 'held' AND lower(o.email) = lower($1) AND o.id <> $2"
        " AND is_being_paid(a.id, a.party, $3))",
        address,
        but,
        now,
    )
    return found


async def behind_payment(appointment_id: UUID, location_id: UUID) -> tuple[list[Visit], int | None]:
    """The visits that a payment online is for, that of whoever pays first; and the try it was counted as."""
    rows = await fetch(
        "SELECT s.id FROM appointment a JOIN appointment s ON s.id = a.id OR s.party = a.party"
        " WHERE a.id = $1 ORDER BY s.id = $1 DESC, s.id",
        appointment_id,
    )
    knock = await fetch_value("SELECT knock FROM online_booking WHERE appointment = $1", appointment_id)
    return [await visit(row["id"], location_id) for row in rows], knock


async def late_payments(now: datetime) -> list[UUID]:
    """Payments online that live although the time to pay is over."""
    rows = await fetch(
        "SELECT t.id FROM online_booking o JOIN attempt t ON t.subject = o.appointment"
        " AND t.state IN ('new', 'created', 'submitted', 'unknown')"
        " WHERE o.status = 'open' AND o.pay_until <= $1 ORDER BY o.pay_until",
        now,
    )
    return [row["id"] for row in rows]


async def free_stand_ins(group: str, most: int) -> list[UUID]:
    """Guests of a group who stand in for nobody right now, locked; fewer where there are not so many."""
    rows = await fetch(
        "SELECT g.id FROM guest g WHERE g.stands_in AND g.guest_group = $1 AND NOT EXISTS"
        "   (SELECT 1 FROM appointment a WHERE a.guest = g.id AND a.status = 'held')"
        " ORDER BY g.number LIMIT $2 FOR UPDATE OF g SKIP LOCKED",
        group,
        most,
    )
    # Whoever had one locked until a moment ago has held a time with it since the search began.
    busy = await fetch(
        "SELECT guest FROM appointment WHERE guest = ANY($1) AND status = 'held'",
        [row["id"] for row in rows],
    )
    taken = {row["guest"] for row in busy}
    return [row["id"] for row in rows if row["id"] not in taken]


async def visits_to_come(guest_ids: list[UUID], now: datetime) -> int:
    """How many visits some guests have before them."""
    return int(
        await fetch_value(
            "SELECT count(*) FROM appointment WHERE guest = ANY($1) AND starts_at > $2 AND status = ANY($3)",
            guest_ids,
            now,
            [status.value for status in EXPECTED],
        )
    )


async def broken_stand_ins() -> list[str]:
    """Visits of guests who are nobody: what is booked belongs to somebody."""
    rows = await fetch(
        "SELECT a.id, a.status FROM appointment a JOIN guest g ON g.id = a.guest"
        " WHERE g.stands_in AND a.status NOT IN ('held', 'expired')"
    )
    return [f"appointment {row['id']} is {row['status']} and belongs to nobody" for row in rows]


async def broken_online_bookings() -> list[str]:
    """Bookings that are done without a visit of a guest."""
    rows = await fetch(
        "SELECT o.id FROM online_booking o JOIN appointment a ON a.id = o.appointment"
        " WHERE o.status = 'booked' AND a.status IN ('held', 'expired')"
    )
    return [f"online booking {row['id']} is done and its visit is not booked" for row in rows]
