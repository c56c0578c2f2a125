"""Links that nobody can guess: an identifier with a seal that only the program's secret can make."""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

SEAL_BYTES = 16


def visit_token(secret: str, appointment_id: UUID) -> str:
    """What stands in the link to a visit: 43 letters, digits, dashes and underscores."""
    return _token(secret, b"visit:", appointment_id)


def read_visit_token(secret: str, token: str) -> UUID | None:
    """The appointment a link names; None when the link is not one of ours."""
    return _read(secret, b"visit:", token)


def stop_token(secret: str, message_id: UUID) -> str:
    """What stands in the link with which a guest stops messages to the address one went to."""
    return _token(secret, b"stop:", message_id)


def read_stop_token(secret: str, token: str) -> UUID | None:
    """The message whose address wants nothing more; None when the link is not one of ours."""
    return _read(secret, b"stop:", token)


def receipt_token(secret: str, link_id: UUID) -> str:
    """What stands in the link to a receipt; the id is the link's, so that one link can end alone."""
    return _token(secret, b"receipt:", link_id)


def read_receipt_token(secret: str, token: str) -> UUID | None:
    """The receipt's link; None when it is not one of ours."""
    return _read(secret, b"receipt:", token)


def gift_token(secret: str, delivery_id: UUID) -> str:
    """What stands in the link with which a gift card is handed over."""
    return _token(secret, b"gift:", delivery_id)


def read_gift_token(secret: str, token: str) -> UUID | None:
    """The delivery of a gift card; None when the link is not one of ours."""
    return _read(secret, b"gift:", token)


def online_token(secret: str, booking_id: UUID) -> str:
    """What a browser keeps of a booking that is under way."""
    return _token(secret, b"book:", booking_id)


def read_online_token(secret: str, token: str) -> UUID | None:
    """The booking under way of a browser; None when it is not one of ours."""
    return _read(secret, b"book:", token)


def order_token(secret: str, order_id: UUID) -> str:
    """What stands in the address of a gift card that is being bought online, and was bought."""
    return _token(secret, b"give:", order_id)


def read_order_token(secret: str, token: str) -> UUID | None:
    """The order of a gift card; None when the link is not one of ours."""
    return _read(secret, b"give:", token)


def _token(secret: str, purpose: bytes, named: UUID) -> str:
    raw = named.bytes + _seal(secret, purpose + named.bytes)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def enter_token(secret: str, code_id: UUID) -> str:
    """What stands in the link with which a guest opens their own page, instead of typing the code."""
    raw = code_id.bytes + _seal(secret, b"enter:" + code_id.bytes)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_enter_token(secret: str, token: str) -> UUID | None:
    """The code that a link stands for; None when the link is not one of ours."""
    return _read(secret, b"enter:", token)


def enter_code(secret: str, code_id: UUID) -> str:
    """The six digits of a one-time code: made from its identifier, so that nobody stores them."""
    number = int.from_bytes(_seal(secret, b"code:" + code_id.bytes), "big")
    return f"{number % 1_000_000:06}"


def _read(secret: str, purpose: bytes, token: str) -> UUID | None:
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=", altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return None
    named, seal = raw[:16], raw[16:]
    if len(named) != 16 or not hmac.compare_digest(seal, _seal(secret, purpose + named)):
        return None
    return UUID(bytes=named)


def _seal(secret: str, about: bytes) -> bytes:
    return hmac.new(secret.encode(), b"link:" + about, hashlib.sha256).digest()[:SEAL_BYTES]
