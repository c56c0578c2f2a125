"""What the refund page shows: what an address chose, the lines and pieces to choose from, and the effects."""

from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from spa_pos.checkout.pages.refund_views import Effect, Option, RefundLineRow, Way
from spa_pos.checkout.queries import Sold, TicketView
from spa_pos.checkout.rules import Chosen, RefundPlan, SoldLine
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents

WAYS = {
    "original": "The way it was paid",
    "credit": "Guest credit",
    "gift_card": "New gift card",
    "exchange": "Exchange",
}

DAMAGED = "x"


def chosen_from(text: str, tip: int = 0, to: str = "") -> Chosen:
    """What an address chose: `id:cents,id:cents:pieces`, with `:x` behind pieces that cannot be sold again.

    Raises:
        Invalid: `refund-unreadable`.
    """
    lines: dict[UUID, Cents] = {}
    pieces: dict[UUID, int] = {}
    damaged: set[UUID] = set()
    try:
        for one in filter(None, text.split(",")):
            which, cents, *more = one.split(":")
            lines[UUID(which)] = Cents(int(cents))
            if more:
                pieces[UUID(which)] = int(more[0])
            if more[1:] == [DAMAGED]:
                damaged.add(UUID(which))
    except ValueError:
        raise Invalid("refund-unreadable", "That link cannot be read. Choose the lines again.") from None
    return Chosen(lines, Cents(tip), to, pieces, frozenset(damaged))


def lines_text(chosen: Chosen) -> str:
    """Lines, amounts and pieces as an address carries them."""
    return ",".join(
        ":".join(
            [
                f"{line_id}:{cents}",
                *([str(chosen.pieces[line_id])] if line_id in chosen.pieces else []),
                *([DAMAGED] if line_id in chosen.damaged and line_id in chosen.pieces else []),
            ]
        )
        for line_id, cents in chosen.lines.items()
        if cents
    )


def refund_href(ticket_id: UUID, chosen: Chosen) -> str:
    """The refund page with something chosen."""
    query = {"lines": lines_text(chosen), "tip": str(chosen.tip_cents or ""), "to": chosen.to}
    kept = {name: value for name, value in query.items() if value}
    return f"/tickets/{ticket_id}/refund" + (f"?{urlencode(kept)}" if kept else "")


def ways_of(sale: TicketView, chosen: Chosen) -> tuple[Way, ...]:
    """How the money can go back."""
    return tuple(
        Way(words, refund_href(sale.head.id, replace(chosen, to=to)), to == chosen.to)
        for to, words in WAYS.items()
        if to != "credit" or sale.head.guest_id is not None
    )


def line_rows(sale: TicketView, found: Sold, chosen: Chosen) -> tuple[RefundLineRow, ...]:
    """The lines of the ticket, with what is chosen of each."""
    details = {line.id: line.detail for line in sale.lines}
    rows = []
    for line in found.lines:
        back = chosen.lines.get(line.id, Cents(0))
        toggled = {**chosen.lines, line.id: Cents(0) if back else line.left_cents}
        pieces = {key: count for key, count in chosen.pieces.items() if key != line.id}
        if not back and line.pieces_left:
            pieces[line.id] = line.pieces_left
        href = refund_href(sale.head.id, replace(chosen, lines=toggled, pieces=pieces))
        rows.append(
            RefundLineRow(
                line.id,
                line.description,
                details[line.id],
                line.net_cents,
                line.left_cents,
                back,
                href,
                why_not(line),
                _pieces(sale, line, chosen) if back else (),
                _shelf(sale, line, chosen) if back else None,
            )
        )
    return tuple(rows)


def _pieces(sale: TicketView, line: SoldLine, chosen: Chosen) -> tuple[Option, ...]:
    """None of a product comes back, or so many pieces for what they cost."""
    options = []
    for count in range(line.pieces_left + 1) if line.pieces_left else ():
        back = line.cents_of(count) if count else chosen.lines[line.id]
        lines, pieces = {**chosen.lines, line.id: back}, {**chosen.pieces, line.id: count}
        words = f"{count} back" if count else "Guest keeps it"
        href = refund_href(sale.head.id, replace(chosen, lines=lines, pieces=pieces))
        options.append(Option(words, href, chosen.pieces.get(line.id) == count))
    return tuple(options)


def _shelf(sale: TicketView, line: SoldLine, chosen: Chosen) -> Option | None:
    if not chosen.pieces.get(line.id):
        return None
    href = refund_href(sale.head.id, replace(chosen, damaged=chosen.damaged ^ {line.id}))
    return Option("Can be sold again", href, line.id not in chosen.damaged)


def nothing_left(found: Sold) -> str:
    """Why nothing of a ticket can go back."""
    if any(line.refunded_cents for line in found.lines):
        return "All of this ticket was given back that can be."
    return "Nothing of this ticket can go back: what it sold was used, or cost nothing."


def why_not(line: SoldLine) -> str | None:
    """Why a line cannot be chosen; None when it can."""
    if line.value_left_cents == 0 and line.refunded_cents < line.net_cents:
        return "All of it was used"
    if line.left_cents == 0:
        return "Given back already" if line.net_cents else "Nothing was paid for it"
    return None


def effects_of(plan: RefundPlan) -> tuple[Effect, ...]:
    """What confirming does, before it is confirmed."""
    effects = [
        Effect(
            f"Sales: {line.line.description}"
            if line.line.is_sale
            else f"Taken off it: {line.line.description}",
            line.net_cents,
        )
        for line in plan.lines
    ]
    if plan.tax_cents:
        effects.append(Effect("Sales tax", plan.tax_cents))
    if plan.tip_cents:
        effects.append(Effect("Tips, from those who have them", plan.tip_cents))
    effects += [
        Effect(
            f"Stock: {line.pieces} × {line.line.description}"
            + (" on the shelf again" if line.sellable else " written off, damaged"),
            None,
        )
        for line in plan.lines
        if line.pieces
    ]
    return (*effects, *(Effect(f"Back: {part.word}", -part.amount_cents) for part in plan.parts))
