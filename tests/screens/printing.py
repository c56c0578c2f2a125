"""Printers: none, some, with a problem; a paper that is under way, printed, not printed."""

from dataclasses import replace

from spa_pos.printing.pages.views import DeviceRow, JobRow, PrinterRow, PrintersPage, PrintState
from spa_pos.web.shell import Problem
from tests.screens import receipts, refunds, register
from tests.screens.frame import new_id

READY = PrinterRow(
    new_id(),
    "Desk printer",
    "printer-1, port 9100, 42 letters a line, with a drawer",
    "printer-1",
    9100,
    42,
    True,
    True,
    "Ready",
    "proven",
    "",
)
EMPTY = replace(
    READY,
    id=new_id(),
    name="Office printer",
    has_drawer=False,
    state_word="Does not print",
    look="unproven",
    problem="It has no paper. Put in a new roll.",
)
_JOB = JobRow(
    new_id(),
    "Receipt",
    "Desk printer",
    "Desk 1",
    "Tue, Nov 24, 2:15\u00a0PM",
    "Printed",
    "proven",
    "",
    True,
    "/tickets/1/receipt",
)
FRONT = PrintersPage(
    (READY, EMPTY),
    (
        _JOB,
        replace(_JOB, id=new_id(), state_word="Waiting", look="", problem=EMPTY.problem, may_repeat=False),
        replace(_JOB, id=new_id(), what="Drawer opened", state_word="Opened", may_repeat=False, href=None),
    ),
    (),
    False,
)
NONE = PrintersPage((), (), (), False)
MANAGED = replace(
    FRONT,
    may_edit=True,
    devices=(DeviceRow(new_id(), "Desk 1", READY.id), DeviceRow(new_id(), "Office", None)),
)
WRONG = replace(
    MANAGED,
    typed=replace(READY, host="http://x"),
    problem=Problem("printer-address-unreadable", "Type the printer's address or name.", field="host"),
)
UNDER_WAY = PrintState(new_id(), "Printing on Desk printer.", "calm", True, False)
FAILED = PrintState(
    new_id(), "Not printed on Desk printer. It has no paper. Put in a new roll.", "wrong", False, True
)
DONE = replace(receipts.DONE_MAIL, print_action=f"/tickets/{register.TICKET.id}/prints", printing=UNDER_WAY)
RECEIPT = replace(
    receipts.RECEIPT_SENT, print_action=f"/tickets/{register.TICKET.id}/prints", printing=FAILED
)
REFUND = replace(refunds.DONE, print_action=f"/refunds/{refunds.DONE.id}/prints", printing=UNDER_WAY)
