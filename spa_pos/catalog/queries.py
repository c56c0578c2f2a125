"""Reading the menu."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from spa_pos.catalog.rules import (
    Jurisdiction,
    OnePriceSplit,
    Part,
    PriceRow,
    Quote,
    StandbyRule,
    quote,
    split_one_price,
)
from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.money import Cents
from spa_pos.people.queries import Group


@dataclass(frozen=True, slots=True)
class MenuService:
    """A service and all it needs."""

    id: UUID
    code: str
    name: str
    category: str
    category_name: str
    tax_class: str
    taxable: bool
    duration_minutes: int
    setup_minutes: int
    turnover_minutes: int
    room_kind: str
    equipment_kind: str | None
    needs_credentials: tuple[str, ...]
    is_add_on: bool
    hands_on: bool
    processing_after_minutes: int
    processing_minutes: int


@dataclass(frozen=True, slots=True)
class RetailProduct:
    """A product on the shelf."""

    id: UUID
    code: str
    name: str
    category: str
    tax_class: str
    taxable: bool
    price_cents: Cents


_SERVICE = (
    "SELECT s.id, s.code, s.name, s.category, c.name AS category_name, s.tax_class, t.taxable,"
    " s.duration_minutes, s.setup_minutes, s.turnover_minutes, s.room_kind,"
    " s.equipment_kind, s.needs_credentials, s.is_add_on, s.hands_on, s.processing_after_minutes,"
    " s.processing_minutes FROM service s"
    " JOIN category c ON c.code = s.category JOIN tax_class t ON t.code = s.tax_class"
)
_PRODUCT = (
    "SELECT p.id, p.code, p.name, p.category, p.tax_class, t.taxable, p.price_cents"
    " FROM product p JOIN tax_class t ON t.code = p.tax_class"
)


def _service(row: Mapping[str, Any]) -> MenuService:
    return MenuService(**{**dict(row), "needs_credentials": tuple(row["needs_credentials"])})


async def menu() -> list[MenuService]:
    """Every active service, in the order of the menu; no add-ons, nothing by the minute."""
    rows = await fetch(
        f"{_SERVICE} WHERE s.active AND NOT s.is_add_on AND s.minute_cents IS NULL"
        " ORDER BY c.position, s.position"
    )
    return [_service(row) for row in rows]


async def service(service_id: UUID) -> MenuService:
    """One service, active or not.

    Raises:
        NotFound: `service-unknown`.
    """
    row = await fetch_one(f"{_SERVICE} WHERE s.id = $1 AND NOT s.is_add_on", service_id)
    if row is None:
        raise NotFound("service-unknown", "There is no such service. Choose one from the menu.")
    return _service(row)


async def services(service_ids: Sequence[UUID]) -> dict[UUID, MenuService]:
    """Services and add-ons by id, active or not; one that is unknown is left out."""
    rows = await fetch(f"{_SERVICE} WHERE s.id = ANY($1)", list(service_ids))
    return {row["id"]: _service(row) for row in rows}


async def add_ons(service_ids: Sequence[UUID]) -> dict[UUID, list[MenuService]]:
    """The active add-ons that can be booked with each service, in the order of the menu."""
    rows = await fetch(
        f"{_SERVICE.replace('SELECT ', 'SELECT m.service AS main, ', 1)}"
        " JOIN service_add_on m ON m.add_on = s.id"
        " WHERE m.service = ANY($1) AND s.active ORDER BY s.position",
        list(service_ids),
    )
    found: dict[UUID, list[MenuService]] = {}
    for row in rows:
        values = dict(row)
        found.setdefault(values.pop("main"), []).append(_service(values))
    return found


async def products() -> list[RetailProduct]:
    """Every active product, by name."""
    rows = await fetch(f"{_PRODUCT} WHERE p.active ORDER BY p.name")
    return [RetailProduct(**dict(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class MinuteService:
    """A service sold by the minute at the desk."""

    id: UUID
    name: str
    category: str
    taxable: bool
    minute_cents: Cents
    least_minutes: int
    most_minutes: int


_BY_THE_MINUTE = (
    "SELECT s.id, s.name, s.category, t.taxable, s.minute_cents, s.least_minutes, s.most_minutes"
    " FROM service s JOIN tax_class t ON t.code = s.tax_class WHERE s.active AND s.minute_cents IS NOT NULL"
)


async def minute_services() -> list[MinuteService]:
    """Every service sold by the minute, by name."""
    return [MinuteService(**dict(row)) for row in await fetch(f"{_BY_THE_MINUTE} ORDER BY s.name")]


async def minute_service(service_id: UUID) -> MinuteService:
    """One service sold by the minute.

    Raises:
        NotFound: `service-unknown`.
    """
    row = await fetch_one(f"{_BY_THE_MINUTE} AND s.id = $1", service_id)
    if row is None:
        raise NotFound("service-unknown", "There is no such service by the minute. Choose one from the list.")
    return MinuteService(**dict(row))


async def minute_prices(service_ids: Sequence[UUID], group_code: str) -> dict[UUID, list[PriceRow]]:
    """What a minute costs a group, by service; a service that costs it what it costs others is left out."""
    found: dict[UUID, list[PriceRow]] = {}
    for row in await fetch(
        "SELECT service, guest_group, price_cents, valid_from FROM price WHERE service = ANY($1)"
        " AND guest_group = $2",
        list(service_ids),
        group_code,
    ):
        price = PriceRow(row["guest_group"], Cents(row["price_cents"]), row["valid_from"])
        found.setdefault(row["service"], []).append(price)
    return found


async def product_of_code(code: str) -> RetailProduct | None:
    """The product of a barcode."""
    row = await fetch_one(f"{_PRODUCT} WHERE p.code = $1 AND p.active", code)
    return None if row is None else RetailProduct(**dict(row))


async def product(product_id: UUID) -> RetailProduct:
    """One product.

    Raises:
        NotFound: `product-unknown`.
    """
    row = await fetch_one(f"{_PRODUCT} WHERE p.id = $1 AND p.active", product_id)
    if row is None:
        raise NotFound("product-unknown", "There is no such product.")
    return RetailProduct(**dict(row))


async def category_names() -> dict[str, str]:
    """Names of departments by code, in the order of the menu."""
    rows = await fetch("SELECT code, name FROM category ORDER BY position")
    return {row["code"]: row["name"] for row in rows}


async def tax_classes() -> dict[str, str]:
    """Names of tax classes by code."""
    rows = await fetch("SELECT code, name FROM tax_class ORDER BY name")
    return {row["code"]: row["name"] for row in rows}


async def jurisdictions(location_id: UUID, on: date) -> list[Jurisdiction]:
    """The taxing bodies of a location with the rates in force on a day, largest rate first."""
    rows = await fetch(
        "SELECT DISTINCT ON (jurisdiction) jurisdiction, name, rate_ppm FROM tax_rate"
        " WHERE location = $1 AND valid_from <= $2 ORDER BY jurisdiction, valid_from DESC",
        location_id,
        on,
    )
    found = [Jurisdiction(row["jurisdiction"], row["name"], row["rate_ppm"]) for row in rows]
    return sorted(found, key=lambda body: (-body.rate_ppm, body.code))


@dataclass(frozen=True, slots=True)
class Rate:
    """What a body takes from a day on."""

    id: UUID
    jurisdiction: str
    name: str
    rate_ppm: int
    valid_from: date


async def rates(location_id: UUID) -> list[Rate]:
    """Every rate of a location that was, is or will be in force; each body's newest first."""
    rows = await fetch(
        "SELECT id, jurisdiction, name, rate_ppm, valid_from FROM tax_rate WHERE location = $1"
        " ORDER BY min(valid_from) OVER (PARTITION BY jurisdiction), jurisdiction, valid_from DESC",
        location_id,
    )
    return [Rate(**dict(row)) for row in rows]


async def taxed_classes() -> list[tuple[str, bool]]:
    """Names of kinds of things, and whether they are taxed."""
    rows = await fetch("SELECT name, taxable FROM tax_class ORDER BY taxable DESC, name")
    return [(row["name"], row["taxable"]) for row in rows]


@dataclass(frozen=True, slots=True)
class PriceList:
    """What some services of a location cost each group, and the reductions of the same day."""

    prices: Mapping[UUID, Sequence[PriceRow]]
    standby: Sequence[StandbyRule]

    def quotes(
        self,
        service_ids: Iterable[UUID],
        group: Group,
        *,
        starts_at: datetime,
        booked_at: datetime,
        zone: ZoneInfo,
    ) -> dict[UUID, Quote]:
        """What services cost a group, by service; one without a list price is left out."""
        return {
            service_id: quote(
                self.prices[service_id],
                self.standby,
                group=group.code,
                group_name=group.name,
                starts_at=starts_at,
                booked_at=booked_at,
                zone=zone,
            )
            for service_id in service_ids
            if any(price.group is None for price in self.prices.get(service_id, ()))
        }


_PRICES = msgspec.json.Decoder(list[tuple[str | None, int, date]])
_STANDBY = msgspec.json.Decoder(list[tuple[str, int, time, date]])


async def services_with_prices(
    location_id: UUID, service_ids: Collection[UUID], *, booked_at: datetime
) -> tuple[dict[UUID, MenuService], PriceList]:
    """Services and add-ons by id, active or not, and what they cost; one that is unknown is left out.

    Prices that were written down after a visit was booked do not touch it.
    """
    rows = await fetch(
        "SELECT menu.*,"  # noqa: S608 - own words
        " (SELECT json_agg(json_build_array(guest_group, price_cents, valid_from)) FROM price"
        "   WHERE service = menu.id AND made_at <= $2)::text AS prices,"
        " (SELECT json_agg(json_build_array(guest_group, reduction_ppm, not_before, valid_from)) FROM standby"
        f"   WHERE location = $3)::text AS standby FROM ({_SERVICE} WHERE s.id = ANY($1)) menu",
        list(service_ids),
        booked_at,
        location_id,
    )
    found: dict[UUID, MenuService] = {}
    prices: dict[UUID, list[PriceRow]] = {}
    reductions = rows[0]["standby"] if rows else None
    for row in rows:
        values = {name: value for name, value in row.items() if name not in ("prices", "standby")}
        found[row["id"]] = _service(values)
        prices[row["id"]] = [
            PriceRow(group, Cents(cents), since)
            for group, cents, since in _PRICES.decode(row["prices"] or "[]")
        ]
    standby = [StandbyRule(*rule) for rule in _STANDBY.decode(reductions or "[]")]
    return found, PriceList(prices, standby)


async def quotes(
    location_id: UUID,
    zone: ZoneInfo,
    service_ids: Collection[UUID],
    group: Group,
    *,
    starts_at: datetime,
    booked_at: datetime,
) -> dict[UUID, Quote]:
    """What services cost a group, by service; a service without a list price is left out."""
    _, known = await services_with_prices(location_id, service_ids, booked_at=booked_at)
    return known.quotes(service_ids, group, starts_at=starts_at, booked_at=booked_at, zone=zone)


async def credential_kinds() -> list[str]:
    """Every kind of credential that a service asks for."""
    rows = await fetch("SELECT DISTINCT unnest(needs_credentials) AS kind FROM service ORDER BY 1")
    return [row["kind"] for row in rows]


@dataclass(frozen=True, slots=True)
class OnePricePartView:
    """A service or a product of one price, with what it costs alone today and whether it is taxed alone."""

    thing_id: UUID
    name: str
    alone_cents: Cents
    taxable: bool


@dataclass(frozen=True, slots=True)
class OnePriceView:
    """Several things for one price."""

    id: UUID
    name: str
    price_cents: Cents
    active: bool
    parts: tuple[OnePricePartView, ...]

    @property
    def split(self) -> OnePriceSplit:
        """What it comes to at the list prices of today."""
        return split_one_price(self.price_cents, [Part(one.alone_cents, one.taxable) for one in self.parts])


_ALONE = (
    "SELECT s.id, s.name || ', ' || s.duration_minutes || ' min' AS name, p.price_cents, c.taxable"
    " FROM service s JOIN tax_class c ON c.code = s.tax_class JOIN LATERAL (SELECT price_cents FROM price"
    "   WHERE service = s.id AND guest_group IS NULL AND valid_from <= $1 ORDER BY valid_from DESC LIMIT 1)"
    " p ON true WHERE NOT s.is_add_on AND s.minute_cents IS NULL AND (s.active OR $2)"
    " UNION ALL SELECT p.id, p.name, p.price_cents, c.taxable"
    " FROM product p JOIN tax_class c ON c.code = p.tax_class WHERE p.active OR $2"
)


async def sold_alone(on: date, *, ended_too: bool = False) -> dict[UUID, OnePricePartView]:
    """Services and products by id, with their list price on a day, services first, by name."""
    rows = await fetch(_ALONE, on, ended_too)
    return {
        row["id"]: OnePricePartView(row["id"], row["name"], Cents(row["price_cents"]), row["taxable"])
        for row in rows
    }


async def one_prices(location_id: UUID, on: date) -> list[OnePriceView]:
    """Every one price of a location, those that are sold first, by name."""
    things = await sold_alone(on, ended_too=True)
    rows = await fetch(
        "SELECT o.id, o.name, o.price_cents, o.active,"
        " array_agg(coalesce(p.service, p.product) ORDER BY p.position) AS things"
        " FROM one_price o JOIN one_price_part p ON p.one_price = o.id WHERE o.location = $1"
        " GROUP BY o.id ORDER BY o.active DESC, o.name, o.made_at",
        location_id,
    )
    return [
        OnePriceView(
            row["id"],
            row["name"],
            Cents(row["price_cents"]),
            row["active"],
            tuple(things[thing] for thing in row["things"] if thing in things),
        )
        for row in rows
    ]
