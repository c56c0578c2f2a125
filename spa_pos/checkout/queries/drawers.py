"""What of the register still hangs on a cash drawer."""

from dataclasses import dataclass
from uuid import UUID

from spa_pos.db import fetch


@dataclass(frozen=True, slots=True)
class Hanging:
    """A sale or a refund that is not finished at a drawer's device; `href` leads to it."""

    href: str
    words: str


async def hanging_on(drawer_id: UUID) -> list[Hanging]:
    """Open tickets with cash of a drawer, or worked on last at its device while it is in use; open refunds.

    A parked ticket without cash waits for anybody and keeps no drawer open.
    """
    rows = await fetch(
        "SELECT t.id, t.number, coalesce(g.given_name || ' ' || g.family_name, '') AS guest FROM drawer d"
        " JOIN ticket t ON t.location = d.location AND t.status = 'open' LEFT JOIN guest g ON g.id = t.guest"
        " WHERE d.id = $1 AND (EXISTS (SELECT 1 FROM tender x JOIN drawer_entry e ON e.entry = x.id"
        "   WHERE x.ticket = t.id AND x.status = 'taken' AND e.drawer = d.id)"
        "  OR (d.status = 'open' AND t.parked_as IS NULL AND d.device = (SELECT a.device FROM audit_event a"
        "   WHERE a.subject = t.id AND a.subject_kind = 'ticket' ORDER BY a.id DESC LIMIT 1)))"
        " ORDER BY t.number",
        drawer_id,
    )
    found = [
        Hanging(f"/tickets/{row['id']}", f"Ticket {row['number']} {row['guest']}".strip()) for row in rows
    ]
    rows = await fetch(
        "SELECT id, number FROM refund WHERE drawer = $1 AND status = 'open' ORDER BY number", drawer_id
    )
    return found + [Hanging(f"/refunds/{row['id']}", f"Refund {row['number']}") for row in rows]
