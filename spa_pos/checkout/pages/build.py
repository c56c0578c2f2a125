"""Turning a ticket into what the register's pages show."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.checkout.pages.panels import add_panel, exempt_note, other_rows, owned_rows, reduce_panel
from spa_pos.checkout.pages.views import (
    NOBODY_SOUGHT,
    AttemptPanel,
    AttemptState,
    DiscountRow,
    GuestFinder,
    KeptChoice,
    LineRow,
    PayWith,
    QuickCash,
    ReaderChoice,
    ReductionRow,
    Step,
    TenderRow,
    TicketPage,
    Way,
)
from spa_pos.checkout.queries import LineView, TenderView, TicketView, tippable
from spa_pos.checkout.queries.payer import other_visitors
from spa_pos.checkout.rules import quick_cash
from spa_pos.kernel.money import Cents, format_rate, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place
from spa_pos.ledger.rules import REVENUE
from spa_pos.payments.queries import AttemptView, has_authorisation, readers, stored_cards
from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.web.i18n import day_full
from spa_pos.web.shell import Problem

VOID_REASONS = ("Opened by mistake", "Guest pays later", "Wrong guest")

SHOWN_STATES = {
    "new": AttemptState.WAITING,
    "created": AttemptState.WAITING,
    "submitted": AttemptState.WAITING,
    "unknown": AttemptState.UNKNOWN,
    "declined": AttemptState.DECLINED,
    "cancelled": AttemptState.CANCELLED,
    "paid": AttemptState.PAID,
}


def dollars(cents: int) -> str:
    """What a form or a file says: `140.00`, `-9.75`."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def group_reductions(line: LineView) -> tuple[ReductionRow, ...]:
    """What the group's price takes off a line."""
    if not line.reduction_cents:
        return ()
    return (ReductionRow(line.reduction_name or "Reduction", line.reduction_cents),)


def tax_words(sale: TicketView) -> str:
    """Sales tax with its combined rate."""
    combined = sum(part.jurisdiction.rate_ppm for part in sale.sums.tax.parts)
    return f"Sales tax {format_rate(combined)}"


def attempt_panel(
    attempt: AttemptView, shown_readers: tuple[ReaderChoice, ...], problem: Problem | None = None
) -> AttemptPanel:
    """One card attempt as the pay screen tells it."""
    reader = next((one for one in shown_readers if one.id == attempt.reader_id), None)
    return AttemptPanel(
        id=attempt.id,
        ticket_id=attempt.subject,
        state=SHOWN_STATES[attempt.state],
        reader_name=reader.name if reader else attempt.reader_name,
        amount_cents=attempt.amount_cents,
        simulated=bool(reader and reader.simulated),
        sentence=attempt.decline_sentence or "",
        problem=problem,
        on_file=attempt.stored_card_id is not None,
    )


async def kept_choices(where: Place, guest_id: UUID | None) -> tuple[KeptChoice, ...]:
    """The cards on file of a guest."""
    return tuple(
        KeptChoice(card.id, card.word, f"Agreed on {day_full(card.consented_at.astimezone(where.zone))}")
        for card in (await stored_cards(guest_id) if guest_id else ())
    )


async def reader_choices(location_id: UUID) -> tuple[ReaderChoice, ...]:
    """The card readers of a location."""
    return tuple(ReaderChoice(one.id, one.name, one.simulated) for one in await readers(location_id))


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the pay screen is open, and what was typed or refused there."""

    pay_with: PayWith = PayWith.CASH
    step: Step = Step.NONE
    line_id: UUID | None = None
    card_id: UUID | None = None
    given: str = ""
    given_cents: Cents | None = None
    problem: Problem | None = None
    approval: ApprovalPanel | None = None
    finder: GuestFinder = NOBODY_SOUGHT


async def ticket_page(
    where: Place, sale: TicketView, shown: Shown, *, attempt: AttemptView | None, cards: bool, now: datetime
) -> TicketPage:
    """The pay screen."""
    shown_readers = await reader_choices(where.id) if cards else ()
    group = next((line.group_name for line in sale.lines if line.appointment_id), None)
    remaining = sale.sums.remaining_cents
    guest_id = sale.head.guest_id
    payroll = guest_id is not None and await has_authorisation(guest_id)
    kept = await kept_choices(where, guest_id) if cards else ()
    today = local_date(now, where.zone)
    owned = await owned_rows(sale, today)
    lines = tuple(line_row(line, sale) for line in sale.lines)
    return TicketPage(
        id=sale.head.id,
        number=sale.head.number,
        version=sale.head.version,
        guest_name=sale.head.guest_name,
        group_name=group,
        group_proven=True,
        opened_at=sale.head.opened_at.astimezone(where.zone),
        opened_by=sale.head.opened_by or "the system",
        lines=lines,
        net_cents=sale.sums.net_cents,
        tax_cents=sale.sums.tax.tax_cents,
        tax_words=tax_words(sale),
        total_cents=sale.sums.total_cents,
        paid_cents=sale.sums.tendered_cents,
        remaining_cents=remaining,
        tenders=tuple(_tender_row(tender) for tender in sale.tenders),
        pay_with=shown.pay_with,
        given=shown.given,
        given_cents=remaining if shown.given_cents is None else shown.given_cents,
        quick=tuple(QuickCash(dollars(cents), cents, cents == remaining) for cents in quick_cash(remaining)),
        readers=shown_readers,
        attempt=attempt_panel(attempt, shown_readers) if attempt else None,
        refund_policy=where.refund_policy,
        void_reasons=VOID_REASONS,
        may_void=not sale.tenders and not sale.exchange_left_cents,
        back_href="/board",
        problem=shown.problem,
        step=shown.step,
        ways=_ways(owned=bool(owned), payroll=payroll, kept=bool(kept)),
        tip_cents=sale.sums.tip_cents,
        may_tip=bool(await tippable(sale)),
        tip_asked=sale.head.tip_asked_at is not None,
        owned=owned,
        has_credit=any(one.line_id is None for one in owned),
        add=await add_panel(where.id, shown.card_id) if shown.step is Step.ADD else None,
        reduce=await reduce_panel(sale, shown.line_id, lines, today) if shown.step is Step.REDUCE else None,
        others=await other_rows(sale) if shown.step is Step.OTHERS else (),
        parked_as=sale.head.parked_as,
        approval=shown.approval,
        kept=kept,
        exchange_left_cents=sale.exchange_left_cents,
        exchange_words=f"Exchange, refund {sale.head.exchange_number}",
        finder=shown.finder,
        payers=tuple(await other_visitors(sale)),
    )


def _ways(*, owned: bool, payroll: bool, kept: bool) -> tuple[Way, ...]:
    found = [
        Way(PayWith.CASH, "Cash", "banknote"),
        Way(PayWith.CARD, "Card reader", "credit-card"),
        Way(PayWith.GIFT_CARD, "Gift card", "gift"),
    ]
    if kept:
        found.append(Way(PayWith.ON_FILE, "Card on file", "credit-card"))
    if owned:
        found.append(Way(PayWith.OWNED, "Credit, package", "package"))
    if payroll:
        found.append(Way(PayWith.PAYROLL, "Payroll", "badge-check"))
    return (*found, Way(PayWith.SLIP, "Card slip", "receipt"))


def line_row(line: LineView, sale: TicketView) -> LineRow:
    """One line of the ticket."""
    alone = line.one_price_sale_id is None
    may_go = alone or not sale.tenders
    editable = line.account == REVENUE and sale.sums.remaining_cents > 0 and alone
    return LineRow(
        line.id,
        line.description,
        line.detail,
        line.quantity,
        line.list_cents,
        group_reductions(line),
        line.net_cents,
        not sale.tenders and alone,
        tuple(
            DiscountRow(one.id, one.name, one.amount_cents, one.kind != "package" and may_go)
            for one in line.discounts
        ),
        f"/tickets/{sale.head.id}?step=reduce&line={line.id}" if editable else None,
        exempt_note(line),
    )


def _tender_row(tender: TenderView) -> TenderRow:
    detail = ""
    if tender.kind == "cash" and tender.change_cents:
        detail = f"{format_usd(tender.given_cents or 0)} given, {format_usd(tender.change_cents)} back"
    if tender.left_cents is not None:
        detail = f"{format_usd(tender.left_cents)} left on it"
    undo = "card-return" if tender.kind in ("card", "card_on_file") else "undo"
    return TenderRow(tender.id, tender.kind, tender.word, detail, tender.amount_cents, undo)
