"""What a service asks of a day, and what a slot takes of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from spa_pos.booking.rules import DaySupply, Needs, ProviderSupply, Slot, ThingSupply, without

MASK = Needs(60, 5, 10, "treatment_room", ("steamer",), frozenset({"esthetician"}), processing=(15, 25))
PLAIN = replace(MASK, processing=None)
MINUTE = timedelta(minutes=1)
TEN = datetime(2026, 11, 24, 16, tzinfo=UTC)
WHO = ProviderSupply(7, UUID(int=7), "Farah", frozenset({"esthetician"}), (), ())
ROOM = ThingSupply(3, "treatment_room", "Room 3", ())
STEAMER = ThingSupply(9, "steamer", "Steamer", ())


def parts(needs: Needs) -> list[tuple[int, int]]:
    """When the provider is busy, in minutes from the start."""
    return [(begin // MINUTE, end // MINUTE) for begin, end in needs.provider_parts()]


def test_a_provider_is_busy_from_set_up_to_turnover_or_around_processing() -> None:
    assert parts(PLAIN) == [(-5, 70)]
    assert parts(MASK) == [(-5, 15), (40, 70)]


def test_processing_up_to_the_end_leaves_the_turnover_or_nothing() -> None:
    to_the_end = replace(MASK, processing=(15, 45))
    assert parts(to_the_end) == [(-5, 15), (60, 70)]
    assert parts(replace(to_the_end, turnover_minutes=0)) == [(-5, 15)]


@pytest.mark.parametrize(("minutes", "processing"), [(90, (15, 25)), (40, (15, 25)), (39, None), (5, None)])
def test_too_short_for_its_processing_the_provider_stays(
    minutes: int, processing: tuple[int, int] | None
) -> None:
    shorter = MASK.lasting(minutes)
    assert (shorter.minutes, shorter.processing) == (minutes, processing)
    assert (shorter.setup_minutes, shorter.thing_kinds) == (5, ("treatment_room", "steamer"))


def test_claims_are_sorted_by_resource_and_time_so_that_writers_never_wait_in_a_circle() -> None:
    slot = Slot(TEN, TEN + 60 * MINUTE, WHO, ROOM, (STEAMER,))
    whole = (TEN - 5 * MINUTE, TEN + 70 * MINUTE)
    assert slot.claims(MASK) == [
        (3, *whole),
        (7, TEN - 5 * MINUTE, TEN + 15 * MINUTE),
        (7, TEN + 40 * MINUTE, TEN + 70 * MINUTE),
        (9, *whole),
    ]


@given(
    some.integers(5, 240),
    some.integers(0, 20),
    some.integers(0, 20),
    some.integers(1, 60),
    some.integers(1, 60),
    some.integers(1, 480),
)
def test_the_parts_of_a_provider_leave_out_the_processing_and_nothing_else(
    minutes: int, setup: int, turnover: int, after: int, length: int, lasting: int
) -> None:
    needs = Needs(minutes, setup, turnover, "room", (), frozenset(), (after, length)).lasting(lasting)
    busy = {minute for begin, end in parts(needs) for minute in range(begin, end)}
    free = set(range(after, after + length)) if after + length <= lasting else set()
    assert busy == set(range(-setup, lasting + turnover)) - free
    assert all(begin < end for begin, end in parts(needs))


def test_what_was_taken_is_taken_and_counts_as_hands_on() -> None:
    other = replace(WHO, number=8, staff_id=UUID(int=8))
    day = DaySupply((TEN, TEN + 480 * MINUTE), None, (WHO, other), (ROOM, STEAMER))
    slot = Slot(TEN, TEN + 60 * MINUTE, WHO, ROOM, ())
    left = without(day, [(slot, MASK)])
    assert [len(one.busy) for one in left.providers] == [2, 0]
    assert [len(one.busy) for one in left.things] == [1, 0]
    assert [one.sessions for one in left.providers] == [((TEN, TEN + 60 * MINUTE),), ()]
    hands_off = without(day, [(slot, replace(MASK, hands_on=False))])
    assert [one.sessions for one in hands_off.providers] == [(), ()]
    assert without(day, []) == day
