"""Making and changing products; one price for several things; saying tax rates."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from spa_pos.catalog.queries import category_names, sold_alone
from spa_pos.catalog.rules import Part, check_one_price
from spa_pos.catalog.tables import OnePrice, Product, TaxRate
from spa_pos.db import action, fetch, fetch_one, fetch_value, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import keep_account
from spa_pos.ledger.rules import tax_account
from spa_pos.people.actions import record

MOST_RATE_PPM = 300_000


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


@action
async def make_one_price(
    actor: Actor,
    *,
    one_price_id: UUID,
    name: str,
    price_cents: Cents,
    things: Sequence[UUID],
    sure: bool,
    now: datetime,
) -> None:
    """Sell services and products of one visit together for one price; `sure` that all of it may be taxed.

    Raises:
        Invalid: `name-missing`, `one-price-thing-unknown`, and what `check_one_price` refuses.
    """
    words = " ".join(name.split())
    if not 2 <= len(words) <= 60:
        raise Invalid("name-missing", "A name has 2 to 60 letters.", field="name")
    known = await sold_alone(local_date(now, actor.zone))
    if any(one not in known for one in things):
        raise Invalid("one-price-thing-unknown", "That is not sold any more. Choose again.", field="part_1")
    parts = [Part(known[one].alone_cents, known[one].taxable) for one in things]
    check_one_price(price_cents, parts, sure=sure)
    await insert(
        OnePrice,
        id=one_price_id,
        location=actor.location_id,
        name=words,
        price_cents=price_cents,
        active=True,
        made_at=now,
    )
    await fetch(
        "INSERT INTO one_price_part (id, one_price, service, product, position)"
        " SELECT gen_random_uuid(), $1, s.id, p.id, n FROM unnest($2::uuid[]) WITH ORDINALITY AS t (thing, n)"
        " LEFT JOIN service s ON s.id = t.thing LEFT JOIN product p ON p.id = t.thing",
        one_price_id,
        list(things),
    )
    await record(
        actor,
        verb="made one price",
        subject_kind="one_price",
        subject=one_price_id,
        now=now,
        after={"name": words, "price_cents": price_cents, "things": list(things), "sure": sure},
    )


@action
async def end_one_price(actor: Actor, *, one_price_id: UUID, now: datetime) -> None:
    """Sell it no more; one that has ended stays so, and what was sold stays as it was sold."""
    ended = await fetch(
        "UPDATE one_price SET active = false WHERE id = $1 AND location = $2 AND active RETURNING name",
        one_price_id,
        actor.location_id,
    )
    if ended:
        await record(actor, verb="ended one price", subject_kind="one_price", subject=one_price_id, now=now)


@action
async def set_rate(
    actor: Actor,
    *,
    rate_id: UUID,
    jurisdiction: str,
    name: str,
    rate_ppm: int,
    valid_from: date,
    now: datetime,
) -> None:
    """Say the rate of a taxing body from a day on; without a code, of a new body by its name.

    Raises:
        Invalid: `rate-day-past`, `rate-too-high`, `name-missing`.
        NotFound: `jurisdiction-unknown`.
        Conflict: `rate-known`, when that body has a rate from that day; `rate-used`, when something was
            sold on that day or later.
    """
    if valid_from <= local_date(now, actor.zone):
        raise Invalid("rate-day-past", "A rate begins tomorrow or later; today is being sold.", field="since")
    if not 0 <= rate_ppm <= MOST_RATE_PPM:
        raise Invalid("rate-too-high", "A rate is between 0 and 30 per cent.", field="rate")
    code, words = await _body(actor.location_id, jurisdiction, name)
    await keep_account(tax_account(code), f"Sales tax owed: {words}", "liability")
    await insert(
        TaxRate,
        id=rate_id,
        location=actor.location_id,
        jurisdiction=code,
        name=words,
        rate_ppm=rate_ppm,
        valid_from=valid_from,
    )
    await record(
        actor,
        verb="set a tax rate",
        subject_kind="tax_rate",
        subject=rate_id,
        now=now,
        after={"jurisdiction": code, "rate_ppm": rate_ppm, "valid_from": valid_from},
    )


async def _body(location_id: UUID, jurisdiction: str, name: str) -> tuple[str, str]:
    """Code and name of a taxing body: one that is known by its code, or a new one by its name."""
    if jurisdiction:
        known = await fetch_value(
            "SELECT name FROM tax_rate WHERE location = $1 AND jurisdiction = $2"
            " ORDER BY valid_from DESC LIMIT 1",
            location_id,
            jurisdiction,
        )
        if known is None:
            raise NotFound("jurisdiction-unknown", "Nobody here is taxed by that body. Open the page again.")
        return jurisdiction, str(known)
    words = " ".join(name.split())
    code = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:25]
    if not (3 <= len(words) <= 60 and code):
        raise Invalid("name-missing", "Type the name of the body in 3 to 60 letters.", field="name")
    return code, words


@action
async def take_rate_back(actor: Actor, *, rate_id: UUID, now: datetime) -> None:
    """Forget a rate that has not begun; one that is forgotten already stays so.

    Raises:
        Conflict: `rate-begun`.
    """
    row = await fetch_one(
        "SELECT jurisdiction, rate_ppm, valid_from FROM tax_rate WHERE id = $1 AND location = $2 FOR UPDATE",
        rate_id,
        actor.location_id,
    )
    if row is None:
        return
    if row["valid_from"] <= local_date(now, actor.zone):
        raise Conflict("rate-begun", "That rate is in force. Set another one from tomorrow on.")
    await fetch("DELETE FROM tax_rate WHERE id = $1", rate_id)
    await record(
        actor,
        verb="took a tax rate back",
        subject_kind="tax_rate",
        subject=rate_id,
        now=now,
        before=dict(row),
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
