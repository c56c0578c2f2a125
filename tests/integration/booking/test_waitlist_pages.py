"""The waitlist at the desk over HTTP: put on, changed, offered, declined, withdrawn and back."""

from uuid import uuid4

from spa_pos.booking.queries.waitlist import open_waits, waiting_count
from spa_pos.db import fetch_value
from tests.builders import visit_of
from tests.cast import Kiosk, Spa
from tests.integration.booking.waitlist import fill, offer_now, open_offer


async def entered(spa: Spa, kiosk: Kiosk, **typed: object) -> str:
    """Put a new guest on the waitlist for acupuncture tomorrow; gives the address of the entry."""
    guest_id = await spa.guest()
    service_id = await spa.service_id("acupuncture-60")
    await kiosk.open(f"/waitlist/new?guest={guest_id}&service={service_id}&date=2026-11-25")
    await kiosk.send("/waitlist", service=service_id, **_FORM | typed)
    return kiosk.page.path


_FORM = {
    "first_day": "2026-11-25",
    "last_day": "2026-11-25",
    "wish": "any",
    "reason": "none",
    "severity": "0",
}


async def test_a_guest_is_put_on_the_waitlist_changed_withdrawn_and_back(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    here = await entered(spa, kiosk, reason="pain", severity="4", morning="on", hours="14-15", note="Hotel")
    page = kiosk.page
    assert page.status == 200
    assert "Pain 20 · Severity 4: 8 = 28" in page.words
    assert "Morning, 14:00-15:00" in page.words
    await kiosk.open(f"{here}?edit=true")
    await kiosk.send(here, service=await spa.service_id("swedish-60"), **_FORM, afternoon="on")
    (found,) = await open_waits(spa.house.location_id)
    assert (found.service_name, found.reason, found.note) == ("Swedish massage", "none", "")
    await kiosk.send(f"{here}/withdrawal")
    assert kiosk.page.path == "/waitlist"
    assert await waiting_count(spa.house.location_id) == 0
    await kiosk.send(f"{here}/restoration")
    assert await waiting_count(spa.house.location_id) == 1


async def test_what_was_typed_comes_back_with_what_is_wrong(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    for typed, code in (
        ({"severity": "99"}, "severity-unreadable"),
        ({"severity": "x"}, "severity-unreadable"),
        ({"hours": "nine to five"}, "hours-unreadable"),
        ({"last_day": "2026-11-20"}, "wait-days"),
        ({"leaves_on": "2026-11-24"}, "wait-left"),
        ({"reason": "boredom"}, "reason-unknown"),
        ({"wish": str(uuid4())}, "provider-unknown"),
        ({"wish": "a dog"}, "link-unreadable"),
    ):
        await entered(spa, kiosk, note="Keep me", **typed)
        assert (kiosk.page.status, kiosk.page.problem) == (422, code)
        assert "Keep me" in kiosk.page.text
    assert await waiting_count(spa.house.location_id) == 0


async def test_a_time_is_offered_by_hand_declined_offered_again_and_accepted(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    here = await entered(spa, kiosk)
    (found,) = await open_waits(spa.house.location_id)
    leila = await spa.staff_id("Leila Farouk")
    for hour, answer in ((9, "decline"), (11, "acceptance")):
        await kiosk.open(here)
        await kiosk.send(f"{here}/offers", time=f"{leila} {spa.local(hour, days=1).isoformat()}")
        held = await open_offer(found.id)
        assert held is not None
        assert "Held until 9:00" in kiosk.page.words.replace("\u00a0", " ")
        await kiosk.send(f"/waitlist/offers/{held.appointment_id}/{answer}")
    assert kiosk.page.path == "/board?date=2026-11-25"
    assert (await visit_of(spa, held.appointment_id)).status == "booked"
    await kiosk.open(here)
    assert "Declined" in kiosk.page.words
    assert "Taken" in kiosk.page.words
    assert "Booked" in kiosk.page.words


async def test_a_time_that_is_taken_meanwhile_is_refused_and_none_chosen_too(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    here = await entered(spa, kiosk)
    page = kiosk.page
    await fill(spa, days=1)
    leila = await spa.staff_id("Leila Farouk")
    at = spa.local(9, days=1).isoformat()
    await kiosk.send(f"{here}/offers", page, time=f"{leila} {at}")
    assert (kiosk.page.status, kiosk.page.problem) == (409, "slot-taken")
    await kiosk.send(f"{here}/offers", page, time="")
    assert kiosk.page.problem == "time-unreadable"


async def test_an_older_screen_and_an_offer_that_ran_out_are_told(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    here = await entered(spa, kiosk)
    old = kiosk.page
    await offer_now(spa, days=1)
    spa.clock.forward(minutes=4)
    await kiosk.send(f"{here}/withdrawal", old)
    assert kiosk.page.problem == "appointment-changed"
    spa.clock.now = spa.local(8, 58)
    await kiosk.sign_in()
    held = await kiosk.open(here)
    offered = await fetch_value("SELECT appointment FROM wait_offer")
    spa.clock.forward(minutes=3)
    await kiosk.send(f"/waitlist/offers/{offered}/acceptance", held)
    assert (kiosk.page.status, kiosk.page.problem) == (410, "hold-expired")
    await kiosk.open(here)
    assert "This offer ran out at 9:00" in kiosk.page.words.replace("\u00a0", " ")


async def test_an_unknown_entry_or_offer_or_filter_is_told(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    assert (await kiosk.open(f"/waitlist/{uuid4()}")).status == 404
    assert (await kiosk.open("/waitlist?date=yesterday")).problem == "date-unreadable"
    assert (await kiosk.open("/waitlist?service=massage")).problem == "link-unreadable"
    assert (await kiosk.open("/waitlist/list?date=2026-11-25")).status == 200


async def test_the_manager_changes_the_rules_and_what_was_typed_comes_back(spa: Spa) -> None:
    renata = await spa.kiosk("Renata Silva", name="Office")
    page = await renata.open("/waitlist/rules")
    numbers = {name: "1" for name in _names(page.text) if name.startswith(("g_", "w_"))}
    rest = {
        "hold_minutes": "20",
        "notice_minutes": "60",
        "offers_from": "09:00",
        "offers_until": "18:00",
        "leaving_days": "5",
        "waiting_most_points": "10",
    }
    await renata.send("/waitlist/rules", page, **numbers | rest | {"hold_minutes": "many"})
    assert (renata.page.status, renata.page.problem) == (422, "number-unreadable")
    await renata.send("/waitlist/rules", page, **numbers | rest | {"new_reason": "After surgery"})
    assert renata.page.path == "/waitlist/rules"
    assert await fetch_value("SELECT hold_minutes FROM waitlist_rule") == 20
    assert await fetch_value("SELECT count(*) FROM triage_weight WHERE factor = 'group'") == 9
    assert await fetch_value("SELECT count(*) FROM triage_weight WHERE NOT active") == 5


def _names(text: str) -> list[str]:
    return [part.split('"')[0] for part in text.split(' name="')[1:]]
