"""Every arithmetic vector of DOMAIN.md §6 by its name, at 8.125 % in Rochester.

The four of one-price packages are in tests/unit/catalog/test_one_price.py; a stored referral, and one that
came too late, go through the register in tests/integration/checkout/test_exemptions.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from spa_pos.care.rules import WRITTEN_REFERRAL, check_covers
from spa_pos.catalog.rules import (
    Jurisdiction,
    PriceRow,
    Quote,
    StandbyRule,
    TaxedLine,
    quote,
    tax_ticket,
)
from spa_pos.checkout.rules import Line, Totals, postings_for_settlement, postings_for_tender, totals
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents, percent_of, split
from spa_pos.ledger.rules import GIFT_CARDS, NewPosting, settle_zeroes
from spa_pos.reports.rules import StaffDiscount

ROCHESTER = (
    Jurisdiction("mn", "Minnesota", 68_750),
    Jurisdiction("rochester", "City of Rochester", 7_500),
    Jurisdiction("olmsted", "Olmsted County", 5_000),
)
CHICAGO = ZoneInfo("America/Chicago")
SINCE = date(2026, 1, 1)
VISIT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
PRICES = [PriceRow(None, Cents(12_000), SINCE), PriceRow("employee", Cents(9_600), SINCE)]
STANDBY = [StandbyRule("employee", 300_000, time(8), SINCE)]

DAY_BEFORE = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
SAME_DAY = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


def sale(*lines: tuple[int, bool]) -> Totals:
    """A ticket of lines, each its price and whether it is taxable."""
    return totals(
        [Line(Cents(cents), Cents(0), "any", "visitor", taxable) for cents, taxable in lines], ROCHESTER, []
    )


def priced(booked_at: datetime) -> Quote:
    """What an employee pays for a massage of $120.00."""
    return quote(
        PRICES,
        STANDBY,
        group="employee",
        group_name="Employee",
        starts_at=VISIT,
        booked_at=booked_at,
        zone=CHICAGO,
    )


def staff_price(booked_at: datetime) -> tuple[int, int, int]:
    """An employee's price, tax and total."""
    price = priced(booked_at).price_cents
    sums = sale((price, True))
    return price, sums.tax.tax_cents, sums.total_cents


def tax_and_total(*lines: tuple[int, bool]) -> tuple[int, int]:
    sums = sale(*lines)
    return sums.tax.tax_cents, sums.total_cents


def each_body(*lines: tuple[int, bool]) -> list[int]:
    return [part.tax_cents for part in sale(*lines).tax.parts]


def rounded_apart(cents: int) -> int:
    """What it must not be: each jurisdiction's tax rounded by itself."""
    return sum(percent_of(Cents(cents), body.rate_ppm) for body in ROCHESTER)


def by_value() -> tuple[list[Cents], int]:
    """A package of $180.00 with a massage of $120.00 and a facial of $90.00, itemised."""
    shares = split(Cents(18_000), [12_000, 9_000])
    return shares, sale((shares[0], True), (shares[1], False)).tax.tax_cents


def charged() -> tuple[int, tuple[int, ...], int, int]:
    """A massage of $120.00 and a facial of $90.00 with 20 % on top, which would be a part of each price."""
    charge = percent_of(Cents(21_000), 200_000)
    massage, facial = split(charge, [12_000, 9_000])
    lines = [TaxedLine(Cents(12_000 + massage), True), TaxedLine(Cents(9_000 + facial), False)]
    return charge, (massage, facial), lines[0].net_cents, tax_ticket(lines, ROCHESTER).tax_cents


def gift_card() -> dict[str, list[tuple[str, int]]]:
    """What the books say when a card of $129.75 is sold for cash, and when it pays for a massage."""
    card = Line(Cents(12_975), Cents(0), "value", "visitor", False, GIFT_CARDS)
    massage = Line(Cents(12_000), Cents(0), "massage", "visitor", True)
    sold, used = totals([card], ROCHESTER, []), totals([massage], ROCHESTER, [])
    spent = [NewPosting(GIFT_CARDS, Cents(12_975))]
    entries = {
        "sold": [
            *postings_for_tender("cash", sold.total_cents),
            *postings_for_settlement([card], sold),
        ],
        "redeemed": [
            *postings_for_tender("gift_card", used.total_cents, spent),
            *postings_for_settlement([massage], used),
        ],
    }
    return {
        name: [(one.account, one.amount_cents) for one in settle_zeroes(postings)]
        for name, postings in entries.items()
    }


def excess() -> tuple[int, int, int]:
    """An employee who booked on the same day: the discount, what of it is tax-free, what is reported."""
    price = priced(SAME_DAY)
    found = StaffDiscount(price.list_cents, price.reduction_cents)
    return found.reduction_cents, found.free_cents, found.excess_cents


def referred(written: date, until: date, service: date) -> str:
    """How a massage of $120.00 is taxed with a referral, and its tax."""
    try:
        check_covers(written, until, False, service)
    except Conflict as refused:
        return f"{refused.code}: {sale((12_000, True)).tax.tax_cents}"
    return f"{WRITTEN_REFERRAL}: {sale((12_000, False)).tax.tax_cents}"


@dataclass(frozen=True)
class Vector:
    """A row of the table: its words, what we make of it, and what it must be."""

    words: str
    ours: Callable[[], object]
    expected: object


SERVICE = date(2026, 11, 24)
VECTORS = (
    Vector("massage $120.00: tax and total", lambda: tax_and_total((12_000, True)), (975, 12_975)),
    Vector("massage $120.00: state, city, county", lambda: each_body((12_000, True)), [825, 90, 60]),
    Vector(
        "massage $120.00 with a valid referral, the reason stored",
        lambda: referred(date(2026, 10, 1), date(2027, 10, 1), SERVICE),
        "exempt-written-referral: 0",
    ),
    Vector("staff 20 %", lambda: staff_price(DAY_BEFORE), (9_600, 780, 10_380)),
    Vector("same-day 30 %: 6.825 is 6.83", lambda: staff_price(SAME_DAY), (8_400, 683, 9_083)),
    Vector("retail $34.00", lambda: (tax_and_total((3_400, True))[0], rounded_apart(3_400)), (276, 277)),
    Vector("retail $12.50", lambda: (tax_and_total((1_250, True))[0], rounded_apart(1_250)), (102, 101)),
    Vector("facial $90.00", lambda: tax_and_total((9_000, False)), (0, 9_000)),
    Vector(
        "massage $110 and facial $90, itemised",
        lambda: tax_and_total((11_000, True), (9_000, False)),
        (894, 20_894),
    ),
    Vector("package at $180, itemised by value 120/90", by_value, ([10_286, 7_714], 836)),
    Vector("mandatory 20 % on massage $120 and facial $90", charged, (4_200, (2_400, 1_800), 14_400, 1_170)),
    Vector(
        "massage $120 paid with a gift card of $129.75",
        gift_card,
        {
            "sold": [("1000-cash", 12_975), ("2400-gift-cards", -12_975)],
            "redeemed": [
                ("2400-gift-cards", 12_975),
                ("4000-sales", -12_000),
                ("2200-sales-tax:mn", -825),
                ("2200-sales-tax:rochester", -90),
                ("2200-sales-tax:olmsted", -60),
            ],
        },
    ),
    Vector("employee at 30 % on $120: reportable excess", excess, (3_600, 2_400, 1_200)),
    Vector(
        "referral dated after the service",
        lambda: referred(date(2026, 11, 25), date(2027, 10, 1), SERVICE),
        "referral-later: 975",
    ),
    Vector(
        "referral that lapsed",
        lambda: referred(date(2025, 10, 1), date(2026, 11, 23), SERVICE),
        "referral-lapsed: 975",
    ),
)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector.words for vector in VECTORS])
def test_the_vector(vector: Vector) -> None:
    assert vector.ours() == vector.expected


def test_a_referral_counts_on_its_first_and_its_last_day() -> None:
    for written, until in ((SERVICE, date(2027, 1, 1)), (date(2026, 1, 1), SERVICE)):
        assert referred(written, until, SERVICE) == "exempt-written-referral: 0"
