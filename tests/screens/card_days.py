"""Cards beside the processor: agreeing, differing, settled, never compared."""

from dataclasses import replace
from datetime import timedelta

from spa_pos.checkout.pages import card_day_views as views
from spa_pos.checkout.pages.card_days import WORDS
from spa_pos.payments.rules import Kind
from spa_pos.web.shell import Problem
from tests.screens.frame import DAY

AGREES = views.CardDayPage(
    day=DAY,
    today=DAY,
    previous_href="/reports/cards?date=2026-11-23",
    next_href=None,
    agrees=True,
    title="All 14 agree",
    words="13 charged, $1,304.59; 1 given back, $95.00. Compared November 25, 3:20 AM.",
    failed_words="",
    can_compare=True,
    differences=(),
    days=(
        views.CardDayRow(DAY, "All 14 agree", "/reports/cards?date=2026-11-24", True, False),
        views.CardDayRow(
            DAY - timedelta(days=1), "2 differences", "/reports/cards?date=2026-11-23", False, True
        ),
    ),
)
OPEN = views.DifferenceCard(
    WORDS[Kind.CHARGE_UNKNOWN][0],
    "pi_3QxYzAbCdEfGhIjK",
    2_500,
    None,
    WORDS[Kind.CHARGE_UNKNOWN][1],
    None,
    "",
    "note-1",
    "/reports/cards/1/settlement",
    "",
    "",
)
DIFFERS = replace(
    AGREES,
    agrees=False,
    title="1 difference to look into",
    failed_words="On November 25 at 9:10 AM it could not be compared: The card processor does not answer.",
    differences=(
        OPEN,
        replace(
            OPEN,
            title=WORDS[Kind.REFUND_UNKNOWN][0],
            next_words=WORDS[Kind.REFUND_UNKNOWN][1],
            field_id="note-2",
            href="/tickets/1/receipt",
            href_words="Open ticket 1042",
            action=None,
            settled_words="Renata Silva, November 25: given back by our accountant",
        ),
    ),
    problem=Problem("note-missing", "Say what became of it.", field="note"),
)
NEVER = replace(
    AGREES,
    agrees=None,
    title="Nobody has compared this day",
    words="It happens every night, or now with one tap.",
    days=(),
)
