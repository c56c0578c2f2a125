"""Short ways to do things to a ticket as it stands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID, uuid4

from spa_pos.checkout.queries import TicketView
from spa_pos.db import fetch, fetch_value, insert
from spa_pos.kernel.actor import Actor
from spa_pos.people.tables import Approval
from tests.builders import open_sale, sale_of
from tests.cast import Spa

T = TypeVar("T")


@dataclass
class Sale:
    """An open ticket and the people who work on it."""

    spa: Spa
    ticket_id: UUID

    @classmethod
    async def open(cls, spa: Spa, guest_id: UUID | None = None, **wish: Any) -> "Sale":
        """A ticket with one massage of $120.00 by Ana and $9.75 of tax, unless wished otherwise."""
        return cls(spa, await open_sale(spa, guest_id, **wish))

    async def __call__(
        self, verb: Callable[..., Awaitable[T]], *, by: Actor | None = None, **asked: Any
    ) -> T:
        """Do a verb to the ticket, at its version unless told otherwise."""
        asked.setdefault("version", (await self.now()).head.version)
        return await verb(by or self.spa.maya, ticket_id=self.ticket_id, now=self.spa.clock.now, **asked)

    async def later(self, verb: Callable[..., Awaitable[T]], *, by: Actor | None = None, **asked: Any) -> T:
        """Do a verb that asks for no version."""
        return await verb(by or self.spa.maya, ticket_id=self.ticket_id, now=self.spa.clock.now, **asked)

    async def now(self) -> TicketView:
        return await sale_of(self.spa, self.ticket_id)

    async def remaining(self) -> int:
        return (await self.now()).sums.remaining_cents

    async def yes(self, verb: str, cents: int, *, by: str = "Renata Silva", to: Actor | None = None) -> UUID:
        """An approval of somebody for this ticket."""
        asked_by = to or self.spa.maya
        approval_id = uuid4()
        await insert(
            Approval,
            id=approval_id,
            location=self.spa.house.location_id,
            approver=await self.spa.staff_id(by),
            asked_by=asked_by.staff_id,
            device=asked_by.device_id,
            verb=verb,
            subject=self.ticket_id,
            amount_cents=cents,
            made_at=self.spa.clock.now,
        )
        return approval_id


async def renata(spa: Spa) -> Actor:
    """The manager with her own id."""
    return replace(spa.renata, staff_id=await spa.staff_id("Renata Silva"))


async def tips_on(spa: Spa, *categories: str) -> None:
    """Guests are asked for a tip in these categories, massage alone by default."""
    await fetch("UPDATE category SET takes_tips = code = ANY($1)", list(categories or ("massage",)))


async def balance(account: str) -> int:
    """What an account holds."""
    return int(
        await fetch_value(
            "SELECT coalesce(sum(amount_cents), 0)::bigint FROM posting WHERE account = $1", account
        )
    )
