"""What an exchange pays, and what it leaves; pure."""

from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents, format_usd


def exchange_amount(left: Cents, remaining: Cents) -> Cents:
    """What an exchange pays of a ticket: all it has, up to what is to pay.

    Raises:
        Conflict: `exchange-nothing-left`, `nothing-to-pay`.
    """
    if left <= 0:
        raise Conflict("exchange-nothing-left", "Nothing of an exchange is left for this ticket.")
    if remaining <= 0:
        raise Conflict("nothing-to-pay", "This ticket is paid. Add what the guest takes first.")
    return min(left, remaining)


def check_rest(left: Cents, remaining: Cents) -> None:
    """Only what an exchange cannot pay becomes credit or a gift card.

    Raises:
        Conflict: `exchange-nothing-left`, `exchange-pays-first`.
    """
    if left <= 0:
        raise Conflict("exchange-nothing-left", "Nothing of an exchange is left for this ticket.")
    if remaining > 0:
        raise Conflict(
            "exchange-pays-first",
            f"{format_usd(remaining)} is to pay. Let the exchange pay what it can first.",
        )


def check_used_up(left: Cents) -> None:
    """A ticket is neither settled nor voided while it holds money of an exchange.

    Raises:
        Conflict: `exchange-left`.
    """
    if left > 0:
        raise Conflict(
            "exchange-left",
            f"{format_usd(left)} of the exchange is left on this ticket. Let it pay, or give the rest as"
            " guest credit or a gift card.",
            left_cents=left,
        )
