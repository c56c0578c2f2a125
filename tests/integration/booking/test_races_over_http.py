"""The same races, as browsers run them: one page of success, the others a sentence and the next step."""

import asyncio
from uuid import uuid4

from spa_pos.booking.pages.views import new_booking_href
from spa_pos.db import fetch_value
from tests.builders import booked, checked_in, ticket_of
from tests.cast import ADDRESS, Kiosk, Page, Spa


async def two_kiosks(spa: Spa) -> tuple[Kiosk, Kiosk]:
    """Maya at one desk, Owen at the other."""
    return await spa.kiosk(), await spa.kiosk("Owen Brandt", name="Desk 2")


async def at_once(*sent: tuple[Kiosk, str, dict[str, str]]) -> list[Page]:
    """Post forms at the same moment and look at each answer, without following it."""

    async def post(kiosk: Kiosk, path: str, fields: dict[str, str]) -> Page:
        answer = await kiosk.browser.post(path, data=fields, headers={"origin": ADDRESS})
        return Page(answer.status_code, answer.text, answer.headers.get("location", path), answer.headers)

    return list(await asyncio.gather(*(post(*one) for one in sent)))


async def test_32_browsers_book_one_slot_and_one_gets_it(spa: Spa) -> None:
    kiosks = await two_kiosks(spa)
    for kiosk in kiosks:
        await kiosk.open(
            new_booking_href(
                date=spa.local(10).date(),
                provider=await spa.staff_id("Ana Okafor"),
                at="10:00",
                guest=await spa.guest(),
                service=await spa.service_id("swedish-60"),
            )
        )
    guests = [await spa.guest(f"Guest Number{turn}") for turn in range(32)]
    answers = await at_once(
        *(
            (
                kiosk,
                "/appointments",
                kiosk.page.form("/appointments")
                | {"id": str(uuid4()), "request": str(uuid4()), "guest": str(guest_id)},
            )
            for kiosk, guest_id in zip(kiosks * 16, guests, strict=True)
        )
    )
    assert sorted(answer.status for answer in answers) == [303] + [409] * 31
    losers = [answer for answer in answers if answer.status == 409]
    assert {answer.problem for answer in losers} == {"slot-taken"}
    assert all("Choose another time" in answer.words for answer in losers)
    assert await fetch_value("SELECT count(*) FROM appointment") == 1


async def test_16_double_clicks_book_once_and_all_see_the_board(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    await kiosk.open(
        new_booking_href(
            date=spa.local(10).date(),
            provider=await spa.staff_id("Ana Okafor"),
            at="10:00",
            guest=await spa.guest(),
            service=await spa.service_id("swedish-60"),
        )
    )
    form = kiosk.page.form("/appointments")
    answers = await at_once(*[(kiosk, "/appointments", form)] * 16)
    assert {(answer.status, answer.path) for answer in answers} == {(303, "/board?date=2026-11-24")}
    assert await fetch_value("SELECT count(*) FROM appointment") == 1


async def test_two_kiosks_check_one_guest_in(spa: Spa) -> None:
    path = f"/appointments/{await booked(spa)}"
    kiosks = await two_kiosks(spa)
    for kiosk in kiosks:
        await kiosk.open(path)
    answers = await at_once(
        *(
            (kiosk, f"{path}/check-in", kiosk.page.form("/check-in") | {"proof": "on_file"})
            for kiosk in kiosks
        )
    )
    assert sorted(answer.status for answer in answers) == [303, 409]
    (loser,) = [answer for answer in answers if answer.status == 409]
    assert loser.problem == "appointment-checked-in"
    assert "This visit is checked in already. Nothing was changed." in loser.words


async def test_one_kiosk_cancels_while_the_other_checks_in(spa: Spa) -> None:
    path = f"/appointments/{await booked(spa)}"
    maya, owen = await two_kiosks(spa)
    await maya.open(path)
    await owen.open(f"{path}?cancelling=true")
    answers = await at_once(
        (maya, f"{path}/check-in", maya.page.form("/check-in") | {"proof": "on_file"}),
        (owen, f"{path}/cancellation", owen.page.form("/cancellation") | {"reason": "Illness"}),
    )
    assert sorted(answer.status for answer in answers) == [303, 409]


async def test_two_kiosks_take_the_money_of_one_ticket(spa: Spa) -> None:
    ticket_id = await ticket_of(spa, await checked_in(spa))
    kiosks = await two_kiosks(spa)
    for kiosk in kiosks:
        await kiosk.open(f"/tickets/{ticket_id}")
    answers = await at_once(
        *(
            (kiosk, f"/tickets/{ticket_id}/tenders", kiosk.page.form("/tenders") | {"given": "140.00"})
            for kiosk in kiosks
        )
    )
    assert sorted(answer.status for answer in answers) == [303, 409]
    (loser,) = [answer for answer in answers if answer.status == 409]
    assert loser.problem == "ticket-already-closed"
    assert await fetch_value("SELECT sum(amount_cents)::int FROM tender") == 12_975


async def test_16_double_clicks_on_exact_cash_take_it_once_and_all_see_the_change(spa: Spa) -> None:
    ticket_id = await ticket_of(spa, await checked_in(spa))
    kiosk = await spa.kiosk()
    await kiosk.open(f"/tickets/{ticket_id}")
    form = kiosk.page.form("/tenders") | {"given": ""}
    answers = await at_once(*[(kiosk, f"/tickets/{ticket_id}/tenders", form)] * 16)
    later = await kiosk.post(f"/tickets/{ticket_id}/tenders", form)
    assert {(answer.status, answer.path) for answer in answers} == {(303, f"/tickets/{ticket_id}/done")}
    assert (later.status, later.path) == (200, f"/tickets/{ticket_id}/done")
    assert await fetch_value("SELECT sum(amount_cents)::int FROM tender") == 12_975
