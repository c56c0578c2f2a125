"""Events of the processor: signed, kept once, and only ever a reason to look."""

import json
import random
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import stripe

from spa_pos import clock
from spa_pos.app import create_app
from spa_pos.db import fetch, fetch_value
from spa_pos.payments.flows import Inbox
from spa_pos.payments.queries import broken_events, parked_events
from spa_pos.payments.rules import LATER, State
from spa_pos.payments.stripe_gateway import StripeWebhooks
from tests.cast import ADDRESS, settings
from tests.conftest import Database
from tests.database import done_just_now
from tests.integration.payments.conftest import NOW, Desk, heard, view

SECRET = "whsec_tests_0000"


def event(about: dict[str, Any], kind: str = "payment_intent.succeeded", **more: Any) -> dict[str, Any]:
    """An event as the processor writes one."""
    return {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "api_version": stripe.api_version,
        "created": int(clock.now().timestamp()),
        "data": {"object": about},
        "livemode": False,
        "pending_webhooks": 1,
        "request": None,
        "type": kind,
        **more,
    }


def intent(processor_id: str | None) -> dict[str, Any]:
    return {"id": processor_id, "object": "payment_intent", "status": "succeeded", "amount_received": 99_999}


def signed(body: str, secret: str = SECRET, at: int | None = None) -> str:
    """The header of a body."""
    header: str = stripe.WebhookSignature.generate_signature_header(body, secret, at)  # type: ignore[no-untyped-call]
    return header


class Door:
    """The route of a program that knows the secret, or none."""

    def __init__(self, secret: str | None = SECRET) -> None:
        app = create_app(settings(stripe_key="sk_test_tests0000", stripe_webhook_secret=secret))
        self.browser = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS)

    async def sends(self, told: Any, header: str | None = None) -> tuple[int, str]:
        body = told if isinstance(told, str) else json.dumps(told)
        headers = {"stripe-signature": signed(body) if header is None else header}
        answer = await self.browser.post("/webhooks/stripe", content=body.encode(), headers=headers)
        return answer.status_code, answer.text


async def kept() -> int:
    return int(await fetch_value("SELECT count(*)::int FROM processor_event"))


async def paid_unseen(desk: Desk) -> tuple[UUID, UUID, str]:
    """A guest tapped and nobody has looked yet: attempt, subject, the processor's id."""
    subject = uuid4()
    attempt_id = await desk.started(4_200, subject)
    await desk.gateway.simulate_tap(desk.reader, "4242424242424242")
    found = await view(attempt_id)
    assert found.live
    assert found.processor_id is not None
    return attempt_id, subject, found.processor_id


async def test_an_event_is_kept_answered_and_then_looked_up_once(desk: Desk, database: Database) -> None:
    attempt_id, subject, processor_id = await paid_unseen(desk)
    door, told = Door(), event(intent(processor_id))
    assert await door.sends(told) == (200, "kept")
    assert (await view(attempt_id)).live, "the answer waits for no work"
    assert await door.sends(told) == (200, "known")
    inbox = Inbox(desk.cards)
    assert await inbox.work(NOW + timedelta(days=400)) == 1
    assert (await view(attempt_id)).state is State.PAID
    assert await heard(subject) == 4_200, "what was received is asked for, not taken from the event"
    assert await inbox.work(NOW + timedelta(days=400)) == 0


async def test_events_in_any_order_and_number_book_once(desk: Desk, database: Database) -> None:
    attempt_id, subject, processor_id = await paid_unseen(desk)
    door = Door()
    charge = {"id": "ch_1", "object": "charge", "payment_intent": processor_id}
    told = [
        event(intent(processor_id), "payment_intent.created"),
        event(intent(processor_id), "payment_intent.payment_failed"),
        event(intent(processor_id)),
        event(charge, "charge.succeeded"),
    ]
    random.Random(5).shuffle(told)
    for one in (*told, *told):
        assert (await door.sends(one))[0] == 200
    assert await kept() == len(told)
    await Inbox(desk.cards).work(NOW + timedelta(days=400))
    assert (await view(attempt_id)).state is State.PAID
    assert await heard(subject) == 4_200


async def test_with_webhooks_off_recovery_books_the_same(desk: Desk, database: Database) -> None:
    attempt_id, subject, processor_id = await paid_unseen(desk)
    assert await Door(secret=None).sends(event(intent(processor_id))) == (
        404,
        "webhooks are not set up here",
    )
    await desk.cards.recover(NOW + timedelta(minutes=3))
    assert (await view(attempt_id)).state is State.PAID
    assert await heard(subject) == 4_200


WRONG: dict[str, tuple[Any, str | None]] = {
    "another secret": (event(intent("pi_1")), "foreign"),
    "no signature": (event(intent("pi_1")), ""),
    "an hour old": (event(intent("pi_1")), "old"),
    "another body": (event(intent("pi_1")), "of another"),
    "no json": ("{", None),
    "no object": ({"id": "evt_1", "type": "x", "livemode": False, "data": {}}, None),
    "a list": ([], None),
    "a number for a name": (event({"id": 5, "object": "charge"}), None),
    "a name too long": (event(intent("p" * 81)), None),
    "real money": (event(intent("pi_1"), livemode=True), None),
}


@pytest.mark.parametrize("what", WRONG)
async def test_what_is_not_signed_or_no_event_changes_nothing(database: Database, what: str) -> None:
    told, how = WRONG[what]
    body = told if isinstance(told, str) else json.dumps(told)
    headers = {
        None: None,
        "": "",
        "foreign": signed(body, "whsec_other_0000"),
        "old": signed(body, at=int(clock.now().timestamp()) - 3_600),
        "of another": signed(body + " "),
    }
    status, _ = await Door().sends(body, headers[how])
    assert status == 400
    assert await kept() == 0


async def test_a_huge_body_is_refused(database: Database) -> None:
    status, _ = await Door().sends(event({**intent("pi_1"), "description": "x" * 300_000}))
    assert status == 413
    assert await kept() == 0


async def test_live_events_are_for_live_keys() -> None:
    body = json.dumps(event(intent("pi_1"), livemode=True))
    assert StripeWebhooks(SECRET, live=True).verified(body.encode(), signed(body)).live


async def test_an_unknown_type_is_done_with(desk: Desk, database: Database) -> None:
    await Door().sends(event({"id": "prod_1", "object": "product"}, "product.created"))
    await Inbox(desk.cards).work(NOW + timedelta(days=400))
    assert await fetch_value("SELECT state FROM processor_event") == "done"


async def test_what_we_do_not_know_yet_is_tried_again_and_then_parked(desk: Desk, database: Database) -> None:
    await Door().sends(event(intent("pi_of_somebody_else")))
    now, inbox = NOW + timedelta(days=400), Inbox(desk.cards)
    for wait in (timedelta(0), *LATER):
        now += wait
        assert await inbox.work(now) == 1
    assert await inbox.work(now + timedelta(days=1)) == 0
    (parked,) = await parked_events()
    assert parked.problem == "we know no such payment_intent"
    assert await broken_events() == []


async def test_an_event_that_came_before_our_own_write_is_placed_later(
    desk: Desk, database: Database
) -> None:
    attempt_id, _, processor_id = await paid_unseen(desk)
    await fetch("UPDATE attempt SET processor_id = 'pi_not_yet' WHERE id = $1", attempt_id)
    await Door().sends(event(intent(processor_id)))
    now, inbox = NOW + timedelta(days=400), Inbox(desk.cards)
    await inbox.work(now)
    await fetch("UPDATE attempt SET processor_id = $2 WHERE id = $1", attempt_id, processor_id)
    await inbox.work(now + LATER[0])
    assert (await view(attempt_id)).state is State.PAID


async def test_a_worker_that_died_holds_an_event_for_two_minutes(desk: Desk, database: Database) -> None:
    from spa_pos.payments.actions import claim_events

    attempt_id, _, processor_id = await paid_unseen(desk)
    await Door().sends(event(intent(processor_id)))
    now = NOW + timedelta(days=400)
    assert len(await claim_events(now, 10)) == 1
    assert await Inbox(desk.cards).work(now + timedelta(minutes=1)) == 0
    assert await Inbox(desk.cards).work(now + timedelta(minutes=3)) == 1
    assert (await view(attempt_id)).state is State.PAID


async def test_an_event_nobody_worked_through_is_named(database: Database) -> None:
    await Door().sends(event(intent("pi_1")))
    assert await broken_events() == []
    await fetch("UPDATE processor_event SET received_at = now() - interval '3 days'")
    assert await broken_events() == [], "nobody was here meanwhile"
    await done_just_now(database.url)
    (named,) = await broken_events()
    assert "payment_intent.succeeded" in named
