"""What happens to tickets on a simulated day, and the day as a whole."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from spa_pos.booking.rules import Status
from spa_pos.checkout.actions import (
    CARD_PURPOSE,
    Taken,
    add_gift_card,
    add_product,
    add_visit,
    begin_card,
    choose_tips,
    discount,
    open_ticket,
    record_paid_attempt,
    remove_discounts,
    remove_line,
    settle_ticket,
    take_cash,
    take_slip,
    take_value,
    undo_tender,
    void_ticket,
)
from spa_pos.checkout.queries import open_ticket_of, tippable
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import record_created, record_outcome, record_submitted
from spa_pos.payments.rules import Cancelled, Declined, Outcome, Paid, State, Unknown
from tests.builders import sale_of
from tests.property.day import one_of
from tests.property.visits import Visits

UNDER_WAY = "'new', 'created', 'submitted', 'unknown'"

PRODUCTS = ("Daily moisturizer", "Spa slippers")

STEPS = (
    "look",
    *["book"] * 5,
    *["check_in"] * 4,
    *["open_ticket"] * 4,
    *["cash"] * 4,
    *["card"] * 4,
    *["processor"] * 5,
    *["product", "remove", "undo_cash", "void", "settle", "resend", "resend", "wait"],
    *["reduce", "put_back", "tip", "tip", "slip", "gift_card", "gift_card", "sell_card", "who_pays"],
    *["undo_check_in", "cancel", "no_show", "restore", "move"],
)
"""What may happen, the likelier the more often it stands here."""


@dataclass
class SpaDay(Visits):
    """The steps of the board, of the register and of the card processor."""

    async def open_ticket(self, who: int, a: int, b: int) -> None:
        """Check a visit out, or begin a sale without one."""
        appointment_id = self._visit(a, Status.CHECKED_IN) if b % 5 else None
        ticket_id, kiosk = uuid4(), self.kiosks[who % 2]
        found = await self.ask(
            kiosk, "open_ticket", open_ticket, ticket_id=ticket_id, appointment_id=appointment_id
        )
        if found == ticket_id:
            self.tickets.append(ticket_id)
            self.model.tickets[ticket_id] = "open"
        if found is not None:
            kiosk.seen[found] = await fetch_value("SELECT version FROM ticket WHERE id = $1", found)

    async def _on_ticket(
        self,
        name: str,
        verb: Callable[..., Awaitable[Any]],
        who: int,
        a: int,
        *,
        ticket: UUID | None = None,
        **more: Any,
    ) -> tuple[bool, Any]:
        """Do something to a ticket as this kiosk saw it; gives whether it was done, and the answer."""
        ticket_id, kiosk = ticket or self._ticket(a), self.kiosks[who % 2]
        if ticket_id is None:
            return False, None
        version = kiosk.seen.get(ticket_id, 1)
        current = await fetch_value("SELECT version FROM ticket WHERE id = $1", ticket_id)
        count = len(self.done)
        answer = await self.ask(kiosk, name, verb, ticket_id=ticket_id, version=version, **more)
        if len(self.done) == count:
            return False, None
        assert self.model.tickets[ticket_id] == "open", f"{name} succeeded on a closed ticket"
        assert version == current, f"{name} succeeded on a stale version"
        kiosk.seen[ticket_id] = await fetch_value("SELECT version FROM ticket WHERE id = $1", ticket_id)
        return True, answer

    def _settled(self, ticket_id: UUID, appointments: list[UUID]) -> None:
        self.model.tickets[ticket_id] = "settled"
        for appointment_id in appointments:
            assert self.model.status[appointment_id] is Status.CHECKED_IN
            self.model.status[appointment_id] = Status.DONE

    async def _visits_on(self, ticket_id: UUID) -> list[UUID]:
        rows = await fetch(
            "SELECT appointment FROM ticket_line WHERE ticket = $1 AND status = 'live'"
            " AND appointment IS NOT NULL",
            ticket_id,
        )
        return [row["appointment"] for row in rows]

    async def product(self, who: int, a: int, b: int) -> None:
        """Something from the shelf."""
        product_id = await self.spa.product_id(PRODUCTS[b % 2])
        await self._on_ticket(
            "product", add_product, who, a, line_id=uuid4(), product_id=product_id, quantity=1 + b % 3
        )

    async def remove(self, who: int, a: int, b: int) -> None:
        """Take a line off."""
        ticket_id = self._ticket(a)
        if ticket_id is not None:
            lines = await fetch("SELECT id FROM ticket_line WHERE ticket = $1 ORDER BY position", ticket_id)
            if lines:
                await self._on_ticket("remove", remove_line, who, a, line_id=lines[b % len(lines)]["id"])

    async def cash(self, who: int, a: int, b: int) -> None:
        """Cash: exactly what is due, more, or a part."""
        ticket_id, tender_id = self._ticket(a), uuid4()
        given = (None, Cents(20_000), Cents(4_000), Cents(1))[b % 4]
        did, taken = await self._on_ticket("cash", take_cash, who, a, tender_id=tender_id, given_cents=given)
        if did and ticket_id is not None:
            assert isinstance(taken, Taken)
            cents = await fetch_value("SELECT amount_cents FROM tender WHERE id = $1", tender_id)
            assert given is None or cents == given - taken.change_cents
            self.model.cash_cents += cents
            self.model.tenders[tender_id] = cents
            if taken.settled:
                self._settled(ticket_id, await self._visits_on(ticket_id))

    async def undo_cash(self, who: int, a: int, b: int) -> None:
        """Give cash back."""
        with_money = await fetch(
            "SELECT DISTINCT ticket FROM tender WHERE status = 'taken' AND kind NOT LIKE 'card%'"
        )
        known = {row["ticket"] for row in with_money}
        fitting = [one for one in self.tickets if one in known and self.model.tickets[one] == "open"]
        ticket_id = one_of(a, fitting, self.tickets)
        if ticket_id is not None:
            tenders = await fetch("SELECT id FROM tender WHERE ticket = $1 ORDER BY taken_at, id", ticket_id)
            if tenders:
                tender_id = tenders[b % len(tenders)]["id"]
                asked = {"tender_id": tender_id, "ticket": ticket_id}
                did, _ = await self._on_ticket("undo_cash", undo_tender, who, a, **asked)
                if did:
                    self.model.cash_cents -= self.model.tenders.pop(tender_id)

    async def void(self, who: int, a: int, _b: int) -> None:
        """Void a ticket."""
        ticket_id = self._ticket(a)
        did, _ = await self._on_ticket("void", void_ticket, who, a, reason="Mistake")
        if did and ticket_id is not None:
            self.model.tickets[ticket_id] = "voided"

    async def reduce(self, who: int, a: int, b: int) -> None:
        """Take a little off, or too much."""
        rate = (50_000, 100_000, 900_000)[b % 3]
        await self._on_ticket(
            "reduce",
            discount,
            who,
            a,
            line_id=None,
            rate_ppm=rate,
            amount_cents=None,
            reason="Waited",
            approval_id=None,
        )

    async def put_back(self, who: int, a: int, b: int) -> None:
        """Put a discount back on."""
        reduced = {row["ticket"] for row in await fetch("SELECT ticket FROM line_discount")}
        fitting = [one for one in self.tickets if one in reduced and self.model.tickets[one] == "open"]
        ticket_id = one_of(a, fitting, self.tickets)
        rows = await fetch("SELECT id FROM line_discount WHERE ticket = $1 ORDER BY id", ticket_id)
        if rows:
            asked = {"ticket": ticket_id, "discount_id": rows[b % len(rows)]["id"]}
            await self._on_ticket("put_back", remove_discounts, who, a, **asked)

    async def tip(self, who: int, a: int, b: int) -> None:
        """The guest tips, or not."""
        ticket_id = self._ticket(a)
        if ticket_id is not None:
            whom = await tippable(await sale_of(self.spa, ticket_id))
            tips = {one.provider_id: Cents((0, 500, 2_000)[b % 3]) for one in whom}
            await self._on_ticket("tip", choose_tips, who, a, tips=tips)

    async def _valued(
        self,
        name: str,
        verb: Callable[..., Awaitable[Any]],
        who: int,
        a: int,
        *,
        ticket: UUID | None = None,
        **more: Any,
    ) -> None:
        ticket_id, tender_id = ticket or self._ticket(a), uuid4()
        did, taken = await self._on_ticket(name, verb, who, a, ticket=ticket_id, tender_id=tender_id, **more)
        if did and ticket_id is not None:
            self.model.tenders[tender_id] = 0  # no cash: nothing of it is in the drawer
            if taken.settled:
                self._settled(ticket_id, await self._visits_on(ticket_id))

    async def slip(self, who: int, a: int, b: int) -> None:
        """A slip of another terminal."""
        amount = (None, Cents(1_500))[b % 2]
        await self._valued("slip", take_slip, who, a, slip=f"S-{b}", amount_cents=amount)

    async def gift_card(self, who: int, a: int, b: int) -> None:
        """A gift card that was sold before pays what it can, or a part."""
        card_id = await self._card(b)
        if card_id:
            amount = (None, Cents(700))[a % 2]
            await self._valued("gift_card", take_value, who, a, holding_id=card_id, amount_cents=amount)

    async def _card(self, number: int) -> UUID | None:
        """A gift card; three times in four one with something on it."""
        rows = await fetch("SELECT id, paid_cents FROM holding WHERE kind = 'gift_card' ORDER BY id")
        return one_of(number, [row["id"] for row in rows if row["paid_cents"]], [row["id"] for row in rows])

    async def sell_card(self, who: int, a: int, b: int) -> None:
        """A gift card is put on the ticket, or one is reloaded."""
        rows = await fetch("SELECT id FROM holding WHERE kind = 'gift_card' ORDER BY id")
        card_id = rows[b % len(rows)]["id"] if rows and b % 3 == 0 else uuid4()
        await self._on_ticket(
            "sell_card",
            add_gift_card,
            who,
            a,
            line_id=uuid4(),
            card_id=card_id,
            amount_cents=Cents(5_000),
            recipient="",
            message="",
            approval_id=None,
        )

    async def who_pays(self, who: int, a: int, b: int) -> None:
        """Another guest's visit is paid here too; their empty ticket is voided."""
        appointment_id = self._visit(b, Status.CHECKED_IN)
        if appointment_id is None:
            return
        other = await open_ticket_of(appointment_id)
        did, _ = await self._on_ticket("who_pays", add_visit, who, a, appointment_id=appointment_id)
        if did and other is not None:
            self.model.tickets[other] = await fetch_value("SELECT status FROM ticket WHERE id = $1", other)

    async def settle(self, who: int, a: int, _b: int) -> None:
        """Settle by hand what is paid already."""
        ticket_id = self._ticket(a)
        if ticket_id is None:
            return
        kiosk = self.kiosks[who % 2]
        count = len(self.done)
        await self.ask(kiosk, "settle", settle_ticket, ticket_id=ticket_id)
        if len(self.done) > count:
            assert self.model.tickets[ticket_id] == "open"
            self._settled(ticket_id, await self._visits_on(ticket_id))

    async def card(self, who: int, a: int, b: int) -> None:
        """Ask for a card, for all that remains or for a part."""
        ticket_id = self._ticket(a)
        if ticket_id is None:
            return
        remaining = (await sale_of(self.spa, ticket_id)).sums.remaining_cents
        attempt_id = uuid4()
        did, _ = await self._on_ticket(
            "card",
            begin_card,
            who,
            a,
            attempt_id=attempt_id,
            reader_id=self.spa.house.reader_id,
            amount_cents=Cents(remaining if b % 3 else remaining // 2),
        )
        if did:
            self.attempts.append(attempt_id)
            await record_created(attempt_id, f"pi_{attempt_id.hex}", self.spa.clock.now)
            await record_submitted(attempt_id, self.spa.clock.now)

    async def processor(self, _who: int, a: int, b: int) -> None:
        """The processor says how a card payment stands, perhaps again, perhaps too late."""
        if not self.attempts:
            return
        live = await fetch(f"SELECT id FROM attempt WHERE state IN ({UNDER_WAY})")
        known = {row["id"] for row in live}
        attempt_id = one_of(a, [one for one in self.attempts if one in known], self.attempts)
        row = await fetch_one("SELECT state, amount_cents, subject FROM attempt WHERE id = $1", attempt_id)
        assert row is not None
        outcomes: tuple[Outcome, ...] = (
            Paid(Cents(row["amount_cents"]), "visa", "4242"),
            Paid(Cents(row["amount_cents"])),
            Declined("generic_decline", "The card was declined."),
            Cancelled(),
            Unknown("no answer"),
        )
        outcome = outcomes[b % len(outcomes)]
        state = await record_outcome(
            attempt_id, outcome, {CARD_PURPOSE: record_paid_attempt}, self.spa.clock.now
        )
        self.done.append(f"processor says {state.value}")
        if State(row["state"]).live and state is State.PAID:
            self.model.card_cents += row["amount_cents"]
            status = await fetch_value("SELECT status FROM ticket WHERE id = $1", row["subject"])
            if status == "settled":
                self._settled(row["subject"], await self._visits_on(row["subject"]))
