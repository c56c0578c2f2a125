"""What is shown of printers and of what waits for them."""

from dataclasses import dataclass
from uuid import UUID

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class PrintState:
    """`printing/_state.html` at `GET /prints/{id}`: how one paper stands; it asks again while under way.

    `POST /prints/{id}/again` prints it once more, marked as a copy.
    """

    id: UUID
    words: str
    look: str
    is_under_way: bool
    may_repeat: bool


@dataclass(frozen=True, slots=True)
class PrinterRow:
    """One printer: where it is, how it is, and what a manager may change."""

    id: UUID
    name: str
    where: str
    host: str
    port: int
    columns: int
    has_drawer: bool
    tells_state: bool
    state_word: str
    look: str
    problem: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """One piece of paper or one opening of a drawer."""

    id: UUID
    what: str
    printer_name: str
    device_name: str
    made_words: str
    state_word: str
    look: str
    problem: str
    may_repeat: bool
    href: str | None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device and the printer it prints on."""

    id: UUID
    name: str
    printer_id: UUID | None


@dataclass(frozen=True, slots=True)
class PrintersPage:
    """`printing/printers.html` at `GET /printers`: state and queue for the desk, set-up for managers.

    Forms: `POST /printers` and `/printers/{id}` send name, host, port, columns, has_drawer, tells_state;
    `/printers/{id}/test`, `/printers/{id}/retirement`; `/devices/{id}/printer` sends printer.
    """

    printers: tuple[PrinterRow, ...]
    jobs: tuple[JobRow, ...]
    devices: tuple[DeviceRow, ...]
    may_edit: bool
    typed: PrinterRow | None = None
    problem: Problem | None = None
