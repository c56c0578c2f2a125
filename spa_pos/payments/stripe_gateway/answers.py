"""What Stripe's answers mean. Every status, code and type may be one that nobody has heard of yet."""

import stripe
import structlog

from spa_pos.kernel.errors import Conflict, Refusal, Unavailable
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import (
    Cancelled,
    Declined,
    GivenBack,
    InProgress,
    NotGivenBack,
    Outcome,
    Paid,
    RefundOutcome,
    Unknown,
    decline_sentence,
)

log = structlog.get_logger(__name__)

UNSURE_CODES = frozenset({"terminal_reader_timeout", "lock_timeout", "idempotency_key_in_use"})
"""Errors after which the step may still have happened."""

READER_REFUSALS: dict[str, Refusal] = {
    "terminal_reader_busy": Conflict(
        "reader-busy",
        "The card reader is busy. Nothing was charged; wait a moment or choose another reader.",
    ),
    "terminal_reader_offline": Unavailable(
        "reader-offline",
        "The card reader is offline. Nothing was charged; switch it on and check its network,"
        " or choose another reader.",
    ),
    "terminal_reader_hardware_fault": Unavailable(
        "reader-broken",
        "The card reader reports a fault. Nothing was charged; restart it or choose another reader.",
    ),
    "terminal_reader_invalid_location_for_payment": Unavailable(
        "reader-elsewhere",
        "The card reader is registered at another location. Nothing was charged; choose another reader.",
    ),
}
"""What the desk does next when a reader says no."""


def outcome_of(intent: stripe.PaymentIntent) -> Outcome:
    """What a PaymentIntent says. Only `succeeded` with an amount received is paid."""
    match getattr(intent, "status", None):
        case "succeeded":
            received, currency = getattr(intent, "amount_received", 0), getattr(intent, "currency", None)
            if received <= 0 or currency != "usd":
                return Unknown(f"succeeded with {received} {currency}")
            brand, last4 = card_of(getattr(intent, "latest_charge", None))
            return Paid(Cents(received), brand, last4)
        case "requires_payment_method" | "canceled" if getattr(intent, "last_payment_error", None):
            return declined(intent.last_payment_error)
        case "canceled":
            return Cancelled()
        case "requires_payment_method" | "requires_confirmation" | "requires_action" | "processing":
            return InProgress()
        case other:
            return Unknown(f"status {other}")


def given_back(refund: stripe.Refund) -> RefundOutcome:
    """What a Refund says; one that is under way has left us."""
    match getattr(refund, "status", None):
        case "succeeded":
            return GivenBack(refund.id, settled=True)
        case "pending" | "requires_action":
            return GivenBack(refund.id, settled=False)
        case "failed" | "canceled":
            return NotGivenBack("The card's bank sent the refund back. Give the money back another way.")
        case other:
            return Unknown(f"refund status {other}")


def card_of(charge: object) -> tuple[str | None, str | None]:
    """Brand and last four of the card of a charge, if it tells."""
    details = getattr(charge, "payment_method_details", None)
    card = getattr(details, "card_present", None) or getattr(details, "card", None)
    brand, last4 = getattr(card, "brand", None), getattr(card, "last4", None)
    return (brand[:20] if brand else None), (last4[-4:] if last4 else None)


def declined(error: object) -> Declined:
    """A decline with its code for the record and its sentence for the desk."""
    code = getattr(error, "decline_code", None) or getattr(error, "code", None) or "unexplained"
    return Declined(str(code)[:60], decline_sentence(str(code)))


def intent_id(action: object) -> str | None:
    """The PaymentIntent an action is about, whether it is named or told in full."""
    intent = getattr(action, "payment_intent", None)
    return intent if isinstance(intent, str) else getattr(intent, "id", None)


def unsure(error: stripe.StripeError) -> bool:
    """True when the step may have happened although this error came back."""
    return (
        error.code in UNSURE_CODES
        or isinstance(error, stripe.APIConnectionError | stripe.APIError | stripe.IdempotencyError)
        or (error.http_status or 500) >= 500
    )


def named(error: stripe.StripeError) -> str:
    """Kind and code of an error: enough to find it, nothing to hide."""
    return f"{type(error).__name__} {error.code or error.http_status or ''}".strip()


def no_answer() -> Refusal:
    """The refusal for a processor that does not answer."""
    return Unavailable(
        "processor-away", "The card processor does not answer. Take another tender, or try again shortly."
    )


def refusal(error: stripe.StripeError, step: str) -> Refusal:
    """The refusal an error stands for; what is our own fault or our account's goes to the log."""
    if unsure(error):
        log.warning("no-answer", step=step, problem=named(error))
        return no_answer()
    known = READER_REFUSALS.get(error.code or "")
    if known is not None:
        return type(known)(known.code, known.sentence)
    if isinstance(error, stripe.RateLimitError):
        return Unavailable(
            "processor-busy", "The card processor is very busy. Nothing was charged; try again shortly."
        )
    log.error("processor-refuses", step=step, problem=named(error), said=error.user_message)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return Unavailable(
            "processor-refuses-us",
            "Cards are not set up correctly. Nothing was charged; take another tender and tell a manager.",
        )
    return Unavailable(
        "processor-refuses",
        "The card processor refuses this payment. Nothing was charged; take another tender"
        " and tell a manager.",
    )
