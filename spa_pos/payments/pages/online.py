"""Cards that guests give on their own device, on any page: whether they are taken, and what is agreed to."""

from spa_pos.kernel.errors import Conflict
from spa_pos.payments.flows import CardPayments, CardsOnFile
from spa_pos.payments.pages.desk import on_file_of
from spa_pos.payments.rules import Agreed
from spa_pos.people.pages.session import settings_of
from spa_pos.settings import Mode
from spa_pos.web.answers import AnyRequest
from spa_pos.web.i18n import current_locale
from spa_pos.web.i18n import gettext as _


def publishable_key(request: AnyRequest) -> str | None:
    """What the processor's page element needs; None with a pretended processor, which takes samples."""
    keeping = on_file_of(request)
    return keeping.publishable_key if keeping is not None else None


def consent_words(place: str) -> Agreed:
    """What a guest agrees to when we keep their card, in their language; in English it is `consent_text`."""
    words = _(
        "I let %(place)s keep this card with its card processor. It may be charged for what I owe: visits and"
        " tips I ask to be put on it, and the fee of the cancellation policy I booked under when I cancel"
        " late or do not come. I am told of each charge, and I can have the card removed at any time; what I"
        " owe by then stays owed."
    )
    return Agreed(words % {"place": place}, current_locale())


def takes_cards(request: AnyRequest) -> bool:
    """True where guests can give a card on their own device."""
    settings = settings_of(request)
    samples = settings.mode is not Mode.PRODUCTION and settings.stripe_api_base is not None
    return request.app.state["cards"] is not None and (publishable_key(request) is not None or samples)


def online_cards(request: AnyRequest) -> CardPayments:
    """How cards are taken.

    Raises:
        Conflict: `no-online-cards`.
    """
    if not takes_cards(request):
        raise Conflict("no-online-cards", "Cards cannot be taken here yet. Call us, or come to our desk.")
    cards: CardPayments = request.app.state["cards"]
    return cards


def keeping_cards(request: AnyRequest) -> CardsOnFile:
    """How cards are kept.

    Raises:
        Conflict: `no-cards-kept-here`.
    """
    keeping = on_file_of(request)
    if keeping is None or not takes_cards(request):
        raise Conflict("no-cards-kept-here", "Cards cannot be kept here yet. We can do it at our desk.")
    return keeping
