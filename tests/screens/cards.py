"""Cards on file; all invented."""

from dataclasses import replace

from spa_pos.checkout.pages.views import KeptChoice, PayWith
from spa_pos.kernel.errors import Conflict
from spa_pos.payments.pages import views
from spa_pos.payments.pages.samples import sample_cards
from spa_pos.payments.rules import consent_text
from spa_pos.web.answers import problem_of
from tests.screens.frame import at, new_id
from tests.screens.register import TICKET

REFUSED = problem_of(Conflict("card-not-kept", "The card was declined. Please try another card."))
AGREED = "Agreed on Tuesday, November 24, 2026 at the desk with Maya Lindqvist, text of 2026-11"

CARDS = views.KeptCardsPage(
    new_id(),
    "Ingrid Halvorsen",
    (
        views.KeptCard(new_id(), "Visa ending in 4242", "12/2040", at(9, 30), AGREED),
        views.KeptCard(new_id(), "Mastercard ending in 4444", "01/2027", at(9, 30), AGREED),
    ),
    consent_text("Rejuvenate Spa"),
    True,
)
NO_CARDS = replace(CARDS, cards=(), can_keep=False, problem=REFUSED)
ELEMENT = views.CardSetupPage(
    new_id(), "Ingrid Halvorsen", new_id(), "pk_test_sample0000", "seti_1_secret_1", ()
)
SAMPLE = replace(ELEMENT, publishable_key=None, secret="", samples=sample_cards(), problem=REFUSED)
PAY_ON_FILE = replace(
    TICKET,
    pay_with=PayWith.ON_FILE,
    kept=(KeptChoice(new_id(), "Visa ending in 4242", "Agreed on Tuesday, November 24, 2026"),),
)
