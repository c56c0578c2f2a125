"""Turning a ticket into what the register's pages show."""

from datetime import datetime
from uuid import UUID

from spa_pos.catalog.queries import RetailProduct, category_names, products
from spa_pos.checkout.pages.views import (
    AttemptPanel,
    AttemptState,
    DonePage,
    LineRow,
    PayWith,
    ProductChoice,
    QuickCash,
    ReaderChoice,
    ReceiptLine,
    ReceiptPage,
    ReceiptTax,
    ReceiptTender,
    ReductionRow,
    TenderRow,
    TicketPage,
)
from spa_pos.checkout.queries import LineView, TenderView, TicketView, tender_word
from spa_pos.checkout.rules import quick_cash
from spa_pos.kernel.money import Cents, format_rate, format_usd
from spa_pos.ledger.queries import Place
from spa_pos.payments.queries import AttemptView, readers
from spa_pos.web.answers import words_of
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
    """What a form sends: `140.00`."""
    return f"{cents // 100}.{cents % 100:02d}"


def _reductions(line: LineView) -> tuple[ReductionRow, ...]:
    if not line.reduction_cents:
        return ()
    return (ReductionRow(line.reduction_name or "Reduction", line.reduction_cents),)


def _tax_words(sale: TicketView) -> str:
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
        reader_name=reader.name if reader else "the reader",
        amount_cents=attempt.amount_cents,
        simulated=bool(reader and reader.simulated),
        sentence=attempt.decline_sentence or "",
        problem=problem,
    )


async def reader_choices(location_id: UUID) -> tuple[ReaderChoice, ...]:
    """The card readers of a location."""
    return tuple(ReaderChoice(one.id, one.name, one.simulated) for one in await readers(location_id))


async def ticket_page(
    where: Place,
    sale: TicketView,
    *,
    pay_with: PayWith,
    products_open: bool,
    attempt: AttemptView | None,
    cards: bool,
    given: str = "",
    given_cents: Cents | None = None,
    problem: Problem | None = None,
) -> TicketPage:
    """The pay screen."""
    shown_readers = await reader_choices(where.id) if cards else ()
    names = await category_names()
    shelf = await products()
    group = next((line.group_name for line in sale.lines if line.appointment_id), None)
    remaining = sale.sums.remaining_cents
    return TicketPage(
        id=sale.head.id,
        number=sale.head.number,
        version=sale.head.version,
        guest_name=sale.head.guest_name,
        group_name=group,
        group_proven=True,
        opened_at=sale.head.opened_at.astimezone(where.zone),
        opened_by=sale.head.opened_by or "the system",
        lines=tuple(_line_row(line, removable=not sale.tenders) for line in sale.lines),
        net_cents=sale.sums.net_cents,
        tax_cents=sale.sums.tax.tax_cents,
        tax_words=_tax_words(sale),
        total_cents=sale.sums.total_cents,
        paid_cents=sale.sums.tendered_cents,
        remaining_cents=remaining,
        tenders=tuple(_tender_row(tender) for tender in sale.tenders),
        pay_with=pay_with,
        given=given,
        given_cents=remaining if given_cents is None else given_cents,
        quick=tuple(QuickCash(dollars(cents), cents, cents == remaining) for cents in quick_cash(remaining)),
        readers=shown_readers,
        attempt=attempt_panel(attempt, shown_readers) if attempt else None,
        products=tuple(_product(one, names) for one in shelf),
        products_open=products_open,
        refund_policy=where.refund_policy,
        void_reasons=VOID_REASONS,
        may_void=not sale.tenders,
        back_href="/board",
        problem=problem,
    )


def _line_row(line: LineView, *, removable: bool) -> LineRow:
    return LineRow(
        line.id,
        line.description,
        line.detail,
        line.quantity,
        line.list_cents,
        _reductions(line),
        line.net_cents,
        removable,
    )


def _tender_row(tender: TenderView) -> TenderRow:
    detail = ""
    if tender.kind == "cash" and tender.change_cents:
        detail = f"{format_usd(tender.given_cents or 0)} given, {format_usd(tender.change_cents)} back"
    return TenderRow(
        tender.id, tender.kind, tender_word(tender), detail, tender.amount_cents, tender.kind == "cash"
    )


def _product(one: RetailProduct, names: dict[str, str]) -> ProductChoice:
    return ProductChoice(one.id, one.name, names.get(one.category, one.category), one.price_cents)


def done_page(sale: TicketView) -> DonePage:
    """What the desk sees after a sale."""
    cash = [tender for tender in sale.tenders if tender.kind == "cash"]
    return DonePage(
        id=sale.head.id,
        number=sale.head.number,
        guest_name=sale.head.guest_name,
        total_cents=sale.sums.total_cents,
        given_cents=sum(tender.given_cents or 0 for tender in cash),
        change_cents=sum(tender.change_cents for tender in cash),
        paid_with=words_of([tender_word(tender) for tender in sale.tenders]),
        board_href="/board",
        receipt_href=f"/tickets/{sale.head.id}/receipt",
    )


def receipt_page(where: Place, sale: TicketView, *, now: datetime) -> ReceiptPage:
    """The receipt (DOMAIN.md §7.21)."""
    words = {"open": "Not paid yet", "voided": "Voided"}
    return ReceiptPage(
        id=sale.head.id,
        number=sale.head.number,
        business_name=where.name,
        legal_name=where.legal_name,
        address=where.address,
        phone=where.phone,
        settled_at=(sale.head.settled_at or now).astimezone(where.zone),
        served_by=sale.head.settled_by or sale.head.opened_by or "",
        guest_name=sale.head.guest_name,
        lines=tuple(_receipt_line(line) for line in sale.lines),
        net_cents=sale.sums.net_cents,
        taxable_cents=sum(line.net_cents for line in sale.lines if line.taxable),
        tax_parts=tuple(
            ReceiptTax(part.jurisdiction.name, format_rate(part.jurisdiction.rate_ppm), part.tax_cents)
            for part in sale.sums.tax.parts
        ),
        tax_words=_tax_words(sale),
        tax_cents=sale.sums.tax.tax_cents,
        total_cents=sale.sums.total_cents,
        tenders=tuple(
            ReceiptTender(
                tender_word(tender),
                tender.amount_cents,
                tender.given_cents,
                tender.change_cents if tender.kind == "cash" else None,
            )
            for tender in sale.tenders
        ),
        refund_policy=where.refund_policy,
        sample_notice=where.sample_notice,
        back_href="/board",
        state_word=words.get(sale.head.status, ""),
        refund_href=f"/tickets/{sale.head.id}/refund" if sale.head.status == "settled" else None,
    )


def _receipt_line(line: LineView) -> ReceiptLine:
    return ReceiptLine(
        description=line.description,
        detail=line.detail,
        quantity=line.quantity,
        list_cents=line.list_cents,
        reductions=_reductions(line),
        net_cents=line.net_cents,
        price_name=line.reduction_name or "",
        taxed=line.taxable,
    )
