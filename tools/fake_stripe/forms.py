"""Stripe's way of writing nested parameters: `a[b][0]=c`."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

PART = re.compile(r"\[([^\[\]]*)\]")


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nested parameters of flat pairs; leaves stay text.

    Raises:
        ValueError: a name is no name, or is used for a value and for parts of one.
    """
    tree: dict[str, Any] = {}
    for name, value in pairs:
        head, bracket, rest = name.partition("[")
        parts = PART.findall(bracket + rest)
        if not head or "".join(f"[{part}]" for part in parts) != bracket + rest:
            raise ValueError(name)
        place = tree
        for here, below in zip([head, *parts], parts, strict=False):
            key = here if here else str(len(place))
            place = place.setdefault(key, {})
            if not isinstance(place, dict):
                raise ValueError(f"{name}: {below}")
        last = [head, *parts][-1]
        place[last if last else str(len(place))] = value
    return {name: _with_lists(value) for name, value in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(part) for name, part in value.items()}
    if inner and all(name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def encode(tree: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Flat pairs of nested parameters."""
    pairs: list[tuple[str, str]] = []
    for name, value in tree.items():
        pairs += _flat(name, value)
    return pairs


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for key, part in value.items() for pair in _flat(f"{name}[{key}]", part)]
    if isinstance(value, list):
        return [pair for index, part in enumerate(value) for pair in _flat(f"{name}[{index}]", part)]
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    return [(name, str(value))]
