"""Whether there is enough for all who want something at once."""

from collections.abc import Collection, Sequence

from spa_pos.booking.rules.supply import Interval


def never_short(wanted: Sequence[tuple[Sequence[Interval], Collection[int]]]) -> bool:
    """True when at every instant each could have a thing of its own.

    Of each is said when it needs one, and which would do. True is no promise that one deal lasts the
    whole time; False is certain, and known at once where trying all deals takes for ever.
    """
    for spans, _ in wanted:
        for since, _ in spans:
            at_once = [
                things for others, things in wanted if any(begin <= since < end for begin, end in others)
            ]
            if not each_has_one(at_once):
                return False
    return True


def each_has_one(options: Sequence[Collection[int]]) -> bool:
    """True when everybody can have one of their options for themselves alone (augmenting paths)."""
    owner: dict[int, int] = {}

    def give(index: int, asked: set[int]) -> bool:
        for one in options[index]:
            if one in asked:
                continue
            asked.add(one)
            if one not in owner or give(owner[one], asked):
                owner[one] = index
                return True
        return False

    return all(give(index, set()) for index in range(len(options)))
