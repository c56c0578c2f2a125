"""Taking cash and giving it back: change, the ledger at once, and the ticket that settles by itself."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import undo_check_in
from spa_pos.booking.rules import Status
from spa_pos.checkout.actions import Taken, take_cash, undo_tender
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.money import Cents
from tests.builders import (
    asked_for_card,
    checked_in,
    open_sale,
    paid_by_card,
    sale_of,
    ticket_of,
    visit_of,
)
from tests.cast import Spa


async def cash(spa: Spa, ticket_id: UUID, given_cents: int | None, **wish: Any) -> Taken:
    """Take cash on a ticket as it stands."""
    asked = {"tender_id": uuid4(), "version": (await sale_of(spa, ticket_id)).head.version} | wish
    given = None if given_cents is None else Cents(given_cents)
    return await take_cash(spa.maya, ticket_id=ticket_id, given_cents=given, now=spa.clock.now, **asked)


async def undo(spa: Spa, ticket_id: UUID, tender_id: UUID, **wish: Any) -> None:
    """Give cash back on a ticket as it stands."""
    asked = {"version": (await sale_of(spa, ticket_id)).head.version} | wish
    await undo_tender(spa.maya, ticket_id=ticket_id, tender_id=tender_id, now=spa.clock.now, **asked)


async def balances() -> dict[str, int]:
    """What every account holds that holds something."""
    rows = await fetch(
        "SELECT account, sum(amount_cents)::bigint AS held FROM posting GROUP BY account"
        " HAVING sum(amount_cents) <> 0"
    )
    return {row["account"]: row["held"] for row in rows}


async def test_enough_cash_gives_change_settles_the_ticket_and_ends_the_visit(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    ticket_id = await ticket_of(spa, appointment_id)
    assert await cash(spa, ticket_id, 15_000) == Taken(Cents(2_025), Cents(0), True)
    sale = await sale_of(spa, ticket_id)
    assert (sale.head.status, sale.head.settled_by, sale.head.total_cents) == (
        "settled",
        "Maya Lindqvist",
        12_975,
    )
    assert (sale.tenders[0].amount_cents, sale.tenders[0].change_cents) == (12_975, 2_025)
    assert (await visit_of(spa, appointment_id)).status is Status.DONE
    assert await balances() == {
        "1000-cash": 12_975,
        "2200-sales-tax:mn": -825,
        "2200-sales-tax:rochester": -90,
        "2200-sales-tax:olmsted": -60,
        "4000-sales": -12_000,
    }


async def test_some_cash_is_in_the_books_at_once_as_a_debt_to_the_guest(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    assert await cash(spa, ticket_id, 5_000) == Taken(Cents(0), Cents(7_975), False)
    assert await balances() == {"1000-cash": 5_000, "2300-tendered": -5_000}
    assert (await sale_of(spa, ticket_id)).head.status == "open"
    assert await cash(spa, ticket_id, 8_000) == Taken(Cents(25), Cents(0), True)


async def test_no_amount_means_exactly_what_is_due(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    assert await cash(spa, ticket_id, None) == Taken(Cents(0), Cents(0), True)
    assert (await sale_of(spa, ticket_id)).tenders[0].given_cents == 12_975


@pytest.mark.parametrize(
    ("given", "code"), [(0, "cash-nothing"), (-1, "cash-nothing"), (12_975 + 50_001, "cash-too-much")]
)
async def test_amounts_that_cannot_be_meant_are_refused(spa: Spa, given: int, code: str) -> None:
    ticket_id = await open_sale(spa)
    with pytest.raises(Invalid, match=code):
        await cash(spa, ticket_id, given)
    assert await balances() == {}


async def test_change_of_five_hundred_dollars_is_still_given(spa: Spa) -> None:
    assert (await cash(spa, await open_sale(spa), 12_975 + 50_000)).change_cents == 50_000


async def test_a_paid_ticket_takes_no_more(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    await cash(spa, ticket_id, 12_975)
    with pytest.raises(Conflict, match="ticket-already-closed"):
        await cash(spa, ticket_id, 100)
    assert await fetch_value("SELECT count(*) FROM tender") == 1


async def test_an_older_ticket_an_unknown_one_and_a_card_in_progress_are_told(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    with pytest.raises(Conflict, match="ticket-changed"):
        await cash(spa, ticket_id, 100, version=2)
    with pytest.raises(NotFound, match="ticket-unknown"):
        await cash(spa, uuid4(), 100, version=1)
    await asked_for_card(spa, ticket_id, 5_000)
    with pytest.raises(Conflict, match="card-already-in-progress"):
        await cash(spa, ticket_id, 100)


async def test_cash_that_would_settle_a_visit_that_is_not_checked_in_any_more_is_not_taken(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    ticket_id = await ticket_of(spa, appointment_id)
    await undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    with pytest.raises(Conflict, match="not-checked-in"):
        await cash(spa, ticket_id, 12_975)
    assert await balances() == {}
    assert (await sale_of(spa, ticket_id)).tenders == ()


async def test_a_tender_with_an_id_that_is_taken_is_a_refusal(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    tender_id = uuid4()
    await cash(spa, ticket_id, 100, tender_id=tender_id)
    for taken in (tender_id, ticket_id):
        with pytest.raises(Conflict, match="id-taken"):
            await cash(spa, ticket_id, None, tender_id=taken)


async def test_cash_given_back_is_reversed_not_erased(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    tender_id = uuid4()
    await cash(spa, ticket_id, 5_000, tender_id=tender_id)
    await undo(spa, ticket_id, tender_id)
    assert await balances() == {}
    entries = await fetch("SELECT id, kind, reverses FROM entry ORDER BY made_at, kind")
    assert [(row["kind"], row["reverses"]) for row in entries] == [
        ("cash-tendered", None),
        ("cash-tendered-reversed", tender_id),
    ]
    sale = await sale_of(spa, ticket_id)
    assert (sale.tenders, sale.sums.remaining_cents) == ((), 12_975)
    assert await fetch_value("SELECT status FROM tender") == "undone"


async def test_cash_is_given_back_once(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    tender_id = uuid4()
    await cash(spa, ticket_id, 5_000, tender_id=tender_id)
    with pytest.raises(Conflict, match="ticket-changed"):
        await undo(spa, ticket_id, tender_id, version=1)
    await undo(spa, ticket_id, tender_id)
    with pytest.raises(NotFound, match="tender-unknown"):
        await undo(spa, ticket_id, tender_id)
    with pytest.raises(NotFound, match="tender-unknown"):
        await undo(spa, ticket_id, uuid4())
    assert await balances() == {}


async def test_a_card_is_not_given_back_here_and_a_settled_ticket_not_at_all(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    await paid_by_card(spa, ticket_id, 5_000)
    card = (await sale_of(spa, ticket_id)).tenders[0].id
    with pytest.raises(Conflict, match="card-not-undone"):
        await undo(spa, ticket_id, card)
    tender_id = uuid4()
    await cash(spa, ticket_id, None, tender_id=tender_id)
    with pytest.raises(Conflict, match="ticket-already-closed"):
        await undo(spa, ticket_id, tender_id)
