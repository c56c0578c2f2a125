"""Several links of one party at once: one of them moves it. Without the guards, it would not hold."""

from collections.abc import Callable

import pytest

from spa_pos.booking.actions import move
from spa_pos.booking.actions.guest import guest_moves_party
from spa_pos.db import fetch_value
from spa_pos.web.forms import instant_from
from tests.cast import Spa
from tests.integration.messages.test_party_moves import (
    LIVE,
    a_phone,
    choose,
    couple,
    standing,
    the_guest,
)
from tests.races import Outcome, race, spa_elsewhere, without_advisory_locks, without_row_locks

CROWD = 16


async def race_of_links(spa: Spa) -> Outcome:
    """Ingrid sends both to one, Per to three, again and again."""
    both = await couple(spa)
    shown = []
    for visit_id, hour in ((both.mine, 13), (both.theirs, 15)):
        async with a_phone(spa) as phone:
            form = (await choose(phone, visit_id, hour=hour)).form("/times")
        shown.append((visit_id, instant_from(form["starts_at"]), form["seal"]))
    outcome = await race(
        guest_moves_party(
            the_guest(spa), appointment_id=visit_id, starts_at=starts_at, seal=seal, now=spa.clock.now
        )
        for visit_id, starts_at, seal in shown * (CROWD // 2)
    )
    assert len({starts_at for starts_at, _ in await standing(spa, both)}) == 1
    return outcome


async def test_of_many_links_at_once_one_moves_all_of_them(spa: Spa) -> None:
    outcome = await race_of_links(spa)
    assert (len(outcome.won), outcome.codes) == (1, {"appointment-changed"})
    assert await fetch_value(LIVE) == 4


@pytest.mark.parametrize("guard", ["the locks of the day alone", "the lock of the visits alone", "neither"])
async def test_either_lock_is_enough_and_without_both_many_win(
    database: object, new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    if guard != "the locks of the day alone":
        without_advisory_locks(monkeypatch, move)
    if guard != "the lock of the visits alone":
        without_row_locks(monkeypatch)
    async with spa_elsewhere(new_database()) as spa:
        winners = len((await race_of_links(spa)).won)
    assert winners > 1 if guard == "neither" else winners == 1
