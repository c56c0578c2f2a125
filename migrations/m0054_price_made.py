"""When a price was written down: a visit keeps the prices that were known when it was booked."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0054"
VERSION = "1.38.0"
DESCRIPTION = "price made"

SQL = """
ALTER TABLE price ADD COLUMN made_at TIMESTAMPTZ;
UPDATE price SET made_at = 'epoch';
ALTER TABLE price ALTER COLUMN made_at SET NOT NULL;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
