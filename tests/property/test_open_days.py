"""Open times against a judge who goes through minutes: with everything that can stand in the way, on
ordinary days and on those of 23 and 25 hours, at night too.

Two ways to the open times are held against it, and booking itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as some

from spa_pos.booking.actions import add_block, book_appointment, hold_appointment
from spa_pos.booking.queries import calendar, needs_of, supplies
from spa_pos.booking.rules import PartyNeeds, ProviderWish, Wish, has_plan, open_plans, open_times
from spa_pos.catalog.queries import services
from spa_pos.db import action, fetch, fetch_value, insert
from spa_pos.kernel.errors import Refusal
from spa_pos.schedule.tables import ResourceOut, Shift, ShiftException, SpecialDay, TimeOff
from tests.cast import Spa, open_spa
from tests.conftest import Database
from tests.integration.booking.asking import item
from tests.property.oracle import MINUTE, Ask, Oracle

DAYS = settings().max_examples if settings().max_examples > 100 else 20
TUESDAY, SPRING, AUTUMN = date(2026, 11, 24), date(2027, 3, 14), date(2027, 11, 7)
PEOPLE = ("Ana Okafor", "Ben Castellano", "Elif Demir", "Farah Haddad", "Jonas Weber")
WISHES = (
    ("swedish-60",),
    ("swedish-30", "scalp-15"),
    ("stone-75", "aromatherapy"),
    ("facial-30", "collagen-15"),
    ("scalp-mask-60",),
    ("scalp-mask-60",),
    ("manicure-45", "paraffin-10"),
)
THINGS = ("Room 1", "Room 2", "Room 3", "Hot-stone set", "Paraffin bath", "Station 1", *PEOPLE)


def span_of(begin: int, length: int) -> tuple[time, time]:
    """From one face of the clock to another, in steps of ten minutes."""
    end = min(begin + length, 141)
    return time(begin // 6, begin % 6 * 10), time(end // 6, end % 6 * 10)


hours = some.builds(span_of, some.integers(0, 110), some.integers(9, 90))
who, what = some.integers(0, 4), some.integers(0, len(THINGS) - 1)
slots = some.tuples(what, some.integers(0, 280), some.integers(1, 24))


@dataclass(frozen=True)
class Story:
    """What happened before somebody looks for a time."""

    day: date
    night: bool
    shifts: Sequence[tuple[int, tuple[time, time], int, int]]
    exceptions: Sequence[tuple[int, tuple[time, time] | None]]
    special: tuple[time, time] | None
    away: Sequence[tuple[int, int, int]]
    out: Sequence[tuple[int, int, int]]
    blocks: Sequence[tuple[int, int, int]]
    booked: Sequence[tuple[int, int, int]]
    limits: tuple[int, int, int, int]
    setup: int


stories = some.builds(
    Story,
    some.sampled_from((TUESDAY, SPRING, AUTUMN)),
    some.booleans(),
    some.lists(some.tuples(who, hours, some.integers(1, 3), some.integers(0, 20)), min_size=3, max_size=8),
    some.lists(some.tuples(who, some.one_of(some.none(), hours)), max_size=2),
    some.one_of(some.none(), some.none(), hours),
    some.lists(slots, max_size=2),
    some.lists(slots, max_size=3),
    some.lists(slots, max_size=8),
    some.lists(
        some.tuples(some.integers(0, 6), some.integers(0, 280), some.integers(0, 9)), min_size=5, max_size=25
    ),
    some.tuples(
        some.sampled_from((120, 300)),
        some.sampled_from((180, 1500)),
        some.integers(1, 4),
        some.sampled_from((0, 5, 15, 30)),
    ),
    some.sampled_from((0, 0, 5)),
)


async def tell(spa: Spa, story: Story) -> None:
    """Let it happen; what is refused has not happened."""
    where, midnight = spa.house.location_id, datetime.combine(story.day, time(), spa.house.zone)
    begin = midnight.astimezone(UTC)
    spa.clock.now = begin - timedelta(hours=3)
    staff = [await spa.staff_id(name) for name in PEOPLE]
    if story.night:
        await fetch("UPDATE opening_hours SET opens = '00:00', closes = '23:45'")
        await fetch("UPDATE shift SET starts = '00:15', ends = '23:30' WHERE staff = ANY($1)", staff[::2])
        await fetch("UPDATE shift SET weekday = 6 WHERE weekday = 0")
    await fetch("UPDATE service SET setup_minutes = $1", story.setup)
    await fetch(
        "UPDATE work_limit SET day_minutes = $1, week_minutes = $2, most_in_a_row = $3, break_minutes = $4",
        *story.limits,
    )
    for one, (starts, ends), every, before in story.shifts:
        asked = {"weekday": story.day.weekday(), "starts": starts, "ends": ends, "every_weeks": every}
        since = story.day - timedelta(days=before)
        await insert(Shift, id=uuid4(), staff=staff[one], valid_from=since, **asked)
    for one, span in story.exceptions:
        starts_at, ends_at = span or (None, None)
        asked = {"day": story.day, "starts": starts_at, "ends": ends_at, "reason": "Swap"}
        await insert(ShiftException, id=uuid4(), staff=staff[one], **asked)
    if story.special:
        opens, closes = story.special
        asked = {"location": where, "day": story.day, "reason": "Party", "opens": opens, "closes": closes}
        await insert(SpecialDay, id=uuid4(), **asked)
    for one, at, length in story.away:
        asked = {"starts_at": begin + at * 5 * MINUTE, "ends_at": begin + (at + length * 3) * 5 * MINUTE}
        await insert(TimeOff, id=uuid4(), staff=staff[one % 5], reason="Away", **asked)
    for one, at, length in story.out:
        asked = {"starts_at": begin + at * 5 * MINUTE, "ends_at": begin + (at + length * 3) * 5 * MINUTE}
        number = await fetch_value("SELECT number FROM resource WHERE name = $1", THINGS[one % 6])
        await insert(ResourceOut, id=uuid4(), resource_no=number, reason="Repair", **asked)
    await _take(spa, story, begin)


async def _take(spa: Spa, story: Story, begin: datetime) -> None:
    """Blocks, visits and holds."""
    for one, at, length in story.blocks:
        number = await fetch_value("SELECT number FROM resource WHERE name = $1", THINGS[one])
        span = {"starts_at": begin + at * 5 * MINUTE, "ends_at": begin + (at + length) * 5 * MINUTE}
        asked = {"block_id": uuid4(), "resource_no": number, "kind": "break", "reason": "", **span}
        await _try(add_block(spa.maya, now=spa.clock.now, **asked))
    for place, (wish, at, how) in enumerate(story.booked):
        guest_id = await spa.guest(f"Guest Number{place}")
        service, *add_ons = WISHES[wish]
        wanted = await item(
            spa,
            guest_id,
            service=service,
            provider=PEOPLE[how % 5],
            at=begin + at * 5 * MINUTE,
            add_ons=add_ons,
        )
        if how == 9 or how == 8:
            until = spa.clock.now + timedelta(minutes=10 if how == 9 else 999)
            await _try(hold_appointment(spa.maya, item=wanted, held_until=until, now=spa.clock.now))
        else:
            asked = {"quoted_cents": wanted.quoted_cents, "add_on_ids": wanted.add_on_ids}
            await _try(_book(spa, wanted.service_id, wanted.provider_id, guest_id, wanted.starts_at, **asked))
    spa.clock.forward(minutes=40)


async def _book(spa: Spa, service: UUID, staff: UUID, guest: UUID, at: datetime, **asked: Any) -> object:
    return await book_appointment(
        spa.maya,
        appointment_id=uuid4(),
        guest_id=guest,
        service_id=service,
        provider_id=staff,
        starts_at=at,
        now=spa.clock.now,
        **asked,
    )


async def _try(asked: Any) -> str:
    try:
        await asked
    except Refusal as refusal:
        return refusal.code
    return "done"


class Undone(Exception):
    """Takes a booking back that was only tried."""


async def tried(spa: Spa, guest_id: UUID, ask: Ask) -> str:
    """What booking would say; nothing stays."""
    names = {row["id"]: row["name"] for row in await fetch("SELECT id, name FROM staff")}
    codes = {row["id"]: row["code"] for row in await fetch("SELECT id, code FROM service")}
    service, *add_ons = (codes[one] for one in ask.services)
    wanted = await item(
        spa, guest_id, service=service, provider=names[ask.staff], at=ask.starts_at, add_ons=add_ons
    )

    @action
    async def only_try() -> None:
        asked = {"quoted_cents": wanted.quoted_cents, "add_on_ids": wanted.add_on_ids}
        await _book(spa, wanted.service_id, wanted.provider_id, guest_id, wanted.starts_at, **asked)
        raise Undone

    try:
        return await _try(only_try())
    except Undone:
        return "booked"


@settings(
    max_examples=DAYS,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    stories,
    some.sampled_from(WISHES),
    some.sampled_from((None, None, "woman", "man")),
    some.integers(0, 16),
    some.lists(some.integers(0, 10_000), min_size=4, max_size=4),
)
async def test_open_times_are_those_that_can_be_booked_whatever_stands_in_the_way(
    database: Database,
    story: Story,
    codes: tuple[str, ...],
    gender: str | None,
    later: int,
    picks: list[int],
) -> None:
    await database.empty()
    spa = await open_spa()
    await tell(spa, story)
    spa.clock.forward(minutes=later * 47)
    where, zone, now, day = spa.house.location_id, spa.house.zone, spa.clock.now, story.day
    ids = [await spa.service_id(code) for code in codes]
    menu, wish = await services(ids), ProviderWish(gender=gender)
    needs = needs_of(menu[ids[0]], [menu[one] for one in ids[1:]])
    ((_, supply),) = await supplies(where, zone, day, day, now=now)
    offered = {
        (slot.provider.staff_id, slot.starts_at) for slot in open_times(needs, supply, now=now, wish=wish)
    }
    (whole,) = await calendar(where, zone, day, day, now=now)
    on_bits = whole.starts(needs, now=now, wish=wish)
    begin = datetime(1970, 1, 1, tzinfo=UTC)
    assert {
        (one.staff_id, begin + minute * MINUTE) for one, starts in on_bits for minute in starts
    } == offered
    assert whole.begin_times(needs, now=now, wish=wish) == sorted({start for _, start in offered})
    pair = PartyNeeds((Wish(0, needs, wish), Wish(1, needs, ProviderWish(gender=gender))))
    assert has_plan(pair, whole, now=now, fits=lambda starts: True) == bool(open_plans(pair, supply, now=now))

    oracle = await Oracle.of(spa)
    staff = [row for row in oracle.rows["staff"] if row["role"] == "provider"]
    free = set()
    for one in [row for row in staff if gender in (None, row["gender"])]:
        quarters = {minute for minute in oracle.minutes_of(day) if minute.minute % 15 == 0 and minute >= now}
        for at in quarters | {start for who, start in offered if who == one["id"]}:
            if oracle.possible(Ask(tuple(ids), one["id"], at)):
                free.add((one["id"], at))
    assert offered <= free, "something is offered that cannot be booked"
    assert free <= offered, "a quarter of an hour that can be booked is not offered"

    guest_id = await spa.guest("Lena Vogel")
    for pick in picks if offered else ():
        provider, at = sorted(offered)[pick % len(offered)]
        assert await tried(spa, guest_id, Ask(tuple(ids), provider, at)) == "booked"
    event(f"{day}: {'something' if offered else 'nothing'} is open")
