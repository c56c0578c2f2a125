"""Our gateway and the Stripe library: whatever comes back is understood, and nothing is told on."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import stripe

from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import Cancelled, Declined, InProgress, Outcome, Paid, Unknown
from spa_pos.payments.stripe_gateway import StripeGateway, outcome_of
from spa_pos.settings import PROJECT
from tests.processor import KEY, Processor

ERROR = {"code": "card_declined", "decline_code": "stolen_card", "type": "card_error"}
CARD = {"type": "card_present", "card_present": {"brand": "mastercard", "last4": "4444"}}


def intent(status: str | None, **more: Any) -> stripe.PaymentIntent:
    values = {"id": "pi_1", "object": "payment_intent", "status": status, "currency": "usd", **more}
    return stripe.PaymentIntent.construct_from({k: v for k, v in values.items() if v is not None}, KEY)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (intent("succeeded", amount=900, amount_received=800), Paid(Cents(800))),
        (
            intent(
                "succeeded",
                amount_received=800,
                latest_charge={"object": "charge", "payment_method_details": CARD},
            ),
            Paid(Cents(800), "mastercard", "4444"),
        ),
        (intent("succeeded", amount_received=800, latest_charge="ch_1"), Paid(Cents(800))),
        (intent("succeeded", amount_received=0), Unknown("succeeded with 0 usd")),
        (intent("succeeded", amount=800), Unknown("succeeded with 0 usd")),
        (intent("succeeded", amount_received=800, currency="jpy"), Unknown("succeeded with 800 jpy")),
        (intent("requires_payment_method"), InProgress()),
        (intent("requires_confirmation"), InProgress()),
        (intent("requires_action"), InProgress()),
        (intent("processing"), InProgress()),
        (intent("requires_capture", amount_received=0), Unknown("status requires_capture")),
        (intent("canceled"), Cancelled()),
        (intent("half_succeeded", amount_received=800), Unknown("status half_succeeded")),
        (intent(None), Unknown("status None")),
    ],
    ids=lambda value: (
        type(value).__name__ if not isinstance(value, stripe.PaymentIntent) else str(value.to_dict())[40:80]
    ),
)
def test_only_succeeded_with_an_amount_is_paid(said: stripe.PaymentIntent, outcome: Outcome) -> None:
    assert outcome_of(said) == outcome


@pytest.mark.parametrize("status", ["requires_payment_method", "canceled"])
def test_a_card_that_was_refused_is_declined_with_a_sentence_that_tells_no_secret(status: str) -> None:
    declined = outcome_of(intent(status, last_payment_error=ERROR))
    assert isinstance(declined, Declined)
    assert declined.code == "stolen_card"
    assert "stolen" not in declined.sentence


def test_a_decline_without_any_code_is_a_decline() -> None:
    declined = outcome_of(intent("requires_payment_method", last_payment_error={"type": "card_error"}))
    assert isinstance(declined, Declined)
    assert declined.code == "unexplained"


def test_an_old_error_does_not_undo_a_payment_that_succeeded() -> None:
    assert isinstance(outcome_of(intent("succeeded", amount_received=800, last_payment_error=ERROR)), Paid)


@asynccontextmanager
async def saying(status: int, body: bytes) -> AsyncIterator[StripeGateway]:
    """A gateway to a processor that has one answer for everything."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    gateway = StripeGateway(KEY, api_base=f"http://127.0.0.1:{port}", read_seconds=2)
    try:
        yield gateway
    finally:
        await gateway.close()
        server.close()


def error(code: str | None = None, kind: str = "invalid_request_error") -> bytes:
    return json.dumps(
        {"error": {"type": kind, "message": "No.", **({"code": code} if code else {})}}
    ).encode()


UNSURE = {
    "500": (500, error(kind="api_error")),
    "503 without a body": (503, b""),
    "409": (409, error()),
    "half an answer": (200, b'{"id": "pi_1", "status": "succ'),
    "a web page": (200, b"<html>Sign in to the guest network</html>"),
    "a reader that timed out": (400, error("terminal_reader_timeout")),
    "a reader that timed out, said otherwise": (402, error("terminal_reader_timeout", "card_error")),
    "the key at work": (400, error("idempotency_key_in_use", "idempotency_error")),
    "a lock": (400, error("lock_timeout")),
}


@pytest.mark.parametrize("what", UNSURE)
async def test_what_may_have_happened_is_unknown_and_never_declined(what: str) -> None:
    async with saying(*UNSURE[what]) as gateway:
        assert isinstance(await gateway.present(uuid4(), "pi_1", "tmr_1"), Unknown)
        assert isinstance(await gateway.read("pi_1"), Unknown)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, error("terminal_reader_busy"), "reader-busy"),
        (400, error("terminal_reader_offline"), "reader-offline"),
        (400, error("terminal_reader_hardware_fault"), "reader-broken"),
        (400, error("terminal_reader_invalid_location_for_payment"), "reader-elsewhere"),
        (429, error("rate_limit"), "processor-busy"),
        (401, error(), "processor-refuses-us"),
        (403, error(), "processor-refuses-us"),
        (400, error("parameter_unknown"), "processor-refuses"),
        (404, error("resource_missing"), "processor-refuses"),
    ],
)
async def test_a_certain_no_says_that_nothing_was_charged_and_what_to_do(
    status: int, body: bytes, code: str
) -> None:
    async with saying(status, body) as gateway:
        with pytest.raises(Refusal) as refused:
            await gateway.present(uuid4(), "pi_1", "tmr_1")
    assert refused.value.code == code
    assert "Nothing was charged" in refused.value.sentence


async def test_a_card_error_on_the_reader_is_a_decline() -> None:
    body = json.dumps({"error": {**ERROR, "decline_code": "insufficient_funds"}}).encode()
    async with saying(402, body) as gateway:
        assert await gateway.present(uuid4(), "pi_1", "tmr_1") == Declined(
            "insufficient_funds", "The card does not have enough funds. Please try another card."
        )


async def test_a_real_processor_that_does_not_know_a_payment_is_no_proof_that_nothing_was_charged() -> None:
    async with saying(404, error("resource_missing")) as gateway:
        assert isinstance(await gateway.read("pi_1"), Cancelled), "a pretended one forgets when it stops"
        gateway._pretended_at = None
        assert isinstance(await gateway.read("pi_1"), Unknown)


ONE_CALL = """
import asyncio, sys, uuid
from spa_pos.payments.stripe_gateway import StripeGateway
import stripe
stripe.enable_telemetry = sys.argv[2] == "on" or stripe.enable_telemetry
async def main():
    gateway = StripeGateway("sk_test_tests0000", api_base=sys.argv[1])
    await gateway.create(uuid.uuid4(), 1_000)
asyncio.run(main())
"""


@pytest.mark.parametrize(("telemetry", "written"), [("ours", False), ("on", True)])
def test_no_telemetry_id_is_written(
    layered: Processor, tmp_path: Path, telemetry: str, written: bool
) -> None:
    """The control switches telemetry on again: then the file is there."""
    home = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    command = [sys.executable, "-c", ONE_CALL, layered.address, telemetry]
    subprocess.run(command, cwd=PROJECT, env=home, check=True, timeout=60)
    assert bool(list(tmp_path.rglob("telemetry_id"))) is written


def test_a_proxy_in_the_environment_does_not_come_between_us_and_this_machine(layered: Processor) -> None:
    proxied = {**os.environ, "HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
    command = [sys.executable, "-c", ONE_CALL, layered.address, "ours"]
    subprocess.run(command, cwd=PROJECT, env=proxied, check=True, timeout=60)
