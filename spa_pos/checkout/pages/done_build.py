"""Turning a sale that is done into what is shown and printed of it."""

from collections.abc import Sequence
from datetime import datetime

from spa_pos.care.rules import FACILITY_TREATMENT, WRITTEN_REFERRAL
from spa_pos.checkout.actions.one_price import EXEMPT_IN_ONE_PRICE
from spa_pos.checkout.actions.sell import NEW_CARD
from spa_pos.checkout.actions.visit_lines import NO_SALE
from spa_pos.checkout.pages.done_views import (
    Again,
    DonePage,
    MailPanel,
    ReceiptLine,
    ReceiptPage,
    ReceiptTax,
    ReceiptTender,
)
from spa_pos.checkout.pages.line_words import detail_words, name_words, reduction_words, reductions_in_words
from spa_pos.checkout.pages.refund_views import RefundSlip
from spa_pos.checkout.queries import (
    LineView,
    RefundHead,
    RefundPartView,
    TenderView,
    TicketView,
    refund_lines,
)
from spa_pos.kernel.money import format_rate, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place
from spa_pos.printing.pages.views import PrintState
from spa_pos.web.answers import words_of
from spa_pos.web.i18n import gettext as _


def done_page(
    sale: TicketView,
    *,
    may_tip: bool,
    mail: MailPanel | None = None,
    print_action: str | None = None,
    printing: PrintState | None = None,
    again: tuple[Again, ...] = (),
) -> DonePage:
    """What the desk sees after a sale."""
    cash = [tender for tender in sale.tenders if tender.kind == "cash"]
    return DonePage(
        id=sale.head.id,
        number=sale.head.number,
        guest_name=sale.head.guest_name,
        total_cents=sale.sums.total_cents,
        given_cents=sum(tender.given_cents or 0 for tender in cash),
        change_cents=sum(tender.change_cents for tender in cash),
        paid_with=words_of([tender.word for tender in sale.tenders]),
        board_href="/board",
        receipt_href=f"/tickets/{sale.head.id}/receipt",
        tips_href=f"/tickets/{sale.head.id}/tips" if may_tip else None,
        cards=_cards_sold(sale),
        mail=mail,
        print_action=print_action,
        printing=printing,
        again=again,
    )


def receipt_page(
    where: Place,
    sale: TicketView,
    *,
    may_tip: bool,
    now: datetime,
    mail: MailPanel | None = None,
    at_desk: bool = False,
) -> ReceiptPage:
    """The receipt (DOMAIN.md §7.21); what can be done with it stands on the desk's own alone."""
    words = {"open": _("Not paid yet"), "voided": _("Voided")}
    paid = at_desk and sale.head.status == "settled"
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
        lines=tuple(_receipt_line(line, where) for line in sale.lines),
        net_cents=sale.sums.net_cents,
        taxable_cents=sum(line.net_cents for line in sale.lines if line.taxable),
        tax_parts=tuple(
            ReceiptTax(part.jurisdiction.name, format_rate(part.jurisdiction.rate_ppm), part.tax_cents)
            for part in sale.sums.tax.parts
            if part.tax_cents
        ),
        tax_words=_tax_words(sale),
        tax_cents=sale.sums.tax.tax_cents,
        total_cents=sale.sums.total_cents,
        tenders=tuple(_receipt_tender(tender) for tender in sale.tenders),
        refund_policy=_(where.refund_policy),
        sample_notice=_(where.sample_notice),
        back_href="/board",
        state_word=words.get(sale.head.status, ""),
        tips=tuple((tip.provider_name, tip.amount_cents) for tip in sale.tips),
        tips_href=f"/tickets/{sale.head.id}/tips" if may_tip and paid else None,
        refund_href=f"/tickets/{sale.head.id}/refund" if paid else None,
        void_href=f"/tickets/{sale.head.id}/void-of-sale" if paid and _today(sale, where, now) else None,
        pdf_href=f"/tickets/{sale.head.id}/receipt.pdf" if at_desk else None,
        cards=_cards_sold(sale) if paid else (),
        mail=mail,
    )


def _cards_sold(sale: TicketView) -> tuple[tuple[str, str], ...]:
    """Gift cards that this sale made, each with the page on which it is printed."""
    found = []
    for line in sale.lines:
        if line.kind == "gift_card" and line.stored_value_id is not None:
            fresh = line.description == NEW_CARD and not line.gift_email
            words = _("Print the gift card") if fresh else line.description
            found.append((words, f"/gift-cards/{line.stored_value_id}"))
    return tuple(found)


def _today(sale: TicketView, where: Place, now: datetime) -> bool:
    settled_at = sale.head.settled_at
    return settled_at is not None and local_date(settled_at, where.zone) == local_date(now, where.zone)


async def refund_slip(
    where: Place, sale: TicketView, head: RefundHead, parts: Sequence[RefundPartView]
) -> RefundSlip:
    """What went back of a sale, and how; a part that was refused is not on it."""
    rows = [
        (f"{pieces} × {name_words(name)}" if pieces else name_words(name), int(cents))
        for name, pieces, cents in await refund_lines(head.id)
    ]
    rows += [(_("Sales tax"), int(head.tax_cents))] if head.tax_cents else []
    rows += [(_("Tips"), int(head.tip_cents))] if head.tip_cents else []
    return RefundSlip(
        number=head.number,
        ticket_number=head.ticket_number,
        guest_name=sale.head.guest_name,
        made_at=head.made_at.astimezone(where.zone),
        made_by=head.made_by or _("the system"),
        reason=_(head.reason),
        rows=tuple(rows),
        total_cents=head.total_cents,
        ways=tuple((part.word, part.amount_cents) for part in parts if part.status != "failed"),
        business_name=where.name,
        address=where.address,
        phone=where.phone,
        sample_notice=_(where.sample_notice),
        state_word="" if head.status == "done" else _("On its way back"),
    )


def _tax_words(sale: TicketView) -> str:
    """What the line of the tax is called; nothing where nothing was sold, as with a gift card alone."""
    if all(line.tax_treatment == NO_SALE for line in sale.lines):
        return ""
    combined = sum(part.jurisdiction.rate_ppm for part in sale.sums.tax.parts)
    return _("Sales tax %(rate)s") % {"rate": format_rate(combined)}


def _receipt_tender(tender: TenderView) -> ReceiptTender:
    change = tender.change_cents if tender.kind == "cash" else None
    word = tender.word
    if tender.left_cents is not None:
        word = _("%(way)s, %(amount)s left on it") % {"way": word, "amount": format_usd(tender.left_cents)}
    return ReceiptTender(word, tender.amount_cents, tender.given_cents, change)


EXEMPT = {
    WRITTEN_REFERRAL: lambda: _("No sales tax: written referral on file"),
    FACILITY_TREATMENT: lambda: _("No sales tax: treatment"),
    EXEMPT_IN_ONE_PRICE: lambda: _("No sales tax: a small part of one price"),
}
"""Why something is not taxed that could be, in the guest's language (DOMAIN.md §7.21)."""


def _receipt_line(line: LineView, where: Place) -> ReceiptLine:
    return ReceiptLine(
        description=name_words(line.description),
        detail=detail_words(line, where.zone),
        quantity=line.quantity,
        list_cents=line.list_cents,
        reductions=reductions_in_words(line),
        net_cents=line.net_cents,
        price_name=reduction_words(line),
        taxed=line.taxable,
        exempt_words=EXEMPT[line.tax_treatment]() if line.tax_treatment in EXEMPT else "",
    )
