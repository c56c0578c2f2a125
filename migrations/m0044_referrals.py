"""Written referrals with their pages, facility treatment, and lines that are exempt by them.

A referral has its page, is ended and never changed; it frees its own guest's massages from the day it
was written to the day it lapses. Rows that freed nothing may be deleted: a guest may be forgotten.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0044"
VERSION = "1.38.0"
DESCRIPTION = "referrals"

SQL = """
CREATE TABLE referral (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest UUID NOT NULL REFERENCES guest ON DELETE RESTRICT ON UPDATE RESTRICT,
    profession VARCHAR(20) NOT NULL,
    professional VARCHAR(80) NOT NULL,
    licence VARCHAR(40) NOT NULL,
    written_on DATE NOT NULL,
    valid_until DATE NOT NULL,
    for_treatment BOOLEAN NOT NULL,
    accepted_by UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    accepted_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    ended_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT referral_treatment CHECK (for_treatment),
    CONSTRAINT referral_days CHECK (valid_until BETWEEN written_on AND written_on + 731),
    CONSTRAINT referral_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX referral_guest ON referral USING btree (guest);

CREATE TABLE referral_scan (
    referral UUID PRIMARY KEY,
    media_type VARCHAR(20) NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT referral_scan_sane CHECK (
        octet_length(content) BETWEEN 1 AND 5242880
        AND media_type IN ('application/pdf', 'image/jpeg', 'image/png')
    ),
    CONSTRAINT referral_scan_referral FOREIGN KEY (referral) REFERENCES referral ON DELETE CASCADE
);

CREATE TABLE treatment_terms (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    valid_from DATE NOT NULL,
    allowed BOOLEAN NOT NULL,
    care_tax_ppm INTEGER NOT NULL,
    set_by UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    set_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT treatment_terms_sane CHECK (care_tax_ppm BETWEEN 0 AND 100000)
);
CREATE TRIGGER treatment_terms_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON treatment_terms
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION referral_must_stay() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
        OR to_jsonb(OLD) - '{ended_at,ended_by}'::text[] <> to_jsonb(NEW) - '{ended_at,ended_by}'::text[] THEN
        RAISE EXCEPTION 'referral % is ended, never changed', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'referral_stays';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER referral_stays BEFORE UPDATE ON referral
    FOR EACH ROW EXECUTE FUNCTION referral_must_stay();
CREATE TRIGGER referral_scan_stays BEFORE UPDATE ON referral_scan
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION referral_needs_page() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE whose UUID := CASE WHEN TG_TABLE_NAME = 'referral' THEN (to_jsonb(NEW)->>'id')::uuid
    ELSE (to_jsonb(OLD)->>'referral')::uuid END;
BEGIN
    IF EXISTS (SELECT 1 FROM referral WHERE id = whose)
        AND NOT EXISTS (SELECT 1 FROM referral_scan WHERE referral = whose) THEN
        RAISE EXCEPTION 'referral % has no page', whose
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'referral_page';
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER referral_page AFTER INSERT ON referral
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referral_needs_page();
CREATE CONSTRAINT TRIGGER referral_page_kept AFTER DELETE ON referral_scan
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referral_needs_page();

ALTER TABLE ticket_line
    ADD COLUMN referral UUID REFERENCES referral ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD CONSTRAINT ticket_line_referral
        CHECK ((tax_treatment = 'exempt-written-referral') = (referral IS NOT NULL));
CREATE INDEX ticket_line_referral_of ON ticket_line (referral) WHERE referral IS NOT NULL;

CREATE VIEW served_line AS
SELECT l.id AS line, l.ticket, t.location, coalesce(a.guest, t.guest) AS guest,
    (coalesce(a.starts_at, t.opened_at) AT TIME ZONE p.zone)::date AS service_day, s.tax_class
FROM ticket_line l JOIN ticket t ON t.id = l.ticket JOIN location p ON p.id = t.location
LEFT JOIN appointment_add_on o ON o.id = l.add_on
LEFT JOIN appointment a ON a.id = coalesce(l.appointment, o.appointment)
JOIN service s ON s.id = coalesce(o.add_on, a.service, l.service);

CREATE FUNCTION line_must_have_its_proof() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE one served_line%ROWTYPE;
BEGIN
    SELECT * INTO one FROM served_line WHERE line = NEW.id;
    IF one.tax_class IS DISTINCT FROM 'massage' OR NOT (CASE
        WHEN NEW.referral IS NOT NULL THEN EXISTS (
            SELECT 1 FROM referral r WHERE r.id = NEW.referral AND r.guest = one.guest
            AND r.location = one.location AND one.service_day BETWEEN r.written_on AND r.valid_until
            AND (r.ended_at IS NULL OR (TG_OP = 'UPDATE' AND OLD.referral IS NOT DISTINCT FROM NEW.referral)))
        ELSE coalesce((SELECT allowed FROM treatment_terms WHERE location = one.location
            AND valid_from <= one.service_day ORDER BY valid_from DESC, set_at DESC LIMIT 1), false)
            OR (TG_OP = 'UPDATE' AND OLD.tax_treatment = NEW.tax_treatment)
        END) THEN
        RAISE EXCEPTION 'line % is exempt without proof', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'line_exempt_without_proof';
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER ticket_line_exempt AFTER INSERT OR UPDATE ON ticket_line
    FOR EACH ROW WHEN (NEW.tax_treatment LIKE 'exempt-written%' OR NEW.tax_treatment LIKE 'exempt-facility%')
    EXECUTE FUNCTION line_must_have_its_proof();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
