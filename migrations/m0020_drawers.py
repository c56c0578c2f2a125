"""Cash drawers; from here on every posting of cash lies in one that is not closed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0020"
VERSION = "1.38.0"
DESCRIPTION = "drawers"

SQL = """
CREATE TABLE drawer (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    device UUID NOT NULL REFERENCES device ON DELETE RESTRICT ON UPDATE RESTRICT,
    status VARCHAR(9) NOT NULL DEFAULT 'open',
    business_date DATE NOT NULL,
    float_cents INTEGER NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    opened_by UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    expected_cents INTEGER,
    counted_cents INTEGER,
    bank_cents INTEGER,
    note VARCHAR(300) NOT NULL DEFAULT '',
    closed_at TIMESTAMPTZ,
    closed_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    approval UUID REFERENCES approval ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT drawer_status CHECK (
        status IN ('open', 'set_aside', 'closed') AND
        (status = 'closed') = (closed_at IS NOT NULL) AND
        (status = 'closed') = (closed_by IS NOT NULL) AND
        (status = 'closed') = (counted_cents IS NOT NULL) AND
        (status = 'closed') = (expected_cents IS NOT NULL) AND
        (status = 'closed') = (bank_cents IS NOT NULL)
    ),
    CONSTRAINT drawer_amounts CHECK (float_cents >= 0 AND counted_cents >= 0)
);
CREATE INDEX drawer_device ON drawer USING btree (device);
CREATE UNIQUE INDEX drawer_one_open_per_device ON drawer (device) WHERE status = 'open';
CREATE INDEX drawer_not_closed ON drawer (location) WHERE status <> 'closed';
CREATE INDEX drawer_by_day ON drawer (location, business_date);

CREATE TABLE drawer_entry (
    id BIGSERIAL PRIMARY KEY,
    entry UUID NOT NULL REFERENCES entry ON DELETE RESTRICT ON UPDATE RESTRICT,
    drawer UUID NOT NULL REFERENCES drawer ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT drawer_entry_once UNIQUE (entry)
);
CREATE INDEX drawer_entry_drawer ON drawer_entry USING btree (drawer);

CREATE TABLE drawer_move (
    id UUID PRIMARY KEY,
    drawer UUID NOT NULL REFERENCES drawer ON DELETE RESTRICT ON UPDATE RESTRICT,
    kind VARCHAR(8) NOT NULL,
    category VARCHAR(20) NOT NULL DEFAULT '',
    amount_cents INTEGER NOT NULL,
    note VARCHAR(200) NOT NULL DEFAULT '',
    made_at TIMESTAMPTZ NOT NULL,
    made_by UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT drawer_move_kind CHECK (kind IN ('paid_in', 'paid_out', 'drop', 'no_sale')),
    CONSTRAINT drawer_move_amount CHECK (amount_cents >= 0 AND (kind = 'no_sale') = (amount_cents = 0))
);
CREATE INDEX drawer_move_drawer ON drawer_move USING btree (drawer);

CREATE TABLE drawer_count (
    id UUID PRIMARY KEY,
    drawer UUID NOT NULL REFERENCES drawer ON DELETE RESTRICT ON UPDATE RESTRICT,
    pieces JSONB NOT NULL DEFAULT '{}',
    counted_cents INTEGER NOT NULL,
    expected_cents INTEGER NOT NULL,
    counted_at TIMESTAMPTZ NOT NULL,
    counted_by UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT drawer_count_amount CHECK (counted_cents >= 0)
);
CREATE INDEX drawer_count_drawer ON drawer_count USING btree (drawer);

CREATE TABLE drawer_terms (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    float_cents INTEGER NOT NULL,
    note_from_cents INTEGER NOT NULL,
    pin_from_cents INTEGER NOT NULL,
    CONSTRAINT drawer_terms_once UNIQUE (location),
    CONSTRAINT drawer_terms_amounts CHECK (float_cents >= 0 AND note_from_cents >= 0 AND pin_from_cents >= 0)
);

ALTER TABLE refund ADD COLUMN drawer UUID REFERENCES drawer ON DELETE RESTRICT ON UPDATE RESTRICT;

UPDATE account SET name = 'Cash in drawers' WHERE code = '1000-cash';
INSERT INTO account (code, name, kind)
    SELECT code, name, kind FROM (VALUES
        ('1010-cash-for-bank', 'Cash on its way to the bank', 'asset'),
        ('2600-floats', 'Floats that the house lends to drawers', 'liability'),
        ('4300-other-income', 'Other money paid in', 'revenue'),
        ('6100-over-short', 'Drawers over and short', 'expense'),
        ('6200-small-expenses', 'Paid out of drawers', 'expense')
    ) AS new (code, name, kind)
    WHERE EXISTS (SELECT 1 FROM account);

CREATE TRIGGER drawer_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON drawer_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER drawer_move_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON drawer_move
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER drawer_count_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON drawer_count
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION drawer_must_not_be_closed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    -- Locked until the transaction ends, so that no drawer closes around money that is under way.
    PERFORM 1 FROM drawer WHERE id = NEW.drawer AND status <> 'closed' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'drawer % is closed', NEW.drawer
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'drawer_closed';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER drawer_entry_open BEFORE INSERT ON drawer_entry
    FOR EACH ROW EXECUTE FUNCTION drawer_must_not_be_closed();
CREATE TRIGGER drawer_move_open BEFORE INSERT ON drawer_move
    FOR EACH ROW EXECUTE FUNCTION drawer_must_not_be_closed();

CREATE FUNCTION drawer_must_stay() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'closed' THEN
        RAISE EXCEPTION 'drawer % is closed', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'drawer_closed';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER drawer_stays BEFORE UPDATE OR DELETE ON drawer
    FOR EACH ROW EXECUTE FUNCTION drawer_must_stay();

CREATE FUNCTION cash_must_lie_in_a_drawer() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM drawer_entry WHERE entry = NEW.entry) THEN
        RAISE EXCEPTION 'the cash of entry % lies in no drawer', NEW.entry
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cash_in_drawer';
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER cash_in_drawer AFTER INSERT ON posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.account = '1000-cash')
    EXECUTE FUNCTION cash_must_lie_in_a_drawer();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
