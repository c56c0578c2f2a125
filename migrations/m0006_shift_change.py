"""What a provider's shifts were before each change, so that a change can be undone."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0006"
VERSION = "1.38.0"
DESCRIPTION = "shift changes"

SQL = """
CREATE TABLE shift_change (
    id UUID PRIMARY KEY,
    staff UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    made_at TIMESTAMPTZ NOT NULL,
    made_by VARCHAR(80) NOT NULL,
    first_day DATE NOT NULL,
    shifts_before JSONB NOT NULL,
    undone_at TIMESTAMPTZ
);
CREATE INDEX shift_change_staff ON shift_change USING btree (staff);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
