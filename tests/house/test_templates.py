"""Templates hold no script, no style and no dead part; what they ask for exists, with that method."""

import re
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, meta
from litestar.routes import HTTPRoute

from spa_pos.app import create_app
from spa_pos.settings import PROJECT, read_settings
from spa_pos.web.templates import BUILT, Assets, environment
from tests.house.code import modules
from tests.screens.everything import Screen, all_screens, page_of

TEMPLATES = PROJECT / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
SCREENS = list(all_screens())

FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle="),
    "a style element": re.compile(r"<style\b"),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)"),
    "an event attribute": re.compile(r"\son[a-z]+="),
    "hx-on": re.compile(r"hx-on\b"),
    "a script value": re.compile(r"(?:js|javascript):"),
    "a trigger filter": re.compile(r"hx-trigger=\"[^\"]*\["),
    "another host": re.compile(r"(?:src|href|action)=\"(?:https?:)?//"),
    "text that escapes escaping": re.compile(r"\|\s*safe\b|autoescape"),
    "a region that scrolls and has no name for keys": re.compile(r"table-scroll(?![^>]*\stabindex=)"),
}


ELSEWHERE = {
    "payments/card_setup.html": {"another host"},
    "checkout/_card_form.html": {"another host"},
    "checkout/give_order.html": {"another host"},
    "checkout/me_card_setup.html": {"another host"},
}
"""Stripe's own script, on the pages where a card is typed; their policy names that host alone."""


def source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def asked_for(name: str) -> frozenset[str]:
    """The templates a template extends, includes or imports."""
    parsed = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source(name))
    found = list(meta.find_referenced_templates(parsed))
    assert None not in found, f"{name} asks for a template that is not named in it"
    return frozenset(one for one in found if one is not None)


def is_mail(name: str) -> bool:
    """Mails are read elsewhere: no policy of ours holds there, and only styles on elements are kept."""
    return name.startswith("messages/") or name == "layouts/email.html"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_keeps_the_content_security_policy(name: str) -> None:
    broken = [what for what, pattern in FORBIDDEN.items() if pattern.search(source(name))]
    allowed = {"a style attribute"} if is_mail(name) else ELSEWHERE.get(name, set())
    assert set(broken) <= allowed


@pytest.mark.parametrize("name", NAMES)
def test_a_template_finds_what_it_asks_for(name: str) -> None:
    assert asked_for(name) <= set(NAMES)
    loader = environment(Assets.read())
    assert isinstance(loader.loader, FileSystemLoader)
    loader.get_template(name)


def test_every_template_is_used() -> None:
    rendered = {
        name
        for path in modules("spa_pos")
        for name in re.findall(r"\"([a-z_]+/[a-z_]+\.html)\"", path.read_text(encoding="utf-8"))
    }
    used = rendered.union(*(asked_for(name) for name in NAMES))
    assert set(NAMES) - used == set()
    assert rendered <= set(NAMES)


def test_every_page_is_among_the_screens() -> None:
    pages = {
        name
        for name in NAMES
        if not name.startswith(("layouts/", "components/")) and not Path(name).name.startswith("_")
    }
    assert pages - {screen.template for screen in SCREENS} == set()


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("components/")])
def test_a_component_begins_with_its_parameters(name: str) -> None:
    comment = re.match(r"\{#(.*?)#\}", source(name), re.DOTALL)
    assert comment, "the first thing is not a comment"
    for macro in re.findall(r"\{% macro (\w+)\(", source(name)):
        assert macro in comment[1] or macro == "classes", f"{macro} is not explained"


@pytest.mark.parametrize("name", [name for name in NAMES if Path(name).name.startswith("_")])
def test_a_part_says_what_it_shows(name: str) -> None:
    assert source(name).startswith("{#")


def test_every_icon_is_in_the_sprite() -> None:
    sprite = (BUILT / Assets.read().tree / "icons.svg").read_text(encoding="utf-8")
    there = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))
    asked = {
        element["href"].partition("#")[2] for screen in SCREENS for element in page_of(screen).all("use")
    }
    assert asked - there == set()


@cache
def routes() -> list[tuple[re.Pattern[str], frozenset[str]]]:
    """What the service answers: a pattern for each path, and its methods."""
    app = create_app(
        read_settings({"SPA_MODE": "test", "SPA_SECRET": "0123456789-abcdefghij-klmnopqrst-uvwxyz"})
    )
    return [
        (path_pattern(route.path), frozenset(route.methods))
        for route in app.routes
        if isinstance(route, HTTPRoute)
    ]


def path_pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]*\})", path)
    signs = [("[^/]+" if part.startswith("{") else re.escape(part)) for part in parts]
    return re.compile("".join(signs))


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_what_a_page_asks_for_is_a_route(screen: Screen) -> None:
    lost = {
        (method, path)
        for method, address in page_of(screen).addresses()
        if not address.startswith("tel:")
        and (path := re.split(r"[?#]", address)[0])
        and not any(method in methods and pattern.fullmatch(path) for pattern, methods in routes())
    }
    assert lost == set()
