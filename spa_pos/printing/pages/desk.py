"""Printers at the desk: how they are, what waits, print again; a manager sets them up."""

import uuid
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.kernel.actor import Role
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.people.pages.session import FRONT, MANAGERS, UNATTENDED, Desk, desk_of, only, posted
from spa_pos.printing.actions import (
    PrinterTerms,
    print_again,
    print_test,
    retire_printer,
    save_printer,
    use_printer,
)
from spa_pos.printing.pages.views import DeviceRow, JobRow, PrinterRow, PrintersPage, PrintState
from spa_pos.printing.queries import (
    JobView,
    PrinterView,
    device_choices,
    job,
    jobs,
    last_print_of,
    printer,
    printers,
)
from spa_pos.printing.rules import Kind, Line, Look, Paper
from spa_pos.web.answers import AnyRequest, html, part, problem_of, wants_part
from spa_pos.web.forms import read
from spa_pos.web.i18n import clock, day_short
from spa_pos.web.i18n import gettext as _
from spa_pos.web.shell import Toast
from spa_pos.web.templates import render

KIND_WORDS = {
    Kind.RECEIPT: "Receipt",
    Kind.REFUND: "Refund slip",
    Kind.TEST: "Test page",
    Kind.DRAWER: "Drawer opened",
}
STATES = {
    "queued": ("Waiting", ""),
    "printing": ("Printing", ""),
    "done": ("Printed", "proven"),
    "failed": ("Not printed", "unproven"),
}
HREFS = {Kind.RECEIPT: "/tickets/{}/receipt", Kind.REFUND: "/refunds/{}"}


class PrinterForm(msgspec.Struct, forbid_unknown_fields=True):
    """A printer as it was typed."""

    id: UUID | None = None
    name: str = ""
    host: str = ""
    port: str = "9100"
    columns: str = "42"
    has_drawer: str = ""
    tells_state: str = ""


class NoFields(msgspec.Struct, forbid_unknown_fields=True):
    """A form that only has a button."""


class UseForm(msgspec.Struct, forbid_unknown_fields=True):
    """Which printer a device prints on; empty: in the browser."""

    printer: str = ""


async def printers_screen(
    desk: Desk, problem: Refusal | None = None, typed: PrinterForm | None = None
) -> Response[Any]:
    """Every printer and what waits, with the refusal of what was tried."""
    may_edit = desk.session.staff.role in (Role.MANAGER, Role.OWNER)
    devices = await device_choices(desk.place.id) if may_edit else []
    page = PrintersPage(
        printers=tuple(_printer_row(one) for one in await printers(desk.place.id)),
        jobs=tuple(_job_row(one, desk) for one in await jobs(desk.place.id, now=desk.now)),
        devices=tuple(DeviceRow(one.id, one.name, one.printer_id) for one in devices),
        may_edit=may_edit,
        typed=_typed_row(typed) if typed else None,
        problem=problem_of(problem) if problem else None,
    )
    status = problem.status if problem else 200
    return html(render("printing/printers.html", page, await desk.shell()), status=status)


def _printer_row(one: PrinterView) -> PrinterRow:
    state, look = ("Does not print", "unproven") if one.problem else ("Ready", "proven")
    if not one.problem and one.tried_at is None:
        state, look = "Not tried yet", ""
    return PrinterRow(
        one.id,
        one.name,
        f"{one.host}, port {one.port}, {one.columns} letters a line"
        + (", with a drawer" if one.has_drawer else ""),
        one.host,
        one.port,
        one.columns,
        one.has_drawer,
        one.tells_state,
        state,
        look,
        one.problem or "",
    )


def _typed_row(form: PrinterForm) -> PrinterRow:
    port, columns = (
        int(text) if text.isascii() and text.isdigit() else 0 for text in (form.port, form.columns)
    )
    drawer, tells = bool(form.has_drawer), bool(form.tells_state)
    return PrinterRow(UUID(int=0), form.name, "", form.host, port, columns, drawer, tells, "", "", "")


def _job_row(one: JobView, desk: Desk) -> JobRow:
    state, look = STATES[one.status]
    made = one.made_at.astimezone(desk.place.zone)
    href = HREFS.get(one.kind)
    return JobRow(
        one.id,
        KIND_WORDS[one.kind],
        one.printer_name,
        one.device_name or "",
        f"{day_short(made.date())}, {clock(made)}",
        "Opened" if one.kind is Kind.DRAWER and one.status == "done" else state,
        look,
        one.problem or "",
        one.kind is not Kind.DRAWER and one.status in ("done", "failed"),
        href.format(one.subject) if href and one.subject else None,
    )


def print_state(one: JobView) -> PrintState:
    """How a paper stands, in words for who waits for it."""
    begun = {"queued": "Printing", "printing": "Printing", "done": "Printed", "failed": "Not printed"}
    words = f"{begun[one.status]} on {one.printer_name}"
    if one.problem and one.status in ("queued", "printing"):
        words = f"Waiting for {one.printer_name}"
    return PrintState(
        one.id,
        f"{words}. {one.problem}" if one.problem else f"{words}.",
        "wrong" if one.problem else "good" if one.status == "done" else "calm",
        one.status in ("queued", "printing"),
        one.status in ("done", "failed"),
    )


async def print_state_of(subject: UUID, now: datetime) -> PrintState | None:
    """How the latest paper of a ticket or a refund stands; None when none was printed in the last minutes."""
    last = await last_print_of(subject)
    if last is None or (now - last.made_at).total_seconds() > 600:
        return None
    return print_state(last)


@get("/printers", opt=only(*FRONT))
async def show_printers(request: AnyRequest) -> Response[Any]:
    """Every printer and what waits."""
    return await printers_screen(await desk_of(request))


@get("/prints/{job_id:uuid}", opt=only(*FRONT) | dict(UNATTENDED))
async def show_print(request: AnyRequest, job_id: FromPath[UUID]) -> Response[Any]:
    """How one paper stands; the page that waits for it asks this by itself."""
    desk = await desk_of(request)
    one = await job(job_id, desk.place.id)
    if not wants_part(request):
        return desk.see("/printers")
    return part(render("printing/_state.html", print_state(one), await desk.shell()))


@post("/prints/{job_id:uuid}/again", opt=only(*FRONT), status_code=200)
async def repeat(request: AnyRequest, job_id: FromPath[UUID]) -> Response[Any]:
    """Print a paper once more, as a copy."""
    desk, fields = await posted(request)
    read(fields, NoFields)
    try:
        fresh = await desk.ask(
            print_again, job_id=uuid.uuid5(desk.asked_once, "print"), old_id=job_id, copy_word=_("COPY")
        )
    except Refusal as problem:
        return await printers_screen(desk, problem)
    if wants_part(request):
        return part(
            render("printing/_state.html", print_state(await job(fresh, desk.place.id)), await desk.shell())
        )
    return desk.see("/printers", Toast("It is printed once more, marked as a copy."))


def _terms(form: PrinterForm) -> PrinterTerms:
    numbers = []
    for text, code, sentence in (
        (form.port, "printer-port-unreadable", "A printer's port is a number, nearly always 9100."),
        (form.columns, "printer-columns-unreadable", "80 mm paper holds 42 or 48 letters in a line."),
    ):
        if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) <= 6):
            raise Invalid(code, sentence, field="port" if "port" in code else "columns")
        numbers.append(int(text))
    return PrinterTerms(
        form.name, form.host, numbers[0], numbers[1], bool(form.has_drawer), bool(form.tells_state)
    )


@post("/printers", opt=only(*MANAGERS), status_code=200)
async def add(request: AnyRequest) -> Response[Any]:
    """Add a printer."""
    desk, fields = await posted(request)
    form = read(fields, PrinterForm)
    try:
        added = form.id or uuid.uuid5(desk.asked_once, "printer")
        await desk.ask(save_printer, printer_id=added, terms=_terms(form))
    except Refusal as problem:
        return await printers_screen(desk, problem, form)
    return desk.see("/printers", Toast(f"{form.name} is there. Print a test page now."))


@post("/printers/{printer_id:uuid}", opt=only(*MANAGERS), status_code=200)
async def change(request: AnyRequest, printer_id: FromPath[UUID]) -> Response[Any]:
    """Change where a printer is and what it can."""
    desk, fields = await posted(request)
    form = read(fields, PrinterForm)
    try:
        await printer(printer_id, desk.place.id)
        await desk.ask(save_printer, printer_id=printer_id, terms=_terms(form))
    except Refusal as problem:
        return await printers_screen(desk, problem)
    return desk.see("/printers", Toast(f"{form.name} is changed. Print a test page now."))


@post("/printers/{printer_id:uuid}/retirement", opt=only(*MANAGERS), status_code=200)
async def retire(request: AnyRequest, printer_id: FromPath[UUID]) -> Response[Any]:
    """Take a printer out of use."""
    desk, fields = await posted(request)
    read(fields, NoFields)
    try:
        await desk.ask(retire_printer, printer_id=printer_id)
    except Refusal as problem:
        return await printers_screen(desk, problem)
    return desk.see("/printers", Toast("The printer is out of use."))


@post("/printers/{printer_id:uuid}/test", opt=only(*MANAGERS), status_code=200)
async def test(request: AnyRequest, printer_id: FromPath[UUID]) -> Response[Any]:
    """Print a test page."""
    desk, fields = await posted(request)
    read(fields, NoFields)
    try:
        one = await printer(printer_id, desk.place.id)
        made = desk.now.astimezone(desk.place.zone)
        paper = test_paper(one, f"{day_short(made.date())}, {clock(made)}")
        await desk.ask(
            print_test,
            job_id=uuid.uuid5(desk.asked_once, "test"),
            printer_id=printer_id,
            paper=paper,
        )
    except Refusal as problem:
        return await printers_screen(desk, problem)
    return desk.see("/printers", Toast("A test page is on its way; the list below says what became of it."))


def test_paper(one: PrinterView, when: str) -> Paper:
    """A page that shows whether width, letters and knife are right."""
    ruler = "".join(str(place % 10) for place in range(1, one.columns + 1))
    return Paper(
        (
            Line(one.name, look=Look.BIG, centred=True),
            Line(f"Test page, {when}", centred=True),
            Line(look=Look.RULE),
            Line(ruler),
            Line("The line above ends at the edge and does not break.", "$1,234.50"),
            Line("Letters: é ñ ü ß ø Ł ő €"),
            Line(look=Look.RULE),
            Line("Then it is cut.", centred=True),
        )
    )


@post("/devices/{device_id:uuid}/printer", opt=only(*MANAGERS), status_code=200)
async def use(request: AnyRequest, device_id: FromPath[UUID]) -> Response[Any]:
    """Say on which printer a device prints."""
    desk, fields = await posted(request)
    form = read(fields, UseForm)
    try:
        chosen = UUID(form.printer) if form.printer else None
        await desk.ask(use_printer, device_id=device_id, printer_id=chosen)
    except ValueError:
        return await printers_screen(desk, Invalid("printer-unreadable", "Choose a printer from the list."))
    except Refusal as problem:
        return await printers_screen(desk, problem)
    return desk.see("/printers", Toast("That device prints there from now on."))


router = Router(
    "/",
    route_handlers=[show_printers, show_print, repeat, add, change, retire, test, use],
)
