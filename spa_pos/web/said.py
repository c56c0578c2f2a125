"""What guests read when something is refused: a sentence in their language for each code they can meet.

Rules and actions say no in English, to the desk; a guest needs other words, and in their language. A code
that stands nowhere here still has an answer in every language, only a less exact one.
"""

from collections.abc import Callable

from spa_pos.kernel.errors import Refusal
from spa_pos.web.i18n import current_locale
from spa_pos.web.i18n import gettext as _

_SENTENCES: dict[str, Callable[[], str]] = {
    "email-unreadable": lambda: _("That e-mail address cannot be right."),
    "field-too-long": lambda: _("That is too long. Shorten it."),
    "form-foreign": lambda: _("This form is not ours or has grown old. Open the page again."),
    "form-unreadable": lambda: _("Something in the form cannot be read. Open the page again."),
    "link-ended": lambda: _("This visit was some time ago, and its link has ended."),
    "link-unknown": lambda: _("This link leads nowhere. Open it from your message once more."),
    "name-missing": lambda: _("Type the name."),
    "name-too-long": lambda: _("A name may have 60 letters at most."),
    "name-unreadable": lambda: _("The name holds signs that cannot be read."),
    "phone-unreadable": lambda: _("Type a phone number with area code, such as 507 555 0123."),
    "request-missing": lambda: _("This form is incomplete. Open the page again."),
    "slot-taken": lambda: _("Somebody else took this time a moment ago. Choose another one."),
    "visit-cancelled": lambda: _("This visit is cancelled; there is nothing to put into a calendar."),
    "appointment-changed": lambda: _("Your visit changed a moment ago. Look at it once more."),
}


def said(refusal: Refusal) -> str:
    """The sentence of a refusal for the guest who reads the page."""
    sentence = _SENTENCES.get(refusal.code)
    if sentence is not None:
        return sentence()
    if current_locale() == "en":
        return refusal.sentence
    return _("That did not work, and nothing was changed. Try again or call us.")
