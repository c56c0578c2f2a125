"""Real pages, mails and papers of guests in a language that does not exist: nothing is left as it was.

Whatever goes through the catalogues, and every day and hour, stands in brackets there; what stands beside
them must be data: names, addresses, codes, numbers.
"""

import re
from uuid import UUID

from spa_pos.booking.actions import cancel_appointment
from spa_pos.db import fetch, fetch_value
from spa_pos.ledger.queries import places
from spa_pos.messages.rules import enter_code, enter_token, stop_token, visit_token
from spa_pos.stored_value.queries import deliveries_of
from spa_pos.stored_value.rules import gift_code, grouped, last_four
from tests.builders import booked, waiting
from tests.cast import SECRET, Spa
from tests.integration.booking.online import choose, say, times, type_code
from tests.integration.messages.conftest import Post, ingrid_of
from tests.integration.messages.foreign import reading, reads
from tests.integration.messages.test_balance import coded
from tests.integration.messages.test_gifts import path_of
from tests.integration.messages.test_gifts import sold as gift_sold
from tests.integration.messages.test_nothing_escapes_papers import sold
from tests.integration.messages.test_offers_by_link import offered
from tests.integration.messages.test_party_moves import choose as choose_together
from tests.integration.messages.test_party_moves import couple


@reads(
    "GET /book",
    "GET /book/who",
    "GET /book/when",
    "GET /book/you",
    "GET /book/code",
    "GET /book/confirm",
    "GET /book/done",
    "POST /book/hold",
    "POST /book/hold/extension",
    "POST /book/you",
    "POST /book/code",
    "POST /book/confirm",
)
async def test_booking_online(spa: Spa) -> None:
    async with reading(spa) as ida:
        for path in (
            "/book",
            "/book/who?service=swedish-60",
            "/book/who?service=nothing",
            "/book/when?service=swedish-60&group=patient&view=month",
            "/book/when?service=acupuncture-60&group=visitor&date=2026-11-27",
            "/book/when?service=nothing",
            "/book/you",
            "/book/confirm",
            "/book/code",
            "/book/done",
            "/book/hold",
            "/nowhere",
        ):
            await ida.open(path)
        await choose(ida, group="employee", more="&add=aromatherapy&second=visitor")
        spa.clock.forward(minutes=8)
        await ida.send("/book/hold/extension")
        await say(ida, email="nonsense")
        await say(ida)
        await ida.send("/book/code", code="000000")
        await type_code(ida)
        await ida.send("/book/confirm", second_given="", second_family="Moen")
        await ida.send("/book/confirm", second_given="Per", second_family="Moen")
        assert ida.page.path == "/book/done"


async def test_a_hold_that_is_over_and_a_time_that_is_taken(spa: Spa) -> None:
    async with reading(spa) as ida, reading(spa) as per:
        ana = f"&date=2026-11-30&with={await spa.staff_id('Ana Okafor')}"
        taken = await per.open(f"/book/when?service=swedish-60&group=visitor{ana}")
        await choose(ida, more=ana)
        page = await per.send("/book/hold", taken, time=times(taken)[0])
        assert page.problem == "slot-taken"
        spa.clock.forward(minutes=11)
        assert (await ida.open("/book/you")).problem == "hold-expired"


@reads("POST /book/wait")
async def test_the_waitlist(spa: Spa) -> None:
    async with reading(spa) as ida:
        await ida.open("/book/when?service=acupuncture-60&group=visitor&date=2026-11-27")
        await ida.send("/book/wait", longer="week")
        await say(ida)
        await type_code(ida)
        await ida.send("/book/confirm")
        assert ida.page.path == "/book/done"


@reads(
    "GET /visits/{token:str}",
    "GET /visits/{token:str}/times",
    "GET /visits/{token:str}/cancellation",
    "GET /visits/{token:str}/calendar.ics",
    "POST /visits/{token:str}/times",
    "POST /visits/{token:str}/note",
    "POST /visits/{token:str}/confirmation",
    "POST /visits/{token:str}/cancellation",
    "POST /visits/{token:str}/cancellation/undo",
)
async def test_a_visit_by_its_link(spa: Spa) -> None:
    visit = f"/visits/{visit_token(SECRET, await booked(spa, at=spa.local(10, days=3)))}"
    async with reading(spa) as ingrid:
        for path in ("", "/times", "/times?date=2026-11-29", "/cancellation", "/payment", "/nothing"):
            await ingrid.open(f"{visit}{path}")
        page = await ingrid.open(f"{visit}/times?date=2026-11-30")
        chosen = re.search(r'href="([^"]*[?&;]at=[^"]+)"', page.text)
        assert chosen
        await ingrid.open(chosen[1].replace("&amp;", "&"))
        await ingrid.send("/times")
        await ingrid.invitation(f"{visit}/calendar.ics")
        await ingrid.send("/note", note="4" * 301)
        await ingrid.send("/note", note="")
        await ingrid.send("/confirmation")
        await ingrid.open(f"{visit}/cancellation")
        await ingrid.send("/cancellation")
        assert ingrid.page.problem == ""
        await ingrid.open(f"{visit}/calendar.ics")
        await ingrid.open(visit)
        await ingrid.send("/cancellation/undo")


async def test_those_who_were_booked_together(spa: Spa) -> None:
    both = await couple(spa)
    async with reading(spa) as ingrid:
        await choose_together(ingrid, both.mine)
        await ingrid.send("/times", seal="0")
        assert ingrid.page.status == 409
        await choose_together(ingrid, both.mine, hour=15)
        await ingrid.send("/times")
        assert ingrid.page.problem == ""


@reads("POST /visits/{token:str}/late")
async def test_a_visit_of_today(spa: Spa) -> None:
    visit = f"/visits/{visit_token(SECRET, await booked(spa))}"
    spa.clock.now = spa.local(9)
    async with reading(spa) as ingrid:
        await ingrid.open(visit)
        await ingrid.send("/late", minutes=99)
        await ingrid.send("/late", minutes=10)
        await ingrid.open(f"{visit}/times")
        assert ingrid.page.problem or ingrid.page.status == 409
        await ingrid.open(f"{visit}/cancellation")
        form = ingrid.page.form("/cancellation")
        await ingrid.post(
            f"{visit}/cancellation", form | {name: "1" for name in form if name.startswith("fee-")}
        )
        spa.clock.now = spa.local(10, days=9)
        await ingrid.open(visit)


@reads("POST /visits/{token:str}/offer/acceptance", "POST /visits/{token:str}/offer/decline")
async def test_a_time_that_is_held_from_the_waitlist(spa: Spa) -> None:
    _wait_id, offer = await offered(spa)
    async with reading(spa) as ingrid:
        await ingrid.open(f"/visits/{visit_token(SECRET, offer.appointment_id)}")
        await ingrid.send("/offer/acceptance")
        assert ingrid.page.problem == ""
        for answer in ("decline", "acceptance"):
            _wait_id, other = await offered(spa, hour=12)
            await ingrid.open(f"/visits/{visit_token(SECRET, other.appointment_id)}")
            if answer == "acceptance":
                spa.clock.forward(hours=20)
            await ingrid.send(f"/offer/{answer}")


@reads(
    "GET /me/sign-in",
    "GET /me/code/{code_id:uuid}",
    "GET /me/enter/{token:str}",
    "GET /me",
    "GET /me/receipts/{ticket_id:uuid}",
    "GET /me/receipts/{ticket_id:uuid}/receipt.pdf",
    "GET /me/erasure",
    "POST /me/sign-in",
    "POST /me/code/{code_id:uuid}",
    "POST /me/enter/{token:str}",
    "POST /me/waits/{wait_id:uuid}/withdrawal",
    "POST /me/erasure",
    "POST /me/sign-out",
)
async def test_the_page_of_a_guest(spa: Spa) -> None:
    ingrid_id = await spa.guest()
    await fetch("UPDATE guest SET email = 'ingrid@example.org' WHERE id = $1", ingrid_id)
    ticket_id = await sold(spa, ingrid_id)
    visit_id = await booked(spa, ingrid_id, at=spa.local(10, days=1))
    wait_id = await waiting(spa, ingrid_id)
    await spa.guest("Per Halvorsen")
    await fetch("UPDATE guest SET email = 'ingrid@example.org' WHERE given_name = 'Per'")
    async with reading(spa) as ingrid:
        await ingrid.open("/me/sign-in")
        await ingrid.send("/me/sign-in", email="ingrid@example.org")
        code = UUID(ingrid.page.path.rpartition("/")[2])
        await ingrid.send(f"/me/code/{code}", code="000000")
        await ingrid.send(f"/me/code/{code}", code=enter_code(SECRET, code))
        for path in ("/me/cards", "/me/erasure", f"/me/receipts/{ticket_id}", f"/me/receipts/{visit_id}"):
            await ingrid.open(path)
        await ingrid.paper(f"/me/receipts/{ticket_id}/receipt.pdf")
        await ingrid.open("/me")
        await ingrid.send(f"/me/waits/{wait_id}/withdrawal", version=7)
        await ingrid.open("/me")
        await ingrid.send(f"/me/waits/{wait_id}/withdrawal")
        await ingrid.send("/me/sign-out")
        await ingrid.send("/me/sign-in", email="ingrid@example.org")
        link = enter_token(SECRET, UUID(ingrid.page.path.rpartition("/")[2]))
        await ingrid.open(f"/me/enter/{link}")
        await ingrid.send(f"/me/enter/{link}")
        assert ingrid.page.path == "/me"
        await ingrid.post(f"/me/enter/{link}", {})
        for sure in ("yes", "", "yes"):
            await ingrid.open("/me/erasure")
            await ingrid.send("/me/erasure", sure=sure)
            if not sure:
                await cancel_appointment(
                    spa.maya, appointment_id=visit_id, version=1, reason="Ill", now=spa.clock.now
                )


@reads(
    "GET /balance",
    "POST /balance",
    "GET /gifts/{token:str}",
    "POST /gifts/{token:str}/opening",
    "GET /gifts/{token:str}/card.pdf",
)
async def test_gift_cards(spa: Spa) -> None:
    async with reading(spa) as ingrid:
        for path in ("/give", "/balance", "/give/nothing", "/gifts/nothing"):
            await ingrid.open(path)
        await ingrid.open("/balance")
        await ingrid.send("/balance", code="ABCD")
        code = await coded(spa)
        ingrid.data.append(last_four(code))
        await ingrid.post("/balance", {"code": code})
        assert "$80.00" in ingrid.page.words
        _ticket_id, card_id = await gift_sold(spa)
        link, code = await path_of(card_id), gift_code(SECRET, (await deliveries_of(card_id))[0].id)
        ingrid.data += [grouped(code), *grouped(code).split(), "With love", "Mary", "Pat"]
        await ingrid.open(f"{link}/card.pdf")
        await ingrid.open(link)
        await ingrid.send("/opening")
        assert "$50.00" in ingrid.page.words
        await ingrid.paper(f"{link}/card.pdf")


@reads("GET /stop/{token:str}", "POST /stop/{token:str}")
async def test_stopping_messages(post: Post) -> None:
    spa = post.spa
    await booked(spa, await ingrid_of(spa), at=spa.local(10, days=3))
    await post.deliver()
    link = f"/stop/{stop_token(SECRET, await fetch_value('SELECT id FROM message'))}"
    async with reading(spa) as ingrid:
        ingrid.data += ["i•••@example.org", (await places())[0].phone]
        for path in ("/stop/nothing", link):
            await ingrid.open(path)
        await ingrid.send(link)


@reads("GET /check-in", "POST /check-in", "POST /check-in/arrival")
async def test_the_tablet_in_the_lobby(spa: Spa) -> None:
    secret = await spa.lobby()
    await booked(spa, at=spa.local(10))
    spa.clock.now = spa.local(9, 40)
    async with reading(spa) as tablet:
        tablet.browser.cookies.set("spa_device", secret, domain="127.0.0.1", path="/")
        await tablet.open("/check-in")
        await tablet.send("/check-in", who="507 555 9999")
        await tablet.send("/check-in", who="507 555 0123")
        form = tablet.page.form("/check-in/arrival")
        await tablet.send("/check-in/arrival")
        assert "Ingrid H." in tablet.page.words
        await tablet.post("/check-in/arrival", form | {"seal": "x"})
        await booked(
            spa, await spa.guest("Per Halvorsen", "employee"), at=spa.local(10, 30), provider="Ben Castellano"
        )
        await tablet.open("/check-in")
        await tablet.send("/check-in", who="507 555 0123")
        await tablet.send("/check-in/arrival")
