"""How bytes reach a receipt printer: ESC/POS over the network, by python-escpos; blocking, so in threads."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import structlog

from spa_pos.db import forbid_transaction
from spa_pos.printing.rules import Look, Paper, laid_out

log = structlog.get_logger(__name__)

SECONDS = 3.0
"""So long is waited for a connection, for an answer, and for the printer to take what is sent."""

ASK_STATE = b"\x10\x04\x01"
ASK_WHY_OFFLINE = b"\x10\x04\x02"
ASK_PAPER = b"\x10\x04\x04"
ASK_WHEN_DONE = b"\x1dr\x01"
"""Answered in turn: the answer says that everything before it is printed."""

PULSE_PIN = 2


@dataclass(frozen=True, slots=True)
class Address:
    """Where a printer is, and what it can."""

    host: str
    port: int
    columns: int
    tells_state: bool


@dataclass(frozen=True, slots=True)
class Printed:
    """It came out; or the drawer was told to open."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """Nothing came out, so it can be tried again."""

    why: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Something may have come out; a person looks."""

    why: str


Outcome: TypeAlias = Printed | NotYet | Unsure


class Printers(Protocol):
    """How paper is printed and drawers are opened."""

    async def print(self, where: Address, paper: Paper | None) -> Outcome:
        """Print a paper, or without one open the drawer."""

    async def ask(self, where: Address) -> Outcome:
        """Is it ready? Nothing is printed."""


class NetworkPrinters:
    """Printers that listen at an address."""

    async def print(self, where: Address, paper: Paper | None) -> Outcome:
        """Print a paper, or without one open the drawer; never raises for what printers do."""
        forbid_transaction()
        return await asyncio.to_thread(
            _print, where, pulse() if paper is None else receipt_bytes(paper, where)
        )

    async def ask(self, where: Address) -> Outcome:
        """Is it ready? Nothing is printed."""
        forbid_transaction()
        return await asyncio.to_thread(_print, where, b"")


def receipt_bytes(paper: Paper, where: Address) -> bytes:
    """A paper as a printer understands it: text, then a cut."""
    from escpos.printer import Dummy  # a fifth of a second, and most processes print nothing

    page = Dummy()
    page.hw("INIT")
    if paper.copy:
        page.set(align="center", bold=True)
        page.textln(f"*** {paper.copy} ***")
    for line in paper.lines:
        big = line.look is Look.BIG
        page.set(
            align="left",
            bold=big or line.look is Look.STRONG,
            double_width=big,
            double_height=big,
            normal_textsize=not big,
        )
        for row in laid_out(line, where.columns):
            page.textln(row)
    page.cut()
    return bytes(page.output)


def pulse() -> bytes:
    """What makes the drawer on the printer spring open."""
    from escpos.printer import Dummy

    page = Dummy()
    page.cashdraw(PULSE_PIN)
    return bytes(page.output)


class _NotReadyError(Exception):
    """The printer says why it cannot print."""


class _Line:
    """A connection to a printer."""

    def __init__(self, printer: Any) -> None:
        self._printer = printer

    def send(self, content: bytes) -> None:
        self._printer._raw(content)

    def ask(self, question: bytes) -> int:
        self._printer._raw(question)
        answer: bytes = self._printer._read()
        if not answer:
            raise ConnectionResetError("it hung up")
        return answer[0]


def _print(where: Address, content: bytes) -> Outcome:
    try:
        with _connected(where) as line:
            if where.tells_state:
                _check_ready(line)
            return _send(line, where, content) if content else Printed()
    except (OSError, _NotReadyError) as problem:
        return NotYet(_words(problem))


@contextlib.contextmanager
def _connected(where: Address) -> Iterator[_Line]:
    from escpos.printer import Network

    printer = Network(where.host, where.port, timeout=SECONDS)
    # Its own open() knows the old kind of address alone, and leaves the socket of a failure open.
    printer.device = socket.create_connection((where.host, where.port), SECONDS)
    try:
        yield _Line(printer)
    finally:
        printer.close()


def _check_ready(line: _Line) -> None:
    try:
        offline = line.ask(ASK_STATE) & 0x08
        why = line.ask(ASK_WHY_OFFLINE) if offline else 0
        no_paper = line.ask(ASK_PAPER) & 0x60 == 0x60
    except TimeoutError:
        raise _NotReadyError(
            "It takes the connection and then says nothing. Switch it off and on; if it never tells its"
            " state, a manager says so on this page."
        ) from None
    if why & 0x04:
        raise _NotReadyError("Its cover is open. Close it.")
    if why & 0x20 or no_paper:
        raise _NotReadyError("It has no paper. Put in a new roll.")
    if why & 0x40:
        raise _NotReadyError(
            "It reports a fault: a jam, or the knife. Open and close it, or switch it off and on."
        )
    if offline:
        raise _NotReadyError("It is offline. Press its feed button, or switch it off and on.")


def _send(line: _Line, where: Address, content: bytes) -> Outcome:
    try:
        line.send(content)
        if where.tells_state:
            line.ask(ASK_WHEN_DONE)
    except OSError as problem:
        log.warning("printer-stopped", host=where.host, port=where.port, problem=type(problem).__name__)
        return Unsure("It stopped in the middle. Look at the paper, then print it again if it is not whole.")
    return Printed()


def _words(problem: BaseException) -> str:
    match problem:
        case _NotReadyError():
            return str(problem)
        case ConnectionRefusedError():
            return "It refuses the connection. Is it switched on, and are address and port right?"
        case TimeoutError():
            return "It does not answer. Is it switched on and on the network?"
        case socket.gaierror():
            return "No machine on the network has that name. Compare the address with its own test page."
        case _:
            return "The connection broke before anything was printed."
