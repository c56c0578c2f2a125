"""Links that nobody can guess, and addresses that nobody need read."""

from uuid import UUID

import pytest

from spa_pos.messages.rules import (
    gift_token,
    hidden_address,
    read_gift_token,
    read_receipt_token,
    read_stop_token,
    read_visit_token,
    receipt_token,
    stop_token,
    visit_token,
)

SECRET = "a secret of the tests that is long enough"
VISIT = UUID("019ab4d2-5c00-7abc-8def-0123456789ab")


def test_a_link_names_its_appointment_and_no_other_secret_can_make_it() -> None:
    token = visit_token(SECRET, VISIT)
    assert len(token) == 43
    assert read_visit_token(SECRET, token) == VISIT
    assert read_visit_token("another secret of the tests, long enough", token) is None


def test_a_link_is_good_for_one_purpose() -> None:
    assert read_stop_token(SECRET, stop_token(SECRET, VISIT)) == VISIT
    assert read_stop_token(SECRET, visit_token(SECRET, VISIT)) is None
    assert read_visit_token(SECRET, stop_token(SECRET, VISIT)) is None


def test_a_link_with_one_other_sign_is_not_ours() -> None:
    token = visit_token(SECRET, VISIT)
    for index in range(len(token) - 1):
        other = "A" if token[index] != "A" else "B"
        assert read_visit_token(SECRET, token[:index] + other + token[index + 1 :]) is None


@pytest.mark.parametrize("token", ["", "A", "%%%", "é" * 43, "A" * 42, "A" * 43, "A" * 44, "A" * 5000])
def test_what_is_no_link_names_nothing(token: str) -> None:
    assert read_visit_token(SECRET, token) is None


def test_an_address_is_shown_to_be_known_again_and_not_to_be_read() -> None:
    assert hidden_address("ingrid@example.org") == "i•••@example.org"
    assert hidden_address("+15075550123") == "••• 0123"


def test_receipts_and_gifts_have_links_of_their_own() -> None:
    assert read_receipt_token(SECRET, receipt_token(SECRET, VISIT)) == VISIT
    assert read_gift_token(SECRET, gift_token(SECRET, VISIT)) == VISIT
    tokens = {make(SECRET, VISIT) for make in (visit_token, stop_token, receipt_token, gift_token)}
    assert len(tokens) == 4
    assert read_receipt_token(SECRET, gift_token(SECRET, VISIT)) is None
    assert read_gift_token(SECRET, receipt_token(SECRET, VISIT)) is None
