"""What is left of a fee when deposits pay first."""

import pytest

from spa_pos.booking.rules import left_after
from spa_pos.kernel.money import Cents


@pytest.mark.parametrize(
    ("deposits", "left"),
    [([], 6_000), ([3_000], 3_000), ([3_000, 2_999], 1), ([3_000, 3_000], 3_000), ([6_000], 6_000)],
)
def test_deposits_pay_whole_while_something_remains(deposits: list[int], left: int) -> None:
    assert left_after(Cents(6_000), [Cents(one) for one in deposits]) == left
