"""The sheet beside the board: each step of a booking, each state of a visit."""

from dataclasses import replace

from spa_pos.booking.pages import visit_views as visits
from spa_pos.booking.pages.party_sheet import PartyEnd, PartyPart, PartyRow
from spa_pos.booking.pages.views import Look
from spa_pos.web.shell import Problem
from tests.screens.board import EVERYTHING
from tests.screens.frame import at, new_id

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
    provider_id=new_id(),
    provider_name="Ana Okafor",
    provider_initials="AO",
    provider_hue=0,
    room_name="Room 1",
    room_kind="treatment_room",
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
    fee_words="Fee $60.00 (late)",
    fee_due=True,
    may_confirm=False,
    may_check_in=False,
    may_cancel=False,
    may_no_show=False,
    needs_proof=False,
)
FEE_ON_CARD = replace(
    CANCELLED,
    fee_card=visits.FeeCard(
        "Charge $30.00 to Visa ending in 4242",
        (("card", "1"), ("amount_cents", "3000")),
        (
            "Booked under version 2 of the policy: Free to move or cancel until 24 hours before.",
            "Agreed to the card on November 3, 2026, text of 2026-11.",
            "$30.00 of the deposit pays first.",
        ),
    ),
)
TOMORROW = replace(
    VISIT,
    may_check_in=False,
    may_no_show=False,
    not_yet="This visit is tomorrow. Check the guest in when they come.",
)
RULE = "Card rules, version 2"
CARD_ASKED = replace(
    TOMORROW,
    card_ask=visits.CardAskPart("A card is asked for", RULE, False, "/guests/1/kept-cards", None),
)
DEPOSIT_ASKED = replace(
    TOMORROW,
    card_ask=visits.CardAskPart(
        "A deposit of $30.00 is asked for", RULE, False, None, "Take the deposit of $30.00"
    ),
)
DEPOSIT_PAID = replace(
    TOMORROW, card_ask=visits.CardAskPart("The deposit of $30.00 is paid", RULE, True, None, None)
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

_ENDS = (PartyEnd("Guest asked", "Fee $120.00"), PartyEnd("Illness", "No fee"))
WITH_PARTY = replace(
    PROVEN,
    party=PartyPart(
        id=new_id(),
        rows=(
            PartyRow("With Lars Berg", "2:00 PM, Ben, side by side", "/appointments/2"),
            PartyRow("Manicure", "3:15 PM, Jonas, cancelled", "/appointments/3"),
        ),
        versions="",
        move_href="/appointments/new?party=1",
        reasons=_ENDS,
        cancel_words="Cancel all 2: Sofia, Lars",
    ),
)
PARTY_OVER = replace(
    DONE_VISIT,
    party=PartyPart(
        id=new_id(),
        rows=(PartyRow("With Lars Berg", "2:00 PM, Ben, side by side, done", "/appointments/2"),),
        versions="",
        move_href=None,
        reasons=(),
        cancel_words="",
    ),
)
