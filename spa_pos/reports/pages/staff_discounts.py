"""Discounts of the house's own people above 20 % of the guest price (DOMAIN.md §2.12, §7.5)."""

from collections.abc import Iterable, Sequence
from datetime import date

from spa_pos.kernel.money import Cents, format_usd
from spa_pos.people.pages.session import Desk
from spa_pos.reports.pages.bridge_files import MOST_ROWS
from spa_pos.reports.pages.sheet_views import Cell, Column, Row, Sheet, Table
from spa_pos.reports.pages.sheets import (
    Report,
    amount,
    count,
    not_too_many,
    report_router,
    text,
    ticket_cell,
)
from spa_pos.reports.queries.staff_discounts import StaffDiscountRow, staff_discounts
from spa_pos.reports.rules import CLASSES, Tie, class_of

FIGURES = (
    Column("Guest price", "What guests pay for these services, before anything is taken off.", end=True),
    Column(
        "Discount",
        "What the group’s price took off, and what somebody took off by hand. Promo codes, package visits and"
        " one prices are left out: everybody can have them.",
        end=True,
    ),
    Column("20 %", "20 % of the guest price, half a cent up: so much is free of income tax.", end=True),
    Column(
        "Above 20 %",
        "Discount less 20 %, service by service; what one service leaves free covers no other.",
        end=True,
    ),
)


def _counted(rows: Iterable[StaffDiscountRow]) -> Row:
    shares = [row.shares for row in rows if row.shares is not None]
    return tuple(amount(sum(one[place] for one in shares)) for place in range(4))


def _by_class(rows: Sequence[StaffDiscountRow]) -> Table:
    cells = []
    for code, words, _ in CLASSES:
        own = [row for row in rows if class_of(row.group) == code]
        people = {row.guest_id for row in own}
        cells.append((text(words), count(len(people)), *_counted(own)))
    figures = [Column(column.words, end=True) for column in FIGURES]
    columns = (Column("Class"), Column("People", end=True), *figures)
    return Table("classes", "By class", columns, tuple(cells), (text("Altogether"), Cell(), *_counted(rows)))


def _by_person(rows: Sequence[StaffDiscountRow]) -> Table:
    words = {code: word for code, word, _ in CLASSES}
    people: dict[tuple[str, str, object], list[StaffDiscountRow]] = {}
    for row in rows:
        people.setdefault((class_of(row.group) or "", row.guest_name, row.guest_id), []).append(row)
    order = [code for code, _, _ in CLASSES]
    cells = tuple(
        (text(name), text(words[code]), *_counted(people[code, name, guest_id]))
        for code, name, guest_id in sorted(people, key=lambda key: (order.index(key[0]), key[1], str(key[2])))
    )
    foot = (text("Altogether"), Cell(), *_counted(rows))
    return Table("people", "By person", (Column("Person"), Column("Class"), *FIGURES), cells, foot)


def _tickets(rows: Sequence[StaffDiscountRow]) -> Table:
    cells = tuple(
        (
            text(row.day),
            ticket_cell(row.ticket_number, row.ticket_id, row.refund_id),
            text(row.guest_name),
            text(row.description),
            *_counted([row]),
        )
        for row in rows
    )
    figures = [Column(column.words, end=True) for column in FIGURES]
    columns = (Column("Day"), Column("Ticket"), Column("Person"), Column("Service"), *figures)
    return Table("tickets", "Tickets", columns, cells)


async def build(desk: Desk, first: date, last: date) -> Sheet:
    """The report of a period."""
    found, booked = await staff_discounts(desk.place.id, first, last, limit=MOST_ROWS + 1)
    not_too_many(found)
    rows = [row for row in found if row.shares is not None]
    above = Cents(sum(row.shares.excess_cents for row in rows if row.shares is not None))
    off = Cents(sum(row.off_cents for row in found))
    return Sheet(
        lead=f"{format_usd(above)} of discounts are above 20 % of the guest price.",
        basis="Accrual basis: services count on the day their ticket was settled, what went back of them on"
        " the day of the refund.",
        tables=(_by_class(rows), _by_person(rows), _tickets(rows)),
        ties=(Tie("All reductions of these groups, products and codes included", off, booked),),
        notes=(
            "Nothing is refused for it: what is above 20 % may be pay of an employee, and is for payroll and"
            " its adviser to judge. Volunteers and students are not employees in that rule and stand apart.",
        ),
    )


router = report_router(Report("/reports/staff-discounts", "Staff discounts above 20 %", build, opens=3))
