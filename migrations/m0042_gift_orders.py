"""Gift cards bought online: what was ordered, and payments whose card a guest types on their own device.

No charge without a card, no card without a charge: both are looked at when the transaction ends.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0042"
VERSION = "1.38.0"
DESCRIPTION = "gift orders"

SQL = """
ALTER TABLE attempt ADD COLUMN online BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE attempt DROP CONSTRAINT attempt_source;
ALTER TABLE attempt ADD CONSTRAINT attempt_source
    CHECK (num_nonnulls(reader, stored_card) + online::integer = 1);

CREATE INDEX guest_try_door ON guest_try (door, tried_at);

CREATE TABLE gift_order (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    amount_cents INTEGER NOT NULL,
    email VARCHAR(254) NOT NULL,
    recipient VARCHAR(60) NOT NULL,
    giver VARCHAR(60) NOT NULL,
    message VARCHAR(200) NOT NULL,
    send_on DATE,
    buyer_email VARCHAR(254) NOT NULL,
    locale VARCHAR(10) NOT NULL,
    knock BIGINT,
    made_at TIMESTAMPTZ NOT NULL,
    paid_at TIMESTAMPTZ,
    CONSTRAINT gift_order_amount CHECK (amount_cents > 0)
);
CREATE INDEX gift_order_unpaid ON gift_order (made_at) WHERE paid_at IS NULL;

CREATE FUNCTION check_gift_order() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    wanted UUID := CASE TG_TABLE_NAME WHEN 'attempt' THEN to_jsonb(NEW) ->> 'subject' ELSE NEW.id::text END;
    ordered BOOLEAN := EXISTS (SELECT 1 FROM gift_order WHERE id = wanted AND paid_at IS NOT NULL);
    charged BOOLEAN := EXISTS (SELECT 1 FROM tender t JOIN attempt a ON a.id = t.attempt
        WHERE t.ticket = wanted AND a.subject = wanted AND a.purpose = 'gift' AND a.state = 'paid');
BEGIN
    IF NOT (ordered AND charged) THEN
        RAISE EXCEPTION 'a gift card is sold with its charge, and charged with its sale'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'gift_order_charged';
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER gift_order_charged AFTER INSERT OR UPDATE OF paid_at ON gift_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.paid_at IS NOT NULL)
    EXECUTE FUNCTION check_gift_order();
CREATE CONSTRAINT TRIGGER gift_charge_sold AFTER INSERT OR UPDATE OF state ON attempt
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.purpose = 'gift' AND NEW.state = 'paid')
    EXECUTE FUNCTION check_gift_order();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
