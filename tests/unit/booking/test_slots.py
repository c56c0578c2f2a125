"""Which times can be booked on a day."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spa_pos.booking.rules import (
    DaySupply,
    Needs,
    ProviderSupply,
    ProviderWish,
    ThingSupply,
    free_gaps,
    open_times,
    slot_at,
)
from spa_pos.kernel.errors import Conflict

Interval = tuple[datetime, datetime]

ANA, BEN = UUID(int=1), UUID(int=2)
MASSAGE = Needs(60, 0, 10, "treatment_room", (), frozenset({"massage"}))
STONES = Needs(75, 5, 15, "treatment_room", ("hot_stones",), frozenset({"massage", "hot_stone"}))


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def provider(
    number: int, staff_id: UUID, works: Interval, *busy: Interval, has: str = "massage"
) -> ProviderSupply:
    return ProviderSupply(number, staff_id, f"Provider {number}", frozenset(has.split()), (works,), busy)


def room(number: int, *busy: Interval, kind: str = "treatment_room") -> ThingSupply:
    return ThingSupply(number, kind, f"Room {number}", busy)


def day(*parts: ProviderSupply | ThingSupply, opened: bool = True) -> DaySupply:
    return DaySupply(
        (at(14), at(22)) if opened else None,
        None if opened else "Thanksgiving Day",
        tuple(part for part in parts if isinstance(part, ProviderSupply)),
        tuple(part for part in parts if isinstance(part, ThingSupply)),
    )


def starts(
    supply: DaySupply, needs: Needs = MASSAGE, now: datetime = at(8), who: UUID | None = None
) -> list[str]:
    return [f"{slot.starts_at:%H:%M}" for slot in open_times(needs, supply, now=now, wish=ProviderWish(who))]


def test_times_are_on_the_quarter_hour_and_leave_room_for_turnover() -> None:
    supply = day(provider(1, ANA, (at(14), at(16))), room(9))
    assert starts(supply) == ["14:00", "14:15", "14:30", "14:45"]


def test_a_time_right_after_another_visit_is_offered_though_off_the_quarter_hour() -> None:
    supply = day(provider(1, ANA, (at(14), at(18)), (at(14), at(15, 10))), room(9))
    assert starts(supply)[:2] == ["15:10", "15:15"]


def test_without_the_credential_nothing_is_offered() -> None:
    assert starts(day(provider(1, ANA, (at(14), at(18)), has="esthetician"), room(9))) == []


def test_a_room_that_is_taken_takes_its_times_away_and_another_room_gives_them_back() -> None:
    taken = room(9, (at(14), at(15, 10)))
    ana = provider(1, ANA, (at(14), at(16, 25)))
    assert starts(day(ana, taken)) == ["15:10", "15:15"]
    assert starts(day(ana, taken, room(10)))[0] == "14:00"


def test_equipment_is_needed_as_much_as_the_room_and_set_up_lies_before_the_start() -> None:
    ana = provider(1, ANA, (at(14), at(18)), has="massage hot_stone")
    assert starts(day(ana, room(9)), STONES) == []
    with_stones = starts(day(ana, room(9), room(20, kind="hot_stones")), STONES)
    assert with_stones[0] == "14:05"
    assert with_stones[-1] == "16:30"


def test_a_named_provider_narrows_the_times_and_the_past_is_left_out() -> None:
    supply = day(provider(1, ANA, (at(14), at(16))), provider(2, BEN, (at(15), at(17))), room(9))
    assert starts(supply, who=BEN)[0] == "15:00"
    assert starts(supply, now=at(14, 31), who=ANA) == ["14:35", "14:45"]


def test_a_closed_day_and_an_empty_day_offer_nothing() -> None:
    assert starts(day(opened=False)) == []
    assert starts(day(room(9))) == []


@pytest.mark.parametrize(
    ("code", "when", "needs"),
    [
        ("time-past", at(7, 44), MASSAGE),
        ("provider-away", at(21, 30), MASSAGE),
        ("slot-taken", at(14, 30), MASSAGE),
        ("no-room", at(17), MASSAGE),
        ("credential-missing", at(16), STONES),
    ],
)
def test_a_time_that_cannot_be_booked_says_why(code: str, when: datetime, needs: Needs) -> None:
    supply = day(provider(1, ANA, (at(14), at(22)), (at(14), at(15, 10))), room(9, (at(17), at(18))))
    with pytest.raises(Conflict) as refusal:
        slot_at(needs, supply, provider=ANA, starts_at=when, now=at(8))
    assert refusal.value.code == code


def test_on_a_closed_day_the_reason_is_named() -> None:
    with pytest.raises(Conflict, match="Thanksgiving"):
        slot_at(MASSAGE, day(opened=False), provider=ANA, starts_at=at(15), now=at(8))


minutes = st.integers(0, 95).map(lambda number: at(14) + timedelta(minutes=5 * number))
intervals = st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1])


@given(st.lists(intervals, max_size=6), st.lists(intervals, max_size=6), st.sampled_from([MASSAGE, STONES]))
def test_every_offered_time_can_be_booked_and_no_bookable_quarter_is_withheld(
    ana_busy: list[Interval], room_busy: list[Interval], needs: Needs
) -> None:
    ana = ProviderSupply(
        1, ANA, "Ana", frozenset({"massage", "hot_stone"}), ((at(14), at(22)),), tuple(ana_busy)
    )
    supply = day(ana, room(9, *room_busy), room(20, kind="hot_stones"))
    offered = {slot.starts_at for slot in open_times(needs, supply, now=at(8))}
    for start in offered:
        slot_at(needs, supply, provider=ANA, starts_at=start, now=at(8))
    quarters = [at(14) + timedelta(minutes=15 * number) for number in range(33)]
    for start in quarters:
        since, until = start - needs.before, start + needs.after
        free = (
            since >= at(14)
            and until <= at(22)
            and all(end <= since or begin >= until for begin, end in [*ana_busy, *room_busy])
        )
        assert (start in offered) == free


@given(st.lists(intervals, max_size=8))
def test_gaps_are_what_nothing_claims(busy: list[Interval]) -> None:
    gaps = free_gaps([(at(14), at(22))], busy)
    for number in range(96):
        moment = at(14) + timedelta(minutes=5 * number)
        free = not any(start <= moment < end for start, end in busy)
        assert any(start <= moment < end for start, end in gaps) == free
