"""The rest of a party on the sheet of one of its visits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.booking.pages.codes import versions_words
from spa_pos.booking.pages.known import Known
from spa_pos.booking.queries import Visit, cancel_reasons, party, policy
from spa_pos.booking.rules import Arrangement, Policy, quote_cancellation
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place


@dataclass(frozen=True, slots=True)
class PartyRow:
    """Another visit of the party; `words` such as `2:00 PM, Ben`, `status_word` when it is not booked."""

    name: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class PartyEnd:
    """A reason to cancel all of it, with what that costs."""

    name: str
    fee_words: str


@dataclass(frozen=True, slots=True)
class PartyPart:
    """`booking/_party.html`: who else belongs to a visit, and what can be done with all of them.

    `POST /parties/{id}/cancellation` sends `versions` and `reason`; both ways are closed, None and
    empty, when fewer than two of the party are still to come.
    """

    id: UUID
    rows: tuple[PartyRow, ...]
    versions: str
    move_href: str | None
    reasons: tuple[PartyEnd, ...]
    cancel_words: str


async def party_part(where: Place, visit: Visit, *, now: datetime) -> PartyPart | None:
    """What the sheet of a visit shows of its party; None for a visit that came alone."""
    if visit.party_id is None:
        return None
    found = await party(visit.party_id, where.id)
    coming = [one for one in found.visits if one.status.is_expected]
    several = len(coming) > 1
    names = list(dict.fromkeys(one.guest_given_name for one in coming))
    return PartyPart(
        id=found.id,
        rows=tuple(_row(where, visit, one, found.arrangement) for one in found.visits if one.id != visit.id),
        versions=versions_words([(one.id, one.version) for one in coming]),
        move_href=_move_href(where, coming, found.id, now) if several else None,
        reasons=await _reasons(coming, now) if several else (),
        cancel_words=f"Cancel all {len(coming)}: {', '.join(names)}",
    )


def _row(where: Place, visit: Visit, other: Visit, arrangement: Arrangement) -> PartyRow:
    local = other.starts_at.astimezone(where.zone)
    same = other.guest_id == visit.guest_id
    name = other.service_name if same else f"With {other.guest_name}"
    words = f"{local:%-I:%M %p}, {other.provider_name.split()[0]}"
    if not same:
        words += ", side by side" if arrangement is Arrangement.TOGETHER else ", one after another"
    if not other.status.is_expected:
        words += f", {other.status.word.lower()}"
    return PartyRow(name, words, f"/appointments/{other.id}")


def _move_href(where: Place, coming: list[Visit], party_id: UUID, now: datetime) -> str:
    day = max(local_date(coming[0].starts_at, where.zone), local_date(now, where.zone))
    return Known(day, party=party_id).href


async def _reasons(coming: list[Visit], now: datetime) -> tuple[PartyEnd, ...]:
    """Each reason with the fees of all visits summed, each under the policy it was booked under."""
    agreed: dict[UUID | None, Policy | None] = {}
    for one in coming:
        if one.policy_id not in agreed:
            agreed[one.policy_id] = await policy(one.policy_id)
    found = []
    for reason in await cancel_reasons():
        free = reason.name if reason.fee_free else None
        fee = sum(
            quote_cancellation(
                agreed[one.policy_id], one.total_cents, starts_at=one.starts_at, now=now, fee_free=free
            ).fee_cents
            for one in coming
        )
        found.append(PartyEnd(reason.name, f"Fee {format_usd(Cents(fee))}" if fee else "No fee"))
    return tuple(found)
