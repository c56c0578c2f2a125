"""Identifiers and plans as short words, for addresses and hidden fields."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


def short(identifier: UUID | None) -> str:
    """Twenty-two letters for an identifier; nothing for None."""
    return "" if identifier is None else urlsafe_b64encode(identifier.bytes).decode().rstrip("=")


def long(text: str) -> UUID | None:
    """The identifier that was shortened; None for nothing.

    Raises:
        Invalid: `link-unreadable`.
    """
    if not text:
        return None
    try:
        if len(text) != 22:
            raise ValueError
        found = UUID(bytes=urlsafe_b64decode(f"{text}=="))
    except ValueError:
        raise unreadable() from None
    if short(found) != text:
        raise unreadable()
    return found


def unreadable() -> Invalid:
    """The refusal of a link or a field that is none of ours."""
    return Invalid("link-unreadable", "This link cannot be read. Start the booking again.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One appointment of a plan as the page showed it; `version` is 0 for one that is not booked yet."""

    appointment_id: UUID
    version: int
    provider_id: UUID
    starts_at: datetime
    quoted_cents: Cents


def plan_words(plan: Sequence[Chosen]) -> str:
    """A plan for a hidden field."""
    return "~".join(
        ".".join(
            (
                short(one.appointment_id),
                str(one.version),
                short(one.provider_id),
                str((one.starts_at - _EPOCH) // _MINUTE),
                str(one.quoted_cents),
            )
        )
        for one in plan
    )


def plan_from(text: str) -> list[Chosen]:
    """The plan that a form carried.

    Raises:
        Invalid: `link-unreadable`.
    """
    found = []
    for words in text.split("~"):
        parts = words.split(".")
        if len(parts) != 5 or not all(part.isascii() and part.isdigit() for part in (parts[1], *parts[3:])):
            raise unreadable()
        appointment_id, provider_id = long(parts[0]), long(parts[2])
        version, minutes, cents = int(parts[1][:9]), int(parts[3][:9]), int(parts[4][:9])
        if appointment_id is None or provider_id is None or minutes > 60_000_000:
            raise unreadable()
        found.append(Chosen(appointment_id, version, provider_id, _EPOCH + minutes * _MINUTE, Cents(cents)))
    return found


def versions_words(versions: Sequence[tuple[UUID, int]]) -> str:
    """The appointments of a party, each with the version that was seen, for a hidden field."""
    return "~".join(f"{short(one)}.{version}" for one, version in versions)


def versions_from(text: str) -> dict[UUID, int]:
    """The versions that a form carried.

    Raises:
        Invalid: `link-unreadable`.
    """
    found = {}
    for words in text.split("~"):
        name, _, version = words.partition(".")
        one = long(name)
        if one is None or not (version.isascii() and version.isdigit()):
            raise unreadable()
        found[one] = int(version[:9])
    return found
