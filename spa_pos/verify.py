"""Every invariant of the books and the calendar, asked of the database; nothing is changed.

An invariant is a function `broken_…` without arguments in some capability's queries: it gives
one sentence for each thing that is wrong, and an empty list when all is well.
"""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import asyncpg

import spa_pos
from spa_pos.db import read_only

Invariant = Callable[[], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one invariant found; `problems` is empty when it holds."""

    name: str
    looks_for: str
    problems: list[str]


@functools.cache
def invariants() -> Mapping[str, Invariant]:
    """All invariants by `capability.broken_…`, in alphabetical order."""
    found: dict[str, Invariant] = {}
    for module in pkgutil.walk_packages(spa_pos.__path__, "spa_pos."):
        parts = module.name.split(".")
        if len(parts) < 3 or parts[2] != "queries":
            continue
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            if name.startswith("broken_") and function.__module__ == module.name:
                found[f"{parts[1]}.{name}"] = function
    return dict(sorted(found.items()))


async def verify() -> list[Verdict]:
    """Run every invariant, each on one read-only snapshot.

    One that cannot be run at all counts as broken: its silence would prove nothing.
    """
    verdicts = []
    for name, invariant in invariants().items():
        looks_for = (inspect.getdoc(invariant) or "").partition("\n")[0]
        try:
            async with read_only():
                problems = await invariant()
        except asyncpg.PostgresError as failure:
            problems = [f"the check itself failed: {failure}"]
        verdicts.append(Verdict(name, looks_for, problems))
    return verdicts
