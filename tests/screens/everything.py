"""Every page in every state that looks different, for tests and for looking at."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from spa_pos.web.shell import Nav, Problem, Toast
from spa_pos.web.templates import render
from spa_pos.web.views import STYLE_PAGE, ErrorPage
from tests.screens import (
    board,
    bridge,
    card_days,
    cards,
    care,
    drawers,
    gifts,
    guests,
    messages,
    new_sheet,
    people,
    places,
    printing,
    rates,
    receipts,
    refunds,
    register,
    sales,
    schedule,
    sheets,
    sheets_of_reports,
    stock,
    value,
    waitlist,
)
from tests.screens.frame import MANAGER, NOBODY, SHELL, TAKEN, Screen
from tests.screens.reading import Page

__all__ = ["Screen", "all_screens", "page_of"]

ERROR = ErrorPage(
    404, "Not found", Problem("http-404", "There is no such page.", "/board", "Day board"), "01JD6Z8QK3"
)


@cache
def page_of(screen: Screen) -> Page:
    """A screen as it is read, for every test that only looks at it."""
    return Page.of(render(screen.template, screen.page, screen.shell))


def all_screens() -> Iterator[Screen]:
    """Every page in every state that looks different."""
    yield from people_screens()
    yield from board_screens()
    yield from register_screens()
    yield from drawer_screens()
    yield from value_screens()
    yield from bridge_screens()
    yield Screen("sales-day", "reports/sales_day.html", sales.SALES, MANAGER)
    yield Screen("sales-day-cards", "reports/sales_day.html", sales.CARDS_DIFFER, MANAGER)
    yield Screen("sales-day-broken", "reports/sales_day.html", sales.BROKEN, MANAGER)
    yield Screen("sales-day-empty", "reports/sales_day.html", sales.EMPTY_SALES, MANAGER)
    yield Screen("cards-agree", "checkout/card_day.html", card_days.AGREES, MANAGER)
    yield Screen("cards-differ", "checkout/card_day.html", card_days.DIFFERS, MANAGER)
    yield Screen("cards-never", "checkout/card_day.html", card_days.NEVER, MANAGER)
    yield from schedule_screens()
    yield from waitlist_screens()
    yield from stock_screens()
    yield Screen("one-prices", "catalog/one_prices.html", rates.ONE_PRICES, MANAGER)
    yield Screen("one-prices-sure", "catalog/one_prices.html", rates.ONE_PRICE_SURE, MANAGER)
    yield Screen("one-prices-none", "catalog/one_prices.html", rates.NO_ONE_PRICE, MANAGER)
    yield Screen("rates", "catalog/rates.html", rates.RATES, MANAGER)
    yield Screen("rates-wrong", "catalog/rates.html", rates.WRONG, MANAGER)
    yield Screen("referrals", "care/referrals.html", care.REFERRALS)
    yield Screen("referrals-none", "care/referrals.html", care.NO_REFERRALS)
    yield Screen("ticket-may-be-exempt", "checkout/ticket.html", care.MAY_BE_EXEMPT)
    yield Screen("ticket-no-proof", "checkout/ticket.html", care.NO_PROOF)
    yield Screen("ticket-exempt", "checkout/ticket.html", care.IS_EXEMPT)
    yield Screen("exemptions", "reports/exemptions.html", care.EXEMPT, MANAGER)
    yield Screen("exemptions-none", "reports/exemptions.html", care.NONE_EXEMPT, MANAGER)
    yield Screen("kept-cards", "payments/cards.html", cards.CARDS)
    yield Screen("kept-cards-none", "payments/cards.html", cards.NO_CARDS)
    yield Screen("card-setup", "payments/card_setup.html", cards.ELEMENT)
    yield Screen("card-setup-sample", "payments/card_setup.html", cards.SAMPLE)
    yield Screen("ticket-on-file", "checkout/ticket.html", cards.PAY_ON_FILE)
    yield Screen("mail", "messages/visit.html", messages.MAIL)
    for name, outbox in (("messages", messages.OUTBOX), ("messages-empty", messages.NO_MESSAGES)):
        yield Screen(name, "people/messages.html", outbox, replace(MANAGER, active=Nav.MESSAGES))
    for name, reach in (("reach", messages.REACH), ("reach-wrong", messages.REACH_WRONG)):
        yield Screen(name, "people/reach.html", reach)
    yield from guests.guest_screens()
    yield Screen("error", "web/error.html", ERROR)
    yield Screen("style", "web/style.html", STYLE_PAGE)


def bridge_screens() -> Iterator[Screen]:
    """From sales to the bank, the other reports, the refund policy, and the books."""
    for name, page in (
        ("bridge", bridge.BRIDGE),
        ("bridge-apart", bridge.APART),
        ("bridge-empty", bridge.EMPTY),
    ):
        yield Screen(name, "reports/bridge.html", page, MANAGER)
    for name, sheet in (
        ("sheet", sheets_of_reports.FULL),
        ("sheet-apart", sheets_of_reports.APART),
        ("sheet-empty", sheets_of_reports.EMPTY),
    ):
        yield Screen(name, "reports/sheet.html", sheet, MANAGER)
    yield Screen("receipt-by-hand", "checkout/receipt.html", register.BY_HAND, MANAGER)
    yield Screen("refund-policy", "checkout/refund_policy.html", register.POLICY_PAGE, MANAGER)
    yield Screen("refund-policy-wrong", "checkout/refund_policy.html", register.POLICY_WRONG, MANAGER)
    yield Screen("bridge-rows", "reports/bridge_rows.html", bridge.ROWS, MANAGER)
    yield Screen("bridge-rows-empty", "reports/bridge_rows.html", bridge.NO_ROWS, MANAGER)
    yield Screen("books", "reports/books.html", bridge.BOOKS, MANAGER)
    yield Screen("books-empty", "reports/books.html", replace(bridge.BOOKS, balances=()), MANAGER)


def people_screens() -> Iterator[Screen]:
    """Sign-in and enrolment."""
    yield Screen("sign-in", "people/sign_in.html", people.SIGN_IN, NOBODY)
    yield Screen("sign-in-nobody", "people/sign_in.html", replace(people.SIGN_IN, faces=()), NOBODY)
    yield Screen("pin", "people/pin.html", people.PIN, NOBODY)
    yield Screen("pin-wrong", "people/pin.html", people.PIN_WRONG, NOBODY)
    yield Screen("pin-locked", "people/pin.html", people.PIN_LOCKED, NOBODY)
    yield Screen("enrolment", "people/enrolment.html", people.ENROLMENT, NOBODY)
    yield Screen("enrolment-wrong", "people/enrolment.html", people.ENROLMENT_WRONG, NOBODY)
    yield Screen("resume", "people/resume.html", people.RESUME)


def board_screens() -> Iterator[Screen]:
    """The board, alone and with each sheet beside it."""
    toast = replace(
        SHELL,
        toast=Toast("Checked in Ingrid Halvorsen.", "/appointments/1/check-in/undo", (("version", "2"),)),
    )
    yield Screen("board", "booking/board.html", board.BOARD)
    yield Screen("board-toast", "booking/board.html", replace(board.BOARD, problem=TAKEN), toast)
    yield Screen("board-manager", "booking/board.html", board.BOARD, replace(MANAGER, active=Nav.BOARD))
    yield Screen("board-list", "booking/board.html", board.LIST)
    yield from place_screens()
    yield Screen("board-empty", "booking/board.html", board.EMPTY_DAY)
    yield Screen("board-closed", "booking/board.html", board.CLOSED)
    for name, sheet in (
        ("new-guest-step", new_sheet.GUEST_STEP),
        ("new-found", replace(new_sheet.GUEST_STEP, search=new_sheet.FOUND)),
        ("new-guest-form", replace(new_sheet.GUEST_STEP, search=new_sheet.NEW_GUEST)),
        ("new-service", new_sheet.SERVICE_STEP),
        ("new-time", new_sheet.TIME_STEP),
        ("new-no-times", new_sheet.NO_TIMES),
        ("new-beyond", new_sheet.BEYOND),
        ("new-override", new_sheet.OVERRIDE),
        ("new-couple-guest", new_sheet.COUPLE_GUEST),
        ("new-couple", new_sheet.COUPLE),
        ("new-couple-full", new_sheet.COUPLE_FULL),
        ("new-couple-moving", new_sheet.MOVING),
        ("visit", sheets.VISIT),
        ("visit-proven", sheets.PROVEN),
        ("visit-here", sheets.CHECKED_IN),
        ("visit-cancelling", sheets.CANCELLING),
        ("visit-done", sheets.DONE_VISIT),
        ("visit-cancelled", sheets.CANCELLED),
        ("visit-fee-on-card", sheets.FEE_ON_CARD),
        ("visit-tomorrow", sheets.TOMORROW),
        ("visit-card-asked", sheets.CARD_ASKED),
        ("visit-deposit-asked", sheets.DEPOSIT_ASKED),
        ("visit-deposit-paid", sheets.DEPOSIT_PAID),
        ("visit-party", sheets.WITH_PARTY),
        ("visit-party-over", sheets.PARTY_OVER),
        ("visit-late", sheets.LATE),
        ("visit-too-late", sheets.TOO_LATE),
    ):
        yield Screen(name, "booking/board.html", replace(board.BOARD, sheet=sheet))


def place_screens() -> Iterator[Screen]:
    """Rooms, weeks, blocked time, a walk-in, the day list for an outage."""
    yield Screen("board-rooms", "booking/board.html", places.ROOMS)
    yield Screen("board-week", "booking/board.html", places.WEEK)
    yield Screen("board-only-looking", "booking/board.html", places.ONLY_LOOKING)
    for name, block in (
        ("block-new", places.NEW_BLOCK),
        ("block", places.BLOCK),
        ("place", places.PLACE),
        ("past-a-limit", places.PAST_A_LIMIT),
        ("past-a-limit-desk", replace(places.PAST_A_LIMIT, may_pass=False)),
    ):
        yield Screen(name, "booking/board.html", replace(board.BOARD, sheet=block))
    for name, who in (
        ("walk-in", places.WALK_IN),
        ("walk-in-full", places.FULL),
        ("walk-in-who", places.WHO),
    ):
        yield Screen(name, "booking/walk_in.html", who)
    yield Screen("pack", "booking/pack.html", places.PACK)


def waitlist_screens() -> Iterator[Screen]:
    """The waitlist, its sheets and its rules."""
    shell = replace(SHELL, active=Nav.WAITLIST, badges=((Nav.WAITLIST, 4),))
    for name, page in waitlist.waitlist_pages():
        yield Screen(name, "booking/waitlist.html", page, shell)
    manager = replace(MANAGER, active=Nav.WAITLIST, badges=((Nav.WAITLIST, 4),))
    yield Screen("waitlist-rules", "booking/waitlist_rules.html", waitlist.RULES, manager)
    yield Screen("waitlist-rules-wrong", "booking/waitlist_rules.html", waitlist.RULES_WRONG, manager)


TICKET_STATES = (
    ("ticket", register.TICKET),
    ("ticket-split", register.SPLIT),
    ("ticket-long", register.LONG),
    ("ticket-nothing", register.NOTHING),
    ("ticket-products", register.PRODUCTS),
    ("ticket-no-products", register.NO_PRODUCTS),
    ("ticket-card-found", register.CARD_FOUND),
    ("ticket-reduce", register.REDUCE),
    ("ticket-reduce-line", register.REDUCE_LINE),
    ("ticket-others", register.OTHERS),
    ("ticket-no-others", register.NO_OTHERS),
    ("ticket-gift-card", register.GIFT_CARD),
    ("ticket-owned", register.OWNED),
    ("ticket-nothing-owned", register.NOTHING_OWNED),
    ("ticket-payroll", register.PAYROLL),
    ("ticket-slip", register.SLIP),
    ("ticket-tipped", register.TIPPED),
    ("ticket-parked", register.PARKED),
    ("ticket-approve", register.APPROVE),
    ("ticket-nobody-approves", register.NOBODY_APPROVES),
    ("ticket-waiting", register.WAITING),
    ("ticket-declined", register.DECLINED),
    ("ticket-unknown", register.UNKNOWN),
)


def drawer_screens() -> Iterator[Screen]:
    """Cash drawers."""
    for name, template, page in (
        ("drawer-open", "drawer_open", drawers.OPENING),
        ("drawer-open-late", "drawer_open", drawers.OPENING_LATE),
        ("drawer", "drawer", drawers.IN_USE),
        ("drawer-short", "drawer", drawers.SHORT),
        ("drawer-exact", "drawer", drawers.EXACT),
        ("drawer-slip", "drawer_slip", drawers.SLIP),
        ("drawers", "drawers", drawers.LIST),
        ("drawers-none", "drawers", drawers.NO_DRAWERS),
    ):
        yield Screen(name, f"checkout/{template}.html", page, replace(SHELL, active=Nav.DRAWER))


def register_screens() -> Iterator[Screen]:
    """The register, from the open ticket to the receipt."""
    tickets = replace(SHELL, active=Nav.TICKETS)
    for name, ticket in TICKET_STATES:
        yield Screen(name, "checkout/ticket.html", ticket, tickets)
    yield Screen("done-change", "checkout/done.html", register.CHANGE, tickets)
    yield Screen("done-paid", "checkout/done.html", register.PAID, tickets)
    yield Screen("receipt", "checkout/receipt.html", register.RECEIPT, tickets)
    yield Screen("receipt-sent", "checkout/receipt.html", receipts.RECEIPT_SENT, tickets)
    yield Screen("receipt-code", "checkout/receipt.html", receipts.RECEIPT_CODE, tickets)
    yield Screen("done-mail", "checkout/done.html", receipts.DONE_MAIL, tickets)
    yield Screen("done-mail-wrong", "checkout/done.html", receipts.DONE_WRONG, tickets)
    yield Screen("refund-mail", "checkout/refund_done.html", receipts.REFUND_MAIL, tickets)
    yield Screen("guest-receipt", "checkout/guest_receipt.html", receipts.GUEST, NOBODY)
    yield Screen("guest-slip", "checkout/guest_receipt.html", receipts.GUEST_SLIP, NOBODY)
    yield Screen("mail-link", "messages/link.html", receipts.MAIL)
    yield Screen("done-printing", "checkout/done.html", printing.DONE, tickets)
    yield Screen("receipt-not-printed", "checkout/receipt.html", printing.RECEIPT, tickets)
    yield Screen("refund-printing", "checkout/refund_done.html", printing.REFUND, tickets)
    trouble = replace(SHELL, trouble="It has no paper. Put in a new roll.")
    yield Screen("printers", "printing/printers.html", printing.FRONT, trouble)
    yield Screen("printers-none", "printing/printers.html", printing.NONE)
    yield Screen("printers-manager", "printing/printers.html", printing.MANAGED, MANAGER)
    yield Screen("printers-wrong", "printing/printers.html", printing.WRONG, MANAGER)
    yield Screen("receipt-voided", "checkout/receipt.html", register.VOIDED, tickets)
    for name, page in (
        ("refund", refunds.CHOOSING),
        ("refund-chosen", refunds.CHOSEN),
        ("refund-undecided", refunds.UNDECIDED),
        ("refund-approved", refunds.APPROVED),
        ("refund-pieces", refunds.PIECES),
        ("refund-none", refunds.NOTHING),
    ):
        yield Screen(name, "checkout/refund.html", page, tickets)
    yield Screen("void", "checkout/void.html", refunds.VOID, tickets)
    yield Screen("void-no", "checkout/void.html", refunds.NO_VOID, tickets)
    slips = {"refund-done": refunds.DONE, "refund-way": refunds.WAITING, "refund-no": refunds.REFUSED}
    for name, slip in slips.items():
        yield Screen(name, "checkout/refund_done.html", slip, tickets)
    yield Screen("tip", "checkout/tip.html", register.TIP)
    yield Screen("tip-two", "checkout/tip.html", register.TIP_TWO)
    yield Screen("tips", "checkout/tips.html", register.TIPS, tickets)
    yield Screen("tips-approve", "checkout/tips.html", register.TIPS_APPROVE, tickets)
    yield Screen("tips-nobody", "checkout/tips.html", register.TIPS_NOBODY, tickets)
    yield Screen("register", "checkout/register.html", register.REGISTER, MANAGER)
    yield Screen("register-empty", "checkout/register.html", register.REGISTER_EMPTY, MANAGER)
    yield Screen("tickets", "checkout/tickets.html", register.TICKETS, tickets)
    yield Screen("tickets-empty", "checkout/tickets.html", register.NO_TICKETS, tickets)


def schedule_screens() -> Iterator[Screen]:
    """The manager's schedule."""
    manager = replace(MANAGER, active=Nav.SCHEDULE)
    for name, template, page in (
        ("schedule", "schedule", schedule.WEEK),
        ("schedule-nobody", "schedule", schedule.NOBODY),
        ("schedule-conflicts", "schedule_conflicts", schedule.CONFLICTS),
        ("schedule-no-conflicts", "schedule_conflicts", schedule.NO_CONFLICTS),
        ("schedule-provider", "schedule_provider", schedule.PROVIDER),
        ("schedule-provider-hit", "schedule_provider", schedule.PROVIDER_HIT),
        ("schedule-provider-new", "schedule_provider", schedule.PROVIDER_NEW),
        ("schedule-hours", "schedule_hours", schedule.HOURS),
        ("schedule-no-hours", "schedule_hours", schedule.NO_HOURS),
        ("schedule-rooms", "schedule_rooms", schedule.ROOMS),
        ("schedule-rooms-refused", "schedule_rooms", schedule.ROOMS_REFUSED),
        ("schedule-rules", "schedule_rules", schedule.RULES),
        ("schedule-no-rules", "schedule_rules", schedule.NO_RULES),
        ("schedule-cards", "schedule_cards", schedule.CARD_RULES),
        ("schedule-no-cards", "schedule_cards", schedule.NO_CARD_RULES),
    ):
        yield Screen(name, f"booking/{template}.html", page, manager)


def value_screens() -> Iterator[Screen]:
    """Gift cards, credit, packages, and what we owe."""
    cards, managed = replace(SHELL, active=Nav.GIFT_CARDS), replace(MANAGER, active=Nav.GIFT_CARDS)
    yield Screen("gift-cards", "stored_value/gift_cards.html", value.LOOK_UP, cards)
    yield Screen("gift-cards-unknown", "stored_value/gift_cards.html", value.NOT_FOUND, cards)
    yield Screen("gift-cards-manager", "stored_value/gift_cards.html", value.GIVING, managed)
    yield Screen("gift-card", "stored_value/card.html", value.CARD, cards)
    yield Screen("gift-card-sent", "stored_value/card.html", gifts.SENT, cards)
    yield Screen("gift-card-not-sent", "stored_value/card.html", gifts.WRONG, cards)
    yield Screen("gift-wrapped", "stored_value/gift.html", gifts.WRAPPED, NOBODY)
    yield Screen("gift-opened", "stored_value/gift.html", gifts.OPENED, NOBODY)
    yield Screen("gift-given", "stored_value/gift.html", gifts.GIVEN, NOBODY)
    yield Screen("mail-gift", "messages/link.html", gifts.MAIL)
    yield Screen("gift-card-manager", "stored_value/card.html", value.MANAGED, managed)
    yield Screen("gift-card-replaced", "stored_value/card.html", value.REPLACED, cards)
    yield Screen("gift-card-print", "stored_value/print.html", value.PRINT, cards)
    yield Screen("gift-card-print-given", "stored_value/print.html", value.PRINT_GIVEN, cards)
    yield Screen("holdings", "stored_value/holdings.html", value.GUEST, MANAGER)
    yield Screen("holdings-none", "stored_value/holdings.html", value.NOTHING, cards)
    yield Screen("packages", "stored_value/plans.html", value.PLANS, managed)
    yield Screen("packages-none", "stored_value/plans.html", value.NO_PLANS, managed)
    yield Screen("owed", "stored_value/owed.html", value.OWED, managed)
    yield Screen("owed-apart", "stored_value/owed.html", value.OWED_APART, managed)


def stock_screens() -> Iterator[Screen]:
    """Products, deliveries and counts."""
    yield Screen("products", "stock/products.html", stock.PRODUCTS, MANAGER)
    yield Screen("products-none", "stock/products.html", stock.NO_PRODUCTS)
    yield Screen("product", "stock/product.html", stock.PRODUCT, MANAGER)
    yield Screen("product-new", "stock/product.html", stock.NEW_PRODUCT, MANAGER)
    yield Screen("product-seen", "stock/product.html", stock.SEEN_PRODUCT)
    yield Screen("receive", "stock/list.html", stock.RECEIVE)
    yield Screen("received", "stock/list.html", stock.RECEIVED)
    yield Screen("counted", "stock/list.html", stock.COUNTED, MANAGER)
