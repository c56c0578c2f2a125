"""Calendar invitations that update and cancel themselves (RFC 5545, RFC 5546)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from spa_pos.messages.rules.facts import Part

PRODUCT = "-//Rejuvenate Spa//spa_pos//EN"


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a visit: its name, its address, its zone."""

    name: str
    address: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Organizer:
    """Who invites."""

    name: str
    email: str


def invitation(
    part: Part, where: Where, by: Organizer, *, title: str, link: str, guest: str, made_at: datetime
) -> bytes:
    """One time of a visit as an iTIP message: REQUEST while it stands, CANCEL once it is called off.

    The UID stays for the life of the appointment and the SEQUENCE rises, so a calendar moves the entry
    it has.
    """
    calendar = _calendar("CANCEL" if part.called_off else "REQUEST", where, part.starts_at.year)
    event = _event(part, where, by, title=title, link=link, made_at=made_at)
    attendee = _person(guest, guest)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    attendee.params["RSVP"] = vText("FALSE")
    event["attendee"] = attendee
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def entries(
    parts: Sequence[Part], where: Where, by: Organizer, *, title: str, link: str, made_at: datetime
) -> bytes:
    """The times of a visit as a file of plain entries, for a guest to add by hand."""
    calendar = _calendar("PUBLISH", where, parts[0].starts_at.year)
    for part in parts:
        calendar.add_component(_event(part, where, by, title=title, link=link, made_at=made_at))
    content: bytes = calendar.to_ical()
    return content


def _calendar(method: str, where: Where, year: int) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_timezone(where.zone.key, year))
    return calendar


def _event(part: Part, where: Where, by: Organizer, *, title: str, link: str, made_at: datetime) -> Event:
    event = Event()
    event.add("uid", str(part.id))
    event.add("sequence", part.sequence)
    event.add("dtstamp", made_at)
    event.add("dtstart", part.starts_at.astimezone(where.zone))
    event.add("dtend", part.ends_at.astimezone(where.zone))
    event.add("summary", title)
    event.add("location", f"{where.name}, {where.address}")
    event.add("status", "CANCELLED" if part.called_off else "CONFIRMED")
    event.add("url", link)
    event.add("description", link)
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    event["organizer"] = _person(by.email, by.name)
    return event


def _person(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name)
    return address


@lru_cache(maxsize=64)
def _timezone(key: str, year: int) -> Timezone:
    """The rules of a zone around a year; a calendar that does not know the zone reads them."""
    first, last = datetime(year - 1, 1, 1).date(), datetime(year + 2, 1, 1).date()  # noqa: DTZ001 - days
    return Timezone.from_tzid(key, first_date=first, last_date=last)
