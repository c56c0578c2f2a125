"""Whether there is enough for all, against trying every deal."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as some

from spa_pos.booking.rules.matching import each_has_one


@given(some.lists(some.sets(some.integers(0, 4)), max_size=5))
def test_each_has_one_exactly_when_some_deal_gives_each_their_own(options: list[set[int]]) -> None:
    deals = permutations(range(5), len(options))
    possible = any(all(one in own for one, own in zip(deal, options, strict=True)) for deal in deals)
    assert each_has_one(options) is possible
