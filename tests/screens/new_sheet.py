"""The sheet beside the board while a booking is made: each step, for one guest and for a couple."""

from dataclasses import replace
from datetime import timedelta

from spa_pos.booking.pages import sheet_views as booking
from spa_pos.web.shell import Problem, initials
from tests.screens.frame import DAY, PROVIDERS, TAKEN, at, new_id

FIELDS = (("date", "2026-11-24"),)
NEW = "/appointments/new"
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
SEARCH = booking.GuestSearch(FIELDS, groups=GROUPS)
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


def serving(guest: str, service_name: str, who: int, hour: int, minute: int, room: str) -> booking.Serving:
    """One hour with one provider in one room."""
    name, _, hue = PROVIDERS[who]
    begins = at(hour, minute)
    return booking.Serving(
        guest, service_name, name, initials(name), hue, room, begins, begins + timedelta(hours=1)
    )


def time_choice(
    hour: int, minute: int, *who: int, reason: str = "", chosen: bool = False, limit: str = ""
) -> booking.TimeChoice:
    """One open time with one provider, or one for each guest."""
    guests = ("Ingrid Halvorsen", "Lars Berg")
    rows = tuple(
        serving(guests[place], "Swedish massage", one, hour, minute, f"Room {place + 1}")
        for place, one in enumerate(who)
    )
    names = " and ".join(row.provider_name.split()[0] for row in rows)
    return booking.TimeChoice(
        at(hour, minute), names, rows, f"{NEW}?at={hour:02}:{minute:02}", reason, chosen, limit
    )


def item(
    guest: str, service_name: str | None, *, folded: bool = False, heads: bool = True, opened: bool = False
) -> booking.ItemRow:
    """One service of the booking, with add-ons and providers to choose from."""
    return booking.ItemRow(
        guest_name=guest,
        guest_words="Employee, ••• 0123",
        heads_guest=heads,
        change_guest_href=NEW,
        service_name=service_name,
        words="60 min",
        change_service_href=NEW,
        remove_href=NEW if folded else None,
        add_ons=(
            booking.Toggle("Aromatherapy", NEW, False, "$12.00"),
            booking.Toggle("Scalp massage", NEW, True, "15 min, $25.00"),
        )
        if service_name
        else (),
        providers=tuple(
            booking.Toggle(name, NEW, place == 0)
            for place, name in enumerate(("Anyone", "A woman", "A man", "Ana", "Ben", "Chloe"))
        )
        if service_name
        else (),
        options_words="Scalp massage, Anyone",
        folded=folded,
        opened=opened,
    )


POLICY = "Free to move or cancel until 24 hours before; later costs 50 % of the price."
CHOSEN = time_choice(14, 15, 0, reason="The time asked for", chosen=True)
CONFIRM = booking.Confirm(
    action="/appointments",
    fields=(("id", str(new_id())), ("quoted_cents", "12100")),
    button_words="Book 2:15 PM with Ana, $121.00",
    rows=(
        booking.Confirming(
            CHOSEN.serving[0],
            (
                booking.PriceLine("Swedish massage", False, 12000, 9600, "Employee price"),
                booking.PriceLine("Scalp massage", True, 2500, 2500, None),
            ),
            "employee badge",
        ),
    ),
    total_list_cents=14500,
    total_cents=12100,
    tax_words="plus 8.125 % sales tax",
    policy_words=POLICY,
    limit_words="",
    needs_manager=False,
)
GUEST_STEP = booking.BookingSheet(
    step=booking.Step.GUEST,
    title="New booking",
    close_href="/board?date=2026-11-24",
    items=(),
    search=SEARCH,
    usual=(),
    categories=(),
    asked_words="",
    wanted_words="Tuesday, November 24, 2:15 PM with Ana",
    more=(),
    arrangements=(),
    waits=(),
    day=DAY,
    best=(),
    day_parts=(),
    beyond=(),
    days=(),
    no_times=None,
    confirm=None,
)
SERVICE_STEP = replace(
    GUEST_STEP,
    step=booking.Step.SERVICE,
    items=(item("Ingrid Halvorsen", None),),
    search=None,
    usual=tuple(one for category in MENU for one in category.services)[:6],
    categories=MENU,
)
TIME_STEP = replace(
    SERVICE_STEP,
    step=booking.Step.TIME,
    items=(item("Ingrid Halvorsen", "Swedish massage"),),
    usual=(),
    categories=(),
    wanted_words=None,
    more=(booking.Toggle("Another service", NEW, False), booking.Toggle("Another guest", NEW, False)),
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
            NEW,
            ("Closed" if i == 2 else "Full" if i == 4 else f"{28 - i} open"),
            i not in (2, 4),
            i == 0,
        )
        for i in range(10)
    ),
    confirm=replace(CONFIRM, card_words=("A deposit of $30.00 is asked for. Take it right after booking.",)),
)
NO_TIMES = replace(
    TIME_STEP,
    best=(),
    day_parts=(),
    confirm=None,
    problem=TAKEN,
    no_times="No time is left for Swedish massage that day. Choose another day.",
    waitlist_href="/waitlist/new?guest=1&service=2&date=2026-11-24",
)
LIMIT = "Ana Okafor would have 5 h 30 min hands-on that day; the limit is 5 h."
BEYOND = replace(
    TIME_STEP,
    beyond=(time_choice(15, 0, 0, chosen=True, limit=LIMIT), time_choice(15, 15, 0, limit=LIMIT)),
    confirm=replace(CONFIRM, limit_words=LIMIT, needs_manager=True),
)
OVERRIDE = replace(BEYOND, confirm=replace(CONFIRM, limit_words=LIMIT))
COUPLE_GUEST = replace(
    GUEST_STEP,
    items=(item("Ingrid Halvorsen", "Swedish massage", folded=True),),
    search=FOUND,
    wanted_words=None,
)
_SIDE_BY_SIDE = time_choice(14, 0, 0, 1, reason="Soonest", chosen=True)
COUPLE = replace(
    TIME_STEP,
    items=(
        item("Ingrid Halvorsen", "Swedish massage", folded=True, opened=True),
        item("Lars Berg", "Swedish massage", folded=True),
    ),
    arrangements=(
        booking.Toggle("Side by side", NEW, True),
        booking.Toggle("One after another", NEW, False),
    ),
    waits=(
        booking.Toggle("No wait", NEW, False),
        booking.Toggle("Up to 15 min", NEW, True),
        booking.Toggle("Up to 30 min", NEW, False),
    ),
    best=(_SIDE_BY_SIDE, time_choice(16, 0, 1, 2, reason="No waiting and no gap left")),
    day_parts=(),
    confirm=replace(
        CONFIRM,
        action="/parties",
        button_words="Book Ingrid and Lars, $241.00",
        rows=(
            replace(CONFIRM.rows[0], serving=_SIDE_BY_SIDE.serving[0]),
            booking.Confirming(
                _SIDE_BY_SIDE.serving[1],
                (booking.PriceLine("Swedish massage", False, 12000, 12000, None),),
                None,
            ),
        ),
        total_list_cents=26500,
        total_cents=24100,
    ),
)
COUPLE_FULL = replace(
    COUPLE,
    best=(),
    confirm=None,
    no_times="No time that day fits all of them. Choose another day.",
    problem=Problem("slot-taken", "Ana Okafor was booked for that time. Choose another time."),
)
MOVING = replace(
    COUPLE,
    title="Move all of them",
    items=tuple(
        replace(one, change_guest_href=None, change_service_href=None, remove_href=None, providers=())
        for one in COUPLE.items
    ),
    more=(),
    arrangements=(),
    waits=(),
    moving=booking.Moving("Move all of them", "Tuesday 24 November, 2:00 PM with Ana and Ben"),
)
