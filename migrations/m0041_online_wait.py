"""Booking online: asking for the waitlist, where nothing is free."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0041"
VERSION = "1.38.0"
DESCRIPTION = "online wait"

SQL = """
ALTER TABLE online_booking ALTER COLUMN appointment DROP NOT NULL;
ALTER TABLE online_booking ADD COLUMN wait_until DATE;
ALTER TABLE online_booking ADD CONSTRAINT online_booking_about
    CHECK ((appointment IS NULL) = (wait_until IS NOT NULL));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
