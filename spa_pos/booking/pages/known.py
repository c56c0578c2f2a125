"""What a booking knows so far: carried by links, and by the hidden fields of its forms."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.pages.views import Context, new_booking_href
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.time import instant, local_date
from spa_pos.web.forms import day_from, uuid_from


@dataclass(frozen=True, slots=True)
class Known:
    """The answers given so far to day, provider, time, guest and service.

    `move` names a visit that is to be moved.
    """

    day: date
    provider: UUID | None = None
    at: time | None = None
    guest: UUID | None = None
    service: UUID | None = None
    move: UUID | None = None

    @property
    def at_words(self) -> str | None:
        """The local clock face, `14:15`."""
        return f"{self.at:%H:%M}" if self.at else None

    @property
    def context(self) -> Context:
        """The hidden fields of a form."""
        return Context(
            self.day.isoformat(),
            str(self.provider or ""),
            self.at_words or "",
            str(self.guest or ""),
            str(self.service or ""),
        )

    def wanted(self, zone: ZoneInfo) -> datetime | None:
        """The instant asked for, when a time is known.

        Raises:
            Invalid: `time-skipped`.
        """
        return instant(self.day, self.at, zone) if self.at else None

    @property
    def href(self) -> str:
        """A link that goes on with this booking."""
        if self.move is not None:
            return new_booking_href(date=self.day, provider=self.provider, at=self.at_words, move=self.move)
        return new_booking_href(
            date=self.day, provider=self.provider, at=self.at_words, guest=self.guest, service=self.service
        )


def known_from(
    now: datetime,
    zone: ZoneInfo,
    *,
    day: str | None = None,
    provider: str | None = None,
    at: str | None = None,
    guest: str | None = None,
    service: str | None = None,
) -> Known:
    """Read the answers from a link or a form; an empty day means today.

    Raises:
        Invalid: `date-unreadable`, `time-unreadable` or `link-unreadable`.
    """
    clock_face = None
    if at:
        try:
            clock_face = time.fromisoformat(at) if len(at) == 5 else None
        except ValueError:
            clock_face = None
        if clock_face is None:
            raise Invalid("time-unreadable", "That is not a time. Times look like 14:15.", field="at")
    return Known(
        day_from(day, local_date(now, zone)),
        uuid_from(provider, "provider"),
        clock_face,
        uuid_from(guest, "guest"),
        uuid_from(service, "service"),
    )
