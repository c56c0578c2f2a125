"""What a way to pay is called, in the language of who reads it."""

from collections.abc import Callable

from spa_pos.web.i18n import gettext as _

WORDS: dict[str, Callable[[], str]] = {
    "cash": lambda: _("Cash"),
    "card": lambda: _("Card"),
    "card_on_file": lambda: _("Card on file"),
    "gift_card": lambda: _("Gift card"),
    "credit": lambda: _("Guest credit"),
    "paid_credit": lambda: _("Guest credit"),
    "promotional_credit": lambda: _("Promotional credit"),
    "goodwill_credit": lambda: _("Goodwill credit"),
    "deposit": lambda: _("Deposit"),
    "package": lambda: _("Package"),
    "payroll": lambda: _("Payroll deduction"),
    "external_card": lambda: _("Card slip"),
    "exchange": lambda: _("Exchange"),
}
"""By the kind of tender, or of the stored value that paid: credit that was given away is called so."""

NAMED = "a.card_brand, a.card_last4, h.kind AS value_kind, h.last4 AS value_last4, d.slip, d.label"
"""What a tender `d` is named by; the keyword arguments of `way_word`."""

NAMES = ("card_brand", "card_last4", "value_kind", "value_last4", "slip", "label")

NAMED_FROM = "LEFT JOIN attempt a ON a.id = d.attempt LEFT JOIN holding h ON h.id = d.stored_value"


def way_word(
    kind: str,
    *,
    card_brand: str | None,
    card_last4: str | None,
    value_kind: str | None,
    value_last4: str | None,
    slip: str | None,
    label: str | None,
) -> str:
    """`Cash`, `Gift card …7KQ2`, `Card slip 4711`; brand and last four of a card, never more."""
    if card_brand:
        return f"{card_brand.capitalize()} {card_last4 or ''}".strip()
    if kind == "exchange" and label:
        return _("Exchange, refund %(number)s") % {"number": label}
    last4 = value_last4 and f"…{value_last4}"
    package = label and ": ".join(_(part) for part in label.split(": ", 1))
    about = {"gift_card": last4, "package": package, "external_card": slip}.get(kind)
    return " ".join(word for word in (WORDS[value_kind or kind](), about) if word)
