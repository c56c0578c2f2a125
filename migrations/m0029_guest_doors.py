"""Doors for guests: codes by mail, sessions, tries counted, lobby devices; what of a person can be erased."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0029"
VERSION = "1.38.0"
DESCRIPTION = "guest doors"

SQL = """
ALTER TABLE cancel_reason ADD COLUMN for_guests BOOLEAN NOT NULL DEFAULT false;
UPDATE cancel_reason SET for_guests = true WHERE code IN ('illness', 'clinical');

ALTER TABLE device ADD COLUMN kind VARCHAR(8) NOT NULL DEFAULT 'desk';
ALTER TABLE device ADD CONSTRAINT device_kind CHECK (kind IN ('desk', 'lobby'));
ALTER TABLE enrolment_code ADD COLUMN device_kind VARCHAR(8) NOT NULL DEFAULT 'desk';
ALTER TABLE enrolment_code ADD CONSTRAINT enrolment_code_kind CHECK (device_kind IN ('desk', 'lobby'));

ALTER TABLE guest ADD COLUMN erased_at TIMESTAMPTZ;

CREATE TABLE guest_code (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    address VARCHAR(254) NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    tries SMALLINT NOT NULL DEFAULT 0,
    used_at TIMESTAMPTZ,
    CONSTRAINT guest_code_tries CHECK (tries BETWEEN 0 AND 5),
    CONSTRAINT guest_code_expires CHECK (expires_at > made_at)
);
CREATE INDEX guest_code_address ON guest_code USING btree (address);

CREATE TABLE guest_session (
    id UUID PRIMARY KEY,
    token_hash VARCHAR(64) NOT NULL UNIQUE,
    address VARCHAR(254) NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);

CREATE TABLE guest_try (
    id BIGSERIAL PRIMARY KEY,
    door VARCHAR(20) NOT NULL,
    identity VARCHAR(64) NOT NULL,
    network VARCHAR(64) NOT NULL,
    tried_at TIMESTAMPTZ NOT NULL,
    missed BOOLEAN NOT NULL
);
CREATE INDEX guest_try_identity ON guest_try (door, identity, tried_at);
CREATE INDEX guest_try_network ON guest_try (door, network, tried_at);

ALTER TABLE message DROP CONSTRAINT message_kind;
ALTER TABLE message ADD CONSTRAINT message_kind CHECK (
    kind IN ('confirmation', 'change', 'cancellation', 'reminder', 'offer', 'receipt', 'gift', 'code')
);
ALTER TABLE message DROP CONSTRAINT message_guest;
ALTER TABLE message ADD CONSTRAINT message_guest
    CHECK (guest IS NOT NULL OR kind IN ('receipt', 'gift', 'code'));

CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP <> 'TRUNCATE' AND coalesce(current_setting('spa.erasing', true), '') <> '' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $body$;

DROP TRIGGER audit_event_append_only ON audit_event;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_but_erasure();
CREATE FUNCTION audit_event_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.subject::text = current_setting('spa.erasing', true)
        AND to_jsonb(NEW) - 'before' - 'after' = to_jsonb(OLD) - 'before' - 'after' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_event is append-only'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'audit_event_append_only';
END $body$;
CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_stays();

DROP TRIGGER consent_append_only ON consent;
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_but_erasure();
CREATE FUNCTION consent_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM guest WHERE id::text = current_setting('spa.erasing', true)
            AND OLD.address IN (email, phone)
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'consent is append-only'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'consent_append_only';
END $body$;
CREATE TRIGGER consent_stays BEFORE UPDATE OR DELETE ON consent
    FOR EACH ROW EXECUTE FUNCTION consent_stays();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
