"""The rules of booking: windows, cancellation policy, reasons, limits of the house."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from litestar import Response, get, post

from spa_pos.booking.actions.terms import (
    add_policy_version,
    remove_booking_window,
    remove_cancel_reason,
    set_booking_window,
    set_cancel_reason,
)
from spa_pos.booking.pages.schedule_forms import (
    hits_here,
    hours_field,
    hours_words,
    limit_values,
    limits_of,
    limits_words,
    minutes_of,
    needed_id,
    ppm_from,
    send,
    sent_apart,
    status_of,
    tabs,
    whole,
    with_sent,
)
from spa_pos.booking.pages.schedule_views import Choice, FormState, PolicyRow, ReasonRow, Removable, RulesPage
from spa_pos.booking.queries import CancelReasonView, cancel_reasons, free_reasons
from spa_pos.booking.queries.terms import PolicyVersion, WindowRow, booking_windows, policy_versions
from spa_pos.catalog.queries import menu
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.people.queries import groups
from spa_pos.schedule.queries import work_limits
from spa_pos.schedule.rules import WorkLimits
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.forms import uuid_from
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

RULES = "/schedule/rules"


async def _show(desk: Desk, form: str | None = None, sent: FormState | None = None) -> Response[Any]:
    zone = desk.place.zone
    windows = await booking_windows(desk.place.id)
    versions = await policy_versions(desk.place.id)
    reasons = await cancel_reasons()
    free = await free_reasons()
    limits = (await work_limits(desk.place.id)).get(None)
    forms = with_sent(_forms(versions, reasons, limits), form, sent)
    page = RulesPage(
        tabs=tabs(RULES, await hits_here(desk)),
        windows=tuple(_window(one) for one in windows),
        services=tuple(Choice(str(one.id), one.name) for one in await menu()),
        groups=tuple(Choice(one.code, one.name) for one in await groups()),
        policies=tuple(
            PolicyRow(
                one.policy.version,
                f"{one.policy.words(free)}"
                f" After {one.policy.grace_minutes} min a guest may count as not coming.",
                one.begins_at.astimezone(zone),
                one.visits,
                index == 0,
            )
            for index, one in enumerate(versions)
        ),
        reasons=tuple(ReasonRow(one.code, one.name, one.fee_free, len(reasons) == 1) for one in reasons),
        limits_words=limits_words(limits),
        forms=forms,
        apart=sent_apart(forms, form, sent),
    )
    return html(
        render("booking/schedule_rules.html", page, await desk.shell(Nav.SCHEDULE)), status=status_of(sent)
    )


def _forms(
    versions: Sequence[PolicyVersion], reasons: Sequence[CancelReasonView], limits: WorkLimits | None
) -> Mapping[str, FormState]:
    last = versions[0].policy if versions else None
    forms = {
        "window": FormState(
            "/schedule/windows", {"service": "", "group": "", "lead_hours": "2", "horizon_days": "90"}
        ),
        "policy": FormState(
            "/schedule/policy",
            {
                "notice_hours": str(last.notice_hours if last else 24),
                "late": _percent(last.late_ppm if last else 500_000),
                "no_show": _percent(last.no_show_ppm if last else 1_000_000),
                "grace_minutes": str(last.grace_minutes if last else 15),
            },
        ),
        "limits": FormState("/schedule/limits", limit_values(limits)),
        "reason": FormState("/schedule/reasons", {"name": "", "fee_free": "", "for_guests": ""}),
    }
    for one in reasons:
        values = _reason_values(one)
        forms[f"reason_{one.code}"] = FormState("/schedule/reasons", values)
    return forms


def _percent(ppm: int) -> str:
    whole_part, rest = divmod(ppm, 10_000)
    return f"{whole_part}.{rest:04d}".rstrip("0").rstrip(".") if rest else str(whole_part)


def _window(one: WindowRow) -> Removable:
    title = one.service_name or "Every service"
    title += f", {one.group_name}" if one.group_name else ", every group"
    days = "1 day" if one.horizon_days == 1 else f"{one.horizon_days} days"
    removable = one.service_id is not None or one.group is not None
    fields = (
        ("id", str(one.id)),
        ("service", str(one.service_id or "")),
        ("group", one.group or ""),
        ("lead_hours", hours_field(one.lead_minutes)),
        ("horizon_days", str(one.horizon_days)),
    )
    return Removable(
        title,
        f"from {hours_words(one.lead_minutes)} before to {days} ahead",
        "/schedule/windows/removal" if removable else None,
        fields,
    )


def _again(desk: Desk) -> Any:
    return lambda form, sent: _show(desk, form, sent)


def _reason_values(one: CancelReasonView) -> dict[str, str]:
    """A reason as its form carries it."""
    return {
        "name": one.name,
        "fee_free": "yes" if one.fee_free else "",
        "for_guests": "yes" if one.for_guests else "",
    }


@get(RULES, opt=only(*MANAGERS))
async def show_rules(request: AnyRequest) -> Response[Any]:
    """Booking windows, cancellation policy, reasons, limits of the house."""
    return await _show(await desk_of(request))


@post("/schedule/windows", opt=only(*MANAGERS), status_code=200)
async def set_window(request: AnyRequest) -> Response[Any]:
    """How soon and how far ahead guests book."""
    desk, fields = await posted(request)
    window_id = desk.key or uuid4()

    def asked() -> dict[str, Any]:
        return {
            "window_id": window_id,
            "service_id": uuid_from(fields.get("service"), "service"),
            "group": fields.get("group") or None,
            "lead_minutes": minutes_of(fields.get("lead_hours", ""), "lead_hours"),
            "horizon_days": whole(fields.get("horizon_days", ""), "the days", "horizon_days"),
        }

    def done() -> tuple[str, Toast]:
        special = fields.get("service") or fields.get("group")
        address = "/schedule/windows/removal" if special else None
        return RULES, Toast("The booking window is saved.", address, (("id", str(window_id)),))

    return await send(desk, fields, "window", set_booking_window, asked, done=done, again=_again(desk))


@post("/schedule/windows/removal", opt=only(*MANAGERS), status_code=200)
async def remove_window(request: AnyRequest) -> Response[Any]:
    """A service or group has the window of all."""
    desk, fields = await posted(request)
    back = tuple((name, value) for name, value in fields.items() if name != "id")
    return await send(
        desk,
        fields,
        "remove_window",
        remove_booking_window,
        lambda: {"window_id": needed_id(fields.get("id", ""), "window")},
        done=lambda: (RULES, Toast("The window is removed.", "/schedule/windows" if back else None, back)),
        again=_again(desk),
    )


@post("/schedule/policy", opt=only(*MANAGERS), status_code=200)
async def add_policy(request: AnyRequest) -> Response[Any]:
    """A new version of the cancellation policy."""
    desk, fields = await posted(request)
    policy_id = desk.key or uuid4()

    def asked() -> dict[str, Any]:
        return {
            "policy_id": policy_id,
            "notice_hours": whole(fields.get("notice_hours", ""), "the hours", "notice_hours"),
            "late_ppm": ppm_from(fields.get("late", ""), "late"),
            "no_show_ppm": ppm_from(fields.get("no_show", ""), "no_show"),
            "grace_minutes": whole(fields.get("grace_minutes", ""), "the minutes", "grace_minutes"),
        }

    versions = await policy_versions(desk.place.id)

    def done() -> tuple[str, Toast]:
        undo: tuple[tuple[str, str], ...] = ()
        if versions:
            undo = tuple(_forms(versions, (), None)["policy"].values.items())
        sentence = "From now on this policy goes with new bookings; old ones keep theirs."
        return RULES, Toast(sentence, "/schedule/policy" if undo else None, undo)

    return await send(desk, fields, "policy", add_policy_version, asked, done=done, again=_again(desk))


@post("/schedule/reasons", opt=only(*MANAGERS), status_code=200)
async def set_reason(request: AnyRequest) -> Response[Any]:
    """A reason for cancelling is added or changed; with `code` it is one that is there."""
    desk, fields = await posted(request)
    code = fields.get("code") or None
    was = next((one for one in await cancel_reasons() if one.code == code), None)

    def asked() -> dict[str, Any]:
        return {
            "code": code,
            "name": fields.get("name", ""),
            "fee_free": fields.get("fee_free") == "yes",
            "for_guests": fields.get("for_guests") == "yes",
        }

    def done() -> tuple[str, Toast]:
        undo: tuple[tuple[str, str], ...] = ()
        if was is not None:
            undo = (("code", was.code), *_reason_values(was).items())
        return RULES, Toast("The reason is saved.", "/schedule/reasons" if undo else None, undo)

    form = f"reason_{code}" if code else "reason"
    return await send(desk, fields, form, set_cancel_reason, asked, done=done, again=_again(desk))


@post("/schedule/reasons/removal", opt=only(*MANAGERS), status_code=200)
async def remove_reason(request: AnyRequest) -> Response[Any]:
    """The desk cannot choose a reason any more."""
    desk, fields = await posted(request)
    code = fields.get("code", "")
    was = next((one for one in await cancel_reasons() if one.code == code), None)
    undo = tuple(_reason_values(was).items()) if was else ()
    return await send(
        desk,
        fields,
        "remove_reason",
        remove_cancel_reason,
        lambda: {"code": code},
        done=lambda: (RULES, Toast("The reason is removed.", "/schedule/reasons" if undo else None, undo)),
        again=_again(desk),
    )


@post("/schedule/limits", opt=only(*MANAGERS), status_code=200)
async def set_house_limits(request: AnyRequest) -> Response[Any]:
    """Limits of hands-on work for everybody who has none of their own."""
    desk, fields = await posted(request)
    was = (await work_limits(desk.place.id)).get(None)
    undo = tuple(limit_values(was).items()) if was else ()
    return await send(
        desk,
        fields,
        "limits",
        "set_work_limit",
        lambda: {"staff_id": None, "limits": limits_of(fields)},
        done=lambda: (RULES, Toast("The limits are saved.", "/schedule/limits" if undo else None, undo)),
        again=_again(desk),
    )


handlers: list[Any] = [
    show_rules,
    set_window,
    remove_window,
    add_policy,
    set_reason,
    remove_reason,
    set_house_limits,
]
