"""Writing down what a visit was asked for when it was booked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from spa_pos.booking.queries import visit
from spa_pos.booking.queries.cards import is_new_guest
from spa_pos.booking.tables import CardAsk
from spa_pos.db import fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.ids import uuid7
from spa_pos.payments.queries import card_terms
from spa_pos.payments.rules import term_for


async def ask_for_cards(actor: Actor, appointment_ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Keep what the rules of now ask of visits that are booked; gives the visits that are asked for it.

    Inside the action that books them. One that was asked when its time was held, and the guest went for
    the card, is not asked again.
    """
    terms = await card_terms(actor.location_id)
    if not terms:
        return set()
    rows = await fetch("SELECT appointment FROM card_ask WHERE appointment = ANY($1)", list(appointment_ids))
    all_asked = {row["appointment"] for row in rows}
    for appointment_id in appointment_ids:
        if appointment_id in all_asked:
            continue
        booked = await visit(appointment_id, actor.location_id)
        asked = term_for(
            terms,
            service_id=booked.service_id,
            group=booked.group,
            is_new=await is_new_guest(booked.guest_id),
            price_cents=booked.total_cents,
        )
        if asked is not None:
            await insert(
                CardAsk,
                id=uuid7(now),
                appointment=appointment_id,
                term=asked.term.id,
                due_cents=asked.due_cents,
                asked_at=now,
            )
            all_asked.add(appointment_id)
    return all_asked
