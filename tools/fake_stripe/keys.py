"""Idempotency keys, which localstripe does not know: one key, one request, one answer."""

import asyncio
import copy
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tools.fake_stripe.answers import Answer, Refused


@dataclass(frozen=True, slots=True)
class _Asked:
    request: tuple[object, ...]
    answer: asyncio.Future[Answer]


class Keys:
    """Every key seen since the start, with its request and its answer."""

    def __init__(self) -> None:
        self._asked: dict[str, _Asked] = {}

    async def once(
        self, key: str, request: tuple[object, ...], work: Callable[[], Awaitable[Answer]]
    ) -> tuple[Answer, bool]:
        """The answer, and whether it is a repetition. Who comes while the first works waits for it.

        Raises:
            Refused: the key came before with another request.
        """
        earlier = self._asked.get(key)
        if earlier is not None:
            if earlier.request != request:
                raise Refused(
                    400,
                    "This idempotency key was first used with other parameters or another address.",
                    kind="idempotency_error",
                )
            return await asyncio.shield(earlier.answer), True
        self._asked[key] = _Asked(copy.deepcopy(request), asyncio.ensure_future(work()))
        try:
            return await asyncio.shield(self._asked[key].answer), False
        except Refused:
            raise
        except Exception:
            del self._asked[key]  # our own fault, not an answer
            raise
