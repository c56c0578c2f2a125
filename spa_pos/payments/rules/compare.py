"""What the processor says of a day beside what we wrote down: where the two part, in both directions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from spa_pos.kernel.money import Cents
from spa_pos.payments.rules.attempts import State

CURRENCY = "usd"


class Kind(StrEnum):
    """How the processor and we disagree of one payment or one refund."""

    CHARGE_UNKNOWN = "charge-unknown"
    """It charged a card, and no payment of ours knows of it."""
    CHARGE_GIVEN_UP = "charge-given-up"
    """It charged a card for a payment that ended here without money, or that has not ended."""
    CHARGE_AMOUNT = "charge-amount"
    CHARGE_MISSING = "charge-missing"
    """Paid here, and it knows of no charge."""
    CHARGE_UNBOOKED = "charge-unbooked"
    """Paid on both sides, and not all of it is on a ticket or among tips."""
    REFUND_UNKNOWN = "refund-unknown"
    REFUND_GIVEN_UP = "refund-given-up"
    """It sent money back for a refund that was refused here, or that waits."""
    REFUND_AMOUNT = "refund-amount"
    REFUND_MISSING = "refund-missing"
    REFUND_CAME_BACK = "refund-came-back"
    """Given back here, and the card's bank returned it to us."""


@dataclass(frozen=True, slots=True)
class Charged:
    """A card that was charged, as the processor tells; the amount in the smallest unit of its currency."""

    id: str
    payment_id: str
    amount_cents: Cents
    currency: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """Money sent back to a card, as the processor tells; `gone` is False when its bank returned it."""

    id: str
    payment_id: str
    part: str | None
    """The refund part we wrote on it, if we did."""
    amount_cents: Cents
    currency: str
    gone: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OurPayment:
    """One attempt as it stands here: what was received, and how much of that is on tickets and among tips."""

    attempt_id: UUID
    location_id: UUID
    payment_id: str
    state: State
    received_cents: Cents
    booked_cents: Cents
    ticket_id: UUID | None


@dataclass(frozen=True, slots=True)
class OurRefund:
    """One card part of a refund as it stands here."""

    part_id: UUID
    location_id: UUID
    refund_id: UUID | None
    """None: the payment went back before its ticket settled."""
    processor_id: str | None
    amount_cents: Cents
    done: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing of which the processor and we say other amounts; None where a side knows nothing of it.

    `key` is the same each time the same thing is found: the processor's id of the payment or refund.
    """

    kind: Kind
    key: str
    there_cents: Cents | None
    here_cents: Cents | None
    ticket_id: UUID | None = None
    refund_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What was looked at in one direction and the other, and where the two part."""

    count: int
    cents: Cents
    differences: tuple[Difference, ...]


def compare_payments(there: Iterable[Charged], ours: Iterable[OurPayment]) -> Compared:
    """Charges beside our payments; `cents` is what the processor says it charged.

    `ours` are the payments of the charges, whenever they were made, and those we hold for paid. Several
    charges of one payment are added up. Money in another currency than ours never agrees.
    """
    charged: dict[str, list[Charged]] = defaultdict(list)
    for one in there:
        charged[one.payment_id or one.id].append(one)
    known = {one.payment_id: one for one in ours}
    found: list[Difference] = []
    for payment_id in sorted(charged.keys() | known.keys()):
        found += _payment(payment_id, charged.get(payment_id, []), known.get(payment_id))
    cents = Cents(sum(one.amount_cents for group in charged.values() for one in group))
    return Compared(len(charged.keys() | known.keys()), cents, tuple(found))


def _payment(payment_id: str, charges: Sequence[Charged], ours: OurPayment | None) -> list[Difference]:
    there = Cents(sum(one.amount_cents for one in charges)) if charges else None
    if ours is None:
        return [Difference(Kind.CHARGE_UNKNOWN, payment_id, there, None)]
    here = ours.received_cents if ours.state is State.PAID else None
    told = (payment_id, there, here, ours.ticket_id)
    if here is None:
        return [] if there is None else [Difference(Kind.CHARGE_GIVEN_UP, *told)]
    if there is None:
        return [Difference(Kind.CHARGE_MISSING, *told)]
    if there != here or any(one.currency != CURRENCY for one in charges):
        return [Difference(Kind.CHARGE_AMOUNT, *told)]
    if ours.booked_cents != here:
        return [Difference(Kind.CHARGE_UNBOOKED, payment_id, there, ours.booked_cents, ours.ticket_id)]
    return []


def compare_refunds(
    there: Iterable[Returned], ours: Iterable[OurRefund], tickets: Mapping[str, UUID]
) -> Compared:
    """Refunds at the processor beside our refund parts; `cents` is what it says has gone back.

    `tickets` are those that payments were for, by the processor's id of the payment.
    """
    sent, parts = list(there), list(ours)
    by_part = {str(one.part_id): one for one in parts}
    by_id = {one.processor_id: one for one in parts if one.processor_id is not None}
    found: list[Difference] = []
    matched: set[UUID] = set()
    for one in sent:
        part = by_id.get(one.id) or by_part.get(one.part or "")
        if part is not None:
            matched.add(part.part_id)
        found += _refund(one, part, tickets.get(one.payment_id))
    missing = [one for one in parts if one.done and one.part_id not in matched]
    found += [
        Difference(
            Kind.REFUND_MISSING,
            one.processor_id or str(one.part_id),
            None,
            one.amount_cents,
            refund_id=one.refund_id,
        )
        for one in missing
    ]
    gone = Cents(sum(one.amount_cents for one in sent if one.gone))
    return Compared(len(sent) + len(missing), gone, tuple(sorted(found, key=lambda one: one.key)))


def _refund(one: Returned, part: OurRefund | None, ticket_id: UUID | None) -> list[Difference]:
    there = one.amount_cents if one.gone else None
    if part is None:
        return [Difference(Kind.REFUND_UNKNOWN, one.id, there, None, ticket_id)] if one.gone else []
    here = part.amount_cents if part.done else None
    told = (one.id, there, here)
    if here is None:
        kind = Kind.REFUND_GIVEN_UP if one.gone else None
    elif there is None:
        kind = Kind.REFUND_CAME_BACK
    else:
        agrees = there == here and one.currency == CURRENCY
        kind = None if agrees else Kind.REFUND_AMOUNT
    return [] if kind is None else [Difference(kind, *told, refund_id=part.refund_id)]
