"""The register: paying, card attempts, change, receipts, open tickets."""

from dataclasses import replace

from spa_pos.checkout.pages import done_views, tip_views
from spa_pos.checkout.pages import views as checkout
from spa_pos.checkout.pages.refund_policy import RefundPolicyPage
from spa_pos.checkout.pages.views import AttemptState, PayWith, Step
from spa_pos.checkout.queries import ByHand
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents
from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.web.answers import problem_of
from spa_pos.web.shell import Problem
from tests.screens.frame import RUTH, at, new_id

POLICY = (
    "Products can be returned within 30 days with this receipt for a full refund."
    " Services are not refunded once given; tell us and we will make it right."
)

TICKET = checkout.TicketPage(
    id=new_id(),
    number=1042,
    version=3,
    guest_name="Ingrid Halvorsen",
    group_name="Employee",
    group_proven=True,
    opened_at=at(12, 31),
    opened_by="Maya",
    lines=(
        checkout.LineRow(
            new_id(),
            "Hot stone massage",
            "90 min with Ana Okafor, 11:00 AM",
            1,
            14000,
            (checkout.ReductionRow("Employee price", 2800),),
            11200,
            False,
        ),
        checkout.LineRow(new_id(), "Lavender body oil, 100 ml", "Retail", 2, 4800, (), 4800, True),
    ),
    net_cents=16000,
    tax_cents=1300,
    tax_words="Sales tax 8.125 %",
    total_cents=17300,
    paid_cents=0,
    remaining_cents=17300,
    tenders=(),
    pay_with=PayWith.CASH,
    given="173.00",
    given_cents=17300,
    quick=tuple(
        checkout.QuickCash(f"{cents // 100}.{cents % 100:02}", cents, cents == 17300)
        for cents in (17300, 17500, 18000, 20000)
    ),
    readers=(checkout.ReaderChoice(new_id(), "Desk 1 reader", True),),
    attempt=None,
    refund_policy=POLICY,
    void_reasons=("Opened by mistake", "Guest left", "Wrong guest"),
    may_void=True,
    back_href="/board",
)
WAYS = (
    checkout.Way(PayWith.CASH, "Cash", "banknote"),
    checkout.Way(PayWith.CARD, "Card reader", "credit-card"),
    checkout.Way(PayWith.GIFT_CARD, "Gift card", "gift"),
    checkout.Way(PayWith.OWNED, "Credit, package", "wallet"),
    checkout.Way(PayWith.PAYROLL, "Payroll", "badge-check"),
    checkout.Way(PayWith.SLIP, "Card slip", "receipt"),
)
TICKET = replace(TICKET, ways=WAYS)
SHELF = tuple(
    checkout.ProductChoice(new_id(), name, "Retail", cents)
    for name, cents in (
        ("Lavender body oil, 100 ml", 2400),
        ("Eucalyptus shower mist", 1800),
        ("Foot balm", 1250),
        ("Facial serum", 5400),
        ("Cotton robe", 6800),
        ("Herbal tea, 20 bags", 1100),
    )
)
SPLIT = replace(
    TICKET,
    paid_cents=10000,
    remaining_cents=7300,
    tenders=(checkout.TenderRow(new_id(), "cash", "Cash", "$100.00 given", 10000, "undo"),),
    pay_with=PayWith.CARD,
    may_void=False,
)
LONG = replace(
    TICKET,
    lines=tuple(replace(TICKET.lines[1], id=new_id(), description=f"Item {number}") for number in range(14)),
    problem=Problem(
        "amount-unreadable", "Type the amount in dollars and cents, such as 84.50.", field="given"
    ),
    given="12x",
)
NOTHING = replace(TICKET, lines=(), net_cents=0, tax_cents=0, total_cents=0, remaining_cents=0, quick=())
ADD = checkout.AddPanel(
    SHELF,
    (checkout.MinuteRow(new_id(), "Chair massage", "$2.00 a minute", 5, 30),),
    ((new_id(), "Ana Okafor"), (new_id(), "Ben Castellano")),
    (checkout.PlanRow(new_id(), "Five massages", 55000),),
)
PRODUCTS = replace(TICKET, step=Step.ADD, add=ADD)
NO_PRODUCTS = replace(PRODUCTS, add=checkout.AddPanel((), (), (), ()))
CARD_FOUND = replace(PRODUCTS, add=replace(ADD, card_id=new_id(), card_words="…7KQ2 is not sold yet."))
REDUCED_LINE = replace(
    TICKET.lines[1],
    discounts=(checkout.DiscountRow(new_id(), "Discount 10 %", 480, True),),
    edit_href="/tickets/1?step=reduce&line=2",
)
REDUCE = replace(
    TICKET,
    step=Step.REDUCE,
    lines=(TICKET.lines[0], REDUCED_LINE),
    reduce=checkout.ReducePanel(
        None,
        False,
        16000,
        "You may take off up to 10 % and $20.00 alone.",
        one_prices=(
            checkout.OnePriceChoice(
                new_id(),
                "Evening for two senses",
                18_000,
                "Instead of $210.00. 67 % of it is taxable, so all of it is taxed: $14.63 instead of $9.75",
            ),
        ),
    ),
)
REDUCE_LINE = replace(
    REDUCE, reduce=checkout.ReducePanel(REDUCED_LINE, True, 4320, "You may take off up to 10 %.")
)
OTHERS = replace(
    TICKET,
    step=Step.OTHERS,
    others=(
        checkout.OtherRow(new_id(), "Tom Becker", "Swedish massage, $120.00", True),
        checkout.OtherRow(new_id(), "Lena Vogel", "Pedicure, $60.00", False),
    ),
)
NO_OTHERS = replace(TICKET, step=Step.OTHERS)
GIFT_CARD = replace(TICKET, pay_with=PayWith.GIFT_CARD)
OWNED = replace(
    TICKET,
    pay_with=PayWith.OWNED,
    owned=(
        checkout.OwnedRow(new_id(), "Five massages", "4 visits left, pays Hot stone massage", new_id()),
        checkout.OwnedRow(new_id(), "Guest credit", "$40.00"),
    ),
    has_credit=True,
)
NOTHING_OWNED = replace(TICKET, pay_with=PayWith.OWNED)
PAYROLL = replace(TICKET, pay_with=PayWith.PAYROLL)
SLIP = replace(TICKET, pay_with=PayWith.SLIP)
TIPPED = replace(TICKET, may_tip=True, tip_asked=True, tip_cents=2800, remaining_cents=20100)
PARKED = replace(TICKET, parked_as="Waits for her husband", may_tip=True)
APPROVE = replace(
    TICKET,
    approval=ApprovalPanel(
        "/tickets/1/discounts",
        (("percent", "30"), ("reason", "Waited half an hour")),
        "$48.00 off ticket 1042: a manager has to approve.",
        4800,
        (RUTH,),
        "/tickets/1",
        Problem("pin-wrong", "That PIN is not right; 4 tries left.", field="pin"),
    ),
)
NOBODY_APPROVES = replace(
    APPROVE,
    approval=ApprovalPanel("/scan", (), "A manager has to approve.", None, (), "/board"),
)
TIP = tip_views.TipPage(
    TICKET.id,
    3,
    (
        tip_views.TipRow(
            new_id(),
            "Ana Okafor",
            "Ana",
            14000,
            tuple(
                tip_views.TipButton(cents, words)
                for cents, words in ((2100, "15 %"), (2800, "20 %"), (3500, "25 %"))
            ),
        ),
    ),
    "/tickets/1",
)
TIP_TWO = replace(
    TIP,
    rows=(
        *TIP.rows,
        tip_views.TipRow(
            new_id(), "Ben Castellano", "Ben", 800, tuple(tip_views.TipButton(n * 100, "") for n in (1, 2, 3))
        ),
    ),
    problem=Problem("tip-unreadable", "Type the tip in dollars and cents."),
)
TIPS = tip_views.TipsPage(
    TICKET.id,
    1042,
    "Ingrid Halvorsen",
    (
        tip_views.ProviderTip(new_id(), "Ana Okafor", 2800, "28.00", TIP.rows[0].choices),
        tip_views.ProviderTip(new_id(), "Ben Castellano", 0, "0.00", TIP_TWO.rows[1].choices),
    ),
    2800,
    (checkout.ReaderChoice(new_id(), "Desk 1 reader", True),),
    ("$5.00 more for Ana Okafor, cash, by Maya, approved by Renata",),
    "/tickets/1/receipt",
)
TIPS_APPROVE = replace(TIPS, approval=APPROVE.approval)
TIPS_NOBODY = replace(TIPS, providers=(), total_cents=0, history=(), readers=())
REGISTER = tip_views.RegisterPage(
    (tip_views.CategoryTips("massage", "Massage", True), tip_views.CategoryTips("skin", "Skin", False)),
    (
        tip_views.PromoRow(new_id(), "AUTUMN", "Autumn", "10 % off, until Dec 31", "3 of 50 used", True),
        tip_views.PromoRow(new_id(), "SUMMER", "Summer", "$10.00 off, until Aug 31", "12 used", False),
    ),
    (
        tip_views.PayrollRow(new_id(), "Tom Becker", "Employee 12345, $100.00 a pay period", False),
        tip_views.PayrollRow(new_id(), "Lena Vogel", "Employee 54321, withdrawn", True),
    ),
    (tip_views.LimitRow("desk_discount", "The desk alone, per cent of a ticket", "10"),),
    "2026-11-24",
    "Nov 15 to Nov 28",
)
REGISTER_EMPTY = replace(
    REGISTER, promos=(), payroll=(), problem=Problem("promo-unreadable", "A code has 3 to 20 letters.")
)


def attempt(state: AttemptState, sentence: str = "", *, simulated: bool = False) -> checkout.AttemptPanel:
    """A card attempt in one state."""
    return checkout.AttemptPanel(new_id(), TICKET.id, state, "Desk 1 reader", 17300, simulated, sentence)


WAITING = replace(TICKET, pay_with=PayWith.CARD, attempt=attempt(AttemptState.WAITING, simulated=True))
DECLINED = replace(
    TICKET, attempt=attempt(AttemptState.DECLINED, "The bank declined the card. Try another card or cash.")
)
UNKNOWN = replace(TICKET, attempt=attempt(AttemptState.UNKNOWN))

CHANGE = done_views.DonePage(
    TICKET.id, 1042, "Ingrid Halvorsen", 17300, 18000, 700, "Cash", "/board", "/tickets/1/receipt"
)
PAID = replace(CHANGE, tips_href="/tickets/1/tips", change_cents=0, paid_with="Cash and Visa 4242")
RECEIPT = done_views.ReceiptPage(
    id=TICKET.id,
    number=1042,
    business_name="Rejuvenate Spa",
    legal_name="Healthy Living Program",
    address="565 1st St SW, Rochester, MN 55902",
    phone="(507) 555-0100",
    settled_at=at(12, 34),
    served_by="Maya Lindholm",
    guest_name="Ingrid H.",
    lines=(
        done_views.ReceiptLine(
            "Hot stone massage",
            "90 min with Ana Okafor, 11:00 AM",
            1,
            14000,
            (checkout.ReductionRow("Employee price", 2800),),
            11200,
            "Employee price",
            True,
        ),
        done_views.ReceiptLine("Lavender body oil, 100 ml", "", 2, 4800, (), 4800, "", True),
    ),
    net_cents=16000,
    taxable_cents=16000,
    tax_parts=(
        done_views.ReceiptTax("Minnesota", "6.875 %", 1100),
        done_views.ReceiptTax("City of Rochester", "0.75 %", 120),
        done_views.ReceiptTax("Olmsted County", "0.5 %", 80),
    ),
    tax_words="Sales tax 8.125 %",
    tax_cents=1300,
    total_cents=17300,
    tenders=(
        done_views.ReceiptTender("Visa 4242", 7300),
        done_views.ReceiptTender("Cash", 10000, 12000, 2000),
    ),
    refund_policy=POLICY,
    sample_notice="Sample prices, not Mayo's.",
    back_href="/tickets/1/done",
)
VOIDED = replace(RECEIPT, state_word="Voided", tenders=())
TICKETS = done_views.TicketsPage(
    (
        done_views.OpenTicket(
            1042,
            "/tickets/1",
            "Ingrid Halvorsen",
            "Hot stone massage and 1 more",
            at(12, 31),
            "Maya",
            17300,
            10000,
            7300,
        ),
        done_views.OpenTicket(1043, "/tickets/2", None, "Foot balm", at(12, 40), "Omar", 1352, 0, 1352),
    )
)
NO_TICKETS = done_views.TicketsPage(())

POLICY_PAGE = RefundPolicyPage("Rejuvenate Spa", POLICY, POLICY, 600)
POLICY_WRONG = replace(
    POLICY_PAGE,
    typed="No",
    problem=problem_of(Invalid("policy-unreadable", "Type the policy in 10 to 600 letters.", field="words")),
)
BY_HAND = replace(
    RECEIPT,
    by_hand=(
        ByHand("Discount 10 %", "Swedish massage", Cents(1_200), "Waited <b>", "Maya Lindholm", None),
        ByHand("Other price", "Lavender body oil", Cents(400), "As quoted", "Maya Lindholm", "Ruth Abara"),
    ),
)
