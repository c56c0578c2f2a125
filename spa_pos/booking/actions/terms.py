"""Setting the rules of booking: windows, cancellation policy, reasons."""

import re
from datetime import datetime
from uuid import UUID

from spa_pos.booking.rules import Policy
from spa_pos.booking.tables import BookingWindow, CancellationPolicy, CancelReason
from spa_pos.db import action, fetch, fetch_one, insert, lock
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.people.actions import need_role, record


@action
async def set_booking_window(
    actor: Actor,
    *,
    window_id: UUID,
    service_id: UUID | None,
    group: str | None,
    lead_minutes: int,
    horizon_days: int,
    now: datetime,
) -> None:
    """How soon and how far ahead guests of a group book a service; None: every one. Replaces what was set.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `service-unknown` or `group-unknown`.
        Invalid: `window-unreadable`.
    """
    need_role(actor, Role.MANAGER)
    if not (0 <= lead_minutes <= 43_200 and 0 <= horizon_days <= 366):
        raise Invalid("window-unreadable", "Up to 30 days before, and up to 366 days ahead.", field="lead")
    if service_id and not await fetch("SELECT 1 FROM service WHERE id = $1", service_id):
        raise NotFound("service-unknown", "There is no such service. Choose one from the menu.")
    if group and not await fetch("SELECT 1 FROM guest_group WHERE code = $1", group):
        raise NotFound("group-unknown", "There is no such group. Choose one from the list.")
    await lock(f"windows:{actor.location_id}")
    gone = await fetch_one(
        "DELETE FROM booking_window WHERE location = $1 AND service IS NOT DISTINCT FROM $2"
        " AND guest_group IS NOT DISTINCT FROM $3 RETURNING lead_minutes, horizon_days",
        actor.location_id,
        service_id,
        group,
    )
    values = {
        "service": service_id,
        "guest_group": group,
        "lead_minutes": lead_minutes,
        "horizon_days": horizon_days,
    }
    await insert(BookingWindow, id=window_id, location=actor.location_id, **values)
    await record(
        actor,
        verb="set a booking window",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        before=dict(gone) if gone else None,
        after=values,
    )


@action
async def remove_booking_window(actor: Actor, *, window_id: UUID, now: datetime) -> None:
    """A service or a group has the window of all after all.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `window-unknown`.
        Conflict: `window-needed` for the window of all.
    """
    need_role(actor, Role.MANAGER)
    row = await fetch_one(
        "SELECT service, guest_group, lead_minutes, horizon_days FROM booking_window"
        " WHERE id = $1 AND location = $2",
        window_id,
        actor.location_id,
    )
    if row is None:
        raise NotFound("window-unknown", "That window was removed already. Nothing was changed.")
    if row["service"] is None and row["guest_group"] is None:
        raise Conflict("window-needed", "This window is for everything else. Change it instead.")
    await fetch("DELETE FROM booking_window WHERE id = $1", window_id)
    await record(
        actor,
        verb="removed a booking window",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        before=dict(row),
    )


@action
async def add_policy_version(
    actor: Actor,
    *,
    policy_id: UUID,
    notice_hours: int,
    late_ppm: int,
    no_show_ppm: int,
    grace_minutes: int,
    now: datetime,
) -> int:
    """A new version of the cancellation policy, for what is booked from now on. Gives its number.

    Visits booked before keep the version they were booked under (DOMAIN.md §7.30).

    Raises:
        NotAllowed: `role-missing`.
        Invalid: `policy-unreadable`.
        Conflict: `policy-same` when it says what the one in force says.
    """
    need_role(actor, Role.MANAGER)
    _check_policy(notice_hours, late_ppm, no_show_ppm, grace_minutes)
    await lock(f"policy:{actor.location_id}")
    last = await fetch_one(
        "SELECT id, version, notice_hours, late_ppm, no_show_ppm, grace_minutes FROM cancellation_policy"
        " WHERE location = $1 ORDER BY version DESC LIMIT 1",
        actor.location_id,
    )
    version = last["version"] + 1 if last else 1
    new = Policy(policy_id, version, notice_hours, late_ppm, no_show_ppm, grace_minutes)
    if last is not None and Policy(policy_id, version, *tuple(last)[2:]) == new:
        raise Conflict("policy-same", "That is the policy in force. Nothing was changed.")
    values = {
        "version": version,
        "notice_hours": notice_hours,
        "late_ppm": late_ppm,
        "no_show_ppm": no_show_ppm,
        "grace_minutes": grace_minutes,
    }
    await insert(CancellationPolicy, id=policy_id, location=actor.location_id, begins_at=now, **values)
    await record(
        actor,
        verb="set the cancellation policy",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        after=values,
    )
    return version


def _check_policy(notice_hours: int, late_ppm: int, no_show_ppm: int, grace_minutes: int) -> None:
    rates_sane = 0 <= late_ppm <= 1_000_000 and 0 <= no_show_ppm <= 1_000_000
    if not (rates_sane and 0 <= notice_hours <= 720 and 0 <= grace_minutes <= 240):
        raise Invalid(
            "policy-unreadable",
            "Notice is up to 720 hours, fees 0 to 100 %, and grace up to 240 minutes.",
            field="notice_hours",
        )


@action
async def set_cancel_reason(
    actor: Actor, *, code: str | None, name: str, fee_free: bool, now: datetime, for_guests: bool = False
) -> str:
    """Add a reason for cancelling, or rename one and say whether it is free of any fee. Gives its code.

    Guests may choose it by themselves when it is `for_guests`.

    Visits cancelled before keep the words and the fee they were cancelled with.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `reason-unknown`.
        Invalid: `reason-missing` or `reason-too-long`.
        Conflict: `reason-exists`.
    """
    need_role(actor, Role.MANAGER)
    words = " ".join(name.split())
    if not 1 <= len(words) <= 80:
        code_of = "reason-missing" if not words else "reason-too-long"
        raise Invalid(code_of, "A reason has 1 to 80 letters.", field="name")
    await lock("cancel-reasons")
    there = {row["code"]: row["name"] for row in await fetch("SELECT code, name FROM cancel_reason")}
    if code is not None and code not in there:
        raise NotFound("reason-unknown", "That reason was removed already. Nothing was changed.")
    if any(other.lower() == words.lower() for known, other in there.items() if known != code):
        raise Conflict("reason-exists", f"There is a reason {words} already.", field="name")
    if code is None:
        code = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:36] or "reason"
        while code in there:
            code += "_2"
        row = await fetch_one("SELECT coalesce(max(position), 0) + 1 AS next FROM cancel_reason")
        position = row["next"] if row else 1
        await insert(
            CancelReason, code=code, name=words, fee_free=fee_free, for_guests=for_guests, position=position
        )
    else:
        await fetch(
            "UPDATE cancel_reason SET name = $2, fee_free = $3, for_guests = $4 WHERE code = $1",
            code,
            words,
            fee_free,
            for_guests,
        )
    await _about_reasons(
        actor,
        "set a cancel reason",
        {"code": code, "name": words, "fee_free": fee_free, "for_guests": for_guests},
        now,
    )
    return code


@action
async def remove_cancel_reason(actor: Actor, *, code: str, now: datetime) -> None:
    """The desk cannot choose this reason any more.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `reason-unknown`.
        Conflict: `reason-needed` for the last one.
    """
    need_role(actor, Role.MANAGER)
    await lock("cancel-reasons")
    if len(await fetch("SELECT 1 FROM cancel_reason")) == 1:
        raise Conflict("reason-needed", "The desk needs one reason to choose. Add another first.")
    gone = await fetch_one(
        "DELETE FROM cancel_reason WHERE code = $1 RETURNING name, fee_free, for_guests", code
    )
    if gone is None:
        raise NotFound("reason-unknown", "That reason was removed already. Nothing was changed.")
    await _about_reasons(actor, "removed a cancel reason", {"code": code, **dict(gone)}, now)


async def _about_reasons(actor: Actor, verb: str, after: dict[str, object], now: datetime) -> None:
    await record(
        actor,
        verb=verb,
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        after=after,
    )
