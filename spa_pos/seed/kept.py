"""Cards, invented: two on file, one of a guest who owes a fee; and who is asked for one to book."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.catalog.queries import menu
from spa_pos.db import fetch
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.ledger.queries import place
from spa_pos.payments.actions import (
    agree_to_keep_card,
    record_setup,
    remember_customer,
    set_card_term,
    setup_created,
)
from spa_pos.payments.rules import Asks, CardSaved
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


async def ask_for_cards(house: House, *, now: datetime) -> int:
    """A deposit for the longest massage, a card for prenatal massage of new guests; gives how many rules."""
    (boss,) = await fetch("SELECT id, name FROM staff WHERE role = 'manager' ORDER BY name LIMIT 1")
    manager = Actor(boss["name"], Role.MANAGER, house.location_id, house.zone, boss["id"])
    where, known = await place(house.location_id), {one.code: one.id for one in await menu()}
    for code, asks, rate_ppm in (
        ("stone-75", Asks.DEPOSIT, 250_000),
        ("prenatal-60", Asks.CARD, None),
    ):
        await set_card_term(
            manager,
            term_id=uuid7(now),
            service_id=known[code],
            group=None,
            new_guests=asks is Asks.CARD,
            asks=asks,
            rate_ppm=rate_ppm,
            amount_cents=None,
            from_cents=Cents(0),
            place_name=where.name,
            now=now,
        )
    return 2
