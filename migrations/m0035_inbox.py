"""What the card processor tells us by itself."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0035"
VERSION = "1.38.0"
DESCRIPTION = "inbox"

SQL = """
CREATE TABLE processor_event (
    id UUID PRIMARY KEY,
    source VARCHAR(12) NOT NULL,
    event_id VARCHAR(80) NOT NULL,
    type VARCHAR(80) NOT NULL,
    live BOOLEAN NOT NULL,
    api_version VARCHAR(80),
    object_id VARCHAR(80) NOT NULL,
    object_kind VARCHAR(80) NOT NULL,
    payment_id VARCHAR(80),
    body TEXT NOT NULL,
    state VARCHAR(8) NOT NULL DEFAULT 'new',
    tries SMALLINT NOT NULL DEFAULT 0,
    next_try_at TIMESTAMPTZ NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    done_at TIMESTAMPTZ,
    problem VARCHAR(200),
    CONSTRAINT processor_event_once UNIQUE (source, event_id),
    CONSTRAINT processor_event_state CHECK (
        state IN ('new', 'done', 'parked') AND (state = 'done') = (done_at IS NOT NULL) AND
        (state <> 'parked' OR problem IS NOT NULL)
    )
);
CREATE INDEX processor_event_due ON processor_event (next_try_at) WHERE state = 'new';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
