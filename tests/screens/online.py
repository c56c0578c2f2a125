"""Booking online, screen by screen."""

from collections.abc import Iterator
from dataclasses import replace

from spa_pos.booking.pages.guest_views import DayLink
from spa_pos.booking.pages.online_views import (
    Choice,
    CodePage,
    ConfirmPage,
    DonePage,
    Extra,
    Held,
    MenuLine,
    MenuPart,
    Month,
    MonthDay,
    Option,
    PartOfDay,
    PriceRow,
    Progress,
    TimeButton,
    WaitDonePage,
    WaitPage,
    WhatPage,
    WhenPage,
    WhoLine,
    WhoPage,
    YouPage,
)
from spa_pos.payments.rules import consent_text
from spa_pos.web.codes import drawn
from spa_pos.web.shell import Problem
from tests.screens.frame import DAY, NOBODY, Screen, new_id

SHELL = replace(NOBODY, path="/book", csrf="c" * 64)
ID = str(new_id())
ALREADY = Problem("already-waiting", "You wait for this service already.")
NAMELESS = Problem("name-missing", "Type the name.", field="second_family")
EXPIRED = Problem("hold-expired", "Your time was held for a while and is free again.")
CHOICES = (
    Choice("What", "Swedish massage, Aromatherapy · 60 minutes", "/book"),
    Choice("Who", "Sponsor of a dependant aged 18 to 24", "/book/who?service=swedish-60"),
    Choice("When", "Wednesday, November 25, 10:30 AM to 11:30 AM, with Ana", "/book/when?service=swedish-60"),
)
HELD = Held(
    "9:41\u00a0AM",
    581,
    "Your time is held for 10 more minutes.",
    ((300, "Your time is held for 5 more minutes."), (60, "Your time is held for 1 more minute.")),
    "/book/when?service=swedish-60",
    ID,
    may_extend=True,
)
OVER = replace(HELD, seconds_left=0, calls=(), appointment=None, may_extend=False)

_LINES = (
    MenuLine("Swedish massage", 60, 12_000, "/book/who?service=swedish-60"),
    MenuLine("Prenatal massage with a very long name that wraps", 90, 17_000, "/book/who?service=swedish-90"),
)
WHAT = WhatPage(Progress(1), (MenuPart("Massage", _LINES), MenuPart("Facials", _LINES[:1])), None)
WHO = WhoPage(
    Progress(2, "/book"),
    CHOICES[:1],
    "swedish-60",
    (
        Extra("aromatherapy", "Aromatherapy", "no more time, $12.00", True),
        Extra("scalp-15", "Scalp massage", "15 minutes more, $25.00", False),
    ),
    (
        WhoLine("visitor", "Visitor", ""),
        WhoLine("dependant", "Dependant", "Sponsor's badge and date of birth"),
    ),
    (Option("", "No, I come alone", True), Option("visitor", "Yes: Visitor", False)),
)
_TIMES = tuple(
    TimeButton(
        f"{hour}:{minute}\u00a0PM",
        f"{hour}:{minute} PM on Tuesday with Ana",
        f"20261124T1{hour}{minute}Z.x.1",
    )
    for hour in range(1, 5)
    for minute in ("15", "45")
)
WHEN = WhenPage(
    progress=Progress(3, "/book/who?service=swedish-60"),
    choices=CHOICES[:2],
    price_words="$92.40 plus tax instead of $132.00: Employee price",
    fields=(("service", "swedish-60"), ("group", "employee")),
    wish_fields=(("service", "swedish-60"), ("group", "employee")),
    wishes=(Option("", "Anybody", True), Option("woman", "A woman", False)),
    best=(replace(_TIMES[0], reason="The soonest"), replace(_TIMES[3], reason="Fits well between others")),
    day=DAY,
    day_name="Tuesday, November 24",
    days=(
        DayLink("Tue, Nov 24", "8 times", "/book/when?date=2026-11-24", True),
        DayLink("Wed, Nov 25", "Full", None, False),
        DayLink("Thu, Nov 26", "1 time", "/book/when?date=2026-11-26", False),
    ),
    earlier_href="/book/when?date=2026-11-23",
    later_href="/book/when?date=2026-12-01",
    month_href="/book/when?view=month",
    week_href="/book/when?date=2026-11-24",
    month=None,
    parts=(PartOfDay("Afternoon", _TIMES),),
    none_words="No time is free on this day.",
    next_free=None,
    wait=(),
    phone="(507) 555-0100",
    phone_href="tel:5075550100",
)
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_WEEK = tuple(MonthDay(number, "4 times", f"/book/when?date={number}", number == 3) for number in range(1, 6))
MONTH = replace(
    WHEN,
    month=Month(
        "November 2026",
        tuple((day[:3], day) for day in _DAYS),
        ((None, *_WEEK, MonthDay(6, "Full", None, False)),),
        "/book/when?view=month&date=2026-10-01",
        "/book/when?view=month&date=2026-12-01",
    ),
)
FULL = replace(
    WHEN,
    best=(),
    parts=(),
    next_free=("Thursday, November 26", "/book/when?date=2026-11-26"),
    wait=(
        Option("day", "On this day alone", False),
        Option("week", "Any day of the week from then on", True),
    ),
)
YOU = YouPage(Progress(4, "/book/when"), CHOICES, HELD, "Ida", "Moen", "(507) 555-0142", "", True)
CODE = CodePage(
    Progress(4, "/book/you"), HELD, "ida@example.org", "/book/you", (("email", "ida@example.org"),)
)
CONFIRM = ConfirmPage(
    progress=Progress(5, "/book/you"),
    choices=CHOICES,
    held=HELD,
    rows=(
        PriceRow("Swedish massage", 12_000, 8_400, "Employee price"),
        PriceRow("Aromatherapy", 1_200, 1_200, ""),
    ),
    total_cents=9_600,
    tax_words="plus 8.125\u00a0% sales tax",
    proof_words="Please bring what proves your price: Mayo badge.",
    policy_words="Move or cancel for free until 10:30 AM on Tuesday. Later it costs 50 % of the price.",
    card_words="We ask for a deposit of $20.00. It cannot be paid here: we call you about it.",
    second=None,
    fields=(("appointment", ID), ("price", "9600")),
    action="/book/confirm",
    button="Book it",
)
DEPOSIT = replace(
    CONFIRM,
    card_words="We ask for a deposit of $20.00 before it is booked.",
    action="/book/pay",
    button="Go on to the payment",
)
DONE = DonePage(
    day="Wednesday, November 25",
    clock="10:30\u00a0AM",
    until="11:30\u00a0AM",
    machine="2026-11-25T10:30:00-06:00",
    words="Swedish massage · with Ana",
    total_cents=9_600,
    proof_words="Please bring what proves your price: Mayo badge.",
    card_words=None,
    visit_href="/visits/x",
    calendar_href="/visits/x/calendar.ics",
    mail_words="A mail with all of this is on its way.",
    place_name="Rejuvenate Spa",
    address="Healthy Living Center, Rochester, Minnesota",
    arrival_code=drawn("https://spa.example.org/visits/" + "x" * 43),
)


def online_screens() -> Iterator[Screen]:
    """The five screens and what follows, in every state that looks different."""
    taken = Problem("slot-taken", "Somebody else took this time a moment ago. Choose another one.")
    wrong = Problem("email-unreadable", "That e-mail address cannot be right.", field="email")
    miss = Problem("code-wrong", "That is not the code, or it is too old.", field="code")
    for name, template, page in (
        ("book-what", "what", WHAT),
        ("book-what-under-way", "what", replace(WHAT, going_on_href="/book/you", problem=EXPIRED)),
        ("book-who", "who", WHO),
        ("book-who-no-extras", "who", replace(WHO, extras=())),
        ("book-when", "when", WHEN),
        ("book-when-month", "when", MONTH),
        ("book-when-full", "when", FULL),
        ("book-when-taken", "when", replace(WHEN, problem=taken)),
        ("book-you", "you", YOU),
        ("book-you-wrong", "you", replace(YOU, problem=wrong)),
        ("book-you-over", "you", replace(YOU, held=OVER)),
        ("book-code", "code", CODE),
        ("book-code-demo", "code", replace(CODE, demo_code="123456")),
        ("book-code-wrong", "code", replace(CODE, problem=miss)),
        ("book-confirm", "confirm", CONFIRM),
        ("book-confirm-plain", "confirm", replace(CONFIRM, proof_words=None, card_words=None)),
        ("book-confirm-freed", "confirm", replace(CONFIRM, freed=True)),
        ("book-confirm-deposit", "confirm", DEPOSIT),
        ("book-confirm-card", "confirm", replace(DEPOSIT, consent=consent_text("Rejuvenate Spa"))),
        ("book-you-waiting", "you", replace(YOU, held=None)),
        ("book-confirm-two", "confirm", replace(CONFIRM, second=("Per", ""), problem=NAMELESS)),
        ("book-wait", "wait", WaitPage(Progress(5, "/book/you"), CHOICES)),
        ("book-wait-again", "wait", WaitPage(Progress(5, "/book/you"), CHOICES, problem=ALREADY)),
        ("book-waiting", "waiting", WaitDonePage(CHOICES, "We write to you, or call.", "(507) 555-0100")),
        ("book-done", "done", DONE),
        ("book-done-paid", "done", replace(DONE, card_words="You paid a deposit of $20.00.")),
        ("book-done-card", "done", replace(DONE, card_words=CONFIRM.card_words, keep_href="/me/cards")),
    ):
        yield Screen(name, f"booking/online_{template}.html", page, SHELL)
