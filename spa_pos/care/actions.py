"""Accepting and ending referrals; allowing facility treatment."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from spa_pos.care.queries import ReferralView, referral
from spa_pos.care.rules import Said, checked_order, media_type_of
from spa_pos.care.tables import Referral, ReferralScan, TreatmentTerms
from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import record
from spa_pos.people.queries import guest


@action
async def accept_referral(
    actor: Actor,
    *,
    referral_id: UUID,
    guest_id: UUID,
    said: Said,
    scan: bytes,
    now: datetime,
) -> UUID:
    """Keep a referral with its page as proof; whoever does has read it.

    Raises:
        NotFound: `guest-unknown`.
        Invalid: what `checked_order` and `media_type_of` refuse.
    """
    whose = await guest(guest_id)
    order = checked_order(said, local_date(now, actor.zone))
    kind = media_type_of(scan)
    await insert(
        Referral,
        id=referral_id,
        location=actor.location_id,
        guest=whose.id,
        profession=order.profession,
        professional=order.professional,
        licence=order.licence,
        written_on=order.written_on,
        valid_until=order.valid_until,
        for_treatment=True,
        accepted_by=actor.staff_id,
        accepted_at=now,
    )
    await insert(ReferralScan, referral=referral_id, media_type=kind, content=scan)
    await record(
        actor,
        verb="accepted a referral",
        subject_kind="guest",
        subject=guest_id,
        now=now,
        after={"referral": referral_id, "written_on": order.written_on, "valid_until": order.valid_until},
    )
    return referral_id


@action
async def end_referral(actor: Actor, *, referral_id: UUID, now: datetime) -> None:
    """Let a referral free nothing more; what it freed stays free, and its page stays. Twice is once.

    Raises:
        NotFound: `referral-unknown`.
    """
    found = await referral(referral_id, actor.location_id)
    if found.ended_at is not None:
        return
    await fetch(
        "UPDATE referral SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL",
        referral_id,
        now,
        actor.staff_id,
    )
    await record(
        actor,
        verb="ended a referral",
        subject_kind="guest",
        subject=found.guest_id,
        now=now,
        after={"referral": referral_id},
    )


@action
async def note_look(actor: Actor, *, referral_id: UUID, now: datetime) -> ReferralView:
    """Write down that somebody looks at the page of a referral, and give the referral.

    Raises:
        NotFound: `referral-unknown`.
    """
    found = await referral(referral_id, actor.location_id)
    await record(
        actor,
        verb="looked at a referral's page",
        subject_kind="guest",
        subject=found.guest_id,
        now=now,
        after={"referral": referral_id},
    )
    return found


@action
async def set_treatment(
    actor: Actor, *, terms_id: UUID, valid_from: date, allowed: bool, care_tax_ppm: int, now: datetime
) -> None:
    """Say from which day on massage may be exempt as facility treatment, and what MinnesotaCare takes.

    Raises:
        Invalid: `day-past`, `rate-unreadable`.
    """
    if valid_from < local_date(now, actor.zone):
        raise Invalid(
            "day-past", "Days that are over stay as they were. Choose today or later.", field="from"
        )
    if not 0 <= care_tax_ppm <= 100_000:
        raise Invalid("rate-unreadable", "The rate is between 0 and 10 %.", field="rate")
    await insert(
        TreatmentTerms,
        id=terms_id,
        location=actor.location_id,
        valid_from=valid_from,
        allowed=allowed,
        care_tax_ppm=care_tax_ppm,
        set_by=actor.staff_id,
        set_at=now,
    )
    await record(
        actor,
        verb="set facility treatment",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        after={"valid_from": valid_from, "allowed": allowed, "care_tax_ppm": care_tax_ppm},
    )


async def forget_referrals(guest_id: UUID, *, keep: Sequence[UUID]) -> None:
    """Delete the referrals of a guest but those to keep, which are tax records; inside an action."""
    await fetch("DELETE FROM referral WHERE guest = $1 AND id <> ALL($2)", guest_id, list(keep))
