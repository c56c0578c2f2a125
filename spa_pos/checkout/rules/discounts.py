"""What may be taken off a ticket, by whom, and how it is shared over lines; pure.

Limits are those of RELIABILITY.md §5.2. A group's price is given at booking (DOMAIN.md §7.4); a
promo code skips lines that have one unless the code says so. What a person takes off with a
reason may be on any line that is a sale: limits and a second person stand behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from spa_pos.kernel.actor import Role
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.money import Cents, format_usd, percent_of, split
from spa_pos.ledger.rules import REVENUE

ALONE, MANAGER, TWO_PEOPLE = 1, 2, 3
"""Whose yes is needed: the desk's own, a manager's, or that of a manager and another one."""

MANAGERS = (Role.MANAGER, Role.OWNER)


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be given away alone, what guests are offered as tips, and how long a pay period is."""

    desk_discount_ppm: int
    desk_discount_cents: Cents
    desk_day_cents: Cents
    manager_discount_ppm: int
    manager_day_cents: Cents
    manager_override_ppm: int
    tip_choices_ppm: tuple[int, ...]
    tip_small_cents: Cents
    tip_fixed: tuple[Cents, ...]
    pay_period_from: date
    pay_period_days: int


STANDARD_TERMS = Terms(
    desk_discount_ppm=100_000,
    desk_discount_cents=Cents(2_000),
    desk_day_cents=Cents(10_000),
    manager_discount_ppm=500_000,
    manager_day_cents=Cents(50_000),
    manager_override_ppm=300_000,
    tip_choices_ppm=(150_000, 200_000, 250_000),
    tip_small_cents=Cents(1_000),
    tip_fixed=(Cents(100), Cents(200), Cents(300)),
    pay_period_from=date(2026, 1, 4),
    pay_period_days=14,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be given away alone: parts per million of a ticket, cents of a ticket, cents a day."""

    desk_discount_ppm: int
    desk_discount_cents: Cents
    desk_day_cents: Cents
    manager_discount_ppm: int
    manager_day_cents: Cents
    manager_override_ppm: int


def check_limits(limits: Limits) -> None:
    """A manager may give away at least what the desk may, and nobody more than all of it.

    Raises:
        Invalid: `limits-unreadable`, with the field.
    """
    if not 0 <= limits.manager_discount_ppm <= WHOLE_PPM:
        raise Invalid("limits-unreadable", "Type between 0 and 100 per cent.", field="manager_discount")
    if not 0 <= limits.desk_discount_ppm <= limits.manager_discount_ppm:
        raise Invalid(
            "limits-unreadable", "The desk alone cannot give more than a manager.", field="desk_discount"
        )
    if not 0 <= limits.manager_override_ppm <= WHOLE_PPM:
        raise Invalid("limits-unreadable", "Type between 0 and 100 per cent.", field="manager_override")
    if not 0 <= limits.desk_day_cents <= limits.manager_day_cents:
        raise Invalid(
            "limits-unreadable", "The desk alone cannot give more a day than a manager.", field="desk_day"
        )


WHOLE_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Reducible:
    """A line as discounts see it: what it costs now, and whether a group's price is in that."""

    net_cents: Cents
    account: str
    category: str
    at_group_price: bool
    at_one_price: bool = False

    @property
    def may_be_reduced(self) -> bool:
        """Sales alone: what becomes a debt of ours is worth what is paid for it, and fees are waived.

        What is part of one price is low enough, and taxed by what that price says.
        """
        return self.account == REVENUE and self.net_cents > 0 and not self.at_one_price


@dataclass(frozen=True, slots=True)
class PromoTerms:
    """A promo code: so much per cent or so many cents, of which categories, when and how often."""

    name: str
    rate_ppm: int | None
    amount_cents: Cents | None
    valid_from: date
    valid_until: date
    most_uses: int | None
    once_per_guest: bool
    with_group_price: bool
    categories: tuple[str, ...]
    active: bool


def amount_off(price: Cents, rate_ppm: int | None, amount: Cents | None) -> Cents:
    """What a discount comes to on a price; an amount takes no more than there is.

    Raises:
        Invalid: `discount-nothing`, `discount-unreadable`.
    """
    if (rate_ppm is None) == (amount is None):
        raise Invalid("discount-unreadable", "Type a percentage or an amount.", field="amount")
    if rate_ppm is not None:
        if not 0 < rate_ppm <= 1_000_000:
            raise Invalid("discount-unreadable", "A percentage is from 1 to 100.", field="percent")
        off = percent_of(price, rate_ppm)
    else:
        off = min(amount or Cents(0), price)
    if off <= 0:
        raise Invalid("discount-nothing", "Nothing would be taken off. Type more.", field="amount")
    return off


def shares(lines: Sequence[Reducible], off: Cents) -> list[Cents]:
    """What each line gives of a discount, by what it costs; lines that are no sale give nothing."""
    return split(off, [line.net_cents if line.may_be_reduced else 0 for line in lines])


def discount_level(price: Cents, on_ticket: Cents, off: Cents, today: Cents, terms: Terms) -> int:
    """Whose yes a discount needs.

    `price` is what the sales on the ticket cost without what staff took off, `on_ticket` what they
    took off so far, `today` what this person took off all day, both without this one.
    """
    altogether = on_ticket + off
    if (
        altogether <= terms.desk_discount_cents
        and altogether * 1_000_000 <= price * terms.desk_discount_ppm
        and today + off <= terms.desk_day_cents
    ):
        return ALONE
    if (
        altogether * 1_000_000 <= price * terms.manager_discount_ppm
        and today + off <= terms.manager_day_cents
    ):
        return MANAGER
    return TWO_PEOPLE


def override_level(price: Cents, off: Cents, today: Cents, terms: Terms) -> int:
    """Whose yes another price needs: the desk never sets one alone."""
    near = off * 1_000_000 <= price * terms.manager_override_ppm
    return MANAGER if near and today + off <= terms.manager_day_cents else TWO_PEOPLE


def level_of(role: Role, approver: Role | None) -> int:
    """Whose yes there is: that of the person who asks, and of who approved."""
    own = MANAGER if role in MANAGERS else ALONE
    if approver is None:
        return own
    return TWO_PEOPLE if own == MANAGER else MANAGER


def who_is_needed(level: int, role: Role) -> str:
    """The end of a sentence that asks for an approval."""
    if level == TWO_PEOPLE and role not in MANAGERS:
        return "a manager has to do it, and another one to approve"
    return "another manager has to approve" if role in MANAGERS else "a manager has to approve"


def override_off(price: Cents, wanted: Cents) -> Cents:
    """What another price takes off.

    Raises:
        Invalid: `price-not-lower`.
    """
    if not 0 <= wanted < price:
        raise Invalid(
            "price-not-lower", f"Type a price below {format_usd(price)}, which it costs now.", field="price"
        )
    return Cents(price - wanted)


def promo_off(
    promo: PromoTerms | None,
    lines: Sequence[Reducible],
    *,
    on: date,
    uses: int,
    guest_known: bool,
    guest_used: bool,
) -> list[Cents]:
    """What a promo code takes off each line.

    Raises:
        NotFound: `promo-unknown`.
        Conflict: `promo-over`, `promo-used-up`, `promo-guest-unknown`, `promo-once`, `promo-nothing`.
    """
    if promo is None or not promo.active or on < promo.valid_from:
        raise NotFound(
            "promo-unknown", "There is no such promo code. Compare it with the card.", field="code"
        )
    if on > promo.valid_until:
        raise Conflict("promo-over", f"{promo.name} is over since {promo.valid_until:%B %-d}.")
    if promo.most_uses is not None and uses >= promo.most_uses:
        raise Conflict("promo-used-up", f"{promo.name} was used as often as it can be.")
    if promo.once_per_guest and not guest_known:
        raise Conflict("promo-guest-unknown", f"{promo.name} is for guests we know by name, once each.")
    if promo.once_per_guest and guest_used:
        raise Conflict("promo-once", f"This guest has used {promo.name} before.")
    counts = [_counts(promo, line) for line in lines]
    price = Cents(sum(line.net_cents for line, yes in zip(lines, counts, strict=True) if yes))
    if price == 0:
        raise Conflict(
            "promo-nothing",
            f"{promo.name} fits nothing here: it is for other things, or a group's price is better.",
        )
    off = amount_off(price, promo.rate_ppm, promo.amount_cents)
    return split(off, [line.net_cents if yes else 0 for line, yes in zip(lines, counts, strict=True)])


def _counts(promo: PromoTerms, line: Reducible) -> bool:
    return (
        line.may_be_reduced
        and (promo.with_group_price or not line.at_group_price)
        and (not promo.categories or line.category in promo.categories)
    )
