"""Who is asked for a card or a deposit to book: the rules in force, a new version, the ones before."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post

from spa_pos.booking.pages.schedule_forms import (
    hits_here,
    needed_id,
    ppm_from,
    send,
    status_of,
    tabs,
    with_sent,
)
from spa_pos.booking.pages.schedule_views import CardRulesPage, Choice, FormState, PastRule, Removable
from spa_pos.catalog.queries import menu
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents, format_usd, parse_usd
from spa_pos.payments.actions import end_card_term, set_card_term
from spa_pos.payments.queries import CardTermView, card_term_versions
from spa_pos.payments.rules import CONSENT_VERSION, Asks, consent_text
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.people.queries import groups
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.forms import uuid_from
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

HERE = "/schedule/cards"

ASKS = (
    Choice(Asks.CARD.value, "a card on file"),
    Choice(Asks.DEPOSIT.value, "a deposit"),
    Choice(Asks.NOTHING.value, "nothing"),
)
EMPTY = {
    "service": "",
    "group": "",
    "guests": "",
    "asks": Asks.CARD.value,
    "percent": "",
    "amount": "",
    "from": "",
}


async def _show(desk: Desk, form: str | None = None, sent: FormState | None = None) -> Response[Any]:
    versions = await card_term_versions(desk.place.id)
    forms = with_sent({"rule": FormState(HERE, EMPTY), "end": FormState(f"{HERE}/end", {})}, form, sent)
    zone = desk.place.zone
    page = CardRulesPage(
        tabs=tabs(HERE, await hits_here(desk)),
        rules=tuple(
            Removable(
                f"{_whom(one)}: {one.term.words}",
                f"Version {one.term.version}, {_since(one, one.begins_at.astimezone(zone))}",
                f"{HERE}/end",
                (("id", str(one.term.id)),),
                word="End it",
            )
            for one in versions
            if one.ended_at is None
        ),
        past=tuple(
            PastRule(
                f"Version {one.term.version}",
                f"{_whom(one)}: {one.term.words}",
                one.begins_at.astimezone(zone),
                one.ended_at.astimezone(zone),
                one.consent_version,
                one.consent_text,
            )
            for one in versions
            if one.ended_at is not None
        ),
        services=tuple(Choice(str(one.id), one.name) for one in await menu()),
        groups=tuple(Choice(one.code, one.name) for one in await groups()),
        asks=ASKS,
        consent_version=CONSENT_VERSION,
        consent=consent_text(desk.place.name),
        form=forms["rule"],
        end_problem=forms["end"].problem,
    )
    text = render("booking/schedule_cards.html", page, await desk.shell(Nav.SCHEDULE))
    return html(text, status=status_of(sent))


def _whom(one: CardTermView) -> str:
    """`Swedish massage, visitors, new guests, from $100.00`."""
    words = [one.service_name or "Every service", one.group_name or "every group"]
    if one.term.new_guests:
        words.append("new guests")
    if one.term.from_cents:
        words.append(f"from {format_usd(one.term.from_cents)}")
    return ", ".join(words)


def _since(one: CardTermView, at: datetime) -> str:
    by = f" by {one.made_by}" if one.made_by else ""
    return f"since {at:%B} {at.day}{by}; words of {one.consent_version}"


def _cents(text: str, field: str) -> Cents | None:
    """An amount that may be left out.

    Raises:
        Invalid: `amount-unreadable` and what else `parse_usd` refuses, at its field.
    """
    if not text.strip():
        return None
    try:
        return parse_usd(text)
    except Invalid as wrong:
        raise Invalid(wrong.code, wrong.sentence, field=field) from None


def _asks(text: str) -> Asks:
    try:
        return Asks(text)
    except ValueError:
        raise Invalid("form-unreadable", "Choose what is asked for.", field="asks") from None


@get(HERE, opt=only(*MANAGERS))
async def show_card_rules(request: AnyRequest) -> Response[Any]:
    """The rules in force, and the ones before."""
    return await _show(await desk_of(request))


@post(HERE, opt=only(*MANAGERS), status_code=200)
async def set_rule(request: AnyRequest) -> Response[Any]:
    """A new version of a rule, for what is booked from now on."""
    desk, fields = await posted(request)
    term_id: UUID = desk.key or uuid4()

    def asked() -> dict[str, Any]:
        asks = _asks(fields.get("asks", ""))
        percent = fields.get("percent", "").strip()
        return {
            "term_id": term_id,
            "service_id": uuid_from(fields.get("service"), "service"),
            "group": fields.get("group") or None,
            "new_guests": fields.get("guests") == "new",
            "asks": asks,
            "rate_ppm": ppm_from(percent, "percent") if percent else None,
            "amount_cents": _cents(fields.get("amount", ""), "amount"),
            "from_cents": _cents(fields.get("from", ""), "from") or Cents(0),
            "place_name": desk.place.name,
        }

    return await send(
        desk,
        fields,
        "rule",
        set_card_term,
        asked,
        done=lambda: (HERE, Toast("The rule counts for what is booked from now on.")),
        again=lambda form, sent: _show(desk, form, sent),
    )


@post(f"{HERE}/end", opt=only(*MANAGERS), status_code=200)
async def end_rule(request: AnyRequest) -> Response[Any]:
    """A rule counts no more."""
    desk, fields = await posted(request)
    return await send(
        desk,
        fields,
        "end",
        end_card_term,
        lambda: {"term_id": needed_id(fields.get("id", ""), "rule")},
        done=lambda: (HERE, Toast("The rule has ended. Visits booked before stay as they are.")),
        again=lambda form, sent: _show(desk, form, sent),
    )


handlers = [show_card_rules, set_rule, end_rule]
