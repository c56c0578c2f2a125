"""One provider: what managers change of their hours, credentials and limits."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from spa_pos.booking.pages.schedule_forms import (
    limit_values,
    limits_of,
    maybe_day,
    moment,
    needed_day,
    needed_id,
    send,
    status_of,
    whole,
)
from spa_pos.booking.pages.schedule_provider_views import local_field, provider_page
from spa_pos.booking.pages.schedule_views import FormState
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.schedule.queries import exceptions_between, provider_plan, time_off_between, work_limits
from spa_pos.schedule.rules import DAYS, spans_of, spans_text
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

Fields = dict[str, str]


async def _show(
    desk: Desk, staff_id: UUID, form: str | None = None, sent: FormState | None = None
) -> Response[Any]:
    page = await provider_page(desk, staff_id, form, sent)
    text = render("booking/schedule_provider.html", page, await desk.shell(Nav.SCHEDULE))
    return html(text, status=status_of(sent))


def _again(desk: Desk, staff_id: UUID) -> Any:
    return lambda form, sent: _show(desk, staff_id, form, sent)


def href_of(staff_id: UUID) -> str:
    """A provider's page."""
    return f"/schedule/providers/{staff_id}"


@get("/schedule/providers/{staff_id:uuid}", opt=only(*MANAGERS))
async def show_provider(request: AnyRequest, staff_id: FromPath[UUID]) -> Response[Any]:
    """A provider's hours, exceptions, time off, credentials and limits."""
    return await _show(await desk_of(request), staff_id)


@post("/schedule/providers/{staff_id:uuid}/pattern", opt=only(*MANAGERS), status_code=200)
async def set_pattern(request: AnyRequest, staff_id: FromPath[UUID]) -> Response[Any]:
    """New shifts from a day on."""
    desk, fields = await posted(request)
    change_id = desk.key or uuid4()

    def asked() -> dict[str, Any]:
        return {
            "change_id": change_id,
            "staff_id": staff_id,
            "week": {
                weekday: spans_of(fields.get(name.lower(), ""), name) for weekday, name in enumerate(DAYS)
            },
            "first_day": needed_day(fields.get("first_day", ""), "first_day"),
            "last_day": maybe_day(fields.get("last_day", "")),
            "every_weeks": whole(fields.get("every_weeks", "1"), "the weeks", "every_weeks"),
            "beside": fields.get("beside") == "yes",
        }

    def done() -> tuple[str, Toast]:
        undo = (("change", str(change_id)),)
        return href_of(staff_id), Toast("The shifts are saved.", f"{href_of(staff_id)}/pattern/undo", undo)

    return await send(
        desk, fields, "pattern", "set_shift_pattern", asked, done=done, again=_again(desk, staff_id)
    )


@post("/schedule/providers/{staff_id:uuid}/pattern/undo", opt=only(*MANAGERS), status_code=200)
async def undo_pattern(request: AnyRequest, staff_id: FromPath[UUID]) -> Response[Any]:
    """The shifts as they were before the latest change."""
    desk, fields = await posted(request)
    return await send(
        desk,
        fields,
        "undo",
        "undo_shift_pattern",
        lambda: {"change_id": needed_id(fields.get("change", ""), "change")},
        done=lambda: (href_of(staff_id), Toast("The shifts are as they were before.")),
        again=_again(desk, staff_id),
    )


@post("/schedule/providers/{staff_id:uuid}/exceptions", opt=only(*MANAGERS), status_code=200)
async def add_exception(request: AnyRequest, staff_id: FromPath[UUID]) -> Response[Any]:
    """Other hours on one day."""
    desk, fields = await posted(request)

    def asked() -> dict[str, Any]:
        return {
            "staff_id": staff_id,
            "day": needed_day(fields.get("day", ""), "day"),
            "spans": spans_of(fields.get("hours", ""), "hours"),
            "reason": fields.get("reason", ""),
        }

    def done() -> tuple[str, Toast]:
        undo = (("day", fields["day"]),)
        return href_of(staff_id), Toast(
            "The day has its own hours.", f"{href_of(staff_id)}/exceptions/removal", undo
        )

    return await send(
        desk, fields, "exception", "add_shift_exception", asked, done=done, again=_again(desk, staff_id)
    )


@post("/schedule/providers/{staff_id:uuid}/exceptions/removal", opt=only(*MANAGERS), status_code=200)
async def remove_exception(request: AnyRequest, staff_id: FromPath[UUID]) -> Response[Any]:
    """One day has its usual hours again."""
    desk, fields = await posted(request)
    given = maybe_day(fields.get("day", ""))
    was = await exceptions_between([staff_id], given, given) if given else []

    def done() -> tuple[str, Toast]:
        undo = [("day", one.day.isoformat()) for one in was]
        undo += [("hours", spans_text(one.spans)) for one in was] + [("reason", one.reason) for one in was]
        address = f"{href_of(staff_id)}/exceptions" if was else None
        return href_of(staff_id), Toast("The day has its usual hours again.", address, tuple(undo))

    return await send(
        desk,
        fields,
        "remove_exception",
        "remove_shift_exception",
        lambda: {"staff_id": staff_id, "day": needed_day(fields.get("day", ""), "day")},
        done=done,
        again=_again(desk, staff_id),
    )


@post("/schedule/providers/{staff_id:uuid}/time-off", opt=only(*MANAGERS), status_code=200)
async def give_time_off(request: AnyRequest, staff_id: FromPath[UUID]) -> Response[Any]:
    """A provider is away for a while."""
    desk, fields = await posted(request)
    time_off_id = desk.key or uuid4()

    def asked() -> dict[str, Any]:
        return {
            "time_off_id": time_off_id,
            "staff_id": staff_id,
            "starts_at": moment(fields.get("starts_at", ""), desk.place.zone, "starts_at"),
            "ends_at": moment(fields.get("ends_at", ""), desk.place.zone, "ends_at"),
            "reason": fields.get("reason", ""),
        }

    def done() -> tuple[str, Toast]:
        undo = (("id", str(time_off_id)),)
        return href_of(staff_id), Toast(
            "The time off is saved.", f"{href_of(staff_id)}/time-off/removal", undo
        )

    return await send(
        desk, fields, "time_off", "add_time_off", asked, done=done, again=_again(desk, staff_id)
    )


@post("/schedule/providers/{staff_id:uuid}/time-off/removal", opt=only(*MANAGERS), status_code=200)
async def take_time_off_back(request: AnyRequest, staff_id: FromPath[UUID]) -> Response[Any]:
    """A provider is not away after all."""
    desk, fields = await posted(request)
    there = await time_off_between([staff_id], desk.now, desk.now.replace(year=desk.now.year + 4))
    was = [one for one in there if str(one.id) == fields.get("id")]

    def done() -> tuple[str, Toast]:
        undo: list[tuple[str, str]] = []
        for one in was:
            undo += [
                ("starts_at", local_field(max(one.starts_at, desk.now), desk.place.zone)),
                ("ends_at", local_field(one.ends_at, desk.place.zone)),
                ("reason", one.reason),
            ]
        address = f"{href_of(staff_id)}/time-off" if was else None
        return href_of(staff_id), Toast("The time off is removed.", address, tuple(undo))

    return await send(
        desk,
        fields,
        "remove_time_off",
        "remove_time_off",
        lambda: {"time_off_id": needed_id(fields.get("id", ""), "time off")},
        done=done,
        again=_again(desk, staff_id),
    )


@post("/schedule/providers/{staff_id:uuid}/credentials", opt=only(*MANAGERS), status_code=200)
async def save_credential(request: AnyRequest, staff_id: FromPath[UUID]) -> Response[Any]:
    """A credential is added, renewed or ended; with `id` it is one that is there."""
    desk, fields = await posted(request)
    new_id = desk.key or uuid4()

    def asked() -> dict[str, Any]:
        known = fields.get("id", "")
        return {
            "credential_id": needed_id(known, "credential") if known else new_id,
            "staff_id": staff_id,
            "kind": fields.get("kind", ""),
            "number": fields.get("number", ""),
            "valid_from": needed_day(fields.get("valid_from", ""), "valid_from"),
            "valid_until": maybe_day(fields.get("valid_until", "")),
        }

    was = fields.get("was")

    def done() -> tuple[str, Toast]:
        address, undo = None, dict(fields)
        if was is not None:
            address = f"{href_of(staff_id)}/credentials"
            undo |= {"valid_until": was, "was": fields.get("valid_until", "")}
        return href_of(staff_id), Toast("The credential is saved.", address, tuple(undo.items()))

    form = f"credential_{fields['id']}" if fields.get("id") else "credential"
    return await send(desk, fields, form, "set_credential", asked, done=done, again=_again(desk, staff_id))


@post("/schedule/providers/{staff_id:uuid}/limits", opt=only(*MANAGERS), status_code=200)
async def set_limits(request: AnyRequest, staff_id: FromPath[UUID]) -> Response[Any]:
    """Limits of hands-on work for one provider; `house` gives them those of the house."""
    desk, fields = await posted(request)
    was = (await work_limits(desk.place.id)).get(staff_id)
    undo = tuple(limit_values(was).items()) if was else (("house", "yes"),)
    return await send(
        desk,
        fields,
        "limits",
        "set_work_limit",
        lambda: {
            "staff_id": staff_id,
            "limits": None if fields.get("house") == "yes" else limits_of(fields),
        },
        done=lambda: (href_of(staff_id), Toast("The limits are saved.", f"{href_of(staff_id)}/limits", undo)),
        again=_again(desk, staff_id),
    )


@post("/schedule/providers/{staff_id:uuid}/gender", opt=only(*MANAGERS), status_code=200)
async def set_gender(request: AnyRequest, staff_id: FromPath[UUID]) -> Response[Any]:
    """Whom guests meet who ask for a woman or a man."""
    desk, fields = await posted(request)
    was = (await provider_plan(staff_id, desk.place.id)).gender or ""
    return await send(
        desk,
        fields,
        "gender",
        "set_gender",
        lambda: {"staff_id": staff_id, "gender": fields.get("gender") or None},
        done=lambda: (
            href_of(staff_id),
            Toast("That is saved.", f"{href_of(staff_id)}/gender", (("gender", was),)),
        ),
        again=_again(desk, staff_id),
    )


handlers: list[Any] = [
    show_provider,
    set_pattern,
    undo_pattern,
    add_exception,
    remove_exception,
    give_time_off,
    take_time_off_back,
    save_credential,
    set_limits,
    set_gender,
]
