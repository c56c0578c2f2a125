"""What guests see by their links, and on their own pages."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from spa_pos.booking.pages.guest_views import (
    DayLink,
    EndReason,
    GuestCancelPage,
    GuestTimesPage,
    GuestVisitPage,
    NewTime,
    TimeLink,
    TimesOfDay,
    Told,
)
from spa_pos.booking.pages.lobby import LobbyGuest, LobbyPage
from spa_pos.checkout.pages.give_views import GiveOrderPage, GivePage, TypedGift
from spa_pos.checkout.pages.me_views import (
    ErasurePage,
    Forgettable,
    MePage,
    MyCard,
    MyCardSetupPage,
    MyCardsPage,
    MyReceipt,
    MyValue,
    MyVisit,
    MyWait,
)
from spa_pos.messages.flows import TimeLine
from spa_pos.people.pages.guest_door import GuestCodePage, GuestSignInPage
from spa_pos.stored_value.pages.balance import BalancePage
from spa_pos.web.codes import drawn
from spa_pos.web.shell import Problem
from spa_pos.web.views import GuestWord
from tests.screens.book_pay import book_pay_screens
from tests.screens.frame import NOBODY, Screen
from tests.screens.messages import MAIL
from tests.screens.online import online_screens

REFUSED = Problem("slot-taken", "Somebody else took this time a moment ago. Choose another one.")
TOLD = Told("/visits/x/note", "I come by wheelchair.", 300, None, (5, 10, 15, 20, 30), None)

VISIT = GuestVisitPage(
    title="Your visit is booked",
    sentence="We look forward to seeing you.",
    times=MAIL.times,
    is_over=False,
    place_name="Rejuvenate Spa",
    address="Healthy Living Center, Rochester, Minnesota",
    phone="(507) 555-0100",
    phone_href="tel:5075550100",
    confirm_action="/visits/x/confirmation",
    calendar_href="/visits/x/calendar.ics",
    move_href="/visits/x/times",
    cancel_href="/visits/x/cancellation",
    told=TOLD,
    arrival_code=drawn("https://spa.example.org/visits/" + "x" * 43),
)
SOON = replace(VISIT, confirm_action=None, told=replace(TOLD, late_action="/visits/x/late", note=""))
LATE = replace(SOON, told=replace(TOLD, late_action="/visits/x/late", late_minutes=15))
REFUSED_NOTE = replace(VISIT, problem=replace(REFUSED, code="note-too-long"))
CANCELLED = replace(
    VISIT,
    title="Your visit is cancelled",
    sentence="You need not do anything. We hope to see you another time.",
    is_over=True,
    confirm_action=None,
    calendar_href=None,
    move_href=None,
    cancel_href=None,
    undo_action="/visits/x/cancellation/undo",
    told=None,
    arrival_code=None,
)

_TIMES = tuple(
    TimeLink(f"{hour}:{minute}\u00a0PM", f"{hour}:{minute} PM on Friday", "/visits/x/times?at=1", False)
    for hour in range(1, 5)
    for minute in ("15", "45")
)
TIMES = GuestTimesPage(
    now=MAIL.times[:1],
    day_name="Friday, November 27",
    days=(
        DayLink("Fri, Nov 27", "8 times", "/visits/x/times?date=2026-11-27", True),
        DayLink("Sat, Nov 28", "Full", None, False),
        DayLink("Sun, Nov 29", "1 time", "/visits/x/times?date=2026-11-29", False),
    ),
    earlier_href="/visits/x/times?date=2026-11-20",
    later_href="/visits/x/times?date=2026-12-04",
    parts=(TimesOfDay("Afternoon", _TIMES),),
    next_free=None,
    chosen=None,
    action="/visits/x/times",
    back_href="/visits/x",
    phone="(507) 555-0100",
    phone_href="tel:5075550100",
)
CHOSEN = replace(
    TIMES,
    chosen=NewTime(
        (TimeLine("Friday, November 27", "1:15\u00a0PM", "2:15\u00a0PM", "2026-11-27T13:15:00-06:00"),),
        "The price becomes $95.00 instead of $66.50: prices of that time differ.",
        "It will be with somebody else than before.",
        "Move my visit",
        (("starts_at", "2026-11-27T19:15:00+00:00"), ("version", "1")),
    ),
)
TOGETHER = replace(
    CHOSEN,
    now=MAIL.times,
    chosen=NewTime(
        MAIL.times,
        "The price stays as it is for each of you.",
        None,
        "Move all of us",
        (("starts_at", "2026-11-27T19:15:00+00:00"), ("seal", "0f")),
    ),
    together_words="You booked together, so all of you move at once. Please ask the others first.",
)
NO_TIMES = replace(TIMES, parts=(), next_free=("Monday, November 30", "/visits/x/times?date=2026-11-30"))

CANCEL = GuestCancelPage(
    times=MAIL.times,
    policy_words="Free until 8:30 AM on Wednesday, November 25; later it costs 50 % of the price.",
    reasons=(
        EndReason("illness", "Illness", "No fee", 0),
        EndReason("clinical", "Clinical appointment ran over", "No fee", 0),
        EndReason("", "Something else", "It costs $47.50", 4750),
    ),
    fields=(("visit", "1:1"),),
    action="/visits/x/cancellation",
    back_href="/visits/x",
    move_href=None,
)
CANCEL_FREE = replace(
    CANCEL, reasons=(EndReason("", "Something else", "No fee", 0),), move_href="/visits/x/times"
)


A = UUID(int=7)
_MINE = MyVisit(
    "November 26, 2026",
    "8:30\u00a0AM",
    "2026-11-26T08:30:00-06:00",
    "Swedish massage, 60 min",
    "with Ana Okafor",
    "Booked",
    None,
    "/visits/x",
)
ME = MePage(
    hello="Hello, Ingrid Halvorsen",
    address="ingrid@example.org",
    coming=(_MINE, replace(_MINE, who="Per Olsen")),
    past=(replace(_MINE, href=None, state="Thank you"),),
    receipts=(MyReceipt("Receipt 1042 of November 1, 2026", 12_345, f"/me/receipts/{A}"),),
    waits=(
        MyWait(
            "Swedish massage",
            "December 1, 2026",
            "You are on the waitlist",
            None,
            None,
            f"/me/waits/{A}/withdrawal",
            1,
        ),
        MyWait(
            "Signature facial",
            "December 1 to 8",
            "A time is held for you",
            "Per",
            "/visits/x",
            f"/me/waits/{A}/withdrawal",
            2,
        ),
    ),
    values=(MyValue("Gift card …7KQ2", 5_000, None), MyValue("Credit", 1_000, "until May 1, 2027")),
)


OWES = replace(CANCELLED, pay_words="There is a fee of $60.00 for this visit.", pay_href="/visits/x/payment")


def guest_screens() -> Iterator[Screen]:
    """Every page that a guest opens by a link, in every state that looks different."""
    for name, page in (
        ("guest-visit", VISIT),
        ("guest-soon", SOON),
        ("guest-late", LATE),
        ("guest-refused", REFUSED_NOTE),
        ("guest-cancelled", CANCELLED),
        ("guest-owes", OWES),
    ):
        yield Screen(name, "booking/guest_visit.html", page, NOBODY)
    for name, times in (
        ("guest-times", TIMES),
        ("guest-times-chosen", CHOSEN),
        ("guest-times-together", TOGETHER),
        ("guest-times-none", NO_TIMES),
        ("guest-times-taken", replace(TIMES, problem=REFUSED)),
    ):
        yield Screen(name, "booking/guest_times.html", times, NOBODY)
    for name, cancel in (
        ("guest-cancel", CANCEL),
        ("guest-cancel-free", CANCEL_FREE),
        ("guest-cancel-changed", replace(CANCEL, problem=REFUSED)),
    ):
        yield Screen(name, "booking/guest_cancel.html", cancel, NOBODY)
    yield from own_page_screens()
    yield from lobby_screens()
    yield from online_screens()
    yield from book_pay_screens()
    yield from give_screens()
    yield from my_card_screens()
    yield Screen("balance", "stored_value/balance.html", BalancePage(), NOBODY)
    found = BalancePage("Gift card …7KQ2", 5_000, "A part of it is a gift of ours")
    yield Screen("balance-found", "stored_value/balance.html", found, NOBODY)
    lost = BalancePage(problem=Problem("card-not-found", "We know no card with this code.", field="code"))
    yield Screen("balance-unknown", "stored_value/balance.html", lost, NOBODY)
    stop = GuestWord("Stop messages to i•••@example.org?", "Nothing more.", "/stop/x", "Stop messages")
    yield Screen("guest-stop", "web/guest_word.html", stop, NOBODY)
    stopped = GuestWord("Messages have stopped", "Your visits stand as they are.")
    yield Screen("guest-stopped", "web/guest_word.html", stopped, NOBODY)


def lobby_screens() -> Iterator[Screen]:
    """The tablet in the lobby."""
    here = (LobbyGuest("Ingrid H.", A, "s"), LobbyGuest("Per H.", UUID(int=8), "t"))
    unknown = Problem("not-expected", "We do not find you here.")
    for name, page in (
        ("lobby", LobbyPage("ask")),
        ("lobby-unknown", LobbyPage("ask", problem=unknown)),
        ("lobby-choose", LobbyPage("choose", guests=here, until="1")),
        ("lobby-done", LobbyPage("done", name="Ingrid H.")),
        ("lobby-desk", LobbyPage("desk", name="Ingrid H.")),
    ):
        yield Screen(name, "booking/lobby.html", page, replace(NOBODY, path="/check-in"))


def own_page_screens() -> Iterator[Screen]:
    """A guest's own page and the way in."""
    wrong = Problem("code-wrong", "That is not the code, or it is too old.", field="code")
    yield Screen("me-sign-in", "people/guest_sign_in.html", GuestSignInPage(), NOBODY)
    refused = GuestSignInPage("ingrid@", Problem("email-unreadable", "That cannot be right.", field="email"))
    yield Screen("me-sign-in-wrong", "people/guest_sign_in.html", refused, NOBODY)
    yield Screen("me-code", "people/guest_code.html", GuestCodePage(f"/me/code/{A}", "/me/sign-in"), NOBODY)
    late = GuestCodePage(f"/me/code/{A}", "/me/sign-in", wrong)
    yield Screen("me-code-wrong", "people/guest_code.html", late, NOBODY)
    yield Screen("me", "checkout/me.html", ME, NOBODY)
    yield Screen(
        "me-empty", "checkout/me.html", replace(ME, coming=(), past=(), receipts=(), values=()), NOBODY
    )
    sure = ErasurePage((Forgettable(A, "Ingrid Halvorsen"),))
    yield Screen("me-erasure", "checkout/me_erasure.html", sure, NOBODY)
    not_yet = replace(sure, problem=Problem("visits-to-come", "You have a visit to come."))
    yield Screen("me-erasure-refused", "checkout/me_erasure.html", not_yet, NOBODY)


def my_card_screens() -> Iterator[Screen]:
    """Cards on file, on a guest's own page."""
    card = MyCard(
        "Visa …4242", "until 08/2031", "You agreed on May 1", "I let them.", "en", "/me/cards/x/removal", None
    )
    whose = ((A, "Ingrid Halvorsen"), (UUID(int=8), "Per Halvorsen"))
    page = MyCardsPage((card, replace(card, who="Per Halvorsen")), "I let them keep it.", True, whose)
    yield Screen("me-cards", "checkout/me_cards.html", page, NOBODY)
    declined = Problem("card-not-kept", "The card is not on file.")
    bare = replace(page, cards=(), whose=whose[:1], problem=declined)
    yield Screen("me-cards-none", "checkout/me_cards.html", bare, NOBODY)
    yield Screen("me-cards-closed", "checkout/me_cards.html", replace(bare, can_keep=False), NOBODY)
    setup = MyCardSetupPage("/me/card-setups/x", None, "", (("pm_card_visa", "Sample Visa: works"),))
    yield Screen("me-card-sample", "checkout/me_card_setup.html", setup, NOBODY)
    element = replace(setup, publishable_key="pk_test_x", secret="s", samples=())
    yield Screen("me-card-element", "checkout/me_card_setup.html", element, NOBODY)


def give_screens() -> Iterator[Screen]:
    """Buying a gift card online."""
    form = GivePage((5_000, 10_000), "From $10.00 to $500.00", "2026-11-23", "2027-11-24", TypedGift())
    yield Screen("give", "checkout/give.html", form, NOBODY)
    for name in ("amount", "email", "send_on", "giver", "buyer_email"):
        wrong = Problem("wrong", "Type it again.", field=name)
        yield Screen(f"give-{name}", "checkout/give.html", replace(form, problem=wrong), NOBODY)
    samples = (("pm_card_visa", "Sample card: works"),)
    card = GiveOrderPage(
        "card", "Pay for the gift card", 5_000, "Per", "By e-mail to x", "/give/x", samples=samples
    )
    yield Screen("give-card", "checkout/give_order.html", card, NOBODY)
    for name, page in (
        ("element", replace(card, publishable_key="pk_test_x", secret="s", samples=())),
        ("asking", replace(card, step="asking")),
        ("again", replace(card, step="again", problem=Problem("card-declined", "Declined."))),
        ("paid", replace(card, step="paid", gift_href="/gifts/x", receipt_href="/receipts/x")),
        ("paid-unsent", replace(card, step="paid", receipt_href="/receipts/x")),
    ):
        yield Screen(f"give-{name}", "checkout/give_order.html", page, NOBODY)
