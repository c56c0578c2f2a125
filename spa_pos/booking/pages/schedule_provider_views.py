"""What a provider's page of the schedule shows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.pages.schedule_forms import (
    hit_rows,
    hits_here,
    limit_values,
    limits_words,
    sent_apart,
    tabs,
    with_sent,
)
from spa_pos.booking.pages.schedule_views import (
    Choice,
    CredentialRow,
    FormState,
    PatternRow,
    ProviderPage,
    Removable,
)
from spa_pos.booking.queries.hits import Hit
from spa_pos.catalog.queries import credential_kinds
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import Desk
from spa_pos.people.queries import CredentialView, credentials_of
from spa_pos.schedule.queries import (
    ExceptionView,
    ProviderPlan,
    ShiftChangeView,
    ShiftRow,
    TimeOffView,
    exceptions_between,
    latest_shift_change,
    provider_plan,
    shift_rows,
    time_off_between,
    work_limits,
)
from spa_pos.schedule.rules import DAYS, PLANNED_AHEAD, Span, WorkLimits, spans_text
from spa_pos.web.shell import initials

ENDS_SOON = timedelta(days=60)
WEEKDAYS = tuple((name.lower(), name) for name in DAYS)


def local_field(instant: datetime, zone: ZoneInfo) -> str:
    """A local day and time as its field shows them: `2026-11-26T12:00`."""
    return f"{instant.astimezone(zone):%Y-%m-%dT%H:%M}"


async def provider_page(desk: Desk, staff_id: UUID, form: str | None, sent: FormState | None) -> ProviderPage:
    """Everything of one provider, with a form as it was sent."""
    who = await provider_plan(staff_id, desk.place.id)
    zone = desk.place.zone
    today = local_date(desk.now, zone)
    every_hit = await hits_here(desk)
    own = [one for one in every_hit if one.provider_id == staff_id]
    shifts = await shift_rows(staff_id)
    change = await latest_shift_change(staff_id)
    here = f"/schedule/providers/{staff_id}"
    credentials = await credentials_of(staff_id)
    limits = await work_limits(desk.place.id)
    kinds = await credential_kinds()
    forms = with_sent(
        _forms(here, who, shifts, credentials, limits.get(staff_id, limits.get(None)), today), form, sent
    )
    exceptions = await exceptions_between([staff_id], today, today + PLANNED_AHEAD)
    off = await time_off_between([staff_id], desk.now - timedelta(days=30), desk.now + 2 * PLANNED_AHEAD)
    return ProviderPage(
        tabs=tabs("/schedule", every_hit),
        staff_id=staff_id,
        name=who.name,
        first_name=who.name.split()[0],
        title=who.title,
        initials=initials(who.name),
        hue=who.hue,
        hits=hit_rows(own, zone),
        patterns=_patterns(shifts, today),
        weekdays=WEEKDAYS,
        undo=_undo(change, here, today, zone),
        exceptions=tuple(_exception(one, here) for one in exceptions),
        time_off=tuple(_time_off(one, here, own, desk.now, zone) for one in off),
        credentials=tuple(_credential(one, own, today, zone) for one in credentials),
        kinds=tuple(Choice(kind, _words(kind)) for kind in kinds),
        limits_words=limits_words(limits.get(staff_id, limits.get(None))),
        has_own_limits=staff_id in limits,
        forms=forms,
        apart=sent_apart(forms, form, sent),
    )


def _words(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


def _forms(
    here: str,
    who: ProviderPlan,
    shifts: Sequence[ShiftRow],
    credentials: Sequence[CredentialView],
    limits: WorkLimits | None,
    today: date,
) -> Mapping[str, FormState]:
    monday = today + timedelta(days=7 - today.weekday())
    week = {
        name: spans_text(_hours_of(shifts, weekday, monday)) for weekday, (name, _) in enumerate(WEEKDAYS)
    }
    pattern = {"first_day": monday.isoformat(), "last_day": "", "every_weeks": "1", "beside": ""}
    noon = f"{today + timedelta(days=1)}T12:00"
    forms = {
        "pattern": FormState(f"{here}/pattern", pattern | week),
        "exception": FormState(f"{here}/exceptions", {"day": "", "hours": "", "reason": ""}),
        "time_off": FormState(
            f"{here}/time-off", {"starts_at": noon, "ends_at": noon[:-5] + "17:00", "reason": ""}
        ),
        "credential": FormState(
            f"{here}/credentials",
            {"kind": "", "number": "", "valid_from": today.isoformat(), "valid_until": ""},
        ),
        "limits": FormState(f"{here}/limits", limit_values(limits)),
        "gender": FormState(f"{here}/gender", {"gender": who.gender or ""}),
    }
    for one in credentials:
        until = one.valid_until.isoformat() if one.valid_until else ""
        forms[f"credential_{one.id}"] = FormState(f"{here}/credentials", {"valid_until": until, "was": until})
    return forms


def _hours_of(shifts: Sequence[ShiftRow], weekday: int, monday: date) -> list[Span]:
    """The hours of a weekday in the first week that has any of them from a Monday on."""
    day = monday + timedelta(days=weekday)
    return sorted(
        (row.pattern.starts, row.pattern.ends)
        for row in shifts
        if row.pattern.weekday == weekday and row.pattern.valid_from <= day <= row.pattern.valid_until
    )


def _patterns(shifts: Sequence[ShiftRow], today: date) -> tuple[PatternRow, ...]:
    """Shifts from today on, those of the same days together."""
    together: dict[tuple[date, date, int], list[ShiftRow]] = {}
    for row in shifts:
        if row.pattern.valid_until >= today:
            key = row.pattern.valid_from, row.pattern.valid_until, row.pattern.every_weeks
            together.setdefault(key, []).append(row)
    found = []
    for (first, last, every), rows in sorted(together.items(), key=lambda one: one[0]):
        since = f"since {first:%-d %b %Y}" if first <= today else f"from {first:%A %-d %b %Y}"
        until = "" if last == date.max else f" until {last:%A %-d %b %Y}"
        weeks = "Every week" if every == 1 else f"Every {every} weeks"
        hours: dict[int, list[Span]] = {}
        for row in rows:
            hours.setdefault(row.pattern.weekday, []).append((row.pattern.starts, row.pattern.ends))
        days = tuple((DAYS[weekday], spans_text(sorted(hours[weekday]))) for weekday in sorted(hours))
        found.append(PatternRow(f"{weeks}, {since}{until}", first <= today, days))
    return tuple(found)


def _undo(change: ShiftChangeView | None, here: str, today: date, zone: ZoneInfo) -> Removable | None:
    if change is None or change.first_day < today:
        return None
    made = change.made_at.astimezone(zone)
    return Removable(
        f"Changed by {change.made_by} on {made:%-d %b, %-I:%M %p}",
        f"Counts from {change.first_day:%A %-d %b %Y}.",
        f"{here}/pattern/undo",
        (("change", str(change.id)),),
        "Undo this change",
    )


def _exception(one: ExceptionView, here: str) -> Removable:
    hours = spans_text(one.spans) or "not working"
    return Removable(
        f"{one.day:%A %-d %B %Y}",
        f"{hours} · {one.reason}",
        f"{here}/exceptions/removal",
        (("day", one.day.isoformat()),),
    )


def _time_off(one: TimeOffView, here: str, own: Sequence[Hit], now: datetime, zone: ZoneInfo) -> Removable:
    starts, ends = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
    if starts.date() == ends.date():
        when = f"{starts:%A %-d %B %Y, %-I:%M %p} to {ends:%-I:%M %p}"
    else:
        when = f"{starts:%a %-d %b %Y, %-I:%M %p} to {ends:%a %-d %b %Y, %-I:%M %p}"
    hit = [
        each
        for each in own
        if any(reason.code == "time-off" for reason in each.reasons)
        and each.starts_at < one.ends_at + timedelta(hours=1)
        and each.ends_at > one.starts_at - timedelta(hours=1)
    ]
    over = one.ends_at <= now
    begun = one.starts_at < now
    return Removable(
        when,
        one.reason + (" · over" if over else ""),
        None if over else f"{here}/time-off/removal",
        (("id", str(one.id)),),
        "End now" if begun else "Remove",
        hit_rows(hit, zone),
    )


def _credential(one: CredentialView, own: Sequence[Hit], today: date, zone: ZoneInfo) -> CredentialRow:
    hit = [
        each
        for each in own
        if any(
            reason.code == "credential-missing" and one.kind.replace("_", " ") in reason.sentence
            for reason in each.reasons
        )
    ]
    if one.valid_from > today:
        state = "not yet"
    elif one.valid_until is None or one.valid_until > today + ENDS_SOON:
        state = "valid"
    else:
        state = "ended" if one.valid_until < today else "ends soon"
    return CredentialRow(
        one.id,
        one.kind,
        _words(one.kind),
        one.number,
        one.valid_from,
        one.valid_until,
        state,
        hit_rows(hit, zone),
    )
