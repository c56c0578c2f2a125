"""A receipt handed over: by e-mail, by a code, behind its link."""

from dataclasses import replace

from markupsafe import Markup

from spa_pos.checkout.pages.done_views import GuestReceiptPage, MailPanel, SentRow
from spa_pos.messages.flows.papers import LinkMailPage
from spa_pos.web.shell import Problem
from tests.screens import refunds, register
from tests.screens.frame import new_id

_ACTION = f"/tickets/{register.TICKET.id}/receipt"
WITH_ADDRESS = MailPanel(_ACTION, "done", "ingrid@example.org")
WRONG = replace(
    WITH_ADDRESS,
    email="ingrid@",
    problem=Problem("email-unreadable", "That e-mail address cannot be right.", field="email"),
)
SENT = MailPanel(
    _ACTION,
    "receipt",
    "ingrid@example.org",
    (
        SentRow("i•••@example.org, Tue, Nov 24, 2:15\u00a0PM", "Sent", "proven", "Until May 23, 2027"),
        SentRow("A code, Tue, Nov 24, 2:16\u00a0PM", "Shown", "", "Ended"),
    ),
    has_live=True,
)
CODE = replace(SENT, qr=Markup('<svg viewBox="0 0 2 2"><path d="M0 0h1v1h-1z"/></svg>'))
RECEIPT_SENT = replace(register.RECEIPT, pdf_href=f"{_ACTION}.pdf", mail=SENT)
RECEIPT_CODE = replace(register.RECEIPT, pdf_href=f"{_ACTION}.pdf", mail=CODE)
DONE_MAIL = replace(register.CHANGE, mail=WITH_ADDRESS)
DONE_WRONG = replace(register.CHANGE, mail=WRONG)
REFUND_MAIL = replace(refunds.DONE, mail=replace(SENT, action=f"/refunds/{new_id()}/receipt"))

GUEST = GuestReceiptPage(
    title="Your receipt",
    receipt=register.RECEIPT,
    slip=None,
    pdf_href="/receipts/x/receipt.pdf",
    ends_words="This page can be seen until May 23, 2027 by whoever has its link.",
)
GUEST_SLIP = replace(GUEST, title="Your refund", receipt=None, slip=refunds.SLIP)
MAIL = LinkMailPage(
    title="Your receipt",
    lead="For your payment on Tuesday, November 24 at 2:15\u00a0PM.",
    place_name="Rejuvenate Spa",
    address="Healthy Living Center, Rochester, Minnesota",
    phone="(507) 555-0100",
    link="/",
    link_word="See the receipt",
    closing="Whoever has the link can see it.",
    foot="You get this mail because this receipt was asked for at our desk.",
    stop_link="/",
)
