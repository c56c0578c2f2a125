"""What guests and managers see of messages."""

from dataclasses import replace

from spa_pos.booking.pages.guest import GuestVisitPage
from spa_pos.messages.flows.writing import MailPage, TimeLine
from spa_pos.web.views import GuestWord

MAIL = MailPage(
    title="Your visit is booked",
    lead="We look forward to seeing you.",
    times=(TimeLine("Thursday, November 26", "8:30\u00a0AM", "9:30\u00a0AM", "2026-11-26T08:30:00-06:00"),),
    place_name="Rejuvenate Spa",
    address="Healthy Living Center, Rochester, Minnesota",
    phone="(507) 555-0100",
    link="/",
    link_word="See your visit",
    closing="To change or cancel, call us at (507) 555-0100.",
    stop_link="/",
)

GUEST_VISIT = GuestVisitPage(
    title="Your visit is booked",
    sentence="We look forward to seeing you.",
    times=MAIL.times,
    is_over=False,
    place_name="Rejuvenate Spa",
    address="Healthy Living Center, Rochester, Minnesota",
    phone="(507) 555-0100",
    phone_href="tel:5075550100",
    confirm_action="/visits/x/confirmation",
    calendar_href="/visits/x/calendar.ics",
)
GUEST_CANCELLED = replace(
    GUEST_VISIT,
    title="Your visit is cancelled",
    sentence="You need not do anything. We hope to see you another time.",
    is_over=True,
    confirm_action=None,
    calendar_href=None,
)
STOP = GuestWord("Stop messages to i•••@example.org?", "Nothing more.", "/stop/x", "Stop messages")
STOPPED = GuestWord("Messages have stopped", "Your visits stand as they are.")
