"""What people do while the program dies: each journey has what was before, and what may be cut off."""

import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID, uuid4

from spa_pos.db import fetch, fetch_value
from spa_pos.drawers.queries import drawer_at, expected_in
from spa_pos.seed.drawers import pieces_of
from tests.kills.person import Person, expect

WISH = {
    "amount": "$50.00",
    "recipient": "Per Halvorsen",
    "email": "per@example.org",
    "message": "Rest well",
    "giver": "Ingrid Halvorsen",
    "buyer_email": "ingrid@example.org",
}


@dataclass(frozen=True)
class Journey:
    """`begin` is undisturbed; its answer is what `play` goes on with, until the program dies.

    `ends` counts what the books have of it: one more once it came to its end, however it got there.
    """

    name: str
    begin: Callable[[Person], Awaitable[Any]]
    play: Callable[[Person, Any], Coroutine[Any, Any, object]]
    ends: str

    async def ended(self) -> int:
        """How often it came to its end so far."""
        return int(await fetch_value(f"SELECT count(*) FROM {self.ends}"))


async def nothing_before(_maya: Person) -> None:
    """It begins with nothing."""


async def _new_ticket(maya: Person) -> str:
    await maya.open("/tickets")
    page = await maya.send("/tickets")
    expect(page, "/tickets/")
    return page.path.partition("?")[0]


async def _product(maya: Person, ticket: str) -> None:
    product = await fetch_value("SELECT id FROM product WHERE name = 'Daily moisturizer'")
    version = maya.page.form("/tenders")["version"] if "/tenders" in maya.page.text else 1
    await maya.post_new(f"{ticket}/lines", id=uuid4(), product=product, version=version)


async def _by_reader(maya: Person, ticket: str) -> None:
    await maya.open(f"{ticket}?with=card")
    await maya.send("/card-attempts")
    expect(await maya.send("/simulation", card="approved"), "/done")


async def sell_by_reader(maya: Person, _before: object) -> None:
    """Something from the shelf, paid by a card on the reader."""
    ticket = await _new_ticket(maya)
    await _product(maya, ticket)
    await _by_reader(maya, ticket)


async def sell_for_cash(maya: Person, _before: object = None) -> str:
    """Something from the shelf, paid in cash."""
    if not await _has_drawer(maya):
        await maya.open("/drawer")
        await maya.send("/drawers", float="100")
    ticket = await _new_ticket(maya)
    await _product(maya, ticket)
    await maya.open(ticket)
    expect(await maya.send("/tenders"), "/done")
    return ticket


async def _has_drawer(maya: Person) -> bool:
    return (await _drawer(maya)) is not None


async def _drawer(maya: Person) -> UUID | None:
    device = await fetch_value("SELECT id FROM device WHERE name = 'Desk that dies'")
    found = await drawer_at(device)
    return found.id if found else None


async def a_visit_with_a_kept_card(_maya: Person) -> UUID:
    """The next guest who is here and has a card on file."""
    found: UUID = await fetch_value(
        "SELECT a.id FROM appointment a JOIN stored_card c ON c.guest = a.guest WHERE a.status = 'checked_in'"
        " AND NOT EXISTS (SELECT 1 FROM ticket_line l WHERE l.appointment = a.id AND l.status = 'live')"
        " ORDER BY a.starts_at LIMIT 1"
    )
    return found


async def check_out_on_file(maya: Person, visit: UUID) -> None:
    """A visit, paid by the card the guest lets us keep."""
    await maya.open("/tickets")
    page = await maya.post_new("/tickets", id=uuid4(), appointment=visit)
    await maya.open(f"{page.path}?with=on_file")
    card = await fetch_value(
        "SELECT c.id FROM stored_card c JOIN appointment a ON a.guest = c.guest WHERE a.id = $1"
        " AND c.removed_at IS NULL LIMIT 1",
        visit,
    )
    expect(await maya.send("/kept-card-attempts", card=card), "/done")


async def sell_gift_card(maya: Person, _before: object) -> None:
    """A gift card at the desk, paid by a card on the reader."""
    ticket = await _new_ticket(maya)
    await maya.open(f"{ticket}?step=add")
    expect(await maya.send("/card-lines", amount="50.00"), "/tickets/", "Gift card")
    await _by_reader(maya, ticket)


async def give_online(maya: Person, _before: object) -> None:
    """A gift card that a guest buys on a telephone."""
    guest = maya.telephone()
    await guest.open("/give")
    page = await guest.send("/give", **WISH)
    expect(await guest.send(f"{page.path}/sample", token="pm_card_visa"), "/give/", "paid")


async def _paid_by_reader(maya: Person) -> str:
    ticket = await _new_ticket(maya)
    await _product(maya, ticket)
    await _by_reader(maya, ticket)
    return ticket


async def give_back(maya: Person, ticket: str) -> None:
    """All of a ticket goes back, the way it was paid."""
    page = await maya.open(f"{ticket}/refund")
    for words in ("Everything", "The way it was paid"):
        link = re.search(rf'href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?(?:<span>)?{words}', page.text)
        assert link, page.words
        page = await maya.open(unescape(link[1]))
    expect(await maya.send("/refunds", reason="Goodwill"), "/refunds/", "given back")


async def _sold_for_cash(maya: Person) -> str:
    return await sell_for_cash(maya)


async def close_drawer(maya: Person, _ticket: str) -> None:
    """Count what is in the drawer, and close it."""
    drawer = await _drawer(maya)
    assert drawer is not None
    cents = await expected_in(drawer)
    pieces = {f"n{one}": number or "" for one, number in pieces_of(cents).items()}
    await maya.open(f"/drawers/{drawer}")
    await maya.send("/count", **pieces)
    expect(await maya.send("/close", note="Counted twice"), f"/drawers/{drawer}")


CARD_SALES = "tender d JOIN ticket t ON t.id = d.ticket WHERE t.status = 'settled' AND d.kind = "
REFUNDS = "refund_part p JOIN refund r ON r.id = p.refund WHERE r.status = 'done' AND p.kind = "

JOURNEYS = (
    Journey("card on the reader", nothing_before, sell_by_reader, f"{CARD_SALES} 'card'"),
    Journey("card on file", a_visit_with_a_kept_card, check_out_on_file, f"{CARD_SALES} 'card_on_file'"),
    Journey("gift card at the desk", nothing_before, sell_gift_card, f"{CARD_SALES} 'card'"),
    Journey("gift card online", nothing_before, give_online, "gift_order WHERE paid_at IS NOT NULL"),
    Journey("refund to a card", _paid_by_reader, give_back, f"{REFUNDS} 'card'"),
    Journey("refund in cash", _sold_for_cash, give_back, f"{REFUNDS} 'cash'"),
    Journey("drawer close", _sold_for_cash, close_drawer, "entry WHERE kind = 'drawer-closed'"),
)


async def void_the_unfinished(maya: Person) -> None:
    """Tickets that nobody went on with are voided, as the desk does before it goes home."""
    for row in await fetch("SELECT id FROM ticket WHERE status = 'open' ORDER BY number"):
        page = await maya.open(f"/tickets/{row['id']}")
        expect(page, str(row["id"]))
        version = page.form("/void")["version"]
        expect(await maya.post_new(f"/tickets/{row['id']}/void", version=version, reason="Left"), "/board")
