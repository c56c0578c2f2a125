"""Tips of each provider in a pay period, in full (DOMAIN.md §2.8, §7.18)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from spa_pos.checkout.queries import pay_period, register_terms
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import Desk
from spa_pos.reports.pages.bridge_files import MOST_ROWS
from spa_pos.reports.pages.periods import Choice
from spa_pos.reports.pages.sheet_views import Column, Row, Sheet, Table
from spa_pos.reports.pages.sheets import Report, amount, not_too_many, report_router, text, ticket_cell
from spa_pos.reports.queries.tips import TipRow, tip_rows
from spa_pos.reports.rules import Tie

KINDS = {
    "chosen": "With the ticket",
    "late": "Late",
    "shared": "Shared anew",
    "back": "Given back",
}
"""What can happen to a tip, in the order of the columns."""

NOBODY = "Not said whose"

COLUMNS = (
    Column("Provider"),
    Column(
        "With the ticket", "Chosen by the guest before paying; on the day the ticket was settled.", end=True
    ),
    Column("Late", "Added after the ticket was settled; on the day the guest gave it.", end=True),
    Column(
        "Shared anew",
        "What providers of one ticket passed to each other; together nothing; on the day of the change.",
        end=True,
    ),
    Column("Given back", "Tips in refunds; on the day of the refund, whenever the sale was.", end=True),
    Column("To be paid", "All of it. No card fee is taken off.", end=True),
)


def _sums(rows: Iterable[TipRow]) -> Row:
    sums = dict.fromkeys(KINDS, 0)
    for row in rows:
        sums[row.kind] += row.amount_cents
    return (*(amount(cents) for cents in sums.values()), amount(sum(sums.values())))


def _by_provider(rows: Sequence[TipRow]) -> Table:
    people: dict[tuple[str, object], list[TipRow]] = {}
    for row in rows:
        people.setdefault((row.provider_name or NOBODY, row.provider_id), []).append(row)
    order = sorted(people, key=lambda key: (key[1] is None, key[0], str(key[1])))
    cells = tuple((text(key[0]), *_sums(people[key])) for key in order)
    return Table("providers", "By provider", COLUMNS, cells, (text("Altogether"), *_sums(rows)))


def _tickets(rows: Sequence[TipRow]) -> Table:
    cells = tuple(
        (
            text(row.day),
            ticket_cell(row.ticket_number, row.ticket_id, row.refund_id),
            text(row.provider_name or NOBODY),
            text(KINDS[row.kind]),
            amount(row.amount_cents),
        )
        for row in rows
    )
    columns = (
        *(Column("Day"), Column("Ticket"), Column("Provider"), Column("What")),
        Column("Amount", end=True),
    )
    return Table("tickets", "Tickets", columns, cells)


async def build(desk: Desk, first: date, last: date) -> Sheet:
    """The tips of a period."""
    rows, booked = await tip_rows(desk.place.id, first, last, limit=MOST_ROWS + 1)
    not_too_many(rows)
    owed = Cents(sum(row.amount_cents for row in rows))
    return Sheet(
        lead=f"{format_usd(owed)} of tips are to be paid to providers for these days.",
        basis="Cash basis: a tip counts on the day its money came in or went back.",
        tables=(_by_provider(rows), _tickets(rows)),
        ties=(Tie("Tips owed to providers, change", owed, booked),),
        notes=(
            "Tips are paid with the wages, in full. This program pays nobody and books no payout: the account"
            " of tips owed grows until your accountant writes the payment into the books.",
        ),
    )


async def pay_periods(desk: Desk) -> Sequence[Choice]:
    """This pay period and the two before it, as for payroll deduction."""
    terms = await register_terms(desk.place.id)
    first, last = pay_period(terms, local_date(desk.now, desk.place.zone))
    days = timedelta(days=terms.pay_period_days)
    return (
        ("This pay period", first, last),
        ("The last one", first - days, last - days),
        ("The one before", first - 2 * days, last - 2 * days),
    )


router = report_router(Report("/reports/tips", "Tips by provider", build, pay_periods))
