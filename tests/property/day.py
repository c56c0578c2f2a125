"""A simulated spa day: two kiosks that do not wait for each other, beside a model that only counts."""

import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid4

from spa_pos.booking.rules import Status
from spa_pos.db import fetch, fetch_value, once
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Refusal
from tests.cast import Spa
from tests.property.drawers import next_drawer

T = TypeVar("T")

GUESTS = (
    ("Ingrid Halvorsen", "visitor", False),
    ("Tom Becker", "employee", True),
    ("Lena Vogel", "employee", False),
    ("Rosa Delgado", "patient", False),
)


@dataclass
class Kiosk:
    """A person, and the versions of things as their screen last showed them."""

    actor: Actor
    seen: dict[UUID, int] = field(default_factory=dict)
    last: tuple[UUID, Callable[..., Awaitable[Any]], dict[str, Any], Any] | None = None
    """The last form sent: its key, its verb, its fields, and the answer."""


@dataclass
class Model:
    """What must be true, told by nothing but the answers of successful verbs."""

    status: dict[UUID, Status] = field(default_factory=dict)
    tickets: dict[UUID, str] = field(default_factory=dict)
    cash_cents: int = 0
    card_cents: int = 0
    tenders: dict[UUID, int] = field(default_factory=dict)


@dataclass
class Day:
    """The real spa and the model; every method is one thing a person or the processor does."""

    spa: Spa
    guests: list[UUID] = field(default_factory=list)
    kiosks: list[Kiosk] = field(default_factory=list)
    model: Model = field(default_factory=Model)
    appointments: list[UUID] = field(default_factory=list)
    tickets: list[UUID] = field(default_factory=list)
    attempts: list[UUID] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    succeeded: Counter[str] = field(default_factory=Counter)

    @classmethod
    async def begin(cls, spa: Spa) -> "Day":
        """A morning with guests and two kiosks."""
        day = cls(spa)
        for name, group, proven in GUESTS:
            day.guests.append(await spa.guest(name, group, proven=proven))
        day.kiosks = [Kiosk(spa.maya), Kiosk(spa.owen)]
        return day

    async def ask(self, kiosk: Kiosk, name: str, verb: Callable[..., Awaitable[Any]], **asked: Any) -> Any:
        """Send a form. A refusal is an answer too; anything else that is raised is a bug."""
        key = uuid4()
        kiosk.last = None
        try:
            answer = await once(key, verb, actor=kiosk.actor, now=self.spa.clock.now, **asked)
        except Refusal as refusal:
            self.refusals.append(refusal.code)
            return None
        self.done.append(name)
        kiosk.last = (key, verb, asked, answer)
        return answer

    async def resend(self, who: int, _a: int, _b: int) -> None:
        """The last form once more, by a double click or the back button: the same answer, nothing else."""
        last = self.kiosks[who % 2].last
        if last is not None:
            key, verb, asked, answer = last
            before = await digest()
            again = await once(key, verb, actor=self.kiosks[who % 2].actor, now=self.spa.clock.now, **asked)
            assert again == answer
            assert await digest() == before

    async def step(self, name: str, who: int, a: int, b: int) -> None:
        """One step; half of the time at a kiosk that opened its pages anew just before."""
        if who >= 2:
            await self.look(who, a, b)
        count = len(self.done)
        await getattr(self, name)(who, a, b)
        self.succeeded[name] += len(self.done) > count

    async def look(self, who: int, _a: int, _b: int) -> None:
        """A kiosk opens its pages anew."""
        for table in ("appointment", "ticket"):
            rows = await fetch(f"SELECT id, version FROM {table}")
            self.kiosks[who % 2].seen |= {row["id"]: row["version"] for row in rows}

    async def wait(self, _who: int, minutes: int, _b: int) -> None:
        """Time passes, now and then a night."""
        self.spa.clock.forward(minutes=5 + minutes if minutes % 12 else 24 * 60)
        self.model.cash_cents -= await next_drawer(self.spa, minutes)

    def _visit(self, number: int, *wanted: Status) -> UUID | None:
        """A visit; three times in four one that is where the step needs it."""
        return one_of(
            number, [one for one in self.appointments if self.model.status[one] in wanted], self.appointments
        )

    def _ticket(self, number: int) -> UUID | None:
        """A ticket; three times in four an open one."""
        return one_of(
            number, [one for one in self.tickets if self.model.tickets[one] == "open"], self.tickets
        )


def one_of(number: int, fitting: Sequence[T], others: Sequence[T] = ()) -> T | None:
    """What a step is done to: three times in four something with which it can succeed, if there is any."""
    choice = fitting if fitting and (number % 4 or not others) else others
    return choice[number // 4 % len(choice)] if choice else None


async def digest() -> str:
    """A hash of every row that a verb can write."""
    whole = hashlib.sha256()
    for table in (
        "appointment",
        "claim",
        "ticket",
        "ticket_line",
        "tender",
        "entry",
        "posting",
        "audit_event",
    ):
        rows = await fetch_value(
            f"SELECT coalesce(string_agg(one::text, ' ' ORDER BY one::text), '') FROM {table} one"
        )
        whole.update(rows.encode())
    return whole.hexdigest()
