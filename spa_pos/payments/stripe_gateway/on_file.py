"""Cards on file at Stripe: kept by a SetupIntent, charged later by a PaymentIntent (PAYMENTS.md §4.3)."""

from uuid import UUID

import stripe
import structlog

from spa_pos.db import forbid_transaction
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import (
    Cancelled,
    CardRefused,
    CardSaved,
    InProgress,
    Outcome,
    SetupOutcome,
    Unknown,
    decline_sentence,
)
from spa_pos.payments.stripe_gateway.answers import declined, named, outcome_of, refusal, unsure

log = structlog.get_logger(__name__)


class StripeOnFile:
    """The part of the gateway for cards that are not here."""

    _client: stripe.StripeClient
    _pretended_at: str | None

    async def customer(self, guest_id: UUID) -> str:
        """The processor's id for a guest; no name goes along.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """
        forbid_transaction()
        try:
            made = await self._client.v1.customers.create_async(
                {"metadata": {"guest": str(guest_id)}}, {"idempotency_key": f"guest-{guest_id}"}
            )
        except stripe.StripeError as error:
            raise refusal(error, "customer") from error
        return made.id

    async def set_up(self, setup_id: UUID, customer: str) -> str:
        """Begin to keep a card.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """
        forbid_transaction()
        try:
            made = await self._client.v1.setup_intents.create_async(
                {
                    "customer": customer,
                    "usage": "off_session",
                    "allowed_payment_method_types": ["card"],
                    "metadata": {"setup": str(setup_id)},
                },
                {"idempotency_key": f"setup-{setup_id}"},
            )
        except stripe.StripeError as error:
            raise refusal(error, "set up") from error
        return made.id

    async def setup_secret(self, processor_id: str) -> str:
        """What Stripe's card element needs.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """
        forbid_transaction()
        try:
            found = await self._client.v1.setup_intents.retrieve_async(processor_id)
        except stripe.StripeError as error:
            raise refusal(error, "set up") from error
        return found.client_secret or ""

    async def read_setup(self, processor_id: str) -> SetupOutcome:
        """How keeping a card stands; no answer is unknown."""
        forbid_transaction()
        try:
            found = await self._client.v1.setup_intents.retrieve_async(processor_id)
            return await self._setup_outcome(found)
        except stripe.StripeError as error:
            if error.code == "resource_missing" and self._pretended_at is not None:
                return Cancelled()
            log.warning("no-answer", step="read setup", problem=named(error))
            return Unknown(named(error))

    async def _setup_outcome(self, found: stripe.SetupIntent) -> SetupOutcome:
        method = getattr(found, "payment_method", None)
        match getattr(found, "status", None):
            case "succeeded" if method is not None:
                name = method if isinstance(method, str) else method.id
                card = (await self._client.v1.payment_methods.retrieve_async(name)).card
                if card is None:
                    return CardRefused("This is no card. Please use a card.")
                return CardSaved(name, card.brand[:20], card.last4[-4:], card.exp_month, card.exp_year)
            case "canceled":
                return Cancelled()
            case "requires_payment_method" | "requires_confirmation" | "requires_action" | "processing":
                return InProgress()
            case other:
                return Unknown(f"setup status {other}")

    async def cancel_setup(self, processor_id: str) -> None:
        """Make a setup impossible to finish."""
        forbid_transaction()
        try:
            await self._client.v1.setup_intents.cancel_async(processor_id)
        except stripe.StripeError as error:
            log.warning("no-answer", step="cancel setup", problem=named(error))

    async def sample_card(self, processor_id: str, token: str) -> SetupOutcome:
        """Finish a setup with a test token.

        Raises:
            Conflict: `processor-is-real`.
        """
        forbid_transaction()
        if self._pretended_at is None:
            raise Conflict("processor-is-real", "Sample cards work with the pretended processor alone.")
        try:
            confirmed = await self._client.v1.setup_intents.confirm_async(
                processor_id, {"payment_method": token}
            )
            return await self._setup_outcome(confirmed)
        except stripe.CardError as error:
            return CardRefused(decline_sentence(declined(error.error).code))
        except stripe.StripeError as error:
            log.warning("no-answer", step="sample card", problem=named(error))
            return await self.read_setup(processor_id)

    async def create_on_file(self, attempt_id: UUID, amount_cents: Cents, customer: str, method: str) -> str:
        """Announce an attempt that a kept card is to pay.

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
                    "customer": customer,
                    "payment_method": method,
                    "capture_method": "automatic",
                    "metadata": {"attempt": str(attempt_id)},
                },
                {"idempotency_key": f"attempt-{attempt_id}-create"},
            )
        except stripe.StripeError as error:
            raise refusal(error, "create") from error
        return intent.id

    async def charge(self, attempt_id: UUID, processor_id: str) -> Outcome:
        """Charge a kept card; the guest need not be there.

        Raises:
            Unavailable: it was refused for a reason of ours; nothing was charged.
        """
        forbid_transaction()
        try:
            intent = await self._client.v1.payment_intents.confirm_async(
                processor_id,
                {"off_session": True, "expand": ["latest_charge"]},
                {"idempotency_key": f"attempt-{attempt_id}-charge"},
            )
        except stripe.StripeError as error:
            if isinstance(error, stripe.CardError):
                return declined(error.error)
            if unsure(error) or error.code == "payment_intent_unexpected_state":
                log.warning("no-answer", step="charge", problem=named(error))
                return Unknown(named(error))
            raise refusal(error, "charge") from error
        return outcome_of(intent)

    async def forget(self, method: str) -> bool:
        """Take a kept card away; True once it is gone."""
        forbid_transaction()
        try:
            await self._client.v1.payment_methods.detach_async(method)
        except stripe.StripeError as error:
            if isinstance(error, stripe.InvalidRequestError):
                return True  # it is attached to nobody, or Stripe does not know it: gone either way
            log.warning("no-answer", step="forget", problem=named(error))
            return False
        return True
