"""Keeping PINs: argon2id over a peppered PIN, in a thread, two at a time."""

import asyncio
import functools
import hashlib
import hmac
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_HASHER = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)


@functools.cache
def _two_at_a_time() -> asyncio.Semaphore:
    return asyncio.Semaphore(2)


def _peppered(pin: str, staff_id: UUID, secret: str) -> bytes:
    return hmac.new(secret.encode(), staff_id.bytes + pin.encode(), hashlib.sha256).digest()


def hash_pin(pin: str, staff_id: UUID, secret: str) -> str:
    """What is stored of a PIN; useless without the secret, which is not in the database."""
    return _HASHER.hash(_peppered(pin, staff_id, secret))


async def pin_matches(pin: str, pin_hash: str, staff_id: UUID, secret: str) -> bool:
    """True when this is the person's PIN."""

    def verify() -> bool:
        try:
            return _HASHER.verify(pin_hash, _peppered(pin, staff_id, secret))
        except (VerifyMismatchError, InvalidHashError):
            return False

    async with _two_at_a_time():
        return await asyncio.to_thread(verify)


def token_hash(token: str) -> str:
    """What is stored of a random token (session, device, code): it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
