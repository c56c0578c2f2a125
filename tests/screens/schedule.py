"""The manager's schedule: the week, a provider, the house, the rules, and what does not fit."""

from dataclasses import replace
from datetime import date, timedelta

from spa_pos.booking.pages import schedule_views as views
from spa_pos.booking.pages.schedule_provider_views import WEEKDAYS
from spa_pos.web.shell import Problem
from tests.screens.frame import DAY, PROVIDERS, at, new_id

MONDAY = date(2026, 11, 23)

HITS = (
    views.HitRow(
        "/appointments/1",
        "/appointments/new?move=1",
        "Ingrid Halvorsen",
        "Swedish massage",
        "Ana Okafor",
        at(13),
        ("Ana is off: Dentist.",),
    ),
    views.HitRow(
        "/appointments/2",
        "/appointments/new?move=2",
        "Tom Becker",
        "Hot stone massage",
        "Ana Okafor",
        at(14, 30),
        ("Ana is off: Dentist.", "Hot-stone set is out of use then."),
    ),
)
HIT_PROBLEM = Problem(
    "bookings-hit", "This hits 2 bookings. Nothing was changed yet. Save anyway or leave it."
)


def tabs(current: str, count: int = 0) -> tuple[views.Tab, ...]:
    """The schedule's pages."""
    return tuple(
        views.Tab(words, href, href == current, count if href.endswith("conflicts") else 0)
        for words, href in (
            ("Week", "/schedule"),
            ("Does not fit", "/schedule/conflicts"),
            ("Opening hours", "/schedule/hours"),
            ("Rooms and equipment", "/schedule/rooms"),
            ("Rules", "/schedule/rules"),
            ("Cards and deposits", "/schedule/cards"),
        )
    )


def form(action: str, *names: str, **values: str) -> views.FormState:
    """A form nobody has touched."""
    return views.FormState(action, dict.fromkeys(names, "") | values)


USUAL = views.WeekCell(("8 AM – 4 PM",), (), (), "5 h 30 min")
FREE = views.WeekCell((), (), (), "")
WEEK = views.WeekPage(
    tabs("/schedule", 2),
    MONDAY,
    MONDAY + timedelta(days=6),
    True,
    "/schedule?week=2026-11-16",
    "/schedule?week=2026-11-30",
    "/schedule",
    tuple(
        views.DayHead(
            MONDAY + timedelta(days=n),
            MONDAY + timedelta(days=n) == DAY,
            "Closed" if n == 3 else "8 AM – 8 PM",
            "Thanksgiving Day" if n == 3 else None,
            "/board",
        )
        for n in range(7)
    ),
    tuple(
        views.WeekRow(
            f"/schedule/providers/{new_id()}",
            name,
            title,
            "".join(word[0] for word in name.split()),
            hue,
            (
                USUAL,
                views.WeekCell(("8 AM – 12 PM",), (), ("Dentist",), "3 h"),
                views.WeekCell(("9 AM – 1 PM", "2 PM – 6 PM"), ("Training",), (), ""),
                FREE,
                USUAL,
                FREE,
                FREE,
            ),
            "28 h",
            "14 h",
            "50 %",
        )
        for name, title, hue in PROVIDERS
    ),
)
NOBODY = replace(WEEK, rows=(), is_this_week=False)

CONFLICTS = views.ConflictsPage(
    tabs("/schedule/conflicts", 2), HITS, "2 bookings do not fit any more (time off 2)."
)
NO_CONFLICTS = views.ConflictsPage(tabs("/schedule/conflicts"), (), "Every booking to come fits.")

HERE = f"/schedule/providers/{new_id()}"
CREDENTIAL, EXPIRING = new_id(), new_id()
SHIFTS = views.PatternRow(
    "Every week, since 20 Oct 2025", True, (("Monday", "8:00-16:00"), ("Tuesday", "8:00-12:00, 12:30-16:00"))
)
LIMITS = form(f"{HERE}/limits", day_hours="5", week_hours="25", most_in_a_row="3", break_minutes="15")
PROVIDER = views.ProviderPage(
    tabs=tabs("/schedule", 2),
    staff_id=new_id(),
    name="Ana Okafor",
    first_name="Ana",
    title="Massage",
    initials="AO",
    hue=0,
    hits=HITS,
    patterns=(SHIFTS, replace(SHIFTS, words="Every 2 weeks, from Monday 7 Dec 2026", is_now=False)),
    weekdays=WEEKDAYS,
    undo=views.Removable(
        "Changed by Renata Silva on 24 Nov, 8:30 AM",
        "Counts from Monday 7 Dec 2026.",
        f"{HERE}/pattern/undo",
        (("change", "1"),),
        "Undo this change",
    ),
    exceptions=(
        views.Removable("Friday 27 November 2026", "8:00-12:00 · Training", f"{HERE}/exceptions/removal"),
    ),
    time_off=(
        views.Removable(
            "Tuesday 24 November 2026, 12:00 PM to 4:00 PM", "Dentist", f"{HERE}/time-off/removal", hits=HITS
        ),
        views.Removable("Fri 13 Nov 2026, 12:00 AM to Tue 17 Nov 2026, 12:00 AM", "Vacation · over", None),
    ),
    credentials=(
        views.CredentialRow(CREDENTIAL, "massage", "Massage", "L-1", MONDAY, None, "valid", ()),
        views.CredentialRow(
            EXPIRING, "hot_stone", "Hot stone", "L-2", MONDAY, date(2026, 12, 28), "ends soon", HITS[1:]
        ),
    ),
    kinds=(views.Choice("massage", "Massage"), views.Choice("hot_stone", "Hot stone")),
    limits_words="5 h a day, 25 h a week, 3 in a row, then 15 min of break.",
    has_own_limits=True,
    forms={
        "pattern": form(
            f"{HERE}/pattern",
            "last_day",
            "beside",
            *(name for name, _ in WEEKDAYS),
            first_day="2026-11-30",
            every_weeks="1",
        ),
        "exception": form(f"{HERE}/exceptions", "day", "hours", "reason"),
        "time_off": form(
            f"{HERE}/time-off", "reason", starts_at="2026-11-25T12:00", ends_at="2026-11-25T17:00"
        ),
        "credential": form(f"{HERE}/credentials", "kind", "number", "valid_from", "valid_until"),
        f"credential_{CREDENTIAL}": form(f"{HERE}/credentials", "valid_until", "was"),
        f"credential_{EXPIRING}": form(f"{HERE}/credentials", valid_until="2026-12-28", was="2026-12-28"),
        "limits": LIMITS,
        "gender": form(f"{HERE}/gender", gender="woman"),
    },
)
PROVIDER_HIT = replace(
    PROVIDER,
    forms={
        **PROVIDER.forms,
        "time_off": replace(
            PROVIDER.forms["time_off"],
            problem=HIT_PROBLEM,
            hits=HITS,
            may_save=True,
            sent=(("starts_at", "2026-11-24T12:00"),),
        ),
        "pattern": replace(
            PROVIDER.forms["pattern"],
            problem=Problem("hours-backwards", "The hours on Monday end before they start.", field="monday"),
        ),
    },
)
PROVIDER_NEW = replace(
    PROVIDER,
    hits=(),
    patterns=(),
    undo=None,
    exceptions=(),
    time_off=(),
    credentials=(),
    has_own_limits=False,
    apart=views.FormState(
        f"{HERE}/pattern/undo", {}, Problem("change-begun", "These shifts were worked already.")
    ),
)

OPENING = form(
    "/schedule/hours", **({name: "8:00-20:00" for name, _ in WEEKDAYS} | {"first_day": "2026-11-30"})
)
SPECIAL = form("/schedule/special-days", "day", "reason", "hours")
HOURS = views.HoursPage(
    tabs("/schedule/hours"),
    WEEKDAYS,
    (
        (views.PatternRow("Since 20 Oct 2025", True, (("Monday", "8:00-20:00"), ("Sunday", "closed"))), None),
        (
            views.PatternRow(
                "From Monday 7 Dec 2026", False, (("Monday", "9:00-19:00"), ("Sunday", "closed"))
            ),
            views.Removable("From Monday 7 Dec 2026", "", "/schedule/hours/removal"),
        ),
    ),
    (
        views.Removable(
            "Thursday 26 November 2026", "Thanksgiving Day · closed", "/schedule/special-days/removal"
        ),
    ),
    {"hours": OPENING, "special": SPECIAL},
)
NO_HOURS = replace(HOURS, periods=(), special_days=())

OUT = form(
    "/schedule/rooms/out", "number", "reason", starts_at="2026-11-25T12:00", ends_at="2026-11-25T17:00"
)
ROOMS = views.RoomsPage(
    tabs("/schedule/rooms", 1),
    (
        views.KindCard(
            "treatment_room",
            "Treatment room",
            "2 in use",
            (
                views.ThingRow(13, "Room 1", "In use", False),
                views.ThingRow(14, "Room 2", "Out of use now", False),
                views.ThingRow(15, "Room 3", "Retired", True),
            ),
        ),
    ),
    (
        views.Removable(
            "Room 2: Tue 24 Nov 2026, 8:00 AM to 1:00 PM",
            "New floor",
            "/schedule/rooms/out/removal",
            hits=HITS[1:],
        ),
    ),
    (views.Choice("13", "Room 1"), views.Choice("14", "Room 2")),
    (views.Choice("treatment_room", "Treatment room"),),
    {"out": OUT, "add": form("/schedule/rooms", "kind", "name")},
)
ROOMS_REFUSED = replace(
    ROOMS,
    out=(),
    kinds=(),
    apart=views.FormState("/schedule/rooms/retirement", {}, HIT_PROBLEM, HITS),
)

RULES = views.RulesPage(
    tabs("/schedule/rules"),
    (
        views.Removable("Every service, every group", "from 2 h before to 90 days ahead", None),
        views.Removable(
            "Hot stone massage, Employee", "from 4 h before to 30 days ahead", "/schedule/windows/removal"
        ),
    ),
    (views.Choice("1", "Swedish massage"),),
    (views.Choice("employee", "Employee"),),
    (
        views.PolicyRow(2, "Free to move or cancel until 12 hours before.", at(8, 30), 0, True),
        views.PolicyRow(1, "Free to move or cancel until 24 hours before.", at(8, 0), 112, False),
    ),
    (
        views.ReasonRow("guest", "Guest asked", False, False),
        views.ReasonRow("illness", "Illness", True, False),
    ),
    "5 h a day, 25 h a week, 3 in a row, then 15 min of break.",
    {
        "window": form("/schedule/windows", "service", "group", lead_hours="2", horizon_days="90"),
        "policy": form("/schedule/policy", notice_hours="24", late="50", no_show="100", grace_minutes="15"),
        "limits": replace(LIMITS, action="/schedule/limits"),
        "reason": form("/schedule/reasons", "name", "fee_free", "for_guests"),
        "reason_guest": form("/schedule/reasons", "fee_free", "for_guests", name="Guest asked"),
        "reason_illness": form("/schedule/reasons", "for_guests", name="Illness", fee_free="yes"),
    },
)
NO_RULES = replace(RULES, windows=(), policies=(), reasons=())

CARD_RULE = form("/schedule/cards", "service", "group", "guests", "percent", "amount", "from", asks="card")
CARD_RULES = views.CardRulesPage(
    tabs("/schedule/cards"),
    (
        views.Removable(
            "Every service, every group, new guests: a card on file",
            "Version 3, since November 24 by Renata Silva; words of 2026-11",
            "/schedule/cards/end",
            (("id", "3"),),
        ),
    ),
    (
        views.PastRule(
            "Version 1",
            "Every service, every group: a deposit of 25 % of the price",
            at(8),
            at(9),
            "2026-11",
            "I let Rejuvenate Spa keep this card.",
        ),
    ),
    (views.Choice("1", "Swedish massage"),),
    (views.Choice("employee", "Employee"),),
    (views.Choice("card", "a card on file"), views.Choice("deposit", "a deposit")),
    "2026-11",
    "I let Rejuvenate Spa keep this card.",
    CARD_RULE,
)
NO_CARD_RULES = replace(
    CARD_RULES,
    rules=(),
    past=(),
    form=replace(
        CARD_RULE,
        values={**CARD_RULE.values, "guests": "new", "asks": "deposit"},
        problem=Problem("deposit-one-way", "A deposit is a percentage or an amount.", field="percent"),
    ),
    end_problem=Problem("rule-ended", "That rule has ended already."),
)
