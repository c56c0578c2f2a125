"""Requests already answered, gapless numbers, and announcements of what changed."""

from piccolo.columns import JSONB, UUID, BigInt, BigSerial, Timestamptz, Varchar
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Unique
from piccolo.table import Table


class Request(Table, tablename="request"):
    """One write that was asked for, with its answer (DATA.md §5)."""

    key = UUID(primary_key=True)
    verb = Varchar(length=120)
    body_hash = Varchar(length=64)
    response = JSONB(null=True, default=None)
    made_at = Timestamptz(default=TimestamptzNow())


class Counter(Table, tablename="counter"):
    """The last number given out for one thing at one place; rolled back with its transaction."""

    place = UUID()
    name = Varchar(length=40)
    value = BigInt(default=0)

    counter_once = Unique([place, name], name="counter_once")


class Event(Table, tablename="event"):
    """One announcement that something changed at a place, kept for a day (DATA.md §6)."""

    id = BigSerial(primary_key=True)
    location = UUID()
    topic = Varchar(length=60)
    made_at = Timestamptz(default=TimestamptzNow())
