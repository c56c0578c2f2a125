"""What is planned has a version, so that who worked days out from it knows whether they still hold.

Every change of a table that a day is made of gives it a new one, in the transaction of the change.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0073"
VERSION = "1.38.0"
DESCRIPTION = "plan version"

MADE_OF = (
    "resource",
    "opening_hours",
    "special_day",
    "work_limit",
    "credential",
    "shift",
    "shift_exception",
    "time_off",
    "resource_out",
    "staff",
)

SQL = """
CREATE TABLE plan_version (
    id INTEGER PRIMARY KEY,
    version UUID NOT NULL,
    CONSTRAINT plan_version_one CHECK (id = 1)
);
CREATE FUNCTION plan_changes() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO plan_version (id, version) VALUES (1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;
    RETURN NULL;
END $body$;
INSERT INTO plan_version (id, version) VALUES (1, gen_random_uuid());
"""

TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_plans AFTER INSERT OR UPDATE OR DELETE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION plan_changes();\n"
    for table in MADE_OF
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    manager.add_raw(run_sql(TRIGGERS))
    return manager
