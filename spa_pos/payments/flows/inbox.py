"""Working through what the processor told us: each event only says where to look (PAYMENTS.md §6.6)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog

from spa_pos.db import forbid_transaction
from spa_pos.payments.actions import claim_events, finish_event, postpone_event
from spa_pos.payments.flows.attempts import CardPayments
from spa_pos.payments.queries import StoredEvent, attempt_behind, stored_event

log = structlog.get_logger(__name__)

Look = Callable[[StoredEvent, datetime], Awaitable[bool]]
"""Looks at what an event is about; False when we do not know the thing (yet)."""

AT_ONCE = 50


class Inbox:
    """Events in, questions to the processor out; nothing is booked from an event itself.

    `looks` says who looks for a kind of object; payments are looked at here.
    """

    def __init__(self, cards: CardPayments, looks: Mapping[str, Look] | None = None) -> None:
        self._cards = cards
        self._looks: dict[str, Look] = {"payment_intent": self._payment, "charge": self._payment}
        self._looks.update(looks or {})

    async def work(self, now: datetime, limit: int = AT_ONCE) -> int:
        """Work through what is due; gives how many were taken up. One that fails is tried later."""
        forbid_transaction()
        taken = await claim_events(now, limit)
        for event_id in taken:
            event = await stored_event(event_id)
            if event is None or event.state != "new":
                continue
            try:
                await self._one(event, now)
            except Exception as problem:
                log.exception("event-failed", told=event.event_id)
                await postpone_event(event_id, f"failed: {type(problem).__name__}", now)
        return len(taken)

    async def _one(self, event: StoredEvent, now: datetime) -> None:
        look = self._looks.get(event.object_kind)
        if look is None:
            await finish_event(event.id, now, "nothing of ours hangs on this type")
        elif await look(event, now):
            await finish_event(event.id, now)
        elif await postpone_event(event.id, f"we know no such {event.object_kind}", now):
            log.error("event-parked", told=event.event_id, type=event.type, about=event.object_id)

    async def _payment(self, event: StoredEvent, now: datetime) -> bool:
        found = await attempt_behind(event.payment_id) if event.payment_id else None
        if found is not None and found.live:
            await self._cards.check(found.id, now)
        return found is not None
