"""The people and the house that everybody knows: one spa, its desk, some guests, a browser at the desk."""

import functools
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from uuid import UUID

import httpx
from argon2 import PasswordHasher
from litestar import Litestar
from litestar.datastructures import State

from spa_pos.app import contents_of, create_app
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.ids import uuid7
from spa_pos.payments.flows import CardPayments
from spa_pos.people import pins
from spa_pos.people.actions import add_device, add_guest, record_evidence
from spa_pos.people.pins import token_hash
from spa_pos.seed.house import PEOPLE, House, build_house
from spa_pos.settings import Mode, Settings
from tests.database import made_once

MORNING = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
"""Tuesday, 24 November 2026, half past eight in Rochester."""

vars(pins)["_HASHER"] = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""PINs of tests cost no time; what one of the program costs is in tests/integration/people/test_pins.py."""

SECRET = "a secret of the tests that is long enough 1234567890"
ADDRESS = "http://127.0.0.1:8000"


@dataclass
class TestClock:
    """A clock that stands still until told."""

    __test__ = False
    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> datetime:
        self.now += timedelta(**parts)
        return self.now


def settings(**changes: object) -> Settings:
    """Settings of a program under test."""
    values: dict[str, object] = {
        "mode": Mode.TEST,
        "data_dir": Path("/nonexistent"),
        "database_url": None,
        "secret": SECRET,
        "base_url": ADDRESS,
        "host": "127.0.0.1",
        "port": 8000,
        "stripe_key": None,
        "stripe_api_base": None,
        "idle_lock_seconds": 300,
        "pool_size": 10,
    } | changes
    return Settings(**values)  # type: ignore[arg-type]


@dataclass
class Spa:
    """An open spa with its clock."""

    house: House
    clock: TestClock
    app: Litestar

    @property
    def maya(self) -> Actor:
        """Front desk."""
        return self.house.desk[0]

    @property
    def owen(self) -> Actor:
        """Front desk too, at the other kiosk."""
        return self.house.desk[1]

    @property
    def renata(self) -> Actor:
        """The manager."""
        desk = self.house.desk[0].device_id
        return Actor("Renata Silva", Role.MANAGER, self.house.location_id, self.house.zone, device_id=desk)

    async def new_day(self, **later: float) -> datetime:
        """It is so much later, and every device has an empty drawer of that day."""
        self.clock.forward(**later)
        for row in await fetch("SELECT id FROM device"):
            await drawer_at_hand(row["id"], self.clock.now)
        return self.clock.now

    async def staff_id(self, name: str) -> UUID:
        """A person of the staff by name."""
        found: UUID = await fetch_value("SELECT id FROM staff WHERE name = $1", name)
        return found

    async def service_id(self, code: str) -> UUID:
        """A service by its code."""
        found: UUID = await fetch_value("SELECT id FROM service WHERE code = $1", code)
        return found

    async def product_id(self, name: str) -> UUID:
        """A product by its name."""
        found: UUID = await fetch_value("SELECT id FROM product WHERE name = $1", name)
        return found

    async def guest(
        self, name: str = "Ingrid Halvorsen", group: str = "visitor", *, proven: bool = False
    ) -> UUID:
        """A new guest of a group."""
        given, family = name.split()
        guest_id = uuid7(self.clock.now)
        await add_guest(
            actor=self.maya,
            guest_id=guest_id,
            given_name=given,
            family_name=family,
            phone="507 555 0123",
            group_code=group,
            now=self.clock.now,
        )
        if proven:
            await record_evidence(actor=self.maya, guest_id=guest_id, group_code=group, now=self.clock.now)
        return guest_id

    def local(self, hour: int, minute: int = 0, *, days: int = 0) -> datetime:
        """An instant of today (or days later) by the clocks of Rochester."""
        today = self.clock.now.astimezone(self.house.zone).date() + timedelta(days=days)
        return datetime(today.year, today.month, today.day, hour, minute, tzinfo=self.house.zone).astimezone(
            UTC
        )

    async def kiosk(self, person: str = "Maya Lindqvist", *, name: str = "Desk 1") -> "Kiosk":
        """A browser on an enrolled device where somebody has signed in."""
        kiosk = await self.locked_kiosk(name=name)
        await kiosk.sign_in(person)
        return kiosk

    async def lobby(self) -> str:
        """The secret of a tablet in the lobby."""
        return await add_device(
            location_id=self.house.location_id,
            name="Lobby",
            enrolled_by="the tests",
            now=self.clock.now,
            kind="lobby",
        )

    async def locked_kiosk(self, *, name: str = "Desk 1") -> "Kiosk":
        """A browser on an enrolled device where nobody has signed in."""
        secret = await add_device(
            location_id=self.house.location_id, name=name, enrolled_by="the tests", now=self.clock.now
        )
        device = await fetch_value("SELECT id FROM device WHERE secret_hash = $1", token_hash(secret))
        await drawer_at_hand(device, self.clock.now)
        browser = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=ADDRESS)
        browser.cookies.set("spa_device", secret, domain="127.0.0.1", path="/")
        return Kiosk(self, browser)


async def drawer_at_hand(device_id: UUID | None, now: datetime) -> None:
    """An empty cash drawer at a device, for tests that are not about drawers; an earlier one is set aside."""
    await fetch("UPDATE drawer SET status = 'set_aside' WHERE device = $1 AND status = 'open'", device_id)
    await fetch(
        "INSERT INTO drawer (id, location, device, business_date, float_cents, opened_at, opened_by)"
        " SELECT $2, v.location, v.id, ($3 AT TIME ZONE l.zone)::date, 0, $3,"
        " (SELECT min(id::text)::uuid FROM staff)"
        " FROM device v JOIN location l ON l.id = v.location WHERE v.id = $1",
        device_id,
        uuid7(now),
        now,
    )


async def open_spa(
    clock: TestClock | None = None, *, cards: CardPayments | None = None, **changes: object
) -> Spa:
    """Build the demo's house, without guests, and the service in front of it.

    A house that was built before is put back as it was, and the routes are those of every test:
    both take a second, and there are some thousand tests.
    """
    clock = clock or TestClock()
    chosen = settings(**changes)
    app = _routes(https=chosen.secure_cookies)
    app.state = State(contents_of(chosen, cards=cards, clock=clock))
    house = await made_once(("house", clock.now), functools.partial(_house, clock.now))
    return Spa(house, clock, app)


@functools.cache
def _routes(*, https: bool) -> Litestar:
    return create_app(settings(base_url=ADDRESS.replace("http:", "https:")) if https else settings())


async def _house(now: datetime) -> House:
    house = await build_house(now=now - timedelta(days=30), history_days=30, secret=SECRET)
    await drawer_at_hand(house.desk[0].device_id, now)
    return house


PINS = {person.name: person.pin for person in PEOPLE}


@dataclass
class Page:
    """An answer, with its forms."""

    status: int
    text: str
    path: str
    headers: httpx.Headers

    @property
    def problem(self) -> str:
        """The code of the refusal on the page, or nothing."""
        found = re.search(r'data-problem="([^"]+)"', self.text)
        return found[1] if found else ""

    @property
    def words(self) -> str:
        """The text that people read."""
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.text)))

    def forms(self) -> list[tuple[str, dict[str, str]]]:
        """Every form that posts: its address and its hidden fields."""
        found = []
        for attributes, body in re.findall(r"<form([^>]*)>(.*?)</form>", self.text, re.DOTALL):
            if 'method="post"' not in attributes:
                continue
            action = unescape(re.search(r'action="([^"]*)"', attributes)[1])  # type: ignore[index]
            fields = {}
            for tag in re.findall(r"<input[^>]*>", body):
                name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
                if name and 'type="hidden"' in tag:
                    fields[unescape(name[1])] = unescape(value[1]) if value else ""
            found.append((action, fields))
        return found

    def form(self, action: str) -> dict[str, str]:
        """The hidden fields of the first form that posts to an address (or one that ends so)."""
        for address, fields in self.forms():
            if address == action or address.endswith(action):
                return fields
        raise AssertionError(
            f"no form posts to {action}; there are {[address for address, _ in self.forms()]}"
        )


@dataclass
class Kiosk:
    """A browser at the desk: it opens pages and sends the forms that are on them."""

    spa: Spa
    browser: httpx.AsyncClient
    page: Page = field(default_factory=lambda: Page(0, "", "", httpx.Headers()))

    async def open(self, path: str) -> Page:
        """Open a page, following where it leads."""
        return await self._seen(await self.browser.get(path, follow_redirects=True))

    async def send(self, action: str, _page: Page | None = None, **typed: object) -> Page:
        """Send the form on the page that posts to an address, with what was typed."""
        page = _page or self.page
        address = next((full for full, _ in page.forms() if full == action or full.endswith(action)), action)
        fields = page.form(action) | {name: str(value) for name, value in typed.items()}
        return await self.post(address, fields)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> Page:
        """Post fields, following where that leads."""
        answer = await self.browser.post(
            path, data=fields, headers={"origin": ADDRESS, **headers}, follow_redirects=True
        )
        return await self._seen(answer)

    async def _seen(self, answer: httpx.Response) -> Page:
        path = answer.url.raw_path.decode()
        self.page = Page(answer.status_code, answer.text, path, answer.headers)
        return self.page

    async def sign_in(self, person: str = "Maya Lindqvist", pin: str | None = None) -> Page:
        """Choose a name and type the PIN."""
        await self.open(f"/sign-in/{await self.spa.staff_id(person)}")
        return await self.send("/sessions", pin=pin or PINS[person])
