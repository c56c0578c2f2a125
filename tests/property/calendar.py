"""The calendar of a small spa: every verb beside an oracle that says beforehand whether it can be."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from spa_pos.booking.actions import (
    BookingItem,
    book_appointment,
    cancel_appointment,
    check_in,
    confirm_appointment,
    confirm_hold,
    expire_holds,
    hold_appointment,
    mark_no_show,
    move_appointment,
    resize_appointment,
    restore_appointment,
    start_service,
    undo_check_in,
)
from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import Refusal
from tests.builders import complete_appointment, visit_of
from tests.calendar import digest
from tests.cast import Spa
from tests.integration.booking.asking import total_for
from tests.property.oracle import Ask, Oracle

MENU = (
    (("swedish-60",), ("Ana Okafor", "Ben Castellano")),
    (("swedish-30", "scalp-15"), ("Ben Castellano", "Ana Okafor")),
    (("stone-75",), ("Ana Okafor", "Ana Okafor")),
    (("scalp-mask-60",), ("Farah Haddad", "Farah Haddad")),
    (("facial-30", "collagen-15"), ("Farah Haddad", "Elif Demir")),
    (("manicure-45", "paraffin-10"), ("Jonas Weber", "Farah Haddad")),
    (("pedicure-60", "paraffin-10"), ("Jonas Weber", "Ana Okafor")),
)
GUESTS = ("Ingrid Halvorsen", "Tom Becker", "Lena Vogel", "Rosa Delgado")
COMING, HERE, OFF = ("booked", "confirmed"), ("checked_in", "in_service"), ("cancelled", "no_show")
MINUTE = timedelta(minutes=1)
GRACE = 15 * MINUTE


@dataclass
class Calendar:
    """The real spa, and where every visit stands by nothing but the answers of the verbs."""

    spa: Spa
    guests: list[UUID] = field(default_factory=list)
    status: dict[UUID, str] = field(default_factory=dict)
    until: dict[UUID, datetime] = field(default_factory=dict)
    confirmed: set[UUID] = field(default_factory=set)
    parties: list[UUID] = field(default_factory=list)
    blocks: dict[UUID, str] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    @classmethod
    async def begin(cls, spa: Spa) -> "Calendar":
        """A late morning with four guests and three treatment rooms."""
        spa.clock.forward(hours=1)
        calendar = cls(spa)
        await fetch("UPDATE resource SET active = false WHERE name IN ('Room 4', 'Room 5', 'Room 6')")
        await fetch(
            "UPDATE work_limit"
            " SET day_minutes = 120, week_minutes = 180, most_in_a_row = 2, break_minutes = 15"
        )
        for name in GUESTS:
            calendar.guests.append(await spa.guest(name))
        for table, name in (("service", "code"), ("staff", "name")):
            rows = await fetch(f"SELECT id, {name} AS name FROM {table}")
            calendar.ids |= {row["name"]: row["id"] for row in rows}
        return calendar

    async def ask(self, name: str, expected: bool, verb: Callable[..., Awaitable[Any]], **asked: Any) -> Any:
        """Do it, and hold the answer against what was expected; a refusal has changed nothing."""
        before = await digest()
        try:
            answer = await verb(self.spa.maya, now=self.spa.clock.now, **asked)
        except Refusal as refusal:
            assert not expected, (
                f"{name} was refused, though nothing stands against it: {refusal.code} {asked}"
            )
            assert await digest() == before, f"{name} was refused ({refusal.code}) and has changed something"
            self.done.append(f"{name} refused: {refusal.code}")
            return None
        assert expected, f"{name} was done, though it cannot be: {asked}"
        self.done.append(name)
        return answer

    async def oracle(self) -> Oracle:
        return await Oracle.of(self.spa)

    # ---- choosing ------------------------------------------------------------------------------

    def when(self, b: int) -> datetime:
        """A time today or tomorrow, on the quarter, sometimes five minutes off it."""
        now = self.spa.clock.now
        quarter = now.replace(minute=now.minute - now.minute % 15, second=0) + 15 * (b % 12) * MINUTE
        return quarter + (24 * 60 if b % 9 == 8 else 0) * MINUTE + (10 if b % 7 == 6 else 0) * MINUTE

    def menu(self, a: int, b: int) -> Ask:
        """Something of the menu, with a provider and a time."""
        codes, people = MENU[a % len(MENU)]
        return Ask(tuple(self.ids[code] for code in codes), self.ids[people[b % 2]], self.when(b))

    def pick(self, a: int, *wanted: str) -> UUID | None:
        """A visit; three times in four one that is where the step needs it."""
        fitting = [one for one, status in self.status.items() if status in wanted]
        choice = fitting if fitting and a % 4 else list(self.status)
        return choice[a // 4 % len(choice)] if choice else None

    def overdue(self, one: UUID) -> bool:
        """Held, and that time is over."""
        return self.status[one] == "held" and self.until[one] <= self.spa.clock.now

    async def item(self, ask: Ask, guest_id: UUID) -> BookingItem:
        quoted = await total_for(self.spa, guest_id, ask.services, ask.starts_at)
        first, *rest = ask.services
        return BookingItem(uuid4(), guest_id, first, ask.staff, ask.starts_at, quoted, tuple(rest))

    async def asked_by(self, appointment_id: UUID) -> tuple[Any, Ask]:
        """A visit, and what it asks for as it stands."""
        seen = await visit_of(self.spa, appointment_id)
        services = (seen.service_id, *(one.add_on_id for one in seen.add_ons))
        return seen, Ask(services, seen.provider_id, seen.starts_at, seen.duration_minutes)

    # ---- booking -------------------------------------------------------------------------------

    async def book(self, a: int, b: int) -> None:
        """Book somebody, with add-ons or without."""
        ask, guest_id = self.menu(a, b), self.guests[a // 7 % len(self.guests)]
        item, oracle = await self.item(ask, guest_id), await self.oracle()
        fits = oracle.possible(ask) and oracle.guest_is_free(guest_id, ask.starts_at, oracle.ends_at(ask))
        if await self.ask(
            "book",
            fits,
            book_appointment,
            appointment_id=item.appointment_id,
            guest_id=guest_id,
            service_id=item.service_id,
            provider_id=item.provider_id,
            starts_at=item.starts_at,
            quoted_cents=item.quoted_cents,
            add_on_ids=item.add_on_ids,
        ):
            self.status[item.appointment_id] = "booked"

    async def hold(self, a: int, b: int) -> None:
        """Hold a time for five to twenty minutes."""
        ask, guest_id = self.menu(a, b), self.guests[a // 7 % len(self.guests)]
        item, oracle = await self.item(ask, guest_id), await self.oracle()
        until = self.spa.clock.now + (5 + b % 16) * MINUTE
        fits = oracle.possible(ask) and oracle.guest_is_free(guest_id, ask.starts_at, oracle.ends_at(ask))
        if await self.ask("hold", fits, hold_appointment, item=item, held_until=until):
            self.status[item.appointment_id], self.until[item.appointment_id] = "held", until

    async def confirm_hold(self, a: int, _b: int) -> None:
        """Take what was held."""
        one = self.pick(a, "held")
        if one is not None:
            fits = self.status[one] == "held" and not self.overdue(one)
            await self._step("confirm hold", one, fits, confirm_hold, "booked")

    async def sweep(self, _a: int, _b: int) -> None:
        """Free what was held too long."""
        overdue = {one for one in self.status if self.overdue(one)}
        known = {row["id"] for row in await fetch("SELECT id FROM appointment WHERE status = 'expired'")}
        gone = await self.ask("sweep", True, expire_holds)
        assert set(gone) == overdue - known
        self.status |= dict.fromkeys(overdue, "expired")

    async def wait(self, a: int, _b: int) -> None:
        """Time passes, now and then a night."""
        self.spa.clock.forward(minutes=1 + a * 3 if a % 11 else 23 * 60)

    # ---- one visit -----------------------------------------------------------------------------

    async def _step(
        self,
        name: str,
        one: UUID,
        fits: bool,
        verb: Callable[..., Awaitable[Any]],
        to: str | None,
        *,
        stale: bool = False,
        **more: Any,
    ) -> None:
        row = await fetch_one("SELECT version FROM appointment WHERE id = $1", one)
        assert row is not None
        version = row["version"] - stale
        answer = await self.ask(name, fits and not stale, verb, appointment_id=one, version=version, **more)
        if answer is not None:
            assert answer == version + 1
            self.status[one] = to or self.status[one]

    async def move(self, a: int, b: int) -> None:
        """Another time, perhaps another provider; now and then as it stood before."""
        one = self.pick(a, *COMING)
        if one is None:
            return
        seen, ask = await self.asked_by(one)
        staff = self.ids["Ben Castellano"] if b % 6 == 5 else ask.staff
        ask = Ask(ask.services, staff, self.when(b), ask.minutes)
        oracle = await self.oracle()
        fits = (
            self.status[one] in COMING
            and oracle.possible(ask, without=[one])
            and oracle.guest_is_free(seen.guest_id, ask.starts_at, oracle.ends_at(ask), [one])
        )
        await self._step(
            "move",
            one,
            fits,
            move_appointment,
            None,
            stale=b % 17 == 16,
            provider_id=staff,
            starts_at=ask.starts_at,
            quoted_cents=await total_for(self.spa, seen.guest_id, ask.services, ask.starts_at),
        )

    async def resize(self, a: int, b: int) -> None:
        """Longer or shorter."""
        one = self.pick(a, *COMING, *HERE)
        if one is None:
            return
        seen, ask = await self.asked_by(one)
        minutes = (15, 30, 45, 60, 75, 90, 62)[b % 7]
        ask = Ask(ask.services, ask.staff, ask.starts_at, minutes)
        oracle = await self.oracle()
        fits = (
            minutes % 5 == 0
            and self.status[one] in (*COMING, *HERE)
            and oracle.possible(ask, without=[one], limits=minutes > seen.duration_minutes, past=True)
            and oracle.guest_is_free(seen.guest_id, ask.starts_at, oracle.ends_at(ask), [one])
        )
        await self._step("resize", one, fits, resize_appointment, None, minutes=minutes)

    async def confirm(self, a: int, _b: int) -> None:
        """The guest says they will come."""
        one = self.pick(a, "booked")
        if one is not None:
            fits = self.status[one] == "booked"
            await self._step("confirm", one, fits, confirm_appointment, "confirmed")
            self.confirmed |= {one} if fits else set()

    async def cancel(self, a: int, b: int) -> None:
        """Cancel a visit."""
        one = self.pick(a, *COMING)
        if one is not None:
            fits, stale = self.status[one] in COMING, b % 17 == 16
            await self._step("cancel", one, fits, cancel_appointment, "cancelled", stale=stale, reason="Ill")

    async def no_show(self, a: int, _b: int) -> None:
        """The guest did not come."""
        one = self.pick(a, *COMING)
        if one is not None:
            late = (await visit_of(self.spa, one)).starts_at + GRACE <= self.spa.clock.now
            await self._step("no-show", one, late and self.status[one] in COMING, mark_no_show, "no_show")

    def back(self, one: UUID) -> str:
        return "confirmed" if one in self.confirmed else "booked"

    async def may_come_back(self, *ids: UUID) -> bool:
        """Whether ended visits could all be booked as they were, times past too."""
        oracle, asks = await self.oracle(), []
        for one in ids:
            seen, ask = await self.asked_by(one)
            if self.status[one] not in OFF:
                return False
            if not oracle.guest_is_free(seen.guest_id, seen.starts_at, seen.ends_at):
                return False
            asks.append(ask)
        return oracle.possible(*asks, past=True)

    async def restore(self, a: int, _b: int) -> None:
        """Undo a cancellation or a no-show."""
        one = self.pick(a, *OFF)
        if one is not None:
            await self._step(
                "restore", one, await self.may_come_back(one), restore_appointment, self.back(one)
            )

    # ---- the day of the visit ------------------------------------------------------------------

    async def check_in(self, a: int, b: int) -> None:
        """The guest is here, in time or late; half of the time as late as can be."""
        one = self.pick(a, *COMING)
        if one is None:
            return
        seen, ask = await self.asked_by(one)
        if b % 2 and self.status[one] in COMING:
            self.spa.clock.now = max(self.spa.clock.now, seen.starts_at + (b * 7 % 50) * MINUTE)
        late, now = ("as_booked", "shorten", "whole_time")[b % 3], self.spa.clock.now
        oracle = await self.oracle()
        fits = self.status[one] in COMING and oracle.day_of(now) == oracle.day_of(seen.starts_at)
        if late != "as_booked":
            begins = now
            while begins.minute % 5 or begins.second or begins.microsecond:
                begins = begins.replace(second=0, microsecond=0) + MINUTE
            left = (seen.ends_at - begins) // MINUTE if late == "shorten" else seen.duration_minutes
            fits = fits and now > seen.starts_at + 5 * MINUTE and left >= 5
            if fits:
                ask = Ask(ask.services, ask.staff, begins, left)
                fits = oracle.possible(ask, without=[one], limits=False, past=True)
                fits = fits and oracle.guest_is_free(seen.guest_id, begins, oracle.ends_at(ask), [one])
        await self._step(
            f"check in {late}", one, fits, check_in, "checked_in", proof_shown="on_file", late=late
        )

    async def start(self, a: int, _b: int) -> None:
        """The provider begins."""
        one = self.pick(a, "checked_in")
        if one is not None:
            await self._step("start", one, self.status[one] == "checked_in", start_service, "in_service")

    async def undo_check_in(self, a: int, _b: int) -> None:
        """Not here after all."""
        one = self.pick(a, *HERE)
        if one is not None:
            await self._step("undo check-in", one, self.status[one] in HERE, undo_check_in, self.back(one))

    async def complete(self, a: int, _b: int) -> None:
        """Paid and done."""
        one = self.pick(a, *HERE)
        if one is not None:
            fits, count = self.status[one] in HERE, len(self.done)
            await self.ask("complete", fits, complete_appointment, appointment_id=one)
            if fits and len(self.done) > count:
                self.status[one] = "done"
