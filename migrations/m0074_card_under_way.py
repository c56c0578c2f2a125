"""A ticket is not closed while a card is asked to pay for it, and no card is asked to pay for a closed one.

Money that a card then pays would stand in the books for no ticket, whatever the program does. A late tip
is for a ticket that is settled, and asked for with a purpose of its own.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0074"
VERSION = "1.38.0"
DESCRIPTION = "card under way"

SQL = """
CREATE FUNCTION ticket_waits_for_its_card() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (
        SELECT 1 FROM attempt
        WHERE subject = NEW.id AND state IN ('new', 'created', 'submitted', 'unknown')
    ) THEN
        RAISE EXCEPTION 'a card is being asked to pay for ticket %', NEW.number
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ticket_card_under_way';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER ticket_card_under_way BEFORE UPDATE OF status ON ticket
    FOR EACH ROW WHEN (NEW.status <> 'open') EXECUTE FUNCTION ticket_waits_for_its_card();

CREATE FUNCTION card_is_asked_for_what_is_open() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    theirs record;
BEGIN
    -- Locked, so that the ticket cannot be closed between this look and the commit.
    SELECT number, status INTO theirs FROM ticket WHERE id = NEW.subject FOR NO KEY UPDATE;
    IF theirs.status <> 'open' THEN
        RAISE EXCEPTION 'ticket % is %', theirs.number, theirs.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ticket_closed';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER attempt_ticket_open BEFORE INSERT ON attempt
    FOR EACH ROW WHEN (NEW.purpose = 'ticket') EXECUTE FUNCTION card_is_asked_for_what_is_open();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
