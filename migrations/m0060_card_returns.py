"""A card payment that is given back while its ticket is still open."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0060"
VERSION = "1.38.0"
DESCRIPTION = "card returns"

SQL = """
CREATE TABLE card_return (
    id UUID PRIMARY KEY,
    tender UUID NOT NULL REFERENCES tender ON DELETE RESTRICT ON UPDATE RESTRICT,
    status VARCHAR(10) NOT NULL DEFAULT 'requested',
    processor_id VARCHAR(80) UNIQUE,
    problem VARCHAR(200),
    tries SMALLINT NOT NULL DEFAULT 0,
    next_check_at TIMESTAMPTZ,
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT card_return_status CHECK (
        status IN ('requested', 'unknown', 'pending', 'done', 'failed') AND
        (status IN ('done', 'failed')) = (next_check_at IS NULL)
    )
);
CREATE UNIQUE INDEX card_return_one_per_tender ON card_return (tender) WHERE status <> 'failed';
CREATE INDEX card_return_due ON card_return (next_check_at)
    WHERE status IN ('requested', 'unknown', 'pending');
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
