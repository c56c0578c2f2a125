"""What checkout does with stored value: one transaction, the other side of the entry, posted."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from spa_pos.db import action, fetch, fetch_value
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import post_entry
from spa_pos.ledger.rules import CARD_CLEARING, NewPosting
from spa_pos.stored_value.actions import (
    Issued,
    Redeemed,
    add_plan,
    issue_gift_card,
    redeem,
    sell_package,
    take_deposit,
    unredeem,
)
from spa_pos.stored_value.queries import holding
from spa_pos.stored_value.rules import PlanItem
from tests.cast import Spa


@action
async def booked(
    actor: Actor, verb: Callable[..., Awaitable[Any]], entry_id: UUID, *, now: datetime, **asked: Any
) -> Any:
    """Do a verb of stored value and post its side against a card, once for an entry."""
    answer: Issued | Redeemed = await verb(actor, now=now, **asked)
    if await fetch_value("SELECT id FROM entry WHERE id = $1", entry_id) is None:
        await post_entry(
            entry_id=entry_id,
            location_id=actor.location_id,
            business_date=local_date(now, actor.zone),
            kind="value-for-card",
            subject=answer.holding_id,
            postings=[*answer.postings, other_side(answer)],
            now=now,
        )
    return answer


def other_side(answer: Issued | Redeemed) -> NewPosting:
    """The guest pays by a card for what comes in, and gets it back for what goes out."""
    return NewPosting(CARD_CLEARING, Cents(-sum(one.amount_cents for one in answer.postings)))


@dataclass
class Till:
    """Short ways to move stored value as checkout would."""

    spa: Spa

    async def __call__(
        self, verb: Callable[..., Awaitable[Any]], *, by: Actor | None = None, **asked: Any
    ) -> Any:
        """Do any verb that gives postings; `entry_id` when it is asked again."""
        asked.setdefault("ticket_id", uuid4())
        entry_id = asked.pop("entry_id", uuid4())
        return await booked(by or self.spa.maya, verb, entry_id, now=self.spa.clock.now, **asked)

    async def card(self, paid: int = 10_000, free: int = 0, **wish: Any) -> UUID:
        """A gift card that was sold."""
        card_id = uuid4()
        wish |= {"issue_id": uuid4(), "card_id": card_id}
        by = self.spa.renata if free else self.spa.maya
        await self(issue_gift_card, by=by, paid_cents=Cents(paid), free_cents=Cents(free), **wish)
        return card_id

    async def pay(self, holding_id: UUID, amount: int, **wish: Any) -> Redeemed:
        """Pay with a card, credit or deposit."""
        wish = {"tender_id": uuid4(), "guest_id": None} | wish
        answer: Redeemed = await self(redeem, holding_id=holding_id, amount_cents=Cents(amount), **wish)
        return answer

    async def undo(self, tender_id: UUID, amount: int | None = None, **wish: Any) -> Issued:
        """Give a tender back."""
        wish = {"return_id": uuid4()} | wish
        cents = None if amount is None else Cents(amount)
        answer: Issued = await self(unredeem, tender_id=tender_id, amount_cents=cents, **wish)
        return answer

    async def deposit(self, guest_id: UUID, amount: int = 5_000, **wish: Any) -> UUID:
        """A deposit that was paid."""
        deposit_id = uuid4()
        wish = {"for_visit": None} | wish
        await self(take_deposit, deposit_id=deposit_id, guest_id=guest_id, amount_cents=Cents(amount), **wish)
        return deposit_id

    async def plan(self, price: int, *items: tuple[str, int, int]) -> UUID:
        """A package plan of services by code, visits and list price."""
        return await add_plan(
            self.spa.renata,
            plan_id=uuid4(),
            name="Renewal",
            price_cents=Cents(price),
            items=[
                PlanItem(await self.spa.service_id(code), visits, Cents(each)) for code, visits, each in items
            ],
            now=self.spa.clock.now,
        )

    async def package(self, guest_id: UUID, plan_id: UUID, paid: int) -> UUID:
        """A package that was bought."""
        package_id = uuid4()
        asked = {"package_id": package_id, "plan_id": plan_id, "guest_id": guest_id}
        await self(sell_package, paid_cents=Cents(paid), **asked)
        return package_id


async def left(holding_id: UUID) -> tuple[int, int]:
    """The paid and the free part that are left."""
    found = await holding(holding_id)
    return found.paid_cents, found.free_cents


async def owed(*accounts: str) -> list[int]:
    """What accounts owe or earned."""
    rows = await fetch("SELECT account, -sum(amount_cents)::bigint AS cents FROM posting GROUP BY account")
    sums = {row["account"]: row["cents"] for row in rows}
    return [sums.get(account, 0) for account in accounts]
