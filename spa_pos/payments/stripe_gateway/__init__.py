"""Stripe: the only place that knows it."""

from spa_pos.payments.stripe_gateway.readers import StripeGateway, outcome_of
from spa_pos.payments.stripe_gateway.webhooks import StripeWebhooks

__all__ = ["StripeGateway", "StripeWebhooks", "outcome_of"]
