"""The sheet beside the board: each step of a booking, each state of a visit."""

from dataclasses import replace
from datetime import timedelta

from spa_pos.booking.pages import views as booking
from spa_pos.booking.pages import visit_views as visits
from spa_pos.booking.pages.views import Look
from spa_pos.web.shell import Problem, initials
from tests.screens.board import EVERYTHING
from tests.screens.frame import DAY, PROVIDERS, TAKEN, at, new_id

CONTEXT = booking.Context(date="2026-11-24")
GROUPS = tuple(
    booking.GroupChoice(name.lower().replace(" ", "_"), name, evidence)
    for name, evidence in (
        ("Visitor", ""),
        ("Employee", "employee badge"),
        ("Retiree", "retiree card"),
        ("Volunteer", "volunteer badge"),
        ("Student", "student badge"),
        ("Patient", "patient number"),
        ("Patient family", "patient's number"),
    )
)
SEARCH = booking.GuestSearch(CONTEXT, groups=GROUPS)
FOUND = replace(
    SEARCH,
    typed="0123",
    asked=True,
    results=(
        booking.GuestRow(new_id(), "Ingrid Halvorsen", "Employee", "••• 0123", "/appointments/new?guest=1"),
        booking.GuestRow(new_id(), "Tomás Rivera", "Patient family", "••• 0123", "/appointments/new?guest=2"),
    ),
    new_phone="0123",
)
NEW_GUEST = replace(
    SEARCH,
    typed="5075550199",
    asked=True,
    new_open=True,
    new_given_name="Ann",
    new_phone="12",
    problem=Problem(
        "phone-unreadable", "Type a phone number with area code, such as 507 555 0123.", field="phone"
    ),
)


def service(name: str, minutes: int, cents: int, listed: int | None = None) -> booking.ServiceChoice:
    """One service of the menu."""
    return booking.ServiceChoice(
        new_id(), name, minutes, cents, listed or cents, "/appointments/new?service=1"
    )


MENU = (
    booking.ServiceCategory(
        "Massage",
        (
            service("Express massage", 30, 5200),
            service("Swedish massage", 60, 9600),
            service("Deep tissue massage", 90, 13600),
        ),
    ),
    booking.ServiceCategory(
        "Face and body", (service("Signature facial", 60, 8800), service("Body wrap", 60, 9200))
    ),
    booking.ServiceCategory("Nails", (service("Spa manicure", 45, 3200), service("Spa pedicure", 60, 4800))),
)


def time_choice(
    hour: int, minute: int, who: int, *, reason: str = "", chosen: bool = False
) -> booking.TimeChoice:
    """One open time with one provider."""
    name, _, hue = PROVIDERS[who]
    return booking.TimeChoice(
        at(hour, minute),
        new_id(),
        name.split()[0],
        name,
        initials(name),
        hue,
        "Room 2",
        f"/appointments/new?at={hour:02}:{minute:02}",
        reason,
        chosen,
    )


GUEST_STEP = booking.BookingSheet(
    step=booking.Step.GUEST,
    context=CONTEXT,
    close_href="/board?date=2026-11-24",
    guest_name=None,
    guest_group_name=None,
    guest_phone_words=None,
    change_guest_href="/appointments/new",
    search=SEARCH,
    service=None,
    change_service_href="/appointments/new",
    usual=(),
    categories=(),
    wanted_words="Tuesday, November 24, 2:15 PM with Ana",
    day=DAY,
    providers=(),
    best=(),
    day_parts=(),
    days=(),
    chosen=None,
    no_times=None,
    price=None,
)
SERVICE_STEP = replace(
    GUEST_STEP,
    step=booking.Step.SERVICE,
    guest_name="Ingrid Halvorsen",
    guest_group_name="Employee",
    guest_phone_words="••• 0123",
    search=None,
    usual=tuple(
        service(name, minutes, cents)
        for name, minutes, cents in (
            ("Swedish massage", 60, 9600),
            ("Deep tissue massage", 90, 13600),
            ("Express massage", 30, 5200),
            ("Signature facial", 60, 8800),
            ("Spa pedicure", 60, 4800),
            ("Body wrap", 60, 9200),
        )
    ),
    categories=MENU,
)
CHOSEN = time_choice(14, 15, 0, reason="The time you tapped", chosen=True)
TIME_STEP = replace(
    SERVICE_STEP,
    step=booking.Step.TIME,
    context=replace(CONTEXT, guest=str(new_id()), service=str(new_id())),
    service=service("Swedish massage", 60, 9600, 12000),
    usual=(),
    categories=(),
    providers=(
        booking.ProviderChoice("Anyone", "/appointments/new", True),
        booking.ProviderChoice("Ana", "/appointments/new?provider=1", False),
        booking.ProviderChoice("Ben", "/appointments/new?provider=2", False),
        booking.ProviderChoice("Chloe", "/appointments/new?provider=3", False),
        booking.ProviderChoice("Dana", "/appointments/new?provider=4", False),
    ),
    best=(
        CHOSEN,
        time_choice(12, 30, 3, reason="Soonest"),
        time_choice(16, 0, 2, reason="Leaves no gap for Chloe"),
    ),
    day_parts=(
        booking.DayPart(
            "Afternoon", tuple(time_choice(12 + i // 4, i % 4 * 15, i % 4) for i in range(2, 14))
        ),
        booking.DayPart("Evening", tuple(time_choice(17, minute, 1) for minute in (0, 15, 30, 45))),
    ),
    days=tuple(
        booking.DayChoice(
            DAY + timedelta(days=i),
            "/appointments/new",
            ("Closed" if i == 2 else "Full" if i == 4 else f"{28 - i} open"),
            i not in (2, 4),
            i == 0,
        )
        for i in range(10)
    ),
    chosen=CHOSEN,
    price=booking.PriceView(
        12000, 9600, 2400, "Employee price", "employee badge", "Plus sales tax 8.125 %, $7.80."
    ),
)
NO_TIMES = replace(
    TIME_STEP,
    best=(),
    day_parts=(),
    chosen=None,
    price=None,
    problem=TAKEN,
    no_times="Nobody is free for this on Tuesday. Thursday has 26 open times.",
)

# ---- one visit --------------------------------------------------------------------------------------

VISIT = visits.VisitSheet(
    id=EVERYTHING[2][1].id,
    version=1,
    close_href="/board?date=2026-11-24",
    guest_name="Sofia Reyes",
    guest_phone="(507) 555-0142",
    service_name="Swedish massage",
    minutes=60,
    starts_at=at(14),
    ends_at=at(15),
    provider_name="Ana Okafor",
    provider_initials="AO",
    provider_hue=0,
    room_name="Room 1",
    look=Look.BOOKED,
    word="Booked",
    timeline=(
        visits.TimelineStep("Booked", at(9, 12), True),
        visits.TimelineStep("Checked in", None, False),
        visits.TimelineStep("Done", None, False),
    ),
    group_name="Employee",
    claims_group=True,
    proven=False,
    proof_words="No badge seen yet",
    evidence="employee badge",
    list_cents=12000,
    price_cents=9600,
    visitor_price_cents=12000,
    reduction_name="Employee price",
    needs_proof=True,
    may_check_in=True,
    may_undo_check_in=False,
    may_cancel=True,
    may_no_show=True,
    may_check_out=False,
    ticket_href=None,
    receipt_href=None,
    not_yet=None,
    end_reason=None,
    fee_words=None,
    endings=visits.Endings(
        (
            visits.EndChoice("Guest asked", "Fee $48.00"),
            visits.EndChoice("Illness", "No fee"),
            visits.EndChoice("Clinical appointment ran over", "No fee"),
            visits.EndChoice("Provider away", "No fee"),
            visits.EndChoice("Booked by mistake", "No fee"),
        ),
        "Free to move or cancel until 24 hours before.",
        "Mark as no-show, fee $96.00",
    ),
    may_confirm=True,
    cancelling=False,
    history=(visits.HistoryRow(at(9, 12), "Maya at Desk 1", "Booked", None),),
)
PROVEN = replace(
    VISIT, proven=True, needs_proof=False, proof_words="Employee badge seen, good until Nov 3, 2027"
)
CHECKED_IN = replace(
    PROVEN,
    look=Look.CHECKED_IN,
    word="Checked in",
    timeline=(
        visits.TimelineStep("Booked", at(9, 12), False),
        visits.TimelineStep("Checked in", at(13, 52), True),
        visits.TimelineStep("Done", None, False),
    ),
    may_confirm=False,
    may_start=True,
    may_check_in=False,
    may_undo_check_in=True,
    may_cancel=False,
    may_no_show=False,
    may_check_out=True,
    history=(*VISIT.history, visits.HistoryRow(at(13, 52), "Omar at Desk 1", "Checked in", "Badge seen")),
)
CANCELLING = replace(
    VISIT, cancelling=True, problem=Problem("reason-missing", "Choose a reason.", field="reason")
)
DONE_VISIT = replace(
    CHECKED_IN,
    look=Look.DONE,
    word="Done",
    may_start=False,
    may_check_out=False,
    may_undo_check_in=False,
    receipt_href="/tickets/1/receipt",
)
CANCELLED = replace(
    VISIT,
    look=Look.CANCELLED,
    word="Cancelled",
    end_reason="Illness",
    fee_words="No fee: illness",
    may_confirm=False,
    may_check_in=False,
    may_cancel=False,
    may_no_show=False,
    needs_proof=False,
)
TOMORROW = replace(
    VISIT,
    may_check_in=False,
    may_no_show=False,
    not_yet="This visit is tomorrow. Check the guest in when they come.",
)
LATE = replace(
    PROVEN,
    look=Look.LATE,
    word="Late",
    may_confirm=False,
    add_ons=(visits.AddOnRow("Scalp massage", 15, 2000, "Employee price"),),
    wish_words="Asked for by name",
    override_reason="She asked for her",
    late=visits.LateChoice("20 min late", "40 min, 2:20 to 3:00 PM", "All 60 min, 2:20 to 3:20 PM"),
)
TOO_LATE = replace(LATE, late=visits.LateChoice("58 min late", None, None))
