"""What the database refuses, whatever the program does.

- Two live claims on one resource never overlap (DESIGN.md §1); nor do two visits of one guest.
- A ledger entry has at least two postings, they sum to zero, and all of them are written in the
  transaction that wrote the entry (DATA.md §5).
- Entries, postings and the audit trail are never changed or deleted.
- A settled or voided ticket never changes; its lines, taxes and tenders stay as they were.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0002"
VERSION = "1.38.0"
DESCRIPTION = "guards"

SQL = """
ALTER TABLE claim ADD CONSTRAINT claim_never_overlaps EXCLUDE USING gist (
    int4range(resource_no, resource_no, '[]') WITH &&,
    tstzrange(starts_at, ends_at) WITH &&
) WHERE (NOT released);

ALTER TABLE appointment ADD CONSTRAINT appointment_guest_never_twice EXCLUDE USING gist (
    int4range(guest_number, guest_number, '[]') WITH &&,
    tstzrange(starts_at, ends_at) WITH &&
) WHERE (status IN ('booked', 'checked_in', 'done'));

CREATE INDEX claim_by_time ON claim (starts_at, resource_no, ends_at) WHERE NOT released;
CREATE INDEX appointment_by_time ON appointment (location, starts_at);
CREATE INDEX entry_by_day ON entry (location, business_date);
CREATE INDEX ticket_by_day ON ticket (location, business_date);
CREATE INDEX ticket_open ON ticket (location, opened_at) WHERE status = 'open';
CREATE INDEX pin_attempt_recent ON pin_attempt (staff, device, tried_at);
CREATE INDEX guest_by_name ON guest (lower(family_name) text_pattern_ops, lower(given_name) text_pattern_ops);
CREATE INDEX guest_by_given_name ON guest (lower(given_name) text_pattern_ops);
CREATE INDEX guest_by_phone_end ON guest (reverse(phone) text_pattern_ops);
CREATE INDEX audit_event_by_time ON audit_event (location, made_at);

CREATE UNIQUE INDEX ticket_line_appointment_once ON ticket_line (appointment) WHERE status = 'live';
CREATE UNIQUE INDEX attempt_one_live_per_subject ON attempt (subject)
    WHERE state IN ('new', 'created', 'submitted', 'unknown');
CREATE UNIQUE INDEX attempt_reader_one_live ON attempt (reader)
    WHERE state IN ('new', 'created', 'submitted', 'unknown');
CREATE INDEX attempt_due ON attempt (next_check_at) WHERE state IN ('new', 'created', 'submitted', 'unknown');

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $body$;

CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE entry ADD COLUMN made_in xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE FUNCTION entry_must_balance() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    total bigint;
    parts bigint;
BEGIN
    SELECT coalesce(sum(amount_cents), 0), count(*) INTO total, parts FROM posting WHERE entry = NEW.id;
    IF total <> 0 OR parts < 2 THEN
        RAISE EXCEPTION 'entry % does not balance: % postings, sum %', NEW.id, parts, total
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_balances';
    END IF;
    RETURN NULL;
END $body$;

CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_must_balance();

CREATE FUNCTION posting_comes_with_its_entry() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF (SELECT made_in FROM entry WHERE id = NEW.entry) IS DISTINCT FROM pg_current_xact_id() THEN
        RAISE EXCEPTION 'entry % is already closed', NEW.entry
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_with_entry';
    END IF;
    RETURN NEW;
END $body$;

CREATE TRIGGER posting_with_entry BEFORE INSERT ON posting
    FOR EACH ROW EXECUTE FUNCTION posting_comes_with_its_entry();

CREATE FUNCTION ticket_must_stay() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.status <> 'open' THEN
        RAISE EXCEPTION 'ticket % is %', OLD.number, OLD.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ticket_closed';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $body$;

CREATE TRIGGER ticket_closed BEFORE UPDATE OR DELETE ON ticket
    FOR EACH ROW EXECUTE FUNCTION ticket_must_stay();

CREATE FUNCTION ticket_part_must_stay() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    theirs record;
BEGIN
    -- Locked, so that a ticket cannot be settled between this look and the commit; both, so that
    -- nothing is moved out of a closed ticket or into one.
    FOR theirs IN SELECT status FROM ticket WHERE id IN (OLD.ticket, NEW.ticket) ORDER BY id FOR NO KEY UPDATE
    LOOP
        IF theirs.status <> 'open' THEN
            RAISE EXCEPTION 'the ticket of this % is closed', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ticket_closed';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $body$;

CREATE TRIGGER ticket_line_closed BEFORE INSERT OR UPDATE OR DELETE ON ticket_line
    FOR EACH ROW EXECUTE FUNCTION ticket_part_must_stay();
CREATE TRIGGER ticket_tax_closed BEFORE INSERT OR UPDATE OR DELETE ON ticket_tax
    FOR EACH ROW EXECUTE FUNCTION ticket_part_must_stay();
CREATE TRIGGER tender_closed BEFORE INSERT OR UPDATE OR DELETE ON tender
    FOR EACH ROW EXECUTE FUNCTION ticket_part_must_stay();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
