"""What a booking knows so far: carried by links, and by the hidden fields of its forms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.actions import MOST_IN_A_PARTY
from spa_pos.booking.pages.codes import long, short, unreadable
from spa_pos.booking.rules import Arrangement, ProviderWish
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.time import instant, local_date
from spa_pos.web.forms import day_from, uuid_from

WAITS = (0, 15, 30)
"""Longest waits between two services that the desk can choose, in minutes."""

USUAL_WAIT = 15
GENDERS = ("woman", "man")


Href = Callable[[date, time | None, UUID | None, time | None], str]
"""What gives a link for a day, a time, who would serve then, and the time that was tapped first."""


@dataclass(frozen=True, slots=True)
class Item:
    """One service of a booking: for whom, which, with what, by whom.

    `wish` is `woman`, `man`, `named` or nothing; a `provider` without the wish `named` is a column
    that was tapped.
    """

    guest: UUID | None = None
    service: UUID | None = None
    add_ons: tuple[UUID, ...] = ()
    provider: UUID | None = None
    wish: str = ""

    @property
    def provider_wish(self) -> ProviderWish:
        """Whom the times are narrowed to."""
        return ProviderWish(self.provider, self.wish if self.wish in GENDERS else None)

    @property
    def code(self) -> str:
        """The item in an address."""
        who = short(self.provider) or self.wish
        return ".".join((short(self.guest), short(self.service), who, *map(short, self.add_ons)))


def item_from(code: str) -> Item:
    """The item that an address named.

    Raises:
        Invalid: `link-unreadable`.
    """
    parts = code.split(".")
    if len(parts) < 3:
        raise unreadable()
    who = parts[2]
    provider = None if who in ("", *GENDERS) else long(who)
    wish = "named" if provider else who
    return Item(long(parts[0]), long(parts[1]), add_ons_from(".".join(parts[3:])), provider, wish)


def add_ons_from(text: str) -> tuple[UUID, ...]:
    """The add-ons that an address named.

    Raises:
        Invalid: `link-unreadable`.
    """
    found = [long(part) for part in text.split(".")] if text else []
    return tuple(one for one in found if one is not None)


@dataclass(frozen=True, slots=True)
class Known:
    """The answers given so far to day, time, guests and services.

    The first service stands in fields of its own, `others` follow. `serves` is who would serve at
    `at`; `tapped` is the time that was tapped on the board before one was chosen. `move` names a visit
    that is to be moved, `party` a party. `opened` is the service whose options are shown.
    """

    day: date
    provider: UUID | None = None
    at: time | None = None
    guest: UUID | None = None
    service: UUID | None = None
    move: UUID | None = None
    party: UUID | None = None
    add_ons: tuple[UUID, ...] = ()
    wish: str = ""
    serves: UUID | None = None
    others: tuple[Item, ...] = ()
    arrangement: Arrangement = Arrangement.TOGETHER
    wait: int = USUAL_WAIT
    opened: int | None = None
    tapped: time | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """Every service asked for, in order."""
        return (Item(self.guest, self.service, self.add_ons, self.provider, self.wish), *self.others)

    def with_items(self, items: tuple[Item, ...]) -> "Known":
        """The same with other services; which time was chosen stays."""
        first = items[0]
        return replace(
            self,
            guest=first.guest,
            service=first.service,
            add_ons=first.add_ons,
            provider=first.provider,
            wish=first.wish,
            others=items[1:],
        )

    def with_item(self, index: int, **changes: Any) -> "Known":
        """The same with one service changed."""
        items = list(self.items)
        items[index] = replace(items[index], **changes)
        return self.with_items(tuple(items))

    def plus(self, item: Item) -> "Known":
        """The same with one more service."""
        return replace(self, others=(*self.others, item), serves=None, opened=None)

    def minus(self, index: int) -> "Known":
        """The same without one service."""
        left = (*self.items[:index], *self.items[index + 1 :])
        return replace(self.with_items(left or (Item(),)), opened=None)

    @property
    def asked(self) -> int:
        """Which service is asked about: the first that misses something, else the last."""
        missing = (at for at, one in enumerate(self.items) if one.guest is None or one.service is None)
        return next(missing, len(self.others))

    @property
    def at_words(self) -> str | None:
        """The local clock face, `14:15`."""
        return _face(self.at) or None

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Everything that is known, as fields of a form or of an address."""
        found = _of_time(self.day, self.at, self.serves, self.tapped) | self._lasting
        return tuple((name, value) for name, value in found.items() if value)

    @property
    def _lasting(self) -> dict[str, str]:
        """What stays whichever time is chosen."""
        found = {"provider": str(self.provider or "")}
        if self.move is not None:
            found["move"] = str(self.move)
        elif self.party is not None:
            found["party"] = str(self.party)
        else:
            found |= {
                "guest": str(self.guest or ""),
                "service": str(self.service or ""),
                "add": ".".join(map(short, self.add_ons)),
                "wish": self.wish,
                "more": "~".join(one.code for one in self.others),
                "arrange": "" if self.arrangement is Arrangement.TOGETHER else self.arrangement.value,
                "wait": "" if self.wait == USUAL_WAIT else str(self.wait),
            }
        return found | {"open": "" if self.opened is None else str(self.opened)}

    @property
    def href(self) -> str:
        """A link that goes on with this booking."""
        return self.hrefs()(self.day, self.at, self.serves, self.tapped)

    def hrefs(self) -> Href:
        """What gives the same link with another time; of all that is known only a colon needs a code."""
        lasting = "".join(f"&{name}={value}" for name, value in self._lasting.items() if value)

        def href(day: date, at: time | None, serves: UUID | None, tapped: time | None) -> str:
            found = _of_time(day, at, serves, tapped).items()
            asked = "&".join([f"{name}={value}" for name, value in found if value])
            return f"/appointments/new?{asked.replace(':', '%3A')}{lasting}"

        return href

    def asked_for(self, zone: ZoneInfo) -> datetime | None:
        """The instant tapped on the board, which good times are near to; it stays when one is chosen.

        Raises:
            Invalid: `time-skipped`.
        """
        face = self.tapped or (None if self.serves else self.at)
        return instant(self.day, face, zone) if face else None

    def wanted(self, zone: ZoneInfo) -> datetime | None:
        """The instant asked for, when a time is known.

        Raises:
            Invalid: `time-skipped`.
        """
        return instant(self.day, self.at, zone) if self.at else None


def _of_time(day: date, at: time | None, serves: UUID | None, tapped: time | None) -> dict[str, str]:
    """The fields that differ from one time to another."""
    return {"date": str(day), "at": _face(at), "serves": short(serves), "tapped": _face(tapped)}


def _face(at: time | None) -> str:
    """A clock face as addresses have it, `14:15`."""
    return at.isoformat("minutes") if at else ""


def known_from(now: datetime, zone: ZoneInfo, fields: Mapping[str, str | None]) -> Known:
    """Read the answers from a link or a form; an empty day means today.

    Raises:
        Invalid: `date-unreadable`, `time-unreadable`, `link-unreadable` or `party-size`.
    """
    given = {name: value for name, value in fields.items() if value}
    more = given.get("more", "")
    others = tuple(item_from(code) for code in more.split("~")) if more else ()
    if len(others) >= MOST_IN_A_PARTY:
        raise Invalid("party-size", f"Book {MOST_IN_A_PARTY} services together at most.")
    wish, wait, opened = given.get("wish", ""), given.get("wait", ""), given.get("open", "")
    arrange = given.get("arrange", Arrangement.TOGETHER.value)
    known_words = wish in ("", "named", *GENDERS) and wait in ("", *map(str, WAITS))
    if not known_words or arrange not in list(Arrangement) or (opened and opened not in map(str, range(12))):
        raise unreadable()
    return Known(
        day=day_from(given.get("date"), local_date(now, zone)),
        provider=uuid_from(given.get("provider"), "provider"),
        at=_clock_face(given.get("at")),
        guest=uuid_from(given.get("guest"), "guest"),
        service=uuid_from(given.get("service"), "service"),
        move=uuid_from(given.get("move"), "visit"),
        party=uuid_from(given.get("party"), "party"),
        add_ons=add_ons_from(given.get("add", "")),
        wish=wish,
        serves=long(given.get("serves", "")),
        others=others,
        arrangement=Arrangement(arrange),
        wait=int(wait) if wait else USUAL_WAIT,
        opened=int(opened) if opened else None,
        tapped=_clock_face(given.get("tapped")),
    )


def _clock_face(at: str | None) -> time | None:
    if not at:
        return None
    try:
        if len(at) != 5:
            raise ValueError
        return time.fromisoformat(at)
    except ValueError:
        raise Invalid("time-unreadable", "That is not a time. Times look like 14:15.", field="at") from None
