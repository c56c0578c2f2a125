"""Reading what a visit was asked for when it was booked, and whether it is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spa_pos.booking.queries.visits import Visit
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.payments.queries import StoredCardView, stored_cards


@dataclass(frozen=True, slots=True)
class DepositOnHand:
    """A deposit that may pay for a visit: taken for it, or left over from one that has ended."""

    holding_id: UUID
    cents: Cents


@dataclass(frozen=True, slots=True)
class CardStanding:
    """What a visit was asked for, by which version of the rules, and what there is of it."""

    version: int
    due_cents: Cents
    card_word: str | None
    deposit_cents: Cents

    @property
    def is_met(self) -> bool:
        """True when the card is on file, or the deposit is paid."""
        return self.deposit_cents >= self.due_cents if self.due_cents else self.card_word is not None


def usable_on(cards: Sequence[StoredCardView], day: date) -> StoredCardView | None:
    """The latest card that has not expired on a day."""
    good = [one for one in cards if (one.exp_year, one.exp_month) >= (day.year, day.month)]
    return good[0] if good else None


async def deposits_for(guest_id: UUID, appointment_id: UUID | None) -> list[DepositOnHand]:
    """The deposits of a guest that may pay for a visit, its own first; not one taken for a visit to come."""
    rows = await fetch(
        "SELECT h.id, h.paid_cents FROM holding h LEFT JOIN appointment v ON v.id = h.for_visit"
        " WHERE h.guest = $1 AND h.kind = 'deposit' AND h.status = 'active' AND h.paid_cents > 0"
        " AND (h.for_visit IS NULL OR h.for_visit = $2"
        "   OR v.status IN ('done', 'cancelled', 'no_show', 'expired'))"
        " ORDER BY (h.for_visit = $2) DESC NULLS LAST, h.made_at, h.id",
        guest_id,
        appointment_id,
    )
    return [DepositOnHand(row["id"], Cents(row["paid_cents"])) for row in rows]


async def is_new_guest(guest_id: UUID) -> bool:
    """True for a guest who has never had a visit."""
    found = await fetch_value(
        "SELECT EXISTS (SELECT 1 FROM appointment WHERE guest = $1 AND status = 'done')", guest_id
    )
    return not found


async def card_standing(visit: Visit, day: date) -> CardStanding | None:
    """What a visit was asked for and what there is; None when it was asked for nothing."""
    row = await fetch_one(
        "SELECT t.version, a.due_cents FROM card_ask a JOIN card_term t ON t.id = a.term"
        " WHERE a.appointment = $1",
        visit.id,
    )
    if row is None:
        return None
    card = usable_on(await stored_cards(visit.guest_id), day)
    on_hand = Cents(sum(one.cents for one in await deposits_for(visit.guest_id, visit.id)))
    return CardStanding(row["version"], Cents(row["due_cents"]), card.word if card else None, on_hand)


async def fee_is_paid(appointment_id: UUID) -> bool:
    """True when the fee of a visit is on a ticket that is paid."""
    found = await fetch_value(
        "SELECT EXISTS (SELECT 1 FROM ticket_line l JOIN ticket t ON t.id = l.ticket"
        " WHERE l.fee_of = $1 AND l.status = 'live' AND t.status = 'settled')",
        appointment_id,
    )
    return bool(found)
