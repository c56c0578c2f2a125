"""What the register goes by: limits, tip choices, promo codes, and what was given away so far."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.checkout.rules import STANDARD_TERMS, PromoTerms, Terms
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds, local_date


@dataclass(frozen=True, slots=True)
class Promo:
    """A promo code with how often it was used."""

    id: UUID
    code: str
    terms: PromoTerms
    uses: int


async def register_terms(location_id: UUID) -> Terms:
    """The limits and choices of a location."""
    row = await fetch_one(
        "SELECT desk_discount_ppm, desk_discount_cents, desk_day_cents, manager_discount_ppm,"
        " manager_day_cents, manager_override_ppm, tip_choices_ppm, tip_small_cents, tip_fixed,"
        " pay_period_from, pay_period_days FROM register_terms WHERE location = $1",
        location_id,
    )
    if row is None:
        return STANDARD_TERMS
    values = dict(row)
    choices, fixed = tuple(values.pop("tip_choices_ppm")), tuple(values.pop("tip_fixed"))
    return Terms(**values, tip_choices_ppm=choices, tip_fixed=fixed)


async def taken_off_today(staff_id: UUID | None, zone: ZoneInfo, now: datetime) -> Cents:
    """What a person took off tickets on the local day, by discounts and other prices."""
    return Cents(
        await fetch_value(
            "SELECT coalesce(sum(amount_cents), 0)::bigint FROM line_discount"
            " WHERE given_by = $1 AND made_at >= $2 AND kind IN ('discount', 'override')",
            staff_id,
            day_bounds(local_date(now, zone), zone)[0],
        )
    )


_PROMO = (
    "SELECT p.id, p.code, p.name, p.rate_ppm, p.amount_cents, p.valid_from, p.valid_until, p.most_uses,"
    " p.once_per_guest, p.with_group_price, p.categories, p.active,"
    " (SELECT count(DISTINCT d.ticket) FROM line_discount d JOIN ticket_line l ON l.id = d.line"
    "   WHERE d.promo = p.id AND l.status = 'live') AS uses FROM promo p"
)


async def promos() -> list[Promo]:
    """Every promo code, those that end last first."""
    return [_promo(dict(row)) for row in await fetch(f"{_PROMO} ORDER BY p.active DESC, p.valid_until DESC")]


async def promo_for_update(code: str) -> Promo | None:
    """A promo code, held until the action ends, so that uses are counted one after another."""
    await fetch("SELECT 1 FROM promo WHERE code = $1 FOR UPDATE", code)
    row = await fetch_one(f"{_PROMO} WHERE p.code = $1", code)
    return None if row is None else _promo(dict(row))


async def promo_used_by(promo_id: UUID, guest_id: UUID) -> bool:
    """True when a guest has this code on a ticket already."""
    return bool(
        await fetch(
            "SELECT 1 FROM line_discount d JOIN ticket_line l ON l.id = d.line"
            " JOIN ticket t ON t.id = d.ticket WHERE d.promo = $1 AND t.guest = $2"
            " AND l.status = 'live' LIMIT 1",
            promo_id,
            guest_id,
        )
    )


def _promo(row: dict[str, object]) -> Promo:
    values = {name: row[name] for name in PromoTerms.__dataclass_fields__}
    values["categories"] = tuple(row["categories"])  # type: ignore[arg-type]  # an array of texts
    return Promo(row["id"], row["code"], PromoTerms(**values), row["uses"])  # type: ignore[arg-type]


async def tip_categories() -> set[str]:
    """The categories in which guests are asked for a tip."""
    return {row["code"] for row in await fetch("SELECT code FROM category WHERE takes_tips")}


def pay_period(terms: Terms, day: date) -> tuple[date, date]:
    """First and last day of the pay period a day is in."""
    into = (day - terms.pay_period_from).days % terms.pay_period_days
    first = day - timedelta(days=into)
    return first, first + timedelta(days=terms.pay_period_days - 1)
