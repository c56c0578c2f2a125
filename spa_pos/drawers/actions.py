"""Opening, using, counting and closing cash drawers."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from spa_pos.db import action, fetch, insert, lock
from spa_pos.drawers.queries import (
    DrawerHead,
    drawer,
    drawer_at,
    drawer_terms,
    expected_in,
    last_count,
)
from spa_pos.drawers.rules import (
    Move,
    Terms,
    category_of,
    check_amount,
    check_note,
    counted,
    difference_words,
    postings_for_move,
    postings_for_opening,
)
from spa_pos.drawers.tables import Drawer, DrawerCount, DrawerEntry, DrawerMove, DrawerTerms
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import post_entry
from spa_pos.ledger.rules import NewPosting
from spa_pos.people.actions import need_role, record, use_approval
from spa_pos.printing.actions import kick_drawer

APPROVES = "drawer"
"""What a second person approves: a difference that is large."""

OPENING = {"next_href": "/drawer", "next_word": "Open the drawer"}
"""The next step when cash has no drawer to go into."""

NOTE_CHARACTERS = 200


async def drawer_in_use(actor: Actor, *, now: datetime) -> UUID:
    """The drawer into which cash at this device goes.

    Raises:
        Conflict: `drawer-not-open`: there is none, or it is of an earlier day.
    """
    found = await drawer_at(actor.device_id, for_share=True)
    if found is None:
        raise Conflict(
            "drawer-not-open",
            "The cash drawer of this desk is not open. Open it, then take the cash.",
            **OPENING,
        )
    if found.business_date != local_date(now, actor.zone):
        raise Conflict(
            "drawer-not-open",
            f"The drawer of this desk is still that of {found.business_date:%A, %B %-d}. Open today's first.",
            **OPENING,
        )
    return found.id


@action
async def put_in_drawer(
    actor: Actor, *, entry_id: UUID, now: datetime, drawer_id: UUID | None = None
) -> None:
    """Say in which drawer the cash of an entry lies, or out of which it came: this device's, unless named.

    Raises:
        Conflict: `drawer-not-open`.
    """
    chosen = drawer_id or await drawer_in_use(actor, now=now)
    await insert(DrawerEntry, entry=entry_id, drawer=chosen)


@action
async def open_drawer(actor: Actor, *, drawer_id: UUID, float_cents: Cents, now: datetime) -> UUID:
    """Begin a drawer at this device with what lies in it; one of an earlier day is set aside to be counted.

    Raises:
        Invalid: `drawer-amount`.
        Conflict: `drawer-no-device`, `drawer-open-already`.
    """
    check_amount(float_cents, least=0, field="float")
    if actor.device_id is None:
        raise Conflict("drawer-no-device", "A drawer stands at an enrolled device. Open it there.")
    await lock(f"drawer:{actor.device_id}")
    today = local_date(now, actor.zone)
    before = await drawer_at(actor.device_id)
    if before is not None and before.business_date == today:
        raise Conflict("drawer-open-already", f"{before.opened_by} has opened this drawer already.")
    if before is not None:
        await fetch("UPDATE drawer SET status = 'set_aside' WHERE id = $1", before.id)
        await _trace(actor, before.id, "set a drawer aside", now)
    await insert(
        Drawer,
        id=drawer_id,
        location=actor.location_id,
        device=actor.device_id,
        business_date=today,
        float_cents=float_cents,
        opened_at=now,
        opened_by=actor.staff_id,
    )
    if float_cents:
        await _post(actor, drawer_id, uuid7(now), "opened", postings_for_opening(float_cents), now)
    await _trace(actor, drawer_id, "opened a drawer", now, after={"float_cents": float_cents})
    return drawer_id


@action
async def move_cash(
    actor: Actor,
    *,
    drawer_id: UUID,
    move_id: UUID,
    move: Move,
    category: str,
    amount_cents: Cents,
    note: str,
    now: datetime,
) -> None:
    """Pay in, pay out or drop to the safe; `note` says for what.

    Raises:
        Invalid: `drawer-category`, `drawer-amount`, `drawer-note`.
        Conflict: `drawer-closed`, `drawer-too-little`.
    """
    chosen = category_of(move, category)
    check_amount(amount_cents)
    why = _words(note)
    if move is not Move.DROP and not why:
        raise Invalid("drawer-note", "Say what the money is for.", field="note")
    await _usable(actor, drawer_id, for_update=True)
    if move is not Move.PAID_IN and await expected_in(drawer_id) < amount_cents:
        raise Conflict("drawer-too-little", "There is not so much in this drawer.")
    await insert(
        DrawerMove,
        id=move_id,
        drawer=drawer_id,
        kind=move.value,
        category=chosen.code,
        amount_cents=amount_cents,
        note=why,
        made_at=now,
        made_by=actor.staff_id,
    )
    await _post(actor, drawer_id, move_id, move.value, postings_for_move(chosen, amount_cents), now)
    await kick_drawer(actor, subject=move_id, now=now)
    after = {"amount_cents": amount_cents, "category": chosen.name}
    await _trace(actor, drawer_id, f"drawer: {move.word.lower()}", now, after=after, reason=why)


@action
async def open_without_sale(
    actor: Actor, *, drawer_id: UUID, move_id: UUID, note: str, now: datetime
) -> None:
    """Open a drawer without money; it stands in its log.

    Raises:
        Invalid: `drawer-note`.
        Conflict: `drawer-closed`.
    """
    why = _words(note)
    if not why:
        raise Invalid("drawer-note", "Say why the drawer is opened.", field="note")
    await _usable(actor, drawer_id)
    await insert(
        DrawerMove,
        id=move_id,
        drawer=drawer_id,
        kind=Move.NO_SALE.value,
        amount_cents=0,
        note=why,
        made_at=now,
        made_by=actor.staff_id,
    )
    await kick_drawer(actor, subject=move_id, now=now)
    await _trace(actor, drawer_id, "drawer: no sale", now, reason=why)


@action
async def count_drawer(
    actor: Actor, *, drawer_id: UUID, count_id: UUID, pieces: Mapping[int, int], now: datetime
) -> UUID:
    """Write down what was counted, before anybody is told what should be there.

    Raises:
        Invalid: `count-unreadable`.
        Conflict: `drawer-closed`.
    """
    cents = counted(pieces)
    await _usable(actor, drawer_id)
    expected = await expected_in(drawer_id)
    await insert(
        DrawerCount,
        id=count_id,
        drawer=drawer_id,
        pieces=msgspec.json.encode({key: number for key, number in pieces.items() if number}).decode(),
        counted_cents=cents,
        expected_cents=expected,
        counted_at=now,
        counted_by=actor.staff_id,
    )
    await _trace(
        actor, drawer_id, "counted a drawer", now, after={"counted_cents": cents, "expected_cents": expected}
    )
    return count_id


@action
async def close_drawer(
    actor: Actor, *, drawer_id: UUID, count_id: UUID, note: str, approval_id: UUID | None, now: datetime
) -> None:
    """Close a drawer with its last count: float back, the rest to the bank, the difference booked.

    Raises:
        Invalid: `drawer-note`.
        NeedsApproval: `drawer-needs-approval`.
        Conflict: `drawer-closed`, `drawer-not-counted`, `drawer-moved`.
    """
    head = await _usable(actor, drawer_id, for_update=True)
    found = await last_count(drawer_id)
    if found is None or found.id != count_id:
        raise Conflict(
            "drawer-not-counted", "The drawer was counted again meanwhile. Look at the last count."
        )
    if await expected_in(drawer_id) != found.expected_cents:
        raise Conflict("drawer-moved", "Cash went in or out since the count. Count the drawer again.")
    terms, why = await drawer_terms(actor.location_id), " ".join(note.split())[:300]
    closing = found.closing(head.float_cents)
    check_note(terms, closing.over_cents, why)
    used = await _approved(actor, drawer_id, closing.over_cents, terms, approval_id, now)
    if closing.expected_cents or closing.counted_cents:
        await _post(actor, drawer_id, uuid7(now), "closed", closing.postings(), now)
    await fetch(
        "UPDATE drawer SET status = 'closed', expected_cents = $2, counted_cents = $3, bank_cents = $4,"
        " note = $5, closed_at = $6, closed_by = $7, approval = $8 WHERE id = $1",
        drawer_id,
        closing.expected_cents,
        closing.counted_cents,
        closing.bank_cents,
        why,
        now,
        actor.staff_id,
        used,
    )
    await _trace(
        actor,
        drawer_id,
        "closed a drawer",
        now,
        after={"over_cents": closing.over_cents, "bank_cents": closing.bank_cents},
        reason=why,
    )


@action
async def set_drawer_terms(actor: Actor, *, terms: Terms, now: datetime) -> None:
    """The usual float and the thresholds of this location. For managers.

    Raises:
        NotAllowed: `role-missing`.
        Invalid: `drawer-amount`.
    """
    need_role(actor, Role.MANAGER)
    for name in ("float_cents", "note_from_cents", "pin_from_cents"):
        check_amount(getattr(terms, name), least=0, field=name.removesuffix("_cents"))
    await fetch("DELETE FROM drawer_terms WHERE location = $1", actor.location_id)
    await insert(
        DrawerTerms,
        id=uuid7(now),
        location=actor.location_id,
        float_cents=terms.float_cents,
        note_from_cents=terms.note_from_cents,
        pin_from_cents=terms.pin_from_cents,
    )
    await _trace(actor, actor.location_id, "set the terms of drawers", now)


async def _usable(actor: Actor, drawer_id: UUID, *, for_update: bool = False) -> DrawerHead:
    head = await drawer(drawer_id, actor.location_id, for_update=for_update)
    if head.is_closed:
        raise Conflict("drawer-closed", f"{head.closed_by} has closed this drawer already.")
    return head


async def _approved(
    actor: Actor, drawer_id: UUID, over_cents: int, terms: Terms, approval_id: UUID | None, now: datetime
) -> UUID | None:
    amount = Cents(abs(over_cents))
    if not amount or amount < terms.pin_from_cents or actor.role in (Role.MANAGER, Role.OWNER):
        return None
    if approval_id is None:
        raise NeedsApproval(
            "drawer-needs-approval",
            f"The drawer is {format_usd(amount)} {difference_words(over_cents)}. A manager has to see it.",
            amount_cents=amount,
        )
    used = await use_approval(
        actor, approval_id, verb=APPROVES, subject=drawer_id, amount_cents=amount, now=now
    )
    return used.id


async def _post(
    actor: Actor, drawer_id: UUID, entry_id: UUID, what: str, postings: list[NewPosting], now: datetime
) -> None:
    await post_entry(
        entry_id=entry_id,
        location_id=actor.location_id,
        business_date=local_date(now, actor.zone),
        kind=f"drawer-{what.replace('_', '-')}",
        subject=drawer_id,
        postings=postings,
        now=now,
    )
    await insert(DrawerEntry, entry=entry_id, drawer=drawer_id)


async def _trace(
    actor: Actor,
    subject: UUID,
    verb: str,
    now: datetime,
    *,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    await record(
        actor,
        verb=verb,
        subject_kind="drawer",
        subject=subject,
        now=now,
        after=dict(after or {}),
        reason=reason,
    )


def _words(text: str) -> str:
    return " ".join(text.split())[:NOTE_CHARACTERS]
