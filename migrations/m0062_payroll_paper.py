"""Where the signed paper of a payroll authorisation is kept."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0062"
VERSION = "1.38.0"
DESCRIPTION = "payroll papers"

SQL = """
ALTER TABLE payroll_authorisation ADD COLUMN kept_where VARCHAR(120) NOT NULL DEFAULT '';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
