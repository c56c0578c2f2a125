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
class MyWait:
    """What a guest waits for; `offer_href` leads to a time held for them, `withdrawal` ends the wait."""

    service: str
    days: str
    state: str
    who: str | None
    offer_href: str | None
    withdrawal: str
    version: int


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
class MyCard:
    """A card on file: `Visa …4242`, until when, what was agreed to word for word, and when."""

    word: str
    until_words: str
    agreed_words: str
    consent: str
    language: str
    removal: str
    who: str | None


@dataclass(frozen=True, slots=True)
class MyCardsPage:
    """`checkout/me_cards.html` at `GET /me/cards`; `whose`: the guests of this address."""

    cards: tuple[MyCard, ...]
    consent: str
    can_keep: bool
    whose: tuple[tuple[UUID, str], ...]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class MyCardSetupPage:
    """`checkout/me_card_setup.html` at `GET /me/card-setups/{setup_id}`: where the card is given."""

    action: str
    publishable_key: str | None
    secret: str
    samples: tuple[tuple[str, str], ...]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class MePage:
    """`checkout/me.html` at `GET /me`."""

    hello: str
    address: str
    coming: tuple[MyVisit, ...]
    past: tuple[MyVisit, ...]
    receipts: tuple[MyReceipt, ...]
    values: tuple[MyValue, ...]
    waits: tuple[MyWait, ...] = ()


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
