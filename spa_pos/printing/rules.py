"""What goes on 80 mm paper, how its lines break, where a printer may be, and when it is tried again; pure."""

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from spa_pos.kernel.errors import Invalid

BACKOFF = (2, 5, 10, 20, 30)
"""Seconds that are waited after the first, second … try that reached no paper; then always the last."""

PAPER_USEFUL = timedelta(minutes=30)
"""After so long nobody waits for a receipt any more; a person prints it again."""

DRAWER_USEFUL = timedelta(seconds=12)
"""A drawer that springs open later than this would surprise somebody."""

STALE_AFTER = timedelta(seconds=60)
"""Who has been printing for so long has stopped."""

LEAST_ROOM = 8
"""With less room beside the amount, words have lines of their own above it."""

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)
_PLAIN = str.maketrans(
    {
        "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"',
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "…": "...", "•": "*", "·": "-", "×": "x",
    }
)  # fmt: skip


class Kind(StrEnum):
    """What a job prints."""

    RECEIPT = "receipt"
    REFUND = "refund"
    TEST = "test"
    DRAWER = "drawer"


class Look(StrEnum):
    """How a line looks on paper."""

    PLAIN = "plain"
    STRONG = "strong"
    BIG = "big"
    RULE = "rule"


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """Words at the beginning of a line and an amount at its end; or a rule across."""

    words: str = ""
    amount: str = ""
    look: Look = Look.PLAIN
    centred: bool = False


class Paper(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of paper; `copy` is the word above it when it is not the first, or empty."""

    lines: tuple[Line, ...]
    copy: str = ""


def clean_host(text: str) -> str:
    """The name or address of a printer in the house's network.

    Raises:
        Invalid: `printer-address-unreadable`.
    """
    host = text.strip().lower()
    if not _HOST.fullmatch(host) or ".." in host:
        raise Invalid(
            "printer-address-unreadable",
            "Type the printer's address or name, such as printer-1 or the four numbers on its own test page.",
            field="host",
        )
    return host


def clean_port(port: int) -> int:
    """The port of a printer, 9100 for nearly all; those of the system's own services are refused.

    Raises:
        Invalid: `printer-port-unreadable`.
    """
    if not 1024 <= port <= 65535:
        raise Invalid(
            "printer-port-unreadable",
            "A printer's port is nearly always 9100; below 1024 is none.",
            field="port",
        )
    return port


def clean_columns(columns: int) -> int:
    """Letters in a line: 42 or 48 on 80 mm paper.

    Raises:
        Invalid: `printer-columns-unreadable`.
    """
    if not 32 <= columns <= 64:
        raise Invalid(
            "printer-columns-unreadable", "80 mm paper holds 42 or 48 letters in a line.", field="columns"
        )
    return columns


def next_try(tries: int, now: datetime, useful_until: datetime) -> datetime | None:
    """When to try again after so many tries that reached no paper; None: give up."""
    again = now + timedelta(seconds=BACKOFF[min(tries, len(BACKOFF)) - 1])
    return again if again < useful_until else None


def useful_until(kind: Kind, now: datetime) -> datetime:
    """Until when a job is of use."""
    return now + (DRAWER_USEFUL if kind is Kind.DRAWER else PAPER_USEFUL)


def plain(text: str) -> str:
    """Text with the signs that printers know for those they do not, and without control signs."""
    clean = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in clean)


def laid_out(line: Line, columns: int) -> list[str]:
    """A line as it stands on paper of so many letters: the words broken, the amount at the end of the first.

    A big line holds half as many letters.
    """
    wide = columns // 2 if line.look is Look.BIG else columns
    if line.look is Look.RULE:
        return ["-" * columns]
    amount = plain(line.amount)
    room = wide - len(amount) - 1 if amount else wide
    if room < LEAST_ROOM:
        return [*_broken(plain(line.words), wide), f"{amount:>{wide}}"]
    broken = _broken(plain(line.words), room)
    if not amount:
        return [row.center(wide).rstrip() if line.centred else row for row in broken]
    return [f"{broken[0]}{amount:>{wide - len(broken[0])}}", *broken[1:]]


def _broken(text: str, room: int) -> list[str]:
    indent = len(text) - len(text.lstrip())
    rows: list[str] = []
    row = " " * indent
    for word in text.split():
        while len(word) > room - indent:
            cut = room - indent
            rows += [row] if row.strip() else []
            rows.append(" " * indent + word[:cut])
            row, word = " " * indent, word[cut:]
        gap = " " if row.strip() else ""
        if len(row) + len(gap) + len(word) > room:
            rows.append(row)
            row, gap = " " * indent, ""
        row += gap + word
    return [*rows, row] if row.strip() or not rows else rows
