"""Sample cards of the pretended processor, as the demo offers them."""

from spa_pos.payments.rules import SAMPLE_CARDS, SAMPLE_PAYMENTS
from spa_pos.web.i18n import gettext as _


def sample_cards() -> tuple[tuple[str, str], ...]:
    """The sample cards that can be kept, each with what becomes of it."""
    words = {
        "pm_card_visa": _("Sample Visa: works"),
        "pm_card_mastercard": _("Sample Mastercard: works"),
        "pm_card_chargeCustomerFail": _("Sample card: kept, then declined when charged"),
        "pm_card_authenticationRequired": _("Sample card: its bank asks the guest each time"),
        "pm_card_chargeDeclined": _("Sample card: cannot be kept"),
    }
    return tuple((token, words[token]) for token in SAMPLE_CARDS)


def sample_payments() -> tuple[tuple[str, str], ...]:
    """The sample cards that pay, each with what becomes of it."""
    words = {
        "pm_card_visa": _("Sample card: works"),
        "pm_card_chargeCustomerFail": _("Sample card: declined"),
    }
    return tuple((token, words[token]) for token in SAMPLE_PAYMENTS)
