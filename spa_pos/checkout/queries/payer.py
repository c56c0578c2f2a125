"""Who pays a ticket: what of theirs paid already, and who else could."""

from uuid import UUID

from spa_pos.checkout.queries.tickets import TicketView
from spa_pos.db import fetch

_THEIRS = ("credit", "deposit", "payroll", "card_on_file")


async def bound_tender(sale: TicketView) -> str | None:
    """What the payer of a ticket alone can pay with, and did; None when nothing of it is there."""
    packages = [one.stored_value_id for one in sale.tenders if one.kind == "package"]
    rows = await fetch(
        "SELECT id FROM holding WHERE id = ANY($1) AND guest = $2", packages, sale.head.guest_id
    )
    visitors = {one.visitor_id for one in sale.lines}
    theirs = {row["id"] for row in rows} if sale.head.guest_id not in visitors else set()
    for one in sale.tenders:
        if one.kind in _THEIRS or one.stored_value_id in theirs:
            return one.word
    return None


async def other_visitors(sale: TicketView) -> list[tuple[UUID, str]]:
    """The guests whose visits are on a ticket and who do not pay for it, by name."""
    others = {one.visitor_id for one in sale.lines if one.visitor_id} - {sale.head.guest_id}
    rows = await fetch(
        "SELECT id, given_name || ' ' || family_name AS name FROM guest WHERE id = ANY($1) ORDER BY name",
        list(others),
    )
    return [(row["id"], row["name"]) for row in rows]
