"""The price for who the guest is and when they come."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from spa_pos.catalog.rules import PriceRow, Quote, StandbyRule, quote
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents

CHICAGO = ZoneInfo("America/Chicago")
SINCE = date(2026, 1, 1)
PRICES = [PriceRow(None, Cents(12_000), SINCE), PriceRow("employee", Cents(9_600), SINCE)]
STANDBY = [StandbyRule("employee", 300_000, time(8), SINCE)]
VISIT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


def price(group: str, booked_at: datetime, prices: list[PriceRow] | None = None) -> Quote:
    return quote(
        PRICES if prices is None else prices,
        STANDBY,
        group=group,
        group_name=group.capitalize(),
        starts_at=VISIT,
        booked_at=booked_at,
        zone=CHICAGO,
    )


def test_a_visitor_pays_the_list_price_without_a_reduction() -> None:
    assert price("visitor", VISIT - timedelta(days=2)) == Quote(Cents(12_000), Cents(12_000))


def test_an_employee_pays_twenty_percent_less_and_the_reason_is_named() -> None:
    quoted = price("employee", VISIT - timedelta(days=2))
    assert (quoted.price_cents, quoted.reduction_cents) == (9_600, 2_400)
    assert (quoted.reduction_code, quoted.reduction_name) == ("group:employee", "Employee price")


def test_standby_on_the_same_day_takes_thirty_percent_off_the_list_price_and_does_not_stack() -> None:
    quoted = price("employee", VISIT - timedelta(hours=3))
    assert (quoted.price_cents, quoted.reduction_cents) == (8_400, 3_600)
    assert quoted.reduction_name == "Same-day employee price, 30 % off"


def test_standby_is_not_for_a_booking_before_eight_in_the_morning() -> None:
    assert price("employee", datetime(2026, 11, 24, 13, 59, tzinfo=UTC)).price_cents == 9_600
    assert price("employee", datetime(2026, 11, 24, 14, 0, tzinfo=UTC)).price_cents == 8_400


def test_standby_is_not_for_another_day_nor_another_group() -> None:
    assert price("employee", datetime(2026, 11, 24, 5, 59, tzinfo=UTC)).price_cents == 9_600
    assert price("visitor", VISIT - timedelta(hours=3)).price_cents == 12_000


def test_the_newest_price_that_has_begun_on_the_day_of_the_visit_counts() -> None:
    changed = [
        *PRICES,
        PriceRow(None, Cents(13_000), date(2026, 11, 24)),
        PriceRow(None, Cents(1), date(2026, 11, 25)),
    ]
    assert price("visitor", VISIT - timedelta(days=2), changed).price_cents == 13_000


def test_a_service_without_a_list_price_is_refused() -> None:
    with pytest.raises(Invalid, match="price-missing"):
        price("employee", VISIT, [PriceRow("employee", Cents(9_600), SINCE)])
