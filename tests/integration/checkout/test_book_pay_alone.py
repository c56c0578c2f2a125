"""One booking under way for each guest, also while a card is being paid in another of their browsers."""

from spa_pos.db import fetch_value
from tests.cast import Kiosk, Page
from tests.integration.booking.online import choose, say, telephone, type_code
from tests.paying import Counter, statuses


async def proved(browser: Kiosk, index: int) -> Page:
    """One more browser of the guest holds a time and proves the address."""
    await choose(browser, index=index)
    page = await say(browser)
    return await type_code(browser) if page.path == "/book/code" else page


async def test_who_pays_in_one_browser_books_nothing_in_another_until_that_has_ended(
    counter: Counter,
) -> None:
    await counter.asked()
    page = await proved(counter.other, 9)
    assert (page.path, page.status, page.problem) == ("/book/confirm", 409, "paying-elsewhere"), page.words
    assert "in another window" in page.words
    page = await counter.other.send("/book/pay")
    assert (page.status, page.problem) == (409, "paying-elsewhere")
    assert await fetch_value("SELECT count(*) FROM attempt") == 1
    assert await statuses() == ["held", "held"], "nobody lost a time"
    assert (await counter.paid()).path == "/book/done"
    page = await counter.other.open("/book/confirm")
    assert (page.status, page.problem) == (200, "")
    await counter.other.send("/book/pay")
    assert (await counter.paid(phone=counter.other)).path == "/book/done"
    assert await statuses() == ["booked", "booked"]


async def test_of_the_browsers_beside_a_payment_only_the_newest_holds(counter: Counter) -> None:
    await counter.asked()
    await proved(counter.other, 3)
    async with telephone(counter.spa) as third:
        page = await proved(third, 5)
        assert page.problem == "paying-elsewhere"
        assert await statuses() == ["expired", "held", "held"]
        gone = await counter.other.open("/book/confirm")
        assert (gone.status, gone.problem) == (410, "hold-expired")
        page = await choose(third, index=6)
        page = await say(third)
        assert page.problem == "paying-elsewhere", "a browser that proved the address before is told too"
        await counter.phone.send("/book/pay/cancellation")
        page = await third.open("/book/confirm")
        assert (page.status, page.problem) == (200, "")
    assert await fetch_value("SELECT count(*) FROM appointment WHERE status = 'held'") == 1


async def test_the_visit_of_somebody_else_is_booked_beside_a_payment(counter: Counter) -> None:
    await counter.asked()
    page = await counter.ready(counter.other, email="kofi@example.org", index=3)
    assert (page.status, page.problem) == (200, "")
