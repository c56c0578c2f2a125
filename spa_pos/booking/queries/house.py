"""Reading blocks, and the rules of the house: policies, reasons, booking windows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.rules import Policy
from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.time import day_bounds


@dataclass(frozen=True, slots=True)
class BlockView:
    """Time that is kept free of visits."""

    id: UUID
    resource_no: int
    resource_name: str
    starts_at: datetime
    ends_at: datetime
    kind: str
    reason: str
    status: str
    version: int


_BLOCK = (
    "SELECT b.id, b.resource_no, r.name AS resource_name, b.starts_at, b.ends_at, b.kind, b.reason,"
    " b.status, b.version FROM block b JOIN resource r ON r.number = b.resource_no"
)


async def blocks_between(location_id: UUID, since: datetime, until: datetime) -> list[BlockView]:
    """The live blocks that overlap a period, by start."""
    rows = await fetch(
        f"{_BLOCK} WHERE b.location = $1 AND b.starts_at < $3 AND b.ends_at > $2"
        " AND b.starts_at > $2 - interval '1 day' AND b.status = 'live' ORDER BY b.starts_at, b.id",
        location_id,
        since,
        until,
    )
    return [BlockView(**dict(row)) for row in rows]


async def blocks_on(location_id: UUID, day: date, zone: ZoneInfo) -> list[BlockView]:
    """The live blocks of a local day, by start."""
    return await blocks_between(location_id, *day_bounds(day, zone))


async def block(block_id: UUID, location_id: UUID, *, for_update: bool = False) -> BlockView:
    """One block of a location, removed or not.

    Raises:
        NotFound: `block-unknown`.
    """
    tail = " FOR UPDATE OF b" if for_update else ""
    row = await fetch_one(f"{_BLOCK} WHERE b.id = $1 AND b.location = $2{tail}", block_id, location_id)
    if row is None:
        raise NotFound("block-unknown", "There is no such block. Go back to the board.")
    return BlockView(**dict(row))


_POLICY = "SELECT id, version, notice_hours, late_ppm, no_show_ppm, grace_minutes FROM cancellation_policy"

_IN_FORCE = f"{_POLICY} WHERE location = $1 AND begins_at <= $2 ORDER BY version DESC LIMIT 1"


async def policy_at(location_id: UUID, now: datetime) -> Policy | None:
    """The cancellation policy in force at an instant, or None where there is none."""
    row = await fetch_one(_IN_FORCE, location_id, now)
    return Policy(**dict(row)) if row else None


async def terms_at(location_id: UUID, now: datetime) -> tuple[Policy | None, bool]:
    """What a booking comes under at an instant: the policy, and whether any rule asks for a card."""
    row = await fetch_one(
        "SELECT policy.*, EXISTS (SELECT 1 FROM card_term WHERE location = $1 AND ended_at IS NULL) AS asks"  # noqa: S608
        f" FROM (SELECT) AS one LEFT JOIN LATERAL ({_IN_FORCE}) AS policy ON true",
        location_id,
        now,
    )
    if row is None or row["id"] is None:
        return None, bool(row and row["asks"])
    *columns, asks = row
    return Policy(*columns), bool(asks)


async def policy(policy_id: UUID | None) -> Policy | None:
    """One version of the policy, as a visit was booked under it."""
    row = await fetch_one(f"{_POLICY} WHERE id = $1", policy_id) if policy_id else None
    return Policy(**dict(row)) if row else None


@dataclass(frozen=True, slots=True)
class CancelReasonView:
    """Why visits are cancelled."""

    code: str
    name: str
    fee_free: bool
    for_guests: bool = False


async def cancel_reasons() -> list[CancelReasonView]:
    """The reasons the desk can choose from, in order."""
    rows = await fetch("SELECT code, name, fee_free, for_guests FROM cancel_reason ORDER BY position, code")
    return [CancelReasonView(**dict(row)) for row in rows]


async def free_reasons() -> list[str]:
    """The reasons a guest may have for cancelling that never cost anything, in order."""
    return [one.name for one in await cancel_reasons() if one.fee_free and one.for_guests]


@dataclass(frozen=True, slots=True)
class Window:
    """How soon and how far ahead guests book online."""

    lead: timedelta
    horizon: timedelta


async def booking_window(location_id: UUID, service_id: UUID, group: str) -> Window | None:
    """The window for a service and a group: the row that names the most, service before group."""
    row = await fetch_one(
        "SELECT lead_minutes, horizon_days FROM booking_window WHERE location = $1"
        " AND (service = $2 OR service IS NULL) AND (guest_group = $3 OR guest_group IS NULL)"
        " ORDER BY service NULLS LAST, guest_group NULLS LAST LIMIT 1",
        location_id,
        service_id,
        group,
    )
    if row is None:
        return None
    return Window(timedelta(minutes=row["lead_minutes"]), timedelta(days=row["horizon_days"]))
