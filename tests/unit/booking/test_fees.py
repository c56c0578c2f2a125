"""What ending a visit costs."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from spa_pos.booking.rules import FeeQuote, Policy, missed_from, quote_cancellation, quote_no_show
from spa_pos.kernel.money import Cents

POLICY = Policy(UUID(int=1), 1, notice_hours=24, late_ppm=500_000, no_show_ppm=1_000_000, grace_minutes=15)
TEN = datetime(2026, 11, 24, 16, tzinfo=UTC)
NO_POLICY = FeeQuote(Cents(0), "No cancellation policy applied when it was booked")


def quoted(
    before: timedelta, *, price: int = 12_000, policy: Policy | None = POLICY, free: str | None = None
) -> tuple[int, str]:
    quote = quote_cancellation(policy, Cents(price), starts_at=TEN, now=TEN - before, fee_free=free)
    return quote.fee_cents, quote.reason.replace("\N{NO-BREAK SPACE}", " ")


def test_a_day_before_is_free_and_a_microsecond_later_is_not() -> None:
    day = timedelta(hours=24)
    assert quoted(day) == (0, "No fee: 24 hours or more before")
    assert quoted(day - timedelta(microseconds=1)) == (6_000, "50 %: less than 24 hours before")
    assert quoted(timedelta(0)) == quoted(-timedelta(hours=2)) == (6_000, "50 %: less than 24 hours before")


def test_a_reason_that_is_free_is_free_at_any_time_and_named() -> None:
    assert quoted(timedelta(0), free="Clinical appointment ran over") == (
        0,
        "No fee: clinical appointment ran over",
    )


@pytest.mark.parametrize(("price", "fee"), [(12_001, 6_001), (11_999, 6_000), (1, 1), (0, 0)])
def test_half_a_cent_is_rounded_up(price: int, fee: int) -> None:
    assert quoted(timedelta(0), price=price)[0] == fee


def test_who_does_not_come_pays_what_the_policy_says() -> None:
    quote = quote_no_show(POLICY, Cents(12_001))
    assert (quote.fee_cents, quote.reason.replace("\N{NO-BREAK SPACE}", " ")) == (
        12_001,
        "100 %: did not come",
    )


def test_booked_under_no_policy_nothing_is_due() -> None:
    assert quoted(timedelta(0), policy=None) == (NO_POLICY.fee_cents, NO_POLICY.reason)
    assert quoted(timedelta(0), policy=None, free="Illness")[0] == 0
    assert quote_no_show(None, Cents(12_000)) == NO_POLICY


def test_the_policy_is_read_to_a_guest_with_its_numbers() -> None:
    words = POLICY.words(["Illness", "Snow"]).replace("\N{NO-BREAK SPACE}", " ")
    assert "until 24 hours before" in words
    assert "50 % of the price, not coming 100 %. No fee for: Illness, Snow." in words
    assert POLICY.words([]).endswith("100\N{NO-BREAK SPACE}%.")


def test_a_guest_counts_as_not_coming_after_the_grace_minutes() -> None:
    starts_at = datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert missed_from(POLICY, starts_at) == starts_at + timedelta(minutes=POLICY.grace_minutes)
    assert missed_from(None, starts_at) == starts_at
