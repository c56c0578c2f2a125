"""What happens to tickets after they settled, and to days that are over."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from spa_pos.booking.rules import Status
from spa_pos.checkout.actions import (
    add_late_tip,
    add_product,
    choose_tips,
    give_exchange_rest,
    open_refund,
    open_ticket,
    record_given_back,
    take_cash,
    take_exchange,
    void_sale,
)
from spa_pos.checkout.queries import exchange_ticket, parts_of, sold, tippable
from spa_pos.checkout.rules import Chosen, plan_refund
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import close_days_that_are_over
from spa_pos.payments.rules import GivenBack, Unknown
from tests.builders import paid_by_card, sale_of
from tests.cast import Spa
from tests.property.day import Kiosk, one_of
from tests.property.drawers import next_drawer
from tests.property.register import PRODUCTS, SpaDay
from tests.property.register import STEPS as SELLING
from tests.sale import Sale, tips_on

STEPS = (
    *SELLING,
    *["give_back"] * 5,
    *["refund_told"] * 3,
    *["instead"] * 4,
    *["void_sale"] * 2,
    *["late_tip"] * 2,
    *["walk_in"] * 4,
    "night",
)
"""What may happen, the likelier the more often it stands here."""

BY_CARD = ("card", "card_on_file")

SOLD = (
    "SELECT t.id, l.id AS line, l.kind FROM ticket_line l JOIN ticket t ON t.id = l.ticket"
    " WHERE t.status = 'settled' AND l.status = 'live' AND l.net_cents > 0"
    " ORDER BY (SELECT count(*) FROM refund_line b WHERE b.line = l.id), t.number, l.position"
)
"""The lines of paid tickets, those first of which nothing went back."""

BOOKS = (
    "SELECT e.business_date, md5(string_agg(concat_ws('|', e.id, e.kind, p.account, p.amount_cents), ','"
    " ORDER BY e.id, p.id)) AS books FROM entry e JOIN posting p ON p.entry = e.id"
    " WHERE e.business_date < $1 GROUP BY 1"
)


@dataclass
class WholeDay(SpaDay):
    """The steps of the board and the register, and what comes after the sale."""

    refunds: list[UUID] = field(default_factory=list)
    closed: dict[date, str] = field(default_factory=dict)
    first: date = date(2026, 11, 24)

    @classmethod
    async def begin(cls, spa: Spa) -> "WholeDay":
        """A morning on which two massages are paid already, one in cash, one by card, both with a tip."""
        await tips_on(spa)
        day = await super().begin(spa)
        for name in ("Ana Okafor", "Ben Castellano"):
            guest_id = await spa.guest("Paula Early")
            sale = await Sale.open(spa, guest_id, provider=name, at=spa.local(9))
            await sale(choose_tips, tips={await spa.staff_id(name): Cents(1_500)})
            total = (await sale.now()).sums.total_cents
            if day.tickets:
                await paid_by_card(spa, sale.ticket_id)
                day.model.card_cents += total
            else:
                await sale(take_cash, tender_id=uuid4(), given_cents=None)
                day.model.cash_cents += total
            day.tickets.append(sale.ticket_id)
            day.model.tickets[sale.ticket_id] = "settled"
            (visit,) = await day._visits_on(sale.ticket_id)
            day.appointments.append(visit)
            day.model.status[visit] = Status.DONE
        return day

    async def walk_in(self, who: int, a: int, b: int) -> None:
        """Somebody buys something from the shelf, and pays by the next steps or at once."""
        ticket_id, kiosk = uuid4(), self.kiosks[who % 2]
        await self.ask(kiosk, "open_ticket", open_ticket, ticket_id=ticket_id, appointment_id=None)
        self.tickets.append(ticket_id)
        self.model.tickets[ticket_id] = "open"
        asked = {"ticket_id": ticket_id, "line_id": uuid4(), "quantity": 1 + a % 2, "version": 1}
        product_id = await self.spa.product_id(PRODUCTS[b % 2])
        await self.ask(kiosk, "product", add_product, product_id=product_id, **asked)
        if b % 3:
            tender_id = uuid4()
            asked = {"ticket_id": ticket_id, "tender_id": tender_id, "given_cents": None, "version": 2}
            await self.ask(kiosk, "walk-in paid", take_cash, **asked)
            cents = await fetch_value("SELECT amount_cents FROM tender WHERE id = $1", tender_id)
            self.model.cash_cents += cents
            self.model.tenders[tender_id] = cents
            self.model.tickets[ticket_id] = "settled"

    @property
    def today(self) -> date:
        """The local day."""
        return local_date(self.spa.clock.now, self.spa.house.zone)

    async def books_of_days_that_are_over(self) -> dict[date, str]:
        """A hash of the books of each day before today, as they stood when it was over."""
        found = {row["business_date"]: row["books"] for row in await fetch(BOOKS, self.today)}
        return {day: books for day, books in found.items() if day in self.closed}

    async def night(self, _who: int, _a: int, b: int) -> None:
        """The day ends; from now on its books stay as they are, also where the job that closes it fails."""
        self.spa.clock.forward(days=1)
        self.model.cash_cents -= await next_drawer(self.spa, len(self.closed))
        for row in await fetch(BOOKS, self.today):
            self.closed.setdefault(row["business_date"], row["books"])
        if b % 3:
            await close_days_that_are_over(self.spa.clock.now)

    def _settled_one(self, number: int) -> UUID | None:
        found = [one for one in self.tickets if self.model.tickets[one] == "settled"]
        return found[number % len(found)] if found else None

    def _manager(self) -> Kiosk:
        return Kiosk(self.spa.renata)

    async def give_back(self, _who: int, a: int, b: int) -> None:
        """A line, a part of it, the tips, or more than there is; as it was paid, as value, or exchanged."""
        rows = await fetch(SOLD)
        if not rows:
            return
        kind = one_of(a, sorted({row["kind"] for row in rows}))
        of_kind = [row for row in rows if row["kind"] == kind]
        ticket_id, line_id, _ = of_kind[b % len(of_kind)]
        found = await sold(await sale_of(self.spa, ticket_id))
        line = next(one for one in found.lines if one.id == line_id)
        amount = (line.left_cents, Cents(line.left_cents // 3), Cents(line.net_cents), Cents(1))[b % 4]
        tip = (Cents(0), found.tip_left_cents, Cents(100))[a % 3]
        to = ("gift_card", "credit", "exchange", *["original"] * 4)[b // 4 % 7]
        pieces = {line.id: b % (line.quantity + 1)} if b % 3 else {}
        damaged = frozenset({line.id} if b % 2 else ())
        try:
            chosen = Chosen({line.id: amount}, tip, to, pieces, damaged)
            plan = plan_refund(
                found.lines, found.taxes, found.tenders, chosen, tip_left_cents=found.tip_left_cents
            )
            total = plan.total_cents
        except Refusal:
            total = Cents(1)
        refund_id = uuid4()
        asked = {"refund_id": refund_id, "ticket_id": ticket_id, "lines": {line.id: amount}, "to": to}
        asked |= {"tip_cents": tip, "reason": "Unhappy", "expected_cents": total}
        asked |= {"pieces": pieces, "damaged": damaged}
        if await self.ask(self._manager(), "give_back", open_refund, **asked) == refund_id:
            self.refunds.append(refund_id)
            self.done.append(f"gave back {line.kind}")
            self.succeeded[f"give_back {line.kind}"] += 1
            self.succeeded[f"give_back to {to}"] += 1
            await self._closed_refund(refund_id)
            instead = await exchange_ticket(refund_id)
            if instead is not None:
                self.tickets.append(instead)
                self.model.tickets[instead] = "open"

    async def instead(self, who: int, a: int, b: int) -> None:
        """What was given back pays for something else; what it leaves becomes value."""
        rows = await fetch(
            "SELECT t.id, t.version FROM exchange x JOIN ticket t ON t.id = x.ticket WHERE t.status = 'open'"
            " ORDER BY t.number"
        )
        if not rows:
            return
        ticket_id, acted = rows[a % len(rows)]["id"], uuid4()
        asked = {"ticket_id": ticket_id, "version": rows[a % len(rows)]["version"]}
        kiosk, product_id = self.kiosks[who % 2], await self.spa.product_id(PRODUCTS[a % 2])
        if b % 3 == 0:
            more = {"line_id": acted, "product_id": product_id, "quantity": 1}
            await self.ask(kiosk, "product instead", add_product, **asked, **more)
        elif b % 3 == 1:
            taken = await self.ask(kiosk, "exchange", take_exchange, tender_id=acted, **asked)
            if taken is not None:
                self.model.tenders[acted] = 0
                await self._paid_instead(ticket_id, settled=taken.settled)
        else:
            to = ("credit", "gift_card")[a % 2]
            given = await self.ask(kiosk, "exchange rest", give_exchange_rest, rest_id=acted, to=to, **asked)
            await self._paid_instead(ticket_id, settled=given is not None and given.settled)

    async def _paid_instead(self, ticket_id: UUID, *, settled: bool) -> None:
        if settled:
            self._settled(ticket_id, await self._visits_on(ticket_id))

    async def void_sale(self, who: int, a: int, _b: int) -> None:
        """Somebody voids a sale, of today or not, with a manager's right or without."""
        ticket_id = self._settled_one(a)
        if ticket_id is None:
            return
        found = await sold(await sale_of(self.spa, ticket_id))
        total = sum(line.net_cents + line.tax_cents for line in found.lines) + found.tip_left_cents
        kiosk, void_id = (self._manager(), self.kiosks[0])[who == 3], uuid4()
        asked = {"refund_id": void_id, "ticket_id": ticket_id, "expected_cents": total}
        asked |= {"reason": "Rung up by mistake", "approval_id": None}
        if await self.ask(kiosk, "void_sale", void_sale, **asked) == void_id:
            assert kiosk is not self.kiosks[0], "the desk voided a sale alone"
            self.refunds.append(void_id)
            await self._closed_refund(void_id)

    async def refund_told(self, _who: int, a: int, b: int) -> None:
        """The processor says how a card refund stands, perhaps again."""
        if not self.refunds:
            return
        refund_id = self.refunds[a % len(self.refunds)]
        before = await fetch_value("SELECT status FROM refund WHERE id = $1", refund_id)
        for part in await parts_of(refund_id):
            if part.kind in BY_CARD:
                told = GivenBack(f"re_{part.id.hex}", settled=b % 4 != 1)
                outcome = Unknown("no answer") if b % 4 == 0 else told
                asked = {"refund_id": refund_id, "part_id": part.id, "outcome": outcome}
                await record_given_back(self.spa.renata, now=self.spa.clock.now, **asked)
        self.done.append("refund told")
        if before == "open":
            await self._closed_refund(refund_id)

    async def _closed_refund(self, refund_id: UUID) -> None:
        """When all of it is gone, so is the money."""
        row = await fetch_one("SELECT status, business_date FROM refund WHERE id = $1", refund_id)
        assert row is not None
        if row["status"] != "done":
            return
        assert row["business_date"] == self.today
        for part in await parts_of(refund_id):
            self.model.cash_cents -= part.amount_cents if part.kind == "cash" else 0
            self.model.card_cents -= part.amount_cents if part.kind in BY_CARD else 0

    async def late_tip(self, _who: int, a: int, b: int) -> None:
        """A guest comes back with a tip."""
        ticket_id = self._settled_one(a)
        if ticket_id is None:
            return
        whom = await tippable(await sale_of(self.spa, ticket_id))
        if whom:
            tip = Cents((0, 500, 1_250)[b % 3])
            asked = {
                "ticket_id": ticket_id,
                "change_id": uuid4(),
                "provider_id": whom[b % len(whom)].provider_id,
            }
            count = len(self.done)
            await self.ask(
                self._manager(), "late_tip", add_late_tip, amount_cents=tip, approval_id=None, **asked
            )
            self.model.cash_cents += tip if len(self.done) > count else 0
