"""Moving those who were booked together, by the link of any of them. It says nothing of the others."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from spa_pos.booking.actions.guest import guest_moves_party
from spa_pos.booking.pages.guest import Linked
from spa_pos.booking.pages.guest_times import Times, period, price_words, time_line, times_page
from spa_pos.booking.pages.guest_views import GuestTimesPage, NewTime
from spa_pos.booking.queries import visit
from spa_pos.booking.queries.party_moves import Elsewhen, Together, elsewhen, times_together, together
from spa_pos.booking.rules import Plan
from spa_pos.db import once
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.web.i18n import gettext as _


async def party_times_page(
    one: Linked, day: date | None, chosen_at: datetime | None, problem: Refusal | None = None
) -> GuestTimesPage:
    """The times to which all of them could be moved; without a day, from the first on that has any.

    Raises:
        Conflict: `not-online`, `too-late-to-move` or `not-all-move`.
    """
    of = await together(await visit(one.appointment_id, one.place.id), now=one.now)
    first, last = of.days(one.place.zone)
    begin, end = period(day, first, last)
    days, move = await times_together(of, one.place.zone, begin, end)
    free = {each: move.has_time(found) for each, found in days.items()}
    shown = begin if day else next((each for each, is_free in free.items() if is_free), begin)
    plans = move.plans(days[shown].supply())
    plan = plans.get(chosen_at) if chosen_at else None
    times = Times(
        shown,
        first,
        last,
        {each: _("Free") if is_free else None for each, is_free in free.items()},
        list(plans),
        chosen_at if plan else None,
        await _new_time(one, of, plan) if plan else None,
    )
    return times_page(one, times, wanted=chosen_at, problem=problem, together_words=_together_words(of))


def _together_words(of: Together) -> str:
    if _are_several(of):
        return _("You booked together, so all of you move at once. Please ask the others first.")
    return _("All your times of this visit move at once.")


def _are_several(of: Together) -> bool:
    return len({one.guest_id for one in of.visits}) > 1


async def _new_time(one: Linked, of: Together, plan: Plan) -> NewTime:
    there = await elsewhen(of, plan, one.place.zone)
    own = [
        (was, slot)
        for was, slot in zip(of.visits, plan.slots, strict=True)
        if was.guest_id == one.visit.guest_id
    ]
    moved = any(slot.provider.staff_id != was.provider_id for was, slot in own)
    return NewTime(
        times=tuple(time_line(slot.starts_at, slot.ends_at, one.place) for _was, slot in own),
        price_words=_price_words(of, there),
        who_words=_("It will be with somebody else than before.") if moved else None,
        button_words=_("Move all of us") if _are_several(of) else _("Move my visit"),
        fields=(("starts_at", plan.starts_at.isoformat()), ("seal", there.seal)),
    )


def _price_words(of: Together, there: Elsewhen) -> str:
    """What all of them cost together, when that is news: nobody has to know what the others pay."""
    before, price = Cents(sum(one.total_cents for one in of.visits)), Cents(sum(there.prices))
    if not _are_several(of):
        return price_words(before, price)
    if not there.changes_prices:
        return _("The price stays as it is for each of you.")
    words = _("All of you together pay %(price)s instead of %(before)s: prices of that time differ.")
    return words % {"price": format_usd(price), "before": format_usd(before)}


async def move_together(
    one: Linked, actor: Actor, key: UUID, starts_at: datetime, fields: Mapping[str, str]
) -> None:
    """Move all of them to what the form shows."""
    await once(
        key,
        guest_moves_party,
        actor=actor,
        appointment_id=one.appointment_id,
        starts_at=starts_at,
        seal=fields.get("seal", ""),
        now=one.now,
    )
