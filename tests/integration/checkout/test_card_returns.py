"""A card payment on an open ticket goes back to its card, once, and the ticket waits for it."""

from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import (
    begin_card_return,
    record_card_return,
    settle_ticket,
    take_cash,
    undo_tender,
    void_ticket,
)
from spa_pos.checkout.queries import due_card_returns
from spa_pos.db import fetch_value
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.payments.rules import GivenBack, NotGivenBack, RefundOutcome, Unknown
from spa_pos.verify import verify
from tests.builders import paid_by_card
from tests.cast import Spa
from tests.races import race
from tests.sale import Sale, balance

PART = 5_000


async def all_is_well() -> None:
    assert [(verdict.name, verdict.problems) for verdict in await verify() if verdict.problems] == []


async def half_paid(spa: Spa) -> tuple[Sale, UUID]:
    """An open ticket of which a card paid $50.00."""
    sale = await Sale.open(spa)
    await paid_by_card(spa, sale.ticket_id, PART)
    (tender,) = (await sale.now()).tenders
    return sale, tender.id


async def told(spa: Spa, return_id: UUID, outcome: RefundOutcome) -> None:
    await record_card_return(spa.maya, return_id=return_id, outcome=outcome, now=spa.clock.now)


async def test_a_card_is_undone_once_its_money_is_back_and_the_ticket_is_free(spa: Spa) -> None:
    sale, tender_id = await half_paid(spa)
    return_id = await sale(begin_card_return, tender_id=tender_id, return_id=uuid4())
    assert await balance("1100-card-clearing") == PART
    for outcome, status in (
        (Unknown("no answer"), "unknown"),
        (GivenBack("re_1", settled=False), "pending"),
        (Unknown("no answer"), "pending"),
        (GivenBack("re_1", settled=True), "done"),
        (NotGivenBack("Too late."), "done"),
    ):
        await told(spa, return_id, outcome)
        assert await fetch_value("SELECT status FROM card_return") == status
        await all_is_well()
    assert (await balance("1100-card-clearing"), await balance("2300-tendered")) == (0, 0)
    assert ((await sale.now()).tenders, await sale.remaining()) == ((), 12_975)
    await sale(void_ticket, reason="Left")
    await all_is_well()


async def test_while_it_is_on_its_way_nothing_else_happens_to_the_ticket(spa: Spa) -> None:
    sale, tender_id = await half_paid(spa)
    return_id = await sale(begin_card_return, tender_id=tender_id, return_id=uuid4())
    assert await sale(begin_card_return, tender_id=tender_id, return_id=uuid4(), version=1) == return_id
    for verb, asked in (
        (take_cash, {"tender_id": uuid4(), "given_cents": None}),
        (void_ticket, {"reason": "Left"}),
    ):
        with pytest.raises(Conflict) as refusal:
            await sale(verb, **asked)
        assert refusal.value.code == "card-on-its-way-back"
    spa.clock.forward(minutes=3)
    assert await due_card_returns(spa.clock.now, 10) == [return_id]
    await told(spa, return_id, NotGivenBack("The bank sent it back."))
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert await fetch_value("SELECT status FROM ticket") == "settled"
    await all_is_well()


async def test_what_is_no_card_or_no_open_ticket_is_refused(spa: Spa) -> None:
    sale, card_id = await half_paid(spa)
    cash_id = uuid4()
    await sale(take_cash, tender_id=cash_id, given_cents=1_000)
    for tender_id, code, kind in (
        (cash_id, "tender-not-card", Conflict),
        (uuid4(), "tender-unknown", NotFound),
    ):
        with pytest.raises(kind) as refusal:
            await sale(begin_card_return, tender_id=tender_id, return_id=uuid4())
        assert refusal.value.code == code
    with pytest.raises(Conflict) as refusal:
        await sale(undo_tender, tender_id=card_id)
    assert refusal.value.code == "card-not-undone"
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    with pytest.raises(Conflict) as refusal:
        await sale(begin_card_return, tender_id=card_id, return_id=uuid4())
    assert refusal.value.code == "ticket-already-closed"
    assert await fetch_value("SELECT count(*) FROM card_return") == 0


async def test_of_thirty_that_undo_one_card_it_goes_back_once_and_never_settles_meanwhile(spa: Spa) -> None:
    sale, tender_id = await half_paid(spa)
    version = (await sale.now()).head.version
    asked = [
        sale(begin_card_return, tender_id=tender_id, return_id=uuid4(), version=version) for _ in range(30)
    ]
    cash = [sale(take_cash, tender_id=uuid4(), given_cents=None, version=version) for _ in range(5)]
    outcome = await race([*asked, *cash])
    returns = await fetch_value("SELECT count(*) FROM card_return")
    settled = await fetch_value("SELECT status FROM ticket") == "settled"
    assert (returns, settled) in ((1, False), (0, True)), outcome.codes
    if returns:
        with pytest.raises(Conflict):
            await settle_ticket(spa.maya, ticket_id=sale.ticket_id, now=spa.clock.now)
    await all_is_well()
