"""Cards on the pay screen: ask on a reader, wait, and see how it ended."""

from typing import Any
from uuid import UUID, uuid5

import msgspec
from litestar import Response, Router, post
from litestar.params import FromPath

from spa_pos.booking.pages.visits import show_refused
from spa_pos.checkout.actions import begin_card, begin_card_return, charge_fee
from spa_pos.checkout.flows import return_card
from spa_pos.checkout.pages.build import attempt_panel, reader_choices
from spa_pos.checkout.pages.desk import VersionForm, cards_of, pay_screen, sale_of
from spa_pos.checkout.pages.prices import amount_of
from spa_pos.checkout.pages.views import PayWith
from spa_pos.checkout.queries import card_return
from spa_pos.kernel.errors import Conflict, NotFound, Refusal, Unavailable
from spa_pos.kernel.money import Cents
from spa_pos.payments.flows import CardPayments
from spa_pos.payments.queries import AttemptView, attempt
from spa_pos.people.pages.session import FRONT, Desk, only, posted
from spa_pos.people.queries import guest
from spa_pos.web.answers import AnyRequest, part, see, wants_part
from spa_pos.web.forms import read
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render


class ChargeForm(VersionForm, forbid_unknown_fields=True):
    """What a card is to be charged: without an amount all that the page said remains."""

    id: UUID
    remaining_cents: int
    amount: str = ""

    @property
    def wanted_cents(self) -> Cents:
        """What was typed, or all that remains."""
        typed = amount_of(self.amount)
        return Cents(self.remaining_cents) if typed is None else typed


class CardForm(ChargeForm, forbid_unknown_fields=True, kw_only=True):
    """A card to be asked for on a reader."""

    reader: UUID


class KeptCardForm(ChargeForm, forbid_unknown_fields=True, kw_only=True):
    """A card on file to be charged."""

    card: UUID


class SimulationForm(msgspec.Struct, forbid_unknown_fields=True):
    """Which card to hold to a simulated reader."""

    card: str


def _need_cards(request: AnyRequest) -> CardPayments:
    cards = cards_of(request)
    if cards is None:
        raise Unavailable("no-card-processor", "Cards cannot be taken here yet. Take cash instead.")
    return cards


@post("/tickets/{ticket_id:uuid}/card-attempts", opt=only(*FRONT), status_code=200)
async def ask_for_card(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Wake the reader and wait for the guest's card."""
    desk, fields = await posted(request)
    form = read(fields, CardForm)
    cards = _need_cards(request)
    try:
        await desk.ask(
            begin_card,
            ticket_id=ticket_id,
            attempt_id=form.id,
            reader_id=form.reader,
            amount_cents=form.wanted_cents,
            version=form.version,
        )
        await cards.start(form.id, now=desk.now)
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, pay_with=PayWith.CARD, problem=problem)
    return desk.see(f"/tickets/{ticket_id}?with=card")


@post("/tickets/{ticket_id:uuid}/kept-card-attempts", opt=only(*FRONT), status_code=200)
async def charge_kept_card(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Charge a card on file; a card that is refused leaves the ticket as it is."""
    desk, fields = await posted(request)
    form = read(fields, KeptCardForm)
    cards = _need_cards(request)
    try:
        await desk.ask(
            begin_card,
            ticket_id=ticket_id,
            attempt_id=form.id,
            stored_card_id=form.card,
            amount_cents=form.wanted_cents,
            version=form.version,
        )
        await cards.start(form.id, now=desk.now)
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, pay_with=PayWith.ON_FILE, problem=problem)
    return await after_attempt(desk, form.id)


class FeeChargeForm(msgspec.Struct, forbid_unknown_fields=True):
    """The fee of a visit on a card on file, as the sheet showed it."""

    id: UUID
    card: UUID
    amount_cents: int


@post("/appointments/{appointment_id:uuid}/fee-charge", opt=only(*FRONT), status_code=200)
async def fee_on_card(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Charge the fee of a visit to a card on file, in one tap; the guest is told by mail."""
    desk, fields = await posted(request)
    form = read(fields, FeeChargeForm)
    attempt_id = uuid5(form.id, "attempt")
    try:
        cards = _need_cards(request)
        ticket_id = await desk.ask(
            charge_fee,
            ticket_id=form.id,
            line_id=uuid5(form.id, "fee"),
            attempt_id=attempt_id,
            appointment_id=appointment_id,
            stored_card_id=form.card,
            expected_cents=form.amount_cents,
        )
    except Refusal as problem:
        return await show_refused(desk, appointment_id, problem)
    try:
        await cards.start(attempt_id, now=desk.now)
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, pay_with=PayWith.ON_FILE, problem=problem)
    sale = await sale_of(desk, ticket_id)
    if sale.head.status != "settled":
        return await after_attempt(desk, attempt_id)
    told = (await guest(sale.head.guest_id)).email if sale.head.guest_id is not None else None
    words = f"The receipt goes to {told}." if told else "No e-mail address is known: tell the guest yourself."
    return desk.see(f"/tickets/{ticket_id}/done", Toast(f"The card was charged. {words}"))


async def _own_attempt(desk: Desk, attempt_id: UUID) -> AttemptView:
    found = await attempt(attempt_id)
    if found is None or found.location_id != desk.place.id:
        raise NotFound("attempt-unknown", "There is no such card payment.")
    return found


async def after_attempt(desk: Desk, attempt_id: UUID, problem: Refusal | None = None) -> Response[Any]:
    """The waiting panel, or where the ticket stands now that the attempt has ended."""
    found = await _own_attempt(desk, attempt_id)
    sale = await sale_of(desk, found.subject)
    if sale.head.status == "settled":
        return see(desk.request, f"/tickets/{found.subject}/done")
    if found.state == "paid":
        return see(desk.request, f"/tickets/{found.subject}")
    if wants_part(desk.request) and problem is None:
        panel = attempt_panel(found, await reader_choices(desk.place.id))
        return part(render("checkout/_attempt.html", panel, await desk.shell(Nav.TICKETS)))
    if problem is not None:
        return await pay_screen(desk, found.subject, shown=found, problem=problem)
    return see(desk.request, f"/tickets/{found.subject}?with=card&attempt={attempt_id}")


@post("/attempts/{attempt_id:uuid}/check", opt=only(*FRONT), status_code=200)
async def check_card(request: AnyRequest, attempt_id: FromPath[UUID]) -> Response[Any]:
    """Ask the processor how a card payment stands."""
    desk, _ = await posted(request)
    await _own_attempt(desk, attempt_id)
    await _need_cards(request).check(attempt_id, now=desk.now)
    return await after_attempt(desk, attempt_id)


@post("/attempts/{attempt_id:uuid}/cancellation", opt=only(*FRONT), status_code=200)
async def cancel_card(request: AnyRequest, attempt_id: FromPath[UUID]) -> Response[Any]:
    """Stop waiting; a guest who tapped in between has paid."""
    desk, _ = await posted(request)
    await _own_attempt(desk, attempt_id)
    await _need_cards(request).cancel(attempt_id, now=desk.now)
    return await after_attempt(desk, attempt_id)


@post("/attempts/{attempt_id:uuid}/simulation", opt=only(*FRONT), status_code=200)
async def simulate_card(request: AnyRequest, attempt_id: FromPath[UUID]) -> Response[Any]:
    """Hold a test card to a simulated reader."""
    desk, fields = await posted(request)
    form = read(fields, SimulationForm)
    await _own_attempt(desk, attempt_id)
    cards = _need_cards(request)
    try:
        await cards.simulate_tap(attempt_id, form.card, now=desk.now)
    except Refusal as problem:
        return await after_attempt(desk, attempt_id, problem)
    return await after_attempt(desk, attempt_id)


@post("/tickets/{ticket_id:uuid}/tenders/{tender_id:uuid}/card-return", opt=only(*FRONT), status_code=200)
async def give_card_back(
    request: AnyRequest, ticket_id: FromPath[UUID], tender_id: FromPath[UUID]
) -> Response[Any]:
    """A card payment of an open ticket goes back to its card; asked again, ask how that stands."""
    desk, fields = await posted(request)
    form = read(fields, VersionForm)
    cards = cards_of(request)
    try:
        if cards is None:
            raise Unavailable("no-card-processor", "Cards cannot be reached here. Settle, then give it back.")
        return_id = await desk.ask(
            begin_card_return,
            ticket_id=ticket_id,
            tender_id=tender_id,
            return_id=uuid5(desk.asked_once, "card-return"),
            version=form.version,
        )
        await return_card(desk.actor, cards, return_id=return_id, now=desk.now)
        after = await card_return(return_id)
        if after is not None and after.status == "failed":
            raise Conflict("card-not-given-back", after.problem or "The card was not paid back.")
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, problem=problem)
    done = after is not None and after.status == "done"
    told = "The card has its money back." if done else "The bank has not said yes yet; this is asked again."
    return desk.see(f"/tickets/{ticket_id}", Toast(told))


router = Router(
    "/",
    route_handlers=[
        ask_for_card,
        charge_kept_card,
        fee_on_card,
        check_card,
        cancel_card,
        simulate_card,
        give_card_back,
    ],
)
