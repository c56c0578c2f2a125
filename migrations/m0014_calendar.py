"""What reading many days at once needs."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0014"
VERSION = "1.38.0"
DESCRIPTION = "calendar"

SQL = """
CREATE FUNCTION packed_minutes(starts_at TIMESTAMPTZ, ends_at TIMESTAMPTZ) RETURNS BIGINT
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT (extract(epoch FROM starts_at)::bigint / 60 << 12)
        + (extract(epoch FROM ends_at)::bigint + 59) / 60 - extract(epoch FROM starts_at)::bigint / 60
$body$;

ALTER TABLE claim ADD COLUMN minutes BIGINT GENERATED ALWAYS AS (packed_minutes(starts_at, ends_at)) STORED;
ALTER TABLE appointment
    ADD COLUMN minutes BIGINT GENERATED ALWAYS AS (packed_minutes(starts_at, ends_at)) STORED;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
