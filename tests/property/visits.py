"""What happens to visits on a simulated day."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from spa_pos.booking.actions import (
    book_appointment,
    cancel_appointment,
    check_in,
    mark_no_show,
    move_appointment,
    restore_appointment,
    undo_check_in,
)
from spa_pos.booking.rules import Status
from spa_pos.db import fetch_one, fetch_value
from spa_pos.kernel.money import Cents
from tests.builders import price_for
from tests.property.day import Day

SERVICES = (
    ("swedish-60", ("Ana Okafor", "Ben Castellano")),
    ("stone-75", ("Ana Okafor", "Dana Whitfield")),
    ("facial-60", ("Elif Demir", "Farah Haddad")),
    ("manicure-45", ("Jonas Weber", "Farah Haddad")),
)
PROOFS = ("on_file", "seen", "not_shown")
AFTER: dict[str, tuple[Status, ...]] = {
    "check_in": (Status.BOOKED,),
    "undo_check_in": (Status.CHECKED_IN,),
    "move": (Status.BOOKED,),
    "cancel": (Status.BOOKED,),
    "no_show": (Status.BOOKED,),
    "restore": (Status.CANCELLED, Status.NO_SHOW),
}
"""Which step may follow which state; what succeeds against it is a bug."""


@dataclass
class Visits(Day):
    """The steps of the board."""

    async def _slot(self, a: int, b: int) -> dict[str, Any]:
        """A service, a provider and a time, on the quarter, often too close to another."""
        code, providers = SERVICES[a % len(SERVICES)]
        now = self.spa.clock.now
        quarter = now.replace(minute=now.minute - now.minute % 15) + timedelta(minutes=15)
        return {
            "service_id": await self.spa.service_id(code),
            "provider_id": await self.spa.staff_id(providers[b % 2]),
            "starts_at": quarter + timedelta(minutes=15 * (b % 16)),
        }

    async def book(self, who: int, a: int, b: int) -> None:
        """Book somebody, now and then at yesterday's price."""
        guest_id = self.guests[(a // 4) % len(self.guests)]
        slot = await self._slot(a, b)
        quoted = await price_for(self.spa, guest_id, slot["service_id"], slot["starts_at"])
        stale = 100 if (a + b) % 13 == 0 else 0
        appointment_id = uuid4()
        kiosk = self.kiosks[who % 2]
        if await self.ask(
            kiosk,
            "book",
            book_appointment,
            appointment_id=appointment_id,
            guest_id=guest_id,
            quoted_cents=Cents(quoted + stale),
            **slot,
        ):
            assert not stale
            self.appointments.append(appointment_id)
            self.model.status[appointment_id] = Status.BOOKED
            kiosk.seen[appointment_id] = 1

    async def _step(
        self, name: str, to: Status, verb: Callable[..., Awaitable[Any]], who: int, a: int, **more: Any
    ) -> None:
        appointment_id, kiosk = self._visit(a, *AFTER[name]), self.kiosks[who % 2]
        if appointment_id is None:
            return
        version = kiosk.seen.get(appointment_id, 1)
        current = await fetch_value("SELECT version FROM appointment WHERE id = $1", appointment_id)
        asked = {"appointment_id": appointment_id, "version": version} | more
        answer = await self.ask(kiosk, name, verb, **asked)
        if answer is not None:
            assert self.model.status[appointment_id] in AFTER[name], (name, self.model.status[appointment_id])
            assert version == current, f"{name} succeeded on a stale version"
            assert answer == current + 1
            self.model.status[appointment_id] = to
            kiosk.seen[appointment_id] = answer

    async def check_in(self, who: int, a: int, b: int) -> None:
        """The guest is here."""
        await self._step("check_in", Status.CHECKED_IN, check_in, who, a, proof_shown=PROOFS[b % 3])

    async def undo_check_in(self, who: int, a: int, _b: int) -> None:
        """Not here after all."""
        await self._step("undo_check_in", Status.BOOKED, undo_check_in, who, a)

    async def cancel(self, who: int, a: int, b: int) -> None:
        """Cancel a visit, with a reason that is free of a fee or one that is not."""
        reason = ("Illness", "Guest asked")[b % 2]
        await self._step("cancel", Status.CANCELLED, cancel_appointment, who, a, reason=reason)

    async def no_show(self, who: int, a: int, _b: int) -> None:
        """The guest did not come."""
        await self._step("no_show", Status.NO_SHOW, mark_no_show, who, a)

    async def restore(self, who: int, a: int, _b: int) -> None:
        """Bring a visit back."""
        await self._step("restore", Status.BOOKED, restore_appointment, who, a)

    async def move(self, who: int, a: int, b: int) -> None:
        """Move a visit, at the price it had."""
        appointment_id = self._visit(a, *AFTER["move"])
        if appointment_id is not None:
            slot = await self._slot(a, b)
            row = await fetch_one(
                "SELECT provider, price_cents FROM appointment WHERE id = $1", appointment_id
            )
            assert row is not None
            await self._step(
                "move",
                Status.BOOKED,
                move_appointment,
                who,
                a,
                provider_id=row["provider"],
                starts_at=slot["starts_at"],
                quoted_cents=Cents(row["price_cents"]),
            )
