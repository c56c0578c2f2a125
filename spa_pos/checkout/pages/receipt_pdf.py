"""Receipts and refund slips as PDF on letter paper (DOMAIN.md §7.21)."""

from datetime import datetime

from spa_pos.checkout.pages.done_views import ReceiptLine, ReceiptPage
from spa_pos.checkout.pages.refund_views import RefundSlip
from spa_pos.kernel.money import format_usd
from spa_pos.web import i18n
from spa_pos.web.i18n import gettext as _
from spa_pos.web.pdf import BRAND, QUIET, Row, Sheet, kept_together


def receipt_pdf(page: ReceiptPage, *, made_at: datetime) -> bytes:
    """A receipt with every line, reduction, tax part and tender."""
    title = _("Receipt %(number)s") % {"number": page.number}
    sheet = Sheet(title, made_at=made_at)
    _head(sheet, page.business_name, page.legal_name, page.address, page.phone)
    if page.state_word:
        sheet.frame(page.state_word)
    who = [_("Served by %(name)s") % {"name": page.served_by}] if page.served_by else []
    who += [_("Guest: %(name)s") % {"name": page.guest_name}] if page.guest_name else []
    sheet.rows([Row(title, _when(page.settled_at), strong=True), *(Row(one, quiet=True) for one in who)])
    sheet.rule()
    for line in page.lines:
        sheet.rows(_line(line))
    sheet.rule()
    sheet.rows(_sums(page))
    sheet.rule()
    sheet.rows(_tenders(page))
    sheet.rule()
    if page.taxable_cents:
        taxed = _("T: taxable, %(amount)s in all") % {"amount": kept_together(format_usd(page.taxable_cents))}
        sheet.text(taxed, size=9, colour=QUIET)
    _foot(sheet, page.refund_policy, page.sample_notice)
    return sheet.content()


def slip_pdf(slip: RefundSlip, *, made_at: datetime) -> bytes:
    """The slip of a refund: what went back, and how."""
    title = _("Refund %(number)s of ticket %(ticket)s") % {
        "number": slip.number,
        "ticket": slip.ticket_number,
    }
    sheet = Sheet(title, made_at=made_at)
    _head(sheet, slip.business_name, slip.business_name, slip.address, slip.phone)
    who = [slip.reason, *([_("Guest: %(name)s") % {"name": slip.guest_name}] if slip.guest_name else [])]
    sheet.rows([Row(title, _when(slip.made_at), strong=True), *(Row(one, quiet=True) for one in who if one)])
    sheet.rule()
    sheet.rows([Row(words, format_usd(cents)) for words, cents in slip.rows])
    sheet.rows([Row(_("Given back"), format_usd(slip.total_cents), strong=True)])
    sheet.rule()
    sheet.rows([Row(words, format_usd(cents)) for words, cents in slip.ways])
    sheet.gap(12)
    _foot(sheet, "", slip.sample_notice)
    return sheet.content()


def _when(moment: datetime) -> str:
    return f"{i18n.day_full(moment.date())}, {i18n.clock(moment)}"


def _head(sheet: Sheet, name: str, legal_name: str, address: str, phone: str) -> None:
    sheet.text(name, size=20, strong=True, colour=BRAND)
    for words in ([legal_name] if legal_name != name else []) + [address, phone]:
        sheet.text(words, colour=QUIET)
    sheet.gap(18)


def _foot(sheet: Sheet, policy: str, notice: str) -> None:
    if policy:
        sheet.text(policy, size=9, colour=QUIET)
    if notice:
        sheet.text(notice, size=9, strong=True)
    sheet.gap(6)
    sheet.text(_("Thank you, and be well."), size=9, colour=QUIET)


def _line(line: ReceiptLine) -> list[Row]:
    taxed = " T" if line.taxed else ""
    count = f"{line.quantity} × " if line.quantity > 1 else ""
    first = format_usd(line.list_cents) + (taxed if not line.reductions else "")
    rows = [Row(f"{count}{line.description}", first)]
    if line.detail:
        rows.append(Row(line.detail, quiet=True, indent=True))
    rows += [Row(cut.name, format_usd(-cut.cents), quiet=True, indent=True) for cut in line.reductions]
    if line.reductions:
        rows.append(Row(you_pay(line), format_usd(line.net_cents) + taxed, indent=True))
    if line.exempt_words:
        rows.append(Row(line.exempt_words, quiet=True, indent=True))
    return rows


def you_pay(line: ReceiptLine) -> str:
    """What the price after reductions is called: by its group, when nothing else says so already."""
    if line.price_name and line.price_name != line.reductions[0].name:
        return line.price_name
    return _("You pay")


def _sums(page: ReceiptPage) -> list[Row]:
    rows = [Row(_("Subtotal"), format_usd(page.net_cents))]
    rows += [Row(page.tax_words, format_usd(page.tax_cents))] if page.tax_words else []
    rows += [
        Row(f"{part.name} {part.rate_words}", format_usd(part.tax_cents), quiet=True, indent=True)
        for part in page.tax_parts
    ]
    rows += [Row(_("Tip for %(name)s") % {"name": name}, format_usd(cents)) for name, cents in page.tips]
    return [*rows, Row(_("Total"), format_usd(page.total_cents), strong=True)]


def _tenders(page: ReceiptPage) -> list[Row]:
    rows = []
    for tender in page.tenders:
        rows.append(Row(tender.word, format_usd(tender.amount_cents)))
        if tender.given_cents is not None and tender.given_cents != tender.amount_cents:
            rows.append(Row(_("Cash given"), format_usd(tender.given_cents), quiet=True, indent=True))
            rows.append(Row(_("Change"), format_usd(tender.change_cents or 0), quiet=True, indent=True))
    return rows
