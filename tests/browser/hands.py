"""A person at a kiosk in Chromium: counts taps and entries, looks at pictures, minds complaints."""

import contextlib
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from spa_pos.clock import now
from spa_pos.settings import PROJECT
from spa_pos.web.templates import render
from tests.cast import PINS
from tests.processor import pretended_processor
from tests.screens.frame import Screen

NOT_NEEDED = (
    "WebUIOmniboxPopup WebUIOmniboxAimPopup"
    # Playwright's own, which a list of ours replaces:
    " AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades"
    " HttpsFirstBalancedModeAutoEnable LensOverlay MediaRouter PaintHolding ThirdPartyStoragePartitioning"
    " AvoidCorsURLLoaderRestartOnRedirect OptimizationHints NetworkTimeServiceQuerying AimEnabled"
    " PreconnectToSearch"
)
"""What Chromium leaves out. The address bar's own pages cost a process and a second for each window."""

FLAGS = [
    f"--disable-features={','.join(NOT_NEEDED.split())}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
KIOSK = {"width": 1280, "height": 800}
OFFICE = {"width": 1440, "height": 900}
AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_IN = {"dark": ["color-contrast"], "light": AXE_RULES}
"""In the dark only colours are others."""

ALL_RULES_IN = dict.fromkeys(RULES_IN, AXE_RULES)
"""For the pages of guests."""

SHOTS = PROJECT / "var" / "screens"
SCRIPT = re.compile(r"<script\b[^>]*></script>")

STILLNESS = """
(() => {
  let moved = performance.now(), typed = -Infinity, left = -Infinity;
  const move = () => { moved = performance.now(); };
  const kinds = ["pointerup", "click", "keydown", "change", "submit", "scroll", "htmx:before:request",
                 "htmx:finally:request", "htmx:after:swap", "htmx:after:settle"];
  for (const kind of kinds) addEventListener(kind, move, { capture: true });
  addEventListener("input", () => { typed = performance.now(); }, { capture: true });
  addEventListener("htmx:before:request", () => { typed = -Infinity; }, { capture: true });
  navigation.addEventListener("navigate", (event) => {
    if (!event.destination.sameDocument && event.downloadRequest === null) left = performance.now();
  });
  window.isStill = () => document.readyState === "complete"
    && !document.querySelector(".htmx-request, .htmx-swapping")
    && performance.now() - moved > 60 && performance.now() - typed > 350 && performance.now() - left > 3000;
})();
"""
"""What tells a page that is still: nobody touches or rolls it, it asks for nothing, is not about to be left.

What is typed may be asked about a moment later. A page that is to be left and stays (it got a file instead)
is still after three seconds.
"""

PATIENCE_MS = 30_000
"""How long anything may take that has no limit of its own: a busy machine is slow, not wrong."""

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; without one the tests fail and say so."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    assert path is not None, "Chromium is missing: install the package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(new_database: Callable[..., str]) -> Iterator[str]:
    """The service with its own database and the pretended card processor."""
    with running_service(new_database()) as found:
        yield found


@contextlib.contextmanager
def running_service(database: str, *more: str) -> Iterator[str]:
    """The service in a process of its own, told more when need be; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pretended_processor() as processor:
        command = [sys.executable, "-m", "tests.browser.service", "--database", database]
        service = subprocess.Popen(
            [*command, "--port", str(port), "--processor", processor.address, *more],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert service.stdout is not None
            assert service.stdout.readline().strip() == "ready"
            yield f"http://127.0.0.1:{port}"
        finally:
            service.terminate()
            service.communicate(timeout=20)


def violations(page: Page, rules: Sequence[str] = AXE_RULES, within: str = "html") -> list[str]:
    """What axe finds on what is shown; a page that is left loses it and gets it again."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        "([within, rules]) => axe.run(within, {runOnly: rules, resultTypes: ['violations']}).then("
        "result => result.violations.map("
        "one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).join(', ')))",
        [within, list(rules)],
    )
    return found


def violations_by_scheme(
    page: Page, within: str = "html", *, rules_in: Mapping[str, Sequence[str]] = RULES_IN
) -> dict[str, list[str]]:
    """What axe finds in the dark and in the light, which is left on; nothing where a page is clean."""
    found = {}
    for scheme, rules in rules_in.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
        found[scheme] = violations(page, rules, within)
    return {scheme: words for scheme, words in found.items() if words}


def show(page: Page, screen: Screen) -> None:
    """Show a screen without its scripts, so that it stays the state it is; axe outlives what is shown."""
    bare = SCRIPT.sub("", render(screen.template, screen.page, screen.shell))
    assert "<script" not in bare
    page.set_content(bare)


@dataclass
class Fingers:
    """A person at the screen: counts taps and typed entries, and minds what the browser complains of."""

    page: Page
    script: bool = True
    taps: int = 0
    entries: int = 0
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(STILLNESS)

    def tap(self, what: Locator) -> None:
        """One touch of a target, then wait until the page is still."""
        self.taps += 1
        what.click()
        self.rest()

    def type(self, text: str, where: Locator | None = None) -> None:
        """One typed entry, into a field or into whatever has the focus."""
        self.entries += 1
        if where is None:
            self.page.keyboard.type(text, delay=15)
        else:
            where.fill(text)

    def rest(self) -> None:
        """Wait until nothing is swapped, settled or on its way (a live board never goes quiet by itself).

        Where scripts are off nothing can tell, and a moment has to do.
        """
        if self.script:
            self.page.wait_for_function("() => window.isStill?.()")
        else:
            self.page.wait_for_timeout(150)
            self.page.wait_for_load_state("load")
            self.page.wait_for_timeout(150)

    def scan(self, code: str) -> None:
        """What a scanner does: a key every 3 ms by the keyboard's clock, however busy the browser is."""
        keyboard = self.page.context.new_cdp_session(self.page)
        begun = now().timestamp()
        for place, key in enumerate([*code, "Enter"]):
            said = {"key": key, "timestamp": begun + place * 0.003}
            enter = {"text": "\r", "code": "Enter", "windowsVirtualKeyCode": 13}
            keyboard.send(
                "Input.dispatchKeyEvent",
                {"type": "keyDown", **said, **(enter if key == "Enter" else {"text": key})},
            )
            keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **said})
        keyboard.detach()
        self.rest()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(name)).first

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=re.compile(name)).first

    @property
    def sheet(self) -> Locator:
        return self.page.locator("#sheet")

    def look(self, name: str) -> None:
        """Keep a picture of each scheme, and let axe find nothing."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        for scheme in ("dark", "light"):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
            self.page.screenshot(path=SHOTS / f"{name}-{scheme}.png")
            found = violations(self.page, RULES_IN[scheme])
            assert found == [], f"{name}, {scheme}: {found}"


People = Callable[..., Fingers]


@pytest.fixture
def people(chromium: Browser, address: str) -> Iterator[People]:
    """Signs somebody in at a kiosk of their own; afterwards no browser may have complained."""
    contexts: list[BrowserContext] = []
    hands: list[Fingers] = []

    def sign_in(
        person: str = "Maya Lindqvist",
        *,
        script: bool = True,
        size: dict[str, int] | None = None,
        float_dollars: str | None = "0",
    ) -> Fingers:
        context = chromium.new_context(
            base_url=address,
            viewport=size or KIOSK,  # type: ignore[arg-type]  # a width and a height
            java_script_enabled=script,
            timezone_id="America/Chicago",
            reduced_motion="reduce",  # a picture half-way through a transition shows nothing real
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        finger = Fingers(page, script)
        hands.append(finger)
        page.on("pageerror", lambda error: finger.complaints.append(f"error: {error}"))
        page.on("console", lambda said: said.type == "error" and _note(finger, said.text))
        page.on("request", lambda asked: asked.url.startswith(address) or finger.complaints.append(asked.url))
        page.goto("/")
        page.get_by_role("button", name="Use this browser as Desk 1").click()
        page.get_by_role("link", name=person).click()
        if script:
            for digit in PINS[person]:
                page.get_by_role("button", name=digit, exact=True).click()
        else:
            page.locator("input[name=pin]").fill(PINS[person])
        page.get_by_role("button", name="Unlock").click()
        page.wait_for_url("**/board*")
        finger.rest()
        if float_dollars is not None and person != "Ana Okafor":
            _drawer(finger, float_dollars)
        return finger

    yield sign_in
    for context in contexts:
        context.close()
    complaints = [complaint for finger in hands for complaint in finger.complaints]
    assert complaints == [], complaints


def _drawer(finger: Fingers, float_dollars: str) -> None:
    """The drawer of a kiosk, open for cash."""
    finger.page.goto("/drawer")
    finger.page.get_by_label("Float in dollars").fill(float_dollars)
    finger.page.get_by_role("button", name="Open the drawer").click()
    finger.page.wait_for_url("**/drawers/*")
    finger.page.goto("/board")
    finger.rest()


def _note(finger: Fingers, text: str) -> None:
    if "the server responded with a status of 4" not in text:  # a refusal that the person reads
        finger.complaints.append(text)


def book(hand: Fingers, last_four: str, service: str, provider: str) -> None:
    """Book a known guest for the soonest time, of a provider whose times the test may have if they work."""
    hand.tap(hand.link("New booking"))
    hand.type(last_four)
    hand.tap(hand.sheet.locator("a[href*='guest=']").first)
    hand.tap(hand.sheet.get_by_role("link", name=service).first)
    soonest, theirs = (hand.sheet.locator(".best a", has_text=words) for words in ("Soonest", provider))
    column = hand.page.locator(f".column[data-name='{provider}']")
    if column.count() and not theirs.count():
        hand.page.goto(f"{hand.page.url}&provider={column.get_attribute('data-provider')}")
        hand.rest()
    at_once = soonest.filter(has_text=provider)
    hand.tap(next(one for one in (at_once, theirs, soonest) if one.count()).first)
    hand.tap(hand.button("^Book "))


def open_visit(hand: Fingers, guest: str) -> None:
    hand.tap(hand.page.locator(".visit", has_text=guest).first)


def longest_motion(page: Page) -> float:
    """Seconds of the longest transition or animation on a page."""
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('*')].flatMap(one => {"
        " const style = getComputedStyle(one);"
        " return `${style.transitionDuration}, ${style.animationDuration}`.split(', '); })"
    )
    spans = (re.fullmatch(r"([\d.e-]+)(ms|s)", text) for text in found)
    return max(float(one[1]) * (0.001 if one[2] == "ms" else 1) for one in spans if one)
