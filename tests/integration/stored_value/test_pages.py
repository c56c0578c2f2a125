"""Gift cards, credit and packages over HTTP."""

import re
from uuid import UUID, uuid4

from spa_pos.db import fetch_value
from spa_pos.stored_value.queries import holding, holdings_of
from spa_pos.stored_value.rules import CODE_MISSES, SIGNS, is_ours
from tests.cast import Kiosk, Spa
from tests.value import Till, left

CODE = re.compile(rf"[{SIGNS}]{{4}}-[{SIGNS}]{{4}}-[{SIGNS}]{{4}}-[{SIGNS}]{{4}}-[{SIGNS}]")


async def printed(kiosk: Kiosk, card_id: UUID) -> str:
    """Print a card and read its code."""
    await kiosk.open(f"/gift-cards/{card_id}")
    page = await kiosk.send(f"/gift-cards/{card_id}/print")
    assert page.status == 200, page.problem
    assert page.headers["cache-control"] == "no-store"
    return CODE.findall(page.text)[0]


async def test_a_printed_code_finds_its_card(spa: Spa) -> None:
    card_id = await Till(spa).card(12_500, recipient="Aunt Vera", message="Rest well")
    kiosk = await spa.kiosk()
    code = await printed(kiosk, card_id)
    assert is_ours(code.replace("-", ""))
    assert "Aunt Vera" in kiosk.page.words
    assert "$125.00" in kiosk.page.words
    assert "No expiry, no fees." in kiosk.page.words
    assert "<svg" in kiosk.page.text
    await kiosk.open("/gift-cards")
    page = await kiosk.send("/gift-cards/lookup", code=code.lower().replace("-", " "))
    assert page.path == f"/gift-cards/{card_id}"
    assert f"Gift card …{code.replace('-', '')[-4:]}" in page.words
    assert code not in page.text


async def test_the_print_form_sent_twice_makes_one_code(spa: Spa) -> None:
    card_id = await Till(spa).card()
    kiosk = await spa.kiosk()
    page = await kiosk.open(f"/gift-cards/{card_id}")
    await kiosk.send("/print", page)
    before = (await holding(card_id)).last4
    again = await kiosk.send("/print", page)
    assert (again.status, again.problem) == (409, "request-reused")
    assert (await holding(card_id)).last4 == before


async def test_a_mistyped_and_an_unknown_code_are_told_apart(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    await kiosk.open("/gift-cards")
    assert (await kiosk.send("/gift-cards/lookup", code="short")).problem == "code-unreadable"
    assert (await kiosk.send("/gift-cards/lookup", code="SPA0193847255610")).problem == "code-unknown"
    assert kiosk.page.status == 404
    assert await fetch_value("SELECT count(*) FROM code_try") == 1


async def test_guessing_at_the_desk_is_stopped(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    await kiosk.open("/gift-cards")
    for number in range(CODE_MISSES):
        assert (await kiosk.send("/lookup", code=f"SPA0193X4725Q{number:04}")).status == 404
    page = await kiosk.send("/lookup", code="SPA0193847255610")
    assert (page.status, page.problem) == (429, "too-many-codes-tried")


async def test_a_manager_moves_and_replaces_cards(spa: Spa) -> None:
    till = Till(spa)
    source, target = await till.card(3_000), await till.card(5_000)
    kiosk = await spa.kiosk("Renata Silva")
    code = await printed(kiosk, target)
    await kiosk.open(f"/gift-cards/{source}")
    refused = await kiosk.send("/transfer", code=code, reason="")
    assert refused.problem == "reason-missing"
    page = await kiosk.send("/transfer", code=code, reason="one card is enough")
    assert page.path == f"/gift-cards/{target}"
    assert await left(target) == (8_000, 0)
    page = await kiosk.send("/replacement", reason="lost on the bus")
    fresh = UUID(page.path.rpartition("/")[2])
    assert await left(fresh) == (8_000, 0)
    await kiosk.open("/gift-cards")
    page = await kiosk.send("/gift-cards/lookup", code=code)
    assert "reported lost" in page.words
    assert f"/gift-cards/{fresh}" in page.text


async def test_the_desk_sees_no_forms_of_the_manager(spa: Spa) -> None:
    card_id = await Till(spa).card()
    kiosk = await spa.kiosk()
    page = await kiosk.open(f"/gift-cards/{card_id}")
    assert [action for action, _ in page.forms() if "/gift-cards/" in action] == [
        f"/gift-cards/{card_id}/print",
        f"/gift-cards/{card_id}/deliveries",
    ]


async def test_a_manager_gives_a_card_away_once(spa: Spa) -> None:
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open("/gift-cards")
    asked = {"amount": "25", "until": "2026-12-31", "recipient": "Raffle winner", "reason": "Open day"}
    refused = await kiosk.send("/gift-cards/promotional", page, **asked | {"until": "2026-11-01"})
    assert refused.problem == "already-expired"
    assert 'value="Raffle winner"' in refused.text
    page = await kiosk.open("/gift-cards")
    made = await kiosk.send("/gift-cards/promotional", page, **asked)
    assert (await kiosk.send("/gift-cards/promotional", page, **asked)).path == made.path
    assert await left(UUID(made.path.rpartition("/")[2])) == (0, 2_500)
    await kiosk.send("/print")
    assert "Valid until Thu, Dec 31, 2026" in kiosk.page.words


async def test_credit_is_given_and_a_deposit_kept_on_the_guests_page(spa: Spa) -> None:
    guest_id = await spa.guest()
    deposit_id = await Till(spa).deposit(guest_id, 5_000)
    kiosk = await spa.kiosk("Renata Silva")
    await kiosk.open(f"/guests/{guest_id}/holdings")
    await kiosk.send("/credits", kind="goodwill_credit", amount="15", until="", reason="a long wait")
    assert "Goodwill credit" in kiosk.page.words
    assert "$65.00" in kiosk.page.words
    assert (await kiosk.send("/credits", kind="x", amount="15", reason="y")).problem == "credit-not-free"
    await kiosk.send("/forfeiture", reason="")
    assert kiosk.page.problem == "reason-missing"
    await kiosk.send("/forfeiture", reason="no-show")
    assert await left(deposit_id) == (0, 0)
    (owned,) = await holdings_of(guest_id, on=spa.clock.now.date())
    assert owned.usable_cents == 1_500


async def test_a_package_is_planned_and_ended(spa: Spa) -> None:
    kiosk = await spa.kiosk("Renata Silva")
    await kiosk.open("/packages")
    service_id = await spa.service_id("swedish-60")
    asked = {"name": "Quiet five", "price": "500", "service_1": service_id, "visits_1": "5"}
    asked |= {f"{word}_{number}": "" for word in ("service", "visits") for number in (2, 3, 4)}
    refused = await kiosk.send("/packages", **asked | {"visits_2": "2"})
    assert refused.problem == "plan-line-unreadable"
    assert 'value="Quiet five"' in refused.text
    page = await kiosk.send("/packages", **asked)
    assert "5 × Swedish massage ($500.00)" in page.words
    assert "$600.00 one by one" in page.words
    page = await kiosk.send("/end")
    assert "Not sold any more" in page.words


async def test_what_we_owe_is_on_one_page_and_agrees(spa: Spa) -> None:
    till, guest_id = Till(spa), await spa.guest()
    await till.card(10_000)
    await till.deposit(guest_id, 4_000)
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open("/reports/stored-value?from=2026-11-01&to=2026-11-24")
    assert "$140.00 is owed to guests. Every balance agrees with the ledger." in page.words
    assert "Idle for 3 years" in page.words
    assert (await kiosk.open("/reports/stored-value?from=never")).status == 422


async def test_what_is_not_there_is_not_found(spa: Spa) -> None:
    kiosk = await spa.kiosk("Renata Silva")
    for path in (f"/gift-cards/{uuid4()}", f"/guests/{uuid4()}/holdings"):
        assert (await kiosk.open(path)).status == 404
