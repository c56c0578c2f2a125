"""What a message tells: times and nothing that says what for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec


class Channel(StrEnum):
    """How a guest is reached."""

    EMAIL = "email"
    TEXT = "text"


class Kind(StrEnum):
    """What a message is about."""

    CONFIRMATION = "confirmation"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    REMINDER = "reminder"
    OFFER = "offer"
    RECEIPT = "receipt"
    GIFT = "gift"
    CODE = "code"

    @property
    def overtakes(self) -> bool:
        """True when it says how things stand, so that earlier words that never went out are void."""
        return self in (Kind.CONFIRMATION, Kind.CHANGE, Kind.CANCELLATION)

    @property
    def needs_consent(self) -> bool:
        """False for what somebody asked to be sent there: a receipt, a code, or a gift to somebody else."""
        return self not in (Kind.RECEIPT, Kind.GIFT, Kind.CODE)

    @property
    def heeds_stop(self) -> bool:
        """True when a no of the address ends it; a receipt or a code was asked for after that no."""
        return self not in (Kind.RECEIPT, Kind.CODE)


class Status(StrEnum):
    """What became of a message."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Part(msgspec.Struct, frozen=True):
    """One time of a visit: the id names it in calendars for good, the sequence rises with every change."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    sequence: int
    called_off: bool = False


class VisitFacts(msgspec.Struct, frozen=True):
    """All that a message knows of a visit: its times, the appointment its link names, an offer's end."""

    parts: tuple[Part, ...]
    link_to: UUID
    held_until: datetime | None = None

    @property
    def coming(self) -> tuple[Part, ...]:
        """The times that stand, by start."""
        return tuple(sorted((one for one in self.parts if not one.called_off), key=lambda one: one.starts_at))


class ReceiptFacts(msgspec.Struct, frozen=True):
    """All that a message knows of a receipt: its link, when it was paid, whether money went back."""

    link_to: UUID
    paid_at: datetime
    went_back: bool = False


class GiftFacts(msgspec.Struct, frozen=True):
    """All that a message knows of a gift: its link, from whom and for whom; no code, no amount."""

    link_to: UUID
    giver: str
    recipient: str


class CodeFacts(msgspec.Struct, frozen=True):
    """All that a message knows of a one-time code: which one, and until when; not the code itself."""

    link_to: UUID
    expires_at: datetime


Facts: TypeAlias = VisitFacts | ReceiptFacts | GiftFacts | CodeFacts

FACTS_OF: dict[Kind, type[VisitFacts] | type[ReceiptFacts] | type[GiftFacts] | type[CodeFacts]] = {
    **dict.fromkeys(Kind, VisitFacts),
    Kind.RECEIPT: ReceiptFacts,
    Kind.GIFT: GiftFacts,
    Kind.CODE: CodeFacts,
}
"""What the facts of each kind of message are."""


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell one guest by one channel; after `useful_until` nobody needs it any more.

    No guest: somebody we do not know by name. It waits for `not_before`, when one is given.
    """

    location_id: UUID
    zone: ZoneInfo
    guest_id: UUID | None
    channel: Channel
    address: str
    kind: Kind
    subject_kind: str
    subject: UUID
    sequence: int
    facts: Facts
    useful_until: datetime
    not_before: datetime | None = None
    locale: str = "en"


def hidden_address(address: str) -> str:
    """An address as those may see it who need not know it: `i•••@example.org`, `••• 0123`."""
    name, at, host = address.partition("@")
    return f"{name[:1]}•••@{host}" if at else f"••• {address[-4:]}"
