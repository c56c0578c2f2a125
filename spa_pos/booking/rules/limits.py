"""How much hands-on work a provider may be booked for (DOMAIN.md §4, §7.28)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from spa_pos.booking.rules.supply import Interval, ProviderSupply


def limit_passed(supply: ProviderSupply, starts_at: datetime, minutes: int) -> str | None:
    """Which limit one more hands-on session would pass, as a sentence; None when it passes none."""
    limits = supply.limits
    if limits is None:
        return None
    today = minutes + sum(_minutes(session) for session in supply.sessions)
    if today > limits.day_minutes:
        most = _hours(limits.day_minutes)
        return f"{supply.name} would have {_hours(today)} hands-on that day; the limit is {most}."
    if today + supply.week_minutes > limits.week_minutes:
        week = _hours(today + supply.week_minutes)
        return (
            f"{supply.name} would have {week} hands-on that week; the limit is {_hours(limits.week_minutes)}."
        )
    if len(supply.sessions) < limits.most_in_a_row:
        return None
    pause = timedelta(minutes=limits.break_minutes)
    new = (starts_at, starts_at + timedelta(minutes=minutes))
    if row_with(new, supply.sessions, pause) > limits.most_in_a_row:
        return (
            f"{supply.name} would have more than {limits.most_in_a_row} in a row"
            f" without a break of {limits.break_minutes} min."
        )
    return None


def row_with(new: tuple[Any, Any], sessions: Sequence[tuple[Any, Any]], pause: Any) -> int:
    """How many sessions follow one another without a pause in the row that a new one would be in.

    Instants with a timedelta, or minutes.
    """
    row: list[tuple[Any, Any]] = []
    last = None
    for session in sorted([*sessions, new]):
        if last is not None and session[0] - last >= pause:
            if new in row:
                break
            row = []
            last = None
        row.append(session)
        last = session[1] if last is None else max(last, session[1])
    return len(row)


def _minutes(session: Interval) -> int:
    return int((session[1] - session[0]).total_seconds()) // 60


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
