"""A real SMTP server in a process of its own: it keeps what it takes, and refuses as it is told.

`python -m tests.mailbox FOLDER PORT` listens on 127.0.0.1. Before each mail it looks into FOLDER/say for
answers, one a line (`451 try later`, `550 unknown`, `stall`), and uses up the first; without one it takes
the mail and writes it to FOLDER as a file.
"""

import contextlib
import email
import email.policy
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar

from spa_pos.settings import PROJECT


class Keeper:
    """What aiosmtpd asks about each mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        say = self.folder / "say"
        lines = say.read_text().splitlines() if say.exists() else []
        if lines:
            say.write_text("\n".join(lines[1:]))
            return lines[0]
        self.count += 1
        (self.folder / f"{os.getpid()}-{self.count:04}.eml").write_bytes(envelope.content)
        return "250 kept"


def main(folder: str, port: str) -> None:
    """Listen until killed."""
    from aiosmtpd.controller import Controller

    controller = Controller(Keeper(Path(folder)), hostname="127.0.0.1", port=int(port))
    controller.start()
    print("listening", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


@dataclass
class Mailbox:
    """The server as a test sees it."""

    folder: Path
    port: int
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.mailbox", str(self.folder), str(self.port)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "listening"

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def say(self, *answers: str) -> None:
        """What to answer to the next mails, one each."""
        (self.folder / "say").write_text("\n".join(answers))

    def mails(self) -> list[EmailMessage]:
        """What was taken so far, oldest first."""
        found = []
        for path in sorted(self.folder.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            found.append(mail)
        return found


@contextlib.contextmanager
def mailbox(folder: Path) -> Iterator[Mailbox]:
    """A running server; gone on the way out."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Mailbox(folder, port)
    box.start()
    try:
        yield box
    finally:
        box.stop()


def events_of(mail: EmailMessage) -> list[tuple[str, Any]]:
    """The invitations attached to a mail, each with its method."""
    found = []
    for part in mail.iter_attachments():
        calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
        (event,) = calendar.walk("VEVENT")
        assert part.get_param("method") == str(calendar["METHOD"])
        found.append((str(calendar["METHOD"]), event))
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
