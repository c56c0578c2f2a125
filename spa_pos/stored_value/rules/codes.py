"""What a gift card's code is made of; pure."""

import hashlib
import hmac
import re
from datetime import timedelta

from spa_pos.kernel.cards import passes_luhn
from spa_pos.kernel.errors import Invalid, TooMany

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 without its 0 and 1: nothing that reads like something else is left."""

RANDOM_SIGNS = 16
"""About 78 bits; guessing is hopeless even for somebody who is never stopped."""

CODE_MISSES = 10
CODE_WINDOW = timedelta(minutes=15)
"""So many codes that fit nothing may be tried within the window at one device, or from one network."""

_SPACING = re.compile(r"[\s\-–—.]+")
_ANY_CODE = re.compile(r"[A-Z0-9]{16,40}", re.ASCII)
_LONG_DIGITS = re.compile(r"[0-9]{13,19}", re.ASCII)


def check_sign(signs: str) -> str:
    """The check symbol of some symbols: ISO/IEC 7064's hybrid system, modulus 31 over 30 symbols.

    31 is prime, so every wrong symbol is found and nearly every pair that was swapped.
    """
    return SIGNS[(1 - _product(signs)) % len(SIGNS)]


def _product(signs: str) -> int:
    base = len(SIGNS)
    product = base
    for sign in signs:
        total = (product + SIGNS.index(sign)) % base or base
        product = total * 2 % (base + 1)
    return product


def is_ours(code: str) -> bool:
    """True for a code of our own making whose check symbol fits."""
    return _looks_ours(code) and check_sign(code[:-1]) == code[-1]


def _looks_ours(code: str) -> bool:
    return len(code) == RANDOM_SIGNS + 1 and all(sign in SIGNS for sign in code)


def code_of(signs: str) -> str | None:
    """Random symbols with their check symbol; None when they would pass for a card number."""
    code = signs + check_sign(signs)
    return None if _LONG_DIGITS.search(code) else code


def clean_code(typed: str) -> str:
    """A typed or scanned code without spaces and dashes, in capitals.

    Raises:
        Invalid: `code-unreadable` when it cannot be a code, or one of ours with a mistyped symbol.
    """
    code = _SPACING.sub("", typed).upper()
    if not _ANY_CODE.fullmatch(code):
        raise Invalid(
            "code-unreadable",
            "A gift card's code has at least 16 letters and digits. Scan the card, or type it again.",
            field="code",
        )
    if _looks_ours(code) and not is_ours(code):
        raise Invalid(
            "code-mistyped", "One symbol of that code is wrong. Compare it with the card.", field="code"
        )
    return code


def check_preprinted(code: str) -> str:
    """A code that was printed for us, as it will be typed; refused when it could be guessed or mistaken.

    Raises:
        Invalid: `code-unreadable`, `code-mistyped`, or `code-like-a-card`.
    """
    cleaned = clean_code(code)
    if len(set(cleaned)) < 6:
        raise Invalid("code-guessable", "A code with fewer than six different symbols can be guessed.")
    if any(passes_luhn(found) for found in _LONG_DIGITS.findall(cleaned)):
        raise Invalid("code-like-a-card", "That code could be the number of a payment card.")
    return cleaned


def code_hash(code: str, secret: str) -> str:
    """What is stored of a code; useless without the secret, which is not in the database."""
    return hmac.new(secret.encode(), b"gift-card-code:" + code.encode(), hashlib.sha256).hexdigest()


def last_four(code: str) -> str:
    """What people may see of a code."""
    return code[-4:]


def grouped(code: str) -> str:
    """A code as it is printed: `ABCD-EFGH-JKMN-PQRS-T`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def check_misses(misses: int) -> None:
    """Whoever missed too often has to wait.

    Raises:
        TooMany: `too-many-codes-tried`.
    """
    if misses >= CODE_MISSES:
        minutes = int(CODE_WINDOW.total_seconds() // 60)
        raise TooMany(
            "too-many-codes-tried",
            f"Too many codes were tried here that fit no card. Wait {minutes} minutes, or find the card"
            " by its sale.",
            field="code",
        )
