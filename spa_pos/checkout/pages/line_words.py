"""A line of a receipt in the language of who reads it: its name, and what stands beneath it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from spa_pos.booking.pages.online_asked import reason_words
from spa_pos.checkout.actions.sell import RELOAD_OF
from spa_pos.checkout.pages.views import ReductionRow
from spa_pos.checkout.queries import DiscountView, LineView
from spa_pos.checkout.rules.details import Facts, Form, facts_of
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.web import i18n
from spa_pos.web.i18n import gettext as _


def name_words(description: str) -> str:
    """What was sold; a card is told by its last symbols in every language."""
    if description.startswith(RELOAD_OF):
        return _("Reload of %(card)s") % {"card": name_words(description.removeprefix(RELOAD_OF))}
    kind, mark, last = description.partition(" …")
    return f"{_(kind)}{mark}{last}" if mark else _(description)


def detail_words(line: LineView, zone: ZoneInfo) -> str:
    """What stands beneath it; as it was written where its facts were not kept yet."""
    facts = facts_of(line.detail_facts)
    return SAID[facts.form](facts, zone) if facts else line.detail


def reduction_words(line: LineView) -> str:
    """Why the price of a line is lower than the list price; in English as it was written."""
    if i18n.current_locale() == "en" or not line.reduction_code:
        return line.reduction_name or ""
    return reason_words(line.reduction_code, line.group_name)


def reductions_in_words(line: LineView) -> tuple[ReductionRow, ...]:
    """Everything taken off a line, each with its name; promo codes are called as managers call them."""
    own = (ReductionRow(reduction_words(line), line.reduction_cents),) if line.reduction_cents else ()
    return own + tuple(ReductionRow(_discount_words(one), one.amount_cents) for one in line.discounts)


def _discount_words(one: DiscountView) -> str:
    if i18n.current_locale() == "en":
        return one.name
    if one.kind == "discount":
        return f"{_('Discount')}{one.name.removeprefix('Discount')}"
    if one.kind == "override":
        return _("Price set to %(price)s") % {"price": one.name.rpartition(" ")[2]}
    if one.kind == "package":
        return _("%(package)s: worth less in the package") % {"package": _(one.name.partition(":")[0])}
    return one.name


def _visit(facts: Facts, zone: ZoneInfo) -> str:
    return i18n.listed((facts.who, _minutes(facts.count), _hour(facts, zone)))


def _minutes(count: int) -> str:
    return _("%(num)s min") % {"num": count}


def _hour(facts: Facts, zone: ZoneInfo) -> str:
    return i18n.clock(facts.at.astimezone(zone)) if facts.at else ""


def _when(facts: Facts, zone: ZoneInfo) -> str:
    day = i18n.day_short(facts.at.astimezone(zone).date()) if facts.at else ""
    return i18n.listed((_(facts.what), day, _hour(facts, zone)))


def _pieces(facts: Facts, _zone: ZoneInfo) -> str:
    return _("%(num)s at %(price)s") % {"num": facts.count, "price": format_usd(Cents(facts.each_cents))}


def _by_minutes(facts: Facts, _zone: ZoneInfo) -> str:
    told = {"minutes": _minutes(facts.count), "price": format_usd(Cents(facts.each_cents))}
    words = _("%(minutes)s at %(price)s") % told
    return i18n.listed((facts.who, words)) if facts.who else words


def _gift(facts: Facts, _zone: ZoneInfo) -> str:
    words = [_("For %(what)s") % {"what": facts.who}] if facts.who else []
    if facts.on:
        words.append(_("to %(address)s on %(day)s") % {"address": facts.to, "day": i18n.day_full(facts.on)})
    if facts.online:
        words.append(_("bought online"))
    return i18n.listed(words) if words else _("No expiry, no fees")


def _visits(facts: Facts, _zone: ZoneInfo) -> str:
    return i18n.listed(f"{count} × {_(name)}" for count, name in facts.visits)


SAID: dict[Form, Callable[[Facts, ZoneInfo], str]] = {
    Form.VISIT: _visit,
    Form.WITH: lambda facts, _zone: _("With %(service)s") % {"service": _(facts.what)},
    Form.RETAIL: lambda _facts, _zone: _("Retail"),
    Form.PIECES: _pieces,
    Form.MINUTES: _by_minutes,
    Form.OF_VISIT: _when,
    Form.FOR_VISIT: lambda facts, zone: _("For %(what)s") % {"what": _when(facts, zone)},
    Form.GIFT: _gift,
    Form.VISITS: _visits,
}
