"""A day of the processor beside ours: what agrees, and each way in which the two part."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import (
    Charged,
    Kind,
    OurPayment,
    OurRefund,
    Returned,
    State,
    compare_payments,
    compare_refunds,
)

THEN = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
TICKET, REFUND, PART = UUID(int=1), UUID(int=2), UUID(int=3)


def charged(cents: int = 500, name: str = "ch_1", *, payment: str = "pi_1", currency: str = "usd") -> Charged:
    return Charged(name, payment, Cents(cents), currency, THEN)


def paid(cents: int = 500, *, state: State = State.PAID, booked: int | None = None) -> OurPayment:
    received = Cents(cents if state is State.PAID else 0)
    in_books = Cents(cents if booked is None else booked)
    return OurPayment(UUID(int=9), UUID(int=8), "pi_1", state, received, in_books, TICKET)


def returned(cents: int = 500, *, gone: bool = True, part: str | None = None, **more: Any) -> Returned:
    return Returned("re_1", "pi_1", part, Cents(cents), more.get("currency", "usd"), gone, THEN)


def given(cents: int = 500, *, done: bool = True, name: str | None = "re_1") -> OurRefund:
    return OurRefund(PART, UUID(int=8), REFUND, name, Cents(cents), done)


@pytest.mark.parametrize(
    ("there", "here", "kind"),
    [
        ([charged()], [paid()], None),
        ([], [], None),
        ([charged(200), charged(300, "ch_2")], [paid()], None),
        ([charged()], [], Kind.CHARGE_UNKNOWN),
        ([charged(payment="")], [], Kind.CHARGE_UNKNOWN),
        ([charged()], [paid(state=State.CANCELLED)], Kind.CHARGE_GIVEN_UP),
        ([charged()], [paid(state=State.UNKNOWN)], Kind.CHARGE_GIVEN_UP),
        ([], [paid(state=State.DECLINED)], None),
        ([charged(501)], [paid()], Kind.CHARGE_AMOUNT),
        ([charged(currency="jpy")], [paid()], Kind.CHARGE_AMOUNT),
        ([], [paid()], Kind.CHARGE_MISSING),
        ([charged()], [paid(booked=0)], Kind.CHARGE_UNBOOKED),
        ([charged()], [paid(booked=499)], Kind.CHARGE_UNBOOKED),
    ],
)
def test_payments(there: list[Charged], here: list[OurPayment], kind: Kind | None) -> None:
    found = compare_payments(there, here).differences
    assert [one.kind for one in found] == ([] if kind is None else [kind])


@pytest.mark.parametrize(
    ("there", "here", "kind"),
    [
        ([returned()], [given()], None),
        ([returned(part=str(PART))], [given(name=None)], None),
        ([returned(gone=False)], [], None),
        ([returned(gone=False)], [given(done=False)], None),
        ([returned()], [], Kind.REFUND_UNKNOWN),
        ([returned(part=str(PART))], [given(done=False, name=None)], Kind.REFUND_GIVEN_UP),
        ([returned(499)], [given()], Kind.REFUND_AMOUNT),
        ([returned(currency="eur")], [given()], Kind.REFUND_AMOUNT),
        ([], [given()], Kind.REFUND_MISSING),
        ([], [given(done=False)], None),
        ([returned(gone=False)], [given()], Kind.REFUND_CAME_BACK),
    ],
)
def test_refunds(there: list[Returned], here: list[OurRefund], kind: Kind | None) -> None:
    found = compare_refunds(there, here, {"pi_1": TICKET}).differences
    assert [one.kind for one in found] == ([] if kind is None else [kind])


def test_what_agrees_is_counted_once_and_its_money_is_the_processors() -> None:
    payments = compare_payments([charged(200), charged(300, "ch_2"), charged(700, payment="pi_2")], [paid()])
    assert (payments.count, payments.cents) == (2, 1_200)
    refunds = compare_refunds([returned(gone=False), returned(300)], [], {})
    assert (refunds.count, refunds.cents) == (2, 300)


def test_a_refund_nobody_here_made_leads_to_the_ticket_it_is_of() -> None:
    (found,) = compare_refunds([returned()], [], {"pi_1": TICKET}).differences
    assert found.ticket_id == TICKET
