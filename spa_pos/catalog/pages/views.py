"""What the pages of tax rates and of one price for several things show."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class RateRow:
    """One rate of a jurisdiction; `state` is `In force`, `From …` or `Until …`."""

    id: UUID
    name: str
    rate: str
    valid_from: date
    state: str
    is_coming: bool


@dataclass(frozen=True, slots=True)
class TaxClassRow:
    """A kind of thing, and whether it is taxed."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """What one body gets of the example."""

    name: str
    cents: int


@dataclass(frozen=True, slots=True)
class RatesPage:
    """`catalog/rates.html` at `GET /rates`.

    Forms, POST with `csrf` and `request`: `/rates` (id, jurisdiction, name, rate in per cent, since) and
    `/rates/{id}/removal` of one that has not begun. The example is a massage of `example_cents` on the last
    day that anything is said about.
    """

    combined: str
    rows: tuple[RateRow, ...]
    classes: tuple[TaxClassRow, ...]
    bodies: tuple[tuple[str, str], ...]
    example_cents: int
    example_day: date
    example_tax_cents: int
    example: tuple[ExampleRow, ...]
    tomorrow: date
    typed_rate: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class OnePriceRow:
    """One price: its parts with what they cost alone, and what becomes of the tax, in words."""

    id: UUID
    name: str
    price_cents: int
    alone_cents: int
    parts: tuple[str, ...]
    tax_words: str
    all_taxed: bool
    active: bool


@dataclass(frozen=True, slots=True)
class PartField:
    """One line of the form: its number and the thing that is chosen."""

    number: int
    chosen: str


@dataclass(frozen=True, slots=True)
class OnePricesPage:
    """`catalog/one_prices.html` at `GET /one-prices`.

    Forms, POST with `csrf` and `request`: `/one-prices` (id, name, price, part_1 to part_6, and sure=yes once
    `ask_sure`) and `/one-prices/{id}/end`. `things` are what can be chosen: id and words.
    """

    rows: tuple[OnePriceRow, ...]
    things: tuple[tuple[str, str], ...]
    fields: tuple[PartField, ...]
    name: str = ""
    price: str = ""
    ask_sure: bool = False
    problem: Problem | None = None
