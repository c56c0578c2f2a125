"""Gift cards, credit, packages, and what we owe; all invented."""

from dataclasses import replace
from datetime import date

from spa_pos.kernel.errors import Invalid, NotFound
from spa_pos.stored_value.pages import views
from spa_pos.web.answers import problem_of
from spa_pos.web.codes import drawn
from tests.screens.frame import DAY, at, new_id

UNKNOWN = problem_of(NotFound("code-unknown", "No gift card has that code.", field="code"))
LIMIT = "At most $200.00 can be given away in one day."

LOOK_UP = views.GiftCardsPage(may_give=False, today=DAY, limit_words=LIMIT)
NOT_FOUND = replace(LOOK_UP, problem=UNKNOWN)
GIVING = replace(LOOK_UP, may_give=True, amount="25", recipient="Raffle winner", reason="Open day")

HISTORY = (
    views.HistoryRow(at(12, 4), "Paid with it", "Maya Lindholm · $20.00 of it free", -6500),
    views.HistoryRow(at(9, 30), "Given by us", "Ruth Abara · winter bonus", 2000),
    views.HistoryRow(at(9, 30), "Sold", "Maya Lindholm", 10000),
)
CARD = views.CardPage(
    id=new_id(),
    title="Gift card …7KQ2",
    state_word="Active",
    look="booked",
    usable_cents=5500,
    paid_cents=5500,
    free_cents=0,
    free_until=None,
    for_words="For Aunt Vera.",
    print_words="Print card",
    has_code=False,
    may_print=True,
    may_manage=False,
    successor_href=None,
    rows=HISTORY,
)
MANAGED = replace(
    CARD,
    has_code=True,
    print_words="Print with a new code",
    may_manage=True,
    usable_cents=7500,
    free_cents=2000,
    free_until=date(2027, 1, 31),
    problem=UNKNOWN,
)
REPLACED = replace(
    CARD,
    state_word="Replaced",
    look="done",
    usable_cents=0,
    paid_cents=0,
    may_print=False,
    successor_href="/gift-cards/1",
    rows=(),
)
PRINT = views.PrintPage(
    business_name="Rejuvenate Spa",
    address="Healthy Living Center, Rochester, Minnesota",
    phone="(507) 555-0100",
    amount_cents=12500,
    recipient="Aunt Vera",
    message="An hour of quiet, from all of us. Happy birthday!",
    code="ABCD-EFGH-JKMN-PQRS-T",
    qr=drawn("ABCDEFGHJKMNPQRST"),
    until_words="",
    back_href="/gift-cards/1",
)
PRINT_GIVEN = replace(
    PRINT, recipient=None, message=None, until_words="Valid until Sun, Jan 31, 2027", amount_cents=2500
)

HOLDINGS = views.HoldingsPart(
    (
        views.HoldingRow("Ten quiet hours", "Swedish massage: 3 of 5 left", 30000, None),
        views.HoldingRow("Deposit", "for a booked visit", 5000, None, new_id()),
        views.HoldingRow("Goodwill credit", "free part until Thu, Dec 31, 2026", 1500, None),
        views.HoldingRow("Gift card …7KQ2", "", 5500, "/gift-cards/1"),
    ),
    42000,
)
GUEST = views.HoldingsPage(
    guest_id=new_id(),
    guest_name="Ingrid Halvorsen",
    holdings=HOLDINGS,
    may_give=True,
    today=DAY,
    kinds=(("goodwill_credit", "Goodwill credit"), ("promotional_credit", "Promotional credit")),
    limit_words=LIMIT,
)
NOTHING = replace(GUEST, holdings=views.HoldingsPart((), 0), may_give=False)

SERVICES = (
    views.ServiceChoice(new_id(), "Swedish massage, 60 min · $120.00"),
    views.ServiceChoice(new_id(), "Signature facial, 60 min · $110.00"),
)
PLANS = views.PlansPage(
    plans=(
        views.PlanRow(
            new_id(),
            "Renewal",
            ("1 × Swedish massage ($102.86)", "1 × Signature facial ($77.14)"),
            18000,
            21000,
            4,
            True,
        ),
        views.PlanRow(new_id(), "Summer five", ("5 × Swedish massage ($500.00)",), 50000, 60000, 11, False),
    ),
    services=SERVICES,
    fields=tuple(views.PlanField(number, "", "") for number in range(1, 5)),
)
NO_PLANS = replace(
    PLANS,
    plans=(),
    fields=(
        views.PlanField(1, str(SERVICES[0].id), "5"),
        *(views.PlanField(number, "", "") for number in range(2, 5)),
    ),
    name="Quiet five",
    price="700",
    problem=UNKNOWN,
)

COLUMNS = (
    *("Before", "Sold", "Given by us", "Refunds put on", "Moved", "Redeemed"),
    *("Given back", "Taken back", "Ended", "Kept"),
)
OWED = views.OwedPage(
    first=date(2026, 11, 1),
    last=DAY,
    today=DAY,
    sentence="$8,120.00 is owed to guests. Every balance agrees with the ledger.",
    agrees=True,
    columns=COLUMNS,
    rows=(
        views.RollRow(
            "Owed on gift cards that were paid for",
            (500000, 120000, 0, 2500, 0, -98000, 1000, -5000, 0, 0),
            520500,
            True,
        ),
        views.RollRow(
            "Deposits for visits to come", (250000, 50000, 0, 0, 0, -8000, 0, 0, 0, -500), 291500, True
        ),
    ),
    totals_cents=(750000, 170000, 0, 2500, 0, -106000, 1000, -5000, 0, -500),
    closing_cents=812000,
    idle=(views.IdleRow("Tom Becker (no. 1042)", "/guests/1/holdings", "Deposit", 5000, date(2023, 10, 2)),),
    idle_cents=5000,
)
OWED_APART = replace(
    OWED,
    agrees=False,
    sentence="$8,120.00 is owed to guests, but the ledger says otherwise of 2430-deposits.",
    rows=(OWED.rows[0], replace(OWED.rows[1], agrees=False)),
    idle=(),
    idle_cents=0,
    idle_years=1,
    problem=problem_of(Invalid("idle-unreadable", "Type whole years from 1 to 20.", field="years")),
)
