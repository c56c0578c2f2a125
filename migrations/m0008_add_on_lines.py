"""Add-ons on tickets: each is a line of its own, on one live line at most."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0008"
VERSION = "1.38.0"
DESCRIPTION = "add-on lines"

SQL = """
ALTER TABLE ticket_line
    ADD COLUMN add_on UUID REFERENCES appointment_add_on ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD CONSTRAINT ticket_line_of_one CHECK (num_nonnulls(appointment, product, add_on) <= 1);
CREATE UNIQUE INDEX ticket_line_add_on_once ON ticket_line (add_on) WHERE status = 'live';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
