"""Every route, asked by every role and by nobody: allowed exactly when its option says so."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar, Response, WebSocket, asgi, get, websocket
from litestar.routes import HTTPRoute

from spa_pos import app as app_module
from spa_pos.app import ROUTERS, create_app
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.actor import Role
from spa_pos.people.pages.session import MANAGERS, only
from spa_pos.web.security import csrf_token
from spa_pos.web.templates import BUILT
from tests.builders import booked, open_sale, paid_by_card
from tests.cast import ADDRESS, SECRET, Kiosk, Spa, settings
from tests.house.guest_doors import FOR_GUESTS
from tests.house.report_doors import FOR_REPORTS

PEOPLE = {
    Role.FRONT_DESK: "Maya Lindqvist",
    Role.PROVIDER: "Ana Okafor",
    Role.MANAGER: "Renata Silva",
    Role.OWNER: "Harold Munroe",
}

PUBLIC = {
    "GET /api/open-times",
    "GET /",
    "GET /enrolment",
    "GET /healthz",
    "GET /sign-in",
    "GET /sign-in/{staff_id:uuid}",
    "GET /static/{file_path:path}",
    "HEAD /static/{file_path:path}",
    "POST /devices",
    "POST /sessions",
    "POST /webhooks/stripe",
} | FOR_GUESTS
FOR_PROVIDERS_TOO = {
    "GET /appointments/{appointment_id:uuid}",
    "GET /appointments/{appointment_id:uuid}/receipt",
    "GET /board",
    "GET /board/events",
    "GET /board/grid",
    "GET /blocks/{block_id:uuid}",
    "GET /resume",
    "GET /style",
    "POST /appointments/{appointment_id:uuid}/service",
    "POST /appointments/{appointment_id:uuid}/service/undo",
    "POST /sessions/current/lock",
}
FOR_MANAGERS_ALONE = {
    "GET /packages",
    "POST /devices/{device_id:uuid}/printer",
    "POST /printers",
    "POST /printers/{printer_id:uuid}",
    "POST /printers/{printer_id:uuid}/retirement",
    "POST /printers/{printer_id:uuid}/test",
    "GET /drawers",
    "POST /drawers/terms",
    "GET /refund-policy",
    "POST /refund-policy",
    "GET /register",
    "GET /register/payroll.csv",
    "POST /register/payroll",
    "POST /register/payroll/{authorisation_id:uuid}/withdrawal",
    "POST /register/promos",
    "POST /register/promos/{promo_id:uuid}/end",
    "POST /register/limits",
    "POST /register/tips",
    "POST /deposits/{deposit_id:uuid}/forfeiture",
    "POST /gift-cards/promotional",
    "POST /gift-cards/{card_id:uuid}/replacement",
    "POST /gift-cards/{card_id:uuid}/transfer",
    "POST /guests/{guest_id:uuid}/credits",
    "POST /messages/times",
    "POST /packages",
    "POST /packages/{plan_id:uuid}/end",
    "GET /one-prices",
    "POST /one-prices",
    "POST /one-prices/{one_price_id:uuid}/end",
    "GET /rates",
    "POST /rates",
    "POST /rates/{rate_id:uuid}/removal",
    "GET /products/new",
    "POST /products",
    "POST /products/{product_id:uuid}",
    "POST /products/{product_id:uuid}/adjustments",
    "GET /stock/count",
    "POST /stock/count",
    "GET /stock/movements.csv",
    "GET /waitlist/rules",
    "POST /waitlist/rules",
    "GET /schedule",
    "GET /schedule/cards",
    "POST /schedule/cards",
    "POST /schedule/cards/end",
    "GET /schedule/conflicts",
    "GET /schedule/conflicts/count",
    "GET /schedule/hours",
    "GET /schedule/providers/{staff_id:uuid}",
    "GET /schedule/rooms",
    "GET /schedule/rules",
    "POST /schedule/hours",
    "POST /schedule/hours/removal",
    "POST /schedule/limits",
    "POST /schedule/policy",
    "POST /schedule/providers/{staff_id:uuid}/credentials",
    "POST /schedule/providers/{staff_id:uuid}/exceptions",
    "POST /schedule/providers/{staff_id:uuid}/exceptions/removal",
    "POST /schedule/providers/{staff_id:uuid}/gender",
    "POST /schedule/providers/{staff_id:uuid}/limits",
    "POST /schedule/providers/{staff_id:uuid}/pattern",
    "POST /schedule/providers/{staff_id:uuid}/pattern/undo",
    "POST /schedule/providers/{staff_id:uuid}/time-off",
    "POST /schedule/providers/{staff_id:uuid}/time-off/removal",
    "POST /schedule/reasons",
    "POST /schedule/reasons/removal",
    "POST /schedule/rooms",
    "POST /schedule/rooms/out",
    "POST /schedule/rooms/out/removal",
    "POST /schedule/rooms/retirement",
    "POST /schedule/rooms/return",
    "POST /schedule/special-days",
    "POST /schedule/special-days/removal",
    "POST /schedule/windows",
    "POST /schedule/windows/removal",
    "POST /refunds/{refund_id:uuid}/parts/{part_id:uuid}",
} | FOR_REPORTS

NOT_YOURS = "Your role does not cover this"


@dataclass(frozen=True)
class Door:
    """One route with one method, and who may ask it."""

    method: str
    path: str
    who: Any

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def is_open_to(self, role: Role | None) -> bool:
        return self.who == "public" or (role is not None and role in self.who)

    def address(self, **known: object) -> str:
        """The path with every parameter filled in."""
        parts = []
        for part in self.path.split("/"):
            name = part.strip("{}").split(":")[0]
            parts.append(str(known.get(name, uuid4())) if part.startswith("{") else part)
        return "/".join(parts)


def doors(app: Litestar) -> Iterator[Door]:
    """Every route of the program; the one that ends the session comes last."""
    found = [
        Door(method, route.path, handler.opt["who"])
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
    ]
    return iter(sorted(found, key=lambda door: (door.path.endswith("/lock"), door.path, door.method)))


DOORS = list(doors(create_app(settings())))


@dataclass(frozen=True)
class Answer:
    """How a route answered, without following it anywhere."""

    status: int
    leads_to: str
    text: str


def scope_of(method: str, path: str, cookie: str) -> dict[str, Any]:
    """A request as a server hands it over."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"127.0.0.1:8000"),
            (b"origin", ADDRESS.encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"cookie", cookie.encode()),
        ],
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50_000),
    }


async def ask(app: Litestar, method: str, path: str, *, cookie: str = "", body: bytes = b"") -> Answer:
    """Ask the program itself; of a stream only the beginning is waited for."""
    begun: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    chunks: list[bytes] = []
    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not unread:
            await asyncio.Event().wait()
        return unread.pop()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            begun.set_result(message)
        else:
            chunks.append(message.get("body", b""))

    task = asyncio.create_task(app(scope_of(method, path, cookie), receive, send))  # type: ignore[arg-type]
    await asyncio.wait([task, begun], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    start = await begun
    told = {name.lower(): value.decode() for name, value in start["headers"]}
    if told.get(b"content-type", "").startswith("text/event-stream"):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    else:
        await task
    text = b"".join(chunks).decode("utf-8", "replace")
    return Answer(start["status"], told.get(b"location", ""), text)


async def open_wrongly(app: Litestar, kiosk: Kiosk, role: Role | None) -> list[str]:
    """The doors that are open and should be shut, or shut and should be open."""
    cookie = "; ".join(f"{one.name}={one.value}" for one in kiosk.browser.cookies.jar)
    session = await fetch_value("SELECT id FROM staff_session WHERE ended_at IS NULL")
    body = f"csrf={csrf_token(SECRET, str(session))}&request={uuid4()}".encode()
    wrong = []
    for door in doors(app):
        answer = await ask(app, door.method, door.address(), cookie=cookie, body=body)
        if answer.status >= 500:
            wrong.append(f"{door.name} fails: {answer.status}")
        if door.who == "public":
            is_open = NOT_YOURS not in answer.text and answer.status != 401
        elif role is None:
            is_open = answer.status != 401 and not answer.leads_to.startswith(("/sign-in", "/enrolment"))
        else:
            assert not answer.leads_to.startswith("/sign-in?next="), f"{door.name}: nobody is signed in"
            is_open = NOT_YOURS not in answer.text
            if not is_open:
                assert answer.status == 403, door.name
        if is_open is not door.is_open_to(role):
            wrong.append(f"{door.name} is {'open to' if is_open else 'shut for'} {role or 'nobody'}")
    return wrong


@pytest.mark.parametrize("role", PEOPLE, ids=str)
async def test_a_role_may_ask_exactly_what_the_routes_say(spa: Spa, role: Role) -> None:
    assert await open_wrongly(spa.app, await spa.kiosk(PEOPLE[role]), role) == []


async def test_nobody_is_led_to_the_sign_in(spa: Spa) -> None:
    assert await open_wrongly(spa.app, await spa.locked_kiosk(), None) == []


async def test_a_browser_that_is_no_device_is_led_to_the_enrolment(spa: Spa) -> None:
    kiosk = await spa.locked_kiosk()
    kiosk.browser.cookies.clear()
    assert await open_wrongly(spa.app, kiosk, None) == []


def test_what_is_open_to_all_and_shut_to_some_is_known_by_name() -> None:
    """A route that moves from one list to another is a decision, not a slip."""
    public = {door.name for door in DOORS if door.who == "public"}
    staff = [door for door in DOORS if door.who != "public"]
    assert public == PUBLIC
    assert {door.name for door in staff if Role.PROVIDER in door.who} == FOR_PROVIDERS_TOO
    assert {door.name for door in staff if Role.FRONT_DESK not in door.who} == FOR_MANAGERS_ALONE
    assert all({Role.MANAGER, Role.OWNER} <= door.who for door in staff)


@get("/planted")
async def says_nothing() -> str:
    """Says nothing of who may ask it."""
    return ""


@websocket("/planted")
async def socket_that_says_nothing(socket: WebSocket[Any, Any, Any]) -> None:
    """Says nothing of who may ask it."""


@asgi("/planted", copy_scope=True)
async def application_that_says_nothing(scope: Any, receive: Any, send: Any) -> None:
    """Says nothing of who may ask it."""


@pytest.mark.parametrize(
    "planted",
    [says_nothing, socket_that_says_nothing, application_that_says_nothing],
    ids=lambda one: one.name,
)
def test_a_route_that_says_nothing_of_who_may_ask_it_stops_the_program(
    monkeypatch: pytest.MonkeyPatch, planted: Any
) -> None:
    monkeypatch.setattr(app_module, "ROUTERS", (*ROUTERS, planted))
    with pytest.raises(RuntimeError, match="/planted says nothing of who may ask it"):
        create_app(settings())


@get("/planted", opt=only(*MANAGERS))
async def never_looks() -> Response[str]:
    """Says who may ask it and never looks who does."""
    return Response("open")


async def test_a_handler_that_never_looks_who_asks_is_found(
    spa: Spa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "ROUTERS", (*ROUTERS, never_looks))
    app = create_app(settings(), clock=spa.clock)
    desk = await spa.kiosk()
    assert await open_wrongly(app, desk, Role.FRONT_DESK) == ["GET /planted is open to front_desk"]


@contextlib.asynccontextmanager
async def nothing_written() -> AsyncIterator[None]:
    """Every table is the same afterwards, but for the last sign of life of a session."""
    before = await digest()
    yield
    assert await digest() == before


async def digest() -> dict[str, str]:
    """A hash of the rows of every table."""
    names = await fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    return {
        row["name"]: await fetch_value(
            "SELECT md5(coalesce(string_agg((to_jsonb(one) - 'seen_at')::text, ' ' ORDER BY one::text), ''))"
            f' FROM (SELECT * FROM "{row["name"]}") one'
        )
        for row in names
    }


@pytest.mark.parametrize("role", PEOPLE, ids=str)
async def test_asking_to_see_something_writes_nothing(spa: Spa, role: Role) -> None:
    paid = await open_sale(spa)
    await paid_by_card(spa, paid)
    open_one = await open_sale(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    known = {
        "staff_id": await spa.staff_id("Maya Lindqvist"),
        "file_path": next(BUILT.rglob("*.css")).relative_to(BUILT),
    }
    kiosk = await spa.kiosk(PEOPLE[role])
    cookie = "; ".join(f"{one.name}={one.value}" for one in kiosk.browser.cookies.jar)
    appointments = [await booked(spa, await spa.guest("Lena Vogel"), at=spa.local(14, 30))]
    appointments += [row["id"] for row in await fetch("SELECT id FROM appointment WHERE status = 'done'")]
    spa.clock.forward(minutes=2)
    statuses = set()
    async with nothing_written():
        for door in DOORS:
            pairs = list(zip((open_one, paid), appointments, strict=True))
            both = "{ticket_id" in door.path or "{appointment_id" in door.path
            for ticket_id, appointment_id in pairs if both else pairs[:1]:
                path = door.address(ticket_id=ticket_id, appointment_id=appointment_id, **known)
                for method in ("GET", "HEAD") if door.method == "GET" else ():
                    answer = await ask(spa.app, method, path, cookie=cookie)
                    statuses.add(answer.status)
                    assert answer.status < 500, (method, path)
    assert statuses >= {200, 303, 405}


async def test_writing_while_somebody_only_looks_would_be_found(spa: Spa) -> None:
    with pytest.raises(AssertionError):
        async with nothing_written():
            await spa.guest()
