"""Reading tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.catalog.queries import jurisdictions
from spa_pos.checkout.queries.words import NAMED, NAMED_FROM, way_word
from spa_pos.checkout.rules import Line, Totals, places_of, totals
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class TicketHead:
    """A ticket without its parts."""

    id: UUID
    location_id: UUID
    number: int
    status: str
    version: int
    guest_id: UUID | None
    guest_name: str | None
    opened_at: datetime
    opened_by: str | None
    settled_at: datetime | None
    settled_by: str | None
    business_date: date | None
    total_cents: Cents | None
    parked_as: str | None
    tip_asked_at: datetime | None
    exchange_cents: Cents | None
    exchange_number: int | None
    card_returning: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """One thing on a ticket."""

    id: UUID
    appointment_id: UUID | None
    add_on_id: UUID | None
    product_id: UUID | None
    description: str
    detail: str
    category: str
    guest_group: str
    group_name: str
    quantity: int
    list_cents: Cents
    reduction_cents: Cents
    reduction_name: str | None
    net_cents: Cents
    tax_treatment: str
    tax_cents: Cents | None
    kind: str
    account: str
    discount_cents: Cents
    stored_value_id: UUID | None
    provider_id: UUID | None
    provider_name: str | None
    service_id: UUID | None
    minutes: int | None
    fee_of_id: UUID | None
    plan_id: UUID | None
    recipient: str | None
    message: str | None
    gift_email: str | None
    gift_giver: str | None
    gift_send_on: date | None
    deposit_for_id: UUID | None
    referral_id: UUID | None
    referral_words: str | None
    visitor_id: UUID | None
    one_price_sale_id: UUID | None
    detail_facts: str | None
    reduction_code: str | None
    discounts: tuple["DiscountView", ...] = ()

    @property
    def taxable(self) -> bool:
        """True when the line is part of the taxable base."""
        return self.tax_treatment == "taxable"

    @property
    def thing_id(self) -> UUID | None:
        """The service or product that could become part of one price; None for anything else.

        One piece without a discount, taxed as its class is: what a referral exempts is cheaper by itself.
        """
        free = not self.discounts and self.one_price_sale_id is None and self.quantity == 1
        if not free or self.kind not in ("service", "product"):
            return None
        own_tax = self.tax_treatment in ("taxable", "exempt-class")
        return (self.service_id or self.product_id) if own_tax and self.net_cents > 0 else None

    @property
    def for_totals(self) -> Line:
        """What the rules need of it."""
        reduced = Cents(self.reduction_cents + self.discount_cents)
        return Line(self.list_cents, reduced, self.category, self.guest_group, self.taxable, self.account)


@dataclass(frozen=True, slots=True)
class DiscountView:
    """One discount on a line beside its group's price."""

    id: UUID
    kind: str
    name: str
    amount_cents: Cents
    reason: str | None
    made_at: datetime
    tender_id: UUID | None


@dataclass(frozen=True, slots=True)
class TipView:
    """What a guest gives one provider."""

    id: UUID
    provider_id: UUID
    provider_name: str
    amount_cents: Cents


@dataclass(frozen=True, slots=True)
class TenderView:
    """One way the ticket is paid."""

    id: UUID
    kind: str
    amount_cents: Cents
    given_cents: Cents | None
    attempt_id: UUID | None
    card_brand: str | None
    card_last4: str | None
    taken_at: datetime
    stored_value_id: UUID | None
    slip: str | None
    label: str | None
    value_kind: str | None
    value_last4: str | None
    left_cents: Cents | None

    @property
    def word(self) -> str:
        """How people name it: `Cash`, `Visa 4242`, `Goodwill credit`."""
        return way_word(
            self.kind,
            card_brand=self.card_brand,
            card_last4=self.card_last4,
            value_kind=self.value_kind,
            value_last4=self.value_last4,
            slip=self.slip,
            label=self.label,
        )

    @property
    def change_cents(self) -> Cents:
        """Cash handed back."""
        return Cents((self.given_cents or self.amount_cents) - self.amount_cents)


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket with all its parts and what it comes to."""

    head: TicketHead
    lines: tuple[LineView, ...]
    tenders: tuple[TenderView, ...]
    tips: tuple[TipView, ...]
    sums: Totals

    @property
    def exchange_left_cents(self) -> Cents:
        """What a refund gave back to be exchanged on this ticket and has not paid yet."""
        paid = sum(one.amount_cents for one in self.tenders if one.kind == "exchange")
        return Cents((self.head.exchange_cents or 0) - paid)

    def lines_for(self, things: Sequence[UUID]) -> list[LineView] | None:
        """The lines that could be sold for one price, in the order of its things; None if one is missing."""
        places = places_of(things, [line.thing_id for line in self.lines])
        return None if places is None else [self.lines[place] for place in places]


_HEAD = (
    "SELECT t.id, t.location AS location_id, t.number, t.status, t.version, t.guest AS guest_id,"
    " g.given_name || ' ' || g.family_name AS guest_name, t.opened_at, o.name AS opened_by, t.settled_at,"
    " s.name AS settled_by, t.business_date, t.total_cents, t.parked_as, t.tip_asked_at,"
    " x.amount_cents - x.rest_cents AS exchange_cents, b.number AS exchange_number,"
    " EXISTS (SELECT 1 FROM tender d JOIN card_return c ON c.tender = d.id WHERE d.ticket = t.id"
    "   AND c.status IN ('requested', 'unknown', 'pending')) AS card_returning FROM ticket t"
    " LEFT JOIN exchange x ON x.ticket = t.id LEFT JOIN refund b ON b.id = x.refund"
    " LEFT JOIN guest g ON g.id = t.guest LEFT JOIN staff o ON o.id = t.opened_by"
    " LEFT JOIN staff s ON s.id = t.settled_by"
)


async def ticket(
    ticket_id: UUID, location_id: UUID, zone: ZoneInfo, *, now: datetime, for_update: bool = False
) -> TicketView:
    """One ticket of a location; an open one is added up at the rates of today.

    Raises:
        NotFound: `ticket-unknown`.
    """
    if for_update:
        # Locked before it is read: a read that waited would join the changed row to what it named before.
        await fetch("SELECT 1 FROM ticket WHERE id = $1 FOR UPDATE", ticket_id)
    row = await fetch_one(f"{_HEAD} WHERE t.id = $1 AND t.location = $2", ticket_id, location_id)
    if row is None:
        raise NotFound("ticket-unknown", "There is no such ticket. Go back to the board.")
    head = TicketHead(**dict(row))
    lines = await _lines(ticket_id)
    tips = tuple(
        TipView(**dict(tip))
        for tip in await fetch(
            "SELECT p.id, p.provider AS provider_id, s.name AS provider_name, p.amount_cents FROM tip p"
            " JOIN staff s ON s.id = p.provider WHERE p.ticket = $1 ORDER BY s.name",
            ticket_id,
        )
    )
    tenders = tuple(
        TenderView(**dict(tender))
        for tender in await fetch(
            "SELECT d.id, d.kind, d.amount_cents, d.given_cents, d.attempt AS attempt_id, d.taken_at,"  # noqa: S608
            f" d.stored_value AS stored_value_id, d.left_cents, {NAMED} FROM tender d {NAMED_FROM}"
            " WHERE d.ticket = $1 AND d.status = 'taken' ORDER BY d.taken_at, d.id",
            ticket_id,
        )
    )
    day = head.business_date or local_date(now, zone)
    sums = totals(
        [line.for_totals for line in lines],
        await jurisdictions(location_id, day),
        [tender.amount_cents for tender in tenders],
        [tip.amount_cents for tip in tips],
    )
    return TicketView(head, lines, tenders, tips, sums)


async def _lines(ticket_id: UUID) -> tuple[LineView, ...]:
    discounts: dict[UUID, list[DiscountView]] = {}
    for row in await fetch(
        "SELECT line, id, kind, name, amount_cents, reason, made_at, tender AS tender_id"
        " FROM line_discount WHERE ticket = $1 ORDER BY made_at, id",
        ticket_id,
    ):
        values = dict(row)
        discounts.setdefault(values.pop("line"), []).append(DiscountView(**values))
    return tuple(
        LineView(**dict(line), discounts=tuple(discounts.get(line["id"], ())))
        for line in await fetch(
            "SELECT l.id, l.appointment AS appointment_id, l.add_on AS add_on_id, l.product AS product_id,"
            " l.description, l.detail, l.category, l.guest_group, gg.name AS group_name, l.quantity,"
            " l.list_cents, l.reduction_cents, l.reduction_name, l.net_cents, l.tax_treatment, l.tax_cents,"
            " l.kind, l.account, l.discount_cents, l.stored_value AS stored_value_id,"
            " l.provider AS provider_id, p.name AS provider_name, coalesce(l.service, a.service)"
            " AS service_id, l.minutes, l.fee_of AS fee_of_id, l.plan AS plan_id, l.recipient, l.message,"
            " l.gift_email, l.gift_giver, l.gift_send_on, l.deposit_for AS deposit_for_id,"
            " l.referral AS referral_id, r.professional || ', ' || r.licence AS referral_words,"
            " a.guest AS visitor_id,"
            " l.one_price_sale AS one_price_sale_id, l.detail_facts, l.reduction_code"
            " FROM ticket_line l LEFT JOIN referral r ON r.id = l.referral"
            " JOIN guest_group gg ON gg.code = l.guest_group LEFT JOIN staff p ON p.id = l.provider"
            " LEFT JOIN appointment a ON a.id = l.appointment"
            " WHERE l.ticket = $1 AND l.status = 'live' ORDER BY l.position",
            ticket_id,
        )
    )


async def open_ticket_of(appointment_id: UUID) -> UUID | None:
    """The open or settled ticket a visit is on."""
    found: UUID | None = await fetch_value(
        "SELECT ticket FROM ticket_line WHERE appointment = $1 AND status = 'live'", appointment_id
    )
    return found


async def has_tenders(ticket_id: UUID) -> bool:
    """True when something was ever tendered on a ticket, also when it was undone since."""
    return bool(await fetch("SELECT 1 FROM tender WHERE ticket = $1 LIMIT 1", ticket_id))


async def deposit_ticket(appointment_id: UUID) -> UUID | None:
    """The open or settled ticket the deposit for a visit is on."""
    found: UUID | None = await fetch_value(
        "SELECT ticket FROM ticket_line WHERE deposit_for = $1 AND status = 'live'", appointment_id
    )
    return found


async def fee_ticket(appointment_id: UUID) -> UUID | None:
    """The open or settled ticket the fee of a visit is on."""
    found: UUID | None = await fetch_value(
        "SELECT ticket FROM ticket_line WHERE fee_of = $1 AND status = 'live'", appointment_id
    )
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """A visit whose guest is here and who has not paid."""

    appointment_id: UUID
    guest_name: str
    service_name: str
    price_cents: Cents
    same_party: bool


async def others_here(sale: TicketView) -> list[Waiting]:
    """Visits that could be paid on this ticket too: those of the same party first."""
    rows = await fetch(
        "SELECT a.id AS appointment_id, g.given_name || ' ' || g.family_name AS guest_name,"
        " s.name AS service_name, a.price_cents, coalesce(a.party IN (SELECT b.party FROM appointment b"
        "   WHERE b.id = ANY($2)), false) AS same_party FROM appointment a JOIN guest g ON g.id = a.guest"
        " JOIN service s ON s.id = a.service WHERE a.location = $1"
        " AND a.status IN ('checked_in', 'in_service') AND a.id <> ALL($2)"
        " ORDER BY same_party DESC, a.starts_at, guest_name LIMIT 12",
        sale.head.location_id,
        [line.appointment_id for line in sale.lines if line.appointment_id],
    )
    return [Waiting(**dict(row)) for row in rows]


async def open_tickets(location_id: UUID) -> list[TicketHead]:
    """Tickets that are neither settled nor voided, oldest first."""
    rows = await fetch(
        f"{_HEAD} WHERE t.location = $1 AND t.status = 'open' ORDER BY t.opened_at, t.number", location_id
    )
    return [TicketHead(**dict(row)) for row in rows]
