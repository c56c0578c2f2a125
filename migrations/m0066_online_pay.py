"""Booking online with a deposit or a card: a time is not lost while money may still move for it.

No charge without a visit, unless nobody answered for two hours: looked at when the transaction ends that
records the charge.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0066"
VERSION = "1.38.0"
DESCRIPTION = "online pay"

SQL = """
ALTER TABLE online_booking ADD COLUMN pay_until TIMESTAMPTZ;
ALTER TABLE online_booking ADD COLUMN knock BIGINT;
ALTER TABLE online_booking ADD COLUMN setup UUID REFERENCES card_setup ON DELETE RESTRICT ON UPDATE RESTRICT;
CREATE INDEX online_booking_setup ON online_booking (setup) WHERE setup IS NOT NULL;
CREATE INDEX online_booking_paying ON online_booking (pay_until)
    WHERE status = 'open' AND pay_until IS NOT NULL;

CREATE FUNCTION is_being_paid(visit UUID, party_of UUID, at TIMESTAMPTZ) RETURNS BOOLEAN
LANGUAGE sql STABLE AS $body$
    SELECT EXISTS (SELECT 1 FROM attempt t JOIN appointment p ON p.id = t.subject
        WHERE t.state IN ('new', 'created', 'submitted', 'unknown') AND t.purpose = 'deposit-online'
        AND t.made_at > at - interval '2 hours' AND (p.id = visit OR p.party = party_of))
$body$;

CREATE FUNCTION keep_paid_hold() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF is_being_paid(NEW.id, NEW.party, coalesce(NEW.ended_at, now())) THEN
        RAISE EXCEPTION 'a time is not free while its deposit may still be paid'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'hold_being_paid';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER hold_being_paid BEFORE UPDATE OF status ON appointment FOR EACH ROW
    WHEN (OLD.status = 'held' AND NEW.status NOT IN ('held', 'booked')) EXECUTE FUNCTION keep_paid_hold();

CREATE FUNCTION check_online_deposit() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM tender t WHERE t.attempt = NEW.id AND t.ticket = NEW.id)
        OR EXISTS (SELECT 1 FROM appointment a WHERE a.id = NEW.subject AND (a.status = 'held'
            OR a.status = 'expired' AND a.ended_at < NEW.made_at + interval '2 hours'))
    THEN
        RAISE EXCEPTION 'a deposit is charged with its visit'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deposit_charge_booked';
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER deposit_charge_booked AFTER INSERT OR UPDATE OF state ON attempt
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.purpose = 'deposit-online' AND NEW.state = 'paid')
    EXECUTE FUNCTION check_online_deposit();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
