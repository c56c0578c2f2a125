"""Chromium and the service it talks to."""

from tests.browser.hands import address, chromium, people

__all__ = ["address", "chromium", "people"]
