"""The one door to the database: actions and what they leave, locks, reads, and the embedded server."""

from spa_pos.db.action import action, forbid_transaction, in_transaction, lock, once, read_only
from spa_pos.db.ending import at_end, write_what_waits
from spa_pos.db.engine import engine
from spa_pos.db.events import announce
from spa_pos.db.sql import both, fetch, fetch_one, fetch_value, insert, insert_many, insert_together

__all__ = [
    "action",
    "announce",
    "at_end",
    "both",
    "engine",
    "fetch",
    "fetch_one",
    "fetch_value",
    "forbid_transaction",
    "in_transaction",
    "insert",
    "insert_many",
    "insert_together",
    "lock",
    "once",
    "read_only",
    "write_what_waits",
]
