"""The way in for guests: codes by mail, sessions, limits; and what stands on their own page."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.ids import uuid7
from spa_pos.messages.rules import enter_code, enter_token
from spa_pos.people.actions import add_guest
from spa_pos.people.actions.doors import forget_doors
from spa_pos.people.rules import network_of
from spa_pos.verify import verify
from tests.builders import booked, open_sale, paid_by_card, waiting
from tests.cast import ADDRESS, SECRET, Kiosk, Spa


async def a_guest(spa: Spa, name: str = "Ingrid Halvorsen", email: str = "ingrid@example.org") -> UUID:
    given, family = name.split()
    return await add_guest(
        spa.maya,
        guest_id=uuid7(spa.clock.now),
        given_name=given,
        family_name=family,
        phone="507 555 0123",
        email=email,
        group_code="visitor",
        by_email=True,
        now=spa.clock.now,
    )


async def paid_visit(spa: Spa, guest_id: UUID) -> None:
    """A visit of today that was paid."""
    await paid_by_card(spa, await open_sale(spa, guest_id))


@pytest.fixture
async def phone(spa: Spa) -> AsyncIterator[Kiosk]:
    """A guest's telephone."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
        yield Kiosk(spa, browser)


async def ask(phone: Kiosk, email: str = "ingrid@example.org") -> UUID:
    """Ask for a code; gives its identifier."""
    await phone.open("/me/sign-in")
    page = await phone.send("/me/sign-in", email=email)
    assert page.path.startswith("/me/code/"), page.words
    return UUID(page.path.rpartition("/")[2])


async def sign_in(phone: Kiosk, email: str = "ingrid@example.org") -> None:
    code_id = await ask(phone, email)
    page = await phone.send(f"/me/code/{code_id}", code=enter_code(SECRET, code_id))
    assert page.path == "/me", page.words


async def test_a_guest_signs_in_with_a_code_and_sees_their_visits(spa: Spa, phone: Kiosk) -> None:
    guest_id = await a_guest(spa)
    await booked(spa, guest_id, at=spa.local(10, days=1))
    await sign_in(phone)
    assert "Hello, Ingrid Halvorsen" in phone.page.words
    assert "Swedish massage" in phone.page.words and "with Ana Okafor" in phone.page.words
    href = phone.page.text.partition('class="guest__entry" href="')[2].partition('"')[0]
    assert (await phone.open(href)).status == 200


async def test_the_code_is_mailed_and_kept_nowhere(spa: Spa, phone: Kiosk) -> None:
    await a_guest(spa)
    code_id = await ask(phone, "INGRID@example.org")
    await spa.app.state["outbox"].work(spa.clock.now)
    row = (await fetch("SELECT kind, address, title, text, facts::text FROM message WHERE kind = 'code'"))[0]
    assert row["address"] == "ingrid@example.org"
    for secret in (enter_code(SECRET, code_id), enter_token(SECRET, code_id)):
        assert all(secret not in (row[column] or "") for column in ("title", "text", "facts"))


async def test_an_address_that_nobody_has_gets_the_same_answer_and_no_mail(spa: Spa, phone: Kiosk) -> None:
    await a_guest(spa)
    known = await ask(phone)
    there = phone.page.words
    unknown = await ask(phone, "nobody@example.org")
    assert phone.page.words == there
    assert await fetch_value("SELECT count(*) FROM message WHERE kind = 'code'") == 1
    page = await phone.send(f"/me/code/{unknown}", code=enter_code(SECRET, unknown))
    assert (page.status, page.problem) == (422, "code-wrong")
    assert known != unknown


async def test_a_wrong_code_counts_and_the_fifth_is_the_last(spa: Spa, phone: Kiosk) -> None:
    await a_guest(spa)
    code_id = await ask(phone)
    right = enter_code(SECRET, code_id)
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(5):
        assert (await phone.send(f"/me/code/{code_id}", code=wrong)).problem == "code-wrong"
    assert (await phone.send(f"/me/code/{code_id}", code=right)).problem == "code-wrong"


async def test_a_code_ends_after_ten_minutes_after_use_and_with_the_next_one(spa: Spa, phone: Kiosk) -> None:
    await a_guest(spa)
    first = await ask(phone)
    second = await ask(phone)
    assert (await phone.send(f"/me/code/{second}", code=enter_code(SECRET, second))).path == "/me"
    for code_id in (first, second):
        await phone.open(f"/me/code/{code_id}")
        page = await phone.send(f"/me/code/{code_id}", code=enter_code(SECRET, code_id))
        assert page.problem == "code-wrong"
    third = await ask(phone)
    spa.clock.forward(minutes=11)
    await phone.open(f"/me/code/{third}")
    assert (await phone.send(f"/me/code/{third}", code=enter_code(SECRET, third))).problem == "code-wrong"


async def test_the_link_of_the_mail_works_once_and_only_when_asked_to(spa: Spa, phone: Kiosk) -> None:
    await a_guest(spa)
    token = enter_token(SECRET, await ask(phone))
    for _ in range(2):
        assert "Open your page?" in (await phone.open(f"/me/enter/{token}")).words
    assert (await phone.send(f"/me/enter/{token}")).path == "/me"
    again = await phone.post(f"/me/enter/{token}", {})
    assert again.status == 410
    assert (await phone.post("/me/enter/nonsense", {})).status == 410


async def test_asking_too_often_is_answered_with_a_sentence(spa: Spa, phone: Kiosk) -> None:
    await a_guest(spa)
    for _ in range(5):
        await ask(phone)
    await phone.open("/me/sign-in")
    page = await phone.send("/me/sign-in", email="ingrid@example.org")
    assert (page.status, page.problem) == (429, "too-many-tries")
    assert "Wait a while, or call us" in page.words
    for number in range(15):
        await phone.open("/me/sign-in")
        await phone.send("/me/sign-in", email=f"guest{number}@example.org")
    await phone.open("/me/sign-in")
    assert (await phone.send("/me/sign-in", email="other@example.org")).status == 429, "the network's limit"
    spa.clock.forward(hours=13)
    assert await forget_doors(spa.clock.now) == 20
    await ask(phone)


async def test_a_session_ends_by_signing_out_and_by_itself(spa: Spa, phone: Kiosk) -> None:
    await a_guest(spa)
    await sign_in(phone)
    spa.clock.forward(minutes=61)
    assert (await phone.open("/me")).path == "/me/sign-in"
    await sign_in(phone)
    session = dict(phone.browser.cookies)
    await phone.send("/me/sign-out")
    phone.browser.cookies.set("spa_guest", session["spa_guest"], domain="127.0.0.1", path="/")
    assert (await phone.open("/me")).path == "/me/sign-in"


async def test_a_form_from_elsewhere_is_refused(spa: Spa, phone: Kiosk) -> None:
    guest_id = await a_guest(spa)
    await sign_in(phone)
    asked = {"request": str(uuid7(spa.clock.now)), "guest": str(guest_id), "sure": "yes", "csrf": "0" * 64}
    assert (await phone.post("/me/erasure", asked)).status == 403
    assert await fetch_value("SELECT erased_at FROM guest WHERE id = $1", guest_id) is None


async def test_receipts_and_the_archive_hold_what_is_mine(spa: Spa, phone: Kiosk) -> None:
    guest_id = await a_guest(spa)
    await paid_visit(spa, guest_id)
    await sign_in(phone)
    ticket_id = await fetch_value("SELECT id FROM ticket WHERE guest = $1", guest_id)
    page = await phone.open(f"/me/receipts/{ticket_id}")
    assert "Swedish massage" in page.words and page.status == 200
    pdf = await phone.browser.get(f"/me/receipts/{ticket_id}/receipt.pdf")
    assert pdf.content.startswith(b"%PDF")
    answer = await phone.browser.get("/me/data.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        whole = json.loads(packed.read("data.json"))
        assert packed.read("visits.csv").startswith(b"\xef\xbb\xbf")
    assert whole["guests"][0]["email"] == "ingrid@example.org"
    assert [one["status"] for one in whole["visits"]] == ["done"]
    assert len(whole["receipts"]) == 1
    assert {one["kind"] for one in whole["messages"]} == {"code", "confirmation"}
    assert {"waitlist", "cards_on_file", "may_be_written_to"} <= set(whole)


async def test_a_guest_sees_what_they_wait_for_and_gives_it_up(spa: Spa, phone: Kiosk) -> None:
    guest_id = await a_guest(spa)
    wait_id = await waiting(spa, guest_id)
    await sign_in(phone)
    assert "You are on the waitlist" in phone.page.words and "Acupuncture" in phone.page.words
    stale = phone.page.form(f"/me/waits/{wait_id}/withdrawal") | {"version": "9", "request": str(uuid4())}
    assert (await phone.post(f"/me/waits/{wait_id}/withdrawal", stale)).status == 409
    assert await fetch_value("SELECT status FROM wait WHERE id = $1", wait_id) == "waiting"
    await phone.open("/me")
    page = await phone.send(f"/me/waits/{wait_id}/withdrawal")
    assert page.path == "/me" and "Acupuncture" not in page.words
    assert await fetch_value("SELECT status FROM wait WHERE id = $1", wait_id) == "withdrawn"


async def test_two_guests_of_one_address_are_told_apart_by_name(spa: Spa, phone: Kiosk) -> None:
    ingrid, per = await a_guest(spa), await a_guest(spa, "Per Halvorsen")
    await booked(spa, ingrid, at=spa.local(10, days=1))
    await booked(spa, per, at=spa.local(12, days=1))
    await sign_in(phone)
    assert "Ingrid Halvorsen" in phone.page.words and "Per Halvorsen" in phone.page.words


async def test_who_is_forgotten_leaves_the_books_and_nothing_else(spa: Spa, phone: Kiosk) -> None:
    guest_id = await a_guest(spa)
    await paid_visit(spa, guest_id)
    await sign_in(phone)
    page = await phone.open("/me/erasure")
    assert "What stays:" in page.words
    unsure = await phone.send("/me/erasure")
    assert unsure.problem == "not-sure"
    await phone.send("/me/erasure", sure="yes")
    assert (await phone.open("/me")).path == "/me/sign-in"
    everything = ""
    for row in await fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"):
        told = await fetch(f'SELECT to_jsonb(one)::text AS words FROM "{row["name"]}" one')
        everything += "".join(each["words"] for each in told)
    for word in ("Ingrid", "Halvorsen", "ingrid@example.org", "+15075550123"):
        assert word not in everything, word
    assert await fetch_value("SELECT count(*) FROM ticket WHERE guest = $1", guest_id) == 1
    assert [one for one in await verify() if one.problems] == []
    desk = await spa.kiosk()
    assert "Former guest" in (await desk.open("/board")).words


async def test_nobody_is_forgotten_who_is_still_expected(spa: Spa, phone: Kiosk) -> None:
    guest_id = await a_guest(spa)
    await booked(spa, guest_id, at=spa.local(10, days=1))
    await sign_in(phone)
    await phone.open("/me/erasure")
    page = await phone.send("/me/erasure", sure="yes")
    assert (page.status, page.problem) == (409, "visits-to-come")


async def test_the_trail_forgets_only_who_is_being_erased(spa: Spa) -> None:
    guest_id = await a_guest(spa)
    with pytest.raises(Exception, match="append-only"):
        await fetch("UPDATE audit_event SET after = NULL WHERE subject = $1", guest_id)
    with pytest.raises(Exception, match="append-only"):
        await fetch("DELETE FROM consent")


@pytest.mark.parametrize(
    ("host", "network"),
    [("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("desk", "desk")],
)
def test_a_household_is_one_network(host: str, network: str) -> None:
    assert network_of(host) == network
