"""Printers, which device prints where, and what waits to be printed."""

from piccolo.columns import JSONB, UUID, Boolean, Integer, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Location
from spa_pos.people.tables import Device, Staff


class Printer(Table, tablename="printer"):
    """One receipt printer: where it is found, how wide it prints, and how it was when last asked."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    name = Varchar(length=40)
    host = Varchar(length=253)
    port = Integer()
    columns = SmallInt(help_text="letters in a line")
    has_drawer = Boolean(default=False, help_text="a cash drawer hangs on it")
    tells_state = Boolean(default=True, help_text="it answers when asked for paper and cover")
    retired_at = Timestamptz(null=True, default=None)
    problem = Varchar(length=200, null=True, default=None, help_text="why it did not print; none: it does")
    tried_at = Timestamptz(null=True, default=None)

    printer_name_once = Unique([location, name], name="printer_name_once")
    printer_sane = Check("port BETWEEN 1024 AND 65535 AND columns BETWEEN 32 AND 64", name="printer_sane")


class DevicePrinter(Table, tablename="device_printer"):
    """The printer a device prints on."""

    id = UUID(primary_key=True)
    device = belongs_to(Device)
    printer = belongs_to(Printer, index=True)

    device_printer_once = Unique([device], name="device_printer_once")


class PrintJob(Table, tablename="print_job"):
    """One piece of paper, or one opening of a drawer, and what became of it."""

    id = UUID(primary_key=True)
    printer = belongs_to(Printer)
    device = belongs_to(Device, null=True)
    kind = Varchar(length=8)
    subject = UUID(null=True, default=None, index=True, help_text="what it prints, or why the drawer opens")
    paper = JSONB(null=True, default=None)
    status = Varchar(length=8, default="queued")
    tries = SmallInt(default=0)
    next_try_at = Timestamptz()
    useful_until = Timestamptz()
    claimed_at = Timestamptz(null=True, default=None)
    done_at = Timestamptz(null=True, default=None)
    problem = Varchar(length=200, null=True, default=None)
    made_at = Timestamptz()
    made_by = belongs_to(Staff, null=True)

    print_job_kind = Check(
        "kind IN ('receipt', 'refund', 'test', 'drawer') AND (kind = 'drawer') = (paper IS NULL)",
        name="print_job_kind",
    )
    print_job_status = Check(
        "status IN ('queued', 'printing', 'done', 'failed') AND (status = 'done') = (done_at IS NOT NULL)"
        " AND (status <> 'failed' OR problem IS NOT NULL)"
        " AND (status <> 'printing' OR claimed_at IS NOT NULL)",
        name="print_job_status",
    )
