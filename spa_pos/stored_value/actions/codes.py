"""Codes: making, showing once, trying, importing."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.db import action, fetch, insert, insert_many
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, Refusal
from spa_pos.kernel.ids import uuid7
from spa_pos.people.actions import record
from spa_pos.stored_value.actions.common import check_manager, locked_active, withdraw_gifts
from spa_pos.stored_value.queries import Holding, code_misses, find_by_code, history, is_opened
from spa_pos.stored_value.rules import (
    RANDOM_SIGNS,
    SIGNS,
    Kind,
    check_misses,
    check_preprinted,
    code_hash,
    code_of,
    last_four,
)
from spa_pos.stored_value.tables import CodeTry
from spa_pos.stored_value.tables import Holding as HoldingRow

SHOWN_AGAIN = timedelta(minutes=30)
"""So long after its first code the desk may make a card another one, while nothing was spent."""

PRINTED_INSTEAD = "It was printed instead."

MOST_IMPORTED = 10_000


def new_code() -> str:
    """A new random code with its check symbol; never one that passes for a card number."""
    while True:
        code = code_of("".join(secrets.choice(SIGNS) for _ in range(RANDOM_SIGNS)))
        if code is not None:
            return code


@action
async def give_code(actor: Actor, *, card_id: UUID, code_hash: str, last4: str, now: datetime) -> None:
    """Make a card known by a new code, which whoever asks shows once; an earlier code is dead from now on.

    The desk does so for a card without a code, and again within half an hour while nothing was spent (the
    printer jammed). After that a manager does, or replaces the card. A link that was mailed shows no code any
    more; once its owner opened it, only a manager does this.

    Raises:
        NotAllowed: `new-code-needs-manager`.
        Conflict: `card-not-active`, `card-replaced`, `not-a-card`.
    """
    card = await locked_active(card_id)
    if card.kind is not Kind.GIFT_CARD:
        raise Conflict("not-a-card", "Only gift cards have codes.")
    if not may_make_code(card, now=now) or await was_spent(card) or await is_opened(card_id):
        check_manager(
            actor, "new-code-needs-manager", "This card has a code already. A manager can make a new one."
        )
    await withdraw_gifts(card_id, PRINTED_INSTEAD, now=now)
    await fetch(
        "UPDATE holding SET code_hash = $2, last4 = $3, code_made_at = $4 WHERE id = $1",
        card_id,
        code_hash,
        last4,
        now,
    )
    await record(
        actor,
        verb="made a code for a gift card",
        subject_kind="holding",
        subject=card_id,
        now=now,
        before={"last4": card.last4},
        after={"last4": last4},
    )


def may_make_code(card: Holding, *, now: datetime) -> bool:
    """True when the desk may make a code for a card without a manager, if nothing was spent."""
    return card.code_made_at is None or now - card.code_made_at <= SHOWN_AGAIN


async def was_spent(card: Holding) -> bool:
    """True when somebody paid with a card since it has a code."""
    return card.code_made_at is not None and any(line.kind == "redeemed" for line in await history(card.id))


@action
async def try_code(actor: Actor, *, code_hash: str, network: str, now: datetime) -> UUID | None:
    """The gift card of a code, or None; the try is counted for the device and the network.

    Not inside another action: a miss must outlive the refusal that follows it.

    Raises:
        TooMany: `too-many-codes-tried`.
    """
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended('code-try:' || $1, 0))", network)
    check_misses(await code_misses(actor.device_id, network, now=now))
    card = await find_by_code(code_hash)
    await insert(CodeTry, device=actor.device_id, network=network, tried_at=now, found=card is not None)
    return None if card is None else card.id


@dataclass(frozen=True, slots=True)
class ImportedCards:
    """What an import did, or would do; with problems nothing was done."""

    cards: int
    problems: list[str]
    done: bool


@action
async def import_cards(
    actor: Actor, *, rows: Sequence[Sequence[str]], batch: str, secret: str, dry_run: bool, now: datetime
) -> ImportedCards:
    """Preprinted cards become known, inactive and empty, until they are sold: all of them or none.

    The first row names the columns: `code`, and nothing else. A column for an expiry or a fee is refused
    (Minn. Stat. 325G.53).

    Raises:
        NotAllowed: `import-needs-manager`.
        Invalid: `import-columns`, `import-empty`, `import-too-long`, `paid-value-never-expires`.
    """
    check_manager(actor, "import-needs-manager", "A manager imports preprinted cards.")
    _check_columns(rows)
    hashes: dict[str, str] = {}
    problems = []
    for line, row in enumerate(rows[1:], 2):
        try:
            if len(row) != 1:
                raise Invalid("import-columns", "There is more than a code.")
            code = check_preprinted(row[0])
        except Refusal as refusal:
            problems.append(f"line {line}: {refusal.sentence}")
            continue
        hashed = code_hash(code, secret)
        if hashed in hashes:
            problems.append(f"line {line}: the code ending in {last_four(code)} came before.")
        hashes[hashed] = last_four(code)
    known = await fetch("SELECT last4 FROM holding WHERE code_hash = ANY($1) ORDER BY last4", list(hashes))
    problems += [f"the card ending in {row['last4']} is known already." for row in known]
    if problems or dry_run:
        return ImportedCards(len(hashes), problems, done=False)
    await _insert_cards(actor, hashes, batch, now)
    return ImportedCards(len(hashes), [], done=True)


def _check_columns(rows: Sequence[Sequence[str]]) -> None:
    header = [name.strip().lower() for name in rows[0]] if rows else []
    if any(word in name for name in header for word in ("expir", "valid", "fee")):
        raise Invalid(
            "paid-value-never-expires",
            "Gift cards have no expiry and no fee in Minnesota. Leave that column out; nothing was imported.",
        )
    if header != ["code"]:
        raise Invalid("import-columns", "The first line must be: code. Each further line is one code.")
    if len(rows) < 2:
        raise Invalid("import-empty", "There is no code in the file.")
    if len(rows) > MOST_IMPORTED + 1:
        raise Invalid("import-too-long", f"Import at most {MOST_IMPORTED:,} cards at once.")


async def _insert_cards(actor: Actor, hashes: dict[str, str], batch: str, now: datetime) -> None:
    every = list(hashes.items())
    for start in range(0, len(every), 1_000):
        await insert_many(
            HoldingRow,
            [
                {
                    "id": uuid7(now),
                    "kind": Kind.GIFT_CARD.value,
                    "status": "inactive",
                    "location": actor.location_id,
                    "code_hash": hashed,
                    "last4": last4,
                    "code_made_at": now,
                    "batch": batch,
                    "made_at": now,
                    "moved_at": now,
                }
                for hashed, last4 in every[start : start + 1_000]
            ],
        )
    await record(
        actor,
        verb=f"imported {len(every)} gift cards",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        after={"batch": batch, "cards": len(every)},
    )
