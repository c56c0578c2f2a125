"""The manager's schedule over HTTP, without JavaScript: forms, refusals, what is hit, and the way back."""

from uuid import UUID

import pytest

from spa_pos.db import fetch, fetch_value
from tests.builders import booked
from tests.cast import Kiosk, Page, Spa
from tests.house.test_permissions import nothing_written


async def manager(spa: Spa) -> Kiosk:
    return await spa.kiosk("Renata Silva")


async def undone(kiosk: Kiosk, page: Page) -> Page:
    """Send the Undo of the toast on a page."""
    toast = page.text[page.text.index("data-toast") :]
    apart = Page(page.status, toast[: toast.index("</form>") + 7], page.path, page.headers)
    ((action, fields),) = apart.forms()
    return await kiosk.post(action, fields)


async def ana_of(spa: Spa) -> tuple[UUID, str]:
    staff_id = await spa.staff_id("Ana Okafor")
    return staff_id, f"/schedule/providers/{staff_id}"


async def test_the_week_shows_hours_time_off_and_what_is_booked(spa: Spa) -> None:
    desk = await manager(spa)
    await booked(spa, at=spa.local(13, days=1))
    staff_id, here = await ana_of(spa)
    await fetch(
        "INSERT INTO time_off VALUES (gen_random_uuid(), $1, $2, $3, 'Dentist')",
        staff_id,
        spa.local(12, days=3),
        spa.local(16, days=3),
    )
    page = await desk.open("/schedule")
    row = page.text[page.text.index(here) :]
    words = Page(200, row[: row.index("</tr>")], "", page.headers).words
    assert "8 AM – 4 PM" in words
    assert "8 AM – 12 PM Off: Dentist" in words
    assert "1 h booked" in words
    assert "28 h" in words
    assert "Thanksgiving Day" in page.words
    assert (await desk.open("/schedule?week=2027-03-10")).status == 200
    assert (await desk.open("/schedule?week=x")).status == 422


async def test_time_off_that_hits_a_booking_is_shown_saved_listed_and_undone(spa: Spa) -> None:
    desk = await manager(spa)
    visit = await booked(spa, at=spa.local(13, days=3))
    _, here = await ana_of(spa)
    await desk.open(here)
    typed = {"starts_at": "2026-11-27T12:00", "ends_at": "2026-11-27T16:00", "reason": "Dentist"}
    hit = await desk.send("/time-off", **typed)
    assert (hit.status, hit.problem) == (409, "bookings-hit")
    assert "This hits 1 booking" in hit.words
    assert "Ingrid Halvorsen" in hit.words
    assert 'value="2026-11-27T12:00"' in hit.text
    assert await fetch_value("SELECT count(*) FROM time_off") == 0
    saved = await desk.send("/time-off", hit, anyway="yes", **typed)
    assert saved.path == here
    assert "Ana is off: Dentist." in saved.words
    count = await desk.open("/schedule/conflicts/count")
    assert "1 bookings do not fit" in count.words.strip()
    listed = await desk.open("/schedule/conflicts")
    assert f'href="/appointments/{visit}"' in listed.text
    assert f"move={visit}" in listed.text
    await desk.open(here)
    gone = await desk.send("/time-off/removal")
    assert "Every booking to come fits" in (await desk.open("/schedule/conflicts")).words
    back = await undone(desk, gone)
    assert (back.status, back.problem) == (409, "bookings-hit")


async def test_the_save_anyway_of_the_page_carries_what_was_typed(spa: Spa) -> None:
    desk = await manager(spa)
    await booked(spa, at=spa.local(13, days=3))
    _, here = await ana_of(spa)
    await desk.open(here)
    hit = await desk.send("/exceptions", day="2026-11-27", hours="8-12", reason="Training")
    action, fields = next((a, f) for a, f in hit.forms() if "anyway" in f)
    assert action == f"{here}/exceptions"
    saved = await desk.post(action, fields)
    assert "Friday 27 November 2026" in saved.words
    assert (await undone(desk, saved)).path == here
    assert await fetch_value("SELECT count(*) FROM shift_exception") == 0


@pytest.mark.parametrize(
    ("form", "typed", "code"),
    [
        ("/time-off", {"starts_at": "soon", "ends_at": "2026-11-27T16:00", "reason": "x"}, "time-unreadable"),
        ("/time-off", {"starts_at": "2026-11-27T16:00", "ends_at": "2026-11-27T12:00", "reason": "x"},
         "ends-before-start"),
        ("/time-off", {"starts_at": "2027-03-14T02:30", "ends_at": "2027-03-14T12:00", "reason": "x"},
         "time-skipped"),
        ("/exceptions", {"day": "2026-11-27", "hours": "8-25", "reason": "x"}, "hours-unreadable"),
        ("/exceptions", {"day": "", "hours": "8-12", "reason": "x"}, "date-missing"),
        ("/exceptions", {"day": "2026-11-27", "hours": "8-12", "reason": ""}, "reason-missing"),
        ("/pattern", {"first_day": "2026-12-01", "every_weeks": "1", "monday": "9-5"}, "hours-backwards"),
        ("/pattern", {"first_day": "2026-12-01", "every_weeks": "x"}, "number-unreadable"),
        ("/limits", {"day_hours": "many", "week_hours": "25", "most_in_a_row": "3", "break_minutes": "15"},
         "hours-unreadable"),
        ("/credentials", {"kind": "", "number": "1", "valid_from": "2026-12-01"}, "credential-unreadable"),
        ("/gender", {"gender": "other"}, "gender-unreadable"),
    ],
)  # fmt: skip
async def test_what_cannot_be_meant_is_refused_and_kept(
    spa: Spa, form: str, typed: dict[str, str], code: str
) -> None:
    desk = await manager(spa)
    _, here = await ana_of(spa)
    page = await desk.open(here)
    base = {name: value for name, value in page.form(here + form).items() if name in ("csrf", "request")}
    async with nothing_written():
        refused = await desk.post(here + form, base | typed)
    assert (refused.status, refused.problem) == (422, code)
    for value in typed.values():
        assert form == "/gender" or not value or f'value="{value}"' in refused.text


async def test_new_shifts_show_at_once_and_are_undone_with_one_tap(spa: Spa) -> None:
    desk = await manager(spa)
    _, here = await ana_of(spa)
    await desk.open(here)
    saved = await desk.send("/pattern", first_day="2026-11-30", every_weeks="2", monday="8-12, 13-17")
    assert "Every 2 weeks, from Monday 30 Nov 2026" in saved.words
    assert "8:00-12:00, 13:00-17:00" in saved.words
    back = await undone(desk, saved)
    assert "Every 2 weeks" not in back.words
    assert await fetch_value("SELECT count(*) FROM shift WHERE every_weeks = 2") == 0


async def test_a_credential_is_ended_renewed_and_added(spa: Spa) -> None:
    desk = await manager(spa)
    staff_id, here = await ana_of(spa)
    visit = await booked(spa, at=spa.local(13, days=3))
    page = await desk.open(here)
    address, fields = next(
        (address, fields) for address, fields in page.forms() if fields.get("kind") == "massage"
    )
    hit = await desk.post(address, fields | {"valid_until": "2026-11-26"})
    assert (hit.status, hit.problem) == (409, "bookings-hit")
    address, again = next((a, f) for a, f in hit.forms() if "anyway" in f)
    ended = await desk.post(address, again)
    assert f"/appointments/{visit}" in ended.text
    assert "no valid credential" in ended.words
    renewed = await undone(desk, ended)
    assert "do not fit" not in renewed.words.replace("Does not fit", "")
    new = {name: fields[name] for name in ("csrf",)} | {"request": str(UUID(int=78)), "kind": "prenatal"}
    added = await desk.post(address, new | {"number": "P-7", "valid_from": "2026-11-24"})
    assert "P-7, from November 24, 2026" in added.words
    assert await fetch_value("SELECT count(*) FROM credential WHERE staff = $1", staff_id) == 3


async def test_opening_hours_and_special_days(spa: Spa) -> None:
    desk = await manager(spa)
    await desk.open("/schedule/hours")
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    saved = await desk.send(
        "/schedule/hours", first_day="2026-12-07", sunday="closed", **dict.fromkeys(days, "9-19")
    )
    assert "From Monday 7 Dec 2026" in saved.words
    assert await fetch_value("SELECT count(*) FROM opening_hours WHERE valid_from = '2026-12-07'") == 7
    await undone(desk, saved)
    assert await fetch_value("SELECT count(*) FROM opening_hours WHERE valid_from = '2026-12-07'") == 0
    several = await desk.send(
        "/schedule/hours", first_day="2026-12-07", sunday="8-12, 13-17", **dict.fromkeys(days, "9-19")
    )
    assert (several.status, several.problem) == (422, "hours-several")
    await desk.open("/schedule/hours")
    added = await desk.send("/schedule/special-days", day="2026-12-23", hours="8-12", reason="Staff party")
    assert "Staff party · open 8 AM – 12 PM" in added.words
    twice = await desk.send("/schedule/special-days", day="2026-12-23", hours="", reason="Again")
    assert twice.problem == "special-day-exists"
    await undone(desk, added)
    assert await fetch_value("SELECT count(*) FROM special_day WHERE day = '2026-12-23'") == 0


async def test_a_room_goes_out_comes_back_retires_and_returns(spa: Spa) -> None:
    desk = await manager(spa)
    visit = await booked(spa, at=spa.local(13, days=3))
    room = await fetch_value("SELECT room FROM appointment WHERE id = $1", visit)
    await desk.open("/schedule/rooms")
    typed = {"number": room, "starts_at": "2026-11-27T08:00", "ends_at": "2026-11-27T18:00", "reason": "Leak"}
    hit = await desk.send("/schedule/rooms/out", **typed)
    assert (hit.status, hit.problem) == (409, "bookings-hit")
    saved = await desk.send("/schedule/rooms/out", hit, anyway="yes", **typed)
    assert f"/appointments/{visit}" in saved.text
    assert await fetch_value("SELECT count(*) FROM resource_out") == 1
    await undone(desk, saved)
    assert await fetch_value("SELECT count(*) FROM resource_out") == 0
    refused = await desk.send("/schedule/rooms/retirement", number=room)
    assert (refused.status, refused.problem) == (409, "bookings-hit")
    assert "Save anyway" not in refused.words
    await desk.open("/schedule/rooms")
    retired = await desk.send("/schedule/rooms/retirement", number=room + 1)
    assert "Retired" in retired.words
    await undone(desk, retired)
    assert await fetch_value("SELECT count(*) FROM resource WHERE NOT active") == 0
    added = await desk.send(
        "/schedule/rooms", await desk.open("/schedule/rooms"), kind="hot_stones", name="Set B"
    )
    assert "Set B" in added.words
    assert (await desk.send("/schedule/rooms", name="set b", kind="hot_stones")).problem == "name-taken"
    assert (await desk.send("/schedule/rooms", name="Pool", kind="pool")).problem == "kind-unknown"


async def test_a_new_policy_goes_with_new_bookings_and_old_ones_keep_theirs(spa: Spa) -> None:
    desk = await manager(spa)
    old = await booked(spa, at=spa.local(13, days=3))
    await desk.open("/schedule/rules")
    saved = await desk.send(
        "/schedule/policy", notice_hours="12", late="25", no_show="75.5", grace_minutes="10"
    )
    assert "Version 2" in saved.words
    new = await booked(spa, await spa.guest("Tom Becker"), at=spa.local(10, days=3))
    rows = await fetch(
        "SELECT a.id, p.version, p.no_show_ppm FROM appointment a"
        " JOIN cancellation_policy p ON p.id = a.policy"
    )
    assert {row["id"]: (row["version"], row["no_show_ppm"]) for row in rows} == {
        old: (1, 1_000_000),
        new: (2, 755_000),
    }
    await desk.open("/schedule/rules")
    same = await desk.send(
        "/schedule/policy", notice_hours="12", late="25", no_show="75.5", grace_minutes="10"
    )
    assert same.problem == "policy-same"
    wrong = await desk.send("/schedule/policy", notice_hours="12", late="a", no_show="1", grace_minutes="10")
    assert wrong.problem == "percent-unreadable"


async def test_reasons_windows_and_limits_of_the_house(spa: Spa) -> None:
    desk = await manager(spa)
    page = await desk.open("/schedule/rules")
    address, fields = next((a, f) for a, f in page.forms() if f.get("code") == "guest")
    changed = await desk.post(address, fields | {"name": "Guest asked to", "fee_free": "yes"})
    assert await fetch_value("SELECT fee_free FROM cancel_reason WHERE name = 'Guest asked to'") is True
    await undone(desk, changed)
    assert await fetch_value("SELECT fee_free FROM cancel_reason WHERE code = 'guest'") is False
    csrf = {name: fields[name] for name in ("csrf",)}
    key = str(UUID(int=77))
    added = await desk.post(
        "/schedule/reasons", csrf | {"request": key, "name": "Snow storm", "fee_free": "yes"}
    )
    assert "Snow storm" in added.text
    service = await spa.service_id("swedish-60")
    await desk.open("/schedule/rules")
    window = await desk.send(
        "/schedule/windows", service=service, group="", lead_hours="0:30", horizon_days="30"
    )
    assert "from 0 h 30 min before to 30 days ahead" in window.words
    await undone(desk, window)
    assert await fetch_value("SELECT count(*) FROM booking_window") == 1
    await desk.open("/schedule/rules")
    limits = await desk.send(
        "/schedule/limits", day_hours="4.5", week_hours="20", most_in_a_row="2", break_minutes="20"
    )
    assert "4 h 30 min a day, 20 h a week, 2 in a row, then 20 min of break." in limits.words
    assert "5 h a day" in (await undone(desk, limits)).words


async def test_the_same_form_sent_twice_changes_nothing_more(spa: Spa) -> None:
    desk = await manager(spa)
    _, here = await ana_of(spa)
    page = await desk.open(here)
    fields = page.form("/time-off") | {
        "starts_at": "2026-11-27T12:00", "ends_at": "2026-11-27T16:00", "reason": "Dentist",
    }  # fmt: skip
    first = await desk.post(f"{here}/time-off", fields)
    async with nothing_written():
        second = await desk.post(f"{here}/time-off", fields)
    assert (first.path, second.path) == (here, here)


async def test_a_page_asks_the_database_no_more_for_more_bookings(spa: Spa, count_statements) -> None:  # type: ignore[no-untyped-def]
    desk = await manager(spa)
    counts = []
    for days in (3, 6, 34):
        await booked(spa, await spa.guest(f"Guest {days}"), at=spa.local(13, days=days))
        with count_statements() as count:
            await desk.open("/schedule/conflicts")
        counts.append(count.statements)
    assert len(set(counts)) == 1, counts
