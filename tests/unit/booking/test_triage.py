"""Who on the waitlist comes first, why, and whom a freed time fits."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from spa_pos.booking.rules import (
    DayCalendar,
    Needs,
    ProviderDay,
    ProviderWish,
    ThingDay,
    minute_of,
    stretch,
)
from spa_pos.booking.rules.triage import (
    Ask,
    OfferRule,
    WaitWish,
    Weights,
    best_fit,
    check_wait,
    fitting_times,
    order_key,
    score,
)
from spa_pos.kernel.errors import Invalid

ZONE = ZoneInfo("America/Chicago")
DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=ZONE)
WEIGHTS = Weights(
    groups={"patient": ("Patient", 40), "visitor": ("Visitor", 0)},
    reasons={"pain": ("Pain", 20), "none": ("No special reason", 0)},
    severity=2,
    leaving=3,
    leaving_days=7,
    waiting=1,
    waiting_most=5,
)
ASK = Ask(UUID(int=1), NOW - timedelta(days=3), "patient", "pain", 7, DAY + timedelta(days=2))
NOBODY = Ask(UUID(int=2), NOW, "visitor", "none", 0)
MASSAGE = Needs(60, 0, 10, "treatment_room", (), frozenset({"massage"}))
NO_RULE = OfferRule(notice=timedelta(0))


def points(ask: Ask, weights: Weights = WEIGHTS, now: datetime = NOW) -> int:
    return score(ask, weights, now=now, zone=ZONE).points


def local(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=ZONE)


def day_with(*busy: tuple[int, int]) -> DayCalendar:
    """A day from eight to twenty with one provider and one room, taken at some hours."""
    taken = tuple(stretch(local(start), local(end)) for start, end in busy)
    works = ((local(8), local(20)),)
    able = frozenset({"massage"})
    ana = ProviderDay(1, UUID(int=7), "Ana Okafor", able, works, taken, "woman", None, (), 0, 0)
    room = ThingDay(2, "treatment_room", "Room 1", taken)
    return DayCalendar(DAY, minute_of(local(0)), works[0], None, (ana,), (room,))


FREED = day_with((8, 13), (15, 20))
"""Only from one to three something is free."""

WISH = WaitWish(MASSAGE, DAY, DAY)


def test_a_score_is_the_sum_of_what_counts_and_is_told_in_words() -> None:
    found = score(ASK, WEIGHTS, now=NOW, zone=ZONE)
    assert found.words == (
        "Patient 40 · Pain 20 · Severity 7: 14 · Leaves in 2 days: 15 · Waiting 3 days: 3 = 92"
    )
    assert found.points == 92


def test_who_asks_for_no_special_reason_has_no_points_and_is_told_so() -> None:
    found = score(NOBODY, WEIGHTS, now=NOW, zone=ZONE)
    assert (found.points, found.words) == (0, "No points: first come, first served")


@pytest.mark.parametrize(
    ("left", "gained"), [(0, 21), (1, 18), (6, 3), (7, 0), (30, 0), (-1, 0)], ids=lambda number: str(number)
)
def test_leaving_soon_counts_for_each_day_fewer_and_not_once_they_have_left(left: int, gained: int) -> None:
    leaving = replace(NOBODY, leaves_on=DAY + timedelta(days=left))
    assert points(leaving) == gained


def test_one_day_left_is_a_day_and_today_is_today() -> None:
    words = [
        score(replace(NOBODY, leaves_on=DAY + timedelta(days=left)), WEIGHTS, now=NOW, zone=ZONE).words
        for left in (0, 1)
    ]
    assert words == ["Leaves today: 21 = 21", "Leaves in 1 day: 18 = 18"]


@pytest.mark.parametrize(("days", "gained"), [(0, 0), (1, 1), (5, 5), (6, 5), (300, 5)])
def test_waiting_counts_by_local_days_up_to_a_most(days: int, gained: int) -> None:
    assert points(replace(NOBODY, asked_at=NOW - timedelta(days=days))) == gained


def test_who_asked_before_midnight_has_waited_a_day_at_breakfast() -> None:
    assert points(replace(NOBODY, asked_at=datetime(2026, 11, 23, 23, 59, tzinfo=ZONE))) == 1


def test_with_all_weights_zero_it_is_first_come_first_served() -> None:
    nothing = Weights({"patient": ("Patient", 0)}, {"pain": ("Pain", 0)}, 0, 0, 7, 0, 30)
    first, later = replace(ASK, asked_at=NOW - timedelta(days=9)), ASK
    order = sorted([later, first], key=lambda ask: order_key(ask, score(ask, nothing, now=NOW, zone=ZONE)))
    assert [points(ask, nothing) for ask in order] == [0, 0]
    assert order == [first, later]


def test_the_order_is_points_then_who_asked_first_and_always_the_same() -> None:
    early = replace(NOBODY, id=UUID(int=9), asked_at=NOW - timedelta(hours=1))
    twin = replace(NOBODY, id=UUID(int=3))
    asks = [NOBODY, twin, early, ASK]
    for mixed in (asks, asks[::-1], asks[2:] + asks[:2]):
        order = sorted(mixed, key=lambda ask: order_key(ask, score(ask, WEIGHTS, now=NOW, zone=ZONE)))
        assert order == [ASK, early, NOBODY, twin]


def fits(wish: WaitWish, day: DayCalendar = FREED) -> list[str]:
    found = fitting_times(wish, day, now=NOW, zone=ZONE)
    return [f"{slot.starts_at.astimezone(ZONE):%-H:%M}" for slot in found]


def test_a_freed_time_fits_who_can_come_then() -> None:
    assert fits(WISH) == ["13:00", "13:15", "13:30", "13:45"]


@pytest.mark.parametrize(
    "cannot",
    [
        replace(WISH, first_day=DAY + timedelta(days=1), last_day=DAY + timedelta(days=3)),
        replace(WISH, first_day=DAY - timedelta(days=3), last_day=DAY - timedelta(days=1)),
        replace(WISH, first_day=DAY - timedelta(days=3), leaves_on=DAY - timedelta(days=1)),
        replace(WISH, windows=((time(8), time(12)),)),
        replace(WISH, windows=((time(8), time(13, 30)), (time(14, 30), time(20)))),
        replace(WISH, provider=ProviderWish(UUID(int=8))),
        replace(WISH, provider=ProviderWish(gender="man")),
        replace(WISH, needs=replace(MASSAGE, minutes=120)),
        replace(WISH, needs=replace(MASSAGE, credentials=frozenset({"acupuncturist"}))),
        replace(WISH, not_then=((local(12), local(15)),)),
    ],
    ids=[
        "before",
        "after",
        "left",
        "morning",
        "two short windows",
        "another provider",
        "a man",
        "too long",
        "credential",
        "elsewhere",
    ],
)
def test_a_freed_time_does_not_fit(cannot: WaitWish) -> None:
    assert fits(cannot) == []


def test_windows_that_touch_are_one_and_the_whole_visit_lies_in_them() -> None:
    assert fits(replace(WISH, windows=((time(12), time(13, 30)), (time(13, 30), time(14, 30))))) == [
        "13:00",
        "13:15",
        "13:30",
    ]


def test_what_they_were_asked_for_before_is_not_asked_again() -> None:
    declined = ((local(13), local(14)),)
    assert fits(replace(WISH, not_then=declined), day_with((8, 13), (16, 20))) == [
        "14:00",
        "14:15",
        "14:30",
        "14:45",
    ]


def test_the_time_that_leaves_the_least_gap_is_offered_on_the_first_day_that_has_one() -> None:
    full = day_with((8, 20))
    assert best_fit(WISH, [full], NO_RULE, [MASSAGE], now=NOW, zone=ZONE) is None
    days = [full, day_with((8, 13), (14, 15), (17, 20)), FREED]
    found = best_fit(WISH, days, NO_RULE, [MASSAGE], now=NOW, zone=ZONE)
    assert found is not None
    assert f"{found[1].starts_at.astimezone(ZONE):%-H:%M}" == "15:00"


@pytest.mark.parametrize(
    ("hours", "kept"), [(5, 30), (2.5, 30), (2.25, 15), (2 + 5 / 60, 5), (2, None), (1, None)]
)
def test_an_offer_is_kept_for_its_time_but_never_into_the_notice(hours: float, kept: int | None) -> None:
    until = OfferRule().held_until(NOW + timedelta(hours=hours), NOW)
    assert until == (None if kept is None else NOW + timedelta(minutes=kept))


@pytest.mark.parametrize(("hour", "open_"), [(7, False), (8, True), (19, True), (20, False)])
def test_nobody_is_asked_at_night(hour: int, open_: bool) -> None:
    assert OfferRule().is_open(local(hour), ZONE) is open_


def test_a_time_that_leaves_none_to_answer_is_not_offered() -> None:
    assert best_fit(WISH, [FREED], NO_RULE, [MASSAGE], now=NOW, zone=ZONE) is not None
    in_the_morning = replace(WISH, windows=((time(8), time(12)),))
    assert best_fit(in_the_morning, [FREED], NO_RULE, [MASSAGE], now=NOW, zone=ZONE) is None
    too_late = OfferRule(notice=timedelta(hours=6))
    assert best_fit(WISH, [FREED], too_late, [MASSAGE], now=NOW, zone=ZONE) is None


GOOD = {
    "first_day": DAY,
    "last_day": DAY,
    "leaves_on": None,
    "severity": 0,
    "windows": (),
    "note": "",
    "today": DAY,
}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"last_day": DAY - timedelta(days=1)}, "wait-days"),
        ({"first_day": DAY - timedelta(days=9), "last_day": DAY - timedelta(days=1)}, "wait-days"),
        ({"last_day": DAY + timedelta(days=367)}, "wait-days"),
        ({"leaves_on": DAY - timedelta(days=1)}, "wait-left"),
        ({"severity": 11}, "severity-unreadable"),
        ({"severity": -1}, "severity-unreadable"),
        ({"windows": ((time(8), time(9)),) * 6}, "wait-windows"),
        ({"note": "x" * 201}, "note-too-long"),
    ],
)
def test_nobody_waits_for_what_cannot_be(changes: dict[str, object], code: str) -> None:
    check_wait(**GOOD)  # type: ignore[arg-type]  # a row of the table above
    with pytest.raises(Invalid, match=code):
        check_wait(**GOOD | changes)  # type: ignore[arg-type]  # a row of the table above
