"""Closed days never change: each keeps what every account came to, and takes no entry any more.

What accounts came to at the end of a day is read from here; without it the whole ledger is added up.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0072"
VERSION = "1.38.0"
DESCRIPTION = "closed days"

SQL = """
CREATE TABLE day_balance (
    id BIGSERIAL PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    business_date DATE NOT NULL,
    account VARCHAR(40) NOT NULL REFERENCES account ON DELETE RESTRICT ON UPDATE RESTRICT,
    balance_cents BIGINT NOT NULL,
    CONSTRAINT day_balance_once UNIQUE (location, business_date, account)
);
CREATE TRIGGER day_balance_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON day_balance
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION entry_day_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT FROM day_balance WHERE location = NEW.location AND business_date >= NEW.business_date)
    THEN
        RAISE EXCEPTION 'the books of % are closed', NEW.business_date
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_day_open';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER entry_day_open BEFORE INSERT ON entry
    FOR EACH ROW EXECUTE FUNCTION entry_day_must_be_open();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
