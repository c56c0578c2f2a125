"""How the house does: sales by provider and tender, how full it is, which visits did not take place."""

from collections.abc import Sequence
from datetime import date

from spa_pos.kernel.money import Cents, format_usd
from spa_pos.people.pages.session import Desk
from spa_pos.reports.pages.sheet_views import Cell, Column, Row, Sheet, Table
from spa_pos.reports.pages.sheets import Report, amount, count, report_router, text
from spa_pos.reports.queries.performance import Earned, Paid, Performance, Used, performance
from spa_pos.reports.rules import TAKEN, Tie
from spa_pos.reports.rules.measures import hours_words, share_words

KINDS = {"service": "Services", "add_on": "Add-ons", "product": "Products"}
"""What sales are of."""

SHOP = "No provider"

SALES = (
    Column("Sold", "Pieces on settled tickets; a service by the minute is one.", end=True),
    Column("List price", "What it costs before anything is taken off.", end=True),
    Column("Taken off", "Group prices, discounts, codes and package visits.", end=True),
    Column(
        "Given back",
        "The price part of refunds, on the day of the refund; tax and tips are left out.",
        end=True,
    ),
    Column("Net sales", "List price less what was taken off and given back; no tax, no tips.", end=True),
)


def _sums(rows: Sequence[Earned]) -> Row:
    return (
        count(sum(row.pieces for row in rows)),
        *(
            amount(sum(getattr(row, name) for row in rows))
            for name in ("list_cents", "off_cents", "back_cents", "net_cents")
        ),
    )


def _providers(rows: Sequence[Earned]) -> Table:
    people: dict[tuple[object, str], list[Earned]] = {}
    for row in rows:
        people.setdefault((row.provider_id, row.provider_name or SHOP), []).append(row)
    cells = tuple((text(name), *_sums(own)) for (_, name), own in people.items())
    foot = (text("Altogether"), *_sums(rows)) if rows else ()
    columns = (
        Column("Provider", "Who served it; products and what nobody served stand under “No provider”."),
    )
    return Table("providers", "Sales by provider", (*columns, *SALES), cells, foot)


def _kinds(rows: Sequence[Earned]) -> Table:
    net = sum(row.net_cents for row in rows)
    found = [(words, [row for row in rows if row.kind == kind]) for kind, words in KINDS.items()]
    cells = tuple(
        (text(words), *_sums(own), text(share_words(sum(row.net_cents for row in own), net)))
        for words, own in found
        if rows
    )
    figures = [Column(column.words, end=True) for column in SALES]
    share = Column(
        "Share",
        "Net sales of this kind of all net sales. That of products is the retail share; gift cards, packages,"
        " deposits and fees are no sales and in neither.",
        end=True,
    )
    return Table("kinds", "Retail share", (Column("Kind"), *figures, share), cells)


def _tenders(rows: Sequence[Paid]) -> Table:
    total = sum(row.amount_cents for row in rows)
    cells = tuple(
        (
            text(TAKEN.get(row.kind, row.kind)),
            count(row.tickets),
            amount(row.amount_cents),
            text(share_words(row.amount_cents, total)),
        )
        for row in rows
    )
    columns = (
        Column("Tender"),
        Column("Tickets", "Settled tickets that it paid some of; a split ticket counts with each.", end=True),
        Column(
            "Amount",
            "What it paid of tickets settled in these days, tax, tips and gift cards sold included, whenever"
            " it was taken; refunds are not taken off.",
            end=True,
        ),
        Column("Share", "Of everything that was paid.", end=True),
    )
    foot = (text("Altogether"), Cell(), amount(total), Cell()) if rows else ()
    return Table("tenders", "Sales by tender", columns, cells, foot)


def _utilisation(key: str, title: str, there: Column, rows: Sequence[Used], *, kinds: bool) -> Table:
    def figures(minutes: int, claimed: int, hands_on: int, blocked: int) -> Row:
        hours = (text(hours_words(one)) for one in (minutes, claimed, hands_on, blocked))
        return (*hours, text(share_words(claimed, minutes)))

    cells = tuple(
        (
            text(row.name),
            *((text(row.kind.replace("_", " ").capitalize()),) if kinds else ()),
            *figures(row.minutes, row.claimed_minutes, row.hands_on_minutes, row.blocked_minutes),
        )
        for row in rows
    )
    names = ("minutes", "claimed_minutes", "hands_on_minutes", "blocked_minutes")
    all_of = [sum(getattr(row, name) for row in rows) for name in names]
    columns = (
        Column("Provider") if not kinds else Column("Where"),
        *((Column("Kind"),) if kinds else ()),
        there,
        Column(
            "Visits",
            "Hours of visits that took place or are still to come, with set-up and turnover. Cancelled visits"
            " and no-shows do not count.",
            end=True,
        ),
        Column("Hands on", "The same without set-up and turnover.", end=True),
        Column("Blocked", "Breaks, training, repairs; they are in no other column.", end=True),
        Column("Utilisation", "Visits ÷ hours there were. Blocked time stays in the hours.", end=True),
    )
    foot = (text("Altogether"), *((Cell(),) if kinds else ()), *figures(*all_of)) if rows else ()
    return Table(key, title, columns, cells, foot)


SCHEDULED = Column(
    "Scheduled", "Hours of the shifts as they stand now, within opening hours, less time off.", end=True
)
OPEN = Column("Open", "Opening hours, less when it was out of use.", end=True)


def _visits(found: Performance) -> Table:
    visits = found.visits
    planned = visits.due - visits.cancelled
    columns = (
        Column("Measure"),
        Column("Visits", end=True),
        Column("Of", end=True),
        Column(
            "Rate",
            "No-show rate: visits whose guest did not come ÷ visits that were due and not cancelled."
            " Cancellation rate: cancelled visits ÷ all that were booked. A visit counts on the day it was"
            " due; offers and bookings that were never finished do not count.",
            end=True,
        ),
    )
    rates = (("No-shows", visits.no_show, planned), ("Cancellations", visits.cancelled, visits.due))
    cells = tuple(
        (text(words), count(part), count(whole), text(share_words(part, whole)))
        for words, part, whole in rates
        if visits.due
    )
    return Table("visits", "No-shows and cancellations", columns, cells)


async def build(desk: Desk, first: date, last: date) -> Sheet:
    """The measures of a period."""
    found = await performance(desk.place.id, desk.place.zone, first, last)
    net = Cents(sum(row.net_cents for row in found.earned))
    paid = Cents(sum(row.amount_cents for row in found.paid))
    people = [row for row in found.used if row.kind == "provider"]
    rooms = [row for row in found.used if row.kind != "provider"]
    return Sheet(
        lead=f"{format_usd(net)} of net sales.",
        basis="Accrual basis: a sale counts on the day its ticket was settled, a refund on its own day; hours"
        " and visits count on the day they are for.",
        tables=(
            _providers(found.earned),
            _kinds(found.earned),
            _tenders(found.paid),
            _utilisation("people", "How full providers are", SCHEDULED, people, kinds=False),
            _utilisation("rooms", "How full rooms are", OPEN, rooms, kinds=True),
            _visits(found),
        ),
        ties=(Tie("Net sales", net, found.booked_net_cents), Tie("Tenders", paid, found.booked_paid_cents)),
        notes=("People and rooms that are no longer here are not in the hours, but in the sales.",),
    )


router = report_router(Report("/reports/performance", "How the house does", build, opens=3))
