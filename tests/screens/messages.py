"""What guests and managers see of messages."""

from spa_pos.messages.flows.writing import MailPage, TimeLine

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
