"""The sheet of one appointment: how it stands, and what can be done now."""

from datetime import date, datetime

from spa_pos.booking.actions import UNPROVEN_GROUP
from spa_pos.booking.pages.board import board_href, look_of
from spa_pos.booking.pages.views import HistoryRow, TimelineStep, VisitSheet, new_booking_href
from spa_pos.booking.queries import Visit
from spa_pos.booking.rules import Status
from spa_pos.catalog.queries import quotes
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place
from spa_pos.people.actions import known_group
from spa_pos.people.queries import Evidence, history, proof
from spa_pos.people.rules import show_phone
from spa_pos.web.shell import Problem, initials

CANCEL_REASONS = (
    "Guest asked",
    "Illness",
    "Clinical appointment ran over",
    "Provider away",
    "Booked by mistake",
)


async def visit_sheet(
    where: Place,
    visit: Visit,
    *,
    now: datetime,
    hue: int,
    cancelling: bool = False,
    problem: Problem | None = None,
) -> VisitSheet:
    """Everything the sheet shows of one appointment."""
    today = local_date(now, where.zone)
    day = local_date(visit.starts_at, where.zone)
    on_file = await proof(visit.guest_id, visit.group, max(today, day))
    claims_group = bool(visit.group_evidence)
    proven = (
        not claims_group or on_file is not None or (visit.group_proven and visit.status is not Status.BOOKED)
    )
    look, word = look_of(visit, now)
    booked = visit.status is Status.BOOKED
    checked_in = visit.status is Status.CHECKED_IN
    return VisitSheet(
        id=visit.id,
        version=visit.version,
        close_href=board_href(day),
        guest_name=visit.guest_name,
        guest_phone=show_phone(visit.guest_phone),
        service_name=visit.service_name,
        minutes=visit.duration_minutes,
        starts_at=visit.starts_at.astimezone(where.zone),
        ends_at=visit.ends_at.astimezone(where.zone),
        provider_name=visit.provider_name,
        provider_initials=initials(visit.provider_name),
        provider_hue=hue,
        room_name=visit.room_name,
        look=look,
        word=word,
        timeline=_timeline(visit, where),
        group_name=visit.group_name,
        claims_group=claims_group,
        proven=proven,
        proof_words=_proof_words(on_file, unseen=claims_group and booked),
        evidence=visit.group_evidence,
        list_cents=visit.list_price_cents,
        price_cents=visit.price_cents,
        visitor_price_cents=await _as_visitor(where, visit),
        reduction_name=visit.reduction_name,
        needs_proof=booked and day == today and not proven,
        may_check_in=booked and day == today,
        may_undo_check_in=checked_in,
        may_cancel=booked,
        move_href=new_booking_href(date=max(day, today), provider=visit.provider_id, move=visit.id)
        if booked
        else None,
        may_no_show=booked and now >= visit.starts_at,
        may_check_out=checked_in,
        ticket_href=None,
        receipt_href=f"/appointments/{visit.id}/receipt" if visit.status is Status.DONE else None,
        not_yet=_not_yet(booked, day, today),
        end_reason=visit.end_reason,
        cancel_reasons=CANCEL_REASONS,
        cancelling=cancelling,
        history=tuple(
            HistoryRow(line.made_at.astimezone(where.zone), line.who, line.verb.capitalize(), line.reason)
            for line in await history(visit.id)
        ),
        problem=problem,
    )


async def _as_visitor(where: Place, visit: Visit) -> Cents:
    """What the visit costs when the group is not proven."""
    visitor = await known_group(UNPROVEN_GROUP)
    quoted = await quotes(
        where.id,
        where.zone,
        [visit.service_id],
        visitor,
        starts_at=visit.starts_at,
        booked_at=visit.booked_at,
    )
    return quoted[visit.service_id].price_cents


def _proof_words(on_file: Evidence | None, *, unseen: bool) -> str:
    if on_file is not None:
        return f"{on_file.evidence} seen, counts until {on_file.valid_until:%-d %b %Y}"
    return "Proof not seen yet" if unseen else ""


def _not_yet(booked: bool, day: date, today: date) -> str | None:
    if not booked or day == today:
        return None
    return f"Check-in opens on the day of the visit, {day:%A %-d %B}."


def _timeline(visit: Visit, where: Place) -> tuple[TimelineStep, ...]:
    def local(moment: datetime | None) -> datetime | None:
        return moment.astimezone(where.zone) if moment else None

    booked = TimelineStep("Booked", local(visit.booked_at), visit.status is Status.BOOKED)
    if visit.status in (Status.CANCELLED, Status.NO_SHOW):
        return (booked, TimelineStep(visit.status.word, local(visit.ended_at), True))
    return (
        booked,
        TimelineStep("Checked in", local(visit.checked_in_at), visit.status is Status.CHECKED_IN),
        TimelineStep("Done", local(visit.ended_at), visit.status is Status.DONE),
    )
