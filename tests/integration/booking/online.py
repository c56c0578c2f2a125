"""What tests of booking online share: browsers of guests, and the way through the screens."""

import contextlib
import re
from collections.abc import AsyncIterator
from uuid import UUID

import httpx

from spa_pos.db import fetch_value
from spa_pos.messages.rules import enter_code
from tests.cast import ADDRESS, SECRET, Kiosk, Page, Spa


@contextlib.asynccontextmanager
async def telephone(spa: Spa) -> AsyncIterator[Kiosk]:
    """A guest's own browser."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
        yield Kiosk(spa, browser)


def times(page: Page) -> list[str]:
    """What the buttons of a page's times carry, the day's list alone."""
    found = re.findall(r'class="button online__time" type="submit" name="time" value="([^"]+)"', page.text)
    return list(dict.fromkeys(found))


async def choose(phone: Kiosk, *, group: str = "visitor", more: str = "", index: int = 0) -> Page:
    """From the menu to a time that is held."""
    page = await phone.open(f"/book/when?service=swedish-60&group={group}{more}")
    return await phone.send("/book/hold", time=times(page)[index])


async def say(browser: Kiosk, email: str = "ida@example.org", **typed: str) -> Page:
    """Say who one is."""
    person = {"given_name": "Ida", "family_name": "Moen", "phone": "507 555 0142", "by_email": "1"} | typed
    return await browser.send("/book/you", **({"email": email} | person))


async def type_code(phone: Kiosk, email: str = "ida@example.org") -> Page:
    """Type the code that was mailed last."""
    code_id: UUID = await fetch_value(
        "SELECT id FROM guest_code WHERE address = $1 AND used_at IS NULL"
        " ORDER BY made_at DESC, tries LIMIT 1",
        email,
    )
    return await phone.send("/book/code", code=enter_code(SECRET, code_id))
