"""PIN pauses, names, phones, evidence."""

from datetime import UTC, date, datetime, timedelta

import pytest

from spa_pos.kernel.errors import Invalid, TooMany
from spa_pos.people.rules import (
    PinTry,
    check_device_tries,
    check_new_pin,
    check_pin_shape,
    clean_email,
    clean_name,
    clean_phone,
    evidence_until,
    pin_pause,
    show_phone,
    tries_left,
)

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def misses(count: int, *, ago: timedelta = timedelta(seconds=0)) -> list[PinTry]:
    return [PinTry(NOW - ago - timedelta(minutes=count - number), False) for number in range(1, count + 1)]


def test_one_miss_costs_nothing_and_more_misses_pause_longer() -> None:
    assert pin_pause(misses(1), now=NOW) is None
    assert pin_pause(misses(2), now=NOW) == NOW + timedelta(seconds=2)
    assert pin_pause(misses(3), now=NOW) == NOW + timedelta(seconds=4)
    assert pin_pause(misses(4), now=NOW) == NOW + timedelta(seconds=8)
    assert pin_pause(misses(4, ago=timedelta(seconds=9)), now=NOW) is None


def test_five_misses_lock_for_half_an_hour_and_then_it_opens() -> None:
    assert pin_pause(misses(5), now=NOW) == NOW + timedelta(minutes=30)
    assert pin_pause(misses(5, ago=timedelta(minutes=31)), now=NOW) is None
    assert tries_left(misses(5), now=NOW) == 0


def test_a_success_forgets_earlier_misses() -> None:
    tries = [
        *misses(4, ago=timedelta(minutes=2)),
        PinTry(NOW - timedelta(minutes=1), True),
        PinTry(NOW, False),
    ]
    assert pin_pause(tries, now=NOW) is None
    assert tries_left(tries, now=NOW) == 4


def test_fifteen_misses_by_anybody_lock_the_device() -> None:
    check_device_tries(14)
    with pytest.raises(TooMany, match="device-locked"):
        check_device_tries(15)


@pytest.mark.parametrize("pin", ["", "123", "1234567", "12a4", "१२३४", " 1234", "12 34"])
def test_a_pin_is_four_to_six_ascii_digits(pin: str) -> None:
    with pytest.raises(Invalid, match="pin-unreadable"):
        check_pin_shape(pin)


@pytest.mark.parametrize("pin", ["0000", "1234", "9876", "111111"])
def test_a_new_pin_is_no_run_and_no_repeat(pin: str) -> None:
    with pytest.raises(Invalid, match="pin-too-simple"):
        check_new_pin(pin)
    check_new_pin("4711")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Ana   María ", "Ana María"), ("Łukasz", "Łukasz"), ("李", "李"), ("O'Brien", "O'Brien")],
)
def test_names_are_kept_as_people_write_them(typed: str, kept: str) -> None:
    assert clean_name(typed, "first name") == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name-missing"),
        ("   ", "name-missing"),
        ("x" * 10_000, "name-too-long"),
        ("a\x07b", "name-unreadable"),
        ("a\u202eb", "name-unreadable"),
        ("a" + "\u0301" * 40, "name-unreadable"),
        ("a\ud800", "name-unreadable"),
    ],
)
def test_names_that_cannot_be_names_are_refused(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_name(typed, "first name")
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("507 555 0123", "+15075550123", "(507) 555-0123"),
        ("(507) 555-0123", "+15075550123", "(507) 555-0123"),
        ("+46 8 123 456 78", "+46812345678", "+46 8 123 456 78"),
    ],
)
def test_phones_are_kept_in_one_form(typed: str, kept: str, shown: str) -> None:
    assert clean_phone(typed) == kept
    assert show_phone(kept) == shown


@pytest.mark.parametrize("typed", ["", "12", "call me", "٥٠٧٥٥٥٠١٢٣", "1" * 50])
def test_phones_that_cannot_be_dialled_are_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="phone-unreadable"):
        clean_phone(typed)


def test_an_email_is_optional_but_must_be_one() -> None:
    assert clean_email("  ") is None
    assert clean_email("ana@example.org") == "ana@example.org"
    with pytest.raises(Invalid, match="email-unreadable"):
        clean_email("a@b\r\nBcc: x@example.org")


def test_staff_evidence_counts_for_a_year_and_a_patients_for_a_month() -> None:
    assert evidence_until("staff", date(2026, 11, 24)) == date(2027, 11, 24)
    assert evidence_until("patient", date(2026, 11, 24)) == date(2026, 12, 24)
