"""The sheet of one appointment: how it stands, and what can be done now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from spa_pos.booking.actions import UNPROVEN_GROUP
from spa_pos.booking.pages.board_columns import board_href, look_of
from spa_pos.booking.pages.party_sheet import party_part
from spa_pos.booking.pages.views import new_booking_href
from spa_pos.booking.pages.visit_views import (
    AddOnRow,
    CardAskPart,
    EndChoice,
    Endings,
    FeeCard,
    HistoryRow,
    LateChoice,
    TimelineStep,
    VisitSheet,
)
from spa_pos.booking.queries import CancelReasonView, Visit, cancel_reasons, fits_at, free_reasons, policy
from spa_pos.booking.queries.cards import card_standing, deposits_for, fee_is_paid, usable_on
from spa_pos.booking.rules import (
    ENDED,
    HERE,
    SHORTEST,
    Policy,
    Status,
    late_arrival,
    left_after,
    missed_from,
    quote_cancellation,
    quote_no_show,
)
from spa_pos.catalog.queries import quotes
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place
from spa_pos.payments.queries import stored_cards
from spa_pos.people.actions import known_group
from spa_pos.people.queries import Evidence, history, proof
from spa_pos.people.rules import show_phone
from spa_pos.web.shell import Problem, initials

WISHES = {"any": None, "woman": "Asked for a woman", "man": "Asked for a man", "named": "Asked for by name"}


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
    agreed = await policy(visit.policy_id)
    free = await free_reasons()
    steps = _steps(visit, agreed, now, is_today=day == today)
    on_file = await proof(visit.guest_id, visit.group, max(today, day))
    claims_group = bool(visit.group_evidence)
    proven = not claims_group or on_file is not None or (visit.group_proven and not visit.status.is_expected)
    look, word = look_of(visit, now)
    expected = visit.status.is_expected
    fee_due = bool(visit.fee_cents) and not await fee_is_paid(visit.id)
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
        provider_id=visit.provider_id,
        provider_name=visit.provider_name,
        provider_initials=initials(visit.provider_name),
        provider_hue=hue,
        room_name=visit.room_name,
        room_kind=visit.room_kind,
        look=look,
        word=word,
        timeline=_timeline(visit, where),
        group_name=visit.group_name,
        claims_group=claims_group,
        proven=proven,
        proof_words=_proof_words(on_file, unseen=claims_group and expected),
        evidence=visit.group_evidence,
        list_cents=visit.list_price_cents + sum(one.list_price_cents for one in visit.add_ons),
        price_cents=visit.total_cents,
        visitor_price_cents=await _as_visitor(where, visit),
        reduction_name=visit.reduction_name,
        needs_proof=steps.check_in and not proven,
        may_confirm=steps.confirm,
        may_check_in=steps.check_in,
        may_start=steps.start,
        may_undo_check_in=steps.check_out,
        may_cancel=expected,
        move_href=new_booking_href(date=max(day, today), provider=visit.provider_id, move=visit.id)
        if expected
        else None,
        party=await party_part(where, visit, now=now),
        may_no_show=steps.no_show,
        may_check_out=steps.check_out,
        ticket_href=None,
        receipt_href=f"/appointments/{visit.id}/receipt" if visit.status is Status.DONE else None,
        not_yet=_not_yet(expected, day, today),
        end_reason=visit.end_reason,
        fee_words=_fee_words(visit, paid=bool(visit.fee_cents) and not fee_due),
        fee_due=fee_due,
        fee_card=await _fee_card(where, visit, agreed, free, now) if fee_due else None,
        endings=await _endings(where, visit, agreed, free, now),
        cancelling=cancelling,
        add_ons=tuple(
            AddOnRow(one.name, one.minutes, one.price_cents, one.reduction_name) for one in visit.add_ons
        ),
        wish_words=WISHES[visit.provider_wish],
        override_reason=visit.override_reason,
        may_resize=expected or visit.status in HERE,
        lengths=tuple(sorted({*range(15, 181, 15), visit.duration_minutes})),
        guest_words=_told_us(visit, where),
        card_ask=await _card_ask(visit, day) if expected else None,
        late=await _late(where, visit, now) if steps.check_in else None,
        history=tuple(
            HistoryRow(line.made_at.astimezone(where.zone), line.who, line.verb.capitalize(), line.reason)
            for line in await history(visit.id)
        ),
        problem=problem,
    )


@dataclass(frozen=True, slots=True)
class _Steps:
    """What may follow."""

    confirm: bool
    check_in: bool
    start: bool
    check_out: bool
    no_show: bool


def _steps(visit: Visit, agreed: Policy | None, now: datetime, *, is_today: bool) -> _Steps:
    expected = visit.status.is_expected
    return _Steps(
        confirm=visit.status is Status.BOOKED and now < visit.starts_at,
        check_in=expected and is_today,
        start=visit.status is Status.CHECKED_IN,
        check_out=visit.status in HERE,
        no_show=expected and now >= missed_from(agreed, visit.starts_at),
    )


async def _as_visitor(where: Place, visit: Visit) -> Cents:
    """What the visit costs when the group is not proven."""
    visitor = await known_group(UNPROVEN_GROUP)
    ids = [visit.service_id, *(one.add_on_id for one in visit.add_ons)]
    quoted = await quotes(
        where.id, where.zone, ids, visitor, starts_at=visit.starts_at, booked_at=visit.booked_at
    )
    return Cents(sum(quoted[one].price_cents for one in ids if one in quoted))


async def _endings(
    where: Place, visit: Visit, agreed: Policy | None, free: Sequence[str], now: datetime
) -> Endings:
    """What each way to end the visit now would cost."""
    total = visit.total_cents
    counts_from = missed_from(agreed, visit.starts_at)
    waits = visit.status.is_expected and visit.starts_at <= now < counts_from
    no_show_from = f"{counts_from.astimezone(where.zone):%-I:%M %p}" if waits else None

    def fee(reason: CancelReasonView) -> str:
        free = reason.name if reason.fee_free else None
        quoted = quote_cancellation(agreed, total, starts_at=visit.starts_at, now=now, fee_free=free)
        return _fee(quoted.fee_cents)

    return Endings(
        tuple(EndChoice(one.name, fee(one)) for one in await cancel_reasons()),
        agreed.words(free) if agreed else None,
        f"Mark as no-show, {_fee(quote_no_show(agreed, total).fee_cents).lower()}",
        f"Wait until {no_show_from}; then the guest counts as not coming." if no_show_from else None,
    )


def _fee(cents: Cents) -> str:
    return f"Fee {format_usd(cents)}" if cents else "No fee"


def _fee_words(visit: Visit, *, paid: bool) -> str | None:
    if visit.fee_cents is None:
        return None
    words = f"{_fee(visit.fee_cents)} ({visit.fee_reason})" if visit.fee_cents else visit.fee_reason
    return f"{words}. It is paid." if paid else words


async def _fee_card(
    where: Place, visit: Visit, agreed: Policy | None, free: Sequence[str], now: datetime
) -> FeeCard | None:
    """The fee on the card that the guest lets us keep; deposits pay first."""
    card = usable_on(await stored_cards(visit.guest_id), local_date(now, where.zone))
    if card is None or agreed is None:
        return None
    on_hand = [one.cents for one in await deposits_for(visit.guest_id, visit.id)]
    left = left_after(visit.fee_cents or Cents(0), on_hand)
    day = card.consented_at.astimezone(where.zone)
    told = [
        f"Booked under version {agreed.version} of the policy: {agreed.words(free)}",
        f"Agreed to the card on {day:%B} {day.day}, {day.year}, text of {card.consent_version}.",
    ]
    if left != visit.fee_cents:
        told.append(f"{format_usd(Cents((visit.fee_cents or 0) - left))} of the deposit pays first.")
    fields = (("card", str(card.id)), ("amount_cents", str(left)))
    return FeeCard(f"Charge {format_usd(left)} to {card.word}", fields, tuple(told))


async def _card_ask(visit: Visit, day: date) -> CardAskPart | None:
    """What this visit was asked for when it was booked."""
    standing = await card_standing(visit, day)
    if standing is None:
        return None
    rule = f"Card rules, version {standing.version}"
    if not standing.due_cents:
        met = f"A card was asked for: {standing.card_word} is on file"
        href = None if standing.is_met else f"/guests/{visit.guest_id}/kept-cards"
        words = met if standing.is_met else "A card is asked for, and none is on file that is still good then"
        return CardAskPart(words, rule, standing.is_met, href, None)
    due = format_usd(standing.due_cents)
    if standing.is_met:
        return CardAskPart(f"The deposit of {due} is paid", rule, True, None, None)
    left = Cents(standing.due_cents - standing.deposit_cents)
    words = f"Take the deposit of {format_usd(left)}"
    return CardAskPart(f"A deposit of {due} is asked for", rule, False, None, words)


def _told_us(visit: Visit, where: Place) -> tuple[str, ...]:
    """What the guest said by their link."""
    words = []
    if visit.late_minutes and visit.late_told_at and visit.status.is_expected:
        told = visit.late_told_at.astimezone(where.zone)
        words.append(f"Comes {visit.late_minutes} min later, told us at {told:%-I:%M %p}")
    if visit.guest_note:
        words.append(f"The guest writes: {visit.guest_note}")
    return tuple(words)


async def _late(where: Place, visit: Visit, now: datetime) -> LateChoice | None:
    """What can still be done for a guest who comes now, when that is late."""
    arrival = late_arrival(visit.starts_at, visit.ends_at, now=now)
    if arrival is None:
        return None
    since = arrival.begins_at.astimezone(where.zone)
    shorten = None
    if arrival.minutes_left >= SHORTEST:
        until = visit.ends_at.astimezone(where.zone)
        shorten = f"{arrival.minutes_left} min, {since:%-I:%M} to {until:%-I:%M %p}"
    whole = None
    if await fits_at(visit, arrival.begins_at, where, now=now):
        until = since + timedelta(minutes=visit.duration_minutes)
        whole = f"All {visit.duration_minutes} min, {since:%-I:%M} to {until:%-I:%M %p}"
    minutes = int((now - visit.starts_at).total_seconds()) // 60
    return LateChoice(f"{minutes} min late", shorten, whole)


def _proof_words(on_file: Evidence | None, *, unseen: bool) -> str:
    if on_file is not None:
        return f"{on_file.evidence} seen, counts until {on_file.valid_until:%-d %b %Y}"
    return "Proof not seen yet" if unseen else ""


def _not_yet(expected: bool, day: date, today: date) -> str | None:
    if not expected or day == today:
        return None
    return f"Check-in opens on the day of the visit, {day:%A %-d %B}."


def _timeline(visit: Visit, where: Place) -> tuple[TimelineStep, ...]:
    def step(status: Status, at: datetime | None, word: str | None = None) -> TimelineStep:
        local = at.astimezone(where.zone) if at else None
        return TimelineStep(word or status.word, local, visit.status is status)

    if visit.status in (Status.HELD, Status.EXPIRED):
        until = visit.held_until.astimezone(where.zone) if visit.held_until else None
        word = f"Held until {until:%-I:%M %p}" if until else None
        return (step(Status.HELD, visit.booked_at, word), step(Status.BOOKED, None))
    booked = step(Status.BOOKED, visit.booked_at)
    confirmed = (step(Status.CONFIRMED, visit.confirmed_at),) if visit.confirmed_at else ()
    if visit.status in ENDED:
        return (booked, *confirmed, step(visit.status, visit.ended_at))
    started = (step(Status.IN_SERVICE, visit.in_service_at),) if visit.in_service_at else ()
    return (
        booked,
        *confirmed,
        step(Status.CHECKED_IN, visit.checked_in_at),
        *started,
        step(Status.DONE, visit.ended_at),
    )
