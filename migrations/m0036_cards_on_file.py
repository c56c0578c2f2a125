"""Cards that guests let us keep, what they agreed to, and what bookings ask for.

What was agreed to is never changed; a card is removed, not deleted.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0036"
VERSION = "1.38.0"
DESCRIPTION = "cards on file"

SQL = """
CREATE TABLE card_rule (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    deposit_ppm INTEGER NOT NULL DEFAULT 0,
    deposit_from_cents INTEGER NOT NULL DEFAULT 0,
    card_online BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT card_rule_once UNIQUE (location),
    CONSTRAINT card_rule_sane CHECK (deposit_ppm BETWEEN 0 AND 1000000 AND deposit_from_cents >= 0)
);

CREATE TABLE card_customer (
    id UUID PRIMARY KEY,
    guest UUID NOT NULL REFERENCES guest ON DELETE RESTRICT ON UPDATE RESTRICT,
    processor_id VARCHAR(80) NOT NULL UNIQUE,
    CONSTRAINT card_customer_once UNIQUE (guest)
);

CREATE TABLE card_setup (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest UUID NOT NULL REFERENCES guest ON DELETE RESTRICT ON UPDATE RESTRICT,
    state VARCHAR(8) NOT NULL DEFAULT 'new',
    processor_id VARCHAR(80) UNIQUE,
    consent_text TEXT NOT NULL,
    consent_version VARCHAR(20) NOT NULL,
    consented_at TIMESTAMPTZ NOT NULL,
    consented_from VARCHAR(45),
    asked_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    problem VARCHAR(200),
    tries SMALLINT NOT NULL DEFAULT 0,
    next_check_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    CONSTRAINT card_setup_state CHECK (
        state IN ('new', 'created', 'saved', 'failed', 'dropped') AND
        (state IN ('new', 'created')) = (ended_at IS NULL) AND
        (state NOT IN ('created', 'saved') OR processor_id IS NOT NULL)
    )
);
CREATE INDEX card_setup_guest ON card_setup USING btree (guest);
CREATE INDEX card_setup_due ON card_setup (next_check_at) WHERE state IN ('new', 'created');

CREATE TABLE stored_card (
    id UUID PRIMARY KEY,
    guest UUID NOT NULL REFERENCES guest ON DELETE RESTRICT ON UPDATE RESTRICT,
    processor_id VARCHAR(80) NOT NULL UNIQUE,
    brand VARCHAR(20) NOT NULL,
    last4 VARCHAR(4) NOT NULL,
    exp_month SMALLINT NOT NULL,
    exp_year SMALLINT NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ,
    removed_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    detached_at TIMESTAMPTZ,
    CONSTRAINT stored_card_sane CHECK (
        exp_month BETWEEN 1 AND 12 AND exp_year BETWEEN 2000 AND 2100 AND last4 ~ '^[0-9]{4}$' AND
        (detached_at IS NULL OR removed_at IS NOT NULL)
    )
);
CREATE INDEX stored_card_guest ON stored_card USING btree (guest);

ALTER TABLE attempt
    ADD COLUMN stored_card UUID REFERENCES stored_card ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD CONSTRAINT attempt_source CHECK (num_nonnulls(reader, stored_card) = 1);
CREATE INDEX attempt_stored_card ON attempt USING btree (stored_card);

CREATE FUNCTION card_consent_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR ROW(old.guest, old.location, old.consent_text, old.consent_version,
        old.consented_at, old.consented_from, old.asked_by) IS DISTINCT FROM
        ROW(new.guest, new.location, new.consent_text, new.consent_version,
        new.consented_at, new.consented_from, new.asked_by) THEN
        RAISE EXCEPTION 'what a guest agreed to is never changed';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER card_setup_consent_kept BEFORE UPDATE OR DELETE ON card_setup
    FOR EACH ROW EXECUTE FUNCTION card_consent_kept();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
