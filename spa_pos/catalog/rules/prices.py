"""The price for who the guest is and when they come (DOMAIN.md §7.2-7.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents, format_rate, percent_of
from spa_pos.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price of one service from a day on; no group means the list price."""

    group: str | None
    price_cents: Cents
    valid_from: date


@dataclass(frozen=True, slots=True)
class StandbyRule:
    """The same-day reduction of one group, not bookable before an hour of that day."""

    group: str
    reduction_ppm: int
    not_before: time
    valid_from: date


@dataclass(frozen=True, slots=True)
class Quote:
    """A price with the reason of its reduction; list price and price are equal without one."""

    list_cents: Cents
    price_cents: Cents
    reduction_code: str | None = None
    reduction_name: str | None = None

    @property
    def reduction_cents(self) -> Cents:
        """What the guest saves."""
        return Cents(self.list_cents - self.price_cents)


def quote(
    prices: Sequence[PriceRow],
    standby: Sequence[StandbyRule],
    *,
    group: str,
    group_name: str,
    starts_at: datetime,
    booked_at: datetime,
    zone: ZoneInfo,
) -> Quote:
    """The lowest price that the group and the moment of booking allow; reductions do not stack.

    Standby holds when the visit is on the local day of booking and is booked at or after the
    rule's hour. A price in force is the newest row that has begun on the day of the visit.

    Raises:
        Invalid: `price-missing` when the service has no list price on that day.
    """
    day = local_date(starts_at, zone)
    listed = _in_force(prices, None, day)
    if listed is None:
        raise Invalid("price-missing", "This service has no price on that day. Ask a manager to set one.")
    best = group_price(prices, listed, group=group, group_name=group_name, day=day)
    booked_local = booked_at.astimezone(zone)
    if booked_local.date() == day:
        for rule in _standby_in_force(standby, group, day):
            if booked_local.time() >= rule.not_before:
                reduced = Cents(listed - percent_of(listed, rule.reduction_ppm))
                if reduced < best.price_cents:
                    percent = format_rate(rule.reduction_ppm)
                    best = Quote(
                        listed,
                        reduced,
                        f"standby:{group}",
                        f"Same-day {group_name.lower()} price, {percent} off",
                    )
    return best


def group_price(
    prices: Sequence[PriceRow], listed: Cents, *, group: str, group_name: str, day: date
) -> Quote:
    """What a group pays on a day, never more than others."""
    own = _in_force(prices, group, day)
    if own is None or own >= listed:
        return Quote(listed, listed)
    return Quote(listed, own, f"group:{group}", f"{group_name} price")


def _in_force(prices: Sequence[PriceRow], group: str | None, day: date) -> Cents | None:
    rows = [row for row in prices if row.group == group and row.valid_from <= day]
    return max(rows, key=lambda row: row.valid_from).price_cents if rows else None


def _standby_in_force(rules: Sequence[StandbyRule], group: str, day: date) -> list[StandbyRule]:
    rows = [row for row in rules if row.group == group and row.valid_from <= day]
    return [max(rows, key=lambda row: row.valid_from)] if rows else []
