"""Few times are held at once for one e-mail address or telephone number, whatever browsers ask for them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0069"
VERSION = "1.38.0"
DESCRIPTION = "holds per guest"

SQL = """
CREATE INDEX online_booking_email ON online_booking (lower(email)) WHERE status = 'open';
CREATE INDEX online_booking_phone ON online_booking (phone) WHERE status = 'open';

CREATE FUNCTION check_holds_of_guest() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    alike CONSTANT int := 3;
    same int;
    near int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('online email:' || lower(NEW.email), 0));
    PERFORM pg_advisory_xact_lock(hashtextextended('online phone:' || NEW.phone, 0));
    SELECT count(*) INTO same FROM online_booking o JOIN appointment a ON a.id = o.appointment
        WHERE lower(o.email) = lower(NEW.email) AND o.id <> NEW.id
            AND o.status = 'open' AND a.status = 'held';
    SELECT count(*) INTO near FROM online_booking o JOIN appointment a ON a.id = o.appointment
        WHERE o.phone = NEW.phone AND o.id <> NEW.id AND o.status = 'open' AND a.status = 'held';
    IF greatest(same, near) >= alike THEN
        RAISE EXCEPTION 'too many times are held for one guest'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'online_holds_per_guest';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER online_holds_per_guest BEFORE INSERT OR UPDATE OF appointment, email, phone ON online_booking
    FOR EACH ROW WHEN (NEW.status = 'open' AND NEW.appointment IS NOT NULL AND NEW.email IS NOT NULL)
    EXECUTE FUNCTION check_holds_of_guest();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
