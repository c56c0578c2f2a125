"""Booking online: a booking under way, guests who stand in for somebody not known yet, limits of holds."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0040"
VERSION = "1.38.0"
DESCRIPTION = "online"

SQL = """
ALTER TABLE guest ADD COLUMN stands_in BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX guest_stands_in ON guest (guest_group) WHERE stands_in;

ALTER TABLE consent DROP CONSTRAINT consent_source;
ALTER TABLE consent ADD CONSTRAINT consent_source CHECK (source IN ('desk', 'link', 'online'));

CREATE TABLE online_booking (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    network VARCHAR(64) NOT NULL,
    appointment UUID NOT NULL REFERENCES appointment ON DELETE RESTRICT ON UPDATE RESTRICT,
    status VARCHAR(8) NOT NULL DEFAULT 'open',
    extended SMALLINT NOT NULL DEFAULT 0,
    path VARCHAR(600) NOT NULL,
    given_name VARCHAR(60),
    family_name VARCHAR(60),
    phone VARCHAR(20),
    email VARCHAR(254),
    by_email BOOLEAN NOT NULL DEFAULT false,
    code UUID,
    made_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT online_booking_once UNIQUE (appointment),
    CONSTRAINT online_booking_status CHECK (status IN ('open', 'booked')),
    CONSTRAINT online_booking_extended CHECK (extended BETWEEN 0 AND 3),
    CONSTRAINT online_booking_person CHECK (
        (given_name IS NULL) = (family_name IS NULL) AND (given_name IS NULL) = (phone IS NULL)
        AND (given_name IS NULL) = (email IS NULL)
    ),
    CONSTRAINT online_booking_forgets CHECK (status = 'open' OR given_name IS NULL AND code IS NULL)
);
CREATE INDEX online_booking_network ON online_booking (network) WHERE status = 'open';
CREATE INDEX online_booking_made_at ON online_booking (made_at);

CREATE FUNCTION check_online_holds() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('online:' || NEW.network, 0));
    IF (SELECT count(*) FROM online_booking o JOIN appointment a ON a.id = o.appointment
        WHERE o.network = NEW.network AND o.id <> NEW.id AND o.status = 'open' AND a.status = 'held') >= 12
    THEN
        RAISE EXCEPTION 'too many times are held from one network'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'online_holds_per_network';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER online_holds_per_network BEFORE INSERT OR UPDATE OF appointment, network ON online_booking
    FOR EACH ROW WHEN (NEW.status = 'open') EXECUTE FUNCTION check_online_holds();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
