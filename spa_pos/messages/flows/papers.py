"""The words of mails that hand something over by a link: a receipt, a gift card.

What it is of stands behind the link alone, for a mailbox is read by more people than one (DOMAIN.md §7.33).
"""

from dataclasses import dataclass
from uuid import UUID

from spa_pos.ledger.queries import Place
from spa_pos.messages.flows.writing import Words, Writer
from spa_pos.messages.rules import CodeFacts, GiftFacts, ReceiptFacts, enter_code
from spa_pos.web import i18n
from spa_pos.web.i18n import gettext as _
from spa_pos.web.templates import render_words


@dataclass(frozen=True, slots=True)
class LinkMailPage:
    """`messages/link.html` and `.txt`: a mail that is little more than its link; `stop_link` may be empty."""

    title: str
    lead: str
    place_name: str
    address: str
    phone: str
    link: str
    link_word: str
    closing: str
    foot: str
    stop_link: str


def receipt_words(writer: Writer, facts: ReceiptFacts, place: Place, *, locale: str) -> Words:
    """A mail with the link to a receipt: when and where, nothing of what."""
    with i18n.in_locale(locale):
        paid = facts.paid_at.astimezone(place.zone)
        when = {"day": i18n.day_long(paid.date()), "clock": i18n.clock(paid)}
        title = _("Your refund") if facts.went_back else _("Your receipt")
        lead = _("For money given back on %(day)s at %(clock)s.") if facts.went_back else ""
        page = LinkMailPage(
            title=title,
            lead=(lead or _("For your payment on %(day)s at %(clock)s.")) % when,
            place_name=place.name,
            address=place.address,
            phone=place.phone,
            link=writer.receipt_link(facts.link_to),
            link_word=_("See the receipt"),
            closing=_(
                "It can be saved as a PDF there. Whoever has the link can see it, so keep it to yourself."
            ),
            foot=_("You get this mail because this receipt was asked for at our desk."),
            stop_link="",
        )
        return _words(title, page, locale)


def gift_words(writer: Writer, facts: GiftFacts, place: Place, *, message_id: UUID, locale: str) -> Words:
    """A mail with the link to a gift card: from whom, and nothing that could be spent."""
    with i18n.in_locale(locale):
        title = _("A gift for you")
        lead = (
            _("%(giver)s has a gift card for you.") if facts.giver else _("Somebody has a gift card for you.")
        )
        hello = _("Dear %(name)s,") % {"name": facts.recipient} if facts.recipient else ""
        page = LinkMailPage(
            title=title,
            lead=f"{hello} {lead % {'giver': facts.giver}}".strip(),
            place_name=place.name,
            address=place.address,
            phone=place.phone,
            link=writer.gift_link(facts.link_to),
            link_word=_("Open your gift"),
            closing=_("The link is as good as the card: do not pass it on, unless you mean to give it away."),
            foot=_("You get this mail because somebody asked us to send it. It is the only one."),
            stop_link=writer.stop_link(message_id),
        )
        return _words(title, page, locale)


def code_words(writer: Writer, facts: CodeFacts, place: Place, *, locale: str) -> Words:
    """A mail with a one-time code, and a link that does the same."""
    with i18n.in_locale(locale):
        code = enter_code(writer.secret, facts.link_to)
        until = i18n.clock(facts.expires_at.astimezone(place.zone))
        title = _("Your code: %(code)s") % {"code": code}
        page = LinkMailPage(
            title=title,
            lead=_("Type it where you asked for it, or open the link. Both are good until %(clock)s.")
            % {"clock": until},
            place_name=place.name,
            address=place.address,
            phone=place.phone,
            link=writer.enter_link(facts.link_to),
            link_word=_("Open my page"),
            closing=_("We never ask for this code by telephone. Did you not ask for it? Then do nothing."),
            foot=_("You get this mail because somebody typed this address on our pages."),
            stop_link="",
        )
        return _words(title, page, locale)


def _words(title: str, page: LinkMailPage, locale: str) -> Words:
    text = render_words("messages/link.txt", page, locale)
    return Words(title, text, render_words("messages/link.html", page, locale), ())
