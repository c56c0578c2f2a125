"""An exchange never spends more than its refund gave, whatever the program does.

Looked at when the transaction ends: what its ticket was paid with, and what became value.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0071"
VERSION = "1.38.0"
DESCRIPTION = "exchange guard"

SQL = """
CREATE FUNCTION check_exchange_money() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE left_cents bigint;
BEGIN
    SELECT amount_cents - rest_cents INTO left_cents FROM exchange WHERE ticket = NEW.ticket FOR UPDATE;
    IF (SELECT coalesce(sum(amount_cents), 0) FROM tender
        WHERE ticket = NEW.ticket AND kind = 'exchange' AND status = 'taken') > coalesce(left_cents, 0)
    THEN
        RAISE EXCEPTION 'an exchange spends what its refund gave'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'exchange_within_money';
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER exchange_within_money AFTER INSERT OR UPDATE ON tender
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'exchange' AND NEW.status = 'taken')
    EXECUTE FUNCTION check_exchange_money();
CREATE CONSTRAINT TRIGGER exchange_rest_within_money AFTER INSERT OR UPDATE ON exchange
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_exchange_money();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
