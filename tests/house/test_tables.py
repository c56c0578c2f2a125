"""Tables spell out what Piccolo would otherwise choose (DATA.md §2)."""

from collections.abc import Iterator

import pytest
from piccolo.columns import (
    Column,
    ForeignKey,
    Integer,
    Numeric,
    OnDelete,
    OnUpdate,
    Real,
    Timestamp,
    Timestamptz,
)
from piccolo.columns.column_types import BigInt, DoublePrecision
from piccolo.table import Table

from spa_pos.piccolo_app import APP_CONFIG

TABLES = APP_CONFIG.table_classes

MAY_BE_ABSENT = {
    "appointment.party": "booked alone",
    "appointment.policy": "booked where no policy was set",
    "approval.asked_by": "a job asked",
    "approval.device": "asked without a kiosk",
    "attempt.reader": "a card can be charged without a reader",
    "attempt.stored_card": "a card on a reader",
    "card_difference.settled_by": "nobody has looked into it yet, by its check",
    "card_term.guest_group": "a rule for every group",
    "card_term.made_by": "one that was there before rules had versions",
    "card_term.service": "a rule for every service",
    "card_setup.asked_by": "the guest did it on their own device",
    "stock_movement.made_by": "a job settles a ticket that a reader paid",
    "referral.ended_by": "it is in force",
    "ticket_line.referral": "only massage exempt on a referral has one",
    "stored_card.removed_by": "it is on file, or the guest removed it",
    "audit_event.device": "a job has no device",
    "audit_event.staff": "a job is nobody",
    "booking_window.guest_group": "the window of every group",
    "booking_window.service": "the window of every service",
    "claim.appointment": "a block has none, by its check",
    "claim.block": "an appointment has none, by its check",
    "code_try.device": "a code can be asked for on the guests' own pages",
    "eligibility.seen_by": "evidence that came with the first data",
    "line_discount.approval": "within what the desk may give alone",
    "line_discount.given_by": "a promotion gives itself",
    "line_discount.promo": "only promo codes have one, by its check",
    "one_price_part.product": "a service, by its check",
    "one_price_part.service": "a product, by its check",
    "ticket_line.one_price_sale": "sold by itself",
    "line_discount.tender": "only package visits have one, by its check",
    "online_booking.setup": "only a card that was asked for before the visit is booked",
    "drawer.approval": "within the threshold, or a manager closes it",
    "drawer.closed_by": "nobody has closed it yet, by its check",
    "payroll_authorisation.recorded_by": "one that came with the first data",
    "holding.guest": "a gift card belongs to whoever brings it",
    "holding.plan": "only packages have one, by their check",
    "price.guest_group": "the price of every group that has none of its own",
    "refund.approval": "a manager, or little and soon",
    "refund.drawer": "no cash goes back",
    "refund.made_by": "a job can make one",
    "card_return.asked_by": "a job can ask",
    "refund_part.tender": "money that goes back as new stored value",
    "refund_part.tip_change": "all but late tips",
    "gift_delivery.made_by": "a job can settle the ticket that sells it",
    "print_job.device": "a job without a kiosk",
    "print_job.made_by": "a job can print",
    "receipt_link.made_by": "a job can send one",
    "receipt_link.refund": "the link of a sale's own receipt has none",
    "resource.staff": "a room is nobody; a provider is somebody by its check",
    "tender.attempt": "cash has none, by its check",
    "tender.authorisation": "only payroll deductions have one, by its check",
    "tender.taken_by": "a card payment can be recorded by the recovery job",
    "ticket.guest": "somebody buys a candle",
    "ticket.opened_by": "a job can open one",
    "ticket.settled_by": "the recovery job can settle one; an open one is settled by nobody",
    "ticket_line.add_on": "services and products have none",
    "ticket_line.appointment": "a product has none",
    "ticket_line.approval": "within what the desk may sell alone",
    "ticket_line.deposit_for": "only deposits have one, by its check",
    "ticket_line.fee_of": "only fees have one",
    "ticket_line.plan": "only packages have one",
    "ticket_line.product": "a service has none",
    "ticket_line.service": "only services by the minute have one",
    "ticket_line.provider": "a product has none",
    "tip_ask.approval": "a manager asks alone",
    "tip_ask.asked_by": "a job can ask",
    "online_booking.appointment": "who asks for the waitlist holds nothing, by its check",
    "tip_change.approval": "a manager changes tips alone",
    "tip_change.attempt": "only tips by card have one, by its check",
    "tip_change.made_by": "the recovery job can write down that a card paid",
    "wait.provider": "nobody was asked for by name, by its check",
    "value_movement.made_by": "a job ends free parts",
    "value_movement.package_item": "only visits of packages have one",
    "work_limit.staff": "the limit of everybody who has none of their own",
}


def columns() -> Iterator[tuple[str, Column]]:
    for table in TABLES:
        for column in table._meta.columns:
            yield f"{table._meta.tablename}.{column._meta.name}", column


def test_every_foreign_key_refuses_to_cascade() -> None:
    keys = {name: column for name, column in columns() if isinstance(column, ForeignKey)}
    assert len(keys) > 20
    for name, key in keys.items():
        rules = key._foreign_key_meta
        assert (rules.on_delete, rules.on_update) == (OnDelete.restrict, OnUpdate.restrict), name


def test_a_foreign_key_is_required_unless_its_absence_means_something() -> None:
    absent = {name for name, key in columns() if isinstance(key, ForeignKey) and key._meta.null}
    assert absent == MAY_BE_ABSENT.keys()


def test_money_is_whole_cents_and_nothing_is_a_fraction() -> None:
    for name, column in columns():
        if name.endswith("_cents"):
            assert isinstance(column, Integer | BigInt), name
        assert not isinstance(column, Numeric | Real | DoublePrecision), name


def test_every_instant_knows_its_zone() -> None:
    naive = [name for name, column in columns() if type(column) is Timestamp]
    assert naive == []


def test_an_instant_ends_in_at_or_until() -> None:
    odd = [
        name
        for name, column in columns()
        if isinstance(column, Timestamptz) and not name.endswith(("_at", "_until"))
    ]
    assert odd == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.tablename)
def test_a_table_says_what_a_row_is(table: type[Table]) -> None:
    assert table.__doc__


def test_every_constraint_has_a_name_of_its_own() -> None:
    names = [constraint._meta.name for table in TABLES for constraint in table._meta.constraints]
    assert len(names) == len(set(names))
    for table in TABLES:
        for constraint in table._meta.constraints:
            assert constraint._meta.name.startswith(table._meta.tablename), constraint._meta.name
