"""Days compared with the card processor, and what differed. What differed is never taken away."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0051"
VERSION = "1.38.0"
DESCRIPTION = "card days"

SQL = """
CREATE TABLE card_day (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    day DATE NOT NULL,
    compared_at TIMESTAMPTZ,
    charges_count INTEGER NOT NULL DEFAULT 0,
    charges_cents INTEGER NOT NULL DEFAULT 0,
    refunds_count INTEGER NOT NULL DEFAULT 0,
    refunds_cents INTEGER NOT NULL DEFAULT 0,
    failed_at TIMESTAMPTZ,
    problem VARCHAR(300),
    CONSTRAINT card_day_once UNIQUE (location, day),
    CONSTRAINT card_day_sane CHECK (num_nonnulls(compared_at, failed_at) >= 1
        AND (failed_at IS NULL) = (problem IS NULL) AND charges_count >= 0 AND refunds_count >= 0)
);

CREATE TABLE card_difference (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    day DATE NOT NULL,
    kind VARCHAR(20) NOT NULL,
    key VARCHAR(120) NOT NULL,
    there_cents INTEGER,
    here_cents INTEGER,
    ticket UUID,
    refund UUID,
    found_at TIMESTAMPTZ NOT NULL,
    gone_at TIMESTAMPTZ,
    settled_at TIMESTAMPTZ,
    settled_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    note VARCHAR(300),
    CONSTRAINT card_difference_once UNIQUE (location, day, kind, key),
    CONSTRAINT card_difference_settled CHECK ((settled_at IS NULL) = (note IS NULL)
        AND (settled_at IS NULL) = (settled_by IS NULL)),
    CONSTRAINT card_difference_parts CHECK (num_nonnulls(there_cents, here_cents) >= 1)
);
CREATE INDEX card_difference_open ON card_difference (location) WHERE gone_at IS NULL AND settled_at IS NULL;
CREATE INDEX attempt_ended ON attempt (location, ended_at) WHERE state = 'paid';

CREATE FUNCTION card_difference_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'what differed is never taken away'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'card_difference_stays';
END $body$;
CREATE TRIGGER card_difference_stays BEFORE DELETE OR TRUNCATE ON card_difference
    FOR EACH STATEMENT EXECUTE FUNCTION card_difference_stays();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
