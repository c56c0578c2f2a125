"""Whatever happens to visits and waits in whatever order: offers are held, and nobody booked loses a time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as some

from spa_pos.booking.actions import cancel_appointment, confirm_hold, restore_appointment
from spa_pos.booking.actions.offers import decline_offer, offer_time
from spa_pos.booking.actions.waitlist import WaitAsk, add_wait, restore_wait, withdraw_wait
from spa_pos.booking.flows import Offering, expire_all_holds
from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.time import local_date
from spa_pos.verify import verify
from tests.builders import booked
from tests.cast import Spa, open_spa
from tests.conftest import Database

LONG = settings().max_examples > 100
DAYS = settings().max_examples if LONG else 30
LENGTH = 80 if LONG else 40
STEPS = (
    "book",
    "cancel",
    "restore",
    "wait",
    "withdraw",
    "return_",
    "job",
    "accept",
    "decline",
    "by_hand",
    "later",
)


@dataclass
class Day:
    """One provider, six guests, a job that comes now and then, and what must stay as it is."""

    spa: Spa
    guests: list[UUID]
    offering: Offering = field(default_factory=Offering)
    done: list[str] = field(default_factory=list)

    async def ask(self, name: str, verb: Callable[..., Awaitable[Any]], **asked: Any) -> None:
        """A refusal is an answer; anything else that is raised is a bug."""
        try:
            await verb(self.spa.maya, now=self.spa.clock.now, **asked)
            self.done.append(name)
        except Refusal as refusal:
            self.done.append(f"refused: {refusal.code}")

    async def one(self, sql: str, number: int) -> Any:
        """One of the rows that a step may touch."""
        rows = await fetch(sql)
        return rows[number % len(rows)] if rows else None

    async def book(self, a: int, b: int) -> None:
        """Somebody books Leila tomorrow."""
        try:
            at = self.spa.local(9 + b % 6, days=1)
            await booked(
                self.spa,
                self.guests[a % len(self.guests)],
                service="acupuncture-60",
                provider="Leila Farouk",
                at=at,
            )
            self.done.append("book")
        except Refusal as refusal:
            self.done.append(f"refused: {refusal.code}")

    async def cancel(self, a: int, _b: int) -> None:
        """A visit is cancelled."""
        row = await self.one("SELECT id, version FROM appointment WHERE status = 'booked' ORDER BY id", a)
        if row:
            asked = {"appointment_id": row["id"], "version": row["version"], "reason": "Illness"}
            await self.ask("cancel", cancel_appointment, **asked)

    async def restore(self, a: int, _b: int) -> None:
        """A cancellation is undone, while nobody has the time."""
        row = await self.one("SELECT id, version FROM appointment WHERE status = 'cancelled' ORDER BY id", a)
        if row:
            asked = {"appointment_id": row["id"], "version": row["version"]}
            await self.ask("restore", restore_appointment, **asked)

    async def wait(self, a: int, b: int) -> None:
        """Somebody begins to wait."""
        day = local_date(self.spa.local(12, days=1), self.spa.house.zone)
        asked = WaitAsk(await self.spa.service_id("acupuncture-60"), day, day, severity=b % 11, reason="pain")
        await self.ask(
            "wait", add_wait, wait_id=uuid4(), guest_id=self.guests[a % len(self.guests)], asked=asked
        )

    async def withdraw(self, a: int, _b: int) -> None:
        """Somebody waits no longer, with or without an offer."""
        row = await self.one("SELECT id, version FROM wait WHERE ended_at IS NULL ORDER BY id", a)
        if row:
            await self.ask("withdraw", withdraw_wait, wait_id=row["id"], version=row["version"])

    async def return_(self, a: int, _b: int) -> None:
        """And again."""
        row = await self.one("SELECT id, version FROM wait WHERE status = 'withdrawn' ORDER BY id", a)
        if row:
            await self.ask("return", restore_wait, wait_id=row["id"], version=row["version"])

    async def job(self, _a: int, _b: int) -> None:
        """Both jobs run; who was booked before is booked after, unchanged."""
        sql = "SELECT id, version FROM appointment WHERE status IN ('booked', 'confirmed') ORDER BY id"
        before = await fetch(sql)
        await expire_all_holds(self.spa.clock.now)
        await self.offering.work(self.spa.clock.now)
        assert await fetch(sql) == before
        self.done.append("job")

    async def accept(self, a: int, _b: int) -> None:
        """A guest takes what is held."""
        row = await self.one("SELECT id, version FROM appointment WHERE status = 'held' ORDER BY id", a)
        if row:
            asked = {"appointment_id": row["id"], "version": row["version"]}
            await self.ask("accept", confirm_hold, **asked)

    async def decline(self, a: int, _b: int) -> None:
        """Or does not."""
        row = await self.one("SELECT id, version FROM appointment WHERE status = 'held' ORDER BY id", a)
        if row:
            asked = {"appointment_id": row["id"], "version": row["version"]}
            await self.ask("decline", decline_offer, **asked)

    async def by_hand(self, a: int, b: int) -> None:
        """The desk offers a time, free or not."""
        row = await self.one("SELECT id FROM wait ORDER BY id", a)
        if row:
            leila = await self.spa.staff_id("Leila Farouk")
            await self.ask(
                "by hand",
                offer_time,
                appointment_id=uuid4(),
                wait_id=row["id"],
                provider_id=leila,
                starts_at=self.spa.local(9 + b % 6, days=1),
                by_hand=True,
            )

    async def later(self, a: int, _b: int) -> None:
        """Time passes, within the hours in which offers go out."""
        now = self.spa.clock.now
        self.spa.clock.now = max(now, min(now + timedelta(minutes=a % 40), self.spa.local(19)))


async def check() -> None:
    """No invariant is broken, and nobody got a time twice that they did not want."""
    assert [verdict for verdict in await verify() if verdict.problems] == []
    twice = await fetch_one(
        "SELECT x.wait FROM wait_offer x JOIN appointment a ON a.id = x.appointment"
        " JOIN wait_offer y ON y.wait = x.wait AND y.id <> x.id JOIN appointment b ON b.id = y.appointment"
        " WHERE x.outcome IN ('declined', 'expired') AND y.offered_by = 'Waitlist'"
        " AND y.offered_at >= x.ended_at AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at"
    )
    assert twice is None, "offered again what was declined"


@settings(
    max_examples=DAYS,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(
    steps=some.lists(
        some.tuples(some.sampled_from(STEPS), some.integers(0, 59), some.integers(0, 59)),
        min_size=LENGTH,
        max_size=LENGTH,
    )
)
async def test_offers_and_holds_agree_whatever_happens(
    database: Database, steps: list[tuple[str, int, int]]
) -> None:
    await database.empty()
    spa = await open_spa()
    await fetch("DELETE FROM work_limit")
    day = Day(spa, [await spa.guest(f"Guest Number{number}") for number in range(6)])
    for name, a, b in steps:
        spa.clock.now += timedelta(milliseconds=1)  # so that what came first can be told
        await getattr(day, name)(a, b)
    await check()
    spa.clock.forward(minutes=31)
    await expire_all_holds(spa.clock.now)
    assert await fetch("SELECT id FROM appointment WHERE status = 'held'") == []
    await check()
    for word in sorted(set(day.done)):
        event(word)
