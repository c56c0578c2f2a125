"""Cards on file on a guest's own page: which there are, what was agreed to, one more, one fewer."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.checkout.pages.me_views import MyCard, MyCardSetupPage, MyCardsPage
from spa_pos.db import once
from spa_pos.kernel.errors import Conflict, Invalid, NotFound, Refusal
from spa_pos.payments.actions import agree_to_keep_card, remove_card
from spa_pos.payments.flows import CardsOnFile
from spa_pos.payments.pages.desk import on_file_of
from spa_pos.payments.pages.online import consent_words
from spa_pos.payments.pages.samples import sample_cards
from spa_pos.payments.queries import SetupView, StoredCardView, card_setup, stored_cards
from spa_pos.people.actions.doors import count_knock
from spa_pos.people.pages.guest_door import Visitor, knock_of, problem_in_words, visitor_of, visitor_posted
from spa_pos.people.pages.session import GUEST, settings_of
from spa_pos.people.queries import names_of
from spa_pos.people.rules import Door
from spa_pos.settings import Mode
from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.forms import uuid_from
from spa_pos.web.i18n import gettext as _
from spa_pos.web.security import CARD_PAGE_POLICY
from spa_pos.web.templates import render

HERE = "/me/cards"
SETUPS = "/me/card-setups"


def _may_keep(visitor: Visitor) -> bool:
    keeping, settings = on_file_of(visitor.request), settings_of(visitor.request)
    samples = settings.mode is not Mode.PRODUCTION and settings.stripe_api_base is not None
    return keeping is not None and (keeping.publishable_key is not None or samples)


def _keeping(visitor: Visitor) -> CardsOnFile:
    """How cards are kept here.

    Raises:
        Conflict: `no-cards-kept-here`.
    """
    keeping = on_file_of(visitor.request)
    if keeping is None or not _may_keep(visitor):
        raise Conflict("no-cards-kept-here", "Cards cannot be kept here yet. We can do it at our desk.")
    return keeping


def _card(visitor: Visitor, one: StoredCardView, who: str | None) -> MyCard:
    day = i18n.day_full(one.consented_at.astimezone(visitor.place.zone).date())
    words = (
        _("You agreed at our desk on %(day)s, text of %(version)s")
        if one.asked_by
        else _("You agreed on %(day)s, text of %(version)s")
    )
    return MyCard(
        word=f"{one.brand.title()} …{one.last4}",
        until_words=_("until %(month)s") % {"month": f"{one.exp_month:02}/{one.exp_year}"},
        agreed_words=words % {"day": day, "version": one.consent_version},
        consent=one.consent_text,
        language=one.consent_language,
        removal=f"{HERE}/{one.id}/removal",
        who=who,
    )


async def _screen(visitor: Visitor, problem: Refusal | None = None) -> Response[Any]:
    names = await names_of(visitor.guest_ids)
    several = len(visitor.guest_ids) > 1
    cards = [
        _card(visitor, one, names[guest_id] if several else None)
        for guest_id in visitor.guest_ids
        for one in await stored_cards(guest_id)
    ]
    page = MyCardsPage(
        cards=tuple(cards),
        consent=consent_words(visitor.place.name).words,
        can_keep=_may_keep(visitor),
        whose=tuple((one, names[one]) for one in visitor.guest_ids),
        problem=problem_in_words(problem) if problem else None,
    )
    shell = replace(visitor.shell, path=HERE)
    return html(render("checkout/me_cards.html", page, shell), status=problem.status if problem else 200)


@get(HERE, opt=dict(GUEST))
async def show_my_cards(request: AnyRequest) -> Response[Any]:
    """The cards on file of this guest."""
    return await _screen(await visitor_of(request))


@post(SETUPS, opt=dict(GUEST), status_code=200)
async def agree_myself(request: AnyRequest) -> Response[Any]:
    """The guest agrees; then the card is asked for. Somebody else's number is unknown here; tries count."""
    visitor, fields = await visitor_posted(request)
    try:
        whose, setup_id = uuid_from(fields.get("guest"), "guest"), uuid_from(fields.get("id"), "setup")
        if whose is None or setup_id is None or whose not in visitor.guest_ids:
            raise Invalid("form-unreadable", "Something in the form cannot be read. Open the page again.")
        keeping = _keeping(visitor)
        await count_knock(knock_of(request, Door.PAY, f"keep:{visitor.address}"), now=visitor.now)
        await agree_to_keep_card(
            visitor.actor,
            setup_id=setup_id,
            guest_id=whose,
            place_name=visitor.place.name,
            seen_from=request.client.host if request.client else None,
            now=visitor.now,
            agreed=consent_words(visitor.place.name),
        )
        await keeping.begin(setup_id, visitor.now)
    except Refusal as problem:
        return await _screen(visitor, problem)
    return see(request, f"{SETUPS}/{setup_id}")


async def _own(visitor: Visitor, setup_id: UUID) -> SetupView:
    """A setup of this guest.

    Raises:
        NotFound: `card-unknown`, also when it is somebody else's.
    """
    found = await card_setup(setup_id)
    if found is None or found.guest_id not in visitor.guest_ids:
        raise NotFound("card-unknown", "There is no such card on file.")
    return found


async def _setup_screen(visitor: Visitor, setup_id: UUID, problem: Refusal | None = None) -> Response[Any]:
    keeping = _keeping(visitor)
    key = keeping.publishable_key
    page = MyCardSetupPage(
        action=f"{SETUPS}/{setup_id}",
        publishable_key=key,
        secret=await keeping.begin(setup_id, visitor.now) if key else "",
        samples=() if key else sample_cards(),
        problem=problem_in_words(problem) if problem else None,
    )
    shell = replace(visitor.shell, path=HERE)
    answer = html(
        render("checkout/me_card_setup.html", page, shell), status=problem.status if problem else 200
    )
    if key:
        answer.headers["content-security-policy"] = CARD_PAGE_POLICY
    return answer


@get("/me/card-setups/{setup_id:uuid}", opt=dict(GUEST))
async def show_my_setup(request: AnyRequest, setup_id: FromPath[UUID]) -> Response[Any]:
    """Where the guest gives the card."""
    visitor = await visitor_of(request)
    try:
        found = await _own(visitor, setup_id)
        if found.live:
            return await _setup_screen(visitor, setup_id)
    except Refusal as problem:
        return await _screen(visitor, problem)
    return see(request, HERE)


async def _after(visitor: Visitor, found: SetupView) -> Response[Any]:
    if found.state == "saved":
        return see(visitor.request, HERE)
    if found.live:
        waiting = Conflict("setup-not-done", "The card is not on file yet. Try it again.")
        return await _setup_screen(visitor, found.id, waiting)
    return await _screen(
        visitor, Conflict("card-not-kept", found.problem or "Nothing was kept. Begin again.")
    )


@post("/me/card-setups/{setup_id:uuid}/sample", opt=dict(GUEST), status_code=200)
async def sample_myself(request: AnyRequest, setup_id: FromPath[UUID]) -> Response[Any]:
    """Keep a sample card of the pretended processor."""
    visitor, fields = await visitor_posted(request)
    try:
        await _own(visitor, setup_id)
        found = await _keeping(visitor).sample(setup_id, fields.get("token", ""), visitor.now)
        return await _after(visitor, found)
    except Refusal as problem:
        return await _screen(visitor, problem)


@post("/me/card-setups/{setup_id:uuid}/check", opt=dict(GUEST), status_code=200)
async def check_myself(request: AnyRequest, setup_id: FromPath[UUID]) -> Response[Any]:
    """The processor's element is done: ask how it ended."""
    visitor, _fields = await visitor_posted(request)
    try:
        await _own(visitor, setup_id)
        return await _after(visitor, await _keeping(visitor).check(setup_id, visitor.now))
    except Refusal as problem:
        return await _screen(visitor, problem)


@post("/me/cards/{card_id:uuid}/removal", opt=dict(GUEST), status_code=200)
async def remove_myself(request: AnyRequest, card_id: FromPath[UUID]) -> Response[Any]:
    """Take a card away; from now on nobody charges it."""
    visitor, fields = await visitor_posted(request)
    try:
        key = uuid_from(fields.get("request"), "request")
        mine = {one.id: who for who in visitor.guest_ids for one in await stored_cards(who)}
        if key is None or card_id not in mine:
            raise NotFound("card-unknown", "There is no such card on file.")
        await once(key, remove_card, visitor.actor, card_id=card_id, guest_id=mine[card_id], now=visitor.now)
    except Refusal as problem:
        return await _screen(visitor, problem)
    return see(request, HERE)


router = Router(
    "/",
    route_handlers=[
        show_my_cards,
        agree_myself,
        show_my_setup,
        sample_myself,
        check_myself,
        remove_myself,
    ],
)
