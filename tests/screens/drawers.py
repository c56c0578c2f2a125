"""Cash drawers: to be opened, in use, counted, short with a note, closed, all of them."""

from dataclasses import replace
from uuid import UUID

from spa_pos.checkout.pages import drawer_views as drawers
from spa_pos.checkout.queries.drawers import Hanging
from spa_pos.web.shell import Problem
from tests.screens.frame import DAY, at

OPENING = drawers.OpeningPage("200.00", "/tickets/1")
OPENING_LATE = replace(
    OPENING,
    before_words="The drawer of Monday, November 23 was not counted. Put its cash in a bag of its own.",
    problem=Problem("drawer-amount", "Type an amount.", field="float"),
)
PIECES = tuple(
    drawers.PiecesRow(f"n{cents}", word, cents, "3" if cents == 2_000 else "")
    for cents, word in ((10_000, "$100"), (2_000, "$20"), (25, "25 ¢"))
)
LOG = (
    drawers.LogRow(at(10), "Paid out", "Small purchases, stamps", "Maya Lindqvist", -800),
    drawers.LogRow(at(11), "No sale", "Change for a guest", "Maya Lindqvist", None),
)
IN_USE = drawers.DrawerPage(
    id=UUID(int=9),
    title="Drawer of Desk 1",
    sentence="Opened by Maya Lindqvist, Tuesday, November 24 at 8:30 AM, with a float of $200.00.",
    pieces=PIECES,
    hanging=(Hanging("/tickets/1", "Ticket 1042 Ingrid Halvorsen"),),
    log=LOG,
    paid_in=(("change", "Change from the bank"),),
    paid_out=(("supplies", "Small purchases"),),
    in_use=True,
    problem=Problem("count-unreadable", "Type how many pieces there are.", field="n2000"),
)
SHORT = replace(
    IN_USE,
    hanging=(),
    log=(),
    problem=Problem("drawer-note", "Say what may have caused the difference.", field="note"),
    difference=drawers.Difference(
        UUID(int=10), 26_500, 26_000, -500, "short", 20_000, 6_000, note_wanted=True
    ),
)
EXACT = replace(
    SHORT,
    problem=None,
    in_use=False,
    difference=drawers.Difference(UUID(int=10), 26_500, 26_500, 0, "exact", 20_000, 6_500, note_wanted=False),
)
SLIP = drawers.SlipPage(
    title="Drawer of Desk 1, November 24",
    place_name="Rejuvenate Spa",
    lines=("Desk 1, Tuesday, November 24, 2026", "Opened 8:30 AM by Maya Lindqvist"),
    rows=(drawers.SlipRow("Float", 20_000), drawers.SlipRow("Cash sales", 6_500)),
    expected_cents=26_500,
    counted_cents=26_000,
    over_cents=-500,
    word="short",
    kept_cents=20_000,
    bank_cents=6_000,
    note="Wrong change",
    pieces=PIECES[1:2],
    log=(replace(LOG[0], href="/tickets/1/receipt"), *LOG[1:]),
    sample_notice="Sample prices, not Mayo's",
)
LIST = drawers.DrawersPage(
    rows=(
        drawers.DrawerRow(
            "/drawers/1",
            DAY,
            "Desk 1",
            "Opened by Maya Lindqvist, 8:30 AM",
            "not counted",
            None,
            None,
            late=True,
        ),
        drawers.DrawerRow(
            "/drawers/2", DAY, "Desk 2", "Closed by Owen Brandt", "closed", -500, 6_000, late=False
        ),
    ),
    float_text="200.00",
    note_from_text="1.00",
    pin_from_text="10.00",
)
NO_DRAWERS = replace(LIST, rows=(), problem=Problem("drawer-amount", "Type an amount.", field="float"))
