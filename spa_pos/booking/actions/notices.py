"""Telling guests: what happened to a visit goes into the outbox with it, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from spa_pos.booking.queries.notices import Told, told_of
from spa_pos.booking.rules.notices import Happened, Notice, notice_of, reminder_of
from spa_pos.db import action
from spa_pos.kernel.actor import Actor
from spa_pos.messages.actions import TakenBack, enqueue, take_back
from spa_pos.messages.rules import Channel, Kind, News


@action
async def tell_guests(
    actor: Actor, appointment_ids: Sequence[UUID], happened: Happened, *, now: datetime
) -> None:
    """Tell every guest of some appointments what happened."""
    await tell(actor, await told_of(appointment_ids), happened, now=now)


async def tell(actor: Actor, told: Sequence[Told], happened: Happened, *, now: datetime) -> None:
    """Tell guests what happened: one message a guest, by each channel they allow; inside an action.

    What was taken back before it went out is not told at all: neither a visit booked and cancelled at
    once, nor a cancellation that was undone.
    """
    for one in told:
        if not one.addresses:
            continue
        notice = notice_of(happened, one.times, now=now)
        unheard: dict[Channel, TakenBack] = {}
        if happened in (Happened.CANCELLED, Happened.RESTORED):
            unheard = await take_back(one.guest_id, one.subject[1])
        if notice is None:
            continue
        channels = [
            (channel, address)
            for channel, address in one.addresses
            if not (channel in unheard and _was_undone(notice, happened, unheard[channel]))
        ]
        await enqueue(_news(actor, one, notice, channels), now=now)


def _was_undone(notice: Notice, happened: Happened, unheard: TakenBack) -> bool:
    if happened is Happened.RESTORED:
        return unheard.heard and Kind.CANCELLATION in unheard.kinds
    return notice.kind is Kind.CANCELLATION and bool(unheard.kinds) and not unheard.heard


@action
async def remind_guest(actor: Actor, *, appointment_ids: Sequence[UUID], now: datetime) -> None:
    """Remind a guest of their visit, if it still stands; once for each time it begins."""
    for one in await told_of(appointment_ids, for_update=True):
        notice = reminder_of(one.times, now=now)
        if notice is not None:
            await enqueue(_news(actor, one, notice, one.addresses), now=now)


def _news(actor: Actor, one: Told, notice: Notice, channels: Sequence[tuple[Channel, str]]) -> list[News]:
    subject_kind, subject = one.subject
    return [
        News(
            location_id=actor.location_id,
            zone=actor.zone,
            guest_id=one.guest_id,
            channel=channel,
            address=address,
            kind=notice.kind,
            subject_kind=subject_kind,
            subject=subject,
            sequence=notice.sequence,
            facts=notice.facts,
            useful_until=notice.useful_until,
            locale=one.language or "en",
        )
        for channel, address in channels
    ]
