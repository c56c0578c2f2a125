"""A gift card as a PDF to print or keep: a card of 148 × 105 mm with amount, words, code and QR."""

from datetime import datetime

from spa_pos.kernel.money import format_usd
from spa_pos.stored_value.pages.views import PrintPage
from spa_pos.web.i18n import gettext as _
from spa_pos.web.pdf import BRAND, QUIET, Sheet

CARD = (420.0, 298.0)
"""148 × 105 mm in points."""

MARGIN = 28.0
EDGE = 72.0
"""Of the code for scanners: an inch."""


def card_pdf(page: PrintPage, *, made_at: datetime) -> bytes:
    """The card; nothing on it says that it ends, but for what we gave away (Minn. Stat. 325G.53)."""
    sheet = Sheet(_("Gift card"), made_at=made_at, size=CARD, margin=MARGIN)
    sheet.text(page.business_name, size=13, strong=True, colour=BRAND)
    sheet.text(_("Gift card"), size=9, colour=QUIET)
    sheet.gap(14)
    if page.recipient:
        sheet.text(_("For %(name)s") % {"name": page.recipient}, size=12, centred=True)
    sheet.text(format_usd(page.amount_cents), size=32, strong=True, centred=True)
    if page.message:
        sheet.text(page.message, size=10, centred=True)
    sheet.qr(page.code.replace("-", ""), left=CARD[0] - MARGIN - EDGE, top=CARD[1] - MARGIN - EDGE, edge=EDGE)
    sheet.place_at(CARD[1] - MARGIN - 52, narrower=EDGE + 14)
    sheet.text(page.code, size=13, strong=True)
    keep = _("Please keep it like cash.")
    sheet.text(
        f"{page.until_words}. {keep}" if page.until_words else f"{_('No expiry, no fees.')} {keep}", size=8
    )
    sheet.text(f"{page.address} · {page.phone}", size=8, colour=QUIET)
    return sheet.content()
