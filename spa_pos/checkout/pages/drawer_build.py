"""Turning drawers into what their screens show."""

from collections.abc import Mapping, Sequence
from datetime import date

from spa_pos.checkout.pages.drawer_views import (
    Difference,
    DrawerPage,
    DrawerRow,
    DrawersPage,
    LogRow,
    PiecesRow,
    SlipPage,
    SlipRow,
)
from spa_pos.checkout.queries.drawers import hanging_on
from spa_pos.drawers.queries import (
    CashRow,
    Counted,
    DrawerHead,
    cash_rows,
    drawer_terms,
    drawers,
    last_count,
)
from spa_pos.drawers.rules import CATEGORIES, DENOMINATIONS, Closing, Move, difference_words
from spa_pos.kernel.money import Cents
from spa_pos.ledger.queries import Place

SUMS = (
    ("Cash sales", ("cash-tendered", "cash-tendered-reversed", "late-tip-cash")),
    ("Refunds and voids", ("ticket-refunded", "ticket-voided")),
    ("Paid in", ("drawer-paid-in",)),
    ("Paid out", ("drawer-paid-out",)),
    ("Dropped to the safe", ("drawer-drop",)),
)
"""What a slip adds up, and the kinds of entries in it; the opening float stands apart."""

LOG_WORDS = {
    "cash-tendered": "Cash",
    "cash-tendered-reversed": "Cash handed back",
    "late-tip-cash": "Late tip",
    "ticket-refunded": "Refund",
    "ticket-voided": "Void",
    "drawer-opened": "Opened",
    "drawer-paid-in": "Paid in",
    "drawer-paid-out": "Paid out",
    "drawer-drop": "Drop to the safe",
    "drawer-closed": "Closed",
    "no_sale": "No sale",
}
BLIND = {"drawer-paid-in", "drawer-paid-out", "drawer-drop", "no_sale"}
"""What the log shows before the count: it tells nobody what should be there."""


def plain(cents: int) -> str:
    """An amount as it is typed: `200.00`."""
    return f"{cents // 100}.{cents % 100:02d}"


def piece_word(cents: int) -> str:
    """`$20` or `25 ¢`."""
    return f"${cents // 100}" if cents >= 100 else f"{cents} ¢"


def _pieces(numbers: Mapping[str, str]) -> tuple[PiecesRow, ...]:
    return tuple(
        PiecesRow(f"n{one}", piece_word(one), one, numbers.get(f"n{one}", "")) for one in DENOMINATIONS
    )


def _counted_pieces(found: Counted | None) -> dict[str, str]:
    return {f"n{cents}": str(number) for cents, number in found.pieces.items()} if found else {}


async def drawer_page(
    where: Place, head: DrawerHead, *, typed: Mapping[str, str] | None = None
) -> DrawerPage:
    """A drawer that is not closed; `typed` are the fields of a count that was refused."""
    found, terms = await last_count(head.id), await drawer_terms(where.id)
    rows = (await cash_rows([head.id])).get(head.id, [])
    if found is not None and _moved_since(rows, found):
        found = None
    opened = head.opened_at.astimezone(where.zone)
    return DrawerPage(
        id=head.id,
        title=f"Drawer of {head.device_name}",
        sentence=f"Opened by {head.opened_by}, {opened:%A, %B %-d} at {opened:%-I:%M %p},"
        f" with a float of ${plain(head.float_cents)}.",
        pieces=_pieces(typed if typed is not None else _counted_pieces(found)),
        hanging=tuple(await hanging_on(head.id)),
        log=_log([row for row in rows if row.kind in BLIND], where),
        paid_in=_choices(Move.PAID_IN),
        paid_out=_choices(Move.PAID_OUT),
        in_use=head.status == "open",
        difference=_difference(found, head, terms.note_from_cents) if found and typed is None else None,
    )


def _moved_since(rows: Sequence[CashRow], found: Counted) -> bool:
    return sum(row.amount_cents for row in rows) != found.expected_cents


def _difference(found: Counted, head: DrawerHead, note_from: int) -> Difference:
    closing = found.closing(head.float_cents)
    over = closing.over_cents
    return Difference(
        found.id,
        closing.expected_cents,
        closing.counted_cents,
        over,
        difference_words(over),
        closing.kept_cents,
        closing.bank_cents,
        bool(over) and abs(over) >= note_from,
    )


def _choices(move: Move) -> tuple[tuple[str, str], ...]:
    return tuple((one.code, one.name) for one in CATEGORIES if one.move is move)


def _log(rows: Sequence[CashRow], where: Place) -> tuple[LogRow, ...]:
    names = {one.code: one.name for one in CATEGORIES}
    found = []
    for row in rows:
        ticket = f"Ticket {row.ticket_number}" if row.ticket_number else ""
        what = ", ".join(word for word in (ticket, names.get(row.category, ""), row.note) if word)
        found.append(
            LogRow(
                row.made_at.astimezone(where.zone),
                LOG_WORDS.get(row.kind, row.kind),
                what,
                row.made_by,
                None if row.kind == "no_sale" else row.amount_cents,
                f"/tickets/{row.subject}/receipt" if row.ticket_number else None,
            )
        )
    return tuple(found)


async def slip_page(where: Place, head: DrawerHead, *, with_log: bool) -> SlipPage:
    """A closed drawer as it is printed."""
    rows = (await cash_rows([head.id])).get(head.id, [])
    found = await last_count(head.id)
    closing = Closing(head.expected_cents or Cents(0), head.counted_cents or Cents(0), head.float_cents)
    opened = head.opened_at.astimezone(where.zone)
    lines = [f"{head.device_name}, {head.business_date:%A, %B %-d, %Y}"]
    lines.append(f"Opened {opened:%-I:%M %p} by {head.opened_by}")
    if head.closed_at is not None:
        closed = head.closed_at.astimezone(where.zone)
        seen = f", seen by {head.approved_by}" if head.approved_by else ""
        lines.append(f"Closed {closed:%b %-d}, {closed:%-I:%M %p} by {head.closed_by}{seen}")
    sums = [SlipRow("Float", head.float_cents)]
    sums += [
        SlipRow(word, sum(row.amount_cents for row in rows if row.kind in kinds)) for word, kinds in SUMS
    ]
    unsold = sum(row.kind == "no_sale" for row in rows)
    if unsold:
        lines.append(
            f"Opened without a sale: {unsold} times" if unsold > 1 else "Opened without a sale: once"
        )
    return SlipPage(
        title=f"Drawer of {head.device_name}, {head.business_date:%B %-d}",
        place_name=where.name,
        lines=tuple(lines),
        rows=tuple(row for row in sums if row.cents or row.word in ("Float", "Cash sales")),
        expected_cents=closing.expected_cents,
        counted_cents=closing.counted_cents,
        over_cents=closing.over_cents,
        word=difference_words(closing.over_cents),
        kept_cents=closing.kept_cents,
        bank_cents=closing.bank_cents,
        note=head.note,
        pieces=tuple(one for one in _pieces(_counted_pieces(found)) if one.number),
        log=_log(rows, where) if with_log else (),
        sample_notice=where.sample_notice,
    )


async def drawers_page(where: Place, *, today: date) -> DrawersPage:
    """All drawers of a location, with those first that nobody has counted."""
    terms = await drawer_terms(where.id)
    heads = await drawers(where.id)
    waiting = [one for one in await drawers(where.id, unclosed=True) if not one.is_closed]
    rows = [*waiting, *(one for one in heads if one.is_closed)]
    return DrawersPage(
        rows=tuple(_row(one, where, today) for one in rows),
        float_text=plain(terms.float_cents),
        note_from_text=plain(terms.note_from_cents),
        pin_from_text=plain(terms.pin_from_cents),
    )


def _row(head: DrawerHead, where: Place, today: date) -> DrawerRow:
    late = not head.is_closed and head.business_date < today
    opened = head.opened_at.astimezone(where.zone)
    return DrawerRow(
        f"/drawers/{head.id}",
        head.business_date,
        head.device_name,
        f"Closed by {head.closed_by}"
        if head.is_closed
        else f"Opened by {head.opened_by}, {opened:%-I:%M %p}",
        "closed" if head.is_closed else "not counted" if late else "in use",
        head.over_cents if head.is_closed else None,
        head.bank_cents,
        late,
    )
