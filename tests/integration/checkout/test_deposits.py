"""Cards and deposits asked for at booking: the rules, what a visit was asked, sold, used by itself."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from spa_pos.booking.actions import cancel_appointment, check_in
from spa_pos.booking.queries.cards import card_standing
from spa_pos.checkout.actions import add_deposit, add_fee, open_ticket, take_cash, undo_tender
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import end_card_term, set_card_term
from spa_pos.payments.queries import card_term_versions, card_terms
from spa_pos.payments.rules import Asks
from spa_pos.verify import verify
from tests.builders import booked, sale_of, visit_of
from tests.cast import Spa
from tests.sale import balance, renata


@pytest_asyncio.fixture
async def house(spa: Spa) -> AsyncIterator[Spa]:
    """Afterwards every invariant holds."""
    yield spa
    assert {one.name: one.problems for one in await verify() if one.problems} == {}


async def rule(spa: Spa, asks: Asks = Asks.DEPOSIT, **wish: Any) -> UUID:
    """A rule for everybody, a quarter of the price unless wished otherwise."""
    term_id: UUID = wish.pop("term_id", uuid4())
    values: dict[str, Any] = {
        "term_id": term_id,
        "service_id": None,
        "group": None,
        "new_guests": False,
        "asks": asks,
        "rate_ppm": 250_000 if asks is Asks.DEPOSIT else None,
        "amount_cents": None,
        "from_cents": Cents(0),
        "place_name": "Rejuvenate Spa",
        "now": spa.clock.now,
    }
    await set_card_term(await renata(spa), **(values | wish))
    return term_id


async def deposit_ticket(spa: Spa, appointment_id: UUID) -> UUID:
    """The ticket of a deposit, open."""
    return await add_deposit(
        spa.maya,
        ticket_id=uuid4(),
        line_id=uuid4(),
        deposit_id=uuid4(),
        appointment_id=appointment_id,
        now=spa.clock.now,
    )


async def paid(spa: Spa, ticket_id: UUID) -> None:
    """What remains, in cash."""
    sale = await sale_of(spa, ticket_id)
    await take_cash(
        spa.maya,
        ticket_id=ticket_id,
        tender_id=uuid4(),
        given_cents=sale.sums.remaining_cents,
        version=sale.head.version,
        now=spa.clock.now,
    )


async def standing(spa: Spa, appointment_id: UUID) -> Any:
    return await card_standing(await visit_of(spa, appointment_id), spa.local(12).date())


async def checkout(spa: Spa, appointment_id: UUID) -> UUID:
    """The ticket of a visit whose guest is here."""
    version = (await visit_of(spa, appointment_id)).version
    await check_in(
        spa.maya, appointment_id=appointment_id, version=version, proof_shown="on_file", now=spa.clock.now
    )
    return await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=appointment_id, now=spa.clock.now)


async def test_without_rules_nothing_is_asked(house: Spa) -> None:
    visit_id = await booked(house)
    assert await standing(house, visit_id) is None
    with pytest.raises(Conflict, match="deposit-not-due"):
        await deposit_ticket(house, visit_id)


async def test_a_deposit_is_sold_owed_and_used_by_itself_at_checkout(house: Spa) -> None:
    await rule(house)
    visit_id = await booked(house)
    asked = await standing(house, visit_id)
    assert (asked.due_cents, asked.deposit_cents, asked.is_met) == (3_000, 0, False)
    ticket_id = await deposit_ticket(house, visit_id)
    assert await deposit_ticket(house, visit_id) == ticket_id, "asked again, it is the same ticket"
    sale = await sale_of(house, ticket_id)
    assert sale.sums.total_cents == 3_000, "a deposit is not taxed"
    await paid(house, ticket_id)
    assert (await standing(house, visit_id)).is_met
    assert await balance("2430-deposits") == -3_000
    sale = await sale_of(house, await checkout(house, visit_id))
    assert [(one.kind, one.amount_cents) for one in sale.tenders] == [("deposit", 3_000)]
    assert sale.sums.remaining_cents == 12_975 - 3_000
    assert await balance("2430-deposits") == 0
    await paid(house, sale.head.id)
    assert await fetch_value("SELECT status FROM appointment WHERE id = $1", visit_id) == "done"


async def test_a_deposit_of_the_whole_price_leaves_the_tax(house: Spa) -> None:
    await rule(house, rate_ppm=1_000_000)
    visit_id = await booked(house)
    await paid(house, await deposit_ticket(house, visit_id))
    sale = await sale_of(house, await checkout(house, visit_id))
    assert [one.amount_cents for one in sale.tenders] == [12_000], "the tax remains"
    assert sale.head.status == "open"


async def test_a_deposit_follows_its_guest_when_the_visit_is_cancelled(house: Spa) -> None:
    await rule(house)
    guest_id = await house.guest()
    first = await booked(house, guest_id, at=house.local(10, days=7))
    await paid(house, await deposit_ticket(house, first))
    second = await booked(house, guest_id, at=house.local(14))
    assert (await standing(house, second)).deposit_cents == 0, "it is taken for the first visit"
    await cancel_appointment(
        house.maya,
        appointment_id=first,
        version=1,
        reason="Clinical appointment ran over",
        now=house.clock.now,
    )
    assert (await standing(house, second)).is_met
    with pytest.raises(Conflict, match="deposit-not-due"):
        await deposit_ticket(house, second)
    sale = await sale_of(house, await checkout(house, second))
    assert [one.kind for one in sale.tenders] == ["deposit"]
    await undo_tender(
        house.maya,
        ticket_id=sale.head.id,
        tender_id=sale.tenders[0].id,
        version=sale.head.version,
        now=house.clock.now,
    )
    again = await open_ticket(house.maya, ticket_id=uuid4(), appointment_id=second, now=house.clock.now)
    assert (await sale_of(house, again)).tenders == (), "what a person took off is not put back"


async def test_the_fee_of_a_late_cancellation_is_paid_by_the_deposit_first(house: Spa) -> None:
    await rule(house)
    visit_id = await booked(house)
    await paid(house, await deposit_ticket(house, visit_id))
    await cancel_appointment(
        house.maya, appointment_id=visit_id, version=1, reason="Plans changed", now=house.clock.now
    )
    fee = (await visit_of(house, visit_id)).fee_cents
    assert fee == 6_000
    ticket_id = await add_fee(
        house.maya, ticket_id=uuid4(), line_id=uuid4(), appointment_id=visit_id, now=house.clock.now
    )
    sale = await sale_of(house, ticket_id)
    assert (sale.tenders[0].amount_cents, sale.sums.remaining_cents) == (3_000, 3_000)


async def test_the_rule_of_the_day_of_booking_counts_whatever_comes_after(house: Spa) -> None:
    term_id = await rule(house, amount_cents=Cents(2_000), rate_ppm=None)
    first = await booked(house)
    await end_card_term(await renata(house), term_id=term_id, now=house.clock.forward(minutes=1))
    second = await booked(house, await house.guest("Solveig Dahl"), at=house.local(14))
    assert (await standing(house, first)).due_cents == 2_000
    assert await standing(house, second) is None
    with pytest.raises(Exception, match="never changed"):
        await fetch("UPDATE card_term SET rate_ppm = 1")
    with pytest.raises(Exception, match="append-only"):
        await fetch("UPDATE card_ask SET due_cents = 1")


async def test_new_guests_alone_are_asked_where_the_rule_says_so(house: Spa) -> None:
    await rule(house, Asks.CARD, new_guests=True)
    guest_id = await house.guest()
    first = await booked(house, guest_id)
    asked = await standing(house, first)
    assert (asked.due_cents, asked.is_met, asked.card_word) == (0, False, None)
    await paid(house, await checkout(house, first))
    assert await standing(house, await booked(house, guest_id, at=house.local(14))) is None


async def test_a_rule_for_the_same_is_replaced_and_versions_are_counted(house: Spa) -> None:
    boss = await renata(house)
    await rule(house)
    with pytest.raises(Conflict, match="rule-same"):
        await rule(house)
    house.clock.forward(minutes=1)
    kept = await rule(house, rate_ppm=500_000)
    await rule(house, Asks.NOTHING, group="employee")
    assert sorted(one.version for one in await card_terms(house.house.location_id)) == [2, 3]
    versions = await card_term_versions(house.house.location_id)
    assert [one.term.version for one in versions if one.ended_at] == [1]
    assert all("Rejuvenate Spa" in one.consent_text for one in versions)
    now = house.clock.now
    for term_id, code in ((uuid4(), "rule-unknown"), (versions[-1].term.id, "rule-ended")):
        with pytest.raises((NotFound, Conflict), match=code):
            await end_card_term(boss, term_id=term_id, now=now)
    with pytest.raises(NotAllowed, match="role-missing"):
        await end_card_term(house.maya, term_id=kept, now=now)
    with pytest.raises(NotFound, match="service-unknown"):
        await rule(house, service_id=uuid4())
    with pytest.raises(NotFound, match="group-unknown"):
        await rule(house, group="nobody")
    with pytest.raises(Invalid, match="deposit-one-way"):
        await rule(house, rate_ppm=None)


async def test_the_desk_hears_what_is_asked_books_and_takes_the_deposit(house: Spa) -> None:
    await rule(house)
    guest_id = await house.guest()
    kiosk = await house.kiosk()
    service, ana = await house.service_id("swedish-60"), await house.staff_id("Ana Okafor")
    page = await kiosk.open(
        f"/appointments/new?guest={guest_id}&service={service}&provider={ana}&date=2026-11-24&at=10:00"
    )
    assert "A deposit of $30.00 is asked for. Take it right after booking." in page.words
    page = await kiosk.send("/appointments")
    assert page.path.startswith("/appointments/"), page.path
    assert "A deposit of $30.00 is asked for" in page.words
    page = await kiosk.send("/deposit")
    assert page.path.startswith("/tickets/"), page.words
    assert "Deposit" in page.words and "For Swedish massage" in page.words
    visit_id = await fetch_value("SELECT deposit_for FROM ticket_line WHERE deposit_for IS NOT NULL")
    await paid(house, UUID(page.path.split("/")[2]))
    page = await kiosk.open(f"/appointments/{visit_id}")
    assert "The deposit of $30.00 is paid" in page.words
    assert await fetch_value("SELECT kind FROM holding") == "deposit"


async def test_the_desk_is_led_to_keeping_a_card(house: Spa) -> None:
    await rule(house, Asks.CARD)
    visit_id = await booked(house)
    kiosk = await house.kiosk()
    page = await kiosk.open(f"/appointments/{visit_id}")
    assert "A card is asked for, and none is on file" in page.words
    assert "/kept-cards" in page.text
    ana = await house.kiosk("Ana Okafor", name="Room 1")
    page = await ana.open(f"/appointments/{visit_id}")
    assert "A card is asked for" in page.words and "/kept-cards" not in page.text


async def test_the_page_of_rules_sets_and_ends_and_refuses_nonsense(house: Spa) -> None:
    kiosk = await house.kiosk("Renata Silva")
    page = await kiosk.open("/schedule/cards")
    assert "Nobody is asked" in page.words
    blank = {"service": "", "group": "", "guests": "new", "amount": "", "from": ""}
    for typed, code in (
        ({"asks": "deposit", "percent": "a lot"}, "percent-unreadable"),
        ({"asks": "deposit", "percent": ""}, "deposit-one-way"),
        ({"asks": "blood", "percent": ""}, "form-unreadable"),
        ({"asks": "deposit", "percent": "", "amount": "x"}, "amount-unreadable"),
        ({"asks": "card", "percent": "", "service": "nonsense"}, None),
    ):
        await kiosk.open("/schedule/cards")
        page = await kiosk.send("/schedule/cards", **(blank | typed))
        assert page.status in (400, 422), page.words
        assert code is None or page.problem == code
    assert await fetch_value("SELECT count(*) FROM card_term") == 0
    await kiosk.open("/schedule/cards")
    page = await kiosk.send(
        "/schedule/cards", **(blank | {"asks": "deposit", "percent": "25", "from": "100"})
    )
    assert (
        "Every service, every group, new guests, from $100.00: a deposit of 25 % of the price" in page.words
    )
    assert "Version 1" in page.words
    page = await kiosk.send("/schedule/cards/end")
    assert "Versions before" in page.words and "Nobody is asked" in page.words
