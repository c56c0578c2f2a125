"""Cards on file at the desk: what a guest agreed to, keep one more, take one away."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.kernel.errors import Conflict, NotFound, Refusal, Unavailable
from spa_pos.payments.actions import agree_to_keep_card, remove_card
from spa_pos.payments.flows import CardsOnFile
from spa_pos.payments.pages.samples import sample_cards
from spa_pos.payments.pages.views import CardSetupPage, KeptCard, KeptCardsPage
from spa_pos.payments.queries import SetupView, StoredCardView, card_setup, stored_cards
from spa_pos.payments.rules import consent_text
from spa_pos.people.pages.session import FRONT, Desk, desk_of, only, posted
from spa_pos.people.queries import guest
from spa_pos.settings import Mode
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import read
from spa_pos.web.i18n import day_full
from spa_pos.web.security import CARD_PAGE_POLICY
from spa_pos.web.shell import Toast
from spa_pos.web.templates import render


class SetupForm(msgspec.Struct, forbid_unknown_fields=True):
    """The guest agrees."""

    id: UUID


class SampleForm(msgspec.Struct, forbid_unknown_fields=True):
    """Which sample card."""

    token: str = ""


def on_file_of(request: AnyRequest) -> CardsOnFile | None:
    """How cards are kept here; None without a processor."""
    found: CardsOnFile | None = request.app.state["cards_on_file"]
    return found


def _may_keep(desk: Desk) -> bool:
    """A real processor needs its page element; only the demo's pretended one takes samples."""
    keeping, settings = on_file_of(desk.request), desk.settings
    samples = settings.mode is not Mode.PRODUCTION and settings.stripe_api_base is not None
    return keeping is not None and (keeping.publishable_key is not None or samples)


def need_on_file(desk: Desk) -> CardsOnFile:
    """How cards are kept here.

    Raises:
        Unavailable: `no-card-processor`.
    """
    keeping = on_file_of(desk.request)
    if keeping is None or not _may_keep(desk):
        raise Unavailable("no-card-processor", "Cards cannot be kept here yet. Take the card on the reader.")
    return keeping


def kept_card(desk: Desk, card: StoredCardView) -> KeptCard:
    """One card as the page tells it."""
    agreed = card.consented_at.astimezone(desk.place.zone)
    where = f"at the desk with {card.asked_by}" if card.asked_by else "on their own device"
    return KeptCard(
        card.id,
        card.word,
        f"{card.exp_month:02}/{card.exp_year}",
        card.saved_at.astimezone(desk.place.zone),
        f"Agreed on {day_full(agreed)} {where}, text of {card.consent_version}",
    )


async def kept_cards_screen(desk: Desk, guest_id: UUID, problem: Refusal | None = None) -> Response[Any]:
    """The cards of a guest, with the refusal of what was tried."""
    whose = await guest(guest_id)
    page = KeptCardsPage(
        guest_id,
        whose.name,
        tuple(kept_card(desk, card) for card in await stored_cards(guest_id)),
        consent_text(desk.place.name),
        _may_keep(desk),
        problem_of(problem) if problem else None,
    )
    text = render("payments/cards.html", page, await desk.shell())
    return html(text, status=problem.status if problem else 200)


@get("/guests/{guest_id:uuid}/kept-cards", opt=only(*FRONT))
async def show_cards(request: AnyRequest, guest_id: FromPath[UUID]) -> Response[Any]:
    """Which cards a guest lets us keep."""
    return await kept_cards_screen(await desk_of(request), guest_id)


@post("/guests/{guest_id:uuid}/card-setups", opt=only(*FRONT), status_code=200)
async def agree(request: AnyRequest, guest_id: FromPath[UUID]) -> Response[Any]:
    """The guest agrees; then the card is asked for."""
    desk, fields = await posted(request)
    form = read(fields, SetupForm)
    await guest(guest_id)
    try:
        keeping = need_on_file(desk)
        await desk.ask(
            agree_to_keep_card,
            setup_id=form.id,
            guest_id=guest_id,
            place_name=desk.place.name,
            seen_from=None,
        )
        await keeping.begin(form.id, desk.now)
    except Refusal as problem:
        return await kept_cards_screen(desk, guest_id, problem)
    return desk.see(f"/guests/{guest_id}/card-setups/{form.id}")


async def _own(desk: Desk, guest_id: UUID, setup_id: UUID) -> SetupView:
    found = await card_setup(setup_id)
    if found is None or (found.guest_id, found.location_id) != (guest_id, desk.place.id):
        raise NotFound("setup-unknown", "There is no such card. Open the guest's cards again.")
    return found


async def setup_screen(
    desk: Desk, guest_id: UUID, setup_id: UUID, problem: Refusal | None = None
) -> Response[Any]:
    """Where the card is given, with the refusal of what was tried."""
    keeping = need_on_file(desk)
    whose = await guest(guest_id)
    key = keeping.publishable_key
    page = CardSetupPage(
        guest_id,
        whose.name,
        setup_id,
        key,
        await keeping.begin(setup_id, desk.now) if key else "",
        () if key else sample_cards(),
        problem_of(problem) if problem else None,
    )
    text = render("payments/card_setup.html", page, await desk.shell())
    answer = html(text, status=problem.status if problem else 200)
    if key:
        answer.headers["content-security-policy"] = CARD_PAGE_POLICY
    return answer


@get("/guests/{guest_id:uuid}/card-setups/{setup_id:uuid}", opt=only(*FRONT))
async def show_setup(
    request: AnyRequest, guest_id: FromPath[UUID], setup_id: FromPath[UUID]
) -> Response[Any]:
    """Where the guest gives the card."""
    desk = await desk_of(request)
    found = await _own(desk, guest_id, setup_id)
    if not found.live:
        return desk.see(f"/guests/{guest_id}/kept-cards")
    return await setup_screen(desk, guest_id, setup_id)


async def _after(desk: Desk, found: SetupView) -> Response[Any]:
    """Where keeping a card stands now."""
    here = f"/guests/{found.guest_id}/kept-cards"
    if found.state == "saved":
        return desk.see(here, Toast("The card is on file."))
    if found.live:
        waiting = Conflict(
            "setup-not-done", "The card is not on file yet. Try it again, or take the card on the reader."
        )
        return await setup_screen(desk, found.guest_id, found.id, waiting)
    problem = found.problem or "Nothing was kept. Begin again, or take the card on the reader."
    return await kept_cards_screen(desk, found.guest_id, Conflict("card-not-kept", problem))


@post("/guests/{guest_id:uuid}/card-setups/{setup_id:uuid}/sample", opt=only(*FRONT), status_code=200)
async def sample(request: AnyRequest, guest_id: FromPath[UUID], setup_id: FromPath[UUID]) -> Response[Any]:
    """Keep a sample card of the pretended processor."""
    desk, fields = await posted(request)
    form = read(fields, SampleForm)
    await _own(desk, guest_id, setup_id)
    try:
        found = await need_on_file(desk).sample(setup_id, form.token, desk.now)
    except Refusal as problem:
        return await kept_cards_screen(desk, guest_id, problem)
    return await _after(desk, found)


@post("/guests/{guest_id:uuid}/card-setups/{setup_id:uuid}/check", opt=only(*FRONT), status_code=200)
async def check(request: AnyRequest, guest_id: FromPath[UUID], setup_id: FromPath[UUID]) -> Response[Any]:
    """The processor's element is done: ask how it ended."""
    desk, _ = await posted(request)
    await _own(desk, guest_id, setup_id)
    return await _after(desk, await need_on_file(desk).check(setup_id, desk.now))


@post("/guests/{guest_id:uuid}/kept-cards/{card_id:uuid}/removal", opt=only(*FRONT), status_code=200)
async def remove(request: AnyRequest, guest_id: FromPath[UUID], card_id: FromPath[UUID]) -> Response[Any]:
    """Take a card away; the processor lets go of it within a minute."""
    desk, _ = await posted(request)
    try:
        await desk.ask(remove_card, card_id=card_id, guest_id=guest_id)
    except Refusal as problem:
        return await kept_cards_screen(desk, guest_id, problem)
    return desk.see(f"/guests/{guest_id}/kept-cards", Toast("The card is removed."))


router = Router("/", route_handlers=[show_cards, agree, show_setup, sample, check, remove])
