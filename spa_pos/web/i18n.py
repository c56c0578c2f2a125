"""The language of the page being made: gettext and Babel, chosen per request by a context variable."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.core import Locale, negotiate_locale
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations


class Language(NamedTuple):
    """A language for guests: its own name, where its conventions come from, and how it writes days."""

    name: str
    region: str
    day_long: str
    day_short: str
    day_full: str
    month: str


LANGUAGES = {
    "en": Language("English", "en_US", "EEEE, MMMM d", "EEE, MMM d", "MMMM d, y", "MMMM y"),
    "es": Language(
        "Español", "es_US", "EEEE, d 'de' MMMM", "EEE, d MMM", "d 'de' MMMM 'de' y", "MMMM 'de' y"
    ),
    "ar": Language("العربية", "ar_AE", "EEEE، d MMMM", "EEEE، d MMMM", "d MMMM y", "MMMM y"),
}
"""Languages that have a complete catalogue; English is the language of the sources."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

_SIDEWAYS = re.compile("[\u200e\u200f\u061c]")
"""Direction marks in formatted times: pages turn by `dir`, and a plain text needs none."""

_FOLDER = Path(__file__).resolve().parents[2] / "locale"
_locale: ContextVar[str] = ContextVar("locale", default="en")


@contextmanager
def in_locale(locale: str) -> Iterator[None]:
    """Words, dates and times in one language while the block runs."""
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


def speak(locale: str) -> None:
    """A language from here on, until whoever opened the block (`in_locale`) ends it."""
    _locale.set(locale)


def languages() -> tuple[tuple[str, str], ...]:
    """Every language with its own name, for a page to offer."""
    return tuple((tag, language.name) for tag, language in LANGUAGES.items())


def current_locale() -> str:
    """The language in force, as a tag such as `en`."""
    return _locale.get()


def direction() -> str:
    """`ltr` or `rtl`, for the `dir` attribute of the page."""
    return "rtl" if current_locale().split("_")[0] in RIGHT_TO_LEFT else "ltr"


def gettext(message: str) -> str:
    """A sentence in the language in force; of nothing, nothing (and not the head of the catalogue)."""
    return _catalogue(current_locale()).gettext(message) if message else ""


def N_(message: str) -> str:
    """Words that are data in the demo and have a translation: `gettext` finds it where they are shown."""
    return message


def ngettext(one: str, many: str, count: int) -> str:
    """A sentence that depends on a count, in the language in force."""
    return _catalogue(current_locale()).ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """A short word with the place where it stands, in the language in force."""
    return _catalogue(current_locale()).pgettext(context, message)


def npgettext(context: str, one: str, many: str, count: int) -> str:
    """A short counted word with the place where it stands, in the language in force."""
    return _catalogue(current_locale()).npgettext(context, one, many, count)


def preferred(header: str) -> str:
    """The first of our languages that a browser asks for (`Accept-Language`), or English."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:200].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), place, tag.strip().replace("-", "_")))
        except ValueError:
            continue
    tags = [tag for weight, _, tag in sorted(wanted) if tag and weight < 0]
    found = negotiate_locale(tags, list(LANGUAGES), aliases={})
    return found or next((short for tag in tags if (short := tag.split("_")[0].lower()) in LANGUAGES), "en")


def clock(moment: datetime) -> str:
    """What the clock on the wall shows, `2:15 PM`; the moment must already be local.

    A plain no-break space stands before AM and PM: receipt printers do not know the narrow one.
    """
    return _clock(moment.time(), _manner().region)


@lru_cache(maxsize=4_096)
def _clock(face: time, region: str) -> str:
    text = format_time(face, "short", locale=region)
    return _SIDEWAYS.sub("", text).replace("\u202f", "\u00a0")


def day_long(day: date) -> str:
    """`Tuesday, November 24`."""
    return _day(day, _manner().day_long)


def day_short(day: date) -> str:
    """`Tue, Nov 24`."""
    return _day(day, _manner().day_short)


def weekday(day: date) -> str:
    """`Tue`, for the head of a column; one letter where the language has no short words for days."""
    return _day(day, "EEEEE" if direction() == "rtl" else "EEE")


def weekday_long(day: date) -> str:
    """`Tuesday`."""
    return _day(day, "EEEE")


def first_weekday() -> int:
    """On which day weeks begin; Monday is 0."""
    return int(Locale.parse(_manner().region).first_week_day)


def day_full(day: date) -> str:
    """`November 24, 2026`, for paper."""
    return _day(day, _manner().day_full)


def month(day: date) -> str:
    """`November 2026`."""
    return _day(day, _manner().month)


def listed(words: Iterable[str]) -> str:
    """`Swedish massage, Hot stones`, with the comma of the language."""
    return pgettext("between two words of a list", ", ").join(words)


def _manner() -> Language:
    return LANGUAGES.get(current_locale(), LANGUAGES["en"])


def _day(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=_manner().region)


@lru_cache(maxsize=8)
def _catalogue(locale: str) -> NullTranslations:
    """The words of a language, read from its source: there is nothing to compile and nothing to grow old."""
    source = _FOLDER / locale / "LC_MESSAGES" / "spa_pos.po"
    if locale == "en" or not source.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=locale, abort_invalid=True))
    compiled.seek(0)
    return Translations(compiled, domain="spa_pos")
