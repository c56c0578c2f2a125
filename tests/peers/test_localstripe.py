"""localstripe's known faults, and that the layer mends them (PAYMENTS.md §1.4).

Each fault is asserted on localstripe alone: an upgrade that changes one is noticed here, and a
layer that does nothing cannot pass.
"""

import asyncio
import uuid

import httpx
import pytest
import stripe

from tests.peers.conftest import Ask, Connect, asker
from tests.processor import Processor

DECLINED = (
    "4000000000000002",
    "4000000000009995",
    "4000000000000127",
    "4000000000000069",
    "4000000000000119",
)


def new_intent(ask: Ask, key: str = "", **more: str) -> httpx.Response:
    return ask("POST", "/v1/payment_intents", {"amount": "1000", "currency": "usd", **more}, key)


def card(ask: Ask, number: str) -> str:
    form = {"number": number, "exp_month": "12", "exp_year": "2040", "cvc": "123"}
    made = ask(
        "POST",
        "/v1/payment_methods",
        {"type": "card", **{f"card[{name}]": text for name, text in form.items()}},
    )
    return str(made.json()["id"])


def test_one_key_makes_one_payment(either: tuple[str, Processor]) -> None:
    name, processor = either
    key = uuid.uuid4().hex
    made = {new_intent(asker(processor), key).json()["id"] for _ in range(3)}
    assert len(made) == (1 if name == "layered" else 3)


async def test_a_lost_answer_and_the_librarys_own_repetition_charge_once(
    layered: Processor, bare: Processor, connect: Connect
) -> None:
    """Both are cut off after the charge, so that the library asks again with the same key."""
    layered.fault("POST /v1/payment_intents", "lose_answer")
    counts = {}
    for name, processor in (("layered", layered), ("bare", bare)):
        address, relay = processor.address, None
        if name == "bare":
            relay = await cutting_relay(processor)
            address = f"http://127.0.0.1:{relay.sockets[0].getsockname()[1]}"
        client = await connect(Processor(address))
        form = {"amount": 1_000, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
        attempt = uuid.uuid4().hex
        await client.v1.payment_intents.create_async(
            {**form, "metadata": {"attempt": attempt}}, {"idempotency_key": attempt}
        )
        listed = asker(processor)("GET", "/v1/payment_intents", {"limit": "100"}).json()["data"]
        counts[name] = sum(one["metadata"].get("attempt") == attempt for one in listed)
        if relay is not None:
            relay.close()
    assert counts == {"layered": 1, "bare": 2}


async def cutting_relay(processor: Processor) -> asyncio.Server:
    """Hands requests on; the first answer is thrown away with the line."""
    seen = 0
    host, port = processor.address.removeprefix("http://").split(":")

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        seen += 1
        first = seen == 1
        request = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line[15:]) for line in request.lower().split(b"\r\n") if line.startswith(b"content-length:")
        )
        request += await reader.readexactly(length)
        inner, out = await asyncio.open_connection(host, int(port))
        out.write(request.replace(b"keep-alive", b"close"))
        answer = await inner.read()
        out.close()
        if not first:
            writer.write(answer)
            await writer.drain()
        writer.close()

    return await asyncio.start_server(relay, "127.0.0.1", 0)


@pytest.mark.parametrize("number", DECLINED)
def test_a_card_that_must_be_declined_is(either: tuple[str, Processor], number: str) -> None:
    name, processor = either
    ask = asker(processor)
    paid = new_intent(ask, payment_method=card(ask, number), confirm="true")
    if name == "bare":
        assert (paid.status_code, paid.json()["status"]) == (200, "succeeded"), "localstripe approves it"
        return
    error = paid.json()["error"]
    assert (paid.status_code, error["type"]) == (402, "card_error")
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert [
        one
        for one in processor.charges()
        if one["payment_method_details"].get("card", {}).get("last4") == number[-4:]
    ] == []


def test_a_good_card_is_approved_by_both(either: tuple[str, Processor]) -> None:
    ask = asker(either[1])
    paid = new_intent(ask, payment_method=card(ask, "4242424242424242"), confirm="true")
    assert (paid.status_code, paid.json()["status"]) == (200, "succeeded")


def test_a_payment_tells_what_was_received(either: tuple[str, Processor]) -> None:
    name, processor = either
    paid = new_intent(asker(processor), payment_method="pm_card_visa", confirm="true").json()
    assert paid.get("amount_received") == (1_000 if name == "layered" else None)


def test_todays_parameter_is_taken_and_the_former_one_is_refused(either: tuple[str, Processor]) -> None:
    name, processor = either
    ask = asker(processor)
    today = new_intent(ask, **{"allowed_payment_method_types[0]": "card_present"}).status_code
    former = new_intent(ask, **{"payment_method_types[0]": "card_present"}).status_code
    assert (today, former) == ((200, 400) if name == "layered" else (400, 200))


def test_what_an_ended_payment_refuses_has_a_name(either: tuple[str, Processor]) -> None:
    name, processor = either
    ask = asker(processor)
    intent = new_intent(ask, payment_method="pm_card_visa", confirm="true").json()["id"]
    refused = ask("POST", f"/v1/payment_intents/{intent}/cancel")
    assert refused.status_code == 400
    expected = "payment_intent_unexpected_state" if name == "layered" else None
    assert refused.json()["error"].get("code") == expected


def test_a_charge_is_named_unless_it_is_asked_for_in_full(either: tuple[str, Processor]) -> None:
    name, processor = either
    ask = asker(processor)
    intent = new_intent(ask, payment_method="pm_card_visa", confirm="true").json()["id"]
    short = ask("GET", f"/v1/payment_intents/{intent}").json()["latest_charge"]
    full = ask("GET", f"/v1/payment_intents/{intent}", {"expand[0]": "latest_charge"}).json()["latest_charge"]
    assert isinstance(short, str) is (name == "layered")
    assert full["object"] == "charge"


def test_readers_exist_only_in_the_layer(either: tuple[str, Processor]) -> None:
    name, processor = either
    found = asker(processor)("GET", "/v1/terminal/readers/tmr_simulated_desk_1").status_code
    assert found == (200 if name == "layered" else 404)


async def test_the_library_declines_as_the_library_should(layered: Processor, connect: Connect) -> None:
    client = await connect(layered)
    ask = asker(layered)
    with pytest.raises(stripe.CardError) as refused:
        await client.v1.payment_intents.create_async(
            {
                "amount": 1_000,
                "currency": "usd",
                "confirm": True,
                "payment_method": card(ask, "4000000000009995"),
            }
        )
    error = refused.value.error
    assert error is not None
    assert (refused.value.code, error.decline_code) == ("card_declined", "insufficient_funds")
