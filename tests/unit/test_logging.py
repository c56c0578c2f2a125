"""Secrets never reach the log, whatever way they come."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog

from spa_pos.logging import HIDDEN, configure_logging, hide, hide_in_text

Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Everything that was logged, as JSON."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging(people=False)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    "name",
    [
        "pin", "PIN", "new_pin", "pin_hash", "code", "enrolment_code", "token", "session_token", "token_hash",
        "secret", "secret_hash", "password", "cookie", "Cookie", "Set-Cookie", "authorization", "csrf_token",
        "stripe_key", "card_number", "cvc", "signature", "client_secret",
    ],
)  # fmt: skip
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert hide({name: "4711"}) == {name: HIDDEN}


@pytest.mark.parametrize(
    "name", ["status_code", "decline_code", "code_path", "spinach", "keyboard", "staff", "verb"]
)
def test_harmless_names_stay_readable(name: str) -> None:
    assert hide({name: "seen"}) == {name: "seen"}


@pytest.mark.parametrize(
    "text",
    [
        "key sk_live_4eC39HqLyjWDarjtT1zdp7dc refused",
        "key sk_test_4eC39HqLyjWDarjt refused",
        "whsec_4eC39HqLyjWDarjt",
        "pi_3abc_secret_4eC39HqLyj",
        "postgresql://spa:4eC39HqLyj@db.example.org/spa",
        "Authorization: Bearer 4eC39HqLyj",
        "authorization=4eC39HqLyj",
        "spa_session=4eC39HqLyj; Path=/",
        "{'pin': '4eC39HqLyj'}",
        '{"token": "4eC39HqLyj"}',
        "POST /sign-in pin=4eC39HqLyj&staff=7",
    ],
)
def test_a_secret_inside_a_text_is_known_by_its_look(text: str) -> None:
    assert "4eC39HqLyj" not in hide_in_text(text)
    assert HIDDEN in hide_in_text(text)


@pytest.mark.parametrize(
    "number",
    ["4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "378282246310005", "6011111111111117"],
)
def test_card_numbers_are_hidden(number: str) -> None:
    assert hide_in_text(f"read {number} aloud") == f"read {HIDDEN} aloud"
    assert hide(int("".join(filter(str.isdigit, number)))) == HIDDEN


def test_enrolment_codes_are_hidden() -> None:
    assert hide_in_text("typed 7KMW-23XR-9PQA") == f"typed {HIDDEN}"


@pytest.mark.parametrize(
    "text",
    [
        "018f3b1e-7c7a-7b6e-9d55-4242424242aa",
        "ticket 1042 settled for $129.75",
        "+15075551234",
        "2026-11-23T15:30:00.123456+00:00",
        "1793979797979",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert hide_in_text(text) == text


def test_secrets_deep_inside_are_hidden() -> None:
    assert hide({"form": [{"pin": "1234", "name": "Maya"}], "raw": b"token=abc"}) == {
        "form": [{"pin": HIDDEN, "name": "Maya"}],
        "raw": f"token={HIDDEN}",
    }


def test_a_line_carries_its_request_and_no_secret(lines: Lines) -> None:
    structlog.contextvars.bind_contextvars(request_id="r-1")
    structlog.get_logger("spa").info("signed-in", pin="1234", staff="Maya")
    (line,) = lines()
    assert (line["request_id"], line["pin"], line["staff"]) == ("r-1", HIDDEN, "Maya")


def test_other_libraries_are_cleaned_too(lines: Lines) -> None:
    logging.getLogger("litestar").warning("card %s, pin=%s", "4242 4242 4242 4242", "9911")
    (line,) = lines()
    assert line["event"] == f"card {HIDDEN}, pin={HIDDEN}"


def test_tracebacks_are_cleaned(lines: Lines) -> None:
    try:
        raise ValueError("cannot reach postgresql://spa:hunter2@db/spa with sk_test_4eC39HqLyj")
    except ValueError:
        structlog.get_logger("spa").exception("failed")
    (line,) = lines()
    told = json.dumps(line)
    assert "hunter2" not in told
    assert "4eC39HqLyj" not in told
    assert "cannot reach postgresql://" in told


@pytest.mark.parametrize("name", ["stripe", "httpx", "httpcore", "uvicorn.access"])
def test_talkative_libraries_only_warn(name: str, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(name), "propagate", True)  # a server in this process turns it off
    logging.getLogger(name).info("every request and its headers")
    logging.getLogger(name).warning("something is wrong")
    assert [line["event"] for line in lines()] == ["something is wrong"]
