"""What the verbs of the calendar share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from piccolo.columns import Column

from spa_pos.booking.actions.outcomes import settle_offers
from spa_pos.booking.queries import Visit, needs_of, visit
from spa_pos.booking.rules import Needs, Slot, Status, board_topic, check_status, check_version
from spa_pos.booking.tables import Appointment, AppointmentAddOn, Claim
from spa_pos.catalog.queries import MenuService, quotes, services
from spa_pos.catalog.rules import Quote
from spa_pos.db import announce, fetch, insert_many, lock
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import need_role, record
from spa_pos.people.queries import Group

HORIZON = timedelta(days=366)
"""How far ahead the desk may book."""

UNPROVEN_GROUP = "visitor"
"""Who a guest is to us when the declared group is not proven."""

IN_VISIT = {
    "guest_group": "group",
    "provider": "provider_id",
    "room": "room_number",
    "policy": "policy_id",
    "party": "party_id",
}
"""Columns of an appointment that a `Visit` names otherwise."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A service of the menu with the add-ons chosen."""

    service: MenuService
    add_ons: tuple[MenuService, ...]

    @property
    def needs(self) -> Needs:
        """What they ask of a day together."""
        return needs_of(self.service, self.add_ons)

    @property
    def ids(self) -> list[UUID]:
        """Of the service and its add-ons, in order."""
        return [self.service.id, *(one.id for one in self.add_ons)]


async def wanted_services(items: Sequence[tuple[UUID, Sequence[UUID]]]) -> list[Wanted]:
    """The services asked for with their add-ons, in order.

    Raises:
        NotFound, Invalid: what `wanted_among` refuses.
    """
    return await wanted_among(await services(ids_of(items)), items)


def ids_of(items: Sequence[tuple[UUID, Sequence[UUID]]]) -> list[UUID]:
    """Services and add-ons that are asked for, each once."""
    return list(dict.fromkeys(one for service_id, add_on_ids in items for one in (service_id, *add_on_ids)))


async def wanted_among(
    known: Mapping[UUID, MenuService], items: Sequence[tuple[UUID, Sequence[UUID]]]
) -> list[Wanted]:
    """The services asked for with their add-ons, in order, out of those that are known.

    Raises:
        NotFound: `service-unknown`.
        Invalid: `add-on-unfit` for one that does not go with its service, or is asked for twice.
    """
    fitting: set[tuple[UUID, UUID]] = set()
    if any(add_on_ids for _, add_on_ids in items):
        rows = await fetch(
            "SELECT service, add_on FROM service_add_on WHERE service = ANY($1)",
            [service_id for service_id, _ in items],
        )
        fitting = {(row["service"], row["add_on"]) for row in rows}
    found = []
    for service_id, add_on_ids in items:
        service = known.get(service_id)
        if service is None or service.is_add_on:
            raise NotFound("service-unknown", "There is no such service. Choose one from the menu.")
        if len(set(add_on_ids)) < len(add_on_ids) or any(
            (service_id, one) not in fitting for one in add_on_ids
        ):
            raise Invalid(
                "add-on-unfit", f"That add-on does not go with {service.name}. Choose again.", field="add_on"
            )
        found.append(Wanted(service, tuple(known[one] for one in add_on_ids)))
    return found


async def wanted_of(visits: Sequence[Visit]) -> list[Wanted]:
    """What appointments were booked for, in order."""
    known = await services(
        list({one for each in visits for one in (each.service_id, *(o.add_on_id for o in each.add_ons))})
    )
    return [
        Wanted(known[each.service_id], tuple(known[one.add_on_id] for one in each.add_ons)) for each in visits
    ]


def check_bookable_instant(starts_at: datetime, now: datetime) -> None:
    """Refuse what is no time on the board.

    Raises:
        Invalid: `time-unreadable` beyond the horizon or off the minute.
    """
    if starts_at.second or starts_at.microsecond or starts_at > now + HORIZON:
        raise Invalid("time-unreadable", "Choose a time within the next twelve months.", field="starts_at")


def check_quoted(prices: Sequence[Quote], quoted_cents: Cents) -> None:
    """Refuse a price that is not the one the page showed.

    Raises:
        Conflict: `price-changed` with the price as it is now.
    """
    price = Cents(sum(one.price_cents for one in prices))
    if price != quoted_cents:
        raise Conflict(
            "price-changed",
            f"The price changed while this page was open: it is {format_usd(price)} now."
            " Look again, then book.",
            price_cents=price,
        )


_IS_OVERDUE = "EXISTS (SELECT FROM appointment WHERE location = $2 AND status = 'held' AND held_until <= $3)"


async def lock_day(
    actor: Actor,
    kinds: Iterable[str],
    guests: Iterable[UUID],
    providers: Iterable[UUID],
    *days: date,
    now: datetime,
) -> None:
    """One booking at a time for a guest, a provider's day, and the things of a kind on a day.

    Holds that ran out are freed first: the guards of the database know no clock.
    """
    is_overdue = await lock(
        *(f"guest:{guest_id}" for guest_id in set(guests)),
        *(f"provider:{provider_id}:{day}" for provider_id in set(providers) for day in days),
        *(f"things:{actor.location_id}:{kind}:{day}" for kind in set(kinds) for day in days),
        asking=_IS_OVERDUE,
        about=(actor.location_id, now),
    )
    if is_overdue:
        await expire_overdue(actor, now)


async def expire_overdue(actor: Actor, now: datetime) -> list[UUID]:
    """Free what was held until now or before, unless a deposit may still be paid; gives what expired."""
    rows = await fetch(
        "WITH gone AS (UPDATE appointment SET status = 'expired', ended_at = $2, version = version + 1"
        "   WHERE location = $1 AND status = 'held' AND held_until <= $2 AND NOT is_being_paid(id, party, $2)"
        "   RETURNING id, starts_at),"
        " freed AS (UPDATE claim SET released = true, held_until = NULL"
        "   WHERE appointment IN (SELECT id FROM gone)) SELECT id, starts_at FROM gone",
        actor.location_id,
        now,
    )
    if rows:
        await settle_offers([row["id"] for row in rows], "expired", now)
        await tell_boards(actor, *(row["starts_at"] for row in rows))
    return [row["id"] for row in rows]


async def prices_of(
    actor: Actor, wanted: Wanted, group: Group, *, starts_at: datetime, booked_at: datetime
) -> list[Quote]:
    """What a service and its add-ons cost a group, in order.

    Raises:
        Conflict: `price-missing`.
    """
    found = await quotes(
        actor.location_id, actor.zone, wanted.ids, group, starts_at=starts_at, booked_at=booked_at
    )
    return all_priced(wanted, found)


def all_priced(wanted: Wanted, found: Mapping[UUID, Quote]) -> list[Quote]:
    """The price of a service and of each add-on, in order.

    Raises:
        Conflict: `price-missing`.
    """
    for one in (wanted.service, *wanted.add_ons):
        if one.id not in found:
            raise Conflict("price-missing", f"{one.name} has no price yet. Ask a manager to set one.")
    return [found[one] for one in wanted.ids]


def price_columns(price: Quote, group: Group, *, proven: bool) -> dict[str, object]:
    """The columns of an appointment that promise its price."""
    return {
        "guest_group": group.code,
        "group_proven": proven or not group.evidence,
        "list_price_cents": price.list_cents,
        "price_cents": price.price_cents,
        "reduction_code": price.reduction_code,
        "reduction_name": price.reduction_name,
    }


async def promise_add_ons(
    appointment_id: UUID, wanted: Wanted, prices: Sequence[Quote], now: datetime
) -> None:
    """Write the add-ons of an appointment with their prices; one that is there is priced again."""
    if not wanted.add_ons:
        return
    known = await fetch("SELECT add_on FROM appointment_add_on WHERE appointment = $1", appointment_id)
    if known:
        await fetch(
            "UPDATE appointment_add_on o SET list_price_cents = new.listed, price_cents = new.price,"
            " reduction_code = new.code, reduction_name = new.name"
            " FROM unnest($2::uuid[], $3::int[], $4::int[], $5::text[], $6::text[])"
            "   AS new (add_on, listed, price, code, name)"
            " WHERE o.appointment = $1 AND o.add_on = new.add_on",
            appointment_id,
            [one.id for one in wanted.add_ons],
            [price.list_cents for price in prices[1:]],
            [price.price_cents for price in prices[1:]],
            [price.reduction_code for price in prices[1:]],
            [price.reduction_name for price in prices[1:]],
        )
        return
    await insert_many(
        AppointmentAddOn,
        [
            {
                "id": uuid7(now),
                "appointment": appointment_id,
                "add_on": one.id,
                "position": position,
                "minutes": one.duration_minutes,
                "list_price_cents": price.list_cents,
                "price_cents": price.price_cents,
                "reduction_code": price.reduction_code,
                "reduction_name": price.reduction_name,
            }
            for position, (one, price) in enumerate(zip(wanted.add_ons, prices[1:], strict=True))
        ],
    )


async def write_claims(taken: Sequence[tuple[UUID, Slot, Needs]]) -> None:
    """Claim everything that appointments take."""
    await insert_many(Claim, claims_of(taken))


def claims_of(
    taken: Sequence[tuple[UUID, Slot, Needs]], *, held_until: datetime | None = None
) -> list[dict[str, object]]:
    """The claims of everything that appointments take, in an order that never deadlocks."""
    rows: list[dict[str, Any]] = [
        {
            "appointment": appointment_id,
            "resource_no": number,
            "starts_at": since,
            "ends_at": until,
            "held_until": held_until,
        }
        for appointment_id, slot, needs in taken
        for number, since, until in slot.claims(needs)
    ]
    return sorted(rows, key=lambda row: (row["resource_no"], row["starts_at"]))


async def changeable(actor: Actor, appointment_id: UUID, version: int, *allowed: Status) -> Visit:
    """The appointment, locked, when it stands where a step may follow and is as the person saw it.

    Raises:
        NotFound: `appointment-unknown`.
        Conflict: `appointment-changed`, or a status that does not allow it.
    """
    visit_now = await visit(appointment_id, actor.location_id, for_update=True)
    check_status(visit_now.status, *allowed)
    check_version(visit_now.version, version)
    return visit_now


async def change(
    actor: Actor,
    visit_now: Visit,
    changes: Mapping[str, Any],
    *,
    verb: str,
    reason: str | None,
    now: datetime,
) -> int:
    """Write what changes of an appointment, with its trace and the news of it. Gives the new version."""
    before = {name: getattr(visit_now, IN_VISIT.get(name, name)) for name in changes}
    version = visit_now.version + 1
    columns: dict[Column | str, Any] = {"version": version}
    columns.update(changes.items())
    await Appointment.update(columns).where(Appointment.id == visit_now.id)
    await record(
        actor,
        verb=verb,
        subject_kind="appointment",
        subject=visit_now.id,
        now=now,
        before=before,
        after=changes,
        reason=reason,
    )
    await tell_boards(actor, visit_now.starts_at, changes.get("starts_at", visit_now.starts_at))
    return version


async def tell_boards(actor: Actor, *starts: datetime) -> None:
    """Announce that the days of these instants changed."""
    days = {local_date(starts_at, actor.zone) for starts_at in starts}
    await announce(actor.location_id, *(board_topic(day) for day in sorted(days)))


def override_of(actor: Actor, text: str | None) -> str | None:
    """Why a provider's hands-on limits are passed, as it is kept; None where they hold.

    Raises:
        NotAllowed: `role-missing` for all but managers.
        Invalid: `reason-missing` or `reason-too-long`.
    """
    if text is None:
        return None
    need_role(actor, Role.MANAGER)
    return reason_of(text)


def reason_of(text: str) -> str:
    """A reason as it is kept.

    Raises:
        Invalid: `reason-missing` or `reason-too-long`.
    """
    reason = " ".join(text.split())
    if not reason:
        raise Invalid("reason-missing", "Say why, so that others understand it later.", field="reason")
    if len(reason) > 200:
        raise Invalid("reason-too-long", "A reason may have 200 letters at most.", field="reason")
    return reason
