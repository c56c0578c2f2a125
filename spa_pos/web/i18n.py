"""The language of the page being made: gettext and Babel, chosen per request by a context variable."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel.dates import format_date, format_time
from babel.support import Translations

LOCALES = ("en",)
"""Languages that have a complete catalogue; English is the language of the sources."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

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


def current_locale() -> str:
    """The language in force, as a tag such as `en`."""
    return _locale.get()


def direction() -> str:
    """`ltr` or `rtl`, for the `dir` attribute of the page."""
    return "rtl" if current_locale().split("_")[0] in RIGHT_TO_LEFT else "ltr"


def gettext(message: str) -> str:
    """A sentence in the language in force."""
    return _catalogue(current_locale()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """A sentence that depends on a count, in the language in force."""
    return _catalogue(current_locale()).ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """A short word with the place where it stands, in the language in force."""
    return _catalogue(current_locale()).pgettext(context, message)


def npgettext(context: str, one: str, many: str, count: int) -> str:
    """A short counted word with the place where it stands, in the language in force."""
    return _catalogue(current_locale()).npgettext(context, one, many, count)


def clock(moment: datetime) -> str:
    """What the clock on the wall shows, `2:15 PM`; the moment must already be local.

    A plain no-break space stands before AM and PM: receipt printers do not know the narrow one.
    """
    text = format_time(moment.time(), "short", locale=current_locale())
    return text.replace("\u202f", "\u00a0")


def day_long(day: date) -> str:
    """`Tuesday, November 24`."""
    return format_date(day, "EEEE, MMMM d", locale=current_locale())


def day_short(day: date) -> str:
    """`Tue, Nov 24`."""
    return format_date(day, "EEE, MMM d", locale=current_locale())


def weekday(day: date) -> str:
    """`Tue`."""
    return format_date(day, "EEE", locale=current_locale())


def day_full(day: date) -> str:
    """`November 24, 2026`, for paper."""
    return format_date(day, "MMMM d, y", locale=current_locale())


@lru_cache(maxsize=len(LOCALES) + 1)
def _catalogue(locale: str) -> NullTranslations:
    return Translations.load(_FOLDER, [locale], domain="spa_pos")
