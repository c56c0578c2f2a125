"""What the page of tax rates shows."""

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
