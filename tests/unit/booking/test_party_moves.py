"""A party that one of its guests moves: who may, to when, and with whom."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from spa_pos.booking.rules import ANYBODY, Arrangement, DaySupply, PartyNeeds, ProviderWish, Status, Wish
from spa_pos.booking.rules.fees import Policy
from spa_pos.booking.rules.party_moves import PartMoved, PartOfParty, PartyMove, check_may_move_all
from spa_pos.kernel.errors import Conflict
from tests.unit.booking.test_parties import MASSAGE, at, day, person, thing

NOW = at(8)
DAY_BEFORE = Policy(UUID(int=1), 1, 24, 500_000, 1_000_000, 15)
INGRID, PER = UUID(int=101), UUID(int=102)
MINE = PartOfParty(True, Status.BOOKED, NOW + timedelta(hours=25), DAY_BEFORE)
THEIRS = replace(MINE, is_own=False)
HOUSE = day(person(1), person(2), person(3), thing(11), thing(12))


def part(guest: UUID, provider: int, starts_at: datetime = at(16), **wish: timedelta) -> PartMoved:
    window = {"lead": timedelta(hours=2), "horizon": timedelta(days=60)} | wish
    return PartMoved(guest, UUID(int=provider), starts_at, **window)


def move(
    *parts: PartMoved, taken: Sequence[tuple[datetime, datetime]] = (), **wishes: ProviderWish
) -> PartyMove:
    """Ingrid and Per side by side; `taken` is when Per is somewhere else."""
    wanted = tuple(
        Wish(number, MASSAGE, wishes.get(name, ANYBODY)) for number, name in enumerate(("ingrid", "per"))
    )
    return PartyMove(PartyNeeds(wanted), parts or (part(INGRID, 1), part(PER, 2)), {PER: taken}, NOW)


def served(found: PartyMove, supply: DaySupply, start: datetime) -> list[int]:
    """Who would serve them at a time, in their order."""
    return [slot.provider.number for slot in found.plans(supply)[start].slots]


def test_a_party_whose_visits_are_all_free_to_move_may_be_moved() -> None:
    check_may_move_all([MINE, THEIRS], is_charged=False, now=NOW)
    check_may_move_all(
        [replace(MINE, policy=None), replace(THEIRS, status=Status.CONFIRMED)], is_charged=False, now=NOW
    )
    check_may_move_all([replace(MINE, starts_at=NOW + timedelta(hours=24))], is_charged=False, now=NOW)


@pytest.mark.parametrize(
    ("parts", "charged", "code"),
    [
        ([], False, "not-online"),
        ([THEIRS], False, "not-online"),
        ([replace(MINE, status=Status.HELD), THEIRS], False, "not-online"),
        ([replace(MINE, status=Status.CHECKED_IN), THEIRS], False, "not-online"),
        ([replace(MINE, starts_at=NOW + timedelta(hours=23)), THEIRS], False, "too-late-to-move"),
        ([MINE, replace(THEIRS, starts_at=NOW + timedelta(hours=23))], False, "not-all-move"),
        ([MINE, replace(THEIRS, policy=replace(DAY_BEFORE, notice_hours=48))], False, "not-all-move"),
        ([MINE, replace(THEIRS, status=Status.HELD)], False, "not-all-move"),
        ([MINE, replace(THEIRS, status=Status.CHECKED_IN)], False, "not-all-move"),
        ([MINE, replace(MINE, status=Status.IN_SERVICE)], False, "not-all-move"),
        ([MINE, THEIRS], True, "not-all-move"),
    ],
)
def test_what_keeps_one_of_them_keeps_all(parts: list[PartOfParty], charged: bool, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        check_may_move_all(parts, is_charged=charged, now=NOW)
    assert refused.value.code == code


def test_they_keep_whom_they_have_and_take_others_where_that_cannot_be() -> None:
    swapped = move(part(INGRID, 2), part(PER, 1))
    assert served(swapped, HOUSE, at(14)) == [2, 1]
    ana_away = day(person(1, (at(14), at(15))), person(2), person(3), thing(11), thing(12))
    assert 1 not in served(swapped, ana_away, at(14))
    assert served(swapped, ana_away, at(15, 30)) == [2, 1], "a time at which both are free keeps both"


def test_a_wish_for_somebody_holds_when_they_move() -> None:
    third = ProviderWish(UUID(int=3))
    assert served(move(part(INGRID, 3), part(PER, 2), ingrid=third), HOUSE, at(14)) == [3, 2]
    away = day(person(1), person(2), thing(11), thing(12))
    assert move(part(INGRID, 3), part(PER, 2), ingrid=third).plans(away) == {}


def test_the_time_they_have_is_no_other_time() -> None:
    found = move()
    assert at(16) not in found.plans(HOUSE)
    assert at(15, 45) in found.plans(HOUSE)


def test_one_who_moves_is_enough_for_another_time() -> None:
    in_turn = PartyNeeds((Wish(0, MASSAGE), Wish(1, MASSAGE)), Arrangement.IN_TURN, timedelta(0))
    parts = (part(INGRID, 1, at(14)), part(PER, 2, at(15, 30)))
    assert at(14) in PartyMove(in_turn, parts, {}, NOW).plans(HOUSE), "Per would begin at three"
    alike = (parts[0], part(PER, 2, at(15)))
    assert at(14) not in PartyMove(in_turn, alike, {}, NOW).plans(HOUSE)


def test_the_shortest_window_holds_for_all() -> None:
    late = move(part(INGRID, 1), part(PER, 2, lead=timedelta(hours=7)))
    assert min(late.plans(HOUSE)) == at(15)
    near = move(part(INGRID, 1, horizon=timedelta(hours=6, minutes=30)), part(PER, 2))
    assert max(near.plans(HOUSE)) == at(14, 30)


def test_nobody_is_moved_to_where_they_are_somewhere_else() -> None:
    found = move(taken=[(at(15), at(16))]).plans(HOUSE)
    assert found
    assert all(start + timedelta(hours=1) <= at(15) or start >= at(16) for start in found)


def test_a_house_with_one_room_moves_no_two_side_by_side() -> None:
    assert move().plans(day(person(1), person(2), thing(11))) == {}


@pytest.mark.parametrize(
    ("busy", "rooms", "wait"), list(product([(), ((14, 15),), ((14, 16), (17, 18))], [1, 2], [0, 15]))
)
def test_plans_begin_in_order_and_fit_what_they_keep(
    busy: tuple[tuple[int, int], ...], rooms: int, wait: int
) -> None:
    hours = [(at(begin), at(end)) for begin, end in busy]
    supply = day(person(1, *hours), person(2), *(thing(11 + number) for number in range(rooms)))
    needs = PartyNeeds((Wish(0, MASSAGE), Wish(1, MASSAGE)), Arrangement.IN_TURN, timedelta(minutes=wait))
    found = PartyMove(needs, (part(INGRID, 1), part(PER, 2)), {}, NOW).plans(supply)
    assert list(found) == sorted(found)
    for start, plan in found.items():
        first, second = plan.slots
        assert first.starts_at == start
        assert timedelta(0) <= second.starts_at - first.ends_at <= timedelta(minutes=wait)
