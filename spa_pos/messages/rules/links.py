"""Links that nobody can guess: an identifier with a seal that only the program's secret can make."""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

SEAL_BYTES = 16


def visit_token(secret: str, appointment_id: UUID) -> str:
    """What stands in the link to a visit: 43 letters, digits, dashes and underscores."""
    raw = appointment_id.bytes + _seal(secret, b"visit:" + appointment_id.bytes)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_visit_token(secret: str, token: str) -> UUID | None:
    """The appointment a link names; None when the link is not one of ours."""
    return _read(secret, b"visit:", token)


def stop_token(secret: str, message_id: UUID) -> str:
    """What stands in the link with which a guest stops messages to the address one went to."""
    raw = message_id.bytes + _seal(secret, b"stop:" + message_id.bytes)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_stop_token(secret: str, token: str) -> UUID | None:
    """The message whose address wants nothing more; None when the link is not one of ours."""
    return _read(secret, b"stop:", token)


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
