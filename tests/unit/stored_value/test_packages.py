"""What a package's visits are worth."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents
from spa_pos.stored_value.rules import PlanItem, allocate, check_plan, next_visit_value


def item(visits: int, each: int) -> PlanItem:
    return PlanItem(uuid4(), visits, Cents(each))


def test_a_package_is_itemised_by_stand_alone_value() -> None:
    """DOMAIN.md §6: $180 over a massage of $120 and a facial of $90."""
    assert allocate(Cents(18_000), [item(1, 12_000), item(1, 9_000)]) == [10_286, 7_714]


@given(value=some.integers(1, 1_000_000), bought=some.integers(1, 100))
def test_visits_are_worth_the_whole_and_the_last_takes_the_rest(value: int, bought: int) -> None:
    left, taken = Cents(value), []
    for visits in range(bought, 0, -1):
        taken.append(next_visit_value(Cents(value), bought, left, visits))
        left = Cents(left - taken[-1])
    assert left == 0
    assert sum(taken) == value
    assert taken[-1] >= taken[0]
    assert len(set(taken[:-1])) <= 1
    with pytest.raises(Conflict, match="no-visits-left"):
        next_visit_value(Cents(value), bought, left, 0)


SAME = item(2, 5_000)


@pytest.mark.parametrize(
    ("name", "price", "items", "code"),
    [
        ("", 100, [item(1, 100)], "plan-name"),
        ("x" * 81, 100, [item(1, 100)], "plan-name"),
        ("Rest", 100, [], "plan-empty"),
        ("Rest", 100, [item(0, 100)], "plan-visits"),
        ("Rest", 100, [item(101, 100)], "plan-visits"),
        ("Rest", 100, [SAME, SAME], "plan-service-twice"),
        ("Rest", 100, [item(1, 0)], "plan-service-free"),
        ("Rest", 0, [item(1, 100)], "plan-price"),
        ("Rest", 101, [item(1, 100)], "plan-price"),
        ("Rest", 2, [item(3, 100)], "plan-price"),
    ],
)
def test_a_plan_that_cannot_be_sold_is_refused(
    name: str, price: int, items: list[PlanItem], code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        check_plan(name, Cents(price), items)
    check_plan("Rest", Cents(9_000), [SAME])
