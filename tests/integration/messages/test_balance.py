"""What is left on a gift card, asked by whoever holds it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from spa_pos.stored_value.actions import give_code, new_code
from spa_pos.stored_value.rules import code_hash, last_four
from tests.cast import ADDRESS, SECRET, Kiosk, Spa
from tests.value import Till


@pytest.fixture
async def phone(spa: Spa) -> AsyncIterator[Kiosk]:
    """A guest's telephone."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
        yield Kiosk(spa, browser)


async def coded(spa: Spa) -> str:
    """The code of a card with 80 dollars left."""
    till, code = Till(spa), new_code()
    card_id = await till.card(10_000)
    await give_code(
        spa.maya,
        card_id=card_id,
        code_hash=code_hash(code, SECRET),
        last4=last_four(code),
        now=spa.clock.now,
    )
    await till.pay(card_id, 2_000)
    return code


async def test_a_code_tells_what_is_left_and_is_not_shown_again(spa: Spa, phone: Kiosk) -> None:
    code = await coded(spa)
    page = await phone.post("/balance", {"code": code.lower()})
    assert page.status == 200 and "$80.00" in page.words and code not in page.text
    assert f"…{last_four(code)}" in page.words


async def test_guessing_codes_ends_soon_and_says_so(spa: Spa, phone: Kiosk) -> None:
    code = await coded(spa)
    answers = [await phone.post("/balance", {"code": new_code()}) for _ in range(40)]
    assert answers[0].problem == "card-not-found"
    assert answers[-1].problem == "too-many-codes-tried" and answers[-1].status == 429
    blocked = await phone.post("/balance", {"code": code})
    assert blocked.status == 429 and "$80.00" not in blocked.words
    spa.clock.forward(hours=25)
    assert "$80.00" in (await phone.post("/balance", {"code": code})).words


async def test_what_is_no_code_is_told_and_does_not_count(spa: Spa, phone: Kiosk) -> None:
    for typed in ("", "x", "4242 4242 4242 4242", "<b>"):
        page = await phone.post("/balance", {"code": typed})
        assert page.status == 422 and page.problem
