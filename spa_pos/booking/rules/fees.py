"""What a late cancellation or a no-show costs (DOMAIN.md §4, §7.30). Quoted here, charged by checkout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.kernel.money import Cents, format_rate, percent_of


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the cancellation policy."""

    id: UUID
    version: int
    notice_hours: int
    late_ppm: int
    no_show_ppm: int
    grace_minutes: int

    def words(self, free_reasons: Sequence[str]) -> str:
        """The policy as it is read to a guest, with the reasons that never cost anything."""
        late, no_show = (
            format_rate(rate).replace(" ", "\N{NO-BREAK SPACE}") for rate in (self.late_ppm, self.no_show_ppm)
        )
        return (
            f"Free to move or cancel until {self.notice_hours} hours before; later costs {late} of the price,"
            f" not coming {no_show}." + (f" No fee for: {', '.join(free_reasons)}." if free_reasons else "")
        )


@dataclass(frozen=True, slots=True)
class FeeQuote:
    """What ending a visit now costs, and why, in words."""

    fee_cents: Cents
    reason: str


def quote_cancellation(
    policy: Policy | None, price_cents: Cents, *, starts_at: datetime, now: datetime, fee_free: str | None
) -> FeeQuote:
    """The fee of a cancellation now; `fee_free` names a reason that costs nothing."""
    if policy is None:
        return FeeQuote(Cents(0), "No cancellation policy applied when it was booked")
    if fee_free is not None:
        return FeeQuote(Cents(0), f"No fee: {fee_free.lower()}")
    if starts_at - now >= timedelta(hours=policy.notice_hours):
        return FeeQuote(Cents(0), f"No fee: {policy.notice_hours} hours or more before")
    fee = percent_of(price_cents, policy.late_ppm)
    return FeeQuote(fee, f"{format_rate(policy.late_ppm)}: less than {policy.notice_hours} hours before")


def missed_from(policy: Policy | None, starts_at: datetime) -> datetime:
    """From when on a guest who is not there counts as not coming: after the grace minutes of the policy."""
    return starts_at + timedelta(minutes=policy.grace_minutes if policy else 0)


def quote_no_show(policy: Policy | None, price_cents: Cents) -> FeeQuote:
    """The fee of not coming."""
    if policy is None:
        return FeeQuote(Cents(0), "No cancellation policy applied when it was booked")
    return FeeQuote(
        percent_of(price_cents, policy.no_show_ppm), f"{format_rate(policy.no_show_ppm)}: did not come"
    )


def left_after(amount: Cents, deposits: Sequence[Cents]) -> Cents:
    """What is left to pay when deposits pay first, each whole, while something remains."""
    left = amount
    for one in deposits:
        if one >= left:
            break
        left = Cents(left - one)
    return left
