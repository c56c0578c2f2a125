"""Reports of a day find its tenders by when they were taken and undone, whatever lies behind it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0025"
VERSION = "1.38.0"
DESCRIPTION = "report indexes"

SQL = """
CREATE INDEX tender_by_time ON tender (taken_at);
CREATE INDEX tender_undone ON tender (undone_at) WHERE undone_at IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
