"""Bad input gets a clear sentence, keeps what was typed, and writes nothing."""

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from spa_pos.booking.pages.views import new_booking_href
from spa_pos.db import fetch, fetch_value
from tests.cast import ADDRESS, Kiosk, Spa, open_spa

pytestmark = pytest.mark.usefixtures("database")

UNWATCHED = ("staff_session", "pin_attempt", "migration")


@asynccontextmanager
async def nothing_written() -> AsyncIterator[None]:
    """The whole database is the same afterwards, but for signs of life of sessions."""
    before = await _digest()
    yield
    assert await _digest() == before


async def _digest() -> dict[str, str]:
    tables = await fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = {}
    for name in {row["tablename"] for row in tables} - set(UNWATCHED):
        rows = await fetch(f'SELECT t::text AS row FROM "{name}" t ORDER BY 1')
        found[name] = hashlib.sha256("\n".join(row["row"] for row in rows).encode()).hexdigest()
    return found


async def ready_to_book(
    spa: Spa, desk: Kiosk, *, at: str = "10:00", days: int = 0, **answers: object
) -> None:
    """Open the sheet at its last question."""
    values = {
        "date": spa.local(10, days=days).astimezone(spa.house.zone).date(),
        "provider": await spa.staff_id("Ana Okafor"),
        "at": at,
        "guest": await spa.guest(),
        "service": await spa.service_id("swedish-60"),
    } | answers
    await desk.open(new_booking_href(**values))  # type: ignore[arg-type]


async def refused(desk: Kiosk, status: int, code: str, **typed: object) -> None:
    """Book with something changed, and see it refused."""
    async with nothing_written():
        page = await desk.send("/appointments", **typed)
    assert (page.status, page.problem) == (status, code)


async def test_an_unknown_guest() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await ready_to_book(spa, desk)
    fields = desk.page.form("/appointments") | {"guest": "01a1c0ac-82d5-7629-bdd1-29c0bb1dd137"}
    async with nothing_written():
        page = await desk.post("/appointments", fields)
    assert page.status == 404
    assert "There is no such guest" in page.words


async def test_a_time_that_has_passed() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await ready_to_book(spa, desk)
    spa.clock.forward(hours=2)
    await desk.sign_in()
    await ready_to_book(spa, desk, at="11:00")
    await refused(desk, 409, "time-past", starts_at=spa.local(9, 30).isoformat())


async def test_a_closed_day() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await ready_to_book(spa, desk)
    await refused(desk, 409, "day-closed", starts_at=spa.local(10, days=2).isoformat())
    assert "Thanksgiving Day" in desk.page.words


async def test_a_slot_that_was_just_taken_keeps_the_guest_and_the_service() -> None:
    spa = await open_spa()
    one, two = await spa.kiosk(), await spa.kiosk("Owen Brandt", name="Desk 2")
    await ready_to_book(spa, one)
    await ready_to_book(spa, two)
    won = await one.send("/appointments")
    assert won.path.startswith("/board")
    await refused(two, 409, "slot-taken")
    assert "Choose another time" in two.page.words
    assert "Swedish massage" in two.page.words
    assert "Ingrid Halvorsen" in two.page.words


async def test_a_price_that_changed_while_the_page_was_open() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await ready_to_book(spa, desk)
    await fetch("UPDATE price SET price_cents = 12500 WHERE guest_group IS NULL AND price_cents = 12000")
    await refused(desk, 409, "price-changed")
    assert "$125.00" in desk.page.words
    booked = await desk.send("/appointments")
    assert booked.path.startswith("/board")


@pytest.mark.parametrize(
    "starts_at", ["tomorrow", "2026-11-24T10:00", "2026-02-30T10:00:00Z", "9999-01-01T00:00:00Z", ""]
)
async def test_times_that_are_none(starts_at: str) -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await ready_to_book(spa, desk)
    async with nothing_written():
        page = await desk.send("/appointments", starts_at=starts_at)
    assert page.status == 422


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("-5", "amount-unreadable"),
        ("+5", "amount-unreadable"),
        ("1_000", "amount-unreadable"),
        ("1e3", "amount-unreadable"),
        ("0x10", "amount-unreadable"),
        ("1,5", "amount-unreadable"),
        ("१२", "amount-unreadable"),
        ("12.345", "amount-unreadable"),
        ("NaN", "amount-unreadable"),
        ("0", "cash-nothing"),
        ("99999", "cash-too-much"),
        ("999999999", "amount-too-large"),
    ],
)
async def test_cash_that_cannot_be_meant_is_refused_and_kept_in_the_field(given: str, code: str) -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await sold(spa, desk)
    async with nothing_written():
        page = await desk.send("/tenders", kind="cash", given=given)
    assert (page.status, page.problem) == (422, code)
    assert f'value="{given}"' in page.text


async def sold(spa: Spa, desk: Kiosk) -> None:
    """A ticket with one product, ready to be paid."""
    await desk.open("/tickets")
    ticket = await desk.send("/tickets")
    await desk.open(f"{ticket.path}?step=add")
    await desk.send("/lines", product=await spa.product_id("Daily moisturizer"), quantity=1)
    await desk.open(ticket.path)


async def test_a_name_of_ten_thousand_letters() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await desk.open("/appointments/new")
    async with nothing_written():
        page = await desk.send(
            "/guests", given_name="x" * 10_000, family_name="Delgado", phone="5075550177", group="visitor"
        )
    assert (page.status, page.problem) == (422, "name-too-long")
    assert 'value="Delgado"' in page.text


AN_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Made up for a form, of any digits."""


async def test_bytes_that_are_not_utf_8_and_fields_that_come_twice() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await desk.open("/appointments/new")
    csrf = desk.page.form("/guests/search")["csrf"]
    for body in (
        f"csrf={csrf}&q=%ff%fe".encode(),
        f"csrf={csrf}&q=a&q=b".encode(),
        f"csrf={csrf}&q=%00".encode(),
        f"csrf={csrf}&q=4242424242424242".encode(),
        f"csrf={csrf}&role=owner".encode(),
    ):
        async with nothing_written():
            answer = await desk.browser.post(
                "/guests/search",
                content=body,
                headers={"content-type": "application/x-www-form-urlencoded", "origin": ADDRESS},
            )
        assert answer.status_code == 422, body
        assert "4242" not in AN_ID.sub("", answer.text.replace(csrf, ""))


async def test_a_body_that_is_no_form_or_too_large() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    for kind, body, status in (
        ("application/json", b"{}", 415),
        ("text/plain", b"q=a", 415),
        ("application/x-www-form-urlencoded", b"q=" + b"a" * 70_000, 413),
        ("application/x-www-form-urlencoded", b"q=" + b"a" * 700_000, 413),
    ):
        answer = await desk.browser.post("/guests/search", content=body, headers={"content-type": kind})
        assert answer.status_code == status


async def test_a_foreign_csrf_token_and_a_foreign_origin() -> None:
    spa = await open_spa()
    one, two = await spa.kiosk(), await spa.kiosk("Owen Brandt", name="Desk 2")
    await ready_to_book(spa, one)
    await ready_to_book(spa, two)
    fields = one.page.form("/appointments")
    foreign = two.page.form("/appointments")["csrf"]
    for changed, headers in (
        ({"csrf": foreign}, {}),
        ({"csrf": "ü"}, {}),
        ({"csrf": ""}, {}),
        ({}, {"origin": "https://evil.example"}),
        ({}, {"origin": "null"}),
        ({}, {"sec-fetch-site": "cross-site"}),
    ):
        async with nothing_written():
            page = await one.post("/appointments", fields | changed, **headers)
        assert page.status == 403, (changed, headers)
    assert (await one.post("/appointments", fields)).path.startswith("/board")


async def test_a_session_that_ended_in_the_middle_of_checkout_keeps_what_was_typed() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await sold(spa, desk)
    ticket = desk.page.path
    form = next(full for full, _ in desk.page.forms() if full.endswith("/tenders"))
    fields = desk.page.form("/tenders") | {"kind": "cash", "given": "40.00"}
    spa.clock.forward(minutes=6)
    async with nothing_written():
        page = await desk.post(form, fields, referer=f"{ADDRESS}{ticket}")
    assert page.path.startswith("/sign-in")
    assert "What you typed is kept" in page.words
    resumed = await desk.sign_in("Owen Brandt")
    assert resumed.path == "/resume"
    assert "40.00" in resumed.text
    assert await fetch_value("SELECT count(*) FROM tender") == 0
    done = await desk.send("/tenders")
    assert done.path.endswith("/done")
    assert "$3.24" in done.words


async def test_the_same_form_sent_again_changes_nothing_and_leads_to_the_same_place() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await ready_to_book(spa, desk)
    fields = desk.page.form("/appointments")
    first = await desk.post("/appointments", fields)
    async with nothing_written():
        second = await desk.post("/appointments", fields)
    assert (first.path, second.path) == (second.path, first.path)
    assert await fetch_value("SELECT count(*) FROM appointment") == 1


async def test_the_same_key_with_other_contents_is_refused() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await ready_to_book(spa, desk)
    fields = desk.page.form("/appointments")
    await desk.post("/appointments", fields)
    async with nothing_written():
        page = await desk.post("/appointments", fields | {"starts_at": spa.local(13).isoformat()})
    assert page.status == 409


@pytest.mark.parametrize(
    "path",
    [
        "/board?date=2026-02-30",
        "/board?date=x",
        "/board?date=0001-01-01",
        "/appointments/new?at=25:00",
        "/appointments/new?guest=1",
        "/appointments/x",
        "/tickets/0",
        "/nope",
        "/appointments/01a1c0ac-82d5-7629-bdd1-29c0bb1dd137",
        "/board?date=%ff",
        "/tickets/01a1c0ac-82d5-7629-bdd1-29c0bb1dd137",
    ],
)
async def test_links_that_lead_nowhere_get_a_page_with_a_way_out(path: str) -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    page = await desk.open(path)
    assert page.status in (404, 422)
    assert "Traceback" not in page.text
    assert 'href="/board' in page.text


@pytest.mark.parametrize("path", ["/book/hold", "/book/nope", "/me/nope", "/give/nope", "/nope"])
async def test_a_guest_who_went_astray_can_go_anywhere(path: str) -> None:
    spa = await open_spa()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
        page = await Kiosk(spa, browser).open(path)
    assert page.status in (404, 405)
    for way in ("/me", "/book", "/give"):
        assert f'href="{way}"' in page.text, way


async def test_every_answer_carries_the_headers_that_keep_it_safe() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    for path in ("/board", "/nope", "/sign-in", "/static/none.css"):
        headers = (await desk.open(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    answer = await desk.browser.delete("/board")
    assert answer.status_code == 405
    assert "content-security-policy" in answer.headers
    assert "GET" in answer.headers["allow"]
    assert (await desk.open("/board")).headers["cache-control"] == "no-store"


async def test_reading_pages_writes_nothing() -> None:
    spa = await open_spa()
    desk = await spa.kiosk("Renata Silva")
    await ready_to_book(spa, desk)
    await desk.send("/appointments")
    visit = await fetch_value("SELECT id FROM appointment")
    async with nothing_written():
        for path in (
            "/board",
            "/board?view=list",
            "/board/grid",
            "/tickets",
            f"/appointments/{visit}",
            "/reports/sales-day",
            "/style",
            "/appointments/new",
        ):
            assert (await desk.open(path)).status == 200, path
