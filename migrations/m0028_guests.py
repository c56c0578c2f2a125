"""What guests tell us of themselves: their language, a note to a visit, that they come later."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0028"
VERSION = "1.38.0"
DESCRIPTION = "guests"

SQL = """
ALTER TABLE guest ADD COLUMN language VARCHAR(5);
ALTER TABLE guest ADD CONSTRAINT guest_language CHECK (language ~ '^[a-z]{2}$');

ALTER TABLE appointment ADD COLUMN guest_note VARCHAR(300);
ALTER TABLE appointment ADD COLUMN late_minutes SMALLINT;
ALTER TABLE appointment ADD COLUMN late_told_at TIMESTAMPTZ;
ALTER TABLE appointment ADD CONSTRAINT appointment_note CHECK (guest_note <> '');
ALTER TABLE appointment ADD CONSTRAINT appointment_late CHECK (
    late_minutes BETWEEN 1 AND 120 AND late_told_at IS NOT NULL
    OR late_minutes IS NULL AND late_told_at IS NULL
);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
