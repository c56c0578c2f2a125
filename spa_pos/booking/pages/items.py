"""The services of a booking as rows of the sheet, each with the chips that change it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from spa_pos.booking.actions import MOST_IN_A_PARTY
from spa_pos.booking.pages.asked import Asked, Menu, Prices
from spa_pos.booking.pages.known import WAITS, Item, Known
from spa_pos.booking.pages.sheet_views import ItemRow, Toggle
from spa_pos.booking.rules import Arrangement
from spa_pos.catalog.queries import MenuService
from spa_pos.kernel.money import format_usd
from spa_pos.people.queries import GuestView
from spa_pos.people.rules import hidden_phone
from spa_pos.schedule.queries import ProviderOnDay

WISH_WORDS = {"woman": "A woman", "man": "A man"}
WAIT_WORDS = {0: "No wait", 15: "Up to 15 min", 30: "Up to 30 min"}


def item_rows(
    known: Known,
    people: Mapping[UUID, GuestView],
    menu: Menu,
    prices: Prices,
    providers: Mapping[UUID, ProviderOnDay],
) -> tuple[ItemRow, ...]:
    """Every service that is known so far, with add-ons and providers to choose from once it has a price."""
    rows = []
    seen: set[UUID] = set()
    for index, item in enumerate(known.items):
        if item.guest is None:
            continue
        whose = people[item.guest]
        service = menu.by_id.get(item.service) if item.service else None
        row = _row(known, index, item, whose, service)
        row = replace(row, heads_guest=whose.id not in seen)
        if service is not None:
            row = replace(
                row,
                words=_minutes(item, service, menu),
                options_words=_options_words(item, menu, providers),
            )
        if service is not None and prices:
            row = replace(
                row,
                add_ons=_add_ons(known, index, item, whose, service, menu, prices),
                providers=_providers(known, index, item, service, providers),
            )
        seen.add(whose.id)
        rows.append(row)
    return tuple(rows)


def _row(known: Known, index: int, item: Item, whose: GuestView, service: MenuService | None) -> ItemRow:
    several = len(known.items) > 1
    return ItemRow(
        guest_name=whose.name,
        guest_words=f"{whose.group.name}, {hidden_phone(whose.phone)}",
        heads_guest=True,
        change_guest_href=replace(known.with_item(index, guest=None), serves=None).href,
        service_name=service.name if service else None,
        words="",
        change_service_href=replace(known.with_item(index, service=None, add_ons=()), serves=None).href,
        remove_href=replace(known.minus(index), serves=None).href if several else None,
        add_ons=(),
        providers=(),
        options_words="",
        folded=several,
        opened=known.opened == index,
    )


def _minutes(item: Item, service: MenuService, menu: Menu) -> str:
    """How long it takes with its add-ons."""
    chosen = (one for one in menu.fitting.get(service.id, ()) if one.id in item.add_ons)
    return f"{service.duration_minutes + sum(one.duration_minutes for one in chosen)} min"


def _add_ons(
    known: Known,
    index: int,
    item: Item,
    whose: GuestView,
    service: MenuService,
    menu: Menu,
    prices: Prices,
) -> tuple[Toggle, ...]:
    """Each add-on that goes with the service: a tap adds it or takes it off; the day is kept."""
    quoted = next(found for (code, _), found in prices.items() if code == whose.group.code)
    chips = []
    for one in menu.fitting.get(service.id, ()):
        if one.id not in quoted:
            continue
        chosen = one.id in item.add_ons
        left = tuple(other for other in item.add_ons if other != one.id)
        changed = known.with_item(index, add_ons=left if chosen else (*left, one.id))
        price = format_usd(quoted[one.id].price_cents)
        detail = f"{one.duration_minutes} min, {price}" if one.duration_minutes else price
        chips.append(Toggle(one.name, _open(changed, index).href, chosen, detail))
    return tuple(chips)


def _open(known: Known, index: int) -> Known:
    return replace(known, opened=index if known.others else None)


def _providers(
    known: Known,
    index: int,
    item: Item,
    service: MenuService,
    providers: Mapping[UUID, ProviderOnDay],
) -> tuple[Toggle, ...]:
    """Anyone, a woman, a man, or one of those who may do it that day."""
    able = [
        one
        for one in providers.values()
        if set(service.needs_credentials) <= one.credentials and (one.works or one.staff_id == item.provider)
    ]

    def asking(provider: UUID | None, wish: str) -> str:
        changed = known.with_item(index, provider=provider, wish=wish)
        return replace(_open(changed, index), serves=None).href

    chips = [Toggle("Anyone", asking(None, ""), item.provider is None and not item.wish)]
    chips += [
        Toggle(words, asking(None, gender), item.wish == gender)
        for gender, words in WISH_WORDS.items()
        if len({one.gender for one in able}) > 1
        or item.wish == gender
        or any(one.gender == gender for one in able)
    ]
    chips += [
        Toggle(one.name.split()[0], asking(one.staff_id, "named"), one.staff_id == item.provider)
        for one in able
    ]
    return tuple(chips)


def _options_words(item: Item, menu: Menu, providers: Mapping[UUID, ProviderOnDay]) -> str:
    """What was chosen beside the service: `Scalp massage · Ana`."""
    fitting = {one.id: one.name for one in menu.fitting.get(item.service, ())} if item.service else {}
    names = [fitting[one] for one in item.add_ons if one in fitting]
    provider = providers.get(item.provider) if item.provider else None
    who = provider.name.split()[0] if provider else WISH_WORDS.get(item.wish, "Anyone")
    return ", ".join([*names, who])


def visit_rows(
    known: Known, asked: Sequence[Asked], providers: Sequence[ProviderOnDay]
) -> tuple[ItemRow, ...]:
    """What is being moved: nothing of it changes but the time, and for one visit the provider."""
    rows = []
    seen: set[UUID] = set()
    for one in asked:
        extras = ", ".join(each.name for each in one.add_ons)
        words = f"{one.needs.minutes} min"
        able = [
            each
            for each in providers
            if set(one.service.needs_credentials) <= each.credentials and each.works
        ]
        chips = [Toggle("Anyone", replace(known, provider=None, serves=None).href, known.provider is None)]
        chips += [
            Toggle(
                each.name.split()[0],
                replace(known, provider=each.staff_id, serves=None).href,
                each.staff_id == known.provider,
            )
            for each in able
        ]
        rows.append(
            ItemRow(
                guest_name=one.whose.name,
                guest_words=f"{one.group.name}, {hidden_phone(one.whose.phone)}",
                heads_guest=one.whose.id not in seen,
                change_guest_href=None,
                service_name=one.service.name,
                words=f"{words}, {extras}" if extras else words,
                change_service_href=None,
                remove_href=None,
                add_ons=(),
                providers=tuple(chips) if known.party is None else (),
                options_words="",
                folded=False,
                opened=False,
            )
        )
        seen.add(one.whose.id)
    return tuple(rows)


def more(known: Known) -> tuple[Toggle, ...]:
    """Another service for the last guest, or another guest."""
    if len(known.items) >= MOST_IN_A_PARTY:
        return ()
    last = known.items[-1]
    return (
        Toggle("Another service", known.plus(Item(guest=last.guest)).href, False),
        Toggle("Another guest", known.plus(Item()).href, False),
    )


def arrangements(known: Known) -> tuple[Toggle, ...]:
    """Side by side or one after another, once there are two guests."""
    if len({item.guest for item in known.items}) < 2:
        return ()
    return tuple(
        Toggle(
            words,
            replace(known, arrangement=each, serves=None).href,
            known.arrangement is each,
        )
        for each, words in (
            (Arrangement.TOGETHER, "Side by side"),
            (Arrangement.IN_TURN, "One after another"),
        )
    )


def waits(known: Known) -> tuple[Toggle, ...]:
    """The longest wait, where one service follows another."""
    guests = [item.guest for item in known.items]
    follows = len(set(guests)) < len(guests) or (known.arrangement is Arrangement.IN_TURN and len(guests) > 1)
    if not follows:
        return ()
    return tuple(
        Toggle(WAIT_WORDS[minutes], replace(known, wait=minutes, serves=None).href, known.wait == minutes)
        for minutes in WAITS
    )
