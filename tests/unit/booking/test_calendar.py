"""Open starts on bits are the open starts that the plain rule gives, minute for minute."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from spa_pos.booking.rules import (
    LENGTH,
    DayCalendar,
    Needs,
    ProviderDay,
    ProviderWish,
    Stretch,
    ThingDay,
    instant_of,
    minute_of,
    open_starts,
    stretch,
)
from spa_pos.schedule.rules import WorkLimits

MIDNIGHT = datetime(2026, 11, 24, 6, tzinfo=UTC)
BEGINS = minute_of(MIDNIGHT)
MINUTE = timedelta(minutes=1)


def between(start: int, end: int) -> tuple[datetime, datetime]:
    """An interval of the day, in minutes after midnight."""
    return MIDNIGHT + start * MINUTE, MIDNIGHT + end * MINUTE


def taken(start: int, minutes: int) -> Stretch:
    """A claim of the day."""
    return stretch(*between(start, start + minutes))


claims = st.lists(st.builds(taken, st.integers(-30, 1_400), st.integers(1, 240)), max_size=6)
spans = st.tuples(st.integers(0, 1_300), st.integers(30, 700)).map(
    lambda one: between(one[0], one[0] + one[1])
)
limits = st.none() | st.builds(
    WorkLimits, st.integers(60, 400), st.integers(60, 900), st.integers(1, 3), st.integers(0, 40)
)
providers = st.builds(
    ProviderDay,
    st.integers(1, 3),
    st.integers(1, 3).map(lambda number: UUID(int=number)),
    st.just("Ana Okafor"),
    st.sampled_from([frozenset(), frozenset({"massage"})]),
    st.lists(spans, max_size=1).map(tuple),
    claims,
    st.sampled_from([None, "woman", "man"]),
    limits,
    claims,
    st.just(0),
    st.integers(0, 900),
).map(lambda one: replace(one, day_minutes=sum(session & LENGTH for session in one.sessions)))
things = st.builds(ThingDay, st.integers(9, 20), st.sampled_from(["room", "stones"]), st.just("One"), claims)
needs = st.builds(
    Needs,
    st.integers(5, 120),
    st.integers(0, 10),
    st.integers(0, 20),
    st.just("room"),
    st.sampled_from([(), ("stones",)]),
    st.sampled_from([frozenset(), frozenset({"massage"})]),
    st.none(),
    st.booleans(),
) | st.builds(
    lambda minutes, after, long: Needs(minutes + after + long, 5, 10, "room", (), frozenset(), (after, long)),
    st.integers(0, 40),
    st.integers(5, 30),
    st.integers(5, 40),
)


@given(
    st.lists(providers, max_size=3),
    st.lists(things, max_size=4),
    spans,
    needs,
    st.integers(-60, 1_500),
    st.sampled_from([ProviderWish(), ProviderWish(gender="woman"), ProviderWish(UUID(int=2))]),
)
def test_both_ways_give_the_same_starts(
    people: list[ProviderDay],
    rooms: list[ThingDay],
    opened: tuple[datetime, datetime],
    wanted: Needs,
    now: int,
    wish: ProviderWish,
) -> None:
    day = DayCalendar(date(2026, 11, 24), BEGINS, opened, None, tuple(people), tuple(rooms))
    moment = MIDNIGHT + now * MINUTE + timedelta(seconds=7)
    plain = open_starts(wanted, day.supply(), now=moment, wish=wish)
    bits = day.starts(wanted, now=moment, wish=wish)
    assert [(one.number, [instant_of(start) for start in starts]) for one, starts in bits] == [
        (supply.number, [start for start in starts if opened[0] <= start <= opened[1]])
        for supply, starts in plain
        if any(opened[0] <= start <= opened[1] for start in starts)
    ]


def test_a_closed_day_has_no_starts() -> None:
    day = DayCalendar(date(2026, 11, 26), BEGINS, None, "Thanksgiving Day", (), ())
    wanted = Needs(60, 0, 10, "room", (), frozenset())
    assert day.starts(wanted, now=MIDNIGHT) == []
    assert day.supply().closed_because == "Thanksgiving Day"
