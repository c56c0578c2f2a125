"""Cards on file: how keeping one ends, and what its guest agreed to."""

from dataclasses import dataclass
from datetime import timedelta

from spa_pos.payments.rules.attempts import Cancelled, InProgress, Unknown


@dataclass(frozen=True, slots=True)
class CardSaved:
    """The processor keeps a card for us under an id."""

    processor_id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True)
class CardRefused:
    """The card cannot be kept; the sentence is for the person in front of the page."""

    sentence: str


SetupOutcome = CardSaved | CardRefused | InProgress | Cancelled | Unknown
"""How keeping a card ended, or that it has not."""

CONSENT_VERSION = "2026-11"
SETUP_LIFE = timedelta(hours=24)
"""A page that was opened to keep a card and left alone for a day is dropped."""

SAMPLE_CARDS = (
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_chargeCustomerFail",
    "pm_card_authenticationRequired",
    "pm_card_chargeDeclined",
)
"""Test tokens of the processor for cards to keep in the demo: names, not numbers."""

SAMPLE_PAYMENTS = ("pm_card_visa", "pm_card_chargeCustomerFail")
"""Test tokens for what guests pay on their own device in the demo."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a guest agreed to, word for word, and in which language they read it."""

    words: str
    language: str


def consent_text(place: str) -> str:
    """What a guest agrees to when we keep their card; a change of words is a new `CONSENT_VERSION`."""
    return (
        f"I let {place} keep this card with its card processor. It may be charged for what I owe: visits"
        " and tips I ask to be put on it, and the fee of the cancellation policy I booked under when I"
        " cancel late or do not come. I am told of each charge, and I can have the card removed at any"
        " time; what I owe by then stays owed."
    )
