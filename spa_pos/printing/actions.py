"""Writing the print queue: printers set up, paper and pulses queued, claimed, recorded."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from spa_pos.db import action, fetch, fetch_one, fetch_value, insert
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.people.actions import record
from spa_pos.people.actions.audit import need_role
from spa_pos.printing.gateways import Address, NotYet, Outcome, Printed, Unsure
from spa_pos.printing.queries import PrinterView, job, printer, printer_of
from spa_pos.printing.rules import (
    STALE_AFTER,
    Kind,
    Paper,
    clean_columns,
    clean_host,
    clean_port,
    next_try,
    useful_until,
)
from spa_pos.printing.tables import DevicePrinter, Printer, PrintJob

NOBODY_KNOWS = "The program stopped while printing. Look at the paper; print it again if it is not whole."
TOO_LATE = "It was not printed in time."
DRAWER_TOO_LATE = "The drawer did not open in time. Open it with its key."


@dataclass(frozen=True, slots=True)
class PrinterTerms:
    """What a manager types of a printer."""

    name: str
    host: str
    port: int
    columns: int
    has_drawer: bool
    tells_state: bool


@action
async def save_printer(actor: Actor, *, printer_id: UUID, terms: PrinterTerms, now: datetime) -> UUID:
    """Add a printer, or change where one is and what it can.

    Raises:
        NotAllowed: `role-missing`.
        Invalid: `printer-name-missing`, `printer-address-unreadable`, `printer-port-unreadable`,
            `printer-columns-unreadable`.
        Conflict: `printer-name-taken`.
    """
    need_role(actor, Role.MANAGER)
    name = " ".join(terms.name.split())[:40]
    if not name:
        raise Invalid("printer-name-missing", "Give the printer a name, such as Desk printer.", field="name")
    values = {
        "name": name,
        "host": clean_host(terms.host),
        "port": clean_port(terms.port),
        "columns": clean_columns(terms.columns),
        "has_drawer": terms.has_drawer,
        "tells_state": terms.tells_state,
    }
    there = await fetch_one("SELECT location FROM printer WHERE id = $1 FOR UPDATE", printer_id)
    if there is None:
        await insert(Printer, id=printer_id, location=actor.location_id, **values)
    else:
        await printer(printer_id, actor.location_id)
        await fetch(
            "UPDATE printer SET name = $2, host = $3, port = $4, columns = $5, has_drawer = $6,"
            " tells_state = $7, problem = NULL WHERE id = $1",
            printer_id,
            *values.values(),
        )
    await record(
        actor, verb="set up a printer", subject_kind="printer", subject=printer_id, now=now, after=values
    )
    return printer_id


@action
async def retire_printer(actor: Actor, *, printer_id: UUID, now: datetime) -> UUID:
    """Take a printer out of use; its devices print in the browser again, and what waits is given up.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `printer-unknown`.
    """
    need_role(actor, Role.MANAGER)
    old = await printer(printer_id, actor.location_id)
    await fetch(
        "UPDATE printer SET retired_at = $2, name = left(name, 20) || $3 WHERE id = $1",
        printer_id,
        now,
        f" until {now:%y%m%d%H%M%S}",
    )
    await fetch("DELETE FROM device_printer WHERE printer = $1", printer_id)
    await fetch(
        "UPDATE print_job SET status = 'failed', problem = 'The printer was taken out of use.'"
        " WHERE printer = $1 AND status = 'queued'",
        printer_id,
    )
    await record(
        actor,
        verb="took a printer out of use",
        subject_kind="printer",
        subject=printer_id,
        now=now,
        before={"name": old.name, "host": old.host, "port": old.port},
    )
    return printer_id


@action
async def use_printer(actor: Actor, *, device_id: UUID, printer_id: UUID | None, now: datetime) -> UUID:
    """Say on which printer a device prints; None: in the browser.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `printer-unknown`, `device-gone`.
    """
    need_role(actor, Role.MANAGER)
    if not await fetch_value(
        "SELECT true FROM device WHERE id = $1 AND location = $2 AND revoked_at IS NULL",
        device_id,
        actor.location_id,
    ):
        raise NotFound("device-gone", "There is no such device any more. Look at the list again.")
    await fetch("DELETE FROM device_printer WHERE device = $1", device_id)
    if printer_id is not None:
        await printer(printer_id, actor.location_id)
        await insert(DevicePrinter, id=uuid7(now), device=device_id, printer=printer_id)
    await record(
        actor,
        verb="chose a device's printer",
        subject_kind="device",
        subject=device_id,
        now=now,
        after={"printer": printer_id},
    )
    return device_id


@action
async def print_paper(
    actor: Actor, *, job_id: UUID, kind: Kind, subject: UUID, paper: Paper, copy_word: str, now: datetime
) -> UUID:
    """Queue a paper for the printer of the actor's device; one that is not the first carries the copy's word.

    Raises:
        Conflict: `no-printer`.
    """
    where = await printer_of(actor.device_id)
    if where is None:
        raise Conflict("no-printer", "This device has no receipt printer. Print in the browser instead.")
    again = await fetch_value(
        "SELECT true FROM print_job WHERE subject = $1 AND kind = $2 AND (status = 'done' OR tries > 0)"
        " LIMIT 1",
        subject,
        kind.value,
    )
    shown = msgspec.structs.replace(paper, copy=copy_word) if again else paper
    await _queue(actor, where, job_id, kind, subject, shown, now)
    return job_id


@action
async def print_test(actor: Actor, *, job_id: UUID, printer_id: UUID, paper: Paper, now: datetime) -> UUID:
    """Queue a test page for a printer.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `printer-unknown`.
    """
    need_role(actor, Role.MANAGER)
    where = await printer(printer_id, actor.location_id)
    await _queue(actor, where, job_id, Kind.TEST, printer_id, paper, now)
    return job_id


@action
async def kick_drawer(actor: Actor, *, subject: UUID, now: datetime) -> UUID | None:
    """Open the drawer on the printer of the actor's device, in the transaction of what needs it open.

    `subject` is the tender, the refund, the late tip, or the opening without a sale; None where there is no
    drawer to open.
    """
    where = await printer_of(actor.device_id)
    if where is None or not where.has_drawer:
        return None
    job_id = uuid7(now)
    await _queue(actor, where, job_id, Kind.DRAWER, subject, None, now)
    return job_id


@action
async def print_again(actor: Actor, *, job_id: UUID, old_id: UUID, copy_word: str, now: datetime) -> UUID:
    """Print a paper once more, as a copy, on the printer that it was meant for.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `print-unknown`, `printer-unknown`.
        Conflict: `print-under-way`, `drawer-not-again`.
    """
    need_role(actor, Role.FRONT_DESK, Role.MANAGER)
    old = await job(old_id, actor.location_id)
    if old.kind is Kind.DRAWER:
        raise Conflict("drawer-not-again", "A drawer is opened by what it is opened for, not by the list.")
    if old.status in ("queued", "printing"):
        raise Conflict("print-under-way", "It waits for the printer already and comes out by itself.")
    where = await printer_of(actor.device_id) or await printer(old.printer_id, actor.location_id)
    text = await fetch_value("SELECT paper::text FROM print_job WHERE id = $1", old_id)
    paper = msgspec.structs.replace(msgspec.json.decode(text, type=Paper), copy=copy_word)
    await _queue(actor, where, job_id, old.kind, old.subject, paper, now)
    return job_id


async def _queue(
    actor: Actor,
    where: PrinterView,
    job_id: UUID,
    kind: Kind,
    subject: UUID | None,
    paper: Paper | None,
    now: datetime,
) -> None:
    await insert(
        PrintJob,
        id=job_id,
        printer=where.id,
        device=actor.device_id,
        kind=kind.value,
        subject=subject,
        paper=None if paper is None else msgspec.json.encode(paper).decode(),
        next_try_at=now,
        useful_until=useful_until(kind, now),
        made_at=now,
        made_by=actor.staff_id,
    )


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this process prints now; without paper it opens the drawer."""

    id: UUID
    printer_id: UUID
    kind: Kind
    paper: Paper | None
    tries: int
    useful_until: datetime
    where: Address


@action
async def claim_due(*, now: datetime) -> list[Claimed]:
    """Take the next job of each printer that is free: drawers first, then the longest waiting."""
    await fetch(
        "UPDATE print_job SET status = 'failed', problem = coalesce(problem,"
        " CASE WHEN kind = 'drawer' THEN $2::text ELSE $3::text END)"
        " WHERE status = 'queued' AND useful_until <= $1",
        now,
        DRAWER_TOO_LATE,
        TOO_LATE,
    )
    await fetch(
        "UPDATE print_job SET status = 'failed', problem = $2 WHERE status = 'printing' AND claimed_at <= $1",
        now - STALE_AFTER,
        NOBODY_KNOWS,
    )
    rows = await fetch(
        "UPDATE print_job j SET status = 'printing', claimed_at = $1, tries = j.tries + 1 FROM ("
        "   SELECT p.id AS printer, (SELECT d.id FROM print_job d WHERE d.printer = p.id"
        "     AND d.status = 'queued' AND d.next_try_at <= $1"
        "     ORDER BY d.kind = 'drawer' DESC, d.made_at, d.id LIMIT 1) AS job FROM printer p"
        "   WHERE EXISTS (SELECT 1 FROM print_job w WHERE w.printer = p.id AND w.status = 'queued'"
        "     AND w.next_try_at <= $1) FOR UPDATE OF p SKIP LOCKED) next"
        " JOIN printer p ON p.id = next.printer"
        " WHERE j.id = next.job AND j.status = 'queued' AND NOT EXISTS (SELECT 1 FROM print_job busy"
        "   WHERE busy.printer = next.printer AND busy.status = 'printing')"
        " RETURNING j.id, j.printer AS printer_id, j.kind, j.paper::text AS paper, j.tries, j.useful_until,"
        " p.host, p.port, p.columns, p.tells_state",
        now,
    )
    return [
        Claimed(
            row["id"],
            row["printer_id"],
            Kind(row["kind"]),
            None if row["paper"] is None else msgspec.json.decode(row["paper"], type=Paper),
            row["tries"],
            row["useful_until"],
            Address(row["host"], row["port"], row["columns"], row["tells_state"]),
        )
        for row in rows
    ]


@action
async def record_print(done: Claimed, outcome: Outcome, *, now: datetime) -> None:
    """Write down what became of a try, and how the printer is."""
    match outcome:
        case Printed():
            changes: tuple[str, str | None, datetime] = ("done", None, now)
        case NotYet(why):
            again = next_try(done.tries, now, done.useful_until)
            changes = ("queued" if again else "failed", why, again or now)
        case Unsure(why):
            changes = ("failed", why, now)
    status, problem, moment = changes
    await fetch(
        "UPDATE print_job SET status = $3::text, problem = $4, next_try_at = $5,"
        " done_at = CASE WHEN $3::text = 'done' THEN $6::timestamptz END"
        " WHERE id = $1 AND tries = $2 AND status = 'printing'",
        done.id,
        done.tries,
        status,
        problem,
        moment,
        now,
    )
    await note_state(done.printer_id, problem, now=now)


@action
async def note_state(printer_id: UUID, problem: str | None, *, now: datetime) -> None:
    """Write down how a printer is."""
    await fetch("UPDATE printer SET problem = $2, tried_at = $3 WHERE id = $1", printer_id, problem, now)


@action
async def claim_silent(*, now: datetime, before: datetime) -> list[tuple[UUID, Address]]:
    """Printers with a problem that nobody asked for a while; whoever takes them asks them now."""
    rows = await fetch(
        "UPDATE printer p SET tried_at = $1 WHERE p.problem IS NOT NULL AND p.retired_at IS NULL"
        " AND p.tried_at <= $2 RETURNING p.id, p.host, p.port, p.columns, p.tells_state",
        now,
        before,
    )
    return [
        (row["id"], Address(row["host"], row["port"], row["columns"], row["tells_state"])) for row in rows
    ]
