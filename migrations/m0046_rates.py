"""A tax rate that something was sold under is never changed, removed, or put into the past."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0046"
VERSION = "1.38.0"
DESCRIPTION = "rates"

SQL = """
CREATE FUNCTION tax_rate_must_be_unused() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    place UUID := CASE WHEN TG_OP = 'INSERT' THEN NEW.location ELSE OLD.location END;
    since DATE := CASE TG_OP WHEN 'INSERT' THEN NEW.valid_from WHEN 'DELETE' THEN OLD.valid_from
        ELSE least(OLD.valid_from, NEW.valid_from) END;
BEGIN
    IF EXISTS (SELECT 1 FROM ticket WHERE location = place AND business_date >= since) THEN
        RAISE EXCEPTION 'something was sold on or after %', since
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tax_rate_used';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $body$;
CREATE TRIGGER tax_rate_unused BEFORE INSERT OR UPDATE OR DELETE ON tax_rate
    FOR EACH ROW EXECUTE FUNCTION tax_rate_must_be_unused();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
