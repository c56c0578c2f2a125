"""Massage without sales tax: on a stored referral that covers it, or as facility treatment."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from spa_pos.care.actions import end_referral, forget_referrals, set_treatment
from spa_pos.care.queries import referrals_of
from spa_pos.checkout.actions import settle_ticket, take_cash
from spa_pos.checkout.actions.exemptions import exempt_as_treatment, exempt_by_referral, tax_again
from spa_pos.checkout.queries.exemptions import broken_exemptions, referrals_in_use
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid
from tests.cast import Spa
from tests.referrals import PAGE, stored
from tests.sale import Sale, balance, renata


async def _line(sale: Sale) -> UUID:
    return (await sale.now()).lines[0].id


async def test_a_valid_referral_takes_the_tax_off_and_its_reason_stays(spa: Spa) -> None:
    """Vector: massage $120.00 with valid referral: tax 0.00, total 120.00, reason stored."""
    guest_id = await spa.guest()
    sale = await Sale.open(spa, guest_id)
    assert await sale.remaining() == 12_975
    referral_id = await stored(spa, guest_id)
    await sale(exempt_by_referral, line_id=await _line(sale), referral_id=referral_id)
    assert await sale.remaining() == 12_000
    await sale(take_cash, tender_id=uuid4(), given_cents=12_000)
    assert (await sale.now()).head.status == "settled" or await sale.later(settle_ticket)
    found = (await sale.now()).lines[0]
    assert (found.tax_treatment, found.tax_cents, found.referral_id) == (
        "exempt-written-referral",
        0,
        referral_id,
    )
    assert await balance("2200-sales-tax:mn") == 0
    assert await broken_exemptions() == []


async def test_one_that_was_written_later_lapsed_or_ended_leaves_it_taxable(spa: Spa) -> None:
    """Vector: referral dated after the service, or lapsed: taxable."""
    guest_id = await spa.guest()
    sale = await Sale.open(spa, guest_id)
    today = spa.local(9).date()
    lapsed = await stored(spa, guest_id, written_on=today - timedelta(60), valid_until=today - timedelta(1))
    ended = await stored(spa, guest_id)
    await end_referral(spa.maya, referral_id=ended, now=spa.clock.now)
    await end_referral(spa.maya, referral_id=ended, now=spa.clock.now)
    for referral_id, code in ((lapsed, "referral-lapsed"), (ended, "referral-ended")):
        with pytest.raises(Conflict) as refused:
            await sale(exempt_by_referral, line_id=await _line(sale), referral_id=referral_id)
        assert refused.value.code == code
    assert await sale.remaining() == 12_975


async def test_another_guests_referral_and_another_service_are_refused(spa: Spa) -> None:
    guest_id, other = await spa.guest(), await spa.guest("Tom Becker")
    sale = await Sale.open(spa, guest_id)
    theirs = await stored(spa, other)
    with pytest.raises(Conflict) as refused:
        await sale(exempt_by_referral, line_id=await _line(sale), referral_id=theirs)
    assert refused.value.code == "referral-not-for-this"
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="exempt without proof"):
        await fetch(
            "UPDATE ticket_line SET tax_treatment = 'exempt-written-referral', referral = $2 WHERE id = $1",
            await _line(sale),
            theirs,
        )


async def test_the_tax_comes_back_and_not_below_what_was_paid(spa: Spa) -> None:
    guest_id = await spa.guest()
    sale = await Sale.open(spa, guest_id)
    referral_id = await stored(spa, guest_id)
    await sale(exempt_by_referral, line_id=await _line(sale), referral_id=referral_id)
    await sale(tax_again, line_id=await _line(sale))
    assert await sale.remaining() == 12_975
    await sale(take_cash, tender_id=uuid4(), given_cents=12_500)
    with pytest.raises(Conflict):
        await sale(exempt_by_referral, line_id=await _line(sale), referral_id=referral_id)
    assert await sale.remaining() == 475


async def test_facility_treatment_is_off_until_a_manager_allows_it_and_never_for_days_before(
    spa: Spa,
) -> None:
    sale = await Sale.open(spa, await spa.guest())
    with pytest.raises(Conflict) as refused:
        await sale(exempt_as_treatment, line_id=await _line(sale))
    assert refused.value.code == "treatment-off"
    boss, today = await renata(spa), spa.local(9).date()
    with pytest.raises(Invalid):
        await set_treatment(
            boss,
            terms_id=uuid4(),
            valid_from=today - timedelta(1),
            allowed=True,
            care_tax_ppm=18_000,
            now=spa.clock.now,
        )
    await set_treatment(
        boss, terms_id=uuid4(), valid_from=today, allowed=True, care_tax_ppm=18_000, now=spa.clock.now
    )
    await sale(exempt_as_treatment, line_id=await _line(sale))
    assert await sale.remaining() == 12_000
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await fetch("UPDATE treatment_terms SET allowed = false")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"for_treatment": False}, "treatment-missing"),
        ({"professional": " "}, "professional-missing"),
        ({"licence": ""}, "licence-missing"),
        ({"profession": "barber"}, "profession-unknown"),
        ({"written_on": None}, "written-missing"),
        ({"written_on": date(2027, 1, 1)}, "written-later"),
        ({"valid_until": date(2020, 1, 1)}, "valid-days"),
        ({"scan": b""}, "scan-missing"),
        ({"scan": b"%PDF-1.7 broken off"}, "scan-unreadable"),
        ({"scan": b"<html>%%EOF"}, "scan-unreadable"),
        ({"scan": PAGE + b"\n" * (5 * 1024 * 1024)}, "scan-too-large"),
    ],
)
async def test_what_is_no_proof_is_not_stored(spa: Spa, changed: dict[str, object], code: str) -> None:
    guest_id = await spa.guest()
    with pytest.raises(Invalid) as refused:
        await stored(spa, guest_id, **changed)
    assert refused.value.code == code
    assert await referrals_of(guest_id, spa.house.location_id) == []


async def test_a_referral_is_never_changed_nor_its_page(spa: Spa) -> None:
    referral_id = await stored(spa, await spa.guest())
    for statement in (
        "UPDATE referral SET valid_until = valid_until + 1",
        "UPDATE referral_scan SET content = 'x'",
        "DELETE FROM referral_scan",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await fetch(statement)
    assert await fetch_value("SELECT count(*) FROM referral_scan WHERE referral = $1", referral_id) == 1


async def test_a_guest_who_is_forgotten_keeps_only_what_the_taxes_need(spa: Spa) -> None:
    guest_id = await spa.guest()
    used, unused = await stored(spa, guest_id), await stored(spa, guest_id)
    sale = await Sale.open(spa, guest_id)
    await sale(exempt_by_referral, line_id=await _line(sale), referral_id=used)
    await forget_referrals(guest_id, keep=await referrals_in_use(guest_id))
    (left,) = await referrals_of(guest_id, spa.house.location_id)
    assert (left.id, await fetch_value("SELECT count(*) FROM referral_scan WHERE referral = $1", unused)) == (
        used,
        0,
    )
