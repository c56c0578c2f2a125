"""Who agreed to a refund that the desk alone may not give."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0058"
VERSION = "1.38.0"
DESCRIPTION = "refund approval"

SQL = """
ALTER TABLE refund ADD COLUMN approval UUID REFERENCES approval ON DELETE RESTRICT ON UPDATE RESTRICT;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
