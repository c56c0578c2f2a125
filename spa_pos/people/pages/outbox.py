"""The outbox on a screen: what guests were told, what is on its way, and why something was not sent."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, QueryParameter

from spa_pos.kernel.actor import Role
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.messages.flows import Outbox
from spa_pos.messages.queries import MessageView, outbox, status_counts, timing_of
from spa_pos.messages.rules import Channel, Kind, Status, Timing, hidden_address
from spa_pos.people.actions.messages import send_again, set_message_times
from spa_pos.people.pages.session import FRONT, MANAGERS, Desk, desk_of, only, posted
from spa_pos.people.queries import names_of
from spa_pos.people.rules import show_phone
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import read, time_from
from spa_pos.web.i18n import clock, day_short
from spa_pos.web.shell import Nav, Problem, Toast
from spa_pos.web.templates import render

KIND_WORDS = {
    Kind.CONFIRMATION: "Confirmation",
    Kind.CHANGE: "Change",
    Kind.CANCELLATION: "Cancellation",
    Kind.REMINDER: "Reminder",
    Kind.OFFER: "Offer",
    Kind.RECEIPT: "Receipt",
    Kind.GIFT: "Gift card",
    Kind.CODE: "Code",
}
STATUS_WORDS = {
    Status.QUEUED: "Waiting",
    Status.SENDING: "Sending",
    Status.SENT: "Sent",
    Status.FAILED: "Failed",
    Status.DROPPED: "Not sent",
}
LOOKS = {Status.SENT: "proven", Status.FAILED: "unproven"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One status to look at, and how many there are."""

    words: str
    href: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message as the list shows it."""

    id: UUID
    guest_name: str
    guest_href: str | None
    kind_word: str
    channel_word: str
    to: str
    made_words: str
    status_word: str
    look: str
    what_next: str
    may_send_again: bool


@dataclass(frozen=True, slots=True)
class TimesForm:
    """What stands in the fields that set when messages go out."""

    quiet_from: str
    quiet_until: str
    reminder_hours: str


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """`people/messages.html`: the latest messages, of one status or of all; `times` is for managers."""

    choices: tuple[Choice, ...]
    rows: tuple[MessageRow, ...]
    chosen: str
    no_mail: bool
    no_texts: bool
    quiet_words: str
    times: TimesForm | None
    problem: Problem | None = None


class AgainForm(msgspec.Struct, forbid_unknown_fields=True):
    """Send one again; `status` is the list it stood in."""

    status: str = ""


def _status(text: str | None) -> Status | None:
    return Status(text) if text in set(Status) else None


async def _screen(
    desk: Desk, status: Status | None, problem: Refusal | None = None, *, typed: TimesForm | None = None
) -> Response[Any]:
    counts = await status_counts(desk.place.id)
    found = await outbox(desk.place.id, status)
    names = await names_of({one.guest_id for one in found if one.guest_id})
    timing = await timing_of(desk.place.id)
    line: Outbox = desk.request.app.state["outbox"]
    everything = Choice("All", "/messages", sum(counts.values()), status is None)
    page = OutboxPage(
        choices=(
            everything,
            *(
                Choice(words, f"/messages?status={each.value}", counts.get(each, 0), each is status)
                for each, words in STATUS_WORDS.items()
            ),
        ),
        rows=tuple(_row(one, names, desk) for one in found),
        chosen=status.value if status else "",
        no_mail=not line.mail.is_real,
        no_texts=not line.texts.is_real,
        quiet_words=_quiet_words(timing),
        times=(typed or _times_form(timing)) if desk.actor.role in MANAGERS else None,
        problem=problem_of(problem) if problem else None,
    )
    status_code = problem.status if problem else 200
    return html(render("people/messages.html", page, await desk.shell(Nav.MESSAGES)), status=status_code)


def _quiet_words(timing: Timing) -> str:
    quiet = "No hours are quiet."
    if timing.quiet_from != timing.quiet_until:
        quiet = (
            f"Quiet from {timing.quiet_from:%-I:%M %p} to {timing.quiet_until:%-I:%M %p}:"
            " texts, reminders and offers wait."
        )
    return f"{quiet} Reminders go out {_hours(timing)} hours before a visit."


def _hours(timing: Timing) -> str:
    return f"{timing.reminder.total_seconds() / 3600:g}"


def _times_form(timing: Timing) -> TimesForm:
    return TimesForm(f"{timing.quiet_from:%H:%M}", f"{timing.quiet_until:%H:%M}", _hours(timing))


def _row(one: MessageView, names: dict[UUID, str], desk: Desk) -> MessageRow:
    def when(moment: datetime) -> str:
        local = moment.astimezone(desk.place.zone)
        return f"{day_short(local.date())}, {clock(local)}"

    in_full = desk.session.staff.role in (Role.MANAGER, Role.OWNER)
    shown = show_phone(one.address) if one.channel is Channel.TEXT else one.address
    what_next = one.problem or ""
    if one.status is Status.QUEUED:
        what_next = f"{what_next} Goes out {when(one.next_try_at)}.".strip()
    elif one.sent_at is not None:
        what_next = when(one.sent_at)
    over = one.useful_until <= desk.now
    return MessageRow(
        id=one.id,
        guest_name=names.get(one.guest_id, "") if one.guest_id else "",
        guest_href=f"/guests/{one.guest_id}/messages" if one.guest_id else None,
        kind_word=KIND_WORDS[one.kind],
        channel_word="E-mail" if one.channel is Channel.EMAIL else "Text",
        to=shown if in_full else hidden_address(one.address),
        made_words=when(one.made_at),
        status_word=STATUS_WORDS[one.status],
        look=LOOKS.get(one.status, ""),
        what_next=what_next,
        may_send_again=not over and one.status in (Status.FAILED, Status.DROPPED, Status.SENT),
    )


@get("/messages", opt=only(*FRONT))
async def show_outbox(
    request: AnyRequest, status: Annotated[str | None, QueryParameter()] = None
) -> Response[Any]:
    """The outbox; to the front desk addresses are shown masked."""
    return await _screen(await desk_of(request), _status(status))


@post("/messages/{message_id:uuid}/another-try", opt=only(*FRONT), status_code=200)
async def try_again(request: AnyRequest, message_id: FromPath[UUID]) -> Response[Any]:
    """Send a message again."""
    desk, fields = await posted(request)
    status = _status(read(fields, AgainForm).status)
    try:
        await desk.ask(send_again, message_id=message_id)
    except Refusal as problem:
        return await _screen(desk, status, problem)
    path = f"/messages?status={status.value}" if status else "/messages"
    return desk.see(path, Toast("It is on its way again."))


class SetTimes(msgspec.Struct, forbid_unknown_fields=True):
    """When messages go out, as typed."""

    quiet_from: str = ""
    quiet_until: str = ""
    reminder_hours: str = ""


def _minutes(hours: str) -> int:
    """Hours such as `24` or `1.5` as minutes.

    Raises:
        Invalid: `reminder-unreadable`.
    """
    found = re.fullmatch(r"([0-9]{1,3})(?:\.(0|25|5|50|75))?", hours.strip(), re.ASCII)
    if found is None:
        raise Invalid(
            "reminder-unreadable", "Type the hours as a number, such as 24 or 1.5.", field="reminder_hours"
        )
    return int(found[1]) * 60 + {"25": 15, "5": 30, "50": 30, "75": 45}.get(found[2] or "", 0)


@post("/messages/times", opt=only(*MANAGERS), status_code=200)
async def set_times(request: AnyRequest) -> Response[Any]:
    """Quiet hours, and how long before a visit guests are reminded."""
    desk, fields = await posted(request)
    form = read(fields, SetTimes)
    was = _times_form(await timing_of(desk.place.id))
    try:
        await desk.ask(
            set_message_times,
            quiet_from=time_from(form.quiet_from),
            quiet_until=time_from(form.quiet_until),
            reminder_minutes=_minutes(form.reminder_hours),
        )
    except Refusal as problem:
        typed = TimesForm(form.quiet_from, form.quiet_until, form.reminder_hours)
        return await _screen(desk, None, problem, typed=typed)
    undo = (
        ("quiet_from", was.quiet_from),
        ("quiet_until", was.quiet_until),
        ("reminder_hours", was.reminder_hours),
    )
    return desk.see(
        "/messages", Toast("Messages go out by these hours from now on.", "/messages/times", undo)
    )


router = Router("/", route_handlers=[show_outbox, try_again, set_times])
