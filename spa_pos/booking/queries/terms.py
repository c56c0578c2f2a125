"""Reading the rules of booking as managers see them: windows, policy versions, reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.booking.rules import Policy
from spa_pos.db import fetch


@dataclass(frozen=True, slots=True)
class WindowRow:
    """How soon and how far ahead guests book; without a service or group: every one."""

    id: UUID
    service_id: UUID | None
    service_name: str | None
    group: str | None
    group_name: str | None
    lead_minutes: int
    horizon_days: int


async def booking_windows(location_id: UUID) -> list[WindowRow]:
    """Every window of a location, the one for everything first."""
    rows = await fetch(
        'SELECT w.id, w.service AS service_id, s.name AS service_name, w.guest_group AS "group",'
        " g.name AS group_name, w.lead_minutes, w.horizon_days FROM booking_window w"
        " LEFT JOIN service s ON s.id = w.service LEFT JOIN guest_group g ON g.code = w.guest_group"
        " WHERE w.location = $1 ORDER BY s.name NULLS FIRST, g.position NULLS FIRST",
        location_id,
    )
    return [WindowRow(**dict(row)) for row in rows]


def window_for(windows: Sequence[WindowRow], service_id: UUID, group: str) -> WindowRow | None:
    """The window for a service and a group: the row that names the most, service before group."""
    fitting = [one for one in windows if one.service_id in (None, service_id) and one.group in (None, group)]
    return max(fitting, key=lambda one: (one.service_id is not None, one.group is not None), default=None)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of the cancellation policy, from when it counts, and how many visits carry it."""

    policy: Policy
    begins_at: datetime
    visits: int


async def policy_versions(location_id: UUID) -> list[PolicyVersion]:
    """Every version of the policy, newest first."""
    rows = await fetch(
        "SELECT p.id, p.version, p.notice_hours, p.late_ppm, p.no_show_ppm, p.grace_minutes, p.begins_at,"
        " (SELECT count(*) FROM appointment a WHERE a.policy = p.id) AS visits"
        " FROM cancellation_policy p WHERE p.location = $1 ORDER BY p.version DESC",
        location_id,
    )
    return [
        PolicyVersion(
            Policy(**{name: row[name] for name in Policy.__slots__}), row["begins_at"], row["visits"]
        )
        for row in rows
    ]
