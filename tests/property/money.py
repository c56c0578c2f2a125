"""What else moves money on a day: fees, deposits, packages, credit, payroll, cards kept, drawers."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from spa_pos.booking.rules import Status
from spa_pos.checkout.actions import (
    add_deposit,
    add_fee,
    add_package,
    add_visit,
    begin_card,
    choose_tips,
    split_tips,
    take_cash,
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
    agree_to_keep_card,
    record_created,
    record_setup,
    remember_customer,
    set_card_term,
    setup_created,
    sign_for_payroll,
)
from spa_pos.payments.rules import Asks, CardSaved
from spa_pos.stored_value.actions import grant_credit, move_card_to_credit, transfer_card
from spa_pos.stored_value.rules import Kind
from tests.builders import checked_in, sale_of
from tests.cast import Spa
from tests.property.after_sale import STEPS as AFTERWARDS
from tests.property.after_sale import WholeDay
from tests.property.day import Kiosk
from tests.sale import Sale, renata
from tests.value import Till

STEPS = (
    *AFTERWARDS,
    *["deposit"] * 2,
    *["fee"] * 3,
    *["sell_package", "draw", "draw", "owned", "owned", "grant", "payroll", "kept_card", "kept_card"],
    *["split", "split", "transfer", "to_credit", "drawer", "drawer", "drawer"],
)
"""What may happen, the likelier the more often it stands here."""

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

    @classmethod
    async def begin(cls, spa: Spa) -> "MoneyDay":
        """Employees signed for payroll, two guests let us keep a card, every visit asks for a deposit."""
        day = await super().begin(spa)
        assert isinstance(day, MoneyDay)
        day.plans.append(await Till(spa).plan(30_000, ("swedish-60", 3, 12_000), ("facial-60", 1, 11_000)))
        for guest_id in day.guests:
            await _sign(spa, guest_id)
            await _keep_card(spa, guest_id)
        await day._couple_paid()
        await set_card_term(
            await renata(spa),
            term_id=uuid4(),
            service_id=None,
            group=None,
            new_guests=False,
            asks=Asks.DEPOSIT,
            rate_ppm=250_000,
            amount_cents=None,
            from_cents=Cents(0),
            place_name="Rejuvenate Spa",
            now=spa.clock.now,
        )
        return day

    async def _couple_paid(self) -> None:
        """A ticket of two visits, in cash, with a tip for one of two providers."""
        at = self.spa.local(11)
        sale = await Sale.open(self.spa, await self.spa.guest("Paula Early"), provider="Ana Okafor", at=at)
        with_them = await self.spa.guest("Peter Early")
        other = await checked_in(self.spa, with_them, provider="Ben Castellano", at=at)
        await sale(add_visit, appointment_id=other)
        await sale(choose_tips, tips={await self.spa.staff_id("Ana Okafor"): Cents(2_000)})
        self.model.cash_cents += (await sale.now()).sums.total_cents
        await sale(take_cash, tender_id=uuid4(), given_cents=None)
        self.tickets.append(sale.ticket_id)
        self.model.tickets[sale.ticket_id] = "settled"
        for visit in await self._visits_on(sale.ticket_id):
            self.appointments.append(visit)
            self.model.status[visit] = Status.DONE

    async def step(self, name: str, who: int, a: int, b: int) -> None:
        """One step; deposits that paid by themselves are tenders like others."""
        await super().step(name, who, a, b)
        for row in await fetch("SELECT id FROM tender WHERE kind = 'deposit'"):
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

    async def deposit(self, who: int, a: int, _b: int) -> None:
        """The deposit of a visit goes on a ticket of its own."""
        visit, ticket_id, kiosk = self._visit(a, Status.BOOKED), uuid4(), self.kiosks[who % 2]
        asked = {"ticket_id": ticket_id, "line_id": uuid4(), "deposit_id": uuid4(), "appointment_id": visit}
        if visit and await self.ask(kiosk, "deposit", add_deposit, **asked) == ticket_id:
            await self._opened(kiosk, ticket_id)

    async def fee(self, who: int, a: int, _b: int) -> None:
        """The fee of a visit that was cancelled late, or of a guest who did not come."""
        visit = self._visit(a, Status.CANCELLED, Status.NO_SHOW)
        ticket_id, kiosk = uuid4(), self.kiosks[who % 2]
        asked = {"ticket_id": ticket_id, "line_id": uuid4(), "appointment_id": visit}
        if visit and await self.ask(kiosk, "fee", add_fee, **asked) == ticket_id:
            await self._opened(kiosk, ticket_id)

    async def sell_package(self, who: int, a: int, _b: int) -> None:
        """A package is put on the ticket of a guest."""
        asked = {"line_id": uuid4(), "package_id": uuid4(), "plan_id": self.plans[0]}
        await self._on_ticket("sell_package", add_package, who, a, **asked)

    async def draw(self, who: int, a: int, b: int) -> None:
        """A visit of a package pays a line."""
        rows = await fetch(
            "SELECT h.id AS package_id, l.id AS line_id FROM ticket t JOIN holding h ON h.guest = t.guest"
            " AND h.kind = 'package' JOIN ticket_line l ON l.ticket = t.id AND l.status = 'live'"
            " WHERE t.id = $1 ORDER BY 1, 2",
            self._ticket(a),
        )
        if rows:
            await self._valued("draw", take_package_visit, who, a, **dict(rows[b % len(rows)]))

    async def owned(self, who: int, a: int, b: int) -> None:
        """A credit or a deposit of the guest pays what it can, or a part."""
        rows = await fetch(
            "SELECT h.id FROM ticket t JOIN holding h ON h.guest = t.guest AND h.kind <> 'package'"
            " WHERE t.id = $1 ORDER BY h.id",
            self._ticket(a),
        )
        if rows:
            amount, chosen = (None, Cents(700))[b % 2], rows[b % len(rows)]["id"]
            await self._valued("owned", take_value, who, a, holding_id=chosen, amount_cents=amount)

    async def grant(self, _who: int, a: int, b: int) -> None:
        """A guest is given promotional or goodwill credit, for some days or for good."""
        asked = {"grant_id": uuid4(), "credit_id": uuid4(), "guest_id": self.guests[a % len(self.guests)]}
        kind = (Kind.PROMOTIONAL_CREDIT, Kind.GOODWILL_CREDIT)[b % 2]
        asked |= {"kind": kind, "until": self.today + timedelta(days=b % 3), "reason": "Waited"}
        await self.ask(self._manager(), "grant", grant_credit, amount_cents=Cents(500 + 100 * b), **asked)

    async def payroll(self, who: int, a: int, b: int) -> None:
        """It is taken from pay, as far as was signed for."""
        await self._valued("payroll", take_payroll, who, a, amount_cents=(None, Cents(1_000))[b % 2])

    async def kept_card(self, who: int, a: int, b: int) -> None:
        """A card on file is to be charged, for all that remains or for a part."""
        ticket_id, attempt_id = self._ticket(a), uuid4()
        if ticket_id is None:
            return
        sale = await sale_of(self.spa, ticket_id)
        card = await fetch_value("SELECT id FROM stored_card WHERE guest = $1", sale.head.guest_id)
        if card is None:
            return
        amount = Cents(sale.sums.remaining_cents // (1 + b % 2))
        asked = {"attempt_id": attempt_id, "stored_card_id": card, "amount_cents": amount}
        if (await self._on_ticket("kept_card", begin_card, who, a, **asked))[0]:
            self.attempts.append(attempt_id)
            await record_created(attempt_id, f"pi_{attempt_id.hex}", self.spa.clock.now)

    async def split(self, _who: int, a: int, b: int) -> None:
        """The tips of a paid ticket are shared anew; together they stay what they are."""
        ticket_id = self._settled_one(a)
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
        rows = await fetch("SELECT id FROM holding WHERE kind = 'gift_card' ORDER BY id")
        if rows:
            source, target = rows[a % len(rows)]["id"], rows[b % len(rows)]["id"]
            asked = {"transfer_id": uuid4(), "card_id": source, "to_card_id": target, "reason": "One card"}
            await self.ask(self._manager(), "transfer", transfer_card, **asked)

    async def to_credit(self, _who: int, a: int, b: int) -> None:
        """What was paid for a gift card becomes the credit of a guest."""
        rows = await fetch("SELECT id FROM holding WHERE kind = 'gift_card' ORDER BY id")
        if rows:
            asked = {"card_id": rows[a % len(rows)]["id"], "guest_id": self.guests[b % len(self.guests)]}
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


async def _sign(spa: Spa, guest_id: UUID) -> None:
    await sign_for_payroll(
        spa.maya,
        authorisation_id=uuid4(),
        guest_id=guest_id,
        employee_number="12345",
        signed_name="Tom Becker",
        signed_on=spa.clock.now.date(),
        period_cents=Cents(20_000),
        kept_where="Folder P",
        now=spa.clock.now,
    )


async def _keep_card(spa: Spa, guest_id: UUID) -> None:
    """A card the guest agreed to, of which the processor said that it is kept."""
    setup_id, now = uuid4(), spa.clock.now
    asked = {"setup_id": setup_id, "guest_id": guest_id, "place_name": "Rejuvenate Spa", "seen_from": None}
    await agree_to_keep_card(spa.maya, now=now, **asked)
    await remember_customer(guest_id, f"cus_{guest_id.hex}", now)
    await setup_created(setup_id, f"seti_{setup_id.hex}", now)
    saved = CardSaved(f"pm_{setup_id.hex}", "visa", "4242", 12, 2030)
    assert await record_setup(setup_id, saved, now) == "saved"
