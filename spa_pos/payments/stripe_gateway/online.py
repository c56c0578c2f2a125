"""Cards that guests type on their own device, at Stripe: a PaymentIntent and Stripe's own page element."""

from uuid import UUID

import stripe
import structlog

from spa_pos.db import forbid_transaction
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import Outcome, Unknown
from spa_pos.payments.stripe_gateway.answers import declined, named, outcome_of, refusal

log = structlog.get_logger(__name__)


class StripeOnline:
    """The part of the gateway for payments without a reader and without a kept card."""

    _client: stripe.StripeClient
    _pretended_at: str | None

    async def create_online(self, attempt_id: UUID, amount_cents: Cents) -> str:
        """Announce an attempt that a typed card is to pay.

        Raises:
            Unavailable: it was refused, or nobody answered; either way nothing can be charged.
        """
        forbid_transaction()
        try:
            intent = await self._client.v1.payment_intents.create_async(
                {
                    "amount": amount_cents,
                    "currency": "usd",
                    "allowed_payment_method_types": ["card"],
                    "capture_method": "automatic",
                    "metadata": {"attempt": str(attempt_id)},
                },
                {"idempotency_key": f"attempt-{attempt_id}-create"},
            )
        except stripe.StripeError as error:
            raise refusal(error, "create") from error
        return intent.id

    async def payment_secret(self, processor_id: str) -> str:
        """What Stripe's card element needs.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """
        forbid_transaction()
        try:
            found = await self._client.v1.payment_intents.retrieve_async(processor_id)
        except stripe.StripeError as error:
            raise refusal(error, "secret") from error
        return found.client_secret or ""

    async def sample_payment(self, attempt_id: UUID, processor_id: str, token: str) -> Outcome:
        """Pay with a test token; no answer is unknown.

        Raises:
            Conflict: `processor-is-real`.
        """
        forbid_transaction()
        if self._pretended_at is None:
            raise Conflict("processor-is-real", "Sample cards work with the pretended processor alone.")
        try:
            intent = await self._client.v1.payment_intents.confirm_async(
                processor_id,
                {"payment_method": token, "expand": ["latest_charge"]},
                {"idempotency_key": f"attempt-{attempt_id}-sample-{token}"},
            )
        except stripe.CardError as error:
            return declined(error.error)
        except stripe.StripeError as error:
            log.warning("no-answer", step="sample payment", problem=named(error))
            return Unknown(named(error))
        return outcome_of(intent)
