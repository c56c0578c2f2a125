"""Open starts on bits are the open starts that the plain rule gives, minute for minute; parties too."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import event, given
from hypothesis import strategies as st

from spa_pos.booking.rules import (
    LENGTH,
    Arrangement,
    DayCalendar,
    Needs,
    PartyNeeds,
    ProviderDay,
    ProviderWish,
    Stretch,
    ThingDay,
    Wish,
    has_plan,
    instant_of,
    minute_of,
    open_plans,
    open_starts,
    open_times,
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
).map(lambda one: one._replace(day_minutes=sum(session & LENGTH for session in one.sessions)))
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
    times = open_times(wanted, day.supply(), now=moment, wish=wish)
    assert day.begin_times(wanted, now=moment, wish=wish) == sorted({slot.starts_at for slot in times})


able_people = st.builds(
    lambda one, number, works: one._replace(
        number=number, staff_id=UUID(int=number), works=(works,), credentials=frozenset({"massage"})
    ),
    providers,
    st.integers(1, 40),
    st.tuples(st.integers(0, 400), st.integers(400, 900)).map(lambda one: between(one[0], one[0] + one[1])),
)
usual_needs = st.builds(
    Needs,
    st.sampled_from([30, 60, 75]),
    st.sampled_from([0, 5]),
    st.sampled_from([0, 10]),
    st.just("room"),
    st.sampled_from([(), (), ("stones",)]),
    st.just(frozenset({"massage"})),
)
wishes_of_parties = st.builds(
    Wish, st.integers(0, 2), usual_needs, st.sampled_from([ProviderWish(), ProviderWish(gender="woman")])
)


@given(
    st.lists(able_people, min_size=1, max_size=5, unique_by=lambda one: one.number),
    st.lists(things, min_size=2, max_size=6, unique_by=lambda one: one.number),
    st.lists(wishes_of_parties, min_size=2, max_size=3),
    st.sampled_from(Arrangement),
    st.integers(-60, 900),
    st.none() | st.tuples(st.integers(0, 900), st.integers(0, 900)),
)
def test_a_party_could_come_on_a_day_that_has_a_plan(
    people: list[ProviderDay],
    rooms: list[ThingDay],
    wishes: list[Wish],
    arrangement: Arrangement,
    now: int,
    window: tuple[int, int] | None,
) -> None:
    day = DayCalendar(date(2026, 11, 24), BEGINS, between(0, 1_300), None, tuple(people), tuple(rooms))
    party, moment = PartyNeeds(tuple(wishes), arrangement), MIDNIGHT + now * MINUTE

    def fits(starts: Sequence[datetime]) -> bool:
        since, until = between(*window) if window else between(0, 1_440)
        return all(since <= start <= until for start in starts)

    plans = open_plans(party, day.supply(), now=moment)
    event(f"{arrangement}: {'a plan' if plans else 'none'}")
    assert has_plan(party, day, now=moment, fits=fits) == any(
        fits([slot.starts_at for slot in plan.slots]) for plan in plans
    )


def test_a_closed_day_has_no_starts() -> None:
    day = DayCalendar(date(2026, 11, 26), BEGINS, None, "Thanksgiving Day", (), ())
    wanted = Needs(60, 0, 10, "room", (), frozenset())
    assert day.starts(wanted, now=MIDNIGHT) == []
    assert day.supply().closed_because == "Thanksgiving Day"
