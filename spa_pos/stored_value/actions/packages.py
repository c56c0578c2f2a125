"""Package plans, and packages that guests buy."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, insert, insert_many
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.people.actions import record
from spa_pos.stored_value.actions.common import (
    Issued,
    asked_before,
    check_manager,
    locked_active,
    move,
    same_amount,
)
from spa_pos.stored_value.queries import Plan, holding, plan
from spa_pos.stored_value.rules import (
    Kind,
    Parts,
    PlanItem,
    allocate,
    check_amount,
    check_plan,
    postings_for_value_in,
)
from spa_pos.stored_value.tables import (
    Holding as HoldingRow,
)
from spa_pos.stored_value.tables import (
    PackageItem,
    PackagePlan,
    PackagePlanItem,
)


@action
async def add_plan(
    actor: Actor,
    *,
    plan_id: UUID,
    name: str,
    price_cents: Cents,
    items: Sequence[PlanItem],
    now: datetime,
) -> UUID:
    """A package that can be sold from now on. A plan is never changed: end it and add another.

    Raises:
        NotAllowed: `plan-needs-manager`.
        Invalid: what `check_plan` refuses.
    """
    check_manager(actor, "plan-needs-manager", "A manager makes packages.")
    name = " ".join(name.split())
    check_plan(name, price_cents, items)
    if await fetch_one("SELECT id FROM package_plan WHERE id = $1", plan_id):
        return plan_id
    await insert(PackagePlan, id=plan_id, name=name, price_cents=price_cents, made_at=now)
    await insert_many(
        PackagePlanItem,
        [
            {
                "id": uuid7(now),
                "plan": plan_id,
                "service": item.service_id,
                "position": position,
                "visits": item.visits,
                "list_price_cents": item.list_price_cents,
            }
            for position, item in enumerate(items, 1)
        ],
    )
    await record(
        actor,
        verb="made a package",
        subject_kind="package plan",
        subject=plan_id,
        now=now,
        after={"name": name, "price_cents": price_cents},
    )
    return plan_id


@action
async def end_plan(actor: Actor, *, plan_id: UUID, now: datetime) -> None:
    """A package that is not sold any more; those that guests bought stay as they are.

    Raises:
        NotAllowed: `plan-needs-manager`.
        NotFound: `plan-unknown`.
    """
    check_manager(actor, "plan-needs-manager", "A manager ends packages.")
    found = await plan(plan_id)
    if found.active:
        await fetch("UPDATE package_plan SET active = false WHERE id = $1", plan_id)
        await record(actor, verb="ended a package", subject_kind="package plan", subject=plan_id, now=now)


@action
async def sell_package(
    actor: Actor,
    *,
    package_id: UUID,
    plan_id: UUID,
    guest_id: UUID,
    paid_cents: Cents,
    ticket_id: UUID,
    now: datetime,
) -> Issued:
    """A guest buys a package: its visits, and what was paid for it allocated to them by stand-alone value.

    Less may be paid than the plan's price (a discount on its line). The postings credit what was paid. The
    package's id is the movement's.

    Raises:
        NotFound: `plan-unknown`.
        Invalid: `amount-nothing`, `plan-price`.
        Conflict: `plan-ended`, `id-taken`.
    """
    check_amount(paid_cents)
    known = await asked_before(package_id, package_id, ("sold",))
    if known is not None:
        same_amount(known, paid_cents)
        before = await holding(package_id)
        postings = postings_for_value_in(Kind.PACKAGE, known.parts)
        return Issued(package_id, paid_cents, before.paid_cents, postings)
    sold = await plan(plan_id)
    if not sold.active:
        raise Conflict("plan-ended", f"{sold.name} is not sold any more. Choose another package.")
    items = [item.for_rules for item in sold.items]
    check_plan(sold.name, paid_cents, items)
    await _insert_package(actor, package_id, sold, guest_id, paid_cents, now)
    left = await move(
        actor,
        movement_id=package_id,
        whose=await locked_active(package_id),
        kind="sold",
        parts=Parts(paid_cents),
        verb="sold a package",
        visits=sum(item.visits for item in items),
        subject=ticket_id,
        now=now,
    )
    return Issued(package_id, paid_cents, left, postings_for_value_in(Kind.PACKAGE, Parts(paid_cents)))


async def _insert_package(
    actor: Actor, package_id: UUID, sold: Plan, guest_id: UUID, paid: Cents, now: datetime
) -> None:
    items = [item.for_rules for item in sold.items]
    await insert(
        HoldingRow,
        id=package_id,
        kind=Kind.PACKAGE.value,
        location=actor.location_id,
        guest=guest_id,
        plan=sold.id,
        made_at=now,
        moved_at=now,
    )
    await insert_many(
        PackageItem,
        [
            {
                "id": uuid7(now),
                "holding": package_id,
                "service": item.service_id,
                "position": position,
                "visits_bought": item.visits,
                "visits_left": item.visits,
                "value_cents": share,
                "left_cents": share,
            }
            for position, (item, share) in enumerate(zip(items, allocate(paid, items), strict=True), 1)
        ],
    )
