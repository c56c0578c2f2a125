"""Which lines of a ticket make up one price; pure."""

from collections.abc import Sequence
from uuid import UUID


def places_of(things: Sequence[UUID], lines: Sequence[UUID | None]) -> list[int] | None:
    """Where each thing stands among the lines, in the order of the things; None when one is missing.

    A line is what it sells, or None when it cannot be part of one price; each counts once.
    """
    left = dict(enumerate(lines))
    found: list[int] = []
    for thing in things:
        place = next((number for number, one in left.items() if one == thing), None)
        if place is None:
            return None
        del left[place]
        found.append(place)
    return found
