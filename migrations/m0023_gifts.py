"""Gift cards that are handed over by e-mail, now or on a day: to whom, from whom, when they were opened."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0023"
VERSION = "1.38.0"
DESCRIPTION = "gifts"

SQL = """
CREATE TABLE gift_delivery (
    id UUID PRIMARY KEY,
    card UUID NOT NULL REFERENCES holding ON DELETE RESTRICT ON UPDATE RESTRICT,
    email VARCHAR(254) NOT NULL,
    recipient VARCHAR(60) NOT NULL,
    giver VARCHAR(60) NOT NULL,
    message VARCHAR(200) NOT NULL,
    send_on DATE NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    made_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    opened_at TIMESTAMPTZ,
    withdrawn_at TIMESTAMPTZ
);
CREATE INDEX gift_delivery_card ON gift_delivery USING btree (card);
CREATE UNIQUE INDEX gift_delivery_one_live ON gift_delivery (card) WHERE withdrawn_at IS NULL;

ALTER TABLE ticket_line ADD COLUMN gift_email VARCHAR(254);
ALTER TABLE ticket_line ADD COLUMN gift_giver VARCHAR(60);
ALTER TABLE ticket_line ADD COLUMN gift_send_on DATE;
ALTER TABLE ticket_line ADD CONSTRAINT ticket_line_gift CHECK (
    (gift_email IS NULL OR kind = 'gift_card') AND (gift_email IS NOT NULL OR gift_send_on IS NULL)
);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
