"""What guests read when something is refused: a sentence in their language for each code they can meet.

Rules and actions say no in English, to the desk; a guest needs other words, and in their language. A code
that stands nowhere here still has an answer in every language, only a less exact one.
"""

from collections.abc import Callable

from spa_pos.kernel.errors import Refusal
from spa_pos.web.i18n import current_locale
from spa_pos.web.i18n import gettext as _


def _taken() -> str:
    return _("Somebody else took this time a moment ago. Choose another one.")


def _changed() -> str:
    return _("Your visit changed a moment ago. Look at it once more.")


def _changed_here() -> str:
    return _("This changed a moment ago. Look at your page once more.")


def _stands() -> str:
    return _("Your visit stands as it does, and cannot be changed that way.")


def _unreadable() -> str:
    return _("Something in the form cannot be read. Open the page again.")


def _busy() -> str:
    return _("We are very busy this second. Nothing was changed; try again.")


def _costs() -> str:
    return _("What it costs changed a moment ago. Look at it once more.")


def _not_here() -> str:
    return _("This visit cannot be moved here. Call us, and we look together.")


_GONE = (
    "slot-taken",
    "provider-away",
    "no-room",
    "no-equipment",
    "hands-on-limit",
    "time-past",
    "day-closed",
)
_STATES = (
    "cancelled",
    "no-show",
    "checked-in",
    "in-service",
    "done",
    "held",
    "expired",
    "booked",
    "confirmed",
)

_SENTENCES: dict[str, Callable[[], str]] = {
    **dict.fromkeys(_GONE, _taken),
    **{f"appointment-{state}": _stands for state in _STATES},
    "appointment-changed": _changed,
    "busy": _busy,
    "card-number-typed": lambda: _("Do not type card numbers here."),
    "credential-missing": _taken,
    "day-closed": _taken,
    "database-away": _busy,
    "date-unreadable": lambda: _("That is not a date. Dates look like 2026-11-24."),
    "email-unreadable": lambda: _("That e-mail address cannot be right."),
    "fee-changed": _costs,
    "field-too-long": lambda: _("That is too long. Shorten it."),
    "form-foreign": lambda: _("This form is not ours or has grown old. Open the page again."),
    "form-too-large": lambda: _("That is more than this form can hold."),
    "form-unreadable": _unreadable,
    "guest-already-booked": lambda: _("You have another visit at that time. Choose another one."),
    "already-waiting": lambda: _("You wait for this service already. Call us to change it."),
    "wait-unknown": lambda: _("You wait for this no longer. Look at your page once more."),
    "wait-changed": _changed_here,
    "wait-days": lambda: _("Choose how long you would wait."),
    "form-outdated": lambda: _("This page is out of date. Begin again."),
    "booking-unknown": lambda: _("You have no booking under way. Begin again."),
    "nothing-held": lambda: _("Choose a time first. Nothing is held for you."),
    "hold-expired": lambda: _(
        "Your time was held for a while and is free again. Choose a time; what you typed is still here."
    ),
    "held-long-enough": lambda: _(
        "We cannot hold this time any longer. Finish now, or call us and we book it for you."
    ),
    "another-time-chosen": lambda: _(
        "You chose another time in another window. Here is what is held for you."
    ),
    "email-unproved": lambda: _("Prove your e-mail address first: we mail you a code."),
    "too-many-visits": lambda: _("You have many visits to come. Call us to book another one."),
    "too-many-holds": lambda: _(
        "Many times are held from your network right now. Wait some minutes, or call us."
    ),
    "too-many-of-yours": lambda: _(
        "Times are held for this e-mail address or telephone number in other windows. Finish there, wait"
        " some minutes, or call us."
    ),
    "service-unknown": lambda: _("There is no such service. Choose one from the menu."),
    "add-on-unknown": lambda: _("That add-on does not go with this service. Choose again."),
    "add-on-unfit": lambda: _("That add-on does not go with this service. Choose again."),
    "group-unknown": lambda: _("Choose who you are to us."),
    "late-unreadable": lambda: _("Choose how many minutes later you come."),
    "amount-unreadable": lambda: _("Type an amount in dollars, such as 75 or 75.00."),
    "card-amount-too-small": lambda: _("That is less than we sell a gift card for. Choose more."),
    "card-amount-too-large": lambda: _(
        "That is more than we sell a gift card for here. Choose less, or call us."
    ),
    "card-sale-needs-manager": lambda: _(
        "That is more than we sell a gift card for here. Choose less, or call us."
    ),
    "buyer-email-missing": lambda: _("Type your e-mail address."),
    "giver-missing": lambda: _("Type your name."),
    "gift-day-over": lambda: _("That day is over. Choose today or a day to come."),
    "gift-day-too-far": lambda: _("A gift can wait for a year at most."),
    "messages-stopped": lambda: _(
        "Whoever reads this address wants no mail from us. Leave it empty, and the card comes to you."
    ),
    "no-online-cards": lambda: _("Cards cannot be taken here yet. Call us, or buy one at our desk."),
    "order-paid": lambda: _("This gift card is paid already."),
    "visit-booked": lambda: _("This visit is booked already."),
    "payment-under-way": lambda: _(
        "A card is being asked for to keep the time you chose. Finish that, or choose another time there."
    ),
    "paying-elsewhere": lambda: _(
        "You are paying for another time in another window. Finish there, or choose another time there; then"
        " go on here."
    ),
    "charged-too-late": lambda: _(
        "Your card was charged too late, and the money goes back by itself. Nothing is booked; choose"
        " another time."
    ),
    "nothing-due": lambda: _("This is paid already. Nothing was charged."),
    "due-changed": _costs,
    "deposit-not-due": lambda: _("This is paid already. Nothing was charged."),
    "no-fee": lambda: _("This is paid already. Nothing was charged."),
    "card-already-in-progress": lambda: _("Somebody is paying this right now. Nothing was charged twice."),
    "attempt-ended": lambda: _("This payment has ended. Try again."),
    "sample-card-unknown": lambda: _("Choose one of the sample cards shown."),
    "link-ended": lambda: _("This visit was some time ago, and its link has ended."),
    "link-unknown": lambda: _("This link leads nowhere. Open it from your message once more."),
    "link-unreadable": _unreadable,
    "name-missing": lambda: _("Type the name."),
    "name-too-long": lambda: _("A name may have 60 letters at most."),
    "name-unreadable": lambda: _("The name holds signs that cannot be read."),
    "not-a-form": _unreadable,
    "not-alone": lambda: _("Your visit was booked together with others. Call us to move it."),
    "not-all-move": lambda: _("Not all of you can be moved here. Call us, and we look together."),
    "offer-over": lambda: _("This time is held for you no longer. Call us if you would like another one."),
    "not-now": lambda: _("You can tell us this shortly before your visit. Call us if it is urgent."),
    "not-online": _not_here,
    "note-too-long": lambda: _("A note may have 300 letters at most."),
    "party-changed": _changed,
    "phone-unreadable": lambda: _("Type a phone number with area code, such as 507 555 0123."),
    "price-changed": _costs,
    "price-missing": _not_here,
    "provider-unknown": _taken,
    "reason-unknown": lambda: _("Choose a reason from the list."),
    "request-missing": lambda: _("This form is incomplete. Open the page again."),
    "request-reused": lambda: _("This form was sent before with other contents. Open the page again."),
    "time-not-offered": lambda: _("This time cannot be booked here. Choose one from the list."),
    "time-unreadable": lambda: _("Choose a time from the list."),
    "too-late-to-move": lambda: _("Your visit is too near to move it here. Call us, and we look."),
    "too-late-to-undo": lambda: _("This cannot be undone here any more. Call us, and we look."),
    "card-in-use": lambda: _("A payment with this card is under way. Take it away when that has ended."),
    "card-unknown": lambda: _("There is no such card on file."),
    "card-not-kept": lambda: _("The card is not on file: it was declined. Try another one."),
    "setup-not-done": lambda: _("The card is not on file yet. Try it again."),
    "no-cards-kept-here": lambda: _("Cards cannot be kept here yet. We can do it at our desk."),
    "card-not-found": lambda: _("We know no card with this code. Compare it with the card."),
    "code-mistyped": lambda: _("One symbol of that code is wrong. Compare it with the card."),
    "code-unreadable": lambda: _("That is no code of a gift card. Compare it with the card."),
    "too-many-codes-tried": lambda: _("Too many tries. Wait a while, or call us."),
    "code-wrong": lambda: _("That is not the code, or it is too old. Ask for another one."),
    "enter-ended": lambda: _("This link was used already or is too old. Ask for a new one under My visits."),
    "not-expected": lambda: _("We do not find you here. Please come to the desk, we are glad to help."),
    "not-sure": lambda: _("Tick the box when you are sure."),
    "receipt-unknown": lambda: _("There is no such receipt."),
    "ticket-open": lambda: _("Something is not paid yet. Settle it with us first."),
    "too-many-tries": lambda: _("Too many tries. Wait a while, or call us."),
    "value-left": lambda: _("You have credit or a gift card with us. Use it, or call us first."),
    "visits-to-come": lambda: _("You have a visit to come. Cancel it first, or come and enjoy it."),
    "visit-cancelled": lambda: _("This visit is cancelled; there is nothing to put into a calendar."),
    "visit-over": lambda: _("There is nothing left to cancel."),
}


def said(refusal: Refusal) -> str:
    """The sentence of a refusal for the guest who reads the page."""
    sentence = _SENTENCES.get(refusal.code)
    if sentence is not None:
        return sentence()
    if current_locale() == "en":
        return refusal.sentence
    return _("That did not work, and nothing was changed. Try again or call us.")
