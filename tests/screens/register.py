"""The register: paying, card attempts, change, receipts, open tickets."""

from dataclasses import replace

from spa_pos.checkout.pages import views as checkout
from spa_pos.checkout.pages.views import AttemptState, PayWith
from spa_pos.web.shell import Problem
from tests.screens.frame import at, new_id

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
    products=tuple(
        checkout.ProductChoice(new_id(), name, "Retail", cents)
        for name, cents in (
            ("Lavender body oil, 100 ml", 2400),
            ("Eucalyptus shower mist", 1800),
            ("Foot balm", 1250),
            ("Facial serum", 5400),
            ("Cotton robe", 6800),
            ("Herbal tea, 20 bags", 1100),
        )
    ),
    products_open=False,
    refund_policy=POLICY,
    void_reasons=("Opened by mistake", "Guest left", "Wrong guest"),
    may_void=True,
    back_href="/board",
)
SPLIT = replace(
    TICKET,
    paid_cents=10000,
    remaining_cents=7300,
    tenders=(checkout.TenderRow(new_id(), "cash", "Cash", "$100.00 given", 10000, True),),
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
PRODUCTS = replace(TICKET, products_open=True)


def attempt(state: AttemptState, sentence: str = "", *, simulated: bool = False) -> checkout.AttemptPanel:
    """A card attempt in one state."""
    return checkout.AttemptPanel(new_id(), TICKET.id, state, "Desk 1 reader", 17300, simulated, sentence)


WAITING = replace(TICKET, pay_with=PayWith.CARD, attempt=attempt(AttemptState.WAITING, simulated=True))
DECLINED = replace(
    TICKET, attempt=attempt(AttemptState.DECLINED, "The bank declined the card. Try another card or cash.")
)
UNKNOWN = replace(TICKET, attempt=attempt(AttemptState.UNKNOWN))

CHANGE = checkout.DonePage(
    TICKET.id, 1042, "Ingrid Halvorsen", 17300, 18000, 700, "Cash", "/board", "/tickets/1/receipt"
)
PAID = replace(CHANGE, change_cents=0, paid_with="Cash and Visa 4242")
RECEIPT = checkout.ReceiptPage(
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
        checkout.ReceiptLine(
            "Hot stone massage",
            "90 min with Ana Okafor, 11:00 AM",
            1,
            14000,
            (checkout.ReductionRow("Employee price", 2800),),
            11200,
            "Employee price",
            True,
        ),
        checkout.ReceiptLine("Lavender body oil, 100 ml", "", 2, 4800, (), 4800, "", True),
    ),
    net_cents=16000,
    taxable_cents=16000,
    tax_parts=(
        checkout.ReceiptTax("Minnesota", "6.875 %", 1100),
        checkout.ReceiptTax("City of Rochester", "0.75 %", 120),
        checkout.ReceiptTax("Olmsted County", "0.5 %", 80),
    ),
    tax_words="Sales tax 8.125 %",
    tax_cents=1300,
    total_cents=17300,
    tenders=(
        checkout.ReceiptTender("Visa 4242", 7300),
        checkout.ReceiptTender("Cash", 10000, 12000, 2000),
    ),
    refund_policy=POLICY,
    sample_notice="Sample prices, not Mayo's.",
    back_href="/tickets/1/done",
)
VOIDED = replace(RECEIPT, state_word="Voided", tenders=())
TICKETS = checkout.TicketsPage(
    (
        checkout.OpenTicket(
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
        checkout.OpenTicket(1043, "/tickets/2", None, "Foot balm", at(12, 40), "Omar", 1352, 0, 1352),
    )
)
NO_TICKETS = checkout.TicketsPage(())
