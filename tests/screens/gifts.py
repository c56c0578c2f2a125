"""A gift card that is handed over by e-mail: at the desk, wrapped, opened, in a mail."""

from dataclasses import replace

from markupsafe import Markup

from spa_pos.stored_value.pages.views import DeliveryRow, GiftForm, GiftPage
from spa_pos.web.shell import Problem
from tests.screens import receipts, value

WRAPPED = GiftPage(
    title="A gift for you",
    recipient="Pat",
    giver="Mary Olsen",
    message="With love, and no hurry.",
    open_action="/gifts/x/opening",
    amount_cents=0,
    code="",
    qr=None,
    pdf_href=None,
    until_words="",
    place_name="Rejuvenate Spa",
    address="Healthy Living Center, Rochester, Minnesota",
    phone="(507) 555-0100",
    phone_href="tel:5075550100",
)
OPENED = replace(
    WRAPPED,
    title="Your gift card",
    open_action=None,
    amount_cents=15_000,
    code="ABCD-EFGH-JKMN-PQRS-T",
    qr=Markup('<svg viewBox="0 0 2 2"><path d="M0 0h1v1h-1z"/></svg>'),
    pdf_href="/gifts/x/card.pdf",
)
GIVEN = replace(OPENED, giver="", until_words="A part of it is a gift of ours, valid until January 31, 2027")
SENT = replace(
    value.CARD,
    deliveries=(
        DeliveryRow("Pat, p•••@example.org", "On Thu, Dec 24, 2026", "Waiting for its day", "", ""),
        DeliveryRow("p•••@example.org", "On Tue, Nov 24, 2026", "Link ended", "done", ""),
    ),
    may_send=True,
    gift=GiftForm(recipient="Pat", message="With love"),
)
WRONG = replace(
    SENT,
    gift=GiftForm("Pat", "pat@", "Mary", "With love", "2026-12-24"),
    problem=Problem("email-unreadable", "That e-mail address cannot be right.", field="email"),
)
MAIL = replace(
    receipts.MAIL,
    title="A gift for you",
    lead="Dear Pat, Mary has a gift card for you.",
    link_word="Open your gift",
)
