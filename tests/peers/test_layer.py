"""The layer: what it refuses, what it repeats, what its readers do, and that its replies are valid."""

import threading
import types
import typing
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import stripe

from tests.peers.conftest import Ask, Connect
from tests.processor import Processor

VALID = {
    "amount": "1000",
    "currency": "usd",
    "allowed_payment_method_types[0]": "card_present",
    "capture_method": "automatic",
    "metadata[attempt]": "1",
}
PLANTED: dict[str, tuple[str, dict[str, str], str]] = {
    "an unknown parameter": ("/v1/payment_intents", {**VALID, "colour": "red"}, "colour"),
    "a former parameter": (
        "/v1/payment_intents",
        {**VALID, "payment_method_types[0]": "card"},
        "payment_method_types",
    ),
    "an option among the parameters": (
        "/v1/payment_intents",
        {**VALID, "idempotency_key": "a"},
        "idempotency_key",
    ),
    "an amount with a point": ("/v1/payment_intents", {**VALID, "amount": "10.99"}, "amount"),
    "no currency": ("/v1/payment_intents", {"amount": "1000"}, "currency"),
    "a kind that is none": (
        "/v1/payment_intents",
        {**VALID, "allowed_payment_method_types[0]": "card_presnt"},
        "allowed_payment_method_types[0]",
    ),
    "a value that is none of the enum": (
        "/v1/payment_intents",
        {**VALID, "capture_method": "later"},
        "capture_method",
    ),
    "a list where a text belongs": (
        "/v1/payment_intents",
        {**VALID, "currency": "", "currency[0]": "usd"},
        "",
    ),
    "text where a list belongs": ("/v1/payment_intents", {**VALID, "expand": "latest_charge"}, "expand"),
    "nested text in metadata": ("/v1/payment_intents", {**VALID, "metadata[a][b]": "c"}, "metadata[a]"),
    "an unknown nested parameter": (
        "/v1/terminal/readers/tmr_simulated_desk_1/process_payment_intent",
        {"payment_intent": "pi_1", "process_config[tip]": "100"},
        "process_config[tip]",
    ),
    "an unknown parameter two levels down": (
        "/v1/terminal/readers/tmr_simulated_desk_1/process_payment_intent",
        {"payment_intent": "pi_1", "process_config[tipping][amount]": "100"},
        "process_config[tipping][amount]",
    ),
    "no payment for the reader": (
        "/v1/terminal/readers/tmr_simulated_desk_1/process_payment_intent",
        {"process_config[skip_tipping]": "true"},
        "payment_intent",
    ),
    "a truth that is none": (
        "/v1/terminal/readers/tmr_simulated_desk_1/process_payment_intent",
        {"payment_intent": "pi_1", "process_config[skip_tipping]": "yes"},
        "process_config[skip_tipping]",
    ),
    "a required one missing further down": (
        "/v1/payment_intents",
        {**VALID, "shipping[name]": "A"},
        "shipping[address]",
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_request_that_todays_api_would_not_take_is_refused(ask: Ask, planted: str) -> None:
    path, form, param = PLANTED[planted]
    refused = ask("POST", path, form)
    assert refused.status_code == 400
    assert refused.json()["error"].get("param", "") == param


def test_the_same_request_without_the_mistake_is_taken(ask: Ask) -> None:
    assert ask("POST", "/v1/payment_intents", VALID).status_code == 200


def test_an_address_todays_api_does_not_have_is_refused(ask: Ask) -> None:
    assert ask("POST", "/v1/payment_intent", VALID).status_code == 404
    assert ask("PUT", "/v1/payment_intents", VALID).status_code == 404


@pytest.mark.parametrize("key", ["", "Bearer sk_live_1234567890", "Bearer pk_test_1234567890"])
def test_only_a_secret_test_key_opens_it(layered: Processor, key: str) -> None:
    headers = {"Authorization": key} if key else {}
    asked = httpx.get(f"{layered.address}/v1/payment_intents", headers=headers, trust_env=False)
    assert asked.status_code == 401


def test_a_key_used_again_repeats_the_answer_and_says_so(ask: Ask) -> None:
    key = uuid.uuid4().hex
    first, again = (ask("POST", "/v1/payment_intents", VALID, key) for _ in range(2))
    assert first.json() == again.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


def test_a_key_used_for_something_else_is_refused(ask: Ask) -> None:
    key = uuid.uuid4().hex
    intent = ask("POST", "/v1/payment_intents", VALID, key).json()["id"]
    for path, form in (
        ("/v1/payment_intents", {**VALID, "amount": "1001"}),
        (f"/v1/payment_intents/{intent}/cancel", {}),
    ):
        refused = ask("POST", path, form, key)
        assert (refused.status_code, refused.json()["error"]["type"]) == (400, "idempotency_error")


def test_six_at_once_with_one_key_get_one_answer(ask: Ask) -> None:
    key = uuid.uuid4().hex
    ready = threading.Barrier(6)

    def together(_: int) -> str:
        ready.wait()
        return str(ask("POST", "/v1/payment_intents", VALID, key).json()["id"])

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(together, range(6)))) == 1


def test_a_500_is_the_answer_from_then_on_but_a_refused_request_is_not(ask: Ask, layered: Processor) -> None:
    failed, mended = uuid.uuid4().hex, uuid.uuid4().hex
    layered.fault("POST /v1/payment_intents", "500")
    assert [ask("POST", "/v1/payment_intents", VALID, failed).status_code for _ in range(2)] == [500, 500]
    assert ask("POST", "/v1/payment_intents", {**VALID, "colour": "red"}, mended).status_code == 400
    assert ask("POST", "/v1/payment_intents", VALID, mended).status_code == 200


def waiting(ask: Ask, reader: str, **more: str) -> str:
    intent = ask("POST", "/v1/payment_intents", {**VALID, **more}).json()["id"]
    asked = ask("POST", f"/v1/terminal/readers/{reader}/process_payment_intent", {"payment_intent": intent})
    assert asked.status_code == 200, asked.text
    return str(intent)


def tap(ask: Ask, reader: str, number: str = "4242424242424242") -> httpx.Response:
    form = {"type": "card_present", "card_present[number]": number}
    return ask("POST", f"/v1/test_helpers/terminal/readers/{reader}/present_payment_method", form)


def new_reader(ask: Ask) -> str:
    place = {"display_name": "Test", "address[country]": "US"}
    location = ask("POST", "/v1/terminal/locations", place).json()["id"]
    form = {"registration_code": "simulated-wpe", "location": location, "label": "Test"}
    return str(ask("POST", "/v1/terminal/readers", form).json()["id"])


def test_a_registered_reader_takes_a_card(ask: Ask) -> None:
    reader = new_reader(ask)
    intent = waiting(ask, reader)
    assert ask("GET", f"/v1/terminal/readers/{reader}").json()["action"]["status"] == "in_progress"
    assert tap(ask, reader).json()["action"]["status"] == "succeeded"
    assert ask("GET", f"/v1/payment_intents/{intent}").json()["status"] == "succeeded"


@pytest.mark.parametrize(
    ("number", "code", "reason"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000000069", "expired_card", None),
    ],
)
def test_a_declined_tap_tells_why(ask: Ask, number: str, code: str, reason: str | None) -> None:
    reader = new_reader(ask)
    intent = waiting(ask, reader)
    assert tap(ask, reader, number).json()["action"]["status"] == "failed"
    found = ask("GET", f"/v1/payment_intents/{intent}", {"expand[0]": "latest_charge"}).json()
    error = found["last_payment_error"]
    assert (found["status"], error["code"], error.get("decline_code")) == (
        "requires_payment_method",
        code,
        reason,
    )
    assert found["amount_received"] == 0
    assert found["latest_charge"]["payment_method_details"]["card_present"]["last4"] == number[-4:]


def test_a_reader_does_one_thing_at_a_time_and_can_be_stopped(ask: Ask) -> None:
    reader = new_reader(ask)
    waiting(ask, reader)
    other = ask("POST", "/v1/payment_intents", VALID).json()["id"]
    place = f"/v1/terminal/readers/{reader}"
    busy = ask("POST", f"{place}/process_payment_intent", {"payment_intent": other})
    assert busy.json()["error"]["code"] == "terminal_reader_busy"
    assert ask("POST", f"{place}/cancel_action").json()["action"] is None
    assert ask("POST", f"{place}/process_payment_intent", {"payment_intent": other}).status_code == 200


def test_a_tap_on_a_cancelled_payment_charges_nothing(ask: Ask, layered: Processor) -> None:
    reader = new_reader(ask)
    intent = waiting(ask, reader)
    ask("POST", f"/v1/payment_intents/{intent}/cancel")
    assert tap(ask, reader).json()["action"]["status"] == "failed"
    assert [one for one in layered.charges() if one["payment_intent"] == intent] == []


def test_nothing_but_a_test_card_is_taken(ask: Ask) -> None:
    reader = new_reader(ask)
    waiting(ask, reader)
    assert tap(ask, reader, "4111111111111111").status_code == 400


def test_a_reader_that_is_off_and_a_payment_for_cards_online_are_refused(
    ask: Ask, layered: Processor
) -> None:
    reader = new_reader(ask)
    place = f"/v1/terminal/readers/{reader}/process_payment_intent"
    online = {**VALID, "allowed_payment_method_types[0]": "card"}
    intent = ask("POST", "/v1/payment_intents", online).json()["id"]
    wrong = ask("POST", place, {"payment_intent": intent}).json()["error"]["code"]
    assert wrong == "payment_intent_incompatible_payment_method"
    layered.switch_reader(reader, "offline")
    intent = ask("POST", "/v1/payment_intents", VALID).json()["id"]
    assert ask("POST", place, {"payment_intent": intent}).json()["error"]["code"] == "terminal_reader_offline"


def differences(reply: dict[str, Any], shape: type) -> tuple[set[str], set[str]]:
    """What a reply lacks and what it has too much, by the library's class; optional fields may be absent."""
    fields = {name: kind for name, kind in shape.__annotations__.items() if name[0].islower()}
    required = {name for name, kind in fields.items() if type(None) not in _arms(kind)}
    return required - reply.keys(), reply.keys() - fields.keys()


def _arms(kind: Any) -> tuple[Any, ...]:
    return typing.get_args(kind) if typing.get_origin(kind) in (typing.Union, types.UnionType) else (kind,)


def test_every_reply_has_the_fields_of_the_librarys_classes(ask: Ask) -> None:
    reader = new_reader(ask)
    intent = waiting(ask, reader)
    tap(ask, reader)
    found = ask("GET", f"/v1/payment_intents/{intent}", {"expand[0]": "latest_charge"}).json()
    asked = ask("GET", f"/v1/terminal/readers/{reader}").json()
    place = ask("GET", f"/v1/terminal/locations/{asked['location']}").json()
    for reply, shape in (
        (found, stripe.PaymentIntent),
        (found["latest_charge"], stripe.Charge),
        (asked, stripe.terminal.Reader),
        (asked["action"], stripe.terminal.Reader.Action),
        (place, stripe.terminal.Location),
    ):
        assert differences(reply, shape) == (set(), set()), shape.__name__


def test_the_comparison_sees_what_is_missing_and_what_is_too_much() -> None:
    assert differences({"id": "pi_1", "colour": "red"}, stripe.PaymentIntent)[1] == {"colour"}
    assert "amount_received" in differences({"id": "pi_1"}, stripe.PaymentIntent)[0]


async def test_the_library_reads_a_whole_payment_on_a_reader(
    layered: Processor, connect: Connect, ask: Ask
) -> None:
    client = await connect(layered)
    reader = new_reader(ask)
    intent = waiting(ask, reader, amount="1234")
    await client.v1.test_helpers.terminal.readers.present_payment_method_async(reader)
    paid = await client.v1.payment_intents.retrieve_async(intent, {"expand": ["latest_charge"]})
    assert (paid.status, paid.amount_received) == ("succeeded", 1_234)
