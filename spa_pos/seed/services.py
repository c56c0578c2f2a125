"""What the demo spa sells: services, their add-ons, prices by group."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from spa_pos.catalog.tables import Price, Service, ServiceAddOn
from spa_pos.db import insert, insert_many
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, percent_of
from spa_pos.seed import menu

HANDS_ON = ("massage", "body")
"""Departments whose work tires the hands: the limits of DOMAIN.md §4 are about these."""


async def build_services(since: date, now: datetime) -> None:
    """The menu with its prices, and which add-ons go with what."""
    ids = {}
    for position, sample in enumerate(menu.SERVICES):
        ids[sample.code] = await _service(sample, position, since, now)
    for code, name, category, cents, least, most in menu.BY_THE_MINUTE:
        minutes_id = uuid7(now)
        await insert(
            Service,
            id=minutes_id,
            code=code,
            name=name,
            category=category,
            tax_class=category,
            duration_minutes=most,
            setup_minutes=0,
            turnover_minutes=0,
            room_kind="treatment_room",  # not looked at: it is given where there is a chair
            needs_credentials=[],
            position=len(menu.SERVICES) + len(menu.ADD_ONS),
            minute_cents=cents,
            least_minutes=least,
            most_minutes=most,
        )
        await _prices(minutes_id, cents, since, now, groups_alone=True)
    pairs = []
    for position, add_on in enumerate(menu.ADD_ONS, start=len(menu.SERVICES)):
        add_on_id = await _add_on(add_on, position, since, now)
        pairs += [(ids[code], add_on_id) for code in add_on.goes_with]
    await insert_many(
        ServiceAddOn,
        [{"id": uuid7(now), "service": service, "add_on": add_on} for service, add_on in pairs],
    )


async def _service(sample: menu.SampleService, position: int, since: date, now: datetime) -> UUID:
    service_id = uuid7(now)
    await insert(
        Service,
        id=service_id,
        code=sample.code,
        name=sample.name,
        category=sample.category,
        tax_class=sample.category,
        duration_minutes=sample.minutes,
        setup_minutes=0,
        turnover_minutes=sample.turnover,
        hands_on=sample.category in HANDS_ON,
        room_kind=sample.room,
        equipment_kind=sample.equipment,
        needs_credentials=list(sample.credentials),
        position=position,
        processing_after_minutes=sample.processing[0],
        processing_minutes=sample.processing[1],
    )
    await _prices(service_id, sample.price_cents, since, now)
    return service_id


async def _add_on(sample: menu.SampleAddOn, position: int, since: date, now: datetime) -> UUID:
    add_on_id = uuid7(now)
    await insert(
        Service,
        id=add_on_id,
        code=sample.code,
        name=sample.name,
        category=sample.category,
        tax_class=sample.category,
        duration_minutes=sample.minutes,
        setup_minutes=0,
        turnover_minutes=0,
        room_kind="treatment_room",  # not looked at: an add-on is given where its service is
        equipment_kind=sample.equipment,
        needs_credentials=[],
        position=position,
        is_add_on=True,
    )
    await _prices(add_on_id, sample.price_cents, since, now)
    return add_on_id


async def _prices(
    service_id: UUID, price_cents: int, since: date, now: datetime, *, groups_alone: bool = False
) -> None:
    """What a service costs, or a minute of it, whose price for everybody stands with the service."""
    listed = Cents(price_cents)
    prices: list[tuple[str | None, Cents]] = [] if groups_alone else [(None, listed)]
    prices += [
        (code, Cents(listed - percent_of(listed, menu.TIER_REDUCTION_PPM[tier])))
        for code, _, tier, _ in menu.GROUPS
        if tier in menu.TIER_REDUCTION_PPM
    ]
    await insert_many(
        Price,
        [
            {
                "id": uuid7(now),
                "service": service_id,
                "guest_group": group,
                "price_cents": cents,
                "valid_from": since,
                "made_at": datetime.combine(since, time(), tzinfo=UTC),
            }
            for group, cents in prices
        ],
    )
