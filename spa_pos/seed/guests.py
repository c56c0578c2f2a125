"""Guests of every group, invented."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.kernel.ids import uuid7
from spa_pos.people.actions import add_guest, record_evidence
from spa_pos.people.actions.messages import set_language
from spa_pos.seed.house import House

GIVEN_NAMES = (
    "Ingrid Tom Priya Sofia Omar Lena Rosa Marcus Jens Aaliyah Kofi Yuki Hugo Wei Grace Noor Peter Wanda"
    " Amara Felix Greta Ravi Nina Oscar Paula Samir Tove Ulla Viktor Zoe"
)
FAMILY_NAMES = (
    "Halvorsen Becker Nair Reyes Nasser Vogel Delgado Bell Larsen Brooks Mensah Tanaka Martin Zhang Adler"
    " Khan Olsen Novak Eze Braun Holm Iyer Petrov Lund Costa Aziz Berg Strand Sokolov Walker"
)
MIX = (
    *["visitor"] * 12,
    *["employee"] * 16,
    *["retiree"] * 4,
    *["volunteer"] * 4,
    *["student"] * 4,
    *["spouse"] * 4,
    *["dependant"] * 2,
    *["patient"] * 8,
    *["companion"] * 6,
)
"""Sixty guests: who comes to a spa on a hospital campus."""

SPEAK = {"Sofia": "es", "Rosa": "es", "Paula": "es", "Omar": "ar", "Noor": "ar", "Samir": "ar"}
"""Who reads another language than English."""


@dataclass(frozen=True, slots=True)
class DemoGuest:
    """A guest of the demo."""

    id: UUID
    group: str
    proven: bool


async def add_guests(house: House, *, rng: int, now: datetime, history_days: int) -> list[DemoGuest]:
    """Sixty guests; most of those in a group showed their proof when the past began."""
    dice = random.Random(rng)  # noqa: S311 - a repeatable past, not a secret
    began = now - timedelta(days=history_days + 14)
    desk = house.desk[0]
    given_names, family_names = GIVEN_NAMES.split(), FAMILY_NAMES.split()
    guests = []
    for number, group in enumerate(MIX):
        guest_id = uuid7(began)
        given = given_names[number % len(given_names)]
        family = family_names[(number * 7 + number // len(given_names)) % len(family_names)]
        await add_guest(
            actor=desk,
            guest_id=guest_id,
            given_name=given,
            family_name=family,
            phone=f"507 555 {100 + number:04d}",
            email=f"{given}.{family}@example.org".lower() if number % 3 else "",
            group_code=group,
            now=began,
        )
        if given in SPEAK:
            await set_language(guest_id, SPEAK[given])
        proven = group != "visitor" and dice.random() < 0.8
        if proven:
            await record_evidence(actor=desk, guest_id=guest_id, group_code=group, now=began)
        guests.append(DemoGuest(guest_id, group, proven))
    return guests
