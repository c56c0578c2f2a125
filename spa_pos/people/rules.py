"""Who may sign in, what a phone number is, what proves a group, how often guests may knock; pure."""

import hashlib
import hmac
import ipaddress
import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from spa_pos.kernel.errors import Invalid, TooMany

PIN_TRIES = 5
PIN_LOCK = timedelta(minutes=30)
DEVICE_TRIES = 15
DEVICE_WINDOW = timedelta(hours=1)

EVIDENCE_DAYS = {"staff": 365, "patient": 30, "visitor": 36_500}
"""How long evidence, once seen, is good for, by price tier."""

_PIN = re.compile(r"[0-9]{4,6}", re.ASCII)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PinTry:
    """One earlier try of a PIN by one person at one device."""

    tried_at: datetime
    succeeded: bool


def pin_pause(tries: Sequence[PinTry], *, now: datetime) -> datetime | None:
    """Until when this person may not try at this device; None when they may.

    After the second miss in a row each further one doubles the pause from two seconds;
    five misses lock for 30 minutes (RELIABILITY.md §1.6). A success forgets earlier misses.
    """
    misses: list[datetime] = []
    for attempt in sorted(tries, key=lambda attempt: attempt.tried_at):
        if attempt.succeeded:
            misses.clear()
        elif attempt.tried_at > now - PIN_LOCK:
            misses.append(attempt.tried_at)
    if len(misses) >= PIN_TRIES:
        return misses[-1] + PIN_LOCK
    if len(misses) >= 2:
        until = misses[-1] + timedelta(seconds=2 ** (len(misses) - 1))
        return until if until > now else None
    return None


def tries_left(tries: Sequence[PinTry], *, now: datetime) -> int:
    """How many misses this person still has before the lock."""
    missed = 0
    for attempt in sorted(tries, key=lambda attempt: attempt.tried_at):
        if attempt.succeeded:
            missed = 0
        elif attempt.tried_at > now - PIN_LOCK:
            missed += 1
    return max(0, PIN_TRIES - missed)


def check_pin_shape(pin: str) -> None:
    """A PIN is four to six digits.

    Raises:
        Invalid: `pin-unreadable`.
    """
    if not _PIN.fullmatch(pin):
        raise Invalid("pin-unreadable", "A PIN is four to six digits.")


def check_new_pin(pin: str) -> None:
    """A PIN worth having: runs and repeats of one digit are refused.

    Raises:
        Invalid: `pin-unreadable` or `pin-too-simple`.
    """
    check_pin_shape(pin)
    steps = {int(after) - int(before) for before, after in itertools.pairwise(pin)}
    if len(steps) == 1 and steps <= {0, 1, -1}:
        raise Invalid("pin-too-simple", "Choose a PIN that is not a run or a repeat of one digit.")


def check_device_tries(misses: int) -> None:
    """Too many misses by anybody lock the device for a while.

    Raises:
        TooMany: `device-locked`.
    """
    if misses >= DEVICE_TRIES:
        raise TooMany(
            "device-locked", "Too many wrong PINs on this device. Ask a manager; it opens in an hour."
        )


def clean_name(text: str, what: str) -> str:
    """A name as it is stored: NFC, single spaces.

    Raises:
        Invalid: `name-missing`, `name-too-long` or `name-unreadable` (control or direction marks).
    """
    name = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if not name:
        raise Invalid("name-missing", f"Type the {what}.", field=what)
    if len(name) > 60:
        raise Invalid("name-too-long", f"The {what} may have 60 letters at most.", field=what)
    marks = sum(unicodedata.category(letter) == "Mn" for letter in name)
    if marks > 10 or any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") for letter in name):
        raise Invalid("name-unreadable", f"The {what} holds signs that cannot be read.", field=what)
    return name


def clean_phone(text: str) -> str:
    """A phone number in E.164; a number without country is a North American one.

    Raises:
        Invalid: `phone-unreadable`.
    """
    sentence = "Type a phone number with area code, such as 507 555 0123."
    if len(text) > 40 or not text.isascii():
        raise Invalid("phone-unreadable", sentence, field="phone")
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        raise Invalid("phone-unreadable", sentence, field="phone") from None
    if not phonenumbers.is_possible_number(number):
        raise Invalid("phone-unreadable", sentence, field="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def hidden_phone(phone: str) -> str:
    """The last four digits alone: `••• 0123`."""
    return f"••• {phone[-4:]}"


def show_phone(phone: str) -> str:
    """A stored number as people read it: `(507) 555-0123`; nothing of a guest who was erased."""
    if not phone:
        return ""
    number = phonenumbers.parse(phone, "US")
    if number.country_code == 1:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def clean_email(text: str) -> str | None:
    """An e-mail address, or None when nothing was typed.

    Raises:
        Invalid: `email-unreadable`.
    """
    if not text.strip():
        return None
    try:
        return str(validate_email(text.strip(), check_deliverability=False).normalized)
    except EmailNotValidError:
        raise Invalid("email-unreadable", "That e-mail address cannot be right.", field="email") from None


def evidence_until(price_tier: str, seen_on: date) -> date:
    """The last day on which evidence seen today still counts."""
    return seen_on + timedelta(days=EVIDENCE_DAYS[price_tier])


def check_credential(kind: str, number: str, valid_from: date, valid_until: date | None) -> None:
    """A licence or training as it can be: a known kind of word, a number, days in order.

    Raises:
        Invalid: `credential-unreadable` or `ends-before-start`.
    """
    if not re.fullmatch(r"[a-z][a-z_]{1,39}", kind, re.ASCII):
        raise Invalid("credential-unreadable", "Choose a kind from the list.", field="kind")
    if not 1 <= len(number.strip()) <= 40:
        raise Invalid("credential-unreadable", "Type its number, 40 signs at most.", field="number")
    if valid_until is not None and valid_until < valid_from:
        raise Invalid("ends-before-start", "The last day is before the first. Look at both.", field="until")


class Door(StrEnum):
    """What guests reach without being signed in, and could be tried by strangers."""

    ASK_CODE = "ask-code"
    TYPE_CODE = "type-code"
    CHECK_IN = "check-in"
    HOLD = "hold"
    PAY = "pay"


@dataclass(frozen=True, slots=True)
class Limit:
    """How many knocks are heard in a while: about one identity, from one network, and from everybody."""

    by_identity: int
    by_network: int
    window: timedelta
    in_all: int | None = None


LIMITS = {
    Door.ASK_CODE: Limit(5, 20, timedelta(hours=1)),
    Door.TYPE_CODE: Limit(10, 30, timedelta(hours=1)),
    Door.CHECK_IN: Limit(5, 30, timedelta(minutes=15)),
    Door.HOLD: Limit(20, 120, timedelta(hours=1)),
    Door.PAY: Limit(8, 25, timedelta(hours=1), in_all=200),
}
"""Asking for codes and holding times always count, the other doors count misses (RELIABILITY.md §5.2)."""

CODE_LIVES = timedelta(minutes=10)
CODE_TRIES = 5
SESSION_IDLE = timedelta(minutes=60)
SESSION_LIVES = timedelta(hours=12)


def check_knocks(door: Door, by_identity: int, by_network: int, in_all: int = 0) -> None:
    """Refuse what was tried too often.

    Raises:
        TooMany: `too-many-tries`; it does not say which of them it was.
    """
    limit = LIMITS[door]
    if (
        by_identity >= limit.by_identity
        or by_network >= limit.by_network
        or (limit.in_all is not None and in_all >= limit.in_all)
    ):
        minutes = limit.window // timedelta(minutes=1)
        raise TooMany("too-many-tries", f"Too many tries. Wait {minutes} minutes, or call us.")


def door_hash(secret: str, text: str) -> str:
    """An address, a number or a network as tries keep it: nobody reads it back without the secret."""
    return hmac.new(secret.encode(), b"door:" + text.encode(), hashlib.sha256).hexdigest()


def network_of(host: str) -> str:
    """What one household has: an IPv4 address, or the first 64 bits of an IPv6 address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
