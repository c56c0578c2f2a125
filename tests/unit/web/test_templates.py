"""Rendered pages: escaped, complete, one filled button, forms with their tokens, ids that are unique."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from spa_pos.web import i18n
from spa_pos.web.templates import Assets, environment, isolated, money, reduction, render
from tests.screens import board, people, register, sheets
from tests.screens.everything import Screen, all_screens, page_of
from tests.screens.frame import SHELL, at
from tests.screens.guests import guest_screens
from tests.screens.reading import Page

SCREENS = {screen.name: screen for screen in all_screens()}
BY_LINK = {screen.name for screen in guest_screens()} | {"gift-wrapped"}
"""Whoever holds the link may: no session, so no token of one."""

every_screen = pytest.mark.parametrize("screen", SCREENS.values(), ids=lambda screen: screen.name)


@every_screen
def test_a_page_has_a_title_a_main_part_and_one_first_heading(screen: Screen) -> None:
    page = page_of(screen)
    (title,) = page.all("title")
    assert title.words.endswith(" · Rejuvenate Spa") and len(title.words) > 18
    if not screen.name.startswith("mail"):  # nothing to skip over in one
        (main,) = page.all("main")
        assert main["id"] == "main"
    outside_paper = [one for one in page.all("h1") if one.words.strip()]
    assert len(outside_paper) == 1


@every_screen
def test_an_id_stands_once_and_every_label_finds_its_field(screen: Screen) -> None:
    page = page_of(screen)
    ids = Counter(element["id"] for element in page.elements if "id" in element.attributes)
    assert [name for name, times in ids.items() if times > 1] == []
    for element in page.elements:
        for name in ("for", "aria-labelledby", "aria-describedby"):
            assert set(element.attributes.get(name, "").split()) <= set(ids), (element.tag, name)


@every_screen
def test_at_most_one_button_is_filled(screen: Screen) -> None:
    page = page_of(screen)
    filled = [
        element
        for element in page.with_class("button--primary")
        if not any(around.tag == "dialog" for around in element.around)
    ]
    assert len(filled) <= 1, [element.words for element in filled]


@every_screen
def test_every_form_that_writes_carries_its_tokens(screen: Screen) -> None:
    page = page_of(screen)
    keys = []
    for form in page.all("form"):
        if form.attributes.get("method") != "post" or screen.name in BY_LINK:
            continue
        sent = {element["name"]: element.attributes.get("value") for element in page.fields(form)}
        assert sent["csrf"] == screen.shell.csrf, form["action"]
        if screen.name != "resume":  # that form goes on with the key it was made with
            keys.append(sent["request"])
    assert len(keys) == len(set(keys)), "two forms share one idempotency key"


@every_screen
def test_a_hidden_field_is_sent_once(screen: Screen) -> None:
    page = page_of(screen)
    for form in page.all("form"):
        names = Counter(
            element["name"] for element in page.fields(form) if element.attributes.get("type") == "hidden"
        )
        assert [name for name, times in names.items() if times > 1] == [], form["action"]


def test_names_are_escaped_wherever_they_stand() -> None:
    hostile = "</b><script>alert(1)</script>"
    block = replace(board.BOARD.visits[0], guest_name=hostile)
    column = replace(board.BOARD.columns[0], name=hostile, visits=(block,))
    arrival = replace(board.BOARD.arrivals[0], guest_name=hostile)
    page = replace(
        board.BOARD,
        columns=(column,),
        arrivals=(arrival,),
        sheet=replace(sheets.VISIT, guest_name=hostile, proof_words=hostile),
    )
    text = render("booking/board.html", page, SHELL)
    assert hostile not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
    assert all("src" in script.attributes for script in Page.of(text).all("script"))


def test_a_name_that_is_not_there_is_an_error() -> None:
    made = environment(Assets("0" * 12, {}))
    with pytest.raises(UndefinedError, match="guest_nme"):
        made.from_string("{{ page.guest_nme }}").render(page=sheets.VISIT)


def test_money_keeps_its_direction_and_a_reduction_its_minus() -> None:
    assert money(123456) == '<bdi dir="ltr" class="money">$1,234.56</bdi>'
    assert reduction(2400) == '<bdi dir="ltr" class="money">−$24.00</bdi>'
    assert isolated("<A>") == "<bdi>&lt;A&gt;</bdi>"


def test_clock_and_days_are_words_that_a_receipt_printer_knows() -> None:
    assert i18n.clock(at(14, 5)) == "2:05\u00a0PM"
    assert i18n.day_long(date(2026, 11, 24)) == "Tuesday, November 24"
    assert i18n.day_short(date(2026, 11, 4)) == "Wed, Nov 4"
    assert i18n.day_full(date(2026, 3, 8)) == "March 8, 2026"


def test_a_right_to_left_language_turns_the_page() -> None:
    text = render("people/sign_in.html", people.SIGN_IN, replace(SHELL, locale="ar"))
    assert Page.of(text).all("html")[0].attributes == {"lang": "ar", "dir": "rtl"}
    assert i18n.current_locale() == "en", "the language of one page leaked into the next"


def test_a_waiting_card_asks_again_and_a_final_one_does_not() -> None:
    page = page_of(SCREENS["ticket-waiting"])
    (waiting,) = (one for one in page.elements if "data-poll" in one.attributes)
    assert page.with_id("attempt")["data-state"] == "waiting"
    assert not any(waiting.inside(form) for form in page.all("form")), "it would send the fields of the form"
    assert waiting["hx-trigger"] == "every 1500ms"
    assert waiting["hx-post"] == f"/attempts/{register.WAITING.attempt.id}/check"  # type: ignore[union-attr]
    assert json.loads(waiting["hx-headers"]) == {"x-csrf": SHELL.csrf, "x-poll": "1"}
    (unknown,) = (one for one in page_of(SCREENS["ticket-unknown"]).elements if "data-poll" in one.attributes)
    assert unknown["hx-trigger"] == "every 5s"
    assert all("data-poll" not in one.attributes for one in page_of(SCREENS["ticket-declined"]).elements)


def test_only_a_simulated_reader_shows_the_cards_to_choose() -> None:
    assert page_of(SCREENS["ticket-waiting"]).with_class("simulated")
    real = replace(register.WAITING, attempt=replace(register.WAITING.attempt, simulated=False))  # type: ignore[type-var]
    assert not Page.of(render("checkout/ticket.html", real, SHELL)).with_class("simulated")


def test_the_enter_key_adds_no_guest_to_a_group_by_accident() -> None:
    page = page_of(SCREENS["new-guest-form"])
    (form,) = (one for one in page.all("form") if one["action"] == "/guests")
    first = next(button for button in page.all("button") if button.inside(form))
    assert "disabled" in first.attributes and "hidden" in first.attributes


def test_a_refusal_is_an_alert_that_takes_the_focus_and_names_the_next_step() -> None:
    page = page_of(SCREENS["new-no-times"])
    (alert,) = (one for one in page.elements if "data-problem" in one.attributes)
    assert alert["role"] == "alert"
    assert alert["data-problem"] == "slot-taken" and "autofocus" in alert.attributes
    (link,) = (one for one in page.all("a") if one.inside(alert))
    assert link["href"] == "/appointments/new"


def test_a_receipt_shows_brand_and_last_four_and_every_part_of_the_tax() -> None:
    words = " ".join(page_of(SCREENS["receipt"]).with_class("receipt")[0].words.split())
    for part in (
        "Rejuvenate Spa",
        "565 1st St SW",
        "November 24, 2026, 12:34 PM",
        "Ticket 1042",
        "90 min with Ana Okafor",
        "Employee price −$28.00",
        "You pay $112.00 T",
        "Minnesota 6.875 % $11.00",
        "City of Rochester 0.75 % $1.20",
        "Olmsted County 0.5 % $0.80",
        "Total $173.00",
        "Visa 4242 $73.00",
        "Cash given $120.00",
        "Change $20.00",
        "returned within 30 days",
        "Sample prices, not Mayo's.",
    ):
        assert part in words


def test_static_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make assets"):
        Assets.read(tmp_path)
    with pytest.raises(KeyError, match=r"static files hold no css/gone\.css"):
        Assets("0" * 12, {}).path("css/gone.css")
