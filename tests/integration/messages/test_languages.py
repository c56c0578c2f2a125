"""Guests read their language: complete catalogues, no sentence beside them, the choice remembered."""

import re
from functools import cache

import httpx
import pytest
from babel.messages.plurals import get_plural
from jinja2 import Environment, meta

from spa_pos.booking.actions import cancel_appointment
from spa_pos.db import fetch_value
from spa_pos.messages.rules import visit_token
from spa_pos.people.actions.messages import set_language, set_reach
from spa_pos.web import i18n
from spa_pos.web.templates import TEMPLATES, render
from tests.builders import booked
from tests.cast import ADDRESS, SECRET, Spa
from tests.integration.messages.conftest import Post, ingrid_of
from tests.screens.everything import Screen, all_screens
from tests.screens.pseudo import data_of, pseudo_catalogue, untranslated
from tools import messages

OTHERS = tuple(tag for tag in i18n.LANGUAGES if tag != "en")


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_lacks_no_message_and_keeps_every_placeholder(language: str) -> None:
    asked = messages.extracted()
    assert len(asked) > 90
    assert messages.waiting(language, asked) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_plural_of_its_language(language: str) -> None:
    forms = get_plural(language).num_plurals
    for message in messages.catalogue(language):
        if message.id and not isinstance(message.id, str):
            assert len(message.string) == forms and all(message.string), message.id


def test_a_message_that_nobody_translated_is_found() -> None:
    asked = messages.extracted()
    asked.add("Nobody said this in Spanish")
    asked.add("I will be there", context="somewhere else")
    assert messages.waiting("es", asked) == ["Nobody said this in Spanish", "I will be there"]


@cache
def frames(name: str) -> frozenset[str]:
    """The templates that a template extends or includes, and so on."""
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    parsed = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)
    found = {one for one in meta.find_referenced_templates(parsed) if one is not None}
    return frozenset(found.union(*(frames(one) for one in found)) if found else found)


def is_for_guests(screen: Screen) -> bool:
    return bool(frames(screen.template) & {"layouts/guest.html", "layouts/email.html"})


GUEST_SCREENS = [screen for screen in all_screens() if is_for_guests(screen)]


def test_the_pages_of_guests_are_known() -> None:
    assert {"mail", "guest-visit", "guest-stop"} <= {screen.name for screen in GUEST_SCREENS}


@pytest.mark.parametrize("screen", GUEST_SCREENS, ids=lambda screen: screen.name)
def test_no_visible_sentence_of_a_guests_page_stands_beside_the_catalogues(screen: Screen) -> None:
    with pseudo_catalogue():
        html = render(screen.template, screen.page, screen.shell)
    known = (*data_of(screen.page), screen.shell.location_name, screen.shell.sample_notice)
    assert untranslated(html, iter(known)) == []


def test_a_sentence_that_stands_beside_them_is_found() -> None:
    html = '<p>Ingrid</p><p>⟦Hello⟧ Ingrid</p><p title="Plain">plain words</p><script>ignored()</script>'
    assert untranslated(html, iter(("Ingrid",))) == ["Plain", "plain words"]


def stranger(spa: Spa, language: str = "") -> httpx.AsyncClient:
    headers = {"accept-language": language} if language else {}
    return httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS, headers=headers)


@pytest.mark.parametrize(
    ("asked", "tag", "words"),
    [
        ("es-MX,es;q=0.9,en;q=0.5", "es", "Su visita está reservada"),
        ("ar-EG,ar;q=0.9", "ar", "تم حجز زيارتك"),
        ("de,fr;q=0.8", "en", "Your visit is booked"),
        ("de,es;q=0.3,en;q=0.2", "es", "Su visita está reservada"),
        ("es;q=0,en", "en", "Your visit is booked"),
        ("*;q=x, ,,;q=", "en", "Your visit is booked"),
        ("", "en", "Your visit is booked"),
    ],
)
async def test_a_browser_is_answered_in_the_language_it_asks_for(
    spa: Spa, asked: str, tag: str, words: str
) -> None:
    visit_id = await booked(spa, at=spa.local(10, days=1))
    async with stranger(spa, asked) as guest:
        seen = await guest.get(f"/visits/{visit_token(SECRET, visit_id)}")
    assert words in seen.text
    assert f'<html lang="{tag}" dir="{"rtl" if tag == "ar" else "ltr"}">' in seen.text
    assert i18n.current_locale() == "en"


async def test_a_choice_counts_more_than_the_browser_and_is_remembered(spa: Spa) -> None:
    path = f"/visits/{visit_token(SECRET, await booked(spa, at=spa.local(10, days=1)))}"
    async with stranger(spa, "ar") as guest:
        answer = await guest.get(f"/language/es?next={path}")
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        seen = await guest.get(path)
        assert "miércoles, 25 de noviembre" in seen.text
        assert re.search(r"10:00\sa\.m\.", seen.text)
        assert (await guest.get("/language/xx")).status_code == 404
        led = await guest.get("/language/en?next=//elsewhere.example")
        assert led.headers["location"] == "/"


async def test_days_are_written_as_each_language_writes_them(spa: Spa) -> None:
    day = spa.local(14, 15, days=1).astimezone(spa.house.zone)
    told = {}
    for tag in i18n.LANGUAGES:
        with i18n.in_locale(tag):
            told[tag] = (i18n.day_long(day.date()), i18n.clock(day), i18n.month(day.date()))
    assert told == {
        "en": ("Wednesday, November 25", "2:15\u00a0PM", "November 2026"),
        "es": ("miércoles, 25 de noviembre", "2:15\u00a0p.m.", "noviembre de 2026"),
        "ar": ("الأربعاء، 25 نوفمبر", "2:15 م", "نوفمبر 2026"),
    }


async def test_mails_are_in_the_language_the_desk_wrote_down(post: Post) -> None:
    spa = post.spa
    ingrid = await ingrid_of(spa)
    await set_reach(
        spa.maya,
        guest_id=ingrid,
        email="ingrid@example.org",
        by_email=True,
        by_text=False,
        now=spa.clock.now,
        language="es",
    )
    visit_id = await booked(spa, ingrid, at=spa.local(10, days=1))
    await post.deliver()
    mail = post.box.mails()[-1]
    body = mail.get_body(("plain",))
    assert body is not None
    assert str(mail["Subject"]) == "Su visita está reservada · Rejuvenate Spa"
    assert "miércoles, 25 de noviembre" in body.get_content()
    async with stranger(spa, "en") as guest:
        seen = await guest.get(f"/visits/{visit_token(SECRET, visit_id)}")
        assert "Su visita está reservada" in seen.text, "what we know of a guest counts before the browser"
        await guest.get("/language/en")
        chosen = await guest.get(f"/visits/{visit_token(SECRET, visit_id)}")
        assert "Your visit is booked" in chosen.text


async def test_what_waits_to_be_sent_changes_its_language_too(post: Post) -> None:
    spa = post.spa
    ingrid = await ingrid_of(spa)
    visit_id = await booked(spa, ingrid, at=spa.local(10, days=1))
    await post.deliver()
    await cancel_appointment(spa.maya, appointment_id=visit_id, version=1, reason="Ill", now=spa.clock.now)
    await set_language(ingrid, "ar")
    await post.deliver(minutes=2)
    assert str(post.box.mails()[-1]["Subject"]).startswith("أُلغيت زيارتك")
    assert await fetch_value("SELECT array_agg(locale ORDER BY sequence) FROM message") == ["en", "ar"]


async def test_the_staff_is_answered_in_english_whatever_the_browser_says(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    kiosk.browser.headers["accept-language"] = "ar"
    page = await kiosk.open("/board")
    assert '<html lang="en" dir="ltr">' in page.text


async def test_a_refusal_for_a_guest_is_in_their_language(spa: Spa) -> None:
    async with stranger(spa, "es") as guest:
        lost = await guest.get("/visits/nothing")
        assert lost.status_code == 404
        assert "Este enlace no lleva a ninguna parte." in lost.text
        assert "Board" not in lost.text
