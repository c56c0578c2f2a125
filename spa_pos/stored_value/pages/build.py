"""Pages of stored value from what the queries give."""

from datetime import date
from uuid import UUID

from spa_pos.kernel.money import format_usd
from spa_pos.kernel.time import local_date
from spa_pos.messages.queries import MessageView, messages_of
from spa_pos.messages.rules import Status, hidden_address
from spa_pos.people.pages.session import MANAGERS, Desk
from spa_pos.stored_value.actions import may_make_code
from spa_pos.stored_value.pages.views import (
    CardPage,
    DeliveryRow,
    GiftForm,
    HistoryRow,
    HoldingRow,
    HoldingsPart,
    PrintPage,
)
from spa_pos.stored_value.queries import (
    Delivery,
    Holding,
    MovementLine,
    Owned,
    deliveries_of,
    history,
    holding,
    holdings_of,
    is_opened,
)
from spa_pos.stored_value.rules import Kind, grouped
from spa_pos.web.codes import drawn
from spa_pos.web.i18n import clock, day_short
from spa_pos.web.shell import Problem

WORDS = {
    "sold": "Sold",
    "reloaded": "Reloaded",
    "granted": "Given by us",
    "credited": "Money given back as value",
    "moved_in": "Moved here from another",
    "moved_out": "Moved to another",
    "redeemed": "Paid with it",
    "returned": "Tender given back",
    "taken_back": "Taken back, money returned",
    "expired": "Free part ended",
    "withdrawn": "Free part withdrawn",
    "forfeited": "Kept by the spa",
}
"""What each kind of movement is called."""

MAIL_STATES = {
    Status.QUEUED: ("Waiting for its day", ""),
    Status.SENDING: ("On its way", ""),
    Status.SENT: ("Sent, not opened yet", ""),
    Status.FAILED: ("Not sent", "unproven"),
    Status.DROPPED: ("Not sent", "unproven"),
}
"""How the mail that hands a card over stands."""

STATES = {"active": ("Active", "booked"), "inactive": ("Not sold yet", "late"), "dead": ("Replaced", "done")}


def is_manager(desk: Desk) -> bool:
    """True for who may do more than the desk alone."""
    return desk.session.staff.role in MANAGERS


async def card_page(
    desk: Desk, card_id: UUID, problem: Problem | None = None, typed: GiftForm | None = None
) -> CardPage:
    """A gift card as it stands."""
    card = await holding(card_id)
    lines = await history(card_id)
    state_word, look = STATES[card.status]
    usable = card.balance.usable(local_date(desk.now, desk.place.zone))
    spent = any(line.kind == "redeemed" for line in lines)
    soon = may_make_code(card, now=desk.now) and (not spent or card.code_made_at is None)
    may_make = soon and not await is_opened(card_id)
    is_live = card.status == "active" and card.kind is Kind.GIFT_CARD
    return CardPage(
        id=card.id,
        title=card.label if card.last4 else "Gift card without a code",
        state_word=state_word,
        look=look,
        usable_cents=usable.total_cents,
        paid_cents=usable.paid_cents,
        free_cents=usable.free_cents,
        free_until=card.free_until,
        for_words=_for_words(card),
        print_words="Print card" if card.code_made_at is None else "Print with a new code",
        has_code=card.code_made_at is not None,
        may_print=is_live and (may_make or is_manager(desk)),
        may_manage=is_live and is_manager(desk),
        successor_href=f"/gift-cards/{card.successor_id}" if card.successor_id else None,
        rows=tuple(_row(desk, line) for line in lines),
        problem=problem,
        deliveries=await delivery_rows(desk, card_id),
        may_send=is_live and card.batch is None and usable.total_cents > 0 and (may_make or is_manager(desk)),
        gift=typed or GiftForm(recipient=card.recipient or "", message=card.message or ""),
    )


async def delivery_rows(desk: Desk, card_id: UUID) -> tuple[DeliveryRow, ...]:
    """How a card was sent, the latest first; addresses are masked."""
    sent = await deliveries_of(card_id)
    mails = await messages_of([one.id for one in sent])
    return tuple(_delivery_row(desk, one, mails.get(one.id)) for one in sent)


def _delivery_row(desk: Desk, one: Delivery, mail: MessageView | None) -> DeliveryRow:
    state, look = ("Not sent", "unproven") if mail is None else MAIL_STATES[mail.status]
    detail = (mail.problem or "") if mail else "Whoever reads that address wants no mail from us."
    if one.withdrawn_at is not None:
        state, look = "Link ended", "done"
    elif one.opened_at is not None:
        opened = one.opened_at.astimezone(desk.place.zone)
        state, look, detail = "Opened", "proven", f"{day_short(opened.date())}, {clock(opened)}"
    to = f"{one.recipient}, {hidden_address(one.email)}" if one.recipient else hidden_address(one.email)
    return DeliveryRow(to, f"On {day_short(one.send_on)}, {one.send_on.year}", state, look, detail)


def _for_words(card: Holding) -> str:
    if card.recipient and card.guest_name:
        return f"For {card.recipient}; {card.guest_name} can pay with it by name."
    if card.recipient:
        return f"For {card.recipient}."
    return f"{card.guest_name} can pay with it by name." if card.guest_name else "For whoever brings it."


def _row(desk: Desk, line: MovementLine) -> HistoryRow:
    detail = [line.who or "By itself"]
    if line.free_cents and line.paid_cents:
        detail.append(f"{format_usd(abs(line.free_cents))} of it free")
    if line.reason:
        detail.append(line.reason)
    return HistoryRow(
        line.made_at.astimezone(desk.place.zone), WORDS[line.kind], " · ".join(detail), line.total_cents
    )


def print_page(desk: Desk, card: Holding, code: str) -> PrintPage:
    """A card for paper, with its code."""
    usable = card.balance.usable(local_date(desk.now, desk.place.zone))
    until = ""
    if usable.free_cents and card.free_until is not None:
        part = (
            "" if usable.paid_cents == 0 else f"{format_usd(usable.free_cents)} of it are a gift of ours and "
        )
        until = f"{part}valid until {day_short(card.free_until)}, {card.free_until.year}"
    return PrintPage(
        business_name=desk.place.name,
        address=desk.place.address,
        phone=desk.place.phone,
        amount_cents=usable.total_cents,
        recipient=card.recipient,
        message=card.message,
        code=grouped(code),
        qr=drawn(code),
        until_words=until[:1].upper() + until[1:],
        back_href=f"/gift-cards/{card.id}",
    )


async def holdings_part(guest_id: UUID, on: date, *, manager: bool = False) -> HoldingsPart:
    """Everything a guest can pay with on a day, for any page about a guest."""
    owned = await holdings_of(guest_id, on=on)
    return HoldingsPart(
        tuple(_holding_row(one, manager) for one in owned), sum(one.usable_cents for one in owned)
    )


def _holding_row(one: Owned, manager: bool) -> HoldingRow:
    found = one.holding
    words = [f"{item.service_name}: {item.visits_left} of {item.visits_bought} left" for item in one.visits]
    if found.free_until is not None and found.free_cents:
        words.append(f"free part until {day_short(found.free_until)}, {found.free_until.year}")
    if found.kind is Kind.DEPOSIT:
        words.append("for a booked visit" if found.for_visit else "waits for the next booking")
    return HoldingRow(
        label=found.label,
        detail=", ".join(words),
        cents=one.usable_cents,
        href=f"/gift-cards/{found.id}" if found.kind is Kind.GIFT_CARD else None,
        forfeit_id=found.id if manager and found.kind is Kind.DEPOSIT else None,
    )
