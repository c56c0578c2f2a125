"""What is given back to be exchanged pays one new ticket: its account, its tender, and what became of it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0068"
VERSION = "1.38.0"
DESCRIPTION = "exchanges"

SQL = """
INSERT INTO account (code, name, kind)
    SELECT '2310-exchanges', 'Given back to be exchanged, not used yet', 'liability'
    WHERE EXISTS (SELECT FROM account) ON CONFLICT DO NOTHING;

ALTER TABLE tender DROP CONSTRAINT tender_kind, ADD CONSTRAINT tender_kind CHECK (
    kind IN ('cash', 'card', 'card_on_file', 'gift_card', 'credit', 'deposit', 'package', 'payroll',
        'external_card', 'exchange')
);

CREATE TABLE exchange (
    id UUID PRIMARY KEY,
    refund UUID NOT NULL REFERENCES refund ON DELETE RESTRICT ON UPDATE RESTRICT,
    ticket UUID NOT NULL REFERENCES ticket ON DELETE RESTRICT ON UPDATE RESTRICT,
    amount_cents INTEGER NOT NULL,
    rest_cents INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT exchange_refund_once UNIQUE (refund),
    CONSTRAINT exchange_ticket_once UNIQUE (ticket),
    CONSTRAINT exchange_amount CHECK (
        amount_cents > 0 AND rest_cents >= 0 AND rest_cents <= amount_cents
    )
);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
