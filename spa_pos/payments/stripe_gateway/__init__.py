"""Stripe: the only place that knows it."""

from spa_pos.payments.stripe_gateway.answers import outcome_of
from spa_pos.payments.stripe_gateway.readers import StripeGateway
from spa_pos.payments.stripe_gateway.webhooks import StripeWebhooks

__all__ = ["StripeGateway", "StripeWebhooks", "outcome_of"]
