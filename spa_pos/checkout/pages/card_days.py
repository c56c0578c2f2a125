"""Cards beside the processor: a day compared both ways, each difference with what to do next."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath, QueryParameter

from spa_pos.checkout.flows import compare_day
from spa_pos.checkout.pages.card_day_views import CardDayPage, CardDayRow, DifferenceCard
from spa_pos.checkout.pages.desk import cards_of
from spa_pos.kernel.errors import Conflict, Invalid, Refusal
from spa_pos.kernel.money import format_usd
from spa_pos.kernel.time import local_date
from spa_pos.payments.actions import settle_difference
from spa_pos.payments.queries import (
    CardDayView,
    DifferenceView,
    card_day,
    card_days,
    differences_of,
    first_open_day,
)
from spa_pos.payments.rules import Kind
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import day_from
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

HERE = "/reports/cards"
DAYS_SHOWN = 30

WORDS: dict[Kind, tuple[str, str]] = {
    Kind.CHARGE_UNKNOWN: (
        "Charged at the processor; no payment here knows of it",
        "Look it up in the processor’s own pages by its number. If nobody of yours made it, give it back"
        " there and have the key changed.",
    ),
    Kind.CHARGE_GIVEN_UP: (
        "Charged at the processor, though the payment ended here without money",
        "The guest has paid and the ticket does not know it. Give the money back in the processor’s own"
        " pages and tell the guest.",
    ),
    Kind.CHARGE_AMOUNT: (
        "Charged at the processor with another amount",
        "Open the ticket. What the guest paid too much, give back in the processor’s own pages.",
    ),
    Kind.CHARGE_MISSING: (
        "Paid here, not charged at the processor",
        "No money comes for this. Open the ticket, ask the guest for another way to pay, and have the books"
        " corrected.",
    ),
    Kind.CHARGE_UNBOOKED: (
        "Charged, but not all of it is on a ticket",
        "It came when the ticket had closed. Give it back in the processor’s own pages, or give the guest"
        " credit for it.",
    ),
    Kind.REFUND_UNKNOWN: (
        "Given back at the processor; no refund here knows of it",
        "Somebody did it in the processor’s own pages. Nobody may give it back a second time; have the"
        " books corrected.",
    ),
    Kind.REFUND_GIVEN_UP: (
        "Given back at the processor, though the refund was refused here or waits",
        "The guest has the money. Do not give it back another way.",
    ),
    Kind.REFUND_AMOUNT: (
        "Given back at the processor with another amount",
        "Open the refund. What is missing, give back in the processor’s own pages.",
    ),
    Kind.REFUND_MISSING: (
        "Given back here, not at the processor",
        "The guest has not got it. Give it back in the processor’s own pages, or in cash.",
    ),
    Kind.REFUND_CAME_BACK: (
        "The card’s bank returned the refund",
        "Ask the guest how they want the money and give it to them that way.",
    ),
}
"""What each difference is, and what to do about it."""


def _href(day: date) -> str:
    return f"{HERE}?date={day}"


async def _screen(
    desk: Desk, day: date, problem: Refusal | None = None, note: tuple[UUID, str] | None = None
) -> Response[Any]:
    today = local_date(desk.now, desk.place.zone)
    found = await card_day(desk.place.id, day)
    differences = await differences_of(desk.place.id, day)
    title, words, agrees = _sum(desk, found, differences)
    can = cards_of(desk.request) is not None and day <= today
    page = CardDayPage(
        day=day,
        today=today,
        previous_href=_href(day - timedelta(days=1)),
        next_href=_href(day + timedelta(days=1)) if day < today else None,
        agrees=agrees,
        title=title,
        words=words if can or found else "There is no card processor here, so there is nothing to compare.",
        failed_words=_failed(desk, found),
        can_compare=can,
        differences=tuple(_card(desk, one, note) for one in differences),
        days=tuple(_row(one, day) for one in await card_days(desk.place.id, DAYS_SHOWN)),
        problem=problem_of(problem) if problem else None,
    )
    text = render("checkout/card_day.html", page, await desk.shell(Nav.SALES_DAY))
    return html(text, status=problem.status if problem else 200)


def _sum(
    desk: Desk, found: CardDayView | None, differences: list[DifferenceView]
) -> tuple[str, str, bool | None]:
    if found is None or found.compared_at is None:
        return "Nobody has compared this day", "It happens every night, or now with one tap.", None
    at = found.compared_at.astimezone(desk.place.zone)
    words = (
        f"{found.charges_count} charged, {format_usd(found.charges_cents)};"
        f" {found.refunds_count} given back, {format_usd(found.refunds_cents)}."
        f" Compared {at:%B} {at.day}, {at:%-I:%M %p}."
    )
    count = found.charges_count + found.refunds_count
    waiting = [one for one in differences if one.settled_at is None]
    if waiting:
        return f"{_differences(len(waiting))} to look into", words, False
    if differences:
        return f"{len(differences)} settled, nothing to look into", words, True
    return _agreed(count), words, True


def _agreed(count: int) -> str:
    if count == 1:
        return "The only one agrees"
    return f"All {count} agree" if count else "No card was charged on this day"


def _differences(count: int) -> str:
    return f"{count} {'difference' if count == 1 else 'differences'}"


def _failed(desk: Desk, found: CardDayView | None) -> str:
    if found is None or found.failed_at is None:
        return ""
    at = found.failed_at.astimezone(desk.place.zone)
    return f"On {at:%B} {at.day} at {at:%-I:%M %p} it could not be compared: {found.problem}"


def _card(desk: Desk, one: DifferenceView, note: tuple[UUID, str] | None) -> DifferenceCard:
    title, next_words = WORDS[one.kind]
    href, words = None, ""
    if one.refund_id is not None:
        href, words = f"/refunds/{one.refund_id}", "Open the refund"
    elif one.ticket_id is not None:
        tail = "/receipt" if one.ticket_status == "settled" else ""
        href, words = f"/tickets/{one.ticket_id}{tail}", f"Open ticket {one.ticket_number}"
    settled = ""
    if one.settled_at is not None:
        at = one.settled_at.astimezone(desk.place.zone)
        settled = f"{one.settled_by}, {at:%B} {at.day}: {one.note}"
    return DifferenceCard(
        title=title,
        key=one.key,
        there_cents=one.there_cents,
        here_cents=one.here_cents,
        next_words=next_words,
        href=href,
        href_words=words,
        field_id=f"note-{one.id}",
        action=None if settled else f"{HERE}/{one.id}/settlement",
        settled_words=settled,
        note=note[1] if note and note[0] == one.id else "",
    )


def _row(one: CardDayView, shown: date) -> CardDayRow:
    count = one.charges_count + one.refunds_count
    words = _agreed(count) if count else "No cards"
    if one.open_count:
        words = f"{_differences(one.open_count)}"
    elif one.failed_at is not None:
        words = "Could not be compared"
    waits = bool(one.open_count) or one.failed_at is not None
    return CardDayRow(one.day, words, _href(one.day), one.day == shown, waits)


@get(HERE, opt=only(*MANAGERS))
async def show_card_day(
    request: AnyRequest, day: Annotated[str | None, QueryParameter(name="date")] = None
) -> Response[Any]:
    """One day; without one the earliest that waits for somebody, else yesterday."""
    desk = await desk_of(request)
    default = await first_open_day(desk.place.id)
    yesterday = local_date(desk.now, desk.place.zone) - timedelta(days=1)
    return await _screen(desk, day_from(day, default or yesterday))


@post(HERE, opt=only(*MANAGERS), status_code=200)
async def compare_now(request: AnyRequest) -> Response[Any]:
    """Compare a day with the processor now."""
    desk, fields = await posted(request)
    today = local_date(desk.now, desk.place.zone)
    day = day_from(fields.get("date"), today)
    try:
        cards = cards_of(request)
        if cards is None:
            raise Conflict("no-card-processor", "There is no card processor here to compare with.")
        if day > today:
            raise Invalid("day-to-come", "That day has not come yet. Choose today or a day before.")
        await compare_day(cards, desk.place, day, desk.now)
    except Refusal as problem:
        return await _screen(desk, day, problem)
    return desk.see(_href(day))


@post("/reports/cards/{difference_id:uuid}/settlement", opt=only(*MANAGERS), status_code=200)
async def settle(request: AnyRequest, difference_id: FromPath[UUID]) -> Response[Any]:
    """Say what became of a difference."""
    desk, fields = await posted(request)
    note = fields.get("note", "")
    day = day_from(fields.get("date"), local_date(desk.now, desk.place.zone))
    try:
        await desk.ask(settle_difference, difference_id=difference_id, note=note)
    except Refusal as problem:
        return await _screen(desk, day, problem, (difference_id, note))
    return desk.see(_href(day), Toast("Written down; it waits no more."))


router = Router("/", route_handlers=[show_card_day, compare_now, settle])
