"""What else moves money on a day: fees, deposits, packages, credit, payroll, cards kept, drawers."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from spa_pos.booking.rules import Status
from spa_pos.checkout.actions import (
    add_deposit,
    add_fee,
    add_package,
    begin_card,
    split_tips,
    take_package_visit,
    take_payroll,
    take_value,
)
from spa_pos.checkout.queries import tips_now
from spa_pos.db import fetch, fetch_value
from spa_pos.drawers.actions import move_cash, open_without_sale
from spa_pos.drawers.queries import drawer_at
from spa_pos.drawers.rules import Move
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import (
    record_created,
)
from spa_pos.stored_value.actions import grant_credit, move_card_to_credit, transfer_card
from spa_pos.stored_value.rules import Kind
from tests.builders import sale_of
from tests.property.after_sale import STEPS as AFTERWARDS
from tests.property.after_sale import WholeDay
from tests.property.day import Kiosk, one_of
from tests.property.register import UNDER_WAY

STEPS = (
    *AFTERWARDS,
    *["deposit"] * 2,
    *["fee"] * 3,
    *["sell_package", "draw", "draw", "owned", "owned", "grant", "payroll", "kept_card", "kept_card"],
    *["split", "split", "transfer", "to_credit", "drawer", "drawer", "drawer"],
)
"""What may happen, the likelier the more often it stands here."""

OF_A_GUEST = "SELECT t.id AS ticket FROM ticket t WHERE t.guest IS NOT NULL"

OF_AN_EMPLOYEE = (
    f"{OF_A_GUEST} AND EXISTS (SELECT FROM ticket_line l WHERE l.ticket = t.id AND l.status = 'live'"
    " AND l.guest_group = 'employee')"
)

WITH_CREDIT = (
    "SELECT t.id AS ticket, h.id AS holding FROM ticket t JOIN holding h ON h.guest = t.guest"
    " WHERE h.kind NOT IN ('package', 'gift_card')"
)

COVERED = (
    "SELECT t.id AS ticket, l.id AS line_id, i.holding AS package_id FROM ticket t JOIN ticket_line l"
    " ON l.ticket = t.id AND l.status = 'live' AND l.discount_cents = 0 JOIN appointment p"
    " ON p.id = l.appointment JOIN holding h ON h.guest = t.guest JOIN package_item i ON i.holding = h.id"
    " AND i.service = p.service AND i.visits_left > 0 WHERE true"
)

ANY_PACKAGE = (
    "SELECT t.id AS ticket, l.id AS line_id, h.id AS package_id FROM ticket t JOIN holding h"
    " ON h.guest = t.guest AND h.kind = 'package' JOIN ticket_line l ON l.ticket = t.id WHERE t.id = $1"
)

OTHER_CARDS = "SELECT id FROM holding WHERE kind = 'gift_card' ORDER BY id <> $1, id"

OF_TWO = (
    "SELECT l.ticket FROM ticket_line l JOIN ticket t ON t.id = l.ticket AND t.status = 'settled'"
    " WHERE l.status = 'live' GROUP BY 1 HAVING count(DISTINCT l.provider) > 1"
)
"""Paid tickets of two providers, whose tips can be shared."""

MOVES = (
    (Move.PAID_IN, "change"),
    (Move.PAID_OUT, "supplies"),
    (Move.DROP, "safe"),
    (Move.PAID_IN, "other-in"),
    (Move.PAID_OUT, "tips"),
    (Move.NO_SALE, ""),
)


@dataclass
class MoneyDay(WholeDay):
    """A whole day with every way to pay, and with money that moves beside sales."""

    plans: list[UUID] = field(default_factory=list)

    async def step(self, name: str, who: int, a: int, b: int) -> None:
        """One step; deposits and packages that paid by themselves are tenders like others."""
        await super().step(name, who, a, b)
        for row in await fetch("SELECT id FROM tender WHERE kind IN ('deposit', 'package')"):
            self.model.tenders.setdefault(row["id"], 0)

    async def _opened(self, kiosk: Kiosk, ticket_id: UUID) -> None:
        """A new ticket, which a deposit may have paid already."""
        row = (await fetch("SELECT status, version FROM ticket WHERE id = $1", ticket_id))[0]
        self.tickets.append(ticket_id)
        self.model.tickets[ticket_id] = "open"
        kiosk.seen[ticket_id] = row["version"]
        if row["status"] == "settled":
            paid = await fetch_value("SELECT sum(amount_cents) FROM tender WHERE ticket = $1", ticket_id)
            assert paid == (await sale_of(self.spa, ticket_id)).sums.total_cents
            self._settled(ticket_id, await self._visits_on(ticket_id))

    async def _open_for(self, number: int, suiting: str) -> Any:
        """A row of open tickets for a step: three times in four one with which it can succeed, or None.

        What waits for a card is left out.
        """
        rows = await fetch(
            f"{suiting} AND t.status = 'open' AND NOT EXISTS (SELECT FROM attempt x WHERE x.subject = t.id"
            f" AND x.state IN ({UNDER_WAY}))"
        )
        found = sorted(rows, key=lambda row: self.tickets.index(row["ticket"]))
        return one_of(number, found) if number % 4 else None

    async def deposit(self, who: int, a: int, _b: int) -> None:
        """The deposit of a visit goes on a ticket of its own."""
        visit, ticket_id, kiosk = self._visit(a, Status.BOOKED), uuid4(), self.kiosks[who % 2]
        asked = {"ticket_id": ticket_id, "line_id": uuid4(), "deposit_id": uuid4(), "appointment_id": visit}
        if visit and await self.ask(kiosk, "deposit", add_deposit, **asked) == ticket_id:
            await self._opened(kiosk, ticket_id)

    async def fee(self, who: int, a: int, _b: int) -> None:
        """The fee of a visit that was cancelled late, or of a guest who did not come."""
        due = {row["id"] for row in await fetch("SELECT id FROM appointment WHERE fee_cents > 0")}
        visit = one_of(a, [one for one in self.appointments if one in due], self.appointments)
        ticket_id, kiosk = uuid4(), self.kiosks[who % 2]
        asked = {"ticket_id": ticket_id, "line_id": uuid4(), "appointment_id": visit}
        if visit and await self.ask(kiosk, "fee", add_fee, **asked) == ticket_id:
            await self._opened(kiosk, ticket_id)

    async def sell_package(self, who: int, a: int, _b: int) -> None:
        """A package is put on the ticket of a guest."""
        asked = {"line_id": uuid4(), "package_id": uuid4(), "plan_id": self.plans[0]}
        row = await self._open_for(a, OF_A_GUEST)
        ticket = row["ticket"] if row else None
        await self._on_ticket("sell_package", add_package, who, a, ticket=ticket, **asked)

    async def draw(self, who: int, a: int, b: int) -> None:
        """A visit of a package pays a line."""
        row = await self._open_for(a, COVERED)
        rows = [row] if row else await fetch(ANY_PACKAGE, self._ticket(a))
        if rows:
            await self._valued("draw", take_package_visit, who, a, **dict(rows[b % len(rows)]))

    async def owned(self, who: int, a: int, b: int) -> None:
        """A credit or a deposit of the guest pays what it can, or a part."""
        row = await self._open_for(a, WITH_CREDIT)
        if row:
            asked = {"holding_id": row["holding"], "amount_cents": (None, Cents(700))[b % 2]}
            await self._valued("owned", take_value, who, a, ticket=row["ticket"], **asked)

    async def grant(self, _who: int, a: int, b: int) -> None:
        """A guest is given promotional or goodwill credit, for some days or for good."""
        asked = {"grant_id": uuid4(), "credit_id": uuid4(), "guest_id": self.guests[a % len(self.guests)]}
        kind = (Kind.PROMOTIONAL_CREDIT, Kind.GOODWILL_CREDIT)[b % 2]
        asked |= {"kind": kind, "until": self.today + timedelta(days=b % 3), "reason": "Waited"}
        await self.ask(self._manager(), "grant", grant_credit, amount_cents=Cents(500 + 100 * b), **asked)

    async def payroll(self, who: int, a: int, b: int) -> None:
        """It is taken from pay, as far as was signed for."""
        row = await self._open_for(a, OF_AN_EMPLOYEE)
        asked = {"ticket": row["ticket"] if row else None, "amount_cents": (None, Cents(1_000))[b % 2]}
        await self._valued("payroll", take_payroll, who, a, **asked)

    async def kept_card(self, who: int, a: int, b: int) -> None:
        """A card on file is to be charged, for all that remains or for a part."""
        row, attempt_id = await self._open_for(a, OF_A_GUEST), uuid4()
        ticket_id = row["ticket"] if row else self._ticket(a)
        if ticket_id is None:
            return
        sale = await sale_of(self.spa, ticket_id)
        card = await fetch_value("SELECT id FROM stored_card WHERE guest = $1", sale.head.guest_id)
        if card is None:
            return
        amount = Cents(sale.sums.remaining_cents // (1 + b % 2))
        asked = {"attempt_id": attempt_id, "stored_card_id": card, "amount_cents": amount}
        if (await self._on_ticket("kept_card", begin_card, who, a, ticket=ticket_id, **asked))[0]:
            self.attempts.append(attempt_id)
            await record_created(attempt_id, f"pi_{attempt_id.hex}", self.spa.clock.now)

    async def split(self, _who: int, a: int, b: int) -> None:
        """The tips of a paid ticket are shared anew; together they stay what they are."""
        of_two = {row["ticket"] for row in await fetch(OF_TWO)}
        fitting = [one for one in self.tickets if one in of_two]
        ticket_id = one_of(a, fitting) if a % 4 else self._settled_one(a)
        if ticket_id is None:
            return
        before = await tips_now(ticket_id)
        whom = sorted(
            one.provider_id for one in (await sale_of(self.spa, ticket_id)).lines if one.provider_id
        )
        if not before or not whom:
            return
        whole = sum(before.values())
        first = Cents((whole, whole // 2, whole + 100)[b % 3])
        wanted = {whom[0]: first} | ({whom[-1]: Cents(whole - first)} if whom[-1] != whom[0] else {})
        asked = {"ticket_id": ticket_id, "change_id": uuid4(), "wanted": wanted, "approval_id": None}
        if await self.ask(self._manager(), "split", split_tips, **asked):
            assert sum((await tips_now(ticket_id)).values()) == whole

    async def transfer(self, _who: int, a: int, b: int) -> None:
        """What is on a gift card goes on another."""
        source, cards = await self._card(a), await fetch(OTHER_CARDS, await self._card(b))
        if source and cards:
            target = next((row["id"] for row in cards if row["id"] != source), source)
            asked = {"transfer_id": uuid4(), "card_id": source, "to_card_id": target, "reason": "One card"}
            await self.ask(self._manager(), "transfer", transfer_card, **asked)

    async def to_credit(self, _who: int, a: int, b: int) -> None:
        """What was paid for a gift card becomes the credit of a guest."""
        card_id = await self._card(a)
        if card_id:
            asked = {"card_id": card_id, "guest_id": self.guests[b % len(self.guests)]}
            asked |= {"transfer_id": uuid4()}
            await self.ask(self._manager(), "to_credit", move_card_to_credit, reason="Asked for it", **asked)

    async def drawer(self, who: int, a: int, b: int) -> None:
        """Money goes into the drawer or out of it without a sale, or it is opened for nothing."""
        found, kiosk = await drawer_at(self.spa.maya.device_id), self.kiosks[who % 2]
        (move, category), cents = MOVES[a % len(MOVES)], Cents(100 * (1 + b))
        assert found is not None
        asked = {"drawer_id": found.id, "move_id": uuid4(), "note": "Change for a fifty"}
        if move is Move.NO_SALE:
            await self.ask(kiosk, "no sale", open_without_sale, **asked)
            return
        asked |= {"move": move, "category": category, "amount_cents": cents}
        count = len(self.done)
        await self.ask(kiosk, f"drawer {move.value}", move_cash, **asked)
        if len(self.done) > count:
            self.model.cash_cents += cents if move is Move.PAID_IN else -cents
