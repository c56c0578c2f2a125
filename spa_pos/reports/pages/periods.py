"""Periods of reports: read from a link, offered in one tap."""

from collections.abc import Callable
from datetime import date, timedelta

from spa_pos.kernel.errors import Invalid
from spa_pos.reports.pages.bridge_views import Preset
from spa_pos.web.forms import day_from

LONGEST_DAYS = 366


def period(since: str | None, until: str | None, today: date) -> tuple[date, date]:
    """The days of a link, both included; today when it names none.

    Raises:
        Invalid: `date-unreadable`, `dates-turned`, `period-too-long`.
    """
    last = day_from(until, day_from(since, today) if since and not until else today)
    first = day_from(since, last)
    if last < first:
        raise Invalid("dates-turned", "The period ends before it begins. Turn the dates round.", field="to")
    if (last - first).days >= LONGEST_DAYS:
        raise Invalid(
            "period-too-long", "Choose at most a year. Longer periods are in the books.", field="to"
        )
    return first, last


Choice = tuple[str, date, date]
"""A period in words, with its first and last day."""


def usual_choices(today: date) -> tuple[Choice, ...]:
    """Today, yesterday, this week from Monday, this month, last month."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return (
        ("Today", today, today),
        ("Yesterday", today - timedelta(days=1), today - timedelta(days=1)),
        ("This week", today - timedelta(days=today.weekday()), today),
        ("This month", month, today),
        ("Last month", before.replace(day=1), before),
    )


def presets(first: date, last: date, today: date, href: Callable[[date, date], str]) -> tuple[Preset, ...]:
    """The usual periods in one tap each."""
    return tuple(Preset(words, href(a, b), (a, b) == (first, last)) for words, a, b in usual_choices(today))
