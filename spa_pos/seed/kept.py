"""Two cards on file, invented: one of a guest who did not come and owes the fee."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.db import fetch
from spa_pos.kernel.ids import uuid7
from spa_pos.ledger.queries import place
from spa_pos.payments.actions import agree_to_keep_card, record_setup, remember_customer, setup_created
from spa_pos.payments.rules import CardSaved
from spa_pos.seed.house import House


@dataclass(frozen=True, slots=True)
class _Card:
    """A card of the processor's samples."""

    brand: str
    last4: str


CARDS = (_Card("visa", "4242"), _Card("mastercard", "4444"))


async def keep_cards(house: House, *, now: datetime) -> int:
    """Let two guests keep a card, with the words they agreed to; gives how many.

    The processor's answers are made up, since no processor had this past; the demo tells its own of them.
    """
    guests = (await _guests())[: len(CARDS)]
    for card, guest_id in zip(CARDS, guests, strict=False):
        then = now - timedelta(days=45)
        where = await place(house.location_id)
        setup_id = await agree_to_keep_card(
            house.desk[0],
            setup_id=uuid7(then),
            guest_id=guest_id,
            place_name=where.name,
            seen_from=None,
            now=then,
        )
        await remember_customer(guest_id, f"cus_sample_{guest_id.hex}", then)
        await setup_created(setup_id, f"seti_sample_{setup_id.hex}", then)
        saved = CardSaved(f"pm_sample_{setup_id.hex}", card.brand, card.last4, 12, then.year + 4)
        await record_setup(setup_id, saved, then)
    return len(guests)


async def _guests() -> list[UUID]:
    """Who did not come last and owes the fee, then who comes next."""
    missed = await fetch(
        "SELECT guest FROM appointment WHERE status = 'no_show' AND fee_cents > 0"
        " ORDER BY starts_at DESC LIMIT 1"
    )
    coming = await fetch(
        "SELECT guest FROM appointment WHERE status IN ('booked', 'confirmed') ORDER BY starts_at DESC, id"
    )
    return list(dict.fromkeys(row["guest"] for row in [*missed, *coming]))
