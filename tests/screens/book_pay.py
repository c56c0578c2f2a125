"""Giving a card online: for a time that is held, and by the link to a visit."""

from collections.abc import Iterator
from dataclasses import replace

from spa_pos.checkout.pages.book_pay_views import BookPayPage, VisitPayPage
from spa_pos.payments.pages.samples import sample_cards
from spa_pos.payments.rules import consent_text
from spa_pos.web.shell import Problem
from tests.screens.frame import NOBODY, Screen
from tests.screens.online import CHOICES, HELD, SHELL

SAMPLES = (("pm_card_visa", "Sample card: works"), ("pm_card_bad", "Sample card: declined"))
DECLINED = Problem("card-declined", "The card was declined. Nothing was charged. Try another card.")
REFUSED = Problem("card-not-kept", "The card is not on file: it was declined. Try another one.")
UNDER_WAY = Problem("too-many-tries", "Too many tries. Wait a while, or call us.")

DEPOSIT = BookPayPage(
    step="card",
    pays=True,
    title="Pay the deposit",
    word="Pay $30.00 and book",
    choices=tuple(replace(one, href=None) for one in CHOICES),
    held=replace(HELD, may_extend=False),
    due_words="$30.00",
    consent="",
    publishable_key=None,
    secret="",
    samples=SAMPLES,
    phone="(507) 555-0100",
    phone_href="tel:5075550100",
)
ELEMENT = replace(DEPOSIT, publishable_key="pk_test_x", secret="s", samples=())
KEPT = replace(
    DEPOSIT,
    pays=False,
    title="Give a card for your visit",
    word="Keep this card and book",
    due_words="",
    consent=consent_text("Rejuvenate Spa"),
    samples=sample_cards(),
)
BY_LINK = VisitPayPage(
    step="again",
    title="Pay by card",
    words="There is a fee of $60.00 for this visit.",
    due_words="$60.00",
    word="Pay $60.00",
    expected_cents=6_000,
    action="/visits/x/payment",
    back_href="/visits/x",
    phone="(507) 555-0100",
    phone_href="tel:5075550100",
)


def book_pay_screens() -> Iterator[Screen]:
    """Every state that looks different."""
    for name, page in (
        ("deposit", DEPOSIT),
        ("deposit-element", ELEMENT),
        ("deposit-again", replace(DEPOSIT, step="again", problem=DECLINED)),
        ("deposit-asking", replace(DEPOSIT, step="asking", title="We are asking the bank")),
        ("card", KEPT),
        ("card-element", replace(KEPT, publishable_key="pk_test_x", secret="s", samples=())),
        ("card-again", replace(KEPT, step="again", problem=REFUSED)),
    ):
        yield Screen(f"book-pay-{name}", "checkout/book_pay.html", page, SHELL)
    for name, link in (
        ("due", BY_LINK),
        ("card", replace(BY_LINK, step="card", samples=SAMPLES)),
        ("element", replace(BY_LINK, step="card", publishable_key="pk_test_x", secret="s")),
        ("declined", replace(BY_LINK, problem=DECLINED)),
        ("tried", replace(BY_LINK, problem=UNDER_WAY)),
        ("asking", replace(BY_LINK, step="asking")),
        ("paid", replace(BY_LINK, step="paid", title="Thank you. It is paid", due_words="")),
    ):
        yield Screen(f"visit-pay-{name}", "checkout/visit_pay.html", link, NOBODY)
