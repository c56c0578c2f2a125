"""What Stripe tells us by itself: taken only with a signature of today and for the right kind of money."""

from collections.abc import Mapping
from typing import Any

import msgspec
import stripe

from spa_pos.kernel.errors import Invalid
from spa_pos.payments.rules import ProcessorEvent

TOLERANCE_SECONDS = 300
LONGEST_WORD = 80


class StripeWebhooks:
    """Reads events that Stripe signed with one secret."""

    def __init__(self, secret: str, *, live: bool) -> None:
        self._secret = secret
        self._live = live

    def verified(self, raw: bytes, header: str | None) -> ProcessorEvent:
        """The event of a request, if Stripe signed these very bytes within five minutes.

        Raises:
            Invalid: `event-not-signed`, `event-unreadable`, `event-of-other-money` for test events
                where real money is taken, or the other way round.
        """
        try:
            stripe.WebhookSignature.verify_header(raw, header, self._secret, TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, UnicodeDecodeError, ValueError) as problem:
            raise Invalid("event-not-signed", "This event is not signed as ours are.") from problem
        event = _event_of(raw)
        if event.live is not self._live:
            raise Invalid("event-of-other-money", "This event is of the other mode, test or live.")
        return event


def _event_of(raw: bytes) -> ProcessorEvent:
    try:
        told = msgspec.json.decode(raw)
        about = told["data"]["object"]
        intent = about.get("payment_intent")
        found = ProcessorEvent(
            id=_word(told["id"]),
            type=_word(told["type"]),
            live=told["livemode"] is True,
            api_version=None if told.get("api_version") is None else _word(told["api_version"]),
            object_id=_word(about["id"]),
            object_kind=_word(about["object"]),
            payment_id=_payment(about, intent),
            body=raw.decode(),
        )
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError, ValueError) as problem:
        raise Invalid("event-unreadable", "This event does not look like one.") from problem
    return found


def _payment(about: Mapping[str, Any], intent: object) -> str | None:
    """The PaymentIntent an object is, or is about."""
    if about["object"] == "payment_intent":
        return _word(about["id"])
    if isinstance(intent, Mapping):
        return _word(intent["id"])
    return None if intent is None else _word(intent)


def _word(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_WORD or not value.isprintable():
        raise ValueError("no such word")
    return value
