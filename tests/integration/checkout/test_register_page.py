"""The register's own page: what managers set, and what is refused there."""

from uuid import uuid4

import pytest

from spa_pos.checkout.actions import discount
from spa_pos.checkout.queries import promos, register_terms
from spa_pos.db import fetch_value
from spa_pos.kernel.errors import NeedsApproval
from tests.cast import Kiosk, Spa
from tests.sale import Sale

LIMITS = {
    "desk_discount": "5",
    "desk_amount": "6.00",
    "desk_day": "50",
    "manager_discount": "40",
    "manager_day": "400.00",
    "manager_override": "12.5",
}


async def office(spa: Spa) -> Kiosk:
    kiosk = await spa.kiosk("Renata Silva")
    await kiosk.open("/register")
    return kiosk


async def test_limits_count_from_the_next_discount_on(spa: Spa) -> None:
    kiosk = await office(spa)
    page = await kiosk.send("/register/limits", **LIMITS)
    assert "The limits are changed" in page.words
    terms = await register_terms(spa.house.location_id)
    assert (terms.desk_discount_ppm, terms.desk_discount_cents) == (50_000, 600)
    assert (terms.manager_discount_ppm, terms.manager_override_ppm) == (400_000, 125_000)
    assert (terms.desk_day_cents, terms.manager_day_cents) == (5_000, 40_000)
    assert terms.tip_choices_ppm == (150_000, 200_000, 250_000), "what the form does not show stays"
    sale = await Sale.open(spa)
    asked = {"line_id": None, "amount_cents": None, "reason": "Waited", "approval_id": None}
    with pytest.raises(NeedsApproval):
        await sale(discount, rate_ppm=60_000, **asked)
    await sale(discount, rate_ppm=50_000, **asked)
    assert (
        await fetch_value("SELECT count(*) FROM audit_event WHERE verb = 'changed the limits of discounts'")
        == 1
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"desk_discount": "50"}, "desk_discount"),
        ({"manager_discount": "101"}, "manager_discount"),
        ({"manager_override": "100.01"}, "manager_override"),
        ({"desk_day": "500"}, "desk_day"),
        ({"desk_amount": "ten"}, ""),
        ({"manager_discount": "-1"}, "percent"),
    ],
)
async def test_limits_that_cannot_be_are_refused_and_change_nothing(
    spa: Spa, wrong: dict[str, str], field: str
) -> None:
    before = await register_terms(spa.house.location_id)
    kiosk = await office(spa)
    page = await kiosk.send("/register/limits", **LIMITS | wrong)
    assert page.status == 422, field
    assert page.problem
    assert await register_terms(spa.house.location_id) == before


async def test_the_desk_sets_no_limits(spa: Spa) -> None:
    desk = await spa.kiosk()
    page = await desk.post("/register/limits", LIMITS | {"request": str(uuid4())})
    assert page.status == 403


async def test_a_promo_code_is_added_refused_twice_and_ended(spa: Spa) -> None:
    kiosk = await office(spa)
    typed = {"code": "AUTUMN", "name": "Autumn", "percent": "10", "until": "2026-12-31"}
    page = await kiosk.send("/register/promos", **typed)
    assert "can be used" in page.words
    (promo,) = await promos()
    assert (promo.code, promo.terms.rate_ppm, promo.terms.active) == ("AUTUMN", 100_000, True)
    for wrong, code in (
        ({}, "promo-code-taken"),
        ({"code": "WINTER", "percent": "", "amount": ""}, "discount-unreadable"),
        ({"code": "WINTER", "most_uses": "many"}, "promo-unreadable"),
        ({"code": "WINTER", "until": "2026-01-01"}, "ends-before-start"),
    ):
        await kiosk.open("/register")
        page = await kiosk.send("/register/promos", **typed | wrong)
        assert page.problem == code
    await kiosk.open("/register")
    await kiosk.send(f"/register/promos/{promo.id}/end")
    (promo,) = await promos()
    assert not promo.terms.active


async def test_tips_are_asked_for_where_a_manager_says(spa: Spa) -> None:
    kiosk = await office(spa)
    await kiosk.send("/register/tips", massage="yes")
    assert await fetch_value("SELECT array_agg(code) FROM category WHERE takes_tips") == ["massage"]
