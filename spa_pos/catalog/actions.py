"""Making and changing products."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.catalog.queries import category_names
from spa_pos.catalog.tables import Product
from spa_pos.db import action, fetch, fetch_one, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Invalid, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.people.actions import record


@dataclass(frozen=True, slots=True)
class ProductTerms:
    """What a product is; `code` is its barcode, cleaned."""

    code: str
    name: str
    category: str
    tax_class: str
    price_cents: Cents


@action
async def make_product(actor: Actor, *, product_id: UUID, terms: ProductTerms, now: datetime) -> UUID:
    """Put a product on the shelf.

    Raises:
        Invalid: `name-missing`, `category-unknown`, `tax-class-unknown`, `price-unreadable`.
        Conflict: `barcode-taken`.
    """
    await _check(terms)
    await insert(Product, id=product_id, **asdict(terms))
    await record(
        actor, verb="made a product", subject_kind="product", subject=product_id, now=now, after=asdict(terms)
    )
    return product_id


@action
async def change_product(
    actor: Actor, *, product_id: UUID, terms: ProductTerms, active: bool, now: datetime
) -> None:
    """Change a product; what was sold stays as it was sold.

    Raises:
        NotFound: `product-unknown`.
        Invalid, Conflict: as `make_product`.
    """
    await _check(terms)
    before = await fetch_one(
        "SELECT code, name, category, tax_class, price_cents, active FROM product WHERE id = $1 FOR UPDATE",
        product_id,
    )
    if before is None:
        raise NotFound("product-unknown", "There is no such product. Go back to the list.")
    await fetch(
        "UPDATE product SET code = $2, name = $3, category = $4, tax_class = $5, price_cents = $6,"
        " active = $7 WHERE id = $1",
        product_id,
        *asdict(terms).values(),
        active,
    )
    await record(
        actor,
        verb="changed a product",
        subject_kind="product",
        subject=product_id,
        now=now,
        before=dict(before),
        after=asdict(terms) | {"active": active},
    )


async def _check(terms: ProductTerms) -> None:
    if not 2 <= len(terms.name) <= 80:
        raise Invalid("name-missing", "A name has 2 to 80 letters.", field="name")
    if terms.category not in await category_names():
        raise Invalid("category-unknown", "Choose a department.", field="category")
    if await fetch_one("SELECT 1 FROM tax_class WHERE code = $1", terms.tax_class) is None:
        raise Invalid("tax-class-unknown", "Choose how it is taxed.", field="tax_class")
    if not 0 < terms.price_cents <= 1_000_000:
        raise Invalid("price-unreadable", "A price is above nothing, up to $10,000.", field="price")
