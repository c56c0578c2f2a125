"""What becomes free is held for who comes first on the waitlist, and goes on until nobody fits."""

from collections.abc import Awaitable, Callable
from datetime import time, timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import (
    BookingItem,
    add_block,
    book_appointment,
    cancel_appointment,
    confirm_hold,
    expire_holds,
    hold_appointment,
    move_appointment,
    remove_block,
    resize_appointment,
)
from spa_pos.booking.actions.offers import accept_offer, decline_offer, offer_time
from spa_pos.booking.flows import Offering, expire_all_holds
from spa_pos.booking.queries.waitlist import offer_of
from spa_pos.booking.rules import Status
from spa_pos.booking.rules.triage import WaitStatus
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Gone
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import Asks
from tests.builders import booked, booking, card_rule, price_for, visit_of
from tests.cast import Spa
from tests.integration.booking.waitlist import (
    accepted,
    fill,
    offer_now,
    open_offer,
    outcomes,
    wait_of,
    waits,
)
from tests.races import race


async def cancelled(spa: Spa, appointment_id: UUID) -> None:
    version = (await visit_of(spa, appointment_id)).version
    await cancel_appointment(
        spa.maya, appointment_id=appointment_id, version=version, reason="Illness", now=spa.clock.now
    )


async def everybody_booked() -> list[tuple[UUID, int]]:
    """Every appointment that is no hold, with its version: what no offer may touch."""
    rows = await fetch(
        "SELECT id, version FROM appointment WHERE status IN ('booked', 'confirmed') ORDER BY id"
    )
    return [(row["id"], row["version"]) for row in rows]


async def test_a_cancelled_time_is_held_for_who_comes_first_and_nobody_else_can_book_it(spa: Spa) -> None:
    visits = await fill(spa, days=1)
    early = await waits(spa, "Early Bird", days=1)
    patient = await waits(spa, "Needs It", "patient", days=1, reason="pain", severity=8)
    assert await offer_now(spa, days=1) == []
    spa.clock.forward(minutes=1)
    freed = await visit_of(spa, visits[2])
    await cancelled(spa, visits[2])
    before = await everybody_booked()
    (appointment_id,) = await offer_now(spa, days=1)
    held = await open_offer(patient)
    assert held is not None
    assert (held.appointment_id, held.starts_at, held.score) == (appointment_id, freed.starts_at, 76)
    assert held.explanation == "Patient 40 · Pain 20 · Severity 8: 16 = 76"
    assert held.held_until == spa.clock.now + timedelta(minutes=30)
    assert (await visit_of(spa, appointment_id)).status is Status.HELD
    assert ((await wait_of(spa, patient)).status, (await wait_of(spa, early)).status) == (
        WaitStatus.OFFERED,
        WaitStatus.WAITING,
    )
    asked = await booking(
        spa,
        await spa.guest("Quick Fingers"),
        service="acupuncture-60",
        provider="Leila Farouk",
        at=freed.starts_at,
    )
    with pytest.raises(Conflict, match="slot-taken"):
        await book_appointment(spa.owen, now=spa.clock.now, **asked)
    assert await offer_now(spa, days=1) == []
    assert await everybody_booked() == before


async def test_who_accepts_is_booked_and_waits_no_longer(spa: Spa) -> None:
    wait_id = await waits(spa, days=1)
    await offer_now(spa, days=1)
    visit = await accepted(spa, wait_id)
    assert (visit.status, visit.held_until, visit.booked_at) == (Status.BOOKED, None, spa.clock.now)
    found = await wait_of(spa, wait_id)
    assert (found.status, found.ended_at, await outcomes(wait_id)) == (
        WaitStatus.BOOKED,
        spa.clock.now,
        ["taken"],
    )
    spa.clock.forward(hours=2)
    await expire_all_holds(spa.clock.now)
    assert (await visit_of(spa, visit.id)).status is Status.BOOKED
    assert await offer_now(spa, days=1) == []


async def test_the_price_is_that_of_the_hour_of_acceptance(spa: Spa) -> None:
    """Offered the evening before at the employee's price; taken in the morning at the same-day price."""
    await fetch("UPDATE waitlist_rule SET hold_minutes = 1440")
    spa.clock.now = spa.local(19)
    wait_id = await waits(spa, "Tom Becker", "employee", days=1)
    (appointment_id,) = await offer_now(spa, days=1)
    held = await visit_of(spa, appointment_id)
    assert held.reduction_code == "group:employee"
    spa.clock.now = held.starts_at - timedelta(hours=2, minutes=1)
    late_morning = spa.clock.now.astimezone(spa.house.zone).hour >= 8
    if not late_morning:
        spa.clock.now = held.starts_at - timedelta(minutes=50)
        await fetch("UPDATE appointment SET held_until = $1 WHERE id = $2", held.starts_at, appointment_id)
        await fetch("UPDATE claim SET held_until = $1 WHERE appointment = $2", held.starts_at, appointment_id)
    with pytest.raises(Conflict, match="price-changed"):
        await accept_offer(
            spa.maya,
            appointment_id=appointment_id,
            version=1,
            quoted_cents=held.price_cents,
            now=spa.clock.now,
        )
    assert (await visit_of(spa, appointment_id)).status is Status.HELD
    visit = await accepted(spa, wait_id)
    assert visit.reduction_code == "standby:employee"
    assert visit.price_cents < held.price_cents


async def test_a_group_that_changed_meanwhile_pays_what_it_pays_now(spa: Spa) -> None:
    wait_id = await waits(spa, "Tom Becker", "employee", days=1)
    await offer_now(spa, days=1)
    await fetch("UPDATE guest SET guest_group = 'visitor' WHERE family_name = 'Becker'")
    visit = await accepted(spa, wait_id)
    assert (visit.group, visit.reduction_code, visit.price_cents) == ("visitor", None, visit.list_price_cents)


async def test_a_deposit_is_asked_of_the_price_that_is_booked(spa: Spa) -> None:
    wait_id = await waits(spa, "Tom Becker", "employee", days=1)
    (appointment_id,) = await offer_now(spa, days=1)
    offered = (await visit_of(spa, appointment_id)).price_cents
    await fetch("UPDATE guest SET guest_group = 'visitor' WHERE family_name = 'Becker'")
    await card_rule(spa, Asks.DEPOSIT, 250_000, from_cents=0)
    spa.clock.forward(minutes=1)
    visit = await accepted(spa, wait_id)
    assert visit.price_cents > offered
    assert await fetch_value("SELECT due_cents FROM card_ask") * 4 == visit.price_cents


async def test_what_is_declined_goes_to_the_next_and_not_to_the_same_again(spa: Spa) -> None:
    visits = await fill(spa, days=1)
    first = await waits(spa, "First One", days=1, severity=5)
    second = await waits(spa, "Second One", days=1)
    await cancelled(spa, visits[1])
    (held,) = await offer_now(spa, days=1)
    await decline_offer(spa.maya, appointment_id=held, version=1, now=spa.clock.now)
    assert (await visit_of(spa, held)).status is Status.EXPIRED
    (next_one,) = await offer_now(spa, days=1)
    assert (await offer_of(next_one)).wait_id == second  # type: ignore[union-attr]  # it was just made
    await decline_offer(spa.maya, appointment_id=next_one, version=1, now=spa.clock.now)
    assert await offer_now(spa, days=1) == []
    assert (await outcomes(first), await outcomes(second)) == (["declined"], ["declined"])
    assert (await wait_of(spa, first)).status is WaitStatus.WAITING
    await cancelled(spa, visits[3])
    (another,) = await offer_now(spa, days=1)
    assert (await offer_of(another)).wait_id == first  # type: ignore[union-attr]  # another time is news


async def test_an_offer_that_nobody_answers_runs_out_and_goes_on(spa: Spa) -> None:
    visits = await fill(spa, days=1)
    first = await waits(spa, "First One", days=1, severity=5)
    second = await waits(spa, "Second One", days=1)
    await cancelled(spa, visits[1])
    (held,) = await offer_now(spa, days=1)
    spa.clock.forward(minutes=30)
    with pytest.raises(Gone, match="hold-expired"):
        await accept_offer(
            spa.maya, appointment_id=held, version=1, quoted_cents=Cents(11_000), now=spa.clock.now
        )
    await expire_all_holds(spa.clock.now)
    assert (await outcomes(first), (await wait_of(spa, first)).status) == (["expired"], WaitStatus.WAITING)
    (next_one,) = await offer_now(spa, days=1)
    assert (await offer_of(next_one)).wait_id == second  # type: ignore[union-attr]  # it was just made
    spa.clock.forward(minutes=31)
    await expire_all_holds(spa.clock.now)
    assert await offer_now(spa, days=1) == []
    assert await booked(
        spa, service="acupuncture-60", provider="Leila Farouk", at=(await visit_of(spa, held)).starts_at
    )


async def test_a_booking_that_finds_a_hold_run_out_ends_its_offer_too(spa: Spa) -> None:
    visits = await fill(spa, days=1)
    wait_id = await waits(spa, days=1)
    await cancelled(spa, visits[1])
    (held,) = await offer_now(spa, days=1)
    spa.clock.forward(minutes=31)
    at = (await visit_of(spa, held)).starts_at
    assert await booked(
        spa, await spa.guest("Somebody Else"), service="acupuncture-60", provider="Leila Farouk", at=at
    )
    assert await outcomes(wait_id) == ["expired"]


async def test_a_hold_that_somebody_confirms_otherwise_is_an_offer_taken(spa: Spa) -> None:
    wait_id = await waits(spa, days=1)
    (held,) = await offer_now(spa, days=1)
    await confirm_hold(spa.maya, appointment_id=held, version=1, now=spa.clock.now)
    assert ((await wait_of(spa, wait_id)).status, await outcomes(wait_id)) == (WaitStatus.BOOKED, ["taken"])


async def test_a_hold_that_is_no_offer_is_not_declined(spa: Spa) -> None:
    asked = await booking(spa, await spa.guest())
    item = BookingItem(**asked)
    until = spa.clock.now + timedelta(minutes=10)
    await hold_appointment(spa.maya, item=item, held_until=until, now=spa.clock.now)
    with pytest.raises(Conflict, match="no-offer"):
        await decline_offer(spa.maya, appointment_id=item.appointment_id, version=1, now=spa.clock.now)
    assert (await visit_of(spa, item.appointment_id)).status is Status.HELD


async def moved(spa: Spa, visits: list[UUID]) -> None:
    visit = await visit_of(spa, visits[1])
    at = visit.starts_at + timedelta(days=7)
    await move_appointment(
        spa.maya,
        appointment_id=visits[1],
        version=1,
        provider_id=visit.provider_id,
        starts_at=at,
        quoted_cents=await price_for(spa, visit.guest_id, visit.service_id, at),
        now=spa.clock.now,
    )


async def cancelled_second(spa: Spa, visits: list[UUID]) -> None:
    await cancelled(spa, visits[1])


@pytest.mark.parametrize("free", [cancelled_second, moved], ids=["cancelled", "moved away"])
async def test_whatever_frees_a_time_offers_it(
    spa: Spa, free: Callable[[Spa, list[UUID]], Awaitable[None]]
) -> None:
    visits = await fill(spa, days=1)
    wait_id = await waits(spa, days=1)
    offering = Offering()
    await offering.work(spa.clock.now)
    assert await open_offer(wait_id) is None
    await free(spa, visits)
    await offering.work(spa.clock.now)
    assert await open_offer(wait_id) is not None


async def test_a_shortened_visit_and_a_removed_block_offer_their_time(spa: Spa) -> None:
    await fill(spa, days=1)
    number = await fetch_value("SELECT number FROM resource WHERE name = 'Leila Farouk'")
    block_id = await add_block(
        spa.maya,
        block_id=uuid4(),
        resource_no=number,
        starts_at=spa.local(9, days=6),
        ends_at=spa.local(15, days=6),
        kind="training",
        reason="",
        now=spa.clock.now,
    )
    wait_id = await waits(spa, days=6)
    offering = Offering()
    await offering.work(spa.clock.now)
    assert await open_offer(wait_id) is None
    await remove_block(spa.maya, block_id=block_id, version=1, now=spa.clock.now)
    await offering.work(spa.clock.now)
    assert await open_offer(wait_id) is not None
    long = await booked(spa, await spa.guest("Long Stay"), service="swedish-60", at=spa.local(9, days=1))
    await resize_appointment(spa.maya, appointment_id=long, version=1, minutes=240, now=spa.clock.now)
    short = await waits(
        spa,
        "Short Notice",
        days=1,
        service_id=await spa.service_id("swedish-60"),
        provider_wish="named",
        provider_id=await spa.staff_id("Ana Okafor"),
        windows=((time(10), time(12)),),
    )
    await offering.work(spa.clock.now)
    assert await open_offer(short) is None
    await resize_appointment(spa.maya, appointment_id=long, version=2, minutes=60, now=spa.clock.now)
    await offering.work(spa.clock.now)
    assert await open_offer(short) is not None


async def test_a_new_wait_that_already_fits_is_offered_at_once_and_a_changed_one_too(spa: Spa) -> None:
    offering = Offering()
    await offering.work(spa.clock.now)
    wait_id = await waits(spa, days=6)
    await offering.work(spa.clock.now)
    assert await open_offer(wait_id) is not None


async def test_nothing_goes_out_at_night_and_in_the_morning_it_does(spa: Spa) -> None:
    spa.clock.now = spa.local(21)
    wait_id = await waits(spa, days=6)
    offering = Offering()
    await offering.work(spa.clock.now)
    assert await open_offer(wait_id) is None
    spa.clock.now = spa.local(8, 1, days=1)
    await offering.work(spa.clock.now)
    assert await open_offer(wait_id) is not None


async def test_what_is_too_near_is_left_to_the_desk(spa: Spa) -> None:
    await fetch("UPDATE waitlist_rule SET notice_minutes = 600")
    wait_id = await waits(spa)
    assert await offer_now(spa) == []
    leila = await spa.staff_id("Leila Farouk")
    asked = {"wait_id": wait_id, "provider_id": leila, "now": spa.clock.now}
    with pytest.raises(Conflict, match="too-late-to-offer"):
        await offer_time(spa.maya, appointment_id=uuid4(), starts_at=spa.local(13), **asked)
    assert await offer_time(spa.maya, appointment_id=uuid4(), starts_at=spa.local(13), by_hand=True, **asked)
    held = await open_offer(wait_id)
    assert held is not None
    assert (held.offered_by, held.held_until) == ("Maya Lindqvist", spa.clock.now + timedelta(minutes=30))


async def test_an_offer_by_hand_never_lasts_beyond_the_start(spa: Spa) -> None:
    wait_id = await waits(spa)
    spa.clock.now = spa.local(12, 50)
    asked = {"wait_id": wait_id, "provider_id": await spa.staff_id("Leila Farouk"), "by_hand": True}
    await offer_time(spa.maya, appointment_id=uuid4(), starts_at=spa.local(13), now=spa.clock.now, **asked)
    held = await open_offer(wait_id)
    assert held is not None
    assert held.held_until == held.starts_at


async def test_who_has_a_visit_then_is_not_asked(spa: Spa) -> None:
    wait_id = await waits(spa, days=1, windows=((time(9), time(10, 30)),))
    whose = (await wait_of(spa, wait_id)).guest_id
    await booked(spa, whose, service="swedish-60", at=spa.local(9, days=1))
    assert await offer_now(spa, days=1) == []


async def test_two_cancellations_at_once_are_two_offers_to_two_guests(spa: Spa) -> None:
    visits = await fill(spa, days=1)
    people = [await waits(spa, f"Waits Number{number}", days=1, severity=9 - number) for number in range(3)]
    await race([cancelled(spa, visits[0]), cancelled(spa, visits[3])])
    assert len(await offer_now(spa, days=1)) == 2
    assert [await open_offer(one) is not None for one in people] == [True, True, False]


async def test_the_jobs_of_many_servers_at_once_make_one_offer(spa: Spa) -> None:
    visits = await fill(spa, days=1)
    people = [await waits(spa, f"Waits Number{number}", days=1, severity=9 - number) for number in range(5)]
    for turn, visit in enumerate(visits):
        await cancelled(spa, visit)
        outcome = await race([offer_now(spa, days=1) for _ in range(8)])
        assert sum(map(len, outcome.won)) == (1 if turn < len(people) else 0)
    assert all([await open_offer(one) is not None for one in people[: len(visits)]])


async def told_of_the_end(asked: Awaitable[int]) -> int:
    """Who comes after a decline is told that the hold is over."""
    try:
        return await asked
    except Gone as gone:
        raise Conflict(gone.code, gone.sentence) from gone


async def test_of_the_desk_the_guest_and_the_clock_one_decides_an_offer(spa: Spa) -> None:
    for days in (1, 6, 7, 8, 9, 13):  # Leila works Monday to Thursday, and not on Thanksgiving
        wait_id = await waits(spa, f"Waits Number{days}", days=days)
        (held,) = await offer_now(spa, days=days)
        found = await wait_of(spa, wait_id)
        quoted = await price_for(spa, found.guest_id, found.service_id, (await visit_of(spa, held)).starts_at)
        asked = {"appointment_id": held, "version": 1, "now": spa.clock.now}
        outcome = await race(
            told_of_the_end(
                accept_offer(spa.maya, quoted_cents=quoted, **asked)
                if number % 2
                else decline_offer(spa.owen, **asked)
            )
            for number in range(8)
        )
        assert len(outcome.won) == 1
        assert len(await outcomes(wait_id)) == 1


async def test_a_hold_run_out_frees_all_it_took(spa: Spa) -> None:
    await waits(spa, days=1)
    await offer_now(spa, days=1)
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released") == 2
    spa.clock.forward(minutes=30)
    assert len(await expire_holds(spa.maya, now=spa.clock.now)) == 1
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released") == 0
