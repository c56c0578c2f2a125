"""Who is asked for a card or a deposit to book: rules in versions, what visits were asked, deposits sold."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0052"
VERSION = "1.38.0"
DESCRIPTION = "card terms"

SQL = """
CREATE TABLE card_term (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    version SMALLINT NOT NULL,
    service UUID REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest_group VARCHAR(40) REFERENCES guest_group ON DELETE RESTRICT ON UPDATE RESTRICT,
    new_guests BOOLEAN NOT NULL DEFAULT false,
    asks VARCHAR(8) NOT NULL,
    rate_ppm INTEGER,
    amount_cents INTEGER,
    from_cents INTEGER NOT NULL DEFAULT 0,
    consent_text TEXT NOT NULL,
    consent_version VARCHAR(20) NOT NULL,
    begins_at TIMESTAMPTZ NOT NULL,
    made_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    ended_at TIMESTAMPTZ,
    CONSTRAINT card_term_version_once UNIQUE (location, version),
    CONSTRAINT card_term_sane CHECK (asks IN ('nothing', 'card', 'deposit')
        AND (asks = 'deposit') = (num_nonnulls(rate_ppm, amount_cents) = 1)
        AND num_nonnulls(rate_ppm, amount_cents) <= 1
        AND rate_ppm BETWEEN 1 AND 1000000 AND amount_cents BETWEEN 100 AND 100000 AND from_cents >= 0),
    CONSTRAINT card_term_ends CHECK (ended_at >= begins_at)
);
CREATE UNIQUE INDEX card_term_one_live ON card_term
    (location, coalesce(service, '00000000-0000-0000-0000-000000000000'::uuid), coalesce(guest_group, ''),
     new_guests) WHERE ended_at IS NULL;

CREATE FUNCTION card_term_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
        AND (to_jsonb(OLD) - 'ended_at') = (to_jsonb(NEW) - 'ended_at') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a card rule is ended, never changed'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'card_term_stays';
END $body$;
CREATE TRIGGER card_term_stays BEFORE UPDATE OR DELETE ON card_term
    FOR EACH ROW EXECUTE FUNCTION card_term_stays();

INSERT INTO card_term (id, location, version, asks, rate_ppm, from_cents, consent_text, consent_version,
    begins_at)
SELECT id, location, 1, CASE WHEN deposit_ppm > 0 THEN 'deposit' ELSE 'card' END, nullif(deposit_ppm, 0),
    deposit_from_cents, '', '2026-11', now()
FROM card_rule WHERE deposit_ppm > 0 OR card_online;
DROP TABLE card_rule;

CREATE TABLE card_ask (
    id UUID PRIMARY KEY,
    appointment UUID NOT NULL REFERENCES appointment ON DELETE RESTRICT ON UPDATE RESTRICT,
    term UUID NOT NULL REFERENCES card_term ON DELETE RESTRICT ON UPDATE RESTRICT,
    due_cents INTEGER NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT card_ask_once UNIQUE (appointment),
    CONSTRAINT card_ask_due CHECK (due_cents >= 0)
);
CREATE TRIGGER card_ask_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_ask
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE ticket_line ADD COLUMN deposit_for UUID REFERENCES appointment
    ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE ticket_line ADD CONSTRAINT ticket_line_deposit
    CHECK ((kind = 'deposit') = (deposit_for IS NOT NULL));
CREATE UNIQUE INDEX ticket_line_deposit_once ON ticket_line (deposit_for)
    WHERE status = 'live' AND deposit_for IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
