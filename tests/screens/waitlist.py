"""The waitlist: nobody, many, each sheet, and the rules."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from spa_pos.booking.pages import waitlist_views as views
from spa_pos.web.shell import Problem
from tests.screens.frame import at, new_id

WHY = "Patient 40 · Pain 20 · Severity 7: 14 · Leaves in 2 days: 15 · Waiting 3 days: 3 = 92"


def row(place: int, name: str, service: str, score: int, why: str, held: str | None = None) -> views.WaitRow:
    """One guest in the list."""
    return views.WaitRow(
        f"/waitlist/{new_id()}",
        place,
        name,
        "Patient" if score > 40 else "Visitor",
        service,
        "Nov 24 to Nov 30, morning, afternoon",
        "with Leila Farouk" if place % 2 else "with anyone",
        score,
        why,
        "Offered" if held else "Waiting",
        "late" if held else "booked",
        held,
    )


ROWS = (
    row(1, "Rosa Delgado", "Acupuncture", 92, WHY, "Held until 1:10 PM for 2:15 PM with Leila"),
    row(2, "Marcus Bell", "Deep tissue massage", 54, "Patient 40 · Severity 7: 14 = 54"),
    row(3, "Ingrid Halvorsen", "Hot-stone massage", 3, "Waiting 3 days: 3 = 3"),
    row(4, "Tomás Rivera", "Acupuncture", 0, "No points: first come, first served"),
)
EMPTY = views.WaitlistPage((), "Nobody waits", (), "", False, "/waitlist/list", "/waitlist/new", None)
LIST = replace(
    EMPTY,
    rows=ROWS,
    summary="4 waiting, 1 with a time held",
    services=(views.Choice("1", "Acupuncture", True), views.Choice("2", "Deep tissue massage")),
    day="2026-11-24",
    is_filtered=True,
    rules_href="/waitlist/rules",
)
GUEST = views.GuestStep("/waitlist", (("service", "1"), ("date", "2026-11-24")))
FOUND = replace(
    GUEST,
    typed="0123",
    asked=True,
    results=(views.GuestFound("Rosa Delgado", "Patient", "••• 0123", "/waitlist/new?guest=1"),),
)
NOBODY = replace(GUEST, typed="zz", asked=True)
FORM = views.WaitForm(
    title="Add to the waitlist",
    action="/waitlist",
    close_href="/waitlist",
    fields=(("guest", str(new_id())),),
    guest_name="Rosa Delgado",
    group_name="Patient",
    services=(views.Choice("1", "Acupuncture, 60 min", True), views.Choice("2", "Swedish massage, 60 min")),
    first_day="2026-11-24",
    last_day="2026-11-30",
    parts=(
        views.Choice("morning", "Morning", True),
        views.Choice("afternoon", "Afternoon"),
        views.Choice("evening", "Evening"),
    ),
    hours="14:00-16:00",
    wishes=(views.Choice("any", "Anyone", True), views.Choice("woman", "A woman")),
    reasons=(views.Choice("pain", "Pain", True), views.Choice("none", "No special reason")),
    severity="7",
    leaves_on="2026-11-26",
    note="Hotel, room 214",
    is_new=True,
)
WRONG = replace(
    FORM,
    title="Change the entry",
    is_new=False,
    problem=Problem("wait-left", "The guest has left by then.", field="leaves_on"),
)
WAIT = views.WaitSheet(
    id=new_id(),
    version=3,
    close_href="/waitlist",
    guest_name="Rosa Delgado",
    guest_phone="(507) 555-0123",
    group_name="Patient",
    service_name="Acupuncture",
    minutes=60,
    days_words="Nov 24 to Nov 30",
    hours_words="Morning, afternoon",
    wish_words="with Leila Farouk",
    since=at(9, 12, date(2026, 11, 21)),
    score=92,
    explanation=WHY,
    leaves_on=date(2026, 11, 26),
    note="Hotel, room 214",
    word="Waiting",
    look="booked",
    held=None,
    times=tuple(
        views.OpenTime(at(hour, 15), at(hour, 15).isoformat(), new_id(), "Leila Farouk", "Room 3")
        for hour in (9, 11, 13)
    ),
    no_times=None,
    offers=(
        views.PastOffer(at(8, 40), at(14, 15), "Leila Farouk", "No answer in time", "Waitlist", 91, WHY),
    ),
    history=(
        views.Step(at(9, 12, date(2026, 11, 21)), "Maya Lindqvist", "Added to the waitlist"),
        views.Step(at(8, 40), "Waitlist", "Offered a time"),
    ),
    may_change=True,
    may_withdraw=True,
    may_restore=False,
)
FULL = replace(WAIT, times=(), offers=(), no_times="Nothing fits within 14 days yet.")
HELD = replace(
    WAIT,
    word="Offered",
    look="late",
    times=(),
    may_change=False,
    held=views.HeldOffer(
        new_id(), 1, at(14, 15), "Leila Farouk", "Room 3", at(13, 10), 9900, 9900, is_over=False
    ),
)
OVER = replace(
    HELD,
    held=views.HeldOffer(
        new_id(), 1, at(14, 15), "Leila Farouk", "Room 3", at(12, 10), 9900, 9900, is_over=True
    ),
)
WITHDRAWN = replace(
    WAIT, word="Withdrawn", look="cancelled", times=(), may_change=False, may_withdraw=False, may_restore=True
)
CONFLICT = replace(
    WAIT, problem=Problem("slot-taken", "Leila was booked for that time. Choose another time.")
)
RULES = views.WaitlistRulesPage(
    version=2,
    hold_minutes=30,
    notice_minutes=120,
    offers_from="08:00",
    offers_until="20:00",
    leaving_days=7,
    waiting_most_points=30,
    groups=(
        views.WeightField("g_patient", "Patient", "", 40),
        views.WeightField("g_visitor", "Visitor", "", 0),
    ),
    reasons=(
        views.WeightField("w_1", "Pain", "", 20, "use_1"),
        views.WeightField("w_2", "Anxiety", "", 15, "use_2", is_used=False),
    ),
    others=(views.WeightField("w_3", "Severity, for each step from 0 to 10", "", 2),),
    example=WHY,
    history=(views.Step(at(9, 12), "Renata Silva", "Changed the waitlist's rules"),),
)
RULES_WRONG = replace(
    RULES,
    problem=Problem(
        "waitlist-rules-unreadable", "A time is held for 5 to 1,440 minutes.", field="hold_minutes"
    ),
    history=(),
)


def waitlist_pages() -> Iterator[tuple[str, views.WaitlistPage]]:
    """Every state of the list and of what stands beside it."""
    yield "waitlist", LIST
    yield "waitlist-empty", EMPTY
    yield "waitlist-wrong", replace(EMPTY, problem=Problem("date-unreadable", "That is not a date."))
    for name, sheet in (
        ("guest", GUEST),
        ("found", FOUND),
        ("nobody", NOBODY),
        ("form", FORM),
        ("form-wrong", WRONG),
        ("wait", WAIT),
        ("wait-full", FULL),
        ("wait-held", HELD),
        ("wait-over", OVER),
        ("wait-withdrawn", WITHDRAWN),
        ("wait-conflict", CONFLICT),
    ):
        yield f"waitlist-{name}", replace(LIST, sheet=sheet)
