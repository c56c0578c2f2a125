"""Booking online, the fourth screen: who the guest is, and a code that proves their e-mail address."""

from typing import Any
from uuid import uuid4

from litestar import Response, Router, get, post

from spa_pos.booking.actions.online import say_who
from spa_pos.booking.actions.online_alone import hold_alone
from spa_pos.booking.actions.online_people import clean_person
from spa_pos.booking.pages.guest import problem_for, word_of
from spa_pos.booking.pages.online_asked import Browser, browser_of, browser_posted, held_of, visit_choices
from spa_pos.booking.pages.online_views import CodePage, Progress, YouPage
from spa_pos.booking.pages.online_wait import wait_choices
from spa_pos.booking.pages.online_when import choose_again, nothing_held
from spa_pos.booking.queries.online import OnlineView, Person
from spa_pos.kernel.errors import Gone, Invalid, Refusal
from spa_pos.messages.rules import enter_code
from spa_pos.people.actions.doors import count_knock, guests_of, send_code, use_code, was_right
from spa_pos.people.pages.guest_door import keep_session, knock_of
from spa_pos.people.pages.session import GUEST, settings_of
from spa_pos.people.queries import guest
from spa_pos.people.rules import Door, show_phone
from spa_pos.settings import Mode
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.i18n import current_locale
from spa_pos.web.templates import render

NAMES = ("given_name", "family_name", "phone", "email")
CONFIRM, CONFIRM_ALONE = "/book/confirm", "/book/confirm?freed=1"


async def live(browser: Browser) -> OnlineView:
    """The booking under way, when its time is still held; who asks for the waitlist needs none.

    Raises:
        Conflict: `nothing-held`.
        Gone: `hold-expired`.
    """
    if browser.open is None:
        raise nothing_held()
    if browser.open.wait_until is not None:
        return browser.open
    if not browser.open.hold.left(browser.now):
        raise Gone("hold-expired", "The time was held for a while and is free again. Choose a time.")
    return browser.open


async def _known(browser: Browser, booking: OnlineView) -> Person:
    """What was typed before; else what we know of the guest whose address this browser proved."""
    if booking.person is not None:
        return booking.person
    ids = await guests_of(browser.address) if browser.address else []
    if not ids:
        return Person("", "", "", browser.address or "", True)
    known = await guest(ids[0])
    return Person(known.given_name, known.family_name, known.phone, known.email or "", True)


async def _you_page(
    browser: Browser, booking: OnlineView, person: Person, problem: Refusal | None = None
) -> Response[Any]:
    phone = show_phone(person.phone) if person.phone.startswith("+") else person.phone
    page = YouPage(
        Progress(4, booking.path),
        await wait_choices(booking) if booking.wait_until else visit_choices(booking, browser.place),
        held_of(browser, booking) if booking.visits else None,
        person.given_name,
        person.family_name,
        phone,
        person.email,
        person.by_email,
        problem_for(problem) if problem else None,
    )
    text = render("booking/online_you.html", page, browser.shell)
    return html(text, status=problem.status if problem else 200)


@get("/book/you", opt=dict(GUEST))
async def show_you(request: AnyRequest) -> Response[Any]:
    """Ask for name, telephone and e-mail."""
    browser = await browser_of(request)
    if browser.booking is not None and browser.booking.is_booked:
        return see(request, "/book/done")
    try:
        booking = await live(browser)
    except Refusal as refusal:
        return await choose_again(browser, refusal)
    return await _you_page(browser, booking, await _known(browser, booking))


@post("/book/you", opt=dict(GUEST), status_code=200)
async def say_you(request: AnyRequest) -> Response[Any]:
    """Keep who the guest is; mail a code to the address unless this browser proved it already."""
    try:
        browser, fields = await browser_posted(request)
    except Refusal as refusal:
        return await word_of(request, refusal)
    try:
        booking = await live(browser)
    except Refusal as refusal:
        return await choose_again(browser, refusal)
    given, family, phone, email = (fields.get(name, "") for name in NAMES)
    typed = Person(given, family, phone, email, "by_email" in fields)
    try:
        if not typed.email.strip():
            raise Invalid("email-unreadable", "That e-mail address cannot be right.", field="email")
        person = clean_person(typed)
        if (browser.address or "").lower() == person.email.lower():
            freed = await say_who(
                browser.actor,
                booking_id=booking.id,
                person=person,
                code_id=None,
                now=browser.now,
                proved=True,
            )
            return see(request, CONFIRM_ALONE if freed else CONFIRM)
        await count_knock(knock_of(request, Door.ASK_CODE, person.email.lower()), now=browser.now)
        code_id = await send_code(
            browser.actor,
            address=person.email,
            code_id=uuid4(),
            locale=current_locale(),
            now=browser.now,
            to_anybody=True,
        )
        await say_who(browser.actor, booking_id=booking.id, person=person, code_id=code_id, now=browser.now)
    except Refusal as refusal:
        return await _you_page(browser, booking, typed, refusal)
    return see(request, "/book/code")


def _demo_code(browser: Browser, booking: OnlineView) -> str | None:
    """The code on the screen itself, where nobody could read the mail: a demo without a mail server."""
    settings = settings_of(browser.request)
    if settings.mode is not Mode.DEMO or settings.smtp is not None or booking.code_id is None:
        return None
    return enter_code(settings.secret, booking.code_id)


def _code_page(
    browser: Browser, booking: OnlineView, person: Person, problem: Refusal | None = None
) -> Response[Any]:
    again = [(name, getattr(person, name)) for name in NAMES]
    page = CodePage(
        Progress(4, "/book/you"),
        held_of(browser, booking) if booking.visits else None,
        person.email,
        "/book/you",
        (*again, *((("by_email", "1"),) if person.by_email else ())),
        _demo_code(browser, booking),
        problem_for(problem) if problem else None,
    )
    text = render("booking/online_code.html", page, browser.shell)
    return html(text, status=problem.status if problem else 200)


async def _alone(browser: Browser, booking: OnlineView, address: str) -> str:
    """Where to go on once an address is proved: what it held elsewhere is free, unless it is being paid."""
    freed = await hold_alone(browser.actor, booking_id=booking.id, address=address, now=browser.now)
    return CONFIRM_ALONE if freed else CONFIRM


@get("/book/code", opt=dict(GUEST))
async def show_code(request: AnyRequest) -> Response[Any]:
    """Ask for the six digits."""
    browser = await browser_of(request)
    try:
        booking = await live(browser)
    except Refusal as refusal:
        return await choose_again(browser, refusal)
    if browser.proved():
        return see(request, "/book/confirm")
    if booking.person is None or booking.code_id is None:
        return see(request, "/book/you")
    return _code_page(browser, booking, booking.person)


@post("/book/code", opt=dict(GUEST), status_code=200)
async def type_code(request: AnyRequest) -> Response[Any]:
    """The guest typed the code: this browser has proved the address."""
    try:
        browser, fields = await browser_posted(request)
    except Refusal as refusal:
        return await word_of(request, refusal)
    try:
        booking = await live(browser)
    except Refusal as refusal:
        return await choose_again(browser, refusal)
    person, code_id = booking.person, booking.code_id
    if person is None or code_id is None:
        return see(request, "/book/you")
    try:
        typed = "".join(fields.get("code", "").split())
        number = await count_knock(knock_of(request, Door.TYPE_CODE, str(code_id)), now=browser.now)
        is_right = typed == enter_code(settings_of(request).secret, code_id)
        token = await use_code(code_id, is_right=is_right, now=browser.now)
        if token is None:
            raise Invalid("code-wrong", "That is not the code, or it is too old.", field="code")
        await was_right(number)
    except Refusal as refusal:
        return _code_page(browser, booking, person, refusal)
    answer = see(request, await _alone(browser, booking, person.email))
    keep_session(request, answer, token)
    return answer


router = Router("/", route_handlers=[show_you, say_you, show_code, type_code])
