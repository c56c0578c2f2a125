"""Reading printers and what waits for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import NotFound
from spa_pos.printing.rules import Kind

SHOWN_FOR = timedelta(hours=12)
SHOWN_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class PrinterView:
    """One printer in use; `problem` says why it did not print when it was last asked."""

    id: UUID
    location_id: UUID
    name: str
    host: str
    port: int
    columns: int
    has_drawer: bool
    tells_state: bool
    problem: str | None
    tried_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobView:
    """One job as lists show it."""

    id: UUID
    printer_id: UUID
    printer_name: str
    device_name: str | None
    kind: Kind
    subject: UUID | None
    status: str
    tries: int
    made_at: datetime
    done_at: datetime | None
    problem: str | None


_PRINTER = (
    "SELECT p.id, p.location AS location_id, p.name, p.host, p.port, p.columns, p.has_drawer,"
    " p.tells_state, p.problem, p.tried_at FROM printer p"
)
_JOB = (
    "SELECT j.id, j.printer AS printer_id, p.name AS printer_name, d.name AS device_name, j.kind, j.subject,"
    " j.status, j.tries, j.made_at, j.done_at, j.problem FROM print_job j JOIN printer p ON p.id = j.printer"
    " LEFT JOIN device d ON d.id = j.device"
)


async def printers(location_id: UUID) -> list[PrinterView]:
    """The printers of a location that are in use, by name."""
    rows = await fetch(
        f"{_PRINTER} WHERE p.location = $1 AND p.retired_at IS NULL ORDER BY p.name", location_id
    )
    return [PrinterView(**dict(row)) for row in rows]


async def printer(printer_id: UUID, location_id: UUID) -> PrinterView:
    """One printer in use.

    Raises:
        NotFound: `printer-unknown`.
    """
    row = await fetch_one(
        f"{_PRINTER} WHERE p.id = $1 AND p.location = $2 AND p.retired_at IS NULL", printer_id, location_id
    )
    if row is None:
        raise NotFound("printer-unknown", "There is no such printer any more. Look at the list again.")
    return PrinterView(**dict(row))


async def printer_of(device_id: UUID | None) -> PrinterView | None:
    """The printer a device prints on, if it has one."""
    if device_id is None:
        return None
    row = await fetch_one(
        f"{_PRINTER} JOIN device_printer u ON u.printer = p.id WHERE u.device = $1 AND p.retired_at IS NULL",
        device_id,
    )
    return None if row is None else PrinterView(**dict(row))


async def trouble_of(device_id: UUID) -> str | None:
    """Why the printer of a device does not print; None when it does, or there is none."""
    found: str | None = await fetch_value(
        "SELECT p.problem FROM device_printer u JOIN printer p ON p.id = u.printer"
        " WHERE u.device = $1 AND p.retired_at IS NULL",
        device_id,
    )
    return found


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """An enrolled device and the printer it prints on."""

    id: UUID
    name: str
    printer_id: UUID | None


async def device_choices(location_id: UUID) -> list[DeviceChoice]:
    """The enrolled devices of a location, the latest first."""
    rows = await fetch(
        "SELECT d.id, d.name, u.printer AS printer_id FROM device d"
        " LEFT JOIN device_printer u ON u.device = d.id"
        " WHERE d.location = $1 AND d.revoked_at IS NULL"
        " ORDER BY u.printer IS NULL, d.enrolled_at DESC LIMIT 20",
        location_id,
    )
    return [DeviceChoice(**dict(row)) for row in rows]


async def jobs(location_id: UUID, *, now: datetime) -> list[JobView]:
    """What was printed lately, or was not, newest first."""
    rows = await fetch(
        f"{_JOB} WHERE p.location = $1 AND j.made_at > $2 ORDER BY j.made_at DESC, j.id DESC LIMIT $3",
        location_id,
        now - SHOWN_FOR,
        SHOWN_AT_MOST,
    )
    return [_job(dict(row)) for row in rows]


async def job(job_id: UUID, location_id: UUID) -> JobView:
    """One job.

    Raises:
        NotFound: `print-unknown`.
    """
    row = await fetch_one(f"{_JOB} WHERE j.id = $1 AND p.location = $2", job_id, location_id)
    if row is None:
        raise NotFound("print-unknown", "There is no such print. Look at the list again.")
    return _job(dict(row))


async def last_print_of(subject: UUID) -> JobView | None:
    """The latest paper of a ticket or a refund."""
    row = await fetch_one(
        f"{_JOB} WHERE j.subject = $1 AND j.kind <> 'drawer' ORDER BY j.made_at DESC, j.id DESC LIMIT 1",
        subject,
    )
    return None if row is None else _job(dict(row))


def _job(row: dict[str, object]) -> JobView:
    row["kind"] = Kind(str(row["kind"]))
    return JobView(**row)  # type: ignore[arg-type]  # the columns are the fields


async def broken_prints() -> list[str]:
    """Jobs for a printer of another location than their device's, and so where nobody stands."""
    rows = await fetch(
        "SELECT j.id FROM print_job j JOIN printer p ON p.id = j.printer JOIN device d ON d.id = j.device"
        " WHERE d.location <> p.location"
    )
    return [f"print {row['id']} went to another location's printer" for row in rows]
