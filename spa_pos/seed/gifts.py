"""A few gift cards that guests bought for others, invented: one is printed, one waits for its day."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from spa_pos.checkout.actions import add_gift_card, open_ticket, take_slip
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date, shift_instant
from spa_pos.seed.house import House


@dataclass(frozen=True, slots=True)
class _Bought:
    """A card: bought so many days ago at an hour, for so much; to be sent so many days from today."""

    days_ago: int
    at: time
    amount_cents: Cents
    giver: str
    recipient: str
    message: str
    email: str = ""
    sent_in_days: int | None = None


BOUGHT = (
    _Bought(3, time(11, 20), Cents(5_000), "Lena Vogel", "Kim", "Thank you for everything."),
    _Bought(
        1,
        time(15, 40),
        Cents(10_000),
        "Tom Becker",
        "Aunt Vera",
        "An hour of quiet, from all of us. Happy birthday!",
        "vera@example.org",
        12,
    ),
)


async def add_gift_cards(house: House, *, now: datetime) -> int:
    """Sell some gift cards for slips of another terminal, through the register; gives how many."""
    today, desk = local_date(now, house.zone), house.desk[0]
    for number, one in enumerate(BOUGHT, start=1):
        then = shift_instant(today - timedelta(days=one.days_ago), one.at, house.zone)
        ticket_id = await open_ticket(desk, ticket_id=uuid7(then), appointment_id=None, now=then)
        send_on = None if one.sent_in_days is None else today + timedelta(days=one.sent_in_days)
        await add_gift_card(
            desk,
            ticket_id=ticket_id,
            line_id=uuid7(then),
            card_id=uuid7(then),
            amount_cents=one.amount_cents,
            recipient=one.recipient,
            message=one.message,
            email=one.email,
            giver=one.giver,
            send_on=send_on,
            version=1,
            approval_id=None,
            now=then,
        )
        await take_slip(
            desk,
            ticket_id=ticket_id,
            tender_id=uuid7(then),
            slip=f"SAMPLE-{number:03}",
            amount_cents=one.amount_cents,
            version=2,
            now=then,
        )
    return len(BOUGHT)
