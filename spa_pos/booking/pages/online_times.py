"""Booking online, the third screen: when. The open times of the desk, in the window of the group."""

from calendar import Calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from spa_pos.booking.pages.guest_views import DayLink
from spa_pos.booking.pages.online_asked import Ask, Browser, reason_words
from spa_pos.booking.pages.online_views import Month, MonthDay, Option, PartOfDay, TimeButton
from spa_pos.booking.queries import Window, booking_window, calendar, offered_needs
from spa_pos.booking.rules import (
    DayCalendar,
    DaySupply,
    Needs,
    PartyNeeds,
    Plan,
    ProviderWish,
    Wish,
    best_plans,
    best_times,
    has_plan,
    open_plans,
    open_times,
)
from spa_pos.booking.rules.guests import in_window
from spa_pos.catalog.queries import quotes
from spa_pos.catalog.rules import Quote
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place
from spa_pos.people.queries import Group, providers
from spa_pos.web import i18n
from spa_pos.web.i18n import gettext as _
from spa_pos.web.i18n import ngettext

SHOWN_DAYS = 7
SEARCHED_DAYS = 31
NOON, EVENING = time(12), time(17)
APART = timedelta(minutes=30)
"""Good times lie at least so far from one another: two that are nearly the same are no choice."""


@dataclass(frozen=True, slots=True)
class Free:
    """What can be booked around a day: the plans of the day that is shown, and how many times each has."""

    ask: Ask
    group: Group
    where: Place
    now: datetime
    plans: Sequence[Plan]
    days: Mapping[date, int]
    shown: date
    first: date
    last: date
    prices: Sequence[tuple[Group, Sequence[Quote]]]
    closed: frozenset[date]
    offered: Sequence[Needs]

    @property
    def cents(self) -> Cents:
        """What it costs on the day that is shown."""
        return Cents(sum(one.price_cents for _group, own in self.prices for one in own))

    @property
    def next_free(self) -> date | None:
        """The first day after the one shown that has a time."""
        return next((day for day, count in self.days.items() if count and day > self.shown), None)


async def free_times(browser: Browser, ask: Ask, group: Group) -> Free:
    """The times around the day that is looked at; without one, from the first day on that has any.

    What the browser holds itself does not stand in its way.

    Raises:
        Conflict: `not-online` when the service or its price cannot be booked here.
    """
    where, now = browser.place, browser.now
    window = await booking_window(where.id, ask.service.id, group.code)
    if window is None:
        raise Conflict("not-online", "This cannot be booked here. Call us, and we look together.")
    first, last = (local_date(now + ahead, where.zone) for ahead in (window.lead, window.horizon))
    begin = min(max(ask.day, first), last) if ask.day else first
    if ask.by_month:
        begin = max(begin.replace(day=1), first)
    end = min(begin + timedelta(days=SEARCHED_DAYS - 1), last)
    own = [one.id for one in browser.open.visits] if browser.open else []
    found = {one.day: one for one in await calendar(where.id, where.zone, begin, end, now=now, without=own)}
    days = {day: _count(ask, one, window, now) for day, one in found.items()}
    wanted = min(max(ask.day, first), last) if ask.day else None
    shown = wanted or next((day for day, count in days.items() if count), begin)
    plans = _plans(ask, found[shown].supply(), window, now)
    noon = datetime.combine(shown, NOON, where.zone)
    starts_at = plans[0].starts_at if plans else noon
    prices = [(one, await _prices(where, ask, one, starts_at, now)) for one in ask.groups]
    closed = frozenset(day for day, one in found.items() if one.open is None)
    offered = await offered_needs()
    return Free(ask, group, where, now, plans, days, shown, first, last, prices, closed, offered)


def _count(ask: Ask, day: DayCalendar, window: Window, now: datetime) -> int:
    """How many times a day has; for two, whether it has any."""

    def fits(starts: Sequence[datetime]) -> bool:
        return in_window(min(starts), window.lead, window.horizon, now=now)

    if ask.second is not None:
        return int(has_plan(side_by_side(ask), day, now=now, fits=fits))
    return sum(fits([start]) for start in day.begin_times(ask.needs, now=now, wish=ask.wish))


def _plans(ask: Ask, supply: DaySupply, window: Window, now: datetime) -> list[Plan]:
    """The times of a day, earliest first, each start once."""
    if ask.second is not None:
        return [
            plan
            for plan in open_plans(side_by_side(ask), supply, now=now)
            if in_window(plan.starts_at, window.lead, window.horizon, now=now)
        ]
    offered: dict[datetime, Plan] = {}
    for slot in open_times(ask.needs, supply, now=now, wish=ask.wish):
        if in_window(slot.starts_at, window.lead, window.horizon, now=now):
            offered.setdefault(slot.starts_at, Plan((slot,)))
    return [offered[start] for start in sorted(offered)]


def side_by_side(ask: Ask) -> PartyNeeds:
    """The same for two guests at once; whom the first one asks for by name cannot serve both."""
    other = ProviderWish(gender=ask.wish.gender)
    return PartyNeeds((Wish(0, ask.needs, ask.wish), Wish(1, ask.needs, other)))


async def _prices(where: Place, ask: Ask, group: Group, starts_at: datetime, now: datetime) -> list[Quote]:
    found = await quotes(where.id, where.zone, ask.ids, group, starts_at=starts_at, booked_at=now)
    if len(found) < len(set(ask.ids)):
        raise Conflict("not-online", "This cannot be booked here. Call us, and we look together.")
    return [found[one] for one in ask.ids]


def price_words(free: Free) -> str:
    """What it costs on the day that is shown, and why."""
    price = format_usd(free.cents)
    listed = Cents(sum(one.list_cents for _group, own in free.prices for one in own))
    reasons = [reason_words(one.reduction_code, group.name) for group, own in free.prices for one in own]
    reason = i18n.listed(dict.fromkeys(one for one in reasons if one))
    if not reason:
        return _("%(price)s plus tax") % {"price": price}
    return _("%(price)s plus tax instead of %(list)s: %(reason)s") % {
        "price": price,
        "list": format_usd(listed),
        "reason": reason,
    }


def best_buttons(free: Free) -> tuple[TimeButton, ...]:
    """Times of the day worth proposing, with the reason in words."""
    plans = free.plans
    found: list[TimeButton] = []
    for plan in _best(free, plans):
        soonest = plan.starts_at == plans[0].starts_at
        reason = _("The soonest") if soonest else _("Fits well between other visits")
        found.append(_button(free, plan, i18n.clock(_local(free, plan)), reason))
    return tuple(found)


def _best(free: Free, plans: Sequence[Plan]) -> list[Plan]:
    if free.ask.second is not None:
        return [
            one.plan
            for one in best_plans(plans, side_by_side(free.ask), free.offered, wanted=None, apart=APART)
        ]
    slots = [plan.slots[0] for plan in plans]
    best = best_times(slots, free.ask.needs, free.offered, wanted=None, apart=APART)
    return [Plan((one.slot,)) for one in best]


def parts_of_day(free: Free) -> tuple[PartOfDay, ...]:
    """Every time of the day that is shown; an hour that comes twice says which of both it is."""
    plans = free.plans
    rows: tuple[list[TimeButton], ...] = ([], [], [])
    faces = Counter(i18n.clock(_local(free, plan)) for plan in plans)
    for plan in plans:
        local = _local(free, plan)
        clock = i18n.clock(local)
        told = f"{clock} {local.tzname()}" if faces[clock] > 1 else clock
        face = local.time()
        rows[0 if face < NOON else 1 if face < EVENING else 2].append(_button(free, plan, told))
    names = (_("Morning"), _("Afternoon"), _("Evening"))
    return tuple(PartOfDay(name, tuple(row)) for name, row in zip(names, rows, strict=True) if row)


def _local(free: Free, plan: Plan) -> datetime:
    return plan.starts_at.astimezone(free.where.zone)


def _button(free: Free, plan: Plan, clock: str, reason: str = "") -> TimeButton:
    names = [slot.provider.name.split()[0] for slot in plan.slots]
    name = _("%(name)s and %(other)s") % {"name": names[0], "other": names[1]} if names[1:] else names[0]
    told = {"clock": clock, "day": i18n.day_long(_local(free, plan).date()), "name": name}
    sentence = _("%(clock)s on %(day)s with %(name)s") % told
    who = "~".join(str(slot.provider.staff_id) for slot in plan.slots)
    cents = "~".join(str(sum(one.price_cents for one in own)) for _group, own in free.prices)
    value = f"{plan.starts_at:%Y%m%dT%H%M}Z.{who}.{cents}"
    return TimeButton(clock, sentence, value, reason, _("with %(name)s") % told)


def day_links(free: Free) -> tuple[DayLink, ...]:
    """A week of days from the one shown."""
    week = [free.shown + timedelta(days=ahead) for ahead in range(SHOWN_DAYS)]
    return tuple(_day(free, day) for day in week if day <= free.last)


def _day(free: Free, day: date) -> DayLink:
    href = href_of(free, day) if free.days.get(day) or day not in free.days else None
    return DayLink(i18n.day_short(day), day_words(free, day), href, day == free.shown)


def day_words(free: Free, day: date) -> str:
    """How much a day has: `4 times` (`Free` for two), `Full`, `Closed`, or `Look` where nobody has looked."""
    if day not in free.days:
        return _("Look")
    if day in free.closed:
        return _("Closed")
    count = free.days[day]
    if count and free.ask.second is not None:
        return _("Free")
    return ngettext("%(num)s time", "%(num)s times", count) % {"num": count} if count else _("Full")


def none_words(free: Free) -> str:
    """Why the day that is shown has no times."""
    if free.shown in free.closed:
        return _("The spa is closed on this day.")
    if free.ask.wish.kind != "any":
        return _("Whom you ask for has no time on this day.")
    return _("No time is free on this day.")


def month_of(free: Free) -> Month:
    """The month of the day that is shown: which days have times."""
    start = free.shown.replace(day=1)
    following = (start + timedelta(days=31)).replace(day=1)
    weeks = Calendar(i18n.first_weekday()).monthdatescalendar(start.year, start.month)
    return Month(
        name=i18n.month(start),
        weekdays=tuple((i18n.weekday(day), i18n.weekday_long(day)) for day in weeks[0]),
        weeks=tuple(
            tuple(_cell(free, day) if day.month == start.month else None for day in week) for week in weeks
        ),
        earlier_href=_month_href(free, start - timedelta(days=1)) if start > free.first else None,
        later_href=_month_href(free, following) if following <= free.last else None,
    )


def _month_href(free: Free, day: date) -> str:
    return free.ask.href("/book/when", day=day.replace(day=1), by_month=True)


def _cell(free: Free, day: date) -> MonthDay:
    if day not in free.days:
        return MonthDay(day.day, _("cannot be booked here"), None, False)
    href = href_of(free, day) if free.days[day] else None
    return MonthDay(day.day, day_words(free, day), href, day == free.shown)


def href_of(free: Free, day: date) -> str:
    """The times of another day."""
    return free.ask.href("/book/when", day=day, by_month=False)


def wait_options() -> tuple[Option, ...]:
    """For how long a guest may wait where nothing is free; see `online_wait.LONGER`."""
    pairs = (
        ("day", _("On this day alone")),
        ("week", _("Any day of the week from then on")),
        ("fortnight", _("Any day of the two weeks from then on")),
    )
    return tuple(Option(value, words, value == "week") for value, words in pairs)


async def wishes(browser: Browser, ask: Ask) -> tuple[Option, ...]:
    """Whom a guest may ask for: anybody, a woman, a man, or one of those who work here."""
    everybody = await providers(browser.place.id)
    known = {one.id for one in everybody}
    if ask.wish.provider is not None and ask.wish.provider not in known:
        raise NotFound("provider-unknown", "That provider does not work here. Choose another.")
    chosen = str(ask.wish.provider) if ask.wish.provider else ask.wish.gender or ""
    pairs = [
        ("", _("Anybody")),
        ("woman", _("A woman")),
        ("man", _("A man")),
        *((str(one.id), one.name) for one in everybody),
    ]
    return tuple(Option(value, name, value == chosen) for value, name in pairs)
