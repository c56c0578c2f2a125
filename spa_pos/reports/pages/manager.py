"""The manager's sales day."""

from datetime import timedelta
from typing import Annotated

from litestar import Response, Router, get
from litestar.params import QueryParameter

from spa_pos.catalog.queries import category_names
from spa_pos.checkout.queries.words import WORDS
from spa_pos.kernel.money import Cents, format_rate, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.payments.queries import open_differences, uncompared_days
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only
from spa_pos.people.queries import groups
from spa_pos.reports.pages.views import (
    LedgerLine,
    RefundOfDay,
    SalesDayPage,
    SalesRow,
    SoldTicket,
    TaxRow,
    TenderRow,
)
from spa_pos.reports.queries import RefundRow, SalesDay, TicketRow, sales_day
from spa_pos.reports.rules import TAKEN
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.forms import day_from
from spa_pos.web.shell import Nav
from spa_pos.web.templates import render


@get("/reports/sales-day", opt=only(*MANAGERS))
async def show_sales_day(
    request: AnyRequest, day: Annotated[str | None, QueryParameter(name="date")] = None
) -> Response[str]:
    """One business day, tied to the ledger."""
    desk = await desk_of(request)
    shown = day_from(day, local_date(desk.now, desk.place.zone))
    report = await sales_day(desk.place.id, desk.place.zone, shown)
    page = await _page(desk, report)
    return html(render("reports/sales_day.html", page, await desk.shell(Nav.SALES_DAY)))


async def _page(desk: Desk, report: SalesDay) -> SalesDayPage:
    today = local_date(desk.now, desk.place.zone)
    names = await category_names()
    sold_in = {cell.category for cell in report.cells}
    columns = [code for code in names if code in sold_in]
    cells = {(cell.group, cell.category): cell.net_cents for cell in report.cells}
    rows = []
    for group in await groups():
        amounts = tuple(cells.get((group.code, column), Cents(0)) for column in columns)
        if any(cell.group == group.code for cell in report.cells):
            rows.append(SalesRow(group.name, amounts, sum(amounts)))
    net = sum(cell.net_cents for cell in report.cells)
    tenders = tuple(TenderRow(WORDS[row.kind](), row.count, row.amount_cents) for row in report.tenders)
    return SalesDayPage(
        day=report.day,
        is_today=report.day == today,
        previous_href=_href(report.day - timedelta(days=1)),
        next_href=_href(report.day + timedelta(days=1)) if report.day < today else None,
        today_href=_href(today),
        as_of=desk.now.astimezone(desk.place.zone),
        sentence=_sentence(report, net),
        is_empty=not (report.tickets or report.tenders or report.refunds or report.late_tips_cents),
        category_names=tuple(names[column] for column in columns),
        rows=tuple(rows),
        column_totals_cents=tuple(
            sum(cell.net_cents for cell in report.cells if cell.category == column) for column in columns
        ),
        gross_cents=sum(cell.list_cents for cell in report.cells),
        reductions_cents=sum(cell.reduction_cents for cell in report.cells),
        net_cents=net,
        tax_rows=tuple(
            TaxRow(row.name, format_rate(row.rate_ppm), row.taxable_cents, row.tax_cents)
            for row in report.taxes
        ),
        tax_cents=sum(row.tax_cents for row in report.taxes),
        tender_rows=tenders,
        tenders_cents=sum(row.cents for row in tenders),
        tickets_count=len(report.tickets),
        visits_count=report.guests_served,
        voided_count=report.voided,
        ledger=_ledger_line(report),
        tickets=tuple(_sold(desk, row) for row in report.tickets),
        refunds=tuple(_given_back(desk, row) for row in report.refunds),
        refunded_cents=report.refunded_cents,
        late_tips_cents=report.late_tips_cents,
        cards_words=_cards_words(await open_differences(desk.place.id), await uncompared_days(desk.place.id)),
    )


def _cards_words(count: int, uncompared: int) -> str:
    words = []
    if count:
        differences = "1 difference" if count == 1 else f"{count} differences"
        words.append(f"{differences} with the card processor to look into.")
    if uncompared:
        days = "1 day of cards" if uncompared == 1 else f"{uncompared} days of cards"
        words.append(f"{days} could not be compared with the processor.")
    return " ".join(words)


def _sold(desk: Desk, row: TicketRow) -> SoldTicket:
    return SoldTicket(
        row.number,
        f"/tickets/{row.id}/receipt",
        row.settled_at.astimezone(desk.place.zone),
        row.guest_name or "Walk-in",
        row.what,
        row.net_cents,
        row.tax_cents,
        row.total_cents,
        " + ".join(WORDS[kind]() for kind in row.paid_with),
    )


def _given_back(desk: Desk, row: RefundRow) -> RefundOfDay:
    return RefundOfDay(
        row.number,
        f"/refunds/{row.id}",
        row.ticket_number,
        row.closed_at.astimezone(desk.place.zone),
        f"Void: {row.reason}" if row.kind == "void" else row.reason,
        " + ".join(WORDS[kind]() for kind in row.ways),
        row.total_cents,
    )


def _href(day: object) -> str:
    return f"/reports/sales-day?date={day}"


def _sentence(report: SalesDay, net: int) -> str:
    if not report.tickets:
        return "No sales on this day."
    count = len(report.tickets)
    average = Cents(round(net / count)) if count else Cents(0)
    return (
        f"{format_usd(net)} net from {count} {'ticket' if count == 1 else 'tickets'},"
        f" {format_usd(average)} on average."
    )


def _ledger_line(report: SalesDay) -> LedgerLine:
    by_name = {tie.what: tie for tie in report.ties}
    net, tax, tips = by_name["Net sales"], by_name["Sales tax"], by_name["Tips"]
    value = by_name["Gift cards, packages, deposits and fees sold"]
    taken = Cents(sum(by_name[TAKEN[row.kind]].tickets_cents for row in report.tenders))
    booked = Cents(sum(by_name[TAKEN[row.kind]].ledger_cents for row in report.tenders))
    return LedgerLine(
        agrees=report.agrees,
        net_cents=net.tickets_cents,
        tax_cents=tax.tickets_cents,
        sales_and_tax_cents=net.tickets_cents + tax.tickets_cents + tips.tickets_cents + value.tickets_cents,
        held_cents=by_name["Held on open tickets"].tickets_cents,
        tenders_cents=taken,
        ledger_cents=booked,
        differences=tuple(
            f"{tie.what}: the tickets say {format_usd(tie.tickets_cents)},"
            f" the ledger says {format_usd(tie.ledger_cents)}."
            for tie in report.ties
            if not tie.agrees
        ),
        tips_cents=tips.tickets_cents,
        value_cents=value.tickets_cents,
    )


router = Router("/", route_handlers=[show_sales_day])
