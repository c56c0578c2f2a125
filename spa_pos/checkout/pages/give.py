"""Buying a gift card online: what and for whom, then the card, then the gift's own link. No account."""

import secrets
from dataclasses import dataclass, replace
from dataclasses import fields as columns
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.checkout.actions import begin_gift_payment, gift_delivery_of, receipt_of, seller
from spa_pos.checkout.pages.give_views import GiveOrderPage, GivePage, TypedGift
from spa_pos.kernel.errors import Gone, NotFound, Refusal
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import format_usd, parse_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place, places
from spa_pos.messages.rules import gift_token, order_token, read_order_token, receipt_token
from spa_pos.payments.flows import CardPayments
from spa_pos.payments.pages.online import online_cards, publishable_key
from spa_pos.payments.pages.samples import sample_payments
from spa_pos.payments.queries import AttemptView, last_attempt_for
from spa_pos.payments.rules import State
from spa_pos.people.actions.doors import count_knock
from spa_pos.people.pages.guest_door import knock_of, network_at, problem_in_words
from spa_pos.people.pages.session import GUEST, bare_shell, clock_of, cookie, request_id, settings_of
from spa_pos.people.rules import Door
from spa_pos.stored_value.actions import Ordered, order_gift
from spa_pos.stored_value.queries import Order, delivery, gift_order, terms_of
from spa_pos.stored_value.rules import MOST_DAYS, Gift
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.forms import day_from, read_fields, uuid_from
from spa_pos.web.i18n import current_locale, day_full
from spa_pos.web.i18n import gettext as _
from spa_pos.web.security import CARD_PAGE_POLICY, check_csrf, csrf_token
from spa_pos.web.shell import Problem, Shell
from spa_pos.web.templates import render
from spa_pos.web.views import GuestWord

HERE = "/give"
AMOUNTS = (5_000, 10_000, 15_000, 20_000)
SHOWN_FOR = timedelta(days=30)
"""So long after it was ordered the address shows an order; its mails last longer."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A browser that buys a gift card."""

    request: AnyRequest
    place: Place
    now: datetime

    @property
    def shell(self) -> Shell:
        """The frame, with a token for its forms."""
        settings = settings_of(self.request)
        bare = bare_shell(settings, self.place, self.request, self.now)
        return replace(bare, csrf=csrf_token(settings.secret, "give"))


async def _shop(request: AnyRequest) -> Shop:
    return Shop(request, (await places())[0], clock_of(request)())


async def _posted(request: AnyRequest) -> tuple[Shop, dict[str, str]]:
    shop, fields, settings = await _shop(request), await read_fields(request), settings_of(request)
    check_csrf(
        sent=fields.pop("csrf", ""),
        secret=settings.secret,
        bound_to="give",
        headers=dict(request.headers),
        base_url=settings.base_url,
    )
    return shop, fields


def _browser_cookie(request: AnyRequest) -> str:
    return f"{'__Host-' if settings_of(request).secure_cookies else ''}spa_give"


async def _form(shop: Shop, typed: dict[str, str], problem: Refusal | None = None) -> Response[Any]:
    terms, today = await terms_of(shop.place.id), local_date(shop.now, shop.place.zone)
    page = GivePage(
        amounts=tuple(one for one in AMOUNTS if terms.smallest_cents <= one <= terms.desk_card_cents),
        limit_words=_("From %(least)s to %(most)s")
        % {"least": format_usd(terms.smallest_cents), "most": format_usd(terms.desk_card_cents)},
        today=today.isoformat(),
        last_day=(today + timedelta(days=MOST_DAYS)).isoformat(),
        typed=TypedGift(**{one.name: typed.get(one.name, "") for one in columns(TypedGift)}),
        problem=problem_in_words(problem) if problem else None,
    )
    answer = html(render("checkout/give.html", page, shop.shell), status=problem.status if problem else 200)
    if not shop.request.cookies.get(_browser_cookie(shop.request)):
        made = cookie(
            settings_of(shop.request), _browser_cookie(shop.request), secrets.token_urlsafe(16), days=1
        )
        answer.set_cookie(made)
    return answer


def _ordered(fields: dict[str, str]) -> Ordered:
    """What somebody asked for.

    Raises:
        Invalid: an amount or a day that cannot be read.
    """
    typed = fields.get("other", "").strip()
    amount = parse_usd(typed or fields.get("amount", ""))
    day = day_from(fields["send_on"], date.min) if fields.get("send_on") else None
    words = [fields.get(name, "") for name in ("email", "recipient", "giver", "message")]
    return Ordered(amount, Gift(words[0], words[1], words[2], words[3], day), fields.get("buyer_email", ""))


@get(HERE, opt=dict(GUEST))
async def ask_gift(request: AnyRequest) -> Response[Any]:
    """Which card, and for whom."""
    return await _form(await _shop(request), {})


@post(HERE, opt=dict(GUEST), status_code=200)
async def order(request: AnyRequest) -> Response[Any]:
    """Write the order down and go on to the card. The same form twice is one order; changed, another one."""
    shop, fields = await _shop(request), dict[str, str]()
    try:
        shop, fields = await _posted(request)
        cards = online_cards(request)
        form_id = uuid_from(fields.get("id"), "form") or uuid7(shop.now)
        ordered = _ordered(fields)
        order_id = uuid5(form_id, repr(ordered))
        actor = seller(shop.place, request_id(request))
        knock = await _knock(shop)
        await order_gift(actor, order_id=order_id, ordered=ordered, locale=current_locale(), now=shop.now)
        await _begin(shop, cards, order_id, knock)
    except Refusal as refusal:
        if refusal.code != "order-paid":
            return await _form(shop, fields, refusal)
    return see(request, f"{HERE}/{order_token(settings_of(request).secret, order_id)}")


async def _knock(shop: Shop) -> int:
    """Count a try of this browser, its network and the house before anything is looked at; its number.

    Raises:
        TooMany: `too-many-tries`.
    """
    browser = shop.request.cookies.get(_browser_cookie(shop.request)) or network_at(shop.request)
    return await count_knock(knock_of(shop.request, Door.PAY, f"give:{browser}"), now=shop.now)


async def _begin(shop: Shop, cards: CardPayments, order_id: UUID, knock: int) -> None:
    """Open a payment for an order.

    Raises:
        Conflict: `order-paid`. Unavailable: the processor's.
    """
    actor = seller(shop.place, request_id(shop.request))
    attempt_id = await begin_gift_payment(
        actor, order_id=order_id, attempt_id=uuid7(shop.now), knock=knock, now=shop.now
    )
    await cards.start(attempt_id, now=shop.now)


async def _mine(shop: Shop, token: str) -> Order:
    """The order a link names.

    Raises:
        NotFound: `order-unknown`. Gone: `order-over`.
    """
    order_id = read_order_token(settings_of(shop.request).secret, token)
    if order_id is None:
        raise NotFound("order-unknown", _("This link leads nowhere. Open it from your message once more."))
    try:
        found = await gift_order(order_id)
    except NotFound:
        raise Gone("order-over", _("This order was never paid and is forgotten. Begin again.")) from None
    if shop.now - found.made_at > SHOWN_FOR:
        raise Gone("order-over", _("This page has ended. The gift and its receipt are in your mail."))
    return found


def _word(shop: Shop, refusal: Refusal) -> Response[str]:
    title = _("No longer here") if isinstance(refusal, Gone) else _("Not found")
    return html(
        render("web/guest_word.html", GuestWord(title, refusal.sentence), shop.shell), status=refusal.status
    )


def _sent(one: Order) -> str:
    to_self = one.email.lower() == one.buyer_email.lower()
    where = _("to yourself, %(address)s") if to_self else _("to %(address)s")
    day = day_full(one.send_on) if one.send_on is not None else _("at once")
    return _("By e-mail %(where)s, %(day)s") % {"where": where % {"address": one.email}, "day": day}


def _stands(one: Order, tried: AttemptView | None) -> str:
    if one.paid_at is not None:
        return "paid"
    if tried is None or not tried.live:
        return "again"
    return "asking" if tried.state is State.UNKNOWN else "card"


async def _links(shop: Shop, one: Order) -> dict[str, str]:
    secret, gift = settings_of(shop.request).secret, gift_delivery_of(one.id)
    found = {"receipt_href": f"/receipts/{receipt_token(secret, receipt_of(one.id))}"}
    try:
        await delivery(gift)
    except NotFound:
        return found
    return {**found, "gift_href": f"/gifts/{gift_token(secret, gift)}"}


async def _order_screen(shop: Shop, token: str, one: Order, problem: Refusal | None = None) -> Response[Any]:
    tried = await last_attempt_for(one.id)
    step, key = _stands(one, tried), publishable_key(shop.request)
    secret = ""
    if step == "card" and key is not None and tried is not None:
        secret = await online_cards(shop.request).secret(tried.id)
    said = problem_in_words(problem) if problem else None
    if said is None and step == "again" and tried is not None and tried.state is State.DECLINED:
        said = Problem("card-declined", _("The card was declined. Nothing was charged. Try another card."))
    page = GiveOrderPage(
        step=step,
        title=_titles(step),
        amount_cents=one.amount_cents,
        recipient=one.recipient,
        sent_words=_sent(one),
        action=f"{HERE}/{token}",
        publishable_key=key,
        secret=secret,
        samples=() if key else sample_payments(),
        problem=said,
        **(await _links(shop, one) if step == "paid" else {}),
    )
    status = problem.status if problem else 200
    answer = html(render("checkout/give_order.html", page, shop.shell), status=status)
    answer.headers["X-Robots-Tag"] = "noindex"
    if step == "card" and key:
        answer.headers["content-security-policy"] = CARD_PAGE_POLICY
    return answer


def _titles(step: str) -> str:
    return {
        "card": _("Pay for the gift card"),
        "asking": _("We are asking the bank"),
        "again": _("Pay for the gift card"),
        "paid": _("Thank you. The gift card is paid"),
    }[step]


@get("/give/{token:str}", opt=dict(GUEST))
async def show_order(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Pay for an order, or see what became of it."""
    shop = await _shop(request)
    try:
        return await _order_screen(shop, token, await _mine(shop, token))
    except Refusal as refusal:
        return _word(shop, refusal)


async def _step(request: AnyRequest, token: str, verb: str) -> Response[Any]:
    shop, fields = await _posted(request)
    try:
        one = await _mine(shop, token)
    except Refusal as refusal:
        return _word(shop, refusal)
    try:
        cards, tried = online_cards(request), await last_attempt_for(one.id)
        if verb == "again" and (tried is None or not tried.live):
            await _begin(shop, cards, one.id, await _knock(shop))
        elif verb == "check" and tried is not None:
            await cards.check(tried.id, now=shop.now)
        elif verb == "sample" and tried is not None:
            await cards.sample(tried.id, fields.get("token", ""), now=shop.now)
    except Refusal as refusal:
        return await _order_screen(shop, token, await gift_order(one.id), refusal)
    return see(request, f"{HERE}/{token}")


@post("/give/{token:str}/attempts", opt=dict(GUEST), status_code=200)
async def try_again(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Another card, after one that was declined; it counts."""
    return await _step(request, token, "again")


@post("/give/{token:str}/check", opt=dict(GUEST), status_code=200)
async def check_order(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The processor's element is done: ask how it ended."""
    return await _step(request, token, "check")


@post("/give/{token:str}/sample", opt=dict(GUEST), status_code=200)
async def sample_order(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Pay with a sample card of the pretended processor."""
    return await _step(request, token, "sample")


router = Router("/", route_handlers=[ask_gift, order, show_order, try_again, check_order, sample_order])
