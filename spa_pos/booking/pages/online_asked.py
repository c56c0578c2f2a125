"""What a guest chose so far, as it stands in the address; and the booking their browser has under way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response

from spa_pos.booking.pages.guest import GUEST_NAME
from spa_pos.booking.pages.online_views import Choice, Held
from spa_pos.booking.queries import Visit, needs_of
from spa_pos.booking.queries.online import OnlineView, online_booking
from spa_pos.booking.rules import ANYBODY, Needs, ProviderWish
from spa_pos.booking.rules.online import WARN_AT
from spa_pos.catalog.queries import MenuService, add_ons, menu
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Invalid, NotFound
from spa_pos.ledger.queries import Place, places
from spa_pos.messages.rules import online_token, read_online_token
from spa_pos.people.actions.doors import session_of
from spa_pos.people.pages.guest_door import guest_cookie
from spa_pos.people.pages.session import bare_shell, clock_of, cookie, request_id, settings_of
from spa_pos.people.queries import Group, groups
from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest
from spa_pos.web.forms import day_from, read_fields
from spa_pos.web.i18n import gettext as _
from spa_pos.web.i18n import ngettext
from spa_pos.web.security import check_csrf, csrf_token
from spa_pos.web.shell import Shell

GENDERS = ("woman", "man")
COOKIE_DAYS = 1

FORMS = "book"
"""What the tokens of these forms are tied to: a page that was open before a time was held still posts."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What was chosen: codes of the menu and of the group, whom with, and the day looked at."""

    service: MenuService
    add_ons: tuple[MenuService, ...] = ()
    group: Group | None = None
    wish: ProviderWish = ANYBODY
    day: date | None = None
    by_month: bool = False
    second: Group | None = None

    @property
    def groups(self) -> tuple[Group, ...]:
        """Of whoever books, and of whoever comes along."""
        return tuple(one for one in (self.group, self.second) if one is not None)

    @property
    def needs(self) -> Needs:
        """What it asks of a day."""
        return needs_of(self.service, self.add_ons)

    @property
    def ids(self) -> list[UUID]:
        """The service and its add-ons."""
        return [self.service.id, *(one.id for one in self.add_ons)]

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """What addresses and forms carry; nothing of it says who the guest is."""
        found = [("service", self.service.code)]
        if self.add_ons:
            found.append(("add", ".".join(one.code for one in self.add_ons)))
        if self.group is not None:
            found.append(("group", self.group.code))
        if self.second is not None:
            found.append(("second", self.second.code))
        with_whom = str(self.wish.provider) if self.wish.provider else self.wish.gender
        if with_whom:
            found.append(("with", with_whom))
        if self.day is not None:
            found.append(("date", self.day.isoformat()))
        if self.by_month:
            found.append(("view", "month"))
        return tuple(found)

    def href(self, path: str, **changes: Any) -> str:
        """An address with this choice, changed."""
        return f"{path}?{urlencode(replace(self, **changes).fields)}"

    @property
    def name(self) -> str:
        """Service and add-ons in words."""
        return i18n.listed(i18n.gettext(one.name) for one in (self.service, *self.add_ons))

    def choices(self, **links: str) -> tuple[Choice, ...]:
        """What was chosen, with where to change it."""
        minutes = ngettext("%(num)s minute", "%(num)s minutes", self.needs.minutes) % {
            "num": self.needs.minutes
        }
        found = [Choice(_("What"), f"{self.name} · {minutes}", "/book")]
        if self.group is not None:
            names = " + ".join(i18n.gettext(one.name) for one in self.groups)
            found.append(Choice(_("Who"), names, self.href("/book/who", day=None, by_month=False)))
        return tuple(found)


async def asked(fields: Sequence[tuple[str, str]]) -> Ask:
    """The choice that an address or a form carries.

    Raises:
        NotFound: `service-unknown`, `add-on-unknown` or `group-unknown`.
        Invalid: a day or a provider that cannot be read.
    """
    known: dict[str, str] = {}
    extras: list[str] = []
    for name, value in fields:
        if name == "add":
            extras += [code for code in value.split(".") if code]
        else:
            known.setdefault(name, value)
    service = next((one for one in await menu() if one.code == known.get("service")), None)
    if service is None:
        raise NotFound("service-unknown", "There is no such service. Choose one from the menu.")
    possible = {one.code: one for one in (await add_ons([service.id])).get(service.id, [])}
    if not set(extras) <= possible.keys():
        raise NotFound("add-on-unknown", "That add-on does not go with this service. Choose again.")
    everybody = {one.code: one for one in await groups()}
    group, second = (_group(everybody, known.get(name, "")) for name in ("group", "second"))
    day = day_from(known["date"], date.min) if known.get("date") else None
    chosen = tuple(possible[code] for code in dict.fromkeys(extras))
    wish, by_month = _wish(known.get("with", "")), known.get("view") == "month"
    return Ask(service, chosen, group, wish, day, by_month, second)


def _group(known: Mapping[str, Group], code: str) -> Group | None:
    if code and code not in known:
        raise NotFound("group-unknown", "Choose who you are to us.")
    return known.get(code)


def _wish(text: str) -> ProviderWish:
    if not text:
        return ProviderWish()
    if text in GENDERS:
        return ProviderWish(gender=text)
    try:
        return ProviderWish(provider=UUID(text))
    except ValueError:
        raise Invalid("link-unreadable", "This link names no provider. Go back and choose again.") from None


@dataclass(frozen=True, slots=True)
class Browser:
    """A guest's browser: where and when it asks, what it has under way, which address it proved."""

    request: AnyRequest
    place: Place
    now: datetime
    booking: OnlineView | None
    address: str | None

    @property
    def actor(self) -> Actor:
        """The guest, for actions."""
        where = self.place
        return Actor(GUEST_NAME, Role.FRONT_DESK, where.id, where.zone, request_id=request_id(self.request))

    @property
    def open(self) -> OnlineView | None:
        """The booking that is not finished."""
        return self.booking if self.booking is not None and not self.booking.is_booked else None

    @property
    def shell(self) -> Shell:
        """The frame of a page for this browser; after a POST it names no page that cannot be opened."""
        settings = settings_of(self.request)
        bare = bare_shell(settings, self.place, self.request, self.now)
        path = bare.path.replace("/book/hold", "/book")
        return replace(bare, csrf=csrf_token(settings.secret, FORMS), path=path)

    def proved(self) -> bool:
        """True when this browser proved the address of the booking."""
        person = self.open.person if self.open else None
        return person is not None and (self.address or "").lower() == person.email.lower()


def booking_cookie(request: AnyRequest) -> str:
    """The name of the cookie that carries a booking under way."""
    return f"{'__Host-' if settings_of(request).secure_cookies else ''}spa_booking"


async def browser_of(request: AnyRequest) -> Browser:
    """The browser behind a request."""
    now, where = clock_of(request)(), (await places())[0]
    token = request.cookies.get(booking_cookie(request), "")
    booking_id = read_online_token(settings_of(request).secret, token)
    booking = await online_booking(booking_id) if booking_id else None
    session = request.cookies.get(guest_cookie(request), "")
    found = await session_of(session, now=now) if session else None
    return Browser(request, where, now, booking, found[1] if found else None)


async def browser_posted(request: AnyRequest) -> tuple[Browser, dict[str, str]]:
    """The browser and the fields of a form it posted; its token is checked and taken out.

    Raises:
        NotAllowed: `form-foreign`.
        Invalid: the form cannot be read.
    """
    fields = await read_fields(request)
    browser = await browser_of(request)
    settings = settings_of(request)
    check_csrf(
        sent=fields.pop("csrf", ""),
        secret=settings.secret,
        bound_to=FORMS,
        headers=dict(request.headers),
        base_url=settings.base_url,
    )
    return browser, fields


def remember_booking(request: AnyRequest, answer: Response[Any], booking_id: UUID) -> None:
    """Let this browser find its booking again, for a day."""
    settings = settings_of(request)
    sealed = online_token(settings.secret, booking_id)
    made = cookie(settings, booking_cookie(request), sealed, days=COOKIE_DAYS)
    made.samesite = "lax"
    answer.set_cookie(made)


def held_of(browser: Browser, booking: OnlineView) -> Held:
    """How the time is held, as pages show it."""
    left = int(booking.hold.left(browser.now).total_seconds())
    until = booking.first.held_until or browser.now
    calls = tuple(
        (int(at.total_seconds()), _minutes_left(int(at.total_seconds()) // 60))
        for at in WARN_AT
        if at.total_seconds() < left
    )
    return Held(
        clock=i18n.clock(until.astimezone(browser.place.zone)),
        seconds_left=left,
        minutes_words=_minutes_left(max(1, -(-left // 60))),
        calls=calls,
        again_href=booking.path,
        appointment=str(booking.appointment_id) if left else None,
        may_extend=booking.hold.may_extend(browser.now),
    )


def _minutes_left(minutes: int) -> str:
    words = ngettext(
        "Your time is held for %(num)s more minute.", "Your time is held for %(num)s more minutes.", minutes
    )
    return words % {"num": minutes}


def when_words(visit: Visit, where: Place) -> str:
    """Day, clock and provider of a visit in words."""
    start, end = (moment.astimezone(where.zone) for moment in (visit.starts_at, visit.ends_at))
    return _("%(day)s, %(clock)s to %(until)s, with %(name)s") % {
        "day": i18n.day_long(start.date()),
        "clock": i18n.clock(start),
        "until": i18n.clock(end),
        "name": visit.provider_name.split()[0],
    }


def visit_choices(booking: OnlineView, where: Place) -> tuple[Choice, ...]:
    """What is held, in three lines."""
    first = booking.first
    seen = [first, *(one for one in booking.visits if one.id != first.id)]
    what = i18n.listed(i18n.gettext(name) for name in (first.service_name, *(o.name for o in first.add_ons)))
    return (
        Choice(_("What"), what, "/book"),
        Choice(_("Who"), " + ".join(i18n.gettext(one.group_name) for one in seen), None),
        Choice(_("When"), when_words(first, where), booking.path),
        *(Choice(_("Beside you"), when_words(one, where), None) for one in seen[1:]),
    )


def reason_words(code: str | None, group_name: str) -> str:
    """Why a price is lower than the list price, in the guest's language."""
    if code is None:
        return ""
    name = {"group": i18n.gettext(group_name)}
    if code.startswith("standby:"):
        return _("%(group)s price of the same day") % name
    return _("%(group)s price") % name
