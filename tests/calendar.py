"""The calendar seen from outside: what its rows say, and whether every visit holds what it needs.

Nothing here asks the program how it decides; the claims are judged by the menu alone.
"""

import hashlib
import itertools
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Refusal

WRITTEN = (
    "appointment",
    "appointment_add_on",
    "party",
    "block",
    "claim",
    "audit_event",
    "request",
)
LIVE = {"held", "booked", "confirmed", "checked_in", "in_service", "done"}

Span = tuple[datetime, datetime]


async def digest() -> str:
    """A hash of every row that a verb of the calendar can write."""
    whole = hashlib.sha256()
    for table in WRITTEN:
        rows = await fetch_value(
            f"SELECT coalesce(string_agg(one::text, ' ' ORDER BY one::text), '') FROM {table} one"
        )
        whole.update(rows.encode())
    return whole.hexdigest()


async def refused(code: str, asked: Awaitable[Any]) -> Refusal:
    """Be told no, and find everything as it was."""
    before = await digest()
    with pytest.raises(Refusal) as refusal:
        await asked
    assert refusal.value.code == code
    assert await digest() == before, f"{code} has changed something"
    return refusal.value


async def claims_of(appointment_id: UUID) -> list[tuple[str, datetime, datetime]]:
    """What an appointment holds: kind, from and until."""
    rows = await fetch(
        "SELECT r.kind, c.starts_at, c.ends_at FROM claim c JOIN resource r ON r.number = c.resource_no"
        " WHERE c.appointment = $1 AND NOT c.released ORDER BY r.kind, c.starts_at",
        appointment_id,
    )
    return [(row["kind"], row["starts_at"], row["ends_at"]) for row in rows]


async def broken() -> list[str]:
    """What is wrong with the claims, found by going through all of them."""
    claims = [dict(row) for row in await fetch("SELECT * FROM claim WHERE NOT released")]
    resources = {row["number"]: row for row in await fetch("SELECT * FROM resource")}
    menu = {row["id"]: row for row in await fetch("SELECT * FROM service")}
    extras: dict[UUID, list[Any]] = {}
    for row in await fetch("SELECT appointment, add_on FROM appointment_add_on"):
        extras.setdefault(row["appointment"], []).append(menu[row["add_on"]])
    found = _overlaps(claims)
    held: dict[UUID, list[dict[str, Any]]] = {}
    for claim in claims:
        held.setdefault(claim["appointment"] or claim["block"], []).append(claim)
    for visit in await fetch("SELECT * FROM appointment"):
        own = held.pop(visit["id"], [])
        has = sorted((resources[c["resource_no"]]["kind"], c["starts_at"], c["ends_at"]) for c in own)
        wants = (
            _wanted(visit, menu[visit["service"]], extras.get(visit["id"], []))
            if visit["status"] in LIVE
            else []
        )
        if has != sorted(wants):
            found.append(f"{visit['status']} visit {visit['id']} holds {has}, needs {wants}")
        for claim in own:
            staff = resources[claim["resource_no"]]["staff"]
            if staff not in (None, visit["provider"]):
                found.append(f"visit {visit['id']} holds another provider")
            if claim["held_until"] != (visit["held_until"] if visit["status"] == "held" else None):
                found.append(f"visit {visit['id']} and its claim disagree about a hold")
        if visit["status"] in LIVE and visit["room"] not in [c["resource_no"] for c in own]:
            found.append(f"visit {visit['id']} is said to be in a room it does not hold")
    for block in await fetch("SELECT * FROM block"):
        own = held.pop(block["id"], [])
        has = [(c["resource_no"], c["starts_at"], c["ends_at"]) for c in own]
        spot = (block["resource_no"], block["starts_at"], block["ends_at"])
        if has != ([spot] if block["status"] == "live" else []):
            found.append(f"{block['status']} block {block['id']} holds {has}")
    return found + [f"claims of nothing: {key}" for key in held]


def _overlaps(claims: list[dict[str, Any]]) -> list[str]:
    found = []
    by_resource: dict[int, list[Span]] = {}
    for claim in claims:
        by_resource.setdefault(claim["resource_no"], []).append((claim["starts_at"], claim["ends_at"]))
    for number, spans in by_resource.items():
        spans.sort()
        for one, other in itertools.pairwise(spans):
            if other[0] < one[1]:
                found.append(f"resource {number} is claimed twice: {one} and {other}")
    return found


def _wanted(visit: Any, service: Any, extras: list[Any]) -> list[tuple[str, datetime, datetime]]:
    """Kind, from and until of everything a visit needs, by the menu."""
    since = visit["starts_at"] - timedelta(minutes=visit["setup_minutes"])
    until = visit["ends_at"] + timedelta(minutes=visit["turnover_minutes"])
    kinds = {service["room_kind"]} | {one["equipment_kind"] for one in (service, *extras)} - {None}
    wanted = [(kind, since, until) for kind in kinds]
    leaves = visit["starts_at"] + timedelta(minutes=service["processing_after_minutes"])
    returns = leaves + timedelta(minutes=service["processing_minutes"])
    if leaves == returns or returns > visit["ends_at"]:
        return [*wanted, ("provider", since, until)]
    wanted.append(("provider", since, leaves))
    if returns < until:
        wanted.append(("provider", returns, until))
    return wanted
