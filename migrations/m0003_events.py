"""Announcements of what changed, for pages that are open; NOTIFY only wakes their readers."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0003"
VERSION = "1.38.0"
DESCRIPTION = "events"

SQL = """
CREATE TABLE event (
    id BIGSERIAL PRIMARY KEY,
    location UUID NOT NULL,
    topic VARCHAR(60) NOT NULL,
    made_at TIMESTAMPTZ NOT NULL DEFAULT current_timestamp
);
CREATE INDEX event_by_topic ON event (location, topic, id);

CREATE FUNCTION wake_readers_of_events() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM pg_notify('event', '');
    RETURN NULL;
END $body$;

CREATE TRIGGER event_wakes_readers AFTER INSERT ON event
    FOR EACH STATEMENT EXECUTE FUNCTION wake_readers_of_events();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
