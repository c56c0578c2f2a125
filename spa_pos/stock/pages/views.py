"""What the pages of products and stock show."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product in the list; `look` is `low`, `gone` (not sold any more) or empty."""

    href: str
    name: str
    code: str
    category_name: str
    price_cents: int
    on_hand: int
    state: str
    look: str


@dataclass(frozen=True, slots=True)
class ProductsPage:
    """`stock/products.html` at `GET /products?q=…&show=low|gone`.

    The sums are those of the rows that are shown.
    """

    q: str
    show: str
    shows: tuple[tuple[str, str, str], ...]
    rows: tuple[ProductRow, ...]
    pieces: int
    retail_cents: int
    cost_cents: int
    may_change: bool
    first: date
    today: date
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ProductForm:
    """What stands in the fields of a product."""

    code: str = ""
    name: str = ""
    category: str = ""
    tax_class: str = ""
    price: str = ""
    reorder_at: str = "0"
    supplier: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class MovementRow:
    """What moved a product."""

    made_at: datetime
    words: str
    pieces: str
    who: str
    href: str | None


@dataclass(frozen=True, slots=True)
class ProductPage:
    """`stock/product.html` at `GET /products/{id}`, and `GET /products/new` without an id.

    Managers post `/products` (id and the fields), `/products/{id}` (the fields) and
    `/products/{id}/adjustments` (id, pieces, reason).
    """

    id: UUID | None
    form: ProductForm
    categories: tuple[tuple[str, str], ...]
    tax_classes: tuple[tuple[str, str], ...]
    on_hand: int
    cost_words: str
    reasons: tuple[str, ...]
    movements: tuple[MovementRow, ...]
    may_change: bool
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One product that was scanned; of a count, what should be there and the difference."""

    name: str
    code: str
    pieces: int
    expected: int | None = None
    difference: str = ""
    worth_cents: int | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """`stock/list.html` at `GET /stock/receive` and `GET /stock/count`: scan, look, save.

    Forms, POST to the same address with `csrf` and `request`: `lines`, `note`; with `id`, `save` and (of a
    count) `expected` once `rows` were shown.
    """

    path: str
    is_count: bool
    lines: str
    note: str
    rows: tuple[ListedRow, ...]
    expected: str
    problem: Problem | None = None
