"""The services a booking asks for, with all that is known of guests, menu and prices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.booking.pages.known import Item, Known
from spa_pos.booking.queries import Visit, needs_of, needs_of_visit
from spa_pos.booking.rules import Needs, ProviderWish
from spa_pos.catalog.queries import MenuService, add_ons, quotes, services
from spa_pos.catalog.rules import Quote
from spa_pos.kernel.errors import Invalid
from spa_pos.ledger.queries import Place
from spa_pos.people.actions import known_group
from spa_pos.people.queries import Group, GuestView, guest


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when the sheet is looked at, and by whom."""

    place: Place
    now: datetime
    is_manager: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One service of a booking, complete: for whom, what it needs, by whom."""

    whose: GuestView
    group: Group
    service: MenuService
    add_ons: tuple[MenuService, ...]
    needs: Needs
    wish: ProviderWish
    wish_word: str
    booked_at: datetime
    visit: Visit | None = None

    @property
    def service_ids(self) -> list[UUID]:
        """Of the service and its add-ons, in order."""
        return [self.service.id, *(one.id for one in self.add_ons)]


@dataclass(frozen=True, slots=True)
class Menu:
    """The services that were named, and the add-ons that go with each."""

    by_id: Mapping[UUID, MenuService]
    fitting: Mapping[UUID, Sequence[MenuService]]


async def people_of(known: Known) -> dict[UUID, GuestView]:
    """The guests of a booking.

    Raises:
        NotFound: `guest-unknown`.
    """
    ids = dict.fromkeys(item.guest for item in known.items if item.guest is not None)
    return {one: await guest(one) for one in ids}


async def menu_of(items: Iterable[Item]) -> Menu:
    """What the services of a booking are; a service that is unknown is left out."""
    named = [item.service for item in items if item.service is not None]
    found = await services(named) if named else {}
    main = {one: service for one, service in found.items() if not service.is_add_on}
    return Menu(main, await add_ons(list(main)) if main else {})


def asked_of(item: Item, people: Mapping[UUID, GuestView], menu: Menu, now: datetime) -> Asked | None:
    """One service of a booking; None while guest or service is missing.

    Raises:
        Invalid: `add-on-unfit`.
    """
    service = menu.by_id.get(item.service) if item.service else None
    if item.guest is None or service is None:
        return None
    fitting = {one.id: one for one in menu.fitting.get(service.id, ())}
    if len(set(item.add_ons)) < len(item.add_ons) or not set(item.add_ons) <= fitting.keys():
        raise Invalid("add-on-unfit", f"That add-on does not go with {service.name}. Choose again.")
    chosen = tuple(fitting[one] for one in item.add_ons)
    whose = people[item.guest]
    wish = item.provider_wish
    return Asked(
        whose, whose.group, service, chosen, needs_of(service, chosen), wish, item.wish or "any", now
    )


async def asked_of_visits(visits: Sequence[Visit], narrowed: UUID | None) -> list[Asked]:
    """Visits that are to be moved; `narrowed` names the provider whose times are looked at."""
    ids = {one for each in visits for one in (each.service_id, *(o.add_on_id for o in each.add_ons))}
    menu = await services(list(ids))
    found = []
    for each in visits:
        chosen = tuple(menu[one.add_on_id] for one in each.add_ons)
        needs = needs_of_visit(each, menu[each.service_id], chosen)
        named = each.provider_id if each.provider_wish == "named" and len(visits) > 1 else narrowed
        gender = each.provider_wish if each.provider_wish in ("woman", "man") else None
        wish = ProviderWish(named, None if named else gender)
        whose = await guest(each.guest_id)
        group = await known_group(each.group)
        found.append(
            Asked(
                whose,
                group,
                menu[each.service_id],
                chosen,
                needs,
                wish,
                each.provider_wish,
                each.booked_at,
                each,
            )
        )
    return found


Prices = Mapping[tuple[str, datetime], Mapping[UUID, Quote]]
"""Quotes by group and hour of booking, then by service."""


async def prices_for(
    where: Place, wanted: Sequence[tuple[Group, datetime, Sequence[UUID]]], about: datetime
) -> Prices:
    """What services cost on a day: one question for each group and hour of booking."""
    ids: dict[tuple[str, datetime], list[UUID]] = {}
    groups = {group.code: group for group, _, _ in wanted}
    for group, booked_at, service_ids in wanted:
        ids.setdefault((group.code, booked_at), []).extend(service_ids)
    return {
        (code, booked_at): await quotes(
            where.id,
            where.zone,
            list(dict.fromkeys(service_ids)),
            groups[code],
            starts_at=about,
            booked_at=booked_at,
        )
        for (code, booked_at), service_ids in ids.items()
    }
