"""A guest's own page: visits, receipts, cards and credit; words are in the language of the page."""

from dataclasses import dataclass
from uuid import UUID

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class MyVisit:
    """One visit; `who` is said when several guests share the address."""

    day: str
    clock: str
    machine: str
    service: str
    with_words: str
    state: str
    who: str | None
    href: str | None


@dataclass(frozen=True, slots=True)
class MyReceipt:
    """One receipt."""

    words: str
    total_cents: int
    href: str


@dataclass(frozen=True, slots=True)
class MyValue:
    """A gift card, credit, deposit or package, with what is left."""

    name: str
    left_cents: int
    until_words: str | None


@dataclass(frozen=True, slots=True)
class MePage:
    """`checkout/me.html` at `GET /me`."""

    hello: str
    address: str
    coming: tuple[MyVisit, ...]
    past: tuple[MyVisit, ...]
    receipts: tuple[MyReceipt, ...]
    values: tuple[MyValue, ...]


@dataclass(frozen=True, slots=True)
class Forgettable:
    """A guest who can be erased from here."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ErasurePage:
    """`checkout/me_erasure.html` at `GET /me/erasure`: what goes and what stays, then the button."""

    guests: tuple[Forgettable, ...]
    problem: Problem | None = None
