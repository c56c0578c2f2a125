"""Money given back after a sale; the sale stays as it was."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0015"
VERSION = "1.38.0"
DESCRIPTION = "refunds"

SQL = """
CREATE TABLE refund (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    ticket UUID NOT NULL REFERENCES ticket ON DELETE RESTRICT ON UPDATE RESTRICT,
    number INTEGER NOT NULL,
    status VARCHAR(8) NOT NULL DEFAULT 'open',
    reason VARCHAR(200) NOT NULL,
    net_cents INTEGER NOT NULL,
    tax_cents INTEGER NOT NULL,
    tip_cents INTEGER NOT NULL,
    total_cents INTEGER NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    made_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    business_date DATE,
    closed_at TIMESTAMPTZ,
    CONSTRAINT refund_number_once UNIQUE (location, number),
    CONSTRAINT refund_status CHECK (
        status IN ('open', 'done') AND
        (status = 'done') = (business_date IS NOT NULL) AND
        (status = 'done') = (closed_at IS NOT NULL)
    ),
    CONSTRAINT refund_sum CHECK (
        total_cents = net_cents + tax_cents + tip_cents AND
        total_cents > 0 AND net_cents >= 0 AND tax_cents >= 0 AND tip_cents >= 0
    )
);
CREATE INDEX refund_ticket ON refund USING btree (ticket);
CREATE UNIQUE INDEX refund_one_open_per_ticket ON refund (ticket) WHERE status = 'open';
CREATE INDEX refund_by_day ON refund (location, business_date);

CREATE TABLE refund_line (
    id UUID PRIMARY KEY,
    refund UUID NOT NULL REFERENCES refund ON DELETE RESTRICT ON UPDATE RESTRICT,
    line UUID NOT NULL REFERENCES ticket_line ON DELETE RESTRICT ON UPDATE RESTRICT,
    net_cents INTEGER NOT NULL,
    tax_cents INTEGER NOT NULL,
    list_cents INTEGER NOT NULL,
    CONSTRAINT refund_line_once UNIQUE (refund, line),
    CONSTRAINT refund_line_sum CHECK (net_cents > 0 AND tax_cents >= 0 AND list_cents >= net_cents)
);
CREATE INDEX refund_line_line ON refund_line USING btree (line);

CREATE TABLE refund_tax (
    id UUID PRIMARY KEY,
    refund UUID NOT NULL REFERENCES refund ON DELETE RESTRICT ON UPDATE RESTRICT,
    jurisdiction VARCHAR(40) NOT NULL,
    tax_cents INTEGER NOT NULL,
    CONSTRAINT refund_tax_once UNIQUE (refund, jurisdiction),
    CONSTRAINT refund_tax_amount CHECK (tax_cents > 0)
);

CREATE TABLE refund_part (
    id UUID PRIMARY KEY,
    refund UUID NOT NULL REFERENCES refund ON DELETE RESTRICT ON UPDATE RESTRICT,
    tender UUID REFERENCES tender ON DELETE RESTRICT ON UPDATE RESTRICT,
    kind VARCHAR(16) NOT NULL,
    amount_cents INTEGER NOT NULL,
    status VARCHAR(10) NOT NULL DEFAULT 'requested',
    stored_value UUID,
    processor_id VARCHAR(80) UNIQUE,
    problem VARCHAR(200),
    tries SMALLINT NOT NULL DEFAULT 0,
    next_check_at TIMESTAMPTZ,
    CONSTRAINT refund_part_once UNIQUE (refund, tender),
    CONSTRAINT refund_part_amount CHECK (amount_cents > 0),
    CONSTRAINT refund_part_status CHECK (status IN ('requested', 'unknown', 'done', 'failed'))
);
CREATE INDEX refund_part_tender ON refund_part USING btree (tender);
CREATE INDEX refund_part_due ON refund_part (next_check_at) WHERE status IN ('requested', 'unknown');

CREATE FUNCTION refund_must_stay() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'done' THEN
        RAISE EXCEPTION 'refund % is closed', OLD.number
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'refund_closed';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER refund_closed BEFORE UPDATE OR DELETE ON refund
    FOR EACH ROW EXECUTE FUNCTION refund_must_stay();

CREATE FUNCTION refund_never_above_payment() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    paid bigint;
    back bigint;
BEGIN
    IF NEW.tender IS NULL THEN RETURN NULL; END IF;
    -- Locked, so that two refunds of one tender cannot both find room for themselves.
    SELECT amount_cents INTO paid FROM tender WHERE id = NEW.tender AND status = 'taken' FOR NO KEY UPDATE;
    SELECT sum(amount_cents) INTO back FROM refund_part WHERE tender = NEW.tender AND status <> 'failed';
    IF back > coalesce(paid, 0) THEN
        RAISE EXCEPTION 'tender % paid %, % would go back', NEW.tender, paid, back
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'refund_above_tender';
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER refund_above_tender AFTER INSERT OR UPDATE ON refund_part
    FOR EACH ROW EXECUTE FUNCTION refund_never_above_payment();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
