"""The register's own page for managers: tips, promo codes, payroll deduction, limits."""

import csv
import io
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery

from spa_pos.catalog.queries import category_names
from spa_pos.checkout.actions import add_promo, ask_for_tips, end_promo, set_limits
from spa_pos.checkout.pages.build import dollars
from spa_pos.checkout.pages.prices import amount_of, percent_ppm
from spa_pos.checkout.pages.tip_views import CategoryTips, LimitRow, PayrollRow, PromoRow, RegisterPage
from spa_pos.checkout.queries import (
    Promo,
    deductions,
    pay_period,
    promos,
    register_terms,
    tip_categories,
)
from spa_pos.checkout.rules import Limits
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.money import Cents, format_rate, format_usd, parse_usd
from spa_pos.kernel.time import local_date
from spa_pos.payments.actions import sign_for_payroll, withdraw_from_payroll
from spa_pos.payments.queries import authorisations
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.people.queries import guest_of_number
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import day_from, read
from spa_pos.web.shell import Toast
from spa_pos.web.templates import render


class PromoForm(msgspec.Struct, forbid_unknown_fields=True):
    """A new promo code."""

    id: UUID
    code: str = ""
    name: str = ""
    percent: str = ""
    amount: str = ""
    start: str = ""
    until: str = ""
    most_uses: str = ""
    category: str = ""
    once_per_guest: str = ""
    with_group_price: str = ""


class SignForm(msgspec.Struct, forbid_unknown_fields=True):
    """What an employee signed; the guest by number."""

    id: UUID
    guest: int
    employee_number: str = ""
    signed_name: str = ""
    signed_on: str = ""
    amount: str = ""
    kept_where: str = ""


class LimitsForm(msgspec.Struct, forbid_unknown_fields=True):
    """What may be given away alone; nothing typed is nothing."""

    desk_discount: str = ""
    desk_amount: str = ""
    desk_day: str = ""
    manager_discount: str = ""
    manager_day: str = ""
    manager_override: str = ""


class NoFields(msgspec.Struct, forbid_unknown_fields=True):
    """A form that only has a button."""


def percent(ppm: int) -> str:
    """A rate as it is typed: `12.5`."""
    return f"{ppm / 10_000:.2f}".rstrip("0").rstrip(".")


def _promo_row(one: Promo) -> PromoRow:
    terms = one.terms
    off = format_rate(terms.rate_ppm) if terms.rate_ppm else format_usd(terms.amount_cents or 0)
    uses = f"{one.uses} of {terms.most_uses} used" if terms.most_uses else f"{one.uses} used"
    of = f" {', '.join(terms.categories)}" if terms.categories else ""
    return PromoRow(
        one.id, one.code, terms.name, f"{off} off{of}, until {terms.valid_until:%b %-d}", uses, terms.active
    )


async def register_screen(desk: Desk, problem: Refusal | None = None) -> Response[Any]:
    """The page, with the refusal of what was tried."""
    names = await category_names()
    on, terms = await tip_categories(), await register_terms(desk.place.id)
    today = local_date(desk.now, desk.place.zone)
    first, last = pay_period(terms, today)
    page = RegisterPage(
        categories=tuple(CategoryTips(code, name, code in on) for code, name in names.items()),
        promos=tuple(_promo_row(one) for one in await promos()),
        payroll=tuple(
            PayrollRow(
                one.id,
                one.guest_name,
                f"Employee {one.employee_number}, {format_usd(one.period_cents)} a pay period,"
                f" signed {one.signed_on:%b %-d, %Y}"
                + (f", kept: {one.kept_where}" if one.kept_where else ""),
                one.withdrawn_at is not None,
            )
            for one in await authorisations()
        ),
        limits=(
            LimitRow(
                "desk_discount", "The desk alone, per cent of a ticket", percent(terms.desk_discount_ppm)
            ),
            LimitRow(
                "desk_amount", "The desk alone, dollars of a ticket", dollars(terms.desk_discount_cents)
            ),
            LimitRow("desk_day", "The desk alone, dollars a day", dollars(terms.desk_day_cents)),
            LimitRow(
                "manager_discount", "A manager, per cent of a ticket", percent(terms.manager_discount_ppm)
            ),
            LimitRow("manager_day", "A manager, dollars a day", dollars(terms.manager_day_cents)),
            LimitRow(
                "manager_override", "A manager, per cent below a price", percent(terms.manager_override_ppm)
            ),
        ),
        today=today.isoformat(),
        period_words=f"{first:%b %-d} to {last:%b %-d}",
        problem=problem_of(problem) if problem else None,
    )
    text = render("checkout/register.html", page, await desk.shell())
    return html(text, status=problem.status if problem else 200)


@get("/register", opt=only(*MANAGERS))
async def show_register(request: AnyRequest) -> Response[Any]:
    """What managers set."""
    return await register_screen(await desk_of(request))


@post("/register/tips", opt=only(*MANAGERS), status_code=200)
async def tips(request: AnyRequest) -> Response[Any]:
    """Where guests are asked for a tip."""
    desk, fields = await posted(request)
    codes = sorted(set(fields) & set(await category_names()))
    await desk.ask(ask_for_tips, categories=codes)
    return desk.see("/register", Toast("Guests are asked for tips as chosen."))


@post("/register/limits", opt=only(*MANAGERS), status_code=200)
async def limits(request: AnyRequest) -> Response[Any]:
    """What may be given away alone."""
    desk, fields = await posted(request)
    try:
        form = read(fields, LimitsForm)
        wanted = Limits(
            percent_ppm(form.desk_discount) or 0,
            amount_of(form.desk_amount) or Cents(0),
            amount_of(form.desk_day) or Cents(0),
            percent_ppm(form.manager_discount) or 0,
            amount_of(form.manager_day) or Cents(0),
            percent_ppm(form.manager_override) or 0,
        )
        await desk.ask(set_limits, limits=wanted)
    except Refusal as problem:
        return await register_screen(desk, problem)
    return desk.see("/register", Toast("The limits are changed, from the next ticket on."))


@post("/register/promos", opt=only(*MANAGERS), status_code=200)
async def new_promo(request: AnyRequest) -> Response[Any]:
    """A new promo code."""
    desk, fields = await posted(request)
    today = local_date(desk.now, desk.place.zone)
    try:
        form = read(fields, PromoForm)
        if form.most_uses and not form.most_uses.isdigit():
            raise Invalid("promo-unreadable", "Type how often it can be used, or nothing.", field="most_uses")
        await desk.ask(
            add_promo,
            promo_id=form.id,
            code=form.code,
            name=form.name,
            rate_ppm=percent_ppm(form.percent),
            amount_cents=amount_of(form.amount),
            valid_from=day_from(form.start, today),
            valid_until=day_from(form.until, today),
            most_uses=int(form.most_uses[:6]) if form.most_uses else None,
            once_per_guest=form.once_per_guest == "yes",
            with_group_price=form.with_group_price == "yes",
            categories=[form.category] if form.category else [],
        )
    except Refusal as problem:
        return await register_screen(desk, problem)
    return desk.see("/register", Toast("The promo code can be used."))


@post("/register/promos/{promo_id:uuid}/end", opt=only(*MANAGERS), status_code=200)
async def no_promo(request: AnyRequest, promo_id: FromPath[UUID]) -> Response[Any]:
    """A promo code is over."""
    desk, fields = await posted(request)
    read(fields, NoFields)
    await desk.ask(end_promo, promo_id=promo_id)
    return desk.see("/register", Toast("The promo code is over."))


@post("/register/payroll", opt=only(*MANAGERS), status_code=200)
async def signed(request: AnyRequest) -> Response[Any]:
    """An employee signed for payroll deduction."""
    desk, fields = await posted(request)
    try:
        form = read(fields, SignForm)
        await desk.ask(
            sign_for_payroll,
            authorisation_id=form.id,
            guest_id=await guest_of_number(form.guest),
            employee_number=form.employee_number,
            signed_name=form.signed_name,
            signed_on=day_from(form.signed_on, local_date(desk.now, desk.place.zone)),
            period_cents=parse_usd(form.amount),
            kept_where=form.kept_where,
        )
    except Refusal as problem:
        return await register_screen(desk, problem)
    return desk.see("/register", Toast("Payroll deduction is recorded."))


@post("/register/payroll/{authorisation_id:uuid}/withdrawal", opt=only(*MANAGERS), status_code=200)
async def withdrawn(request: AnyRequest, authorisation_id: FromPath[UUID]) -> Response[Any]:
    """An employee withdraws."""
    desk, fields = await posted(request)
    read(fields, NoFields)
    await desk.ask(withdraw_from_payroll, authorisation_id=authorisation_id)
    return desk.see("/register", Toast("Nothing more is deducted from pay."))


@get("/register/payroll.csv", opt=only(*MANAGERS))
async def export_payroll(request: AnyRequest, day: FromQuery[str | None] = None) -> Response[Any]:
    """What is to be deducted in the pay period a day is in, today's without one."""
    desk = await desk_of(request)
    terms = await register_terms(desk.place.id)
    first, last = pay_period(terms, day_from(day, local_date(desk.now, desk.place.zone)))
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(["employee_number", "signed_name", "date", "ticket", "refund", "amount"])
    for one in await deductions(desk.place.id, first, last):
        name = one.signed_name if one.signed_name[0].isalnum() else f"'{one.signed_name}"
        day_words, back = one.business_date.isoformat(), one.refund_number or ""
        cents = dollars(one.amount_cents)
        rows.writerow([one.employee_number, name, day_words, one.ticket_number, back, cents])
    answer = Response(text.getvalue(), media_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="payroll-{first}-{last}.csv"'
    return answer


router = Router(
    "/",
    route_handlers=[show_register, tips, limits, new_promo, no_promo, signed, withdrawn, export_payroll],
)
