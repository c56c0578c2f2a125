"""The words of a message: time, place and a link, and nothing that says what for (DOMAIN.md §7.33)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.ledger.queries import Place
from spa_pos.messages.rules import (
    Kind,
    Organizer,
    VisitFacts,
    Where,
    enter_token,
    gift_token,
    invitation,
    receipt_token,
    stop_token,
    visit_token,
)
from spa_pos.web import i18n
from spa_pos.web.i18n import gettext as _
from spa_pos.web.templates import render_words


@dataclass(frozen=True, slots=True)
class Writer:
    """What the program adds to the facts: its address, its secret, and whom mails come from."""

    base_url: str
    secret: str
    mail_from: tuple[str, str]

    def visit_link(self, appointment_id: UUID) -> str:
        """The guest's own page of a visit."""
        return f"{self.base_url}/visits/{visit_token(self.secret, appointment_id)}"

    def stop_link(self, message_id: UUID) -> str:
        """Where a guest says stop."""
        return f"{self.base_url}/stop/{stop_token(self.secret, message_id)}"

    def receipt_link(self, link_id: UUID) -> str:
        """Where a guest sees a receipt."""
        return f"{self.base_url}/receipts/{receipt_token(self.secret, link_id)}"

    def gift_link(self, delivery_id: UUID) -> str:
        """Where a gift card is handed over; who has it has the card."""
        return f"{self.base_url}/gifts/{gift_token(self.secret, delivery_id)}"

    def enter_link(self, code_id: UUID) -> str:
        """Where a guest opens their own page without typing the code."""
        return f"{self.base_url}/me/enter/{enter_token(self.secret, code_id)}"

    def organizer(self, name: str) -> Organizer:
        """Who invites, under the name of a location."""
        return Organizer(name, self.mail_from[1])


@dataclass(frozen=True, slots=True)
class TimeLine:
    """One time of a visit in words."""

    day: str
    clock: str
    until: str
    machine: str


@dataclass(frozen=True, slots=True)
class MailPage:
    """`messages/visit.html` and `.txt`: what a mail says."""

    title: str
    lead: str
    times: tuple[TimeLine, ...]
    place_name: str
    address: str
    phone: str
    link: str
    link_word: str
    closing: str
    stop_link: str


@dataclass(frozen=True, slots=True)
class Words:
    """A message as it goes out; calendars are named by their method."""

    title: str
    text: str
    html: str | None
    calendars: tuple[tuple[str, bytes], ...]


def mail_words(
    writer: Writer,
    kind: Kind,
    facts: VisitFacts,
    place: Place,
    *,
    message_id: UUID,
    address: str,
    locale: str,
    made_at: datetime,
) -> Words:
    """A mail: subject, text, HTML, and an invitation for each time."""
    with i18n.in_locale(locale):
        title, lead = _TITLES[kind]()
        page = MailPage(
            title=title,
            lead=lead if facts.held_until is None else held_words(facts.held_until, place),
            times=times_of(facts, place),
            place_name=place.name,
            address=place.address,
            phone=place.phone,
            link=writer.visit_link(facts.link_to),
            link_word=_link_word(kind),
            closing=_closing(kind) % {"phone": place.phone},
            stop_link=writer.stop_link(message_id),
        )
        summary = visit_title(place)
        invites = () if kind in (Kind.OFFER, Kind.REMINDER) else facts.parts
        calendars = tuple(
            (
                "CANCEL" if part.called_off else "REQUEST",
                invitation(
                    part,
                    Where(place.name, place.address, place.zone),
                    writer.organizer(place.name),
                    title=summary,
                    link=page.link,
                    guest=address,
                    made_at=made_at,
                ),
            )
            for part in invites
        )
        text = render_words("messages/visit.txt", page, locale)
        return Words(title, text, render_words("messages/visit.html", page, locale), calendars)


def text_words(writer: Writer, kind: Kind, facts: VisitFacts, place: Place, *, locale: str) -> Words:
    """A text: one line with time, place and link."""
    with i18n.in_locale(locale):
        title, _lead = _TITLES[kind]()
        first = times_of(facts, place)[:1]
        when = f" {first[0].day}, {first[0].clock}." if first else ""
        held = f" {_held_by_phone(facts.held_until, place)}" if facts.held_until else ""
        line = f"{place.name}: {title}.{when}{held} {writer.visit_link(facts.link_to)}"
        return Words(title, line, None, ())


def visit_title(place: Place) -> str:
    """What stands in a guest's calendar."""
    return _("Visit at %(place)s") % {"place": place.name}


def times_of(facts: VisitFacts, place: Place) -> tuple[TimeLine, ...]:
    """The times of a visit in words, those that stand or else all of them."""
    shown = facts.coming or facts.parts
    found = []
    for part in sorted(shown, key=lambda one: one.starts_at):
        start, end = part.starts_at.astimezone(place.zone), part.ends_at.astimezone(place.zone)
        found.append(
            TimeLine(i18n.day_long(start.date()), i18n.clock(start), i18n.clock(end), start.isoformat())
        )
    return tuple(found)


def held_words(until: datetime, place: Place) -> str:
    """Until when a time is kept, and how to take it."""
    words = _("We hold this time for you until %(clock)s on %(day)s. Take it here, or call us at %(phone)s.")
    return words % _until(until, place)


def _held_by_phone(until: datetime, place: Place) -> str:
    words = _("Held for you until %(clock)s on %(day)s. Call %(phone)s, or answer here:")
    return words % _until(until, place)


def _until(until: datetime, place: Place) -> dict[str, str]:
    local = until.astimezone(place.zone)
    return {"clock": i18n.clock(local), "day": i18n.day_long(local.date()), "phone": place.phone}


def _link_word(kind: Kind) -> str:
    if kind is Kind.OFFER:
        return _("Take this time or say no")
    return _("Confirm or see your visit") if kind is Kind.REMINDER else _("See your visit")


def _closing(kind: Kind) -> str:
    """What a guest can still do, and what for they call; with the place of a telephone number in it."""
    if kind is Kind.CANCELLATION:
        return _("For another time, or if this was a mistake, call us at %(phone)s.")
    if kind is Kind.OFFER:
        return _("If you do nothing, we offer it to somebody else. Questions? Call us at %(phone)s.")
    if kind is Kind.REMINDER:
        return _("If you cannot come, tell us there, or call us at %(phone)s.")
    return _("You can move or cancel it there, or call us at %(phone)s.")


_TITLES: dict[Kind, Callable[[], tuple[str, str]]] = {
    Kind.CONFIRMATION: lambda: (_("Your visit is booked"), _("We look forward to seeing you.")),
    Kind.CHANGE: lambda: (_("Your visit has changed"), _("This is when we expect you now.")),
    Kind.CANCELLATION: lambda: (
        _("Your visit is cancelled"),
        _("You need not do anything. We hope to see you another time."),
    ),
    Kind.REMINDER: lambda: (
        _("Your visit is coming up"),
        _("Let us know with one tap that you will be there."),
    ),
    Kind.OFFER: lambda: (_("A time has become free for you"), ""),
}
