"""Constraint name → refusal, in one table; a constraint that is not here is a bug when it speaks."""

import asyncpg

from spa_pos.kernel.errors import Conflict, Refusal

SENTENCES: dict[str, tuple[str, str]] = {
    "claim_never_overlaps": (
        "slot-taken",
        "That time was taken a moment ago. Nothing was booked; choose another time.",
    ),
    "appointment_guest_never_twice": (
        "guest-already-booked",
        "The guest has another visit at that time. Nothing was booked; choose another time.",
    ),
    "ticket_line_appointment_once": (
        "appointment-already-on-a-ticket",
        "This visit is already on a ticket. Open that ticket instead.",
    ),
    "ticket_line_add_on_once": (
        "appointment-already-on-a-ticket",
        "This visit is already on a ticket. Open that ticket instead.",
    ),
    "ticket_line_fee_once": (
        "fee-already-on-a-ticket",
        "This fee is on a ticket already. Open that ticket instead.",
    ),
    "ticket_line_card_once": (
        "card-on-a-ticket",
        "This card is being sold on a ticket already. Open that ticket instead.",
    ),
    "printer_name_once": ("printer-name-taken", "Another printer has that name. Choose another one."),
    "promo_code_once": ("promo-code-taken", "There is a promo code like that already. Choose another."),
    "payroll_authorisation_one_live": (
        "already-authorised",
        "This guest has signed for payroll deduction already. Withdraw that first.",
    ),
    "attempt_one_live_per_subject": (
        "card-already-in-progress",
        "A card payment for this ticket is already in progress. Wait for it or cancel it first.",
    ),
    "ticket_card_under_way": (
        "card-already-in-progress",
        "A card payment for this ticket is in progress. Wait for it or cancel it first.",
    ),
    "attempt_reader_one_live": (
        "reader-busy",
        "The card reader is taking another payment. Wait a moment or use another reader.",
    ),
    "holding_never_below_zero": (
        "not-enough-value",
        "There is not enough left on it any more. Nothing was taken.",
    ),
    "holding_code_hash_key": ("code-taken", "Another card has that code. Make a new one."),
    "refund_one_open_per_ticket": (
        "refund-under-way",
        "A refund of this ticket is under way. Look at it on the receipt, then go on.",
    ),
    "refund_one_void_per_ticket": (
        "void-after-refund",
        "This sale was voided a moment ago. Look at its receipt.",
    ),
    "card_return_one_per_tender": (
        "card-on-its-way-back",
        "This card payment is on its way back already. Wait until it is there.",
    ),
    "refund_above_tender": (
        "refund-above-tenders",
        "That was given back a moment ago. Nothing more went back; look again.",
    ),
    "entry_day_open": (
        "day-closed-in-the-books",
        "The books of that day are closed. Nothing was changed; send this again to date it today.",
    ),
    "exchange_within_money": (
        "exchange-nothing-left",
        "What was given back was used a moment ago. Nothing more was taken; look again.",
    ),
    "ticket_closed": (
        "ticket-already-closed",
        "This ticket was settled or voided a moment ago. Nothing more was taken; open it to see it.",
    ),
    "online_holds_per_network": (
        "too-many-holds",
        "Many times are held from your network right now. Wait some minutes, or call us.",
    ),
    "online_holds_per_guest": (
        "too-many-of-yours",
        "Times are held for this e-mail address or telephone number already. Finish there, or wait a while.",
    ),
    "hold_being_paid": (
        "payment-under-way",
        "A card is being asked for to keep this time. Finish that, or stop it there, then choose again.",
    ),
    "line_exempt_without_proof": (
        "referral-not-for-this",
        "That proof does not cover this massage any more. It stays taxable; look again.",
    ),
    "product_code_key": ("barcode-taken", "Another product has that barcode. Look it up in the list."),
    "sold_products_move": (
        "stock-not-moved",
        "The ticket changed a moment ago. Nothing more was taken; open it again.",
    ),
    "tax_rate_once": (
        "rate-known",
        "That body has a rate from that day already. Take that one back first.",
    ),
    "tax_rate_used": (
        "rate-used",
        "Something was sold on that day or after it. Rates of the past stay; choose a later day.",
    ),
    "wait_once": (
        "already-waiting",
        "This guest waits for this service already. Change the entry on the waitlist instead.",
    ),
    "wait_offer_one_open": (
        "already-offered",
        "A time was offered to this guest a moment ago. Look at the waitlist again.",
    ),
} | {
    f"{table}_pkey": ("id-taken", "This form was sent before, from another page. Open it again.")
    for table in (
        "appointment",
        "referral",
        "treatment_terms",
        "product",
        "stock_movement",
        "one_price",
        "one_price_sale",
        "tax_rate",
        "entry",
        "approval",
        "gift_delivery",
        "guest",
        "holding",
        "package_plan",
        "print_job",
        "receipt_link",
        "tender",
        "ticket",
        "ticket_line",
        "value_movement",
        "wait",
    )
}
"""Whoever asks makes the ids of these; one that is taken already comes from a page that is out of date."""


def refusal_for(violation: asyncpg.IntegrityConstraintViolationError) -> Refusal | None:
    """The refusal a violated constraint stands for, or None when it is not an expected no."""
    found = SENTENCES.get(violation.constraint_name or "")
    return None if found is None else Conflict(*found)
