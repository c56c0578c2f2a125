"""What stands beneath the name of a line: the words for the desk and the books, and the facts they say.

The words are English and stay as they were; the facts let a guest read the same in their language.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import msgspec

from spa_pos.kernel.money import Cents, format_usd

LONGEST = 120


class Form(StrEnum):
    """What kind of thing is said."""

    VISIT = "visit"
    WITH = "with"
    RETAIL = "retail"
    PIECES = "pieces"
    MINUTES = "minutes"
    OF_VISIT = "of_visit"
    FOR_VISIT = "for_visit"
    GIFT = "gift"
    VISITS = "visits"


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one line; which of them are there depends on the form."""

    form: Form
    who: str = ""
    what: str = ""
    count: int = 0
    each_cents: int = 0
    at: datetime | None = None
    to: str = ""
    on: date | None = None
    online: bool = False
    visits: tuple[tuple[int, str], ...] = ()


def in_visit(provider_name: str, minutes: int, start: datetime) -> dict[str, object]:
    """`Ana Okafor, 60 min, 2:15 PM`; the start is local."""
    words = f"{provider_name}, {minutes} min, {start:%-I:%M %p}"
    return _columns(words, Facts(Form.VISIT, who=provider_name, count=minutes, at=start))


def added_to(service_name: str) -> dict[str, object]:
    """`With Swedish massage`."""
    return _columns(f"With {service_name}", Facts(Form.WITH, what=service_name))


def in_pieces(quantity: int, each: Cents) -> dict[str, object]:
    """`2 at $18.00`, or `Retail`."""
    if quantity == 1:
        return _columns("Retail", Facts(Form.RETAIL))
    return _columns(f"{quantity} at {format_usd(each)}", Facts(Form.PIECES, count=quantity, each_cents=each))


def by_minutes(who: str | None, minutes: int, each: Cents) -> dict[str, object]:
    """`Ana Okafor, 15 min at $2.00`."""
    told = f"{minutes} min at {format_usd(each)}"
    words = f"{who}, {told}" if who else told
    return _columns(words, Facts(Form.MINUTES, who=who or "", count=minutes, each_cents=each))


def of_visit(service_name: str, start: datetime) -> dict[str, object]:
    """`Swedish massage, Nov 24, 2:15 PM`; the start is local."""
    words = f"{service_name}, {start:%b %-d, %-I:%M %p}"
    return _columns(words, Facts(Form.OF_VISIT, what=service_name, at=start))


def for_visit(service_name: str, start: datetime) -> dict[str, object]:
    """`For Swedish massage, Nov 24, 2:15 PM`; the start is local."""
    words = f"For {service_name}, {start:%b %-d, %-I:%M %p}"
    return _columns(words, Facts(Form.FOR_VISIT, what=service_name, at=start))


def of_gift(who: str, *, to: str = "", on: date | None = None, online: bool = False) -> dict[str, object]:
    """`For Per Halvorsen, to p•••@example.org on Dec 24, 2026`, or that it never expires."""
    words = [f"For {who}"] if who else []
    words += [f"to {to} on {on:%b %-d, %Y}"] if to and on else []
    words += ["bought online"] if online else []
    said = ", ".join(words) or "No expiry, no fees"
    return _columns(said[:1].upper() + said[1:], Facts(Form.GIFT, who=who, to=to, on=on, online=online))


def of_package(visits: Iterable[tuple[int, str]]) -> dict[str, object]:
    """`5 × Swedish massage`."""
    held = tuple(visits)
    return _columns(", ".join(f"{count} × {name}" for count, name in held), Facts(Form.VISITS, visits=held))


def _columns(words: str, facts: Facts) -> dict[str, object]:
    return {"detail": words[:LONGEST], "detail_facts": msgspec.json.encode(facts).decode()}


def facts_of(kept: str | None) -> Facts | None:
    """The facts as a line keeps them; None for what was sold before they were kept."""
    return None if kept is None else msgspec.json.decode(kept, type=Facts)
