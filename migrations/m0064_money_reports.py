"""Exceptions of a period are found by when they were made; how long value is idle is a setting."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0064"
VERSION = "1.38.0"
DESCRIPTION = "money reports"

SQL = """
CREATE INDEX audit_event_exception ON audit_event (location, made_at)
    WHERE verb IN ('voided', 'undid a tender');
CREATE INDEX line_discount_by_time ON line_discount (made_at) WHERE kind IN ('discount', 'override');
CREATE INDEX drawer_move_no_sale ON drawer_move (made_at) WHERE kind = 'no_sale';

ALTER TABLE value_terms ADD COLUMN idle_years SMALLINT NOT NULL DEFAULT 3;
ALTER TABLE value_terms ADD CONSTRAINT value_terms_idle CHECK (idle_years BETWEEN 1 AND 20);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
