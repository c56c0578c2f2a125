"""Turning the waitlist into what its screens show."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from spa_pos.booking.pages.waitlist_views import (
    Choice,
    GuestFound,
    GuestStep,
    HeldOffer,
    OpenTime,
    PastOffer,
    Step,
    WaitForm,
    WaitlistPage,
    WaitRow,
    WaitSheet,
)
from spa_pos.booking.queries import calendar, needs_of
from spa_pos.booking.queries.waitlist import (
    OfferView,
    WaitView,
    not_then,
    offers,
    open_offers,
    open_waits,
    waitlist_rules,
)
from spa_pos.booking.rules.triage import Score, WaitStatus, fitting_times, order_key, score
from spa_pos.catalog.queries import MenuService, menu, quotes, service
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place
from spa_pos.people.queries import GuestView, guest, history
from spa_pos.people.rules import hidden_phone, show_phone
from spa_pos.schedule.queries import day_schedules
from spa_pos.schedule.rules import Span, spans_text
from spa_pos.web.shell import Problem

PARTS: tuple[tuple[str, str, Span], ...] = (
    ("morning", "Morning", (time(6), time(12))),
    ("afternoon", "Afternoon", (time(12), time(17))),
    ("evening", "Evening", (time(17), time(22))),
)
"""Name of the box, its words, and the hours it stands for."""

WISHES = (("any", "Anyone"), ("woman", "A woman"), ("man", "A man"))
WORDS = {
    WaitStatus.WAITING: ("Waiting", "booked"),
    WaitStatus.OFFERED: ("Offered", "late"),
    WaitStatus.BOOKED: ("Booked", "done"),
    WaitStatus.WITHDRAWN: ("Withdrawn", "cancelled"),
    WaitStatus.ENDED: ("Ended", "cancelled"),
}
OUTCOMES = {
    "open": "Held now",
    "taken": "Taken",
    "declined": "Declined",
    "passed": "Taken back",
    "expired": "No answer in time",
}
DAYS_SEARCHED = 14
MOST_TIMES = 12


def waitlist_href(service_id: UUID | None = None, day: date | None = None) -> str:
    """The list, narrowed or not."""
    known = {"service": service_id, "date": day}
    query = urlencode({name: str(value) for name, value in known.items() if value is not None})
    return f"/waitlist?{query}" if query else "/waitlist"


def days_words(first: date, last: date) -> str:
    """`Wed, Nov 25` or `Nov 25 to Dec 2`."""
    if first == last:
        return f"{first:%a, %b} {first.day}"
    return f"{first:%b} {first.day} to {last:%b} {last.day}"


def hours_words(windows: Sequence[Span]) -> str:
    """`Any time`, `Morning, afternoon` or `9:00-11:00`."""
    if not windows:
        return "Any time"
    ticked = [words for _, words, span in PARTS if span in windows]
    rest = [span for span in windows if span not in [span for _, _, span in PARTS]]
    return ", ".join([*ticked, *([spans_text(rest)] if rest else [])]).capitalize()


def wish_words(one: WaitView) -> str:
    """Whom they would like to be served by."""
    named = {"woman": "a woman", "man": "a man"}
    return f"with {one.provider_name or named.get(one.provider_wish, 'anyone')}"


def _clock(moment: datetime, where: Place, now: datetime) -> str:
    local = moment.astimezone(where.zone)
    words = f"{local:%-I:%M %p}"
    return words if local.date() == local_date(now, where.zone) else f"{local:%a %b} {local.day}, {words}"


def held_words(held: OfferView, where: Place, now: datetime) -> str:
    """`Held until 2:40 PM for Wed Nov 25, 10:00 AM with Leila`."""
    until = "Ran out" if held.held_until <= now else f"Held until {_clock(held.held_until, where, now)}"
    return f"{until} for {_clock(held.starts_at, where, now)} with {held.provider_name.split()[0]}"


async def waitlist_page(
    where: Place,
    *,
    now: datetime,
    service_id: UUID | None = None,
    day: date | None = None,
    sheet: GuestStep | WaitForm | WaitSheet | None = None,
    is_manager: bool = False,
    problem: Problem | None = None,
) -> WaitlistPage:
    """Who waits, the most points first; narrowed to a service, to who could come on a day."""
    rules = await waitlist_rules(where.id)
    every = await open_waits(where.id)
    scored = [(one, score(one.ask, rules.weights, now=now, zone=where.zone)) for one in every]
    scored.sort(key=lambda pair: order_key(pair[0].ask, pair[1]))
    held = await open_offers([one.id for one in every])
    open_id = sheet.id if isinstance(sheet, WaitSheet) else None
    shown = [
        (place, one, found)
        for place, (one, found) in enumerate(scored, 1)
        if (service_id is None or one.service_id == service_id)
        and (day is None or one.first_day <= day <= one.until)
    ]
    rows = tuple(
        _row(place, one, found, held.get(one.id), open_id, where, now) for place, one, found in shown
    )
    services = {one.service_id: one.service_name for one in every}
    offered = sum(one.status is WaitStatus.OFFERED for one in every)
    query = waitlist_href(service_id, day).partition("?")[2]
    return WaitlistPage(
        rows=rows,
        summary=f"{len(every)} waiting, {offered} with a time held" if every else "Nobody waits",
        services=tuple(
            Choice(str(one), name, one == service_id)
            for one, name in sorted(services.items(), key=lambda pair: pair[1])
        ),
        day=day.isoformat() if day else "",
        is_filtered=service_id is not None or day is not None,
        list_href=f"/waitlist/list?{query}" if query else "/waitlist/list",
        new_href="/waitlist/new",
        rules_href="/waitlist/rules" if is_manager else None,
        sheet=sheet,
        problem=problem,
    )


def _row(
    place: int,
    one: WaitView,
    found: Score,
    held: OfferView | None,
    open_id: UUID | None,
    where: Place,
    now: datetime,
) -> WaitRow:
    return WaitRow(
        f"/waitlist/{one.id}",
        place,
        one.guest_name,
        one.group_name,
        one.service_name,
        f"{days_words(one.first_day, one.until)}, {hours_words(one.windows).lower()}",
        wish_words(one),
        found.points,
        found.words,
        *WORDS[one.status],
        held_words(held, where, now) if held else None,
        one.id == open_id,
    )


def guest_step(
    fields: Mapping[str, str], *, typed: str = "", asked: bool = False, found: Sequence[GuestView] = ()
) -> GuestStep:
    """Who is to wait."""

    def href(guest_id: UUID) -> str:
        return f"/waitlist/new?{urlencode({**fields, 'guest': str(guest_id)})}"

    return GuestStep(
        waitlist_href(),
        tuple(fields.items()),
        typed,
        asked,
        tuple(GuestFound(one.name, one.group.name, hidden_phone(one.phone), href(one.id)) for one in found),
    )


async def wait_form(
    where: Place,
    whose: GuestView,
    typed: Mapping[str, str],
    *,
    now: datetime,
    fields: tuple[tuple[str, str], ...],
    wait_id: UUID | None = None,
    problem: Problem | None = None,
) -> WaitForm:
    """The form with what was typed so far, or what stands already."""
    today = local_date(now, where.zone)
    rules = await waitlist_rules(where.id)
    (schedule,) = await day_schedules(where.id, where.zone, today, today)
    wish = typed.get("wish") or "any"
    wishes = [*WISHES, *((str(one.staff_id), one.name) for one in schedule.providers)]
    first = typed.get("first_day") or today.isoformat()
    reason = typed.get("reason") or (rules.reasons[-1].code if rules.reasons else "")
    if any(one.code == "none" for one in rules.reasons):
        reason = typed.get("reason") or "none"
    return WaitForm(
        title="Change the entry" if wait_id else "Add to the waitlist",
        action=f"/waitlist/{wait_id}" if wait_id else "/waitlist",
        close_href=f"/waitlist/{wait_id}" if wait_id else waitlist_href(),
        fields=fields,
        guest_name=whose.name,
        group_name=whose.group.name,
        services=tuple(
            Choice(
                str(one.id), f"{one.name}, {one.duration_minutes} min", str(one.id) == typed.get("service")
            )
            for one in await menu()
        ),
        first_day=first,
        last_day=typed.get("last_day") or first,
        parts=tuple(Choice(name, words, bool(typed.get(name))) for name, words, _ in PARTS),
        hours=typed.get("hours", ""),
        wishes=tuple(Choice(value, name, value == wish) for value, name in wishes),
        reasons=tuple(Choice(one.code, one.name, one.code == reason) for one in rules.reasons),
        severity=typed.get("severity") or "0",
        leaves_on=typed.get("leaves_on", ""),
        note=typed.get("note", ""),
        is_new=wait_id is None,
        problem=problem,
    )


def typed_of(one: WaitView) -> dict[str, str]:
    """An entry as its form shows it."""
    boxes = {name: "on" for name, _, span in PARTS if span in one.windows}
    rest = [span for span in one.windows if span not in [span for _, _, span in PARTS]]
    return {
        "service": str(one.service_id),
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "hours": spans_text(rest),
        "wish": str(one.provider_id) if one.provider_id else one.provider_wish,
        "reason": one.reason,
        "severity": str(one.severity),
        "leaves_on": one.leaves_on.isoformat() if one.leaves_on else "",
        "note": one.note,
        **boxes,
    }


async def wait_sheet(
    where: Place, one: WaitView, *, now: datetime, problem: Problem | None = None
) -> WaitSheet:
    """One guest who waits: why they stand where they stand, and what can be offered."""
    rules = await waitlist_rules(where.id)
    found = score(one.ask, rules.weights, now=now, zone=where.zone)
    asked_for = await service(one.service_id)
    past = await offers(one.id)
    held = next((each for each in past if each.outcome == "open"), None)
    times = await _times(where, one, asked_for, now) if one.status is WaitStatus.WAITING else ()
    word, look = WORDS[one.status]
    return WaitSheet(
        id=one.id,
        version=one.version,
        close_href=waitlist_href(),
        guest_name=one.guest_name,
        guest_phone=show_phone(one.guest_phone),
        group_name=one.group_name,
        service_name=one.service_name,
        minutes=asked_for.duration_minutes,
        days_words=days_words(one.first_day, one.last_day),
        hours_words=hours_words(one.windows),
        wish_words=wish_words(one),
        since=one.asked_at.astimezone(where.zone),
        score=found.points,
        explanation=found.words,
        leaves_on=one.leaves_on,
        note=one.note,
        word=word,
        look=look,
        held=await _held(where, one, held, now) if held else None,
        times=times,
        no_times=None
        if times or one.status is not WaitStatus.WAITING
        else f"Nothing fits within {DAYS_SEARCHED} days yet. What becomes free is offered by itself.",
        offers=tuple(_past(where, each) for each in past),
        history=tuple(
            Step(line.made_at.astimezone(where.zone), line.who, line.verb.capitalize())
            for line in await history(one.id)
        ),
        may_change=one.status is WaitStatus.WAITING,
        may_withdraw=one.status.is_open,
        may_restore=one.status is WaitStatus.WITHDRAWN,
        problem=problem,
    )


async def _held(where: Place, one: WaitView, held: OfferView, now: datetime) -> HeldOffer:
    whose = await guest(one.guest_id)
    quoted = await quotes(
        where.id, where.zone, [one.service_id], whose.group, starts_at=held.starts_at, booked_at=now
    )
    price = quoted[one.service_id].price_cents if one.service_id in quoted else held.price_cents
    return HeldOffer(
        held.appointment_id,
        held.appointment_version,
        held.starts_at.astimezone(where.zone),
        held.provider_name,
        held.room_name,
        held.held_until.astimezone(where.zone),
        price,
        price,
        held.held_until <= now,
    )


def _past(where: Place, one: OfferView) -> PastOffer:
    return PastOffer(
        one.offered_at.astimezone(where.zone),
        one.starts_at.astimezone(where.zone),
        one.provider_name,
        OUTCOMES[one.outcome],
        one.offered_by,
        one.score,
        one.explanation,
    )


async def _times(where: Place, one: WaitView, asked_for: MenuService, now: datetime) -> tuple[OpenTime, ...]:
    """The first open times that fit, a few of each day, spread over two weeks."""
    first = max(one.first_day, local_date(now, where.zone))
    last = min(one.until, first + timedelta(days=DAYS_SEARCHED - 1))
    if last < first:
        return ()
    busy = await not_then([one], first, last, where.zone)
    wish = one.wish(needs_of(asked_for), busy.get(one.id, ()))
    found: list[OpenTime] = []
    for day in await calendar(where.id, where.zone, first, last, now=now):
        slots = fitting_times(wish, day, now=now, zone=where.zone)
        found += [
            OpenTime(
                slot.starts_at.astimezone(where.zone),
                slot.starts_at.isoformat(),
                slot.provider.staff_id,
                slot.provider.name,
                slot.room.name,
            )
            for slot in slots[:: max(1, len(slots) // 4)][:4]
        ]
        if len(found) >= MOST_TIMES:
            break
    return tuple(found[:MOST_TIMES])
