"""What was out of the ordinary at the register, by person and kind (PEERS.md §4.2)."""

from collections.abc import Sequence
from datetime import date

from spa_pos.kernel.money import Cents
from spa_pos.people.pages.session import Desk
from spa_pos.reports.pages.bridge_files import MOST_ROWS
from spa_pos.reports.pages.sheet_views import Cell, Column, Pick, Sheet, Table
from spa_pos.reports.pages.sheets import (
    Report,
    amount,
    count,
    not_too_many,
    report_router,
    text,
    ticket_cell,
)
from spa_pos.reports.queries.exceptions import BookedExceptions, ExceptionRow, exception_rows
from spa_pos.reports.rules import Tie

KINDS = {
    "void": "Ticket voided",
    "refund": "Money given back",
    "on_its_way": "Refund on its way",
    "price": "Other price",
    "discount": "Discount by hand",
    "undone": "Payment undone",
    "late_tip": "Late tip",
    "shared": "Tips shared anew",
    "no_sale": "Drawer opened without a sale",
    "drawer": "Drawer over or short",
}
"""What is out of the ordinary, in words."""

NOBODY = "The system"


def _about(row: ExceptionRow) -> Cell:
    if row.ticket_number is not None:
        is_open = row.ticket_status == "open"
        return ticket_cell(row.ticket_number, row.ticket_id, row.refund_id, open_=is_open)
    return text("Drawer", f"/drawers/{row.drawer_id}")


def _cells(desk: Desk, row: ExceptionRow) -> tuple[Cell, ...]:
    at = row.made_at.astimezone(desk.place.zone)
    return (
        text(f"{at:%Y-%m-%d %H:%M}"),
        text(KINDS[row.kind]),
        _about(row),
        text(row.who or NOBODY),
        text(row.approved_by or ""),
        text(row.reason),
        Cell() if row.amount_cents is None else amount(row.amount_cents),
    )


def _by_kind(rows: Sequence[ExceptionRow]) -> Table:
    found = [(words, [row for row in rows if row.kind == kind]) for kind, words in KINDS.items()]
    cells = tuple(
        (text(words), count(len(own)), amount(sum(row.amount_cents or 0 for row in own)))
        for words, own in found
        if own
    )
    columns = (Column("What"), Column("How often", end=True), Column("Amount", end=True))
    return Table("kinds", "By kind", columns, cells)


COLUMNS = (
    Column("When", "The local time of the act; a refund is in the report of the day its last part was gone."),
    Column("What"),
    Column("Where"),
    Column("Who", "Who did it, signed in by PIN."),
    Column("Approved by", "Who gave their PIN for it, where one person alone may not."),
    Column("Why"),
    Column(
        "Amount",
        "What was taken off, given back, undone or added; of a drawer what was counted less what was"
        " expected; of a voided ticket what it came to.",
        end=True,
    ),
)


def _ties(rows: Sequence[ExceptionRow], booked: BookedExceptions) -> tuple[Tie, ...]:
    def of(kind: str) -> Cents:
        return Cents(sum(row.amount_cents or 0 for row in rows if row.kind == kind))

    return (
        Tie("Given back", of("refund"), booked.refund_cents),
        Tie("Late tips", of("late_tip"), booked.late_tip_cents),
        Tie("Drawers over and short", of("drawer"), booked.drawer_cents),
    )


async def build(desk: Desk, first: date, last: date) -> Sheet:
    """The exceptions of a period, of one person and one kind where that is asked."""
    found, booked = await exception_rows(desk.place.id, desk.place.zone, first, last, limit=MOST_ROWS + 1)
    not_too_many(found)
    names = sorted({name for row in found for name in (row.who or NOBODY, row.approved_by) if name})
    people = Pick("person", "Person", (("", "Everybody"), *((name, name) for name in names)), "")
    kinds = Pick("kind", "Kind", (("", "Everything"), *KINDS.items()), "")
    asked = desk.request.query_params
    person, kind = (
        value if value in dict(pick.options) else ""
        for pick, value in ((people, asked.get("person", "")), (kinds, asked.get("kind", "")))
    )
    rows = [
        row for row in found if kind in ("", row.kind) and person in ("", row.who or NOBODY, row.approved_by)
    ]
    shown = Table(
        "exceptions",
        "One by one",
        COLUMNS,
        tuple(_cells(desk, row) for row in rows),
        empty="Nothing out of the ordinary in these days.",
    )
    one = len(rows) == 1
    return Sheet(
        lead=f"{len(rows)} {'thing' if one else 'things'} out of the ordinary.",
        basis="Cash basis: each act on the local day on which it was done.",
        tables=(_by_kind(rows), shown),
        ties=_ties(found, booked),
        notes=("The ledger knows refunds, late tips and drawers; it is compared with all people and kinds.",),
        picks=(
            Pick(people.name, people.label, people.options, person),
            Pick(kinds.name, kinds.label, kinds.options, kind),
        ),
    )


router = report_router(Report("/reports/exceptions", "Exceptions", build, keeps=("person", "kind")))
