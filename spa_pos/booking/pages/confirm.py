"""The chosen time as it is read to the guest, and the form that books or moves it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from spa_pos.booking.pages.asked import Asked, Prices, Setting
from spa_pos.booking.pages.codes import Chosen, plan_words, short
from spa_pos.booking.pages.known import Known
from spa_pos.booking.pages.sheet_views import Confirm, Confirming, PriceLine, Serving
from spa_pos.booking.pages.times import Times
from spa_pos.booking.queries import free_reasons, policy_at, prices_at
from spa_pos.booking.queries.cards import deposits_for, is_new_guest, usable_on
from spa_pos.booking.queries.terms import booking_windows, window_for
from spa_pos.booking.rules import Plan
from spa_pos.catalog.queries import jurisdictions
from spa_pos.catalog.rules import Quote
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, format_rate, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place
from spa_pos.payments.queries import card_terms, stored_cards
from spa_pos.payments.rules import term_for
from spa_pos.people.queries import proof
from spa_pos.web.answers import words_of


async def confirm(
    setting: Setting, known: Known, asked: Sequence[Asked], times: Times, prices: Prices
) -> Confirm | None:
    """What is booked when the button is pressed; None while no time is chosen or a price is missing."""
    if times.plan is None or times.chosen is None:
        return None
    quoted = [
        [found.get(each) for each in one.service_ids]
        for one in asked
        for found in (await _prices_of(setting, one, times.plan, prices),)
    ]
    if any(quote is None for each in quoted for quote in each):
        return None
    found = [[quote for quote in each if quote is not None] for each in quoted]
    rows = tuple(
        [
            await _row(setting, one, serving, quotes, times.plan)
            for one, serving, quotes in zip(asked, times.chosen.serving, found, strict=True)
        ]
    )
    total = sum(quote.price_cents for each in found for quote in each)
    policy = await policy_at(setting.place.id, setting.now)
    totals = [Cents(sum(quote.price_cents for quote in each)) for each in found]
    action, fields = _form(setting, known, asked, times.plan, totals)
    limit_words = times.chosen.limit_words
    return Confirm(
        action=action,
        fields=fields,
        button_words=_button(known, asked, times, total),
        rows=rows,
        total_list_cents=sum(quote.list_cents for each in found for quote in each),
        total_cents=total,
        tax_words=await _tax_words(setting.place, asked, times.plan),
        policy_words=policy.words(await free_reasons()) if policy else None,
        limit_words=limit_words,
        needs_manager=bool(limit_words) and not setting.is_manager,
        card_words=await _card_words(setting, known, asked, times.plan, totals),
        online_words=await _online_words(setting, known, asked, times.plan),
    )


async def _online_words(setting: Setting, known: Known, asked: Sequence[Asked], plan: Plan) -> str | None:
    """Why guests could not book this themselves: the desk may, and should know that it does."""
    if known.move is not None or known.party is not None:
        return None
    windows = await booking_windows(setting.place.id)
    for one, slot in zip(asked, plan.slots, strict=True):
        window = window_for(windows, one.service.id, one.group.code)
        if window is None:
            return "Guests cannot book this online."
        away = slot.starts_at - setting.now
        if away < timedelta(minutes=window.lead_minutes):
            lead = lasting_words(window.lead_minutes)
            return f"Guests cannot book this online: it begins in less than {lead}."
        if away > timedelta(days=window.horizon_days):
            return f"Guests cannot book this online: it is more than {window.horizon_days} days ahead."
    return None


def lasting_words(minutes: int) -> str:
    """Minutes as people say them: `45 minutes`, `1 hour`, `36 hours`."""
    if minutes % 60:
        return f"{minutes} minutes"
    return "1 hour" if minutes == 60 else f"{minutes // 60} hours"


async def _prices_of(setting: Setting, one: Asked, plan: Plan, prices: Prices) -> Mapping[UUID, Quote]:
    """What is asked for costs then; a visit that is moved, by what it was promised."""
    if one.visit is None:
        return prices[one.group.code, one.booked_at]
    return await prices_at(one.visit, one.group, plan.starts_at, setting.place.zone)


async def _card_words(
    setting: Setting, known: Known, asked: Sequence[Asked], plan: Plan, totals: Sequence[Cents]
) -> tuple[str, ...]:
    """What the rules on cards ask of a new booking, and what of it is there."""
    if known.move is not None or known.party is not None:
        return ()
    terms = await card_terms(setting.place.id)
    words = []
    for one, total in zip(asked, totals, strict=True) if terms else ():
        wanted = term_for(
            terms,
            service_id=one.service.id,
            group=one.group.code,
            is_new=await is_new_guest(one.whose.id),
            price_cents=total,
        )
        if wanted is not None:
            day = local_date(plan.starts_at, setting.place.zone)
            words.append(await _what_is_there(one.whose.id, wanted.due_cents, day))
    return tuple(words)


async def _what_is_there(guest_id: UUID, due: Cents, day: date) -> str:
    if due:
        on_hand = Cents(sum(each.cents for each in await deposits_for(guest_id, None)))
        words = f"A deposit of {format_usd(due)} is asked for"
        if on_hand >= due:
            return f"{words}; {format_usd(on_hand)} is on deposit."
        return f"{words}. Take it right after booking."
    card = usable_on(await stored_cards(guest_id), day)
    if card is not None:
        return f"A card is asked for; {card.word} is on file."
    return "A card is asked for. Keep one right after booking."


async def _row(
    setting: Setting, one: Asked, serving: Serving, quotes: Sequence[Quote], plan: Plan
) -> Confirming:
    day = local_date(plan.starts_at, setting.place.zone)
    on_file = await proof(one.whose.id, one.group.code, day) if one.group.evidence else None
    lines = tuple(
        PriceLine(each.name, each.is_add_on, quote.list_cents, quote.price_cents, quote.reduction_name)
        for each, quote in zip((one.service, *one.add_ons), quotes, strict=True)
    )
    return Confirming(serving, lines, one.group.evidence if one.group.evidence and on_file is None else None)


def _form(
    setting: Setting, known: Known, asked: Sequence[Asked], plan: Plan, totals: Sequence[Cents]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    chosen = [
        Chosen(
            one.visit.id if one.visit else uuid7(setting.now),
            one.visit.version if one.visit else 0,
            slot.provider.staff_id,
            slot.starts_at,
            cents,
        )
        for one, slot, cents in zip(asked, plan.slots, totals, strict=True)
    ]
    if known.party is not None:
        return f"/parties/{known.party}/time", (("plan", plan_words(chosen)), *known.fields)
    if len(chosen) > 1:
        return "/parties", (("id", str(uuid7(setting.now))), ("plan", plan_words(chosen)), *known.fields)
    (one,) = chosen
    fields = (
        ("provider", str(one.provider_id)),
        ("starts_at", one.starts_at.astimezone(setting.place.zone).isoformat()),
        ("quoted_cents", str(one.quoted_cents)),
    )
    if known.move is not None:
        return f"/appointments/{known.move}/time", (("version", str(one.version)), *fields)
    about = (
        ("id", str(one.appointment_id)),
        ("guest", str(known.guest)),
        ("service", str(known.service)),
        ("add", ".".join(map(short, known.add_ons))),
        ("wish", known.wish),
    )
    return "/appointments", (*(pair for pair in about if pair[1]), *fields)


def _button(known: Known, asked: Sequence[Asked], times: Times, total: int) -> str:
    chosen = times.chosen
    face = f"{chosen.starts_at:%-I:%M %p}" if chosen else ""
    if known.move is not None or known.party is not None:
        return f"Move to {face} with {chosen.who if chosen else ''}"
    if len(asked) == 1:
        return f"Book {face} with {chosen.who if chosen else ''}, {format_usd(total)}"
    names = words_of(list(dict.fromkeys(one.whose.given_name for one in asked)))
    return f"Book {names}, {format_usd(total)}"


async def _tax_words(where: Place, asked: Sequence[Asked], plan: Plan) -> str:
    day = local_date(plan.starts_at, where.zone)
    rate = format_rate(sum(body.rate_ppm for body in await jurisdictions(where.id, day)))
    taxed = {each.taxable for one in asked for each in (one.service, *one.add_ons)}
    if taxed == {True}:
        return f"plus {rate} sales tax"
    return f"plus {rate} sales tax on what is taxed" if True in taxed else "no sales tax"
