"""Rooms, a week, blocked time, a walk-in, the day list for an outage."""

from dataclasses import replace
from uuid import UUID

from spa_pos.booking.pages import block_views as blocks
from spa_pos.booking.pages import pack, views, walk_in
from spa_pos.web.shell import Problem
from tests.screens.board import BOARD, row_of
from tests.screens.frame import DAY, at

BREAK = views.Blocked(
    UUID(int=900), f"/blocks/{UUID(int=900)}", row_of(at(16)), 6, "Break", "Lunch", at(16), at(16, 30)
)
ROOMS = replace(
    BOARD,
    view="rooms",
    columns=tuple(
        replace(
            column,
            key=str(number),
            staff_id=None,
            name=f"Room {number}",
            first_name=f"Room {number}",
            blocked=(BREAK,),
        )
        for number, column in enumerate(BOARD.columns[:1], start=1)
    ),
)
PLACE = blocks.PlaceSheet(
    placing=UUID(int=41),
    close_href="/board?date=2026-11-24",
    guest_name="Ingrid Halvorsen",
    was_words="Tuesday 24 November, 2:00 PM, Ana Okafor",
    now_words="Wednesday 25 November, 2:00 PM, Ben Castellano",
    was_cents=9600,
    price_cents=12000,
    fields=(("version", "1"), ("quoted_cents", "12000")),
)
PAST_A_LIMIT = blocks.LimitSheet(
    title="Stretch the visit of Ingrid Halvorsen",
    close_href="/board?date=2026-11-24",
    words="90 min instead of 60, with Ana Okafor",
    action=f"/appointments/{UUID(int=41)}/length",
    fields=(("version", "1"), ("minutes", "90")),
    button_words="Stretch all the same",
    may_pass=True,
    problem=Problem(
        "hands-on-limit",
        "Ana Okafor would have 6 h 15 min hands-on that day; the limit is 6 h."
        " Choose another provider, day or length, or let a manager allow it with a reason.",
    ),
)
ONLY_LOOKING = replace(BOARD, may_change=False)
WEEK = replace(
    BOARD,
    view="week",
    step_words="Week",
    title="Ana, week of Nov 23",
    people=(views.Person("Ana", "/board?view=week", True), views.Person("Ben", "/board?view=week", False)),
    columns=tuple(
        replace(column, key=f"2026112{number}", href="/board?date=2026-11-24", is_today=number == 1)
        for number, column in enumerate(BOARD.columns[:3])
    ),
)
NEW_BLOCK = blocks.BlockSheet(
    block_id=None,
    version=0,
    close_href="/board?date=2026-11-24",
    resource_no=5,
    resource_name="Room 5",
    starts_at=at(14),
    minutes=30,
    minute_choices=(15, 30, 60),
    kinds=(blocks.BlockKindChoice("break", "Break", True), blocks.BlockKindChoice("repair", "Repair", False)),
    word="",
    reason="",
    problem=Problem("slot-taken", "That time was taken a moment ago."),
)
BLOCK = replace(NEW_BLOCK, block_id=UUID(int=900), version=1, word="Break", reason="Lunch", problem=None)
SERVICE, ANA = UUID(int=31), UUID(int=32)
WALK_IN = walk_in.WalkInPage(
    services=(
        walk_in.WalkInService("Swedish massage", 60, 12000, "now", f"/walk-in?service={SERVICE}"),
        walk_in.WalkInService("Acupuncture", 60, 11000, None, f"/walk-in?service={SERVICE}"),
    ),
    chosen=None,
    proposals=(),
    service_id=None,
    provider_id=None,
    starts_at=None,
    done_words="",
    who="",
    back_href="/board",
)
FULL = replace(WALK_IN, service_id=SERVICE, chosen="Acupuncture, 60 min")
WHO = replace(
    FULL,
    proposals=(
        walk_in.Proposal("Ana, Room 1", "now", "/walk-in", True),
        walk_in.Proposal("Ben, Room 2", "in 15 min", "/walk-in", False),
    ),
    provider_id=ANA,
    starts_at=at(12, 30),
    done_words="Check in: Ana, Room 1, now",
    problem=Problem("walk-in-unreadable", "Type first name, last name and phone.", field="who"),
)
PACK = pack.PackPage(
    made_at=at(8, 30),
    place_name="Rejuvenate Spa",
    phone="(507) 555-0100",
    days=(
        pack.PackDay(
            DAY,
            "1 visit",
            (
                pack.PackSheet(
                    "Ana Okafor",
                    "Massage",
                    "8:00 AM to 4:00 PM",
                    ("12:00 PM to 12:30 PM: break",),
                    (
                        pack.PackRow(
                            at(10),
                            at(11),
                            "Ingrid Halvorsen",
                            "(507) 555-0123",
                            "Swedish massage, 60 min",
                            "Room 1",
                            "Booked",
                            9600,
                            ("Ask for: Mayo badge", "Owes $48.00 in fees"),
                        ),
                    ),
                ),
                pack.PackSheet("Ben Castellano", "Massage", "9:00 AM to 5:00 PM", (), ()),
            ),
            (pack.PackRoom("Room 2", "massage room", ("1:00 PM to 2:00 PM: repair",), ()),),
        ),
    ),
    back_href="/board",
    sample_notice="Sample prices, not Mayo's",
)
