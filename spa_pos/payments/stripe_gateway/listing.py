"""What Stripe did on a day: every charge and every refund, page after page (PAYMENTS.md §4.6)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import stripe

from spa_pos.db import forbid_transaction
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import Charged, Returned
from spa_pos.payments.stripe_gateway.answers import refusal

PAGE = 100
"""Stripe gives no more at once."""


class StripeListing:
    """The part of the gateway that looks back."""

    _client: stripe.StripeClient

    async def charges_between(self, since: datetime, until: datetime) -> list[Charged]:
        """Every charge that took money in [since, until).

        Raises:
            Unavailable: it was refused, or nobody answered; then nothing is known of that time.
        """
        return await self._charges({"created": _span(since, until), "limit": PAGE})

    async def charges_of(self, payment_id: str) -> list[Charged]:
        """The charges of one payment that took money, whenever; none for a payment it does not know.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """
        return await self._charges({"payment_intent": payment_id, "limit": PAGE})

    async def refunds_between(self, since: datetime, until: datetime) -> list[Returned]:
        """Every refund that was made in [since, until), also one that its bank returned.

        Raises:
            Unavailable: it was refused, or nobody answered; then nothing is known of that time.
        """
        forbid_transaction()
        wanted: Any = {"created": _span(since, until), "limit": PAGE}
        try:
            listed = await self._client.v1.refunds.list_async(wanted)
            return [_returned(one) async for one in _all(listed)]
        except stripe.StripeError as error:
            raise refusal(error, "list refunds") from error

    async def refund_of(self, processor_id: str) -> Returned | None:
        """One refund, whenever it was made; None when it is not known.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """
        forbid_transaction()
        try:
            return _returned(await self._client.v1.refunds.retrieve_async(processor_id))
        except stripe.StripeError as error:
            if error.code == "resource_missing":
                return None
            raise refusal(error, "read refund") from error

    async def _charges(self, wanted: Any) -> list[Charged]:
        forbid_transaction()
        try:
            listed = await self._client.v1.charges.list_async(wanted)
            return [_charged(one) async for one in _all(listed) if _took_money(one)]
        except stripe.StripeError as error:
            if error.code == "resource_missing":
                return []
            raise refusal(error, "list charges") from error


def _span(since: datetime, until: datetime) -> dict[str, int]:
    return {"gte": int(since.timestamp()), "lt": int(until.timestamp())}


def _all(listed: Any) -> AsyncIterator[Any]:
    """Everything of a list, the next page asked for when one is through."""
    pages: AsyncIterator[Any] = listed.auto_paging_iter()
    return pages


def _took_money(charge: Any) -> bool:
    return getattr(charge, "status", None) == "succeeded" and bool(getattr(charge, "captured", False))


def _id(named: Any) -> str:
    """The id of something that is named or told in full; nothing when there is none."""
    found = named if isinstance(named, str) else getattr(named, "id", None)
    return str(found or "")


def _charged(charge: Any) -> Charged:
    return Charged(
        charge.id,
        _id(getattr(charge, "payment_intent", None)),
        Cents(charge.amount_captured),
        charge.currency,
        datetime.fromtimestamp(charge.created, UTC),
    )


def _returned(refund: Any) -> Returned:
    part = getattr(getattr(refund, "metadata", None), "refund", None)
    return Returned(
        refund.id,
        _id(getattr(refund, "payment_intent", None)),
        str(part) if part else None,
        Cents(refund.amount),
        refund.currency,
        getattr(refund, "status", None) in ("succeeded", "pending", "requires_action"),
        datetime.fromtimestamp(refund.created, UTC),
    )
