"""Reading what a visit was asked for when it was booked, and whether it is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.queries.visits import Visit
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.payments.queries import StoredCardView, card_terms, stored_cards
from spa_pos.payments.rules import LEAST_CENTS, term_for


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


@dataclass(frozen=True, slots=True)
class StillAsked:
    """What visits that are about to be booked wait for: the deposit of each, or a card of one guest."""

    deposits: tuple[tuple[UUID, Cents], ...]
    card_of: UUID | None

    @property
    def due_cents(self) -> Cents:
        """All deposits together; what no card can pay is left to the desk."""
        due = sum(cents for _, cents in self.deposits)
        return Cents(due if due >= LEAST_CENTS else 0)

    @property
    def comes_first(self) -> bool:
        """True when a card has to be given before anything is booked."""
        return bool(self.due_cents) or (self.card_of is not None and not self.deposits)


async def would_be_asked(
    location_id: UUID, visits: Sequence[tuple[Visit, UUID | None]], zone: ZoneInfo
) -> StillAsked:
    """What visits would be asked for if their guests booked them now; None is somebody who was never here."""
    terms = await card_terms(location_id)
    deposits, card_of = list[tuple[UUID, Cents]](), None
    for one, guest_id in visits if terms else ():
        is_new = guest_id is None or await is_new_guest(guest_id)
        asked = term_for(
            terms, service_id=one.service_id, group=one.group, is_new=is_new, price_cents=one.total_cents
        )
        if asked is None:
            continue
        if asked.due_cents:
            on_hand = await deposits_for(guest_id, one.id) if guest_id else []
            due = Cents(asked.due_cents - sum(deposit.cents for deposit in on_hand))
            deposits += [(one.id, due)] if due > 0 else []
        elif guest_id is None or not usable_on(await stored_cards(guest_id), local_date(one.starts_at, zone)):
            card_of = card_of or guest_id or one.guest_id
    return StillAsked(tuple(deposits), card_of)


async def still_asked(visits: Sequence[Visit], zone: ZoneInfo) -> StillAsked:
    """What visits were asked for and what is not there yet."""
    deposits, card_of = list[tuple[UUID, Cents]](), None
    for one in visits:
        standing = await card_standing(one, local_date(one.starts_at, zone))
        if standing is None or standing.is_met:
            continue
        if standing.due_cents:
            deposits.append((one.id, Cents(standing.due_cents - standing.deposit_cents)))
        else:
            card_of = card_of or one.guest_id
    return StillAsked(tuple(deposits), card_of)


@dataclass(frozen=True, slots=True)
class DueByLink:
    """What a guest can pay by the link to a visit: the deposit it was asked for, or the fee of its end."""

    appointment_id: UUID
    is_fee: bool
    cents: Cents


async def due_by_link(visits: Sequence[Visit], zone: ZoneInfo) -> DueByLink | None:
    """The first of some visits for which something is to be paid that a card can pay."""
    for one in visits:
        if one.fee_cents:
            left = Cents(0) if await fee_is_paid(one.id) else one.fee_cents
        elif one.status.is_expected:
            left = (await still_asked([one], zone)).due_cents
        else:
            continue
        if left >= LEAST_CENTS:
            return DueByLink(one.id, bool(one.fee_cents), Cents(left))
    return None


async def deposits_paid(visits: Sequence[Visit]) -> Cents:
    """What was paid as deposits of some visits and is still there for them."""
    return Cents(
        await fetch_value(
            "SELECT coalesce(sum(paid_cents), 0)::bigint FROM holding"
            " WHERE for_visit = ANY($1) AND kind = 'deposit' AND status = 'active'",
            [one.id for one in visits],
        )
    )


async def fee_is_paid(appointment_id: UUID) -> bool:
    """True when the fee of a visit is on a ticket that is paid."""
    found = await fetch_value(
        "SELECT EXISTS (SELECT 1 FROM ticket_line l JOIN ticket t ON t.id = l.ticket"
        " WHERE l.fee_of = $1 AND l.status = 'live' AND t.status = 'settled')",
        appointment_id,
    )
    return bool(found)
