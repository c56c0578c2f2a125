"""Readers of announcements look for them; NOTIFY made every commit wait for the one before it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0011"
VERSION = "1.38.0"
DESCRIPTION = "quiet events"

SQL = """
DROP TRIGGER event_wakes_readers ON event;
DROP FUNCTION wake_readers_of_events();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
