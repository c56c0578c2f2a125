"""Turning a sale that is done into what is shown and printed of it."""

from datetime import datetime

from spa_pos.checkout.pages.build import reductions_of, tax_words
from spa_pos.checkout.pages.done_views import DonePage, ReceiptLine, ReceiptPage, ReceiptTax, ReceiptTender
from spa_pos.checkout.queries import LineView, TicketView, tender_word
from spa_pos.kernel.money import format_rate
from spa_pos.ledger.queries import Place
from spa_pos.web.answers import words_of


def done_page(sale: TicketView, *, may_tip: bool) -> DonePage:
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
        tips_href=f"/tickets/{sale.head.id}/tips" if may_tip else None,
    )


def receipt_page(where: Place, sale: TicketView, *, may_tip: bool, now: datetime) -> ReceiptPage:
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
        tax_words=tax_words(sale),
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
        tips=tuple((tip.provider_name, tip.amount_cents) for tip in sale.tips),
        tips_href=f"/tickets/{sale.head.id}/tips" if may_tip and sale.head.status == "settled" else None,
        refund_href=f"/tickets/{sale.head.id}/refund" if sale.head.status == "settled" else None,
    )


def _receipt_line(line: LineView) -> ReceiptLine:
    return ReceiptLine(
        description=line.description,
        detail=line.detail,
        quantity=line.quantity,
        list_cents=line.list_cents,
        reductions=reductions_of(line),
        net_cents=line.net_cents,
        price_name=line.reduction_name or "",
        taxed=line.taxable,
    )
