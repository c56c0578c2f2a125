"""Pages from templates: one environment, strict about every name, with our filters."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from spa_pos.kernel.money import format_usd
from spa_pos.web import i18n
from spa_pos.web.shell import Shell

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATES = PROJECT / "templates"
BUILT = PROJECT / "static" / "built"
"""Where `tools/assets.py` puts what browsers ask for; served below `/static`."""


@dataclass(frozen=True, slots=True)
class Assets:
    """The built tree of static files: its name, and the integrity of each file in it."""

    tree: str
    integrity: dict[str, str]

    @classmethod
    def read(cls, folder: Path = BUILT) -> "Assets":
        """The tree that is built now.

        Raises:
            FileNotFoundError: it was never built; the message says how to.
        """
        manifest = folder / "manifest.json"
        if not manifest.is_file():
            raise FileNotFoundError(f"{manifest} is missing. Build the browser's files first: make assets")
        found = json.loads(manifest.read_text())
        return cls(found["tree"], found["files"])

    def path(self, name: str) -> str:
        """The address of a file, such as `/static/0123456789ab/css/app.css`.

        Raises:
            KeyError: the tree holds no such file.
        """
        if name not in self.integrity:
            raise KeyError(f"static files hold no {name}")
        return f"/static/{self.tree}/{name}"

    def sri(self, name: str) -> str:
        """The integrity attribute of a file."""
        return self.integrity[name]


def money(cents: int) -> Markup:
    """An amount as people read it, never turned around by a right-to-left page."""
    return Markup('<bdi dir="ltr" class="money">{}</bdi>').format(format_usd(cents))


def reduction(cents: int) -> Markup:
    """A positive amount that is taken off: `−$24.00`."""
    return money(-cents)


def isolated(text: str) -> Markup:
    """A name, kept from turning the words around it."""
    return Markup("<bdi>{}</bdi>").format(text)


def iso(moment: datetime | date) -> str:
    """What machines read: `2026-11-24T14:15:00-06:00`."""
    return moment.isoformat()


def hour_minute(moment: datetime) -> str:
    """What forms and addresses carry: `14:15`."""
    return moment.strftime("%H:%M")


FILTERS: dict[str, Callable[..., str]] = {
    "money": money,
    "reduction": reduction,
    "usd": format_usd,
    "clock": i18n.clock,
    "hour_minute": hour_minute,
    "day_long": i18n.day_long,
    "day_short": i18n.day_short,
    "day_full": i18n.day_full,
    "month": i18n.month,
    "weekday": i18n.weekday,
    "iso": iso,
    "bdi": isolated,
}


def environment(assets: Assets) -> Environment:
    """The Jinja environment: escapes by itself, and a name that is not there is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
        cache_size=-1,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext, npgettext=i18n.npgettext
    )
    made.filters.update(FILTERS)
    made.globals.update(
        asset=assets.path,
        sri=assets.sri,
        locale=i18n.current_locale,
        direction=i18n.direction,
        languages=i18n.languages,
    )
    return made


def render(name: str, page: object, shell: Shell) -> str:
    """A page or part as HTML; it sees two names, `page` and `shell`, and nothing else."""
    with i18n.in_locale(shell.locale):
        return _environment().get_template(name).render(page=page, shell=shell)


def render_words(name: str, page: object, locale: str) -> str:
    """A message in a language; it sees one name, `page`."""
    with i18n.in_locale(locale):
        return _environment().get_template(name).render(page=page)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return environment(Assets.read())
