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
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import (
    Cancelled,
    InProgress,
    NotGivenBack,
    Outcome,
    RefundOutcome,
    Unknown,
)
from spa_pos.payments.stripe_gateway.answers import (
    declined,
    given_back,
    intent_id,
    named,
    no_answer,
    outcome_of,
    refusal,
    unsure,
)
from spa_pos.payments.stripe_gateway.listing import StripeListing
from spa_pos.payments.stripe_gateway.on_file import StripeOnFile
from spa_pos.payments.stripe_gateway.online import StripeOnline

log = structlog.get_logger(__name__)

stripe.enable_telemetry = False  # it would write a permanent id into the home folder and send it along
for _chatty in ("stripe", "httpx", "httpcore"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
LOST_ANSWERS = 4
"""What a rehearsed silence loses: two looks, each asked twice."""


class _ThisMachine(stripe.HTTPXClient):
    """Asks a pretended Stripe directly: a proxy that the environment names does not reach this machine."""

    def __init__(self, timeout: httpx.Timeout) -> None:
        super().__init__(timeout=timeout)
        self._client_async = httpx.AsyncClient(trust_env=False)


class StripeGateway(StripeOnFile, StripeOnline, StripeListing):
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
            raise refusal(error, "create") from error
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
            if unsure(error):
                log.warning("no-answer", step="present", problem=named(error))
                return Unknown(named(error))
            if isinstance(error, stripe.CardError):
                return declined(error.error)
            raise refusal(error, "present") from error
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
            log.warning("no-answer", step="read", problem=named(error))
            return Unknown(named(error))
        return outcome_of(intent)

    async def give_back(self, refund_id: UUID, processor_id: str, amount_cents: Cents) -> RefundOutcome:
        """Refund a part of a PaymentIntent; a refund that is there already under this id is told again."""
        forbid_transaction()
        refunds = self._client.v1.refunds
        try:
            # The key is forgotten after a day; by then the refund is found by what we wrote on it.
            for made in (await refunds.list_async({"payment_intent": processor_id, "limit": 100})).data:
                if getattr(getattr(made, "metadata", None), "refund", None) == str(refund_id):
                    return given_back(made)
            return given_back(
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
            if unsure(error):
                log.warning("no-answer", step="give back", problem=named(error))
                return Unknown(named(error))
            log.error("processor-refuses", step="give back", problem=named(error), said=error.user_message)
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
            if getattr(action, "status", None) != "in_progress" or intent_id(asked) != processor_id:
                return
            await readers.cancel_action_async(reader_processor_id)
        except stripe.StripeError as error:
            raise refusal(error, "cancel on reader") from error

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
                raise refusal(error, "cancel") from error

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
            raise refusal(error, "tap") from error

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
            raise no_answer() from problem
