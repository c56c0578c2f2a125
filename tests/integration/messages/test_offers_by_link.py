"""Answering an offer of the waitlist by its link: taken, declined, too late, and never by somebody else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import pytest

from spa_pos.booking.actions.offers import offer_time
from spa_pos.booking.flows import by_itself, expire_all_holds
from spa_pos.booking.queries.waitlist import OfferView
from spa_pos.booking.rules import Status
from spa_pos.booking.rules.triage import WaitStatus
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.ids import uuid7
from spa_pos.ledger.queries import places
from spa_pos.messages.rules import visit_token
from spa_pos.people.actions.messages import set_reach
from tests.builders import booked, visit_of
from tests.cast import ADDRESS, SECRET, Kiosk, Spa
from tests.integration.booking.waitlist import accepted, open_offer, outcomes, wait_of, waits
from tests.integration.messages.conftest import Post


@dataclass
class Held:
    """A time that is held for somebody who waits, and their telephone."""

    spa: Spa
    phone: Kiosk
    wait_id: UUID
    offer: OfferView

    @property
    def link(self) -> str:
        return f"/visits/{visit_token(SECRET, self.offer.appointment_id)}"

    async def status(self) -> Status:
        return (await visit_of(self.spa, self.offer.appointment_id)).status

    async def wait_status(self) -> WaitStatus:
        return (await wait_of(self.spa, self.wait_id)).status


async def offered(spa: Spa, group: str = "visitor", *, hour: int = 10) -> tuple[UUID, OfferView]:
    """Somebody waits for tomorrow, and a time of tomorrow is held for them by itself."""
    wait_id = await waits(spa, group=group, days=1)
    await set_reach(
        spa.maya,
        guest_id=(await wait_of(spa, wait_id)).guest_id,
        email="ingrid@example.org",
        by_email=True,
        by_text=True,
        now=spa.clock.now,
    )
    await offer_time(
        by_itself((await places())[0]),
        appointment_id=uuid4(),
        wait_id=wait_id,
        provider_id=await spa.staff_id("Leila Farouk"),
        starts_at=spa.local(hour, days=1),
        now=spa.clock.now,
    )
    offer = await open_offer(wait_id)
    assert offer is not None
    return wait_id, offer


@pytest.fixture
async def held(spa: Spa) -> AsyncIterator[Held]:
    """An offer under way."""
    wait_id, offer = await offered(spa)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
        yield Held(spa, Kiosk(spa, browser), wait_id, offer)


async def test_a_guest_takes_the_time_at_the_price_and_policy_they_read(held: Held) -> None:
    page = await held.phone.open(held.link)
    assert "We hold this time for you until" in page.words and "Take it here, or call us" in page.words
    assert "It costs $" in page.words and "sales tax." in page.words
    assert "If you cannot come after all: Free until" in page.words
    assert "Acupuncture" not in page.text
    page = await held.phone.send("/offer/acceptance")
    assert page.path == held.link and "Your visit is booked" in page.words
    assert (await held.status(), await held.wait_status()) == (Status.BOOKED, WaitStatus.BOOKED)
    assert await outcomes(held.wait_id) == ["taken"]
    who = await fetch("SELECT staff_name FROM audit_event WHERE verb = 'accepted'")
    assert [row["staff_name"] for row in who] == ["The guest"]
    assert "Take this time" not in page.text


async def test_a_reduced_price_is_explained_without_saying_who_the_guest_is_to_us(held: Held) -> None:
    wait_id, offer = await offered(held.spa, "patient", hour=13)
    page = await held.phone.open(f"/visits/{visit_token(SECRET, offer.appointment_id)}")
    assert "instead of $" in page.words and "(your price with us)" in page.words
    assert "atient" not in page.text and (await wait_of(held.spa, wait_id)).group == "patient"


async def test_saying_yes_twice_changes_nothing_more(held: Held) -> None:
    form = (await held.phone.open(held.link)).form("/offer/acceptance")
    await held.phone.send("/offer/acceptance")
    before = await fetch("SELECT to_jsonb(a) AS row FROM appointment a ORDER BY id")
    again = await held.phone.post(
        f"{held.link}/offer/acceptance", form | {"request": str(uuid7(held.spa.clock.now))}
    )
    assert again.status == 200
    assert await fetch("SELECT to_jsonb(a) AS row FROM appointment a ORDER BY id") == before


async def test_a_guest_says_no_and_the_time_goes_on(held: Held) -> None:
    await held.phone.open(held.link)
    page = await held.phone.send("/offer/decline")
    assert page.path == held.link and "No longer held" in page.words
    assert (await held.status(), await held.wait_status()) == (Status.EXPIRED, WaitStatus.WAITING)
    assert await outcomes(held.wait_id) == ["declined"]
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released") == 0


async def test_too_late_is_said_and_changes_nothing(held: Held) -> None:
    form = (await held.phone.open(held.link)).form("/offer/acceptance")
    held.spa.clock.now = held.offer.held_until
    for verb in ("acceptance", "decline"):
        told = await held.phone.post(
            f"{held.link}/offer/{verb}", form | {"request": str(uuid7(held.spa.clock.now))}
        )
        assert (told.status, told.problem) == (409, "offer-over")
        assert "held for you no longer" in told.words and "/offer/" not in told.text
    assert await held.status() is Status.HELD  # until the job frees it
    await expire_all_holds(held.spa.clock.now)
    page = await held.phone.open(held.link)
    assert "No longer held" in page.words and "/offer/" not in page.text


async def test_what_the_desk_took_for_the_guest_is_shown_as_booked(held: Held) -> None:
    form = (await held.phone.open(held.link)).form("/offer/decline")
    await accepted(held.spa, held.wait_id)
    told = await held.phone.post(f"{held.link}/offer/decline", form)
    assert (told.status, told.problem) == (409, "offer-over")
    assert await held.status() is Status.BOOKED


async def test_a_price_that_changed_is_shown_before_it_is_taken(held: Held) -> None:
    form = (await held.phone.open(held.link)).form("/offer/acceptance")
    told = await held.phone.post(
        f"{held.link}/offer/acceptance", form | {"price": str(int(form["price"]) - 100)}
    )
    assert (told.status, told.problem) == (409, "price-changed")
    assert await held.status() is Status.HELD
    told = await held.phone.post(
        f"{held.link}/offer/acceptance", form | {"price": "free", "request": str(uuid7(held.spa.clock.now))}
    )
    assert told.status == 422 and await held.status() is Status.HELD


async def test_the_link_of_another_visit_opens_and_answers_no_offer(held: Held) -> None:
    form = (await held.phone.open(held.link)).form("/offer/acceptance")
    own = await booked(held.spa, await held.spa.guest("Mallory Price"), at=held.spa.local(13, days=3))
    link = f"/visits/{visit_token(SECRET, own)}"
    assert "/offer/" not in (await held.phone.open(link)).text
    told = await held.phone.post(f"{link}/offer/decline", form)
    assert (told.status, told.problem) == (409, "offer-over")
    await held.phone.post(f"{link}/offer/acceptance", form | {"request": str(uuid7(held.spa.clock.now))})
    assert (await visit_of(held.spa, own)).version == 1
    assert await held.status() is Status.HELD and await outcomes(held.wait_id) == ["open"]


async def test_the_mail_and_the_text_of_an_offer_say_until_when_and_how(post: Post) -> None:
    await offered(post.spa)
    assert await post.deliver() == 2
    (mail,) = post.box.mails()
    body = mail.get_body(("plain",))
    assert body is not None
    words = body.get_content()
    assert "Take it here, or call us at (507) 555-0100." in words
    assert "Take this time or say no" in words and "we offer it to somebody else" in words
    assert "move or cancel" not in words
    text = await fetch_value("SELECT text FROM message WHERE channel = 'text'")
    assert "Held for you until" in text and "(507) 555-0100" in text and "/visits/" in text
