"""Every route for guests, tried with another guest's ids and links: it shows nothing and changes nothing.

The routes are read from the program, so a new one is tried by itself; what it asks for must be known here.
`test_isolation_guards.py` takes guards away, and the same tries are found out.
"""

import io
import re
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from litestar.routes import HTTPRoute
from pypdf import PdfReader

from spa_pos.app import create_app
from spa_pos.checkout.actions import mail_receipt, seller
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.ledger.queries import place
from spa_pos.messages.rules import (
    enter_code,
    enter_token,
    gift_token,
    online_token,
    order_token,
    receipt_token,
    stop_token,
    visit_token,
)
from spa_pos.payments.actions import agree_to_keep_card
from spa_pos.people.actions import add_guest
from spa_pos.stored_value.actions import Ordered, order_gift
from spa_pos.stored_value.queries import deliveries_of
from spa_pos.stored_value.rules import Gift
from spa_pos.web.language import FOR_GUESTS
from spa_pos.web.security import csrf_token
from tests.builders import booked, open_sale, paid_by_card, waiting
from tests.cast import ADDRESS, MORNING, SECRET, Kiosk, Spa, settings
from tests.conftest import Database
from tests.database import made_once
from tests.integration.messages.test_gifts import sold as gift_sold
from tests.paying import VISA, Counter, paying
from tests.processor import Processor

NAMES = {"Ingrid": "ingrid@example.org", "Mallory": "mallory@example.org"}
MINE = ("4242", "Ingrid", "Halvorsen", "ingrid@example.org", "555-0123", "5550123")
"""What no page of Mallory's may hold."""


SEALS = {
    "visit": visit_token,
    "receipt": receipt_token,
    "gift": gift_token,
    "order": order_token,
    "stop": stop_token,
    "enter": enter_token,
    "book": online_token,
}
"""What seals a link, by the door it opens."""


def guest_routes() -> list[tuple[str, str]]:
    """Method and path of everything that guests can ask."""
    return sorted(
        (method, route.path)
        for route in create_app(settings()).routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.opt.get("audience") == FOR_GUESTS
        for method in handler.http_methods - {"OPTIONS", "HEAD"}
    )


@dataclass
class Scene:
    """Two guests with a visit to come and a receipt each; Mallory's browser is signed in as Mallory."""

    spa: Spa
    mallory: Kiosk
    ids: dict[str, UUID]
    visits: dict[str, UUID]
    tickets: dict[str, UUID]
    codes: dict[str, UUID]


async def _one(spa: Spa, name: str, hour: int) -> tuple[UUID, UUID, UUID]:
    guest_id = await add_guest(
        spa.maya,
        guest_id=uuid7(spa.clock.now),
        given_name=name,
        family_name="Halvorsen" if name == "Ingrid" else "Price",
        phone="507 555 0123" if name == "Ingrid" else "507 555 0177",
        email=NAMES[name],
        group_code="visitor",
        now=spa.clock.now,
    )
    ticket_id = await open_sale(spa, guest_id, at=spa.local(hour))
    await paid_by_card(spa, ticket_id)
    return guest_id, await booked(spa, guest_id, at=spa.local(hour, days=1)), ticket_id


@pytest_asyncio.fixture
async def scene(database: Database, processor: Processor) -> AsyncIterator[Scene]:
    """Ingrid, and Mallory who tries, in a house that takes cards; afterwards every invariant holds."""
    async with paying(processor) as counter:
        spa = counter.spa
        async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
            mallory = Kiosk(spa, browser)

            async def made() -> tuple[Scene, httpx.Cookies]:
                found = await _scene(counter, mallory)
                assert spa.clock.now == MORNING
                return found, httpx.Cookies(browser.cookies)

            found, cookies = await made_once("two guests", made, empty=database.empty)
            browser.cookies.update(cookies)
            yield replace(found, spa=spa, mallory=mallory)


async def _scene(counter: Counter, mallory: Kiosk) -> Scene:
    spa = counter.spa
    ids, visits, tickets = {}, {}, {}
    for name, hour in (("Ingrid", 10), ("Mallory", 12)):
        ids[name], visits[name], tickets[name] = await _one(spa, name, hour)
    codes = {}
    for name in NAMES:
        await mallory.open("/me/sign-in")
        page = await mallory.send("/me/sign-in", email=NAMES[name])
        codes[name] = UUID(page.path.rpartition("/")[2])
    page = await mallory.send(f"/me/code/{codes['Mallory']}", code=enter_code(SECRET, codes["Mallory"]))
    assert page.path == "/me"
    mallory.browser.cookies.set("spa_device", await spa.lobby(), domain="127.0.0.1", path="/")
    await _under_way(spa, mallory, visits)
    visits["Ingrid gives"] = await _order(spa)
    visits["Ingrid waits"] = await waiting(spa, ids["Ingrid"])
    visits["Ingrid's receipt"] = await mail_receipt(
        spa.maya,
        link_id=uuid7(spa.clock.now),
        ticket_id=tickets["Ingrid"],
        email=NAMES["Ingrid"],
        locale="en",
        now=spa.clock.now,
    )
    _ticket_id, card_id = await gift_sold(spa, email=NAMES["Ingrid"], recipient="Ingrid Halvorsen")
    visits["Ingrid's gift"] = (await deliveries_of(card_id))[0].id
    codes["Ingrid"] = await fetch_value(
        "SELECT id FROM guest_code WHERE address = $1 AND used_at IS NULL ORDER BY tries LIMIT 1",
        NAMES["Ingrid"],
    )
    visits["Ingrid was told"] = await fetch_value(
        "SELECT id FROM message WHERE address = $1 LIMIT 1", NAMES["Ingrid"]
    )
    for name in ("Ingrid keeps", "Ingrid agreed"):
        visits[name] = await _agreed(counter, ids["Ingrid"], kept=name == "Ingrid keeps")
    return Scene(spa, mallory, ids, visits, tickets, codes)


async def _under_way(spa: Spa, mallory: Kiosk, visits: dict[str, UUID]) -> None:
    """Both have a booking under way, and Ingrid has said who she is."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
        for name, guest in (("Ingrid", Kiosk(spa, browser)), ("Mallory", mallory)):
            page = await guest.open("/book/when?service=facial-60&group=visitor")
            found = re.search(r'name="time" value="([^"]+)"', page.text)
            assert found
            page = await guest.send("/book/hold", time=found[1])
            visits[f"{name} held"] = UUID(page.form("/book/hold/extension")["appointment"])
            visits[f"{name} books"] = await fetch_value(
                "SELECT id FROM online_booking WHERE appointment = $1", visits[f"{name} held"]
            )
            if name == "Ingrid":
                person = {"given_name": "Ingrid", "family_name": "Halvorsen", "phone": "507 555 0123"}
                page = await guest.send("/book/you", email=NAMES["Ingrid"], **person)
                assert page.path == "/book/code"


async def _agreed(counter: Counter, guest_id: UUID, *, kept: bool) -> UUID:
    """A card Ingrid agreed to have kept, and one that is."""
    now = counter.spa.clock.now
    setup_id = await agree_to_keep_card(
        counter.spa.maya, setup_id=uuid7(now), guest_id=guest_id, place_name="Spa", seen_from=None, now=now
    )
    if kept:
        await counter.keeping.sample(setup_id, VISA, now)
    else:
        await counter.keeping.begin(setup_id, now)
    return setup_id


async def _order(spa: Spa) -> UUID:
    """Ingrid is buying a gift card."""
    gift = Gift(NAMES["Ingrid"], "Per Halvorsen", "Ingrid Halvorsen", "", None)
    return await order_gift(
        seller(await place(spa.house.location_id)),
        order_id=uuid7(spa.clock.now),
        ordered=Ordered(Cents(5_000), gift, NAMES["Ingrid"]),
        locale="en",
        now=spa.clock.now,
    )


def forged_tokens(scene: Scene) -> list[str]:
    """Links to Ingrid's things that Mallory could make: bare ids, and Mallory's own seal on Ingrid's ids."""
    own = visit_token(SECRET, scene.visits["Mallory"])
    theirs = visit_token(SECRET, scene.visits["Ingrid"])
    spliced = theirs[:21] + own[21:]
    changed = theirs[:30] + ("A" if theirs[30] != "A" else "B") + theirs[31:]
    theirs_of = {
        "visit": scene.visits["Ingrid"],
        "receipt": scene.visits["Ingrid's receipt"],
        "order": scene.visits["Ingrid gives"],
        "gift": scene.visits["Ingrid's gift"],
        "stop": scene.visits["Ingrid was told"],
        "enter": scene.codes["Ingrid"],
        "book": scene.visits["Ingrid books"],
    }
    wrong_doors = [
        seal(SECRET, one) for door, seal in SEALS.items() for what, one in theirs_of.items() if what != door
    ]
    return [
        *wrong_doors,
        *(str(one) for one in theirs_of.values()),
        str(scene.visits["Ingrid"]),
        str(scene.ids["Ingrid"]),
        spliced,
        changed,
        "x",
    ]


def filled(path: str, scene: Scene, token: str) -> str:
    """A route's path with Ingrid's identifiers in it."""
    known = {
        "token": token,
        "ticket_id": str(scene.tickets["Ingrid"]),
        "code_id": str(scene.codes["Ingrid"]),
        "language": "es",
        "card_id": str(scene.visits["Ingrid keeps"]),
        "setup_id": str(scene.visits["Ingrid agreed"]),
        "wait_id": str(scene.visits["Ingrid waits"]),
    }

    def value(found: re.Match[str]) -> str:
        name = found[1]
        assert name in known, f"say in this test what Ingrid's {name} is, for {path}"
        return known[name]

    return re.sub(r"\{(\w+):\w+\}", value, path)


async def body_for(scene: Scene, path: str) -> dict[str, str]:
    """Every field that any form for guests has, filled with what is Ingrid's."""
    session = await fetch_value("SELECT id FROM guest_session ORDER BY started_at DESC LIMIT 1")
    first = path.split("/")[1]
    bound = first if first in ("book", "give") else f"guest:{session}"
    return {
        "csrf": csrf_token(SECRET, bound),
        "request": str(uuid4()),
        "guest": str(scene.ids["Ingrid"]),
        "appointment": str(scene.visits["Ingrid held" if path.startswith("/book") else "Ingrid"]),
        "visit": f"{scene.visits['Ingrid']}:1",
        "version": "1",
        "reason": "",
        "fee-": "0",
        "sure": "yes",
        "minutes": "15",
        "note": "Mallory was here",
        "code": "123456",
        "until": "99999999999",
        "token": VISA,
        "seal": "0" * 64,
    }


async def ingrids(scene: Scene) -> list[str]:
    """Every row that is Ingrid's, as it stands."""
    rows = await fetch(
        "SELECT to_jsonb(a)::text AS row FROM appointment a WHERE guest = $1"
        " UNION ALL SELECT to_jsonb(g)::text FROM guest g WHERE id = $1"
        " UNION ALL SELECT to_jsonb(t)::text FROM ticket t WHERE guest = $1"
        " UNION ALL SELECT to_jsonb(o)::text FROM online_booking o WHERE o.appointment = $2"
        " UNION ALL SELECT to_jsonb(c)::text FROM stored_card c WHERE c.guest = $1"
        " UNION ALL SELECT to_jsonb(s)::text FROM card_setup s WHERE s.guest = $1"
        " UNION ALL SELECT to_jsonb(o)::text FROM gift_order o WHERE o.id = $3"
        " UNION ALL SELECT to_jsonb(w)::text FROM wait w WHERE w.guest = $1"
        " UNION ALL SELECT to_jsonb(d)::text FROM gift_delivery d WHERE d.id = $4"
        " UNION ALL SELECT to_jsonb(c)::text FROM consent c WHERE c.address = $5"
        " UNION ALL SELECT to_jsonb(a)::text FROM appointment a WHERE a.id = $2 ORDER BY 1",
        scene.ids["Ingrid"],
        scene.visits["Ingrid held"],
        scene.visits["Ingrid gives"],
        scene.visits["Ingrid's gift"],
        NAMES["Ingrid"],
    )
    return [row["row"] for row in rows]


ROUTES = guest_routes()


def test_the_routes_for_guests_are_found() -> None:
    assert len(ROUTES) > 25
    assert {("GET", "/me"), ("POST", "/visits/{token:str}/cancellation")} <= set(ROUTES)


def shown(answer: httpx.Response) -> str:
    """What people read of an answer, of papers and archives too."""
    kind = answer.headers.get("content-type", "")
    if kind.startswith("application/pdf"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    if kind.startswith("application/zip"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            return "\n".join(packed.read(name).decode() for name in packed.namelist())
    return answer.text


SAYS_NOTHING = {("GET", "/me/enter/{token:str}")}
"""It asks before it looks at the link: programs that read mails open links by themselves."""


async def tried(scene: Scene, method: str, path: str) -> None:
    """Mallory asks a route for what is Ingrid's, in every way there is; nothing is shown, nothing changed."""
    before = await ingrids(scene)
    browser = scene.mallory.browser
    own = browser.cookies.get("spa_booking")
    forged = forged_tokens(scene)
    for token in forged if "token" in path or path.startswith("/book") else [""]:
        if path.startswith("/book") and own:
            browser.cookies.set("spa_booking", token, domain="127.0.0.1", path="/")
        asked = filled(path, scene, token)
        if method == "GET":
            answer = await browser.get(asked, follow_redirects=True)
        else:
            answer = await browser.post(
                asked, data=await body_for(scene, path), headers={"origin": ADDRESS}, follow_redirects=True
            )
        assert answer.status_code < 500, asked
        if "token" in path and (method, path) not in SAYS_NOTHING:
            assert answer.status_code in (404, 410), asked
        for word in MINE:
            assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", shown(answer)), (asked, word)
    assert await ingrids(scene) == before


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[" ".join(route) for route in ROUTES])
async def test_a_route_gives_nothing_of_another_guest(scene: Scene, method: str, path: str) -> None:
    await tried(scene, method, path)


async def test_mallory_sees_what_is_mallorys(scene: Scene) -> None:
    page = await scene.mallory.open("/me")
    assert "Hello, Mallory Price" in page.words
    page = await scene.mallory.open(f"/me/receipts/{scene.tickets['Mallory']}")
    assert page.status == 200
    page = await scene.mallory.open(f"/me/receipts/{scene.tickets['Ingrid']}")
    assert page.status == 404
