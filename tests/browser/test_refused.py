"""What guests read when something does not work, with axe, in English and from right to left in Arabic."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

from spa_pos.messages.rules import enter_token
from tests.browser.hands import ALL_RULES_IN, PATIENCE_MS, SHOTS, violations_by_scheme
from tests.browser.test_guest import NARROW, PHONE, sideways
from tests.cast import SECRET

pytestmark = pytest.mark.browser

WHEN = "/book/when?service=swedish-60&group=visitor"
LEADS_NOWHERE = (
    ("unknown-address", "/nowhere", 404),
    ("unknown-visit", "/visits/nothing", 404),
    ("unknown-receipt", "/receipts/nothing", 404),
    ("unknown-gift", "/gifts/nothing", 404),
    ("unknown-card-order", "/give/nothing", 404),
    ("unknown-way", "/book/hold", 405),
    ("unknown-service", "/book/when?service=no-such", 404),
    ("nothing-held", "/book/you", 409),
    ("full-day", f"{WHEN}&with=man&date=2026-11-27", 200),
    ("past-day", f"{WHEN}&date=2026-11-01", 200),
    ("far-day", f"{WHEN}&date=2031-11-01", 200),
)
"""What it is, where it is met, and its status."""


@pytest.fixture(scope="module", params=["en", "ar"])
def reader(chromium: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A guest's own browser that reads one language."""
    context = chromium.new_context(
        base_url=address,
        viewport=PHONE,  # type: ignore[arg-type]  # a width and a height
        locale="en-US",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"/language/{request.param}?next=/balance")
    yield page
    context.close()


def check(page: Page, name: str) -> None:
    """Nothing for axe in light and dark, nothing sideways at 320 pixels; a picture."""
    language = page.locator("html").get_attribute("lang")
    right_to_left = page.locator("html").get_attribute("dir") == "rtl"
    assert right_to_left is (language == "ar"), name
    SHOTS.mkdir(parents=True, exist_ok=True)
    assert violations_by_scheme(page, rules_in=ALL_RULES_IN) == {}, name
    page.screenshot(path=SHOTS / f"refused-{name}-{language}.png", full_page=True)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a width and a height
    assert sideways(page) == 0, f"{name}, 320 pixels wide"
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a width and a height


def send(page: Page, field: str, words: str) -> int:
    """Type into a field of a form and send it; the status of the answer."""
    page.locator(field).fill(words)
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.locator(field).press("Enter")
    page.wait_for_load_state("load")
    return sent.value.status


@pytest.mark.parametrize(("name", "path", "status"), LEADS_NOWHERE, ids=[one[0] for one in LEADS_NOWHERE])
def test_a_way_that_leads_nowhere_is_told(reader: Page, name: str, path: str, status: int) -> None:
    answer = reader.goto(path)
    assert answer is not None and answer.status == status
    check(reader, name)


def test_a_link_that_was_used_is_told(reader: Page) -> None:
    reader.goto(f"/me/enter/{enter_token(SECRET, uuid4())}")
    with reader.expect_response(lambda answer: answer.request.method == "POST") as sent:
        reader.get_by_role("button").first.click()
    assert sent.value.status == 410
    reader.wait_for_load_state("load")
    check(reader, "link-used")


def test_a_form_says_what_is_wrong_and_what_was_tried_too_often(reader: Page) -> None:
    reader.goto("/balance")
    assert send(reader, "#code", "ABCD-EFGH") == 422
    check(reader, "no-code")
    reader.goto("/me/sign-in")
    assert send(reader, "#email", "nobody@nowhere") == 422
    check(reader, "no-address")
    mail = f"{reader.locator('html').get_attribute('lang')}@example.org"
    for _ in range(5):
        reader.goto("/me/sign-in")
        send(reader, "#email", mail)
    assert send(reader, "#code", "000000") == 422
    check(reader, "wrong-code")
    reader.goto("/me/sign-in")
    assert send(reader, "#email", mail) == 429
    check(reader, "too-often")
