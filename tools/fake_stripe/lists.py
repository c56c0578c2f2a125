"""Lists of charges and refunds: by time and payment, newest first, a page at a time.

localstripe lists the oldest first, filters little, and knows no other time than the machine's.
"""

from typing import Any

from tools.fake_stripe.answers import Answer, Refused

MOST = 100


class Lists:
    """When things were made, what was told of an earlier life, and pages of them."""

    def __init__(self) -> None:
        self._made: dict[str, int] = {}
        self._now: int | None = None
        self._past: dict[str, dict[str, dict[str, Any]]] = {"charge": {}, "refund": {}}

    def set_clock(self, now: int | None) -> None:
        """What is made from now on was made at this time; None goes back to the machine's."""
        self._now = now

    def stamp(self, made: dict[str, Any]) -> dict[str, Any]:
        """A charge or refund with the time it was first seen at."""
        at = self._made.setdefault(made["id"], made["created"] if self._now is None else self._now)
        return {**made, "created": at}

    def remember(self, kind: str, things: list[dict[str, Any]]) -> None:
        """Charges and refunds of before this processor was started, whole objects with their time."""
        for one in things:
            self._past[kind][one["id"]] = one

    def remembered(self, kind: str, identifier: str) -> dict[str, Any] | None:
        """One of those."""
        return self._past[kind].get(identifier)

    def page(self, kind: str, things: list[dict[str, Any]], asked: dict[str, Any]) -> Answer:
        """One page of a list.

        Raises:
            Refused: more than a hundred are asked for, or the page begins after something unknown.
        """
        limit = int(asked.get("limit", 10))
        if not 1 <= limit <= MOST:
            raise Refused(400, f"Invalid integer: limit must be 1 to {MOST}", param="limit")
        found = [one for one in [*things, *self._past[kind].values()] if _wanted(one, asked)]
        found.sort(key=lambda one: (one["created"], one["id"]), reverse=True)
        after = asked.get("starting_after")
        if after is not None:
            places = [number for number, one in enumerate(found) if one["id"] == after]
            if not places:
                raise Refused(400, f"No such {kind}: '{after}'", param="starting_after")
            found = found[places[0] + 1 :]
        body = {
            "object": "list",
            "url": f"/v1/{kind}s",
            "has_more": len(found) > limit,
            "data": found[:limit],
        }
        return Answer(200, body)


def _wanted(one: dict[str, Any], asked: dict[str, Any]) -> bool:
    intent = asked.get("payment_intent")
    if intent is not None and one.get("payment_intent") != intent:
        return False
    created = asked.get("created", {})
    if isinstance(created, str):
        return bool(one["created"] == int(created))
    tests = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
    return all(tests[name](one["created"], int(value)) for name, value in created.items())
