"""A receipt printer on a port of its own: it reads ESC/POS, answers, and misbehaves as it is told.

It runs in a thread of the tests, so that what talks to it may block.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

PAGES = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859-7",
    17: "cp866",
    16: "cp1252",
    18: "cp852",
    19: "cp858",
}
"""Code pages of ESC t, as far as the tests need them."""


@dataclass
class Slip:
    """What a printer did since it was switched on: lines as they came out, cuts, pulses."""

    lines: list[str] = field(default_factory=list)
    cuts: int = 0
    pulses: int = 0

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass
class FakePrinter:
    """A printer as a test sees it; `mood` says how it behaves from the next connection on.

    `fine` · `silent` takes everything and says nothing · `no paper`, `open`, `offline` · `dies` hangs up
    after some bytes of the paper · `stalls` reads some bytes and then neither reads nor answers.
    """

    port: int = 0
    mood: str = "fine"
    slip: Slip = field(default_factory=Slip)
    connections: int = 0
    order: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _server: socket.socket | None = None
    _thread: threading.Thread | None = None

    def switch_on(self) -> None:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", self.port))
        self.port = server.getsockname()[1]
        server.listen(4)
        server.settimeout(0.05)
        self._stop.clear()
        self._server, self._thread = server, threading.Thread(target=self._listen, args=(server,))
        self._thread.start()

    def switch_off(self) -> None:
        """Nobody listens on the port any more."""
        self._stop.set()
        if self._thread is not None and self._server is not None:
            self._thread.join(5)
            self._server.close()
        self._thread = self._server = None

    def _listen(self, server: socket.socket) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                line, _ = server.accept()
                self.connections += 1
                with line, contextlib.suppress(OSError):
                    line.settimeout(0.05)
                    self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        unread = b""
        printed = 0
        while not self._stop.is_set():
            try:
                chunk = line.recv(64)
            except TimeoutError:
                continue
            if not chunk:
                return
            if self.mood == "silent":
                continue
            unread += chunk
            unread, answers, eaten = self._understand(unread)
            printed += eaten
            if printed > 40 and self.mood == "dies":
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                return
            if printed > 40 and self.mood == "stalls":
                self._stop.wait(20)
                return
            if answers:
                line.sendall(answers)

    def _understand(self, data: bytes) -> tuple[bytes, bytes, int]:
        """Read commands and text: what is left over, what to answer, how many letters were printed."""
        answers, at, eaten = b"", 0, 0
        while at < len(data):
            rest = data[at:]
            if rest[:1] == b"\x10":
                if len(rest) < 3:
                    break
                answers += bytes([self._state(rest[2])])
                at += 3
            elif rest[:1] in (b"\x1b", b"\x1d"):
                length = self._command(rest)
                if length is None:
                    break
                if rest[:2] == b"\x1dr":
                    answers += b"\x00"
                at += length
            else:
                self._letter(rest[:1])
                at, eaten = at + 1, eaten + 1
        return data[at:], answers, eaten

    def _state(self, question: int) -> int:
        offline = self.mood in ("no paper", "open", "offline")
        if question == 1:
            return 0x12 | (0x08 if offline else 0)
        if question == 2:
            return 0x12 | {"no paper": 0x20, "open": 0x04}.get(self.mood, 0)
        return 0x12 | (0x60 if self.mood == "no paper" else 0)

    _page: str = "cp437"
    _row: bytearray = field(default_factory=bytearray)

    def _letter(self, sign: bytes) -> None:
        if sign == b"\n":
            self.slip.lines.append(bytes(self._row).decode("utf-8"))
            self._row.clear()
        else:
            self._row += sign.decode(self._page).encode("utf-8")

    def _command(self, data: bytes) -> int | None:
        """Do one ESC or GS command; its length, None when it is not whole yet."""
        lengths = {
            b"\x1b@": 2, b"\x1bt": 3, b"\x1bd": 3, b"\x1ba": 3, b"\x1bE": 3, b"\x1b!": 3, b"\x1bM": 3,
            b"\x1b-": 3, b"\x1bG": 3, b"\x1b{": 3, b"\x1bp": 5, b"\x1d!": 3, b"\x1dB": 3, b"\x1dr": 3,
            b"\x1db": 3, b"\x1bR": 3, b"\x1bS": 2,
        }  # fmt: skip
        if len(data) < 3 and data != b"\x1b@":
            return None
        if data[:2] == b"\x1dV":
            length = 4 if data[2] in (65, 66) else 3
            if len(data) < length:
                return None
            self.slip.cuts += 1
            self.order.append("cut")
            return length
        if data[:2] not in lengths:
            raise AssertionError(f"the printer does not know {data[:4]!r}")
        length = lengths[data[:2]]
        if len(data) < length:
            return None
        if data[:2] == b"\x1bp":
            self.slip.pulses += 1
            self.order.append("pulse")
        if data[:2] == b"\x1bt":
            self._page = PAGES[data[2]]
        return length


@contextlib.contextmanager
def fake_printer() -> Iterator[FakePrinter]:
    """A printer that is on; off on the way out."""
    printer = FakePrinter()
    printer.switch_on()
    try:
        yield printer
    finally:
        printer.switch_off()
