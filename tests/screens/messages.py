"""What guests and managers see of messages."""

from dataclasses import replace

from spa_pos.messages.flows.writing import MailPage, TimeLine
from spa_pos.people.pages.consent import ReachPage
from spa_pos.people.pages.outbox import Choice, MessageRow, OutboxPage, TimesForm
from spa_pos.web.i18n import languages
from tests.screens.frame import TAKEN, new_id

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

_ROW = MessageRow(
    new_id(),
    "Ingrid Halvorsen",
    f"/guests/{new_id()}/messages",
    "Confirmation",
    "E-mail",
    "ingrid@example.org",
    "Tue, Nov 24, 9:12\u00a0AM",
    "Sent",
    "proven",
    "Tue, Nov 24, 9:12\u00a0AM",
    True,
)
OUTBOX = OutboxPage(
    choices=(Choice("All", "/messages", 3, True), Choice("Failed", "/messages?status=failed", 1, False)),
    rows=(
        _ROW,
        replace(_ROW, id=new_id(), status_word="Failed", look="unproven", what_next="The server says 550."),
        replace(_ROW, id=new_id(), status_word="Waiting", look="", may_send_again=False),
    ),
    chosen="",
    no_mail=False,
    no_texts=True,
    quiet_words="Quiet from 9:00 PM to 8:00 AM.",
    times=TimesForm("21:00", "08:00", "24"),
    problem=TAKEN,
)
NO_MESSAGES = replace(OUTBOX, rows=(), no_mail=True, problem=None)
REACH = ReachPage(
    "Ingrid Halvorsen",
    "/guests/1/messages",
    "ingrid@example.org",
    "(507) 555-0123",
    True,
    False,
    languages(),
    "es",
)
REACH_WRONG = replace(REACH, email="ingrid@", problem=TAKEN)
