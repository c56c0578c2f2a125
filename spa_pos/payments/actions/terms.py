"""Setting who is asked for a card or a deposit to book."""

from datetime import datetime
from typing import Any
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, fetch_value, insert, lock
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import CONSENT_VERSION, Asks, check_term, consent_text
from spa_pos.payments.tables import CardTerm
from spa_pos.people.actions import need_role, record


@action
async def set_card_term(
    actor: Actor,
    *,
    term_id: UUID,
    service_id: UUID | None,
    group: str | None,
    new_guests: bool,
    asks: Asks,
    rate_ppm: int | None,
    amount_cents: Cents | None,
    from_cents: Cents,
    place_name: str,
    now: datetime,
) -> int:
    """A new version of a rule, for what is booked from now on; gives its number.

    It ends the one for the same service, group and guests. Visits booked before stay with what they were
    asked. The words that guests agree to are kept with it.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `service-unknown`, `group-unknown`.
        Invalid: what `check_term` refuses.
        Conflict: `rule-same` when it says what the one in force says.
    """
    need_role(actor, Role.MANAGER)
    check_term(asks, rate_ppm, amount_cents, from_cents)
    await _check_known(service_id, group)
    await lock(f"card-terms:{actor.location_id}")
    known = await fetch_one("SELECT version FROM card_term WHERE id = $1", term_id)
    if known is not None:
        return int(known["version"])
    values = {
        "service": service_id,
        "guest_group": group,
        "new_guests": new_guests,
        "asks": asks.value,
        "rate_ppm": rate_ppm,
        "amount_cents": amount_cents,
        "from_cents": from_cents,
        "consent_text": consent_text(place_name),
        "consent_version": CONSENT_VERSION,
    }
    await _end_same(actor, values, now)
    return await _write(actor, term_id, values, now)


async def _write(actor: Actor, term_id: UUID, values: dict[str, Any], now: datetime) -> int:
    version = 1 + int(
        await fetch_value(
            "SELECT coalesce(max(version), 0) FROM card_term WHERE location = $1", actor.location_id
        )
    )
    await insert(
        CardTerm,
        id=term_id,
        location=actor.location_id,
        version=version,
        begins_at=now,
        made_by=actor.staff_id,
        **values,
    )
    await _about(actor, "set a card rule", now, after={**values, "version": version})
    return version


async def _check_known(service_id: UUID | None, group: str | None) -> None:
    if service_id and not await fetch("SELECT 1 FROM service WHERE id = $1", service_id):
        raise NotFound("service-unknown", "There is no such service. Choose one from the menu.")
    if group and not await fetch("SELECT 1 FROM guest_group WHERE code = $1", group):
        raise NotFound("group-unknown", "There is no such group. Choose one from the list.")


async def _end_same(actor: Actor, values: dict[str, Any], now: datetime) -> None:
    """End the rule for the same service, group and guests, if there is one.

    Raises:
        Conflict: `rule-same` when it says the same.
    """
    before = await fetch_one(
        "SELECT id, version, asks, rate_ppm, amount_cents, from_cents, consent_text, consent_version"
        " FROM card_term WHERE location = $1 AND service IS NOT DISTINCT FROM $2"
        " AND guest_group IS NOT DISTINCT FROM $3 AND new_guests = $4 AND ended_at IS NULL",
        actor.location_id,
        values["service"],
        values["guest_group"],
        values["new_guests"],
    )
    if before is None:
        return
    if all(before[name] == values[name] for name in list(values)[3:]):
        raise Conflict("rule-same", "That is the rule in force. Nothing was changed.")
    await fetch("UPDATE card_term SET ended_at = $2 WHERE id = $1", before["id"], now)


@action
async def end_card_term(actor: Actor, *, term_id: UUID, now: datetime) -> None:
    """A rule counts no more for what is booked from now on.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `rule-unknown`.
        Conflict: `rule-ended`.
    """
    need_role(actor, Role.MANAGER)
    await lock(f"card-terms:{actor.location_id}")
    row = await fetch_one(
        "SELECT version, ended_at FROM card_term WHERE id = $1 AND location = $2", term_id, actor.location_id
    )
    if row is None:
        raise NotFound("rule-unknown", "There is no such rule. Open the page again.")
    if row["ended_at"] is not None:
        raise Conflict("rule-ended", "That rule has ended already. Nothing was changed.")
    await fetch("UPDATE card_term SET ended_at = $2 WHERE id = $1", term_id, now)
    await _about(actor, "ended a card rule", now, before={"version": row["version"]})


async def _about(
    actor: Actor,
    verb: str,
    now: datetime,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    await record(
        actor,
        verb=verb,
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        before=before,
        after=after,
    )
