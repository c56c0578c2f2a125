"""Stripe's server-driven Terminal: the only module that knows Stripe.

The truth is the PaymentIntent, never the reader and never the answer to our own request
(PAYMENTS.md §4.1). Every status, code and type may be one that nobody has heard of yet.
"""

import logging
from uuid import UUID

import httpx
import stripe
import structlog

from spa_pos.db import forbid_transaction
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

stripe.enable_telemetry = False  # it would write a permanent id into the home folder and send it along
for _chatty in ("stripe", "httpx", "httpcore"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
LOST_ANSWERS = 4
"""What a rehearsed silence loses: two looks, each asked twice."""

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


class _ThisMachine(stripe.HTTPXClient):
    """Asks a pretended Stripe directly: a proxy that the environment names does not reach this machine."""

    def __init__(self, timeout: httpx.Timeout) -> None:
        super().__init__(timeout=timeout)
        self._client_async = httpx.AsyncClient(trust_env=False)


class StripeGateway:
    """Cards by Stripe, in US dollars. With an `api_base` it is a pretended Stripe on this machine."""

    def __init__(
        self,
        key: str,
        *,
        api_base: str | None = None,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._pretended_at = api_base
        self._key = key
        patience = httpx.Timeout(read_seconds, connect=connect_seconds)
        self._http = _ThisMachine(timeout=patience) if api_base else stripe.HTTPXClient(timeout=patience)
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=1,
            http_client=self._http,
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call]  # Stripe leaves it untyped

    async def create(self, attempt_id: UUID, amount_cents: Cents) -> str:
        """Announce an attempt; its PaymentIntent can only be paid on a reader.

        Raises:
            Unavailable: it was refused, or nobody answered; either way nothing can be charged.
        """
        forbid_transaction()
        try:
            intent = await self._client.v1.payment_intents.create_async(
                {
                    "amount": amount_cents,
                    "currency": "usd",
                    "allowed_payment_method_types": ["card_present"],
                    "capture_method": "automatic",
                    "metadata": {"attempt": str(attempt_id)},
                },
                {"idempotency_key": f"attempt-{attempt_id}-create"},
            )
        except stripe.StripeError as error:
            raise _refusal(error, "create") from error
        return intent.id

    async def present(self, attempt_id: UUID, processor_id: str, reader_processor_id: str) -> Outcome:
        """Ask for the card on a reader.

        Raises:
            Conflict, Unavailable: the reader is busy, offline or broken; it does not ask.
        """
        forbid_transaction()
        try:
            await self._client.v1.terminal.readers.process_payment_intent_async(
                reader_processor_id,
                {"payment_intent": processor_id, "process_config": {"skip_tipping": True}},
                {"idempotency_key": f"attempt-{attempt_id}-present"},
            )
        except stripe.StripeError as error:
            if error.code == "payment_intent_unexpected_state":
                return await self.read(processor_id)
            if _unsure(error):
                log.warning("no-answer", step="present", problem=_named(error))
                return Unknown(_named(error))
            if isinstance(error, stripe.CardError):
                return _declined(error.error)
            raise _refusal(error, "present") from error
        return InProgress()

    async def read(self, processor_id: str) -> Outcome:
        """How an attempt stands; no answer is unknown."""
        forbid_transaction()
        try:
            intent = await self._client.v1.payment_intents.retrieve_async(
                processor_id, {"expand": ["latest_charge"]}
            )
        except stripe.StripeError as error:
            if error.code == "resource_missing" and self._pretended_at is not None:
                return Cancelled()  # a pretended processor forgets all when it stops; no money is lost
            log.warning("no-answer", step="read", problem=_named(error))
            return Unknown(_named(error))
        return outcome_of(intent)

    async def give_back(self, refund_id: UUID, processor_id: str, amount_cents: Cents) -> RefundOutcome:
        """Refund a part of a PaymentIntent; a refund that is there already under this id is told again."""
        forbid_transaction()
        refunds = self._client.v1.refunds
        try:
            # The key is forgotten after a day; by then the refund is found by what we wrote on it.
            for made in (await refunds.list_async({"payment_intent": processor_id, "limit": 100})).data:
                if getattr(getattr(made, "metadata", None), "refund", None) == str(refund_id):
                    return _given_back(made)
            return _given_back(
                await refunds.create_async(
                    {
                        "payment_intent": processor_id,
                        "amount": amount_cents,
                        "metadata": {"refund": str(refund_id)},
                    },
                    {"idempotency_key": f"refund-{refund_id}"},
                )
            )
        except stripe.StripeError as error:
            if _unsure(error):
                log.warning("no-answer", step="give back", problem=_named(error))
                return Unknown(_named(error))
            log.error("processor-refuses", step="give back", problem=_named(error), said=error.user_message)
            return NotGivenBack("The card processor refuses this refund. Give the money back another way.")

    async def cancel_on_reader(self, processor_id: str, reader_processor_id: str) -> None:
        """Stop asking for the card, if the reader still asks for this one.

        Raises:
            Conflict, Unavailable: it could not be stopped, or nobody answered.
        """
        forbid_transaction()
        readers = self._client.v1.terminal.readers
        try:
            reader = await readers.retrieve_async(reader_processor_id)
            # A reader keeps showing its last action; only ours, and only while it asks, may be stopped.
            action = getattr(reader, "action", None)
            asked = getattr(action, "process_payment_intent", None)
            if getattr(action, "status", None) != "in_progress" or _intent_id(asked) != processor_id:
                return
            await readers.cancel_action_async(reader_processor_id)
        except stripe.StripeError as error:
            raise _refusal(error, "cancel on reader") from error

    async def cancel(self, processor_id: str) -> None:
        """Make a PaymentIntent impossible to pay; one that has ended stays as it is.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """
        forbid_transaction()
        try:
            # No key of our own: an old refusal must not be repeated for a day when we ask again later.
            await self._client.v1.payment_intents.cancel_async(processor_id)
        except stripe.StripeError as error:
            if error.code != "payment_intent_unexpected_state":
                raise _refusal(error, "cancel") from error

    async def simulate_tap(self, reader_processor_id: str, card_number: str) -> None:
        """Hold a test card to a simulated reader.

        Raises:
            Conflict, Unavailable: the reader is not asking for a card, or nobody answered.
        """
        forbid_transaction()
        try:
            await self._client.v1.test_helpers.terminal.readers.present_payment_method_async(
                reader_processor_id, {"type": "card_present", "card_present": {"number": card_number}}
            )
        except stripe.CardError:
            return  # what became of it, the PaymentIntent says
        except stripe.InvalidRequestError as error:
            raise Conflict(
                "reader-not-asking", "The reader is not asking for a card. Check the payment, or start again."
            ) from error
        except stripe.StripeError as error:
            raise _refusal(error, "tap") from error

    async def simulate_silence(self) -> None:
        """Let the pretended Stripe's next answers get lost.

        Raises:
            Conflict: `processor-is-real`.
            Unavailable: nobody answered.
        """
        forbid_transaction()
        if self._pretended_at is None:
            raise Conflict("processor-is-real", "Silence can only be rehearsed with the pretended processor.")
        fault = {"on": "GET /v1/payment_intents/", "what": "lose_answer", "times": LOST_ANSWERS}
        try:
            async with httpx.AsyncClient(timeout=CONNECT_SECONDS, trust_env=False) as client:
                (await client.post(f"{self._pretended_at}/_control/fault", json=fault)).raise_for_status()
        except httpx.HTTPError as problem:
            raise _no_answer() from problem


def outcome_of(intent: stripe.PaymentIntent) -> Outcome:
    """What a PaymentIntent says. Only `succeeded` with an amount received is paid."""
    match getattr(intent, "status", None):
        case "succeeded":
            received, currency = getattr(intent, "amount_received", 0), getattr(intent, "currency", None)
            if received <= 0 or currency != "usd":
                return Unknown(f"succeeded with {received} {currency}")
            brand, last4 = _card(getattr(intent, "latest_charge", None))
            return Paid(Cents(received), brand, last4)
        case "requires_payment_method" | "canceled" if getattr(intent, "last_payment_error", None):
            return _declined(intent.last_payment_error)
        case "canceled":
            return Cancelled()
        case "requires_payment_method" | "requires_confirmation" | "requires_action" | "processing":
            return InProgress()
        case other:
            return Unknown(f"status {other}")


def _given_back(refund: stripe.Refund) -> RefundOutcome:
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


def _card(charge: object) -> tuple[str | None, str | None]:
    """Brand and last four of the card of a charge, if it tells."""
    details = getattr(charge, "payment_method_details", None)
    card = getattr(details, "card_present", None) or getattr(details, "card", None)
    brand, last4 = getattr(card, "brand", None), getattr(card, "last4", None)
    return (brand[:20] if brand else None), (last4[-4:] if last4 else None)


def _declined(error: object) -> Declined:
    code = getattr(error, "decline_code", None) or getattr(error, "code", None) or "unexplained"
    return Declined(str(code)[:60], decline_sentence(str(code)))


def _intent_id(action: object) -> str | None:
    """The PaymentIntent an action is about, whether it is named or told in full."""
    intent = getattr(action, "payment_intent", None)
    return intent if isinstance(intent, str) else getattr(intent, "id", None)


def _unsure(error: stripe.StripeError) -> bool:
    """True when the step may have happened although this error came back."""
    return (
        error.code in UNSURE_CODES
        or isinstance(error, stripe.APIConnectionError | stripe.APIError | stripe.IdempotencyError)
        or (error.http_status or 500) >= 500
    )


def _named(error: stripe.StripeError) -> str:
    """Kind and code of an error: enough to find it, nothing to hide."""
    return f"{type(error).__name__} {error.code or error.http_status or ''}".strip()


def _no_answer() -> Refusal:
    return Unavailable(
        "processor-away", "The card processor does not answer. Take another tender, or try again shortly."
    )


def _refusal(error: stripe.StripeError, step: str) -> Refusal:
    """The refusal an error stands for; what is our own fault or our account's goes to the log."""
    if _unsure(error):
        log.warning("no-answer", step=step, problem=_named(error))
        return _no_answer()
    known = READER_REFUSALS.get(error.code or "")
    if known is not None:
        return type(known)(known.code, known.sentence)
    if isinstance(error, stripe.RateLimitError):
        return Unavailable(
            "processor-busy", "The card processor is very busy. Nothing was charged; try again shortly."
        )
    log.error("processor-refuses", step=step, problem=_named(error), said=error.user_message)
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
