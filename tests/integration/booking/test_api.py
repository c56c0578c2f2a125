"""Open times as JSON: what the desk is offered, within the window of the guests, and refusals in words."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import booked
from tests.cast import Spa


async def asked(spa: Spa, **wish: object) -> tuple[int, Any]:
    """What a program without any cookie is told."""
    kiosk = await spa.locked_kiosk()
    kiosk.browser.cookies.clear()
    day = f"{spa.local(12, days=1):%Y-%m-%d}"
    values = {"service": "swedish-60", "day": day} | wish
    answer = await kiosk.browser.get(
        "/api/open-times", params={key: str(one) for key, one in values.items() if one is not None}
    )
    return answer.status_code, answer.json()


async def test_what_is_booked_is_not_open_and_the_best_times_have_a_reason(spa: Spa) -> None:
    ana = await spa.staff_id("Ana Okafor")
    status, before = await asked(spa, provider=ana)
    assert (status, before["location"], before["minutes"]) == (200, "rochester", 60)
    starts = [one["starts_at"] for one in before["times"]]
    ten = spa.local(10, days=1).astimezone(spa.house.zone).isoformat()
    assert ten in starts and starts == sorted(starts)
    assert {one["provider_name"] for one in before["times"]} == {"Ana"}
    assert 1 <= len(before["best"]) <= 4 and all(one["reason"] for one in before["best"])
    await booked(spa, at=spa.local(10, days=1))
    _, after = await asked(spa, provider=ana)
    assert ten not in [one["starts_at"] for one in after["times"]]
    assert "Ingrid" not in str(after)


async def test_a_day_beyond_the_horizon_has_no_times_and_one_too_soon_none_before_the_lead(spa: Spa) -> None:
    far = spa.clock.now + timedelta(days=700)
    status, found = await asked(spa, day=f"{far:%Y-%m-%d}")
    assert (status, found["times"], found["best"]) == (200, [], [])
    _, today = await asked(spa, day=None)
    assert today["day"] == "2026-11-24"
    assert all(datetime.fromisoformat(one["starts_at"]) > spa.clock.now for one in today["times"])


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"service": "nothing"}, 404, "service-unknown"),
        ({"add_on": "nothing"}, 404, "add-on-unknown"),
        ({"group": "kings"}, 404, "group-unknown"),
        ({"location": "mars"}, 404, "location-unknown"),
        ({"gender": "x"}, 422, "gender-unknown"),
        ({"day": "24.11.2026"}, 422, "date-unreadable"),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_a_sentence(
    spa: Spa, wish: dict[str, str], status: int, code: str
) -> None:
    found, problem = await asked(spa, **wish)
    assert (found, problem["code"]) == (status, code)
    assert problem["sentence"].endswith(".")
