"""Whom a guest may tip, what is offered, and how tips change after a sale (DOMAIN.md §2.8, §7.18); pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from spa_pos.checkout.rules.discounts import Terms
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents, format_usd, percent_of
from spa_pos.ledger.rules import CARD_CLEARING, CASH, TIPS, NewPosting

MOST_TIP_CENTS = Cents(100_000)


@dataclass(frozen=True, slots=True)
class Served:
    """A line as tips see it."""

    provider_id: UUID | None
    provider_name: str | None
    category: str
    list_cents: Cents
    is_service: bool


@dataclass(frozen=True, slots=True)
class Tippable:
    """A provider a guest may tip, and what their services cost before any reduction."""

    provider_id: UUID
    provider_name: str
    base_cents: Cents


@dataclass(frozen=True, slots=True)
class TipChoice:
    """One amount that is offered; without a percentage it is an amount for small services."""

    amount_cents: Cents
    rate_ppm: int | None


def whom_to_tip(lines: Sequence[Served], categories: Collection[str]) -> list[Tippable]:
    """Providers of services in categories that take tips, in the order of the ticket.

    The base is the list price: a reduction, a package or a gift card makes no tip smaller.
    """
    found: dict[UUID, Tippable] = {}
    for line in lines:
        if line.provider_id is None or not line.is_service or line.category not in categories:
            continue
        before = found.get(line.provider_id)
        base = Cents((before.base_cents if before else 0) + line.list_cents)
        found[line.provider_id] = Tippable(line.provider_id, line.provider_name or "", base)
    return list(found.values())


def tip_choices(base: Cents, terms: Terms) -> list[TipChoice]:
    """What is offered: percentages of the base, or amounts when it is small."""
    if base < terms.tip_small_cents:
        return [TipChoice(amount, None) for amount in terms.tip_fixed]
    return [TipChoice(percent_of(base, rate), rate) for rate in terms.tip_choices_ppm]


def check_tips(tips: Mapping[UUID, Cents], whom: Sequence[Tippable]) -> None:
    """Tips as they can be meant.

    Raises:
        Invalid: `tip-unreadable`.
        Conflict: `tip-nobody` for somebody who served nothing that takes tips.
    """
    if not tips.keys() <= {one.provider_id for one in whom}:
        raise Conflict("tip-nobody", "There is nobody on this ticket to be tipped for that.")
    if any(not 0 <= amount <= MOST_TIP_CENTS for amount in tips.values()):
        raise Invalid("tip-unreadable", f"A tip is up to {format_usd(MOST_TIP_CENTS)}.", field="tip")


def plan_split(now: Mapping[UUID, Cents], wanted: Mapping[UUID, Cents]) -> dict[UUID, Cents]:
    """What each provider's tip changes by, so that together they have what they had.

    Raises:
        Invalid: `tip-unreadable`.
        Conflict: `tips-do-not-add-up`, with the difference; `tips-unchanged`.
    """
    if any(amount < 0 for amount in wanted.values()):
        raise Invalid("tip-unreadable", "A tip is not below zero.", field="tip")
    missing = sum(now.values()) - sum(wanted.values())
    if missing:
        words = "still to give" if missing > 0 else "too much"
        raise Conflict(
            "tips-do-not-add-up",
            f"{format_usd(abs(missing))} {words}: together it stays what the guest gave.",
        )
    changes = {
        provider_id: Cents(wanted.get(provider_id, 0) - now.get(provider_id, 0))
        for provider_id in {*now, *wanted}
    }
    changes = {provider_id: cents for provider_id, cents in changes.items() if cents}
    if not changes:
        raise Conflict("tips-unchanged", "The tips are what they were. Nothing was changed.")
    return changes


def postings_for_late_tip(paid_with: str, amount: Cents) -> list[NewPosting]:
    """Money came in after the sale, and is owed to a provider."""
    return [
        NewPosting(CASH if paid_with == "cash" else CARD_CLEARING, amount),
        NewPosting(TIPS, Cents(-amount)),
    ]
