"""Receipts and refund slips on 80 mm paper, as lines that a receipt printer is given (DOMAIN.md §7.21)."""

from collections.abc import Iterator
from datetime import datetime

from spa_pos.checkout.pages.done_views import ReceiptLine, ReceiptPage
from spa_pos.checkout.pages.receipt_pdf import you_pay
from spa_pos.checkout.pages.refund_views import RefundSlip
from spa_pos.kernel.money import format_usd
from spa_pos.printing.rules import Line, Look, Paper
from spa_pos.web import i18n
from spa_pos.web.i18n import gettext as _

RULE = Line(look=Look.RULE)


def receipt_paper(page: ReceiptPage) -> Paper:
    """A receipt with every line, reduction, tax part and tender."""
    return Paper(
        (
            *_head(page.business_name, page.legal_name, page.address, page.phone),
            RULE,
            *([Line(page.state_word, look=Look.BIG, centred=True)] if page.state_word else []),
            Line(_("Ticket %(number)s") % {"number": page.number}, _when(page.settled_at)),
            *([Line(_("Served by %(name)s") % {"name": page.served_by})] if page.served_by else []),
            *([Line(_("Guest: %(name)s") % {"name": page.guest_name})] if page.guest_name else []),
            RULE,
            *(row for line in page.lines for row in _line(line)),
            RULE,
            *_sums(page),
            *_tenders(page),
            RULE,
            *_taxed(page.taxable_cents),
            *_foot(page.refund_policy, page.sample_notice),
        )
    )


def slip_paper(slip: RefundSlip) -> Paper:
    """The slip of a refund: what went back, and how."""
    numbers = {"number": slip.number, "ticket": slip.ticket_number}
    return Paper(
        (
            *_head(slip.business_name, slip.business_name, slip.address, slip.phone),
            RULE,
            *([Line(slip.state_word, look=Look.STRONG, centred=True)] if slip.state_word else []),
            Line(_("Refund %(number)s of ticket %(ticket)s") % numbers, look=Look.STRONG),
            Line(_when(slip.made_at)),
            *([Line(_("Guest: %(name)s") % {"name": slip.guest_name})] if slip.guest_name else []),
            Line(slip.reason),
            RULE,
            *(Line(words, format_usd(cents)) for words, cents in slip.rows),
            Line(_("Given back"), format_usd(slip.total_cents), Look.BIG),
            *(Line(words, format_usd(cents)) for words, cents in slip.ways),
            RULE,
            *_foot("", slip.sample_notice),
        )
    )


def _taxed(cents: int) -> Iterator[Line]:
    if cents:
        yield Line(_("T: taxable, %(amount)s in all") % {"amount": format_usd(cents)})


def _when(moment: datetime) -> str:
    return f"{i18n.day_short(moment.date())} {moment.year}, {i18n.clock(moment)}"


def _head(name: str, legal_name: str, address: str, phone: str) -> Iterator[Line]:
    yield Line(name, look=Look.BIG, centred=True)
    for words in ([legal_name] if legal_name != name else []) + [address, phone]:
        yield Line(words, centred=True)


def _line(line: ReceiptLine) -> Iterator[Line]:
    taxed = " T" if line.taxed else "  "
    count = f"{line.quantity} x " if line.quantity > 1 else ""
    yield Line(f"{count}{line.description}", format_usd(line.list_cents) + ("" if line.reductions else taxed))
    if line.detail:
        yield Line(f"  {line.detail}")
    for cut in line.reductions:
        yield Line(f"  {cut.name}", format_usd(-cut.cents))
    if line.reductions:
        yield Line(f"  {you_pay(line)}", format_usd(line.net_cents) + taxed)
    if line.exempt_words:
        yield Line(f"  {line.exempt_words}")


def _sums(page: ReceiptPage) -> Iterator[Line]:
    yield Line(_("Subtotal"), format_usd(page.net_cents))
    if page.tax_words:
        yield Line(page.tax_words, format_usd(page.tax_cents))
    for part in page.tax_parts:
        yield Line(f"  {part.name} {part.rate_words}", format_usd(part.tax_cents))
    for name, cents in page.tips:
        yield Line(_("Tip for %(name)s") % {"name": name}, format_usd(cents))
    yield Line(_("Total"), format_usd(page.total_cents), Look.BIG)


def _tenders(page: ReceiptPage) -> Iterator[Line]:
    for tender in page.tenders:
        yield Line(tender.word, format_usd(tender.amount_cents))
        if tender.given_cents is not None and tender.given_cents != tender.amount_cents:
            yield Line(f"  {_('Cash given')}", format_usd(tender.given_cents))
            yield Line(f"  {_('Change')}", format_usd(tender.change_cents or 0))


def _foot(policy: str, notice: str) -> Iterator[Line]:
    for words, look in ((policy, Look.PLAIN), (notice, Look.STRONG)):
        if words:
            yield Line(words, look=look, centred=True)
    yield Line(_("Thank you, and be well."), centred=True)
