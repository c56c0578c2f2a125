"""Receipts by e-mail: links that nobody can guess and that end, and messages to people without a name."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0021"
VERSION = "1.38.0"
DESCRIPTION = "receipts"

SQL = """
ALTER TABLE message ALTER COLUMN guest DROP NOT NULL;
ALTER TABLE message DROP CONSTRAINT message_once;
ALTER TABLE message ADD CONSTRAINT message_once
    UNIQUE NULLS NOT DISTINCT (guest, subject, kind, sequence, channel);
ALTER TABLE message DROP CONSTRAINT message_kind;
ALTER TABLE message ADD CONSTRAINT message_kind CHECK (
    kind IN ('confirmation', 'change', 'cancellation', 'reminder', 'offer', 'receipt', 'gift')
);
ALTER TABLE message ADD CONSTRAINT message_guest CHECK (guest IS NOT NULL OR kind IN ('receipt', 'gift'));
CREATE INDEX message_subject ON message USING btree (subject);

CREATE TABLE receipt_link (
    id UUID PRIMARY KEY,
    ticket UUID NOT NULL REFERENCES ticket ON DELETE RESTRICT ON UPDATE RESTRICT,
    refund UUID REFERENCES refund ON DELETE RESTRICT ON UPDATE RESTRICT,
    made_at TIMESTAMPTZ NOT NULL,
    made_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    ends_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT receipt_link_ends CHECK (ends_at >= made_at)
);
CREATE INDEX receipt_link_ticket ON receipt_link USING btree (ticket);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
