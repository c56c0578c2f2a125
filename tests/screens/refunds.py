"""A refund: nothing chosen, a part chosen, on the way, done, refused."""

from dataclasses import replace
from uuid import UUID

from spa_pos.checkout.pages import refund_views as refunds
from spa_pos.kernel.actor import Role
from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.web.shell import Face, Problem
from tests.screens.frame import at

TICKET = UUID(int=77)
LINES = (
    refunds.RefundLineRow(
        UUID(int=1),
        "Hot stone massage",
        "Ana Okafor, 75 min, 12:30 PM",
        15500,
        15500,
        0,
        "/tickets/1/refund",
        None,
    ),
    refunds.RefundLineRow(
        UUID(int=2), "Hand cream", "Retail", 1250, 0, 0, "/tickets/1/refund", "Given back already"
    ),
)
CHOOSING = refunds.RefundPage(
    ticket_id=TICKET,
    number=1042,
    guest_name="Ingrid Halvorsen",
    settled_at=at(14, 5),
    total_cents=18100,
    lines=LINES,
    everything_href="/tickets/1/refund",
    tip_left_cents=2000,
    tip_back_cents=0,
    tip_href="/tickets/1/refund?tip=2000",
    ways=(
        refunds.Way("The way it was paid", "/tickets/1/refund", True),
        refunds.Way("Guest credit", "/tickets/1/refund?to=credit", False),
    ),
    effects=(),
    back_cents=0,
    chosen_lines="",
    to="original",
    reasons=("Service cut short", "Goods returned"),
    earlier=("Refund 3: $13.52, Goods returned",),
    back_href="/tickets/1/receipt",
    nothing_left="",
)
CHOSEN = replace(
    CHOOSING,
    lines=(replace(LINES[0], back_cents=15500), LINES[1]),
    effects=(
        refunds.Effect("Sales: Hot stone massage", 15500),
        refunds.Effect("Sales tax", 1259),
        refunds.Effect("Back: Visa 4242", -16759),
    ),
    back_cents=16759,
    problem=Problem("refund-changed", "What can go back changed while this page was open. Look again."),
)
UNDECIDED = replace(
    CHOSEN,
    to="",
    ways=tuple(replace(way, chosen=False) for way in CHOSEN.ways),
    effects=CHOSEN.effects[:2],
    problem=None,
)
APPROVED = replace(
    CHOSEN,
    approval=ApprovalPanel(
        "/tickets/1/refunds",
        (("to", "original"),),
        "Give back $167.59: a manager has to approve.",
        16759,
        (Face.of(UUID(int=3), "Renata Silva", 120, Role.MANAGER),),
        "/tickets/1/refund",
    ),
    problem=None,
)
PIECES = replace(
    UNDECIDED,
    lines=(
        replace(
            LINES[0],
            description="Spa slippers",
            back_cents=1600,
            pieces=(
                refunds.Option("Guest keeps it", "/tickets/1/refund", False),
                refunds.Option("1 back", "/tickets/1/refund", True),
            ),
            shelf=refunds.Option("Can be sold again", "/tickets/1/refund", False),
        ),
    ),
    effects=(*CHOSEN.effects[:2], refunds.Effect("Stock: 1 × Spa slippers written off, damaged", None)),
)
VOID = refunds.VoidPage(
    TICKET,
    1042,
    "Ingrid Halvorsen",
    at(14, 5),
    18100,
    CHOSEN.effects,
    16759,
    ("Rung up by mistake",),
    "/tickets/1/receipt",
    APPROVED.approval,
)
NO_VOID = replace(
    VOID,
    effects=(),
    back_cents=0,
    approval=None,
    problem=Problem("void-after-refund", "Some of this sale went back already. Give the rest back."),
)
NOTHING = replace(
    CHOOSING,
    lines=(replace(LINES[0], why_not="Given back already"),),
    nothing_left="All of this ticket was given back that can be.",
    tip_left_cents=0,
)
PART = refunds.RefundPartRow(UUID(int=5), "Visa 4242", 16759, "done", "Done", None)
SLIP = refunds.RefundSlip(
    number=4,
    ticket_number=1042,
    guest_name="Ingrid Halvorsen",
    made_at=at(15, 2),
    made_by="Renata",
    reason="Service cut short",
    rows=(("Hot stone massage", 15500), ("Sales tax", 1259)),
    total_cents=16759,
    ways=(("Visa 4242", 16759),),
    business_name="Rejuvenate Spa",
    address="Rochester, Minnesota",
    phone="(507) 555-0100",
    sample_notice="Sample prices, not Mayo's",
)
DONE = refunds.RefundDonePage(
    id=UUID(int=8),
    number=4,
    ticket_number=1042,
    guest_name="Ingrid Halvorsen",
    status="done",
    reason="Service cut short",
    total_cents=16759,
    cash_cents=5000,
    parts=(
        PART,
        refunds.RefundPartRow(UUID(int=6), "Gift card", 5000, "done", "Done", f"/gift-cards/{UUID(int=6)}"),
    ),
    slip=SLIP,
    receipt_href="/tickets/1/receipt",
    pdf_href=f"/refunds/{UUID(int=8)}/receipt.pdf",
)
WAITING = replace(
    DONE, status="open", cash_cents=0, parts=(replace(PART, status="unknown", sentence="Asked again"),)
)
REFUSED = replace(
    DONE,
    status="open",
    cash_cents=0,
    parts=(replace(PART, status="failed", sentence="The bank sent it back."),),
)
