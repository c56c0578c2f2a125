"""What managers do with stored value: gifts, packages, deposits that are lost, what we owe."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, QueryParameter

from spa_pos.catalog.queries import menu, quotes
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.money import Cents, format_usd, parse_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.rules import CHART
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.people.queries import groups
from spa_pos.stored_value.actions import (
    add_plan,
    end_plan,
    forfeit_deposit,
    grant_credit,
    issue_promotional_card,
    set_idle_years,
)
from spa_pos.stored_value.pages.desk import gift_cards_screen, holdings_screen
from spa_pos.stored_value.pages.views import (
    IdleRow,
    OwedPage,
    PlanField,
    PlanRow,
    PlansPage,
    RollRow,
    ServiceChoice,
)
from spa_pos.stored_value.queries import (
    Plan,
    RollForward,
    holding,
    liability_roll_forward,
    plans,
    terms_of,
    unclaimed_property,
)
from spa_pos.stored_value.rules import Kind, PlanItem
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import day_from, read
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

LINES = 4
"""Services that a new package can have on the form."""

COLUMNS = (
    ("Before", "opening_cents"),
    ("Sold", "sold_cents"),
    ("Given by us", "granted_cents"),
    ("Refunds put on", "credited_cents"),
    ("Moved", "moved_cents"),
    ("Redeemed", "redeemed_cents"),
    ("Given back", "returned_cents"),
    ("Taken back", "taken_back_cents"),
    ("Ended", "ended_cents"),
    ("Kept", "forfeited_cents"),
)


class GiftForm(msgspec.Struct, forbid_unknown_fields=True):
    """Value given away: the new record's id, how much, until when, to whom and why."""

    id: UUID
    amount: str = ""
    until: str = ""
    recipient: str = ""
    reason: str = ""
    kind: str = ""


class ReasonForm(msgspec.Struct, forbid_unknown_fields=True):
    """Why."""

    reason: str = ""


class YearsForm(msgspec.Struct, forbid_unknown_fields=True):
    """A number of years."""

    years: str = ""


class PlanForm(msgspec.Struct, forbid_unknown_fields=True):
    """A new package."""

    id: UUID
    name: str = ""
    price: str = ""
    service_1: str = ""
    visits_1: str = ""
    service_2: str = ""
    visits_2: str = ""
    service_3: str = ""
    visits_3: str = ""
    service_4: str = ""
    visits_4: str = ""

    @property
    def lines(self) -> list[PlanField]:
        """The services and visits as they were typed."""
        return [
            PlanField(number, getattr(self, f"service_{number}"), getattr(self, f"visits_{number}"))
            for number in range(1, LINES + 1)
        ]


def _last_day(desk: Desk, typed: str) -> date | None:
    return day_from(typed, local_date(desk.now, desk.place.zone)) if typed.strip() else None


@post("/gift-cards/promotional", opt=only(*MANAGERS), status_code=200)
async def give_card(request: AnyRequest) -> Response[Any]:
    """A gift card nobody paid for."""
    desk, fields = await posted(request)
    form = read(fields, GiftForm)
    try:
        recipient = " ".join(form.recipient.split())
        if len(recipient) > 60:
            raise Invalid("recipient-too-long", "The name may have 60 letters at most.", field="recipient")
        card_id = await desk.ask(
            issue_promotional_card,
            issue_id=desk.asked_once,
            card_id=form.id,
            amount_cents=parse_usd(form.amount),
            until=_last_day(desk, form.until),
            recipient=recipient or None,
            reason=form.reason,
        )
    except Refusal as problem:
        typed = {"amount": form.amount, "until": form.until}
        return await gift_cards_screen(desk, problem, recipient=form.recipient, reason=form.reason, **typed)
    return desk.see(f"/gift-cards/{card_id}", Toast("The card is ready. Print it to get its code."))


def _kind(typed: str) -> Kind:
    try:
        return Kind(typed)
    except ValueError:
        raise Invalid("credit-not-free", "Choose promotional or goodwill credit.", field="kind") from None


@post("/guests/{guest_id:uuid}/credits", opt=only(*MANAGERS), status_code=200)
async def give_credit(request: AnyRequest, guest_id: FromPath[UUID]) -> Response[Any]:
    """Promotional or goodwill credit."""
    desk, fields = await posted(request)
    form = read(fields, GiftForm)
    try:
        amount = parse_usd(form.amount)
        await desk.ask(
            grant_credit,
            grant_id=desk.asked_once,
            credit_id=form.id,
            guest_id=guest_id,
            kind=_kind(form.kind),
            amount_cents=amount,
            until=_last_day(desk, form.until),
            reason=form.reason,
        )
    except Refusal as problem:
        return await holdings_screen(desk, guest_id, problem)
    return desk.see(f"/guests/{guest_id}/holdings", Toast(f"{format_usd(amount)} of credit was given."))


@post("/deposits/{deposit_id:uuid}/forfeiture", opt=only(*MANAGERS), status_code=200)
async def keep_deposit(request: AnyRequest, deposit_id: FromPath[UUID]) -> Response[Any]:
    """A guest loses a deposit; a person says so, with a reason."""
    desk, fields = await posted(request)
    form = read(fields, ReasonForm)
    guest_id = (await holding(deposit_id)).guest_id
    try:
        kept = await desk.ask(
            forfeit_deposit, forfeit_id=desk.asked_once, deposit_id=deposit_id, reason=form.reason
        )
    except Refusal as problem:
        if guest_id is None:
            raise
        return await holdings_screen(desk, guest_id, problem)
    return desk.see(f"/guests/{guest_id}/holdings", Toast(f"{format_usd(kept)} of the deposit is kept."))


async def _list_prices(desk: Desk) -> dict[UUID, Cents]:
    """The list price of each service today."""
    everybody = [group for group in await groups() if group.code == "visitor"]
    ids = [one.id for one in await menu()]
    found = await quotes(
        desk.place.id, desk.place.zone, ids, everybody[0], starts_at=desk.now, booked_at=desk.now
    )
    return {service_id: quote.list_cents for service_id, quote in found.items()}


async def plans_screen(
    desk: Desk, form: PlanForm | None = None, problem: Refusal | None = None
) -> Response[Any]:
    """The packages, with the refusal of what was tried."""
    prices = await _list_prices(desk)
    page = PlansPage(
        plans=tuple(_plan_row(one) for one in await plans()),
        services=tuple(
            ServiceChoice(one.id, f"{one.name}, {one.duration_minutes} min · {format_usd(prices[one.id])}")
            for one in await menu()
            if one.id in prices
        ),
        fields=tuple(form.lines if form else [PlanField(number, "", "") for number in range(1, LINES + 1)]),
        name=form.name if form else "",
        price=form.price if form else "",
        problem=problem_of(problem) if problem else None,
    )
    text = render("stored_value/plans.html", page, await desk.shell(Nav.GIFT_CARDS))
    return html(text, status=problem.status if problem else 200)


def _plan_row(one: Plan) -> PlanRow:
    items = tuple(
        f"{item.visits} × {item.service_name} ({format_usd(item.share_cents)})" for item in one.items
    )
    return PlanRow(one.id, one.name, items, one.price_cents, one.worth_cents, one.sold, one.active)


@get("/packages", opt=only(*MANAGERS))
async def show_plans(request: AnyRequest) -> Response[Any]:
    """What is sold as a package."""
    return await plans_screen(await desk_of(request))


@post("/packages", opt=only(*MANAGERS), status_code=200)
async def new_plan(request: AnyRequest) -> Response[Any]:
    """A package that can be sold from now on."""
    desk, fields = await posted(request)
    form = read(fields, PlanForm)
    try:
        items = _items(form, await _list_prices(desk))
        await desk.ask(
            add_plan, plan_id=form.id, name=form.name, price_cents=parse_usd(form.price), items=items
        )
    except Refusal as problem:
        return await plans_screen(desk, form, problem)
    return desk.see("/packages", Toast(f"{form.name.strip()} can be sold now."))


def _items(form: PlanForm, prices: dict[UUID, Cents]) -> list[PlanItem]:
    items = []
    for line in form.lines:
        if not line.service and not line.visits.strip():
            continue
        try:
            service_id, visits = UUID(line.service), int(line.visits) if line.visits.isascii() else 0
            items.append(PlanItem(service_id, visits, prices[service_id]))
        except (ValueError, KeyError):
            raise Invalid(
                "plan-line-unreadable",
                f"Choose a service and a number of visits in line {line.number}, or leave both empty.",
                field="visits",
            ) from None
    return items


@post("/packages/{plan_id:uuid}/end", opt=only(*MANAGERS), status_code=200)
async def stop_plan(request: AnyRequest, plan_id: FromPath[UUID]) -> Response[Any]:
    """A package that is not sold any more."""
    desk, _ = await posted(request)
    await desk.ask(end_plan, plan_id=plan_id)
    return desk.see("/packages", Toast("It is not sold any more. Those that guests have stay good."))


@get("/reports/stored-value", opt=only(*MANAGERS))
async def show_owed(
    request: AnyRequest,
    since: Annotated[str | None, QueryParameter(name="from")] = None,
    until: Annotated[str | None, QueryParameter(name="to")] = None,
) -> Response[Any]:
    """What we owe guests over a period, and what nobody touched for years."""
    desk = await desk_of(request)
    last = day_from(until, local_date(desk.now, desk.place.zone))
    return await owed_screen(desk, day_from(since, last.replace(day=1)), last)


@post("/reports/stored-value/idle-years", opt=only(*MANAGERS), status_code=200)
async def idle_years(request: AnyRequest) -> Response[Any]:
    """After how many years value is named as idle."""
    desk, fields = await posted(request)
    typed = read(fields, YearsForm).years.strip()
    years = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    try:
        await desk.ask(set_idle_years, years=years)
    except Refusal as problem:
        last = local_date(desk.now, desk.place.zone)
        return await owed_screen(desk, last.replace(day=1), last, problem)
    return desk.see("/reports/stored-value", Toast("Saved."))


async def owed_screen(desk: Desk, first: date, last: date, problem: Refusal | None = None) -> Response[Any]:
    """The page, with the refusal of what was tried."""
    today = local_date(desk.now, desk.place.zone)
    years = (await terms_of(desk.place.id)).idle_years
    report = await liability_roll_forward(desk.place.id, first, last)
    idle = await unclaimed_property(desk.place.id, today, years)
    agrees = all(row.agrees for row in report)
    page = OwedPage(
        first=first,
        last=last,
        today=today,
        sentence=_sentence(report, agrees),
        agrees=agrees,
        columns=tuple(words for words, _ in COLUMNS),
        rows=tuple(_roll_row(row) for row in report),
        totals_cents=tuple(sum(getattr(row, name) for row in report) for _, name in COLUMNS),
        closing_cents=sum(row.closing_cents for row in report),
        idle=tuple(
            IdleRow(
                f"{one.guest_name} (no. {one.guest_number})",
                f"/guests/{one.guest_id}/holdings",
                one.kind.word,
                one.paid_cents,
                one.idle_since,
            )
            for one in idle
        ),
        idle_cents=sum(one.paid_cents for one in idle),
        idle_years=years,
        problem=problem_of(problem) if problem else None,
    )
    text = render("stored_value/owed.html", page, await desk.shell(Nav.GIFT_CARDS))
    return html(text, status=problem.status if problem else 200)


def _roll_row(row: RollForward) -> RollRow:
    names = {code: name for code, name, _ in CHART}
    cells = tuple(getattr(row, name) for _, name in COLUMNS)
    return RollRow(names[row.account], cells, row.closing_cents, row.agrees)


def _sentence(report: list[RollForward], agrees: bool) -> str:
    leaving = sum(row.leaving_cents for row in report)
    owed = format_usd(sum(row.closing_cents for row in report))
    owed += f" and {format_usd(leaving)} on its way back to them" if leaving else ""
    if agrees:
        return f"{owed} is owed to guests. Every balance agrees with the ledger."
    apart = ", ".join(row.account for row in report if not row.agrees)
    return f"{owed} is owed to guests, but the ledger says otherwise of {apart}."


router = Router(
    "/",
    route_handlers=[
        give_card,
        give_credit,
        keep_deposit,
        show_plans,
        new_plan,
        stop_plan,
        show_owed,
        idle_years,
    ],
)
