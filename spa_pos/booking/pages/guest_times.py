"""Other times for a visit as a guest sees them: days, times of a day, and the one that was chosen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from spa_pos.booking.pages.guest import Linked, phone_href, problem_for, times_shown
from spa_pos.booking.pages.guest_views import DayLink, GuestTimesPage, NewTime, TimeLink, TimesOfDay
from spa_pos.kernel.errors import Conflict, Refusal
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.ledger.queries import Place
from spa_pos.messages.flows import TimeLine
from spa_pos.web import i18n
from spa_pos.web.i18n import gettext as _

SHOWN_DAYS = 7
SEARCHED_DAYS = 14
NOON, EVENING = time(12), time(17)


@dataclass(frozen=True, slots=True)
class Times:
    """What a visit could be moved to: each day that was looked at in words (None when it is full).

    `starts` are the times of the day that is shown.
    """

    shown: date
    first: date
    last: date
    days: Mapping[date, str | None]
    starts: Sequence[datetime]
    chosen_at: datetime | None
    chosen: NewTime | None


def period(day: date | None, first: date, last: date) -> tuple[date, date]:
    """The days to look at: from the one that was asked for, or from the first."""
    begin = min(max(day, first), last) if day else first
    return begin, min(begin + timedelta(days=SEARCHED_DAYS - 1), last)


def times_page(
    one: Linked,
    found: Times,
    *,
    wanted: datetime | None,
    problem: Refusal | None = None,
    together_words: str | None = None,
) -> GuestTimesPage:
    """The page of other times; `wanted` is the time that was asked for."""
    if wanted and found.chosen is None and problem is None:
        problem = Conflict("time-not-offered", "This time cannot be booked here.")
    shown = found.shown
    week = [shown + timedelta(days=ahead) for ahead in range(SHOWN_DAYS)]
    after = next((each for each, words in found.days.items() if words and each > shown), None)
    return GuestTimesPage(
        now=times_shown(one),
        day_name=i18n.day_long(shown),
        days=tuple(_day(one, found, each) for each in week if each <= found.last),
        earlier_href=_href(one, max(shown - timedelta(days=SHOWN_DAYS), found.first))
        if shown > found.first
        else None,
        later_href=_href(one, week[-1] + timedelta(days=1)) if week[-1] < found.last else None,
        parts=_parts(one, found),
        next_free=None if found.starts or after is None else (i18n.day_long(after), _href(one, after)),
        chosen=found.chosen,
        action=f"{one.path}/times",
        back_href=one.path,
        phone=one.place.phone,
        phone_href=phone_href(one.place),
        together_words=together_words,
        problem=problem_for(problem) if problem else None,
    )


def _href(one: Linked, day: date, starts_at: datetime | None = None) -> str:
    query = {"date": day.isoformat()} | ({"at": starts_at.isoformat()} if starts_at else {})
    return f"{one.path}/times?{urlencode(query)}"


def _day(one: Linked, found: Times, day: date) -> DayLink:
    words = found.days.get(day, _("Look"))
    if words is None:
        return DayLink(i18n.day_short(day), _("Full"), None, day == found.shown)
    return DayLink(i18n.day_short(day), words, _href(one, day), day == found.shown)


def _parts(one: Linked, found: Times) -> tuple[TimesOfDay, ...]:
    names = (_("Morning"), _("Afternoon"), _("Evening"))
    rows: tuple[list[TimeLink], ...] = ([], [], [])
    starts = [start.astimezone(one.place.zone) for start in found.starts]
    faces = Counter(i18n.clock(local) for local in starts)
    for local in starts:
        face = local.time()
        index = 0 if face < NOON else 1 if face < EVENING else 2
        clock = i18n.clock(local)
        told = f"{clock} {local.tzname()}" if faces[clock] > 1 else clock
        sentence = _("%(clock)s on %(day)s") % {"clock": told, "day": i18n.day_long(local.date())}
        href = _href(one, found.shown, local.astimezone(UTC))
        rows[index].append(TimeLink(told, sentence, href, local == found.chosen_at))
    return tuple(TimesOfDay(name, tuple(row)) for name, row in zip(names, rows, strict=True) if row)


def time_line(starts_at: datetime, ends_at: datetime, where: Place) -> TimeLine:
    """A time in words."""
    start, end = starts_at.astimezone(where.zone), ends_at.astimezone(where.zone)
    return TimeLine(i18n.day_long(start.date()), i18n.clock(start), i18n.clock(end), start.isoformat())


def price_words(before: Cents, price: Cents) -> str:
    """What a visit would cost, and what it costs now when that is something else."""
    if price == before:
        return _("The price stays %(price)s.") % {"price": format_usd(price)}
    return _("The price becomes %(price)s instead of %(before)s: prices of that time differ.") % {
        "price": format_usd(price),
        "before": format_usd(before),
    }
