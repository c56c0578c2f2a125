"""What a guest's first page weighs on the line, with everything it asks for."""

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

MOST = 60 * 1024
"""Bytes of a first page as they are sent, headers included."""


@pytest.mark.parametrize("path", ["/book", "/give", "/balance", "/me/sign-in", "/visits/x"])
def test_a_first_page_is_light(chromium: Browser, address: str, path: str) -> None:
    context = chromium.new_context(base_url=address, viewport={"width": 390, "height": 844})
    page = context.new_page()
    line, sent = context.new_cdp_session(page), list[tuple[str, int]]()
    asked: dict[str, str] = {}
    line.on("Network.requestWillBeSent", lambda one: asked.update({one["requestId"]: one["request"]["url"]}))
    line.on(
        "Network.loadingFinished",
        lambda one: sent.append((asked.get(one["requestId"], "?"), one["encodedDataLength"])),
    )
    line.send("Network.enable")
    page.goto(path, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    context.close()
    assert len(sent) >= 3, sent
    assert sum(size for _url, size in sent) < MOST, sorted(sent, key=lambda one: -one[1])
