"""What stands beneath the name of a line as facts, and in which language a guest agreed to keep a card."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0070"
VERSION = "1.38.0"
DESCRIPTION = "line details"

SQL = """
ALTER TABLE ticket_line ADD COLUMN detail_facts JSONB;
ALTER TABLE card_setup ADD COLUMN consent_language VARCHAR(8) NOT NULL DEFAULT 'en';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
