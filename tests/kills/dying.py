"""A spa whose program is killed at random moments, again and again, and what was wrong afterwards."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec

from spa_pos.app import card_payments
from spa_pos.db import fetch_value
from spa_pos.payments.actions import agree_to_keep_card
from spa_pos.payments.flows import CardsOnFile
from spa_pos.payments.stripe_gateway import StripeGateway
from spa_pos.people.actions import add_device
from spa_pos.people.pins import token_hash
from spa_pos.server import recovery
from spa_pos.settings import PROJECT
from tests.builders import checked_in
from tests.cast import Spa, drawer_at_hand
from tests.kills.books import any_online_waits, problems, under_way
from tests.kills.journeys import JOURNEYS, Journey, void_the_unfinished
from tests.kills.person import Hand, Person
from tests.kills.zygote import SharedClock, Wanted
from tests.processor import KEY, Processor

PATIENCE_SECONDS = 300
VISITS = ((9, 0), (10, 30), (12, 0), (13, 30))
"""When each of two guests with cards on file is here."""


@dataclass
class Told:
    """What happened, and what was wrong: kills by journey, how often each came to its end (undisturbed, or
    killed late enough, or healed), how many kills were inside a request, how many left card money under way,
    how often the last form was sent again.
    """

    kills: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    inside: int = 0
    under_way: int = 0
    resent: int = 0
    charges: int = 0
    refunds: int = 0
    restarts: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, other: "Told") -> None:
        """What happened there happened too."""
        self.kills.update(other.kills)
        self.ended.update(other.ended)
        for name in ("inside", "under_way", "resent", "charges", "refunds", "restarts", "problems"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Service:
    """The service as a process that can be killed and opened again within a moment."""

    def __init__(self, zygote: asyncio.subprocess.Process) -> None:
        self._zygote, self._number = zygote, 0

    async def open(self) -> float:
        """Open it; gives the seconds until it answers."""
        begun = time.monotonic()
        assert self._zygote.stdin is not None and self._zygote.stdout is not None
        self._zygote.stdin.write(b"open\n")
        async with asyncio.timeout(PATIENCE_SECONDS):
            words = (await self._zygote.stdout.readline()).decode().split()
        assert words[:1] == ["open"], f"the service says {words}"
        self._number = int(words[1])
        return time.monotonic() - begun

    async def kill(self) -> None:
        """End it at once, as a power cut does; nothing of it runs afterwards."""
        os.kill(self._number, signal.SIGKILL)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    os.kill(self._number, 0)
                except ProcessLookupError:
                    return
                await asyncio.sleep(0.001)


@contextlib.asynccontextmanager
async def zygote(wanted: Wanted, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """What services are forked from; whatever runs of it is gone on the way out."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.kills.zygote", msgspec.json.encode(wanted).decode(), str(log)),
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert child.stdin is not None and child.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await child.stdout.readline() == b"waiting\n"
        yield child
    finally:
        assert child.stdin is not None
        child.stdin.close()
        await child.wait()


@dataclass
class Stage:
    """A spa, the service in front of it, the card processor, and somebody at the desk."""

    spa: Spa
    service: Service
    processor: Processor
    gateway: StripeGateway
    clock: SharedClock
    maya: Person
    log: Path
    recovers: bool
    before: frozenset[str]
    lengths: dict[str, float] = field(default_factory=dict)

    async def while_later(self) -> None:
        """Minutes pass, and the job of every minute runs."""
        self.spa.clock.now = self.clock.leap(minutes=31 if await any_online_waits() else 6)
        if self.recovers:
            cards = card_payments(self.gateway)
            assert cards is not None
            await recovery(cards, CardsOnFile(self.gateway))(self.spa.clock.now)

    def complaints(self) -> list[str]:
        """What the service logged as failed."""
        return [
            line.strip()[:300]
            for line in self.log.read_text().splitlines()
            if any(word in line for word in ("-failed", "Traceback", "paid-after-the-end", "[error"))
        ]


@contextlib.asynccontextmanager
async def stage(spa: Spa, url: str, processor: Processor, *, recovers: bool = True) -> AsyncIterator[Stage]:
    """An open spa with the service before it; gone afterwards, the processor stays."""
    gateway = StripeGateway(KEY, api_base=processor.address)
    with tempfile.TemporaryDirectory() as folder:
        clock, log = SharedClock(Path(folder) / "clock"), Path(folder) / "log"
        spa.clock.now = clock()
        await guests_with_kept_cards(spa, gateway)
        secret = await add_device(
            location_id=spa.house.location_id, name="Desk that dies", enrolled_by="the tests", now=clock()
        )
        await drawer_at_hand(
            await fetch_value("SELECT id FROM device WHERE secret_hash = $1", token_hash(secret)), clock()
        )
        port = _free_port()
        wanted = Wanted(url, port, processor.address, str(Path(folder) / "clock"), recovers)
        address = f"http://127.0.0.1:{port}"
        async with (
            zygote(wanted, log) as child,
            httpx.AsyncClient(base_url=address, timeout=30, trust_env=False) as browser,
        ):
            browser.cookies.set("spa_device", secret, domain="127.0.0.1", path="/")
            maya = Person(spa, browser, hand=Hand(random.Random(0)))
            service = Service(child)
            before = frozenset(one["id"] for one in [*processor.charges(), *processor.refunds()])
            await service.open()
            await maya.sign_in("Renata Silva")
            yield Stage(spa, service, processor, gateway, clock, maya, log, recovers, before)
    await gateway.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def guests_with_kept_cards(spa: Spa, gateway: StripeGateway) -> None:
    """Guests of the day who are here, each with a card on file."""
    keeping = CardsOnFile(gateway)
    for name in ("Ana Okafor", "Ben Castellano"):
        guest_id, now = await spa.guest(), spa.clock.now
        setup_id = await agree_to_keep_card(
            spa.maya,
            setup_id=uuid4(),
            guest_id=guest_id,
            place_name="Rejuvenate Spa",
            seen_from=None,
            now=now,
        )
        assert (await keeping.sample(setup_id, "pm_card_visa", now)).state == "saved"
        for hour, minute in VISITS:
            await checked_in(spa, guest_id, provider=name, at=spa.local(hour, minute))


async def measure(on: Stage, journeys: Sequence[Journey], told: Told) -> None:
    """How long each journey takes with a service that was just opened; undisturbed, all come to their end."""
    for journey in journeys:
        await on.service.kill()
        await on.service.open()
        begun_with, before = await journey.begin(on.maya), await journey.ended()
        begun = time.monotonic()
        await journey.play(on.maya, begun_with)
        on.lengths[journey.name] = time.monotonic() - begun
        assert await journey.ended() == before + 1, f"{journey.name} came to no end, and nothing disturbed it"
        told.ended[journey.name] += 1
        await on.maya.hand.put_down()


async def kill_once(on: Stage, journey: Journey, dice: random.Random, told: Told) -> None:
    """Begin a journey, kill the service at a random moment, open it again, and look at everything."""
    begun_with, before = await journey.begin(on.maya), await journey.ended()
    playing = asyncio.create_task(journey.play(on.maya, begun_with))
    await asyncio.sleep(dice.uniform(0, on.lengths[journey.name]))
    inside = on.maya.hand.asking and not playing.done()
    await on.service.kill()
    (outcome,) = await asyncio.gather(playing, return_exceptions=True)
    on.maya.hand.asking = False
    if isinstance(outcome, BaseException) and not isinstance(outcome, httpx.TransportError):
        raise outcome
    told.kills[journey.name] += 1
    told.inside += inside
    told.under_way += await under_way() > 0
    told.restarts.append(await on.service.open())
    form = on.maya.hand.last
    if outcome is not None and form is not None and dice.random() < 0.5:
        who, path, fields = form
        page = await who.post(path, fields)
        told.resent += 1
        if page.status >= 500:
            told.problems.append(
                f"{journey.name}: sent again, {path} was answered {page.status} {page.problem}"
            )
    await on.maya.hand.put_down()
    await on.while_later()
    times = await journey.ended() - before
    told.ended[journey.name] += times
    if times > 1 or (outcome is None and not times):
        told.problems.append(f"{journey.name}: came to its end {times} times, was answered {outcome!r}")
    wrong = await problems(on.processor, on.before)
    told.problems += [f"{journey.name}, kill {told.kills.total()}: {one}" for one in wrong]


async def kill_many(
    on: Stage, count: int, dice: random.Random, journeys: Sequence[Journey] = JOURNEYS
) -> Told:
    """Kill it so many times, in journeys by turns; ends early when something is wrong."""
    told = Told()
    on.maya.hand.dice = dice
    await measure(on, journeys, told)
    for number in range(count):
        await kill_once(on, journeys[number % len(journeys)], dice, told)
        if told.problems:
            break
        await void_the_unfinished(on.maya)
    told.charges = sum(one["id"] not in on.before for one in on.processor.charges())
    told.refunds = sum(one["id"] not in on.before for one in on.processor.refunds())
    told.problems += on.complaints()
    return told


__all__ = ["Stage", "Told", "kill_many", "stage"]
