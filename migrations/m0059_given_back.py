"""What else a refund says: pieces that come back, whose tips go, late tips, what is under way; and voids."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0059"
VERSION = "1.38.0"
DESCRIPTION = "given back"

SQL = """
ALTER TABLE refund
    ADD COLUMN kind VARCHAR(8) NOT NULL DEFAULT 'refund',
    ADD CONSTRAINT refund_kind CHECK (kind IN ('refund', 'void')),
    DROP CONSTRAINT refund_sum,
    ADD CONSTRAINT refund_sum CHECK (
        total_cents = net_cents + tax_cents + tip_cents AND (total_cents > 0 OR kind = 'void') AND
        net_cents >= 0 AND tax_cents >= 0 AND tip_cents >= 0
    );
CREATE UNIQUE INDEX refund_one_void_per_ticket ON refund (ticket) WHERE kind = 'void';

ALTER TABLE refund_line
    ADD COLUMN pieces SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN sellable BOOLEAN NOT NULL DEFAULT true,
    DROP CONSTRAINT refund_line_sum,
    ADD CONSTRAINT refund_line_sum CHECK (
        net_cents >= 0 AND tax_cents >= 0 AND list_cents >= net_cents AND pieces >= 0
    );
UPDATE refund_line b SET pieces = m.pieces FROM stock_movement m
    WHERE m.kind = 'returned' AND m.line = b.line AND m.refund = b.refund;

ALTER TABLE stock_movement DROP CONSTRAINT stock_movement_line_once;
CREATE UNIQUE INDEX stock_movement_line_once ON stock_movement (line, kind, refund) NULLS NOT DISTINCT
    WHERE line IS NOT NULL;

CREATE TABLE refund_tip (
    id UUID PRIMARY KEY,
    refund UUID NOT NULL REFERENCES refund ON DELETE RESTRICT ON UPDATE RESTRICT,
    provider UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    amount_cents INTEGER NOT NULL,
    CONSTRAINT refund_tip_once UNIQUE (refund, provider),
    CONSTRAINT refund_tip_amount CHECK (amount_cents > 0)
);
INSERT INTO refund_tip (id, refund, provider, amount_cents)
    SELECT gen_random_uuid(), refund, provider, cents FROM (
        SELECT r.id AS refund, p.provider,
            round(r.tip_cents * sum(p.amount_cents) OVER before / t.tip_cents::numeric)
            - round(r.tip_cents * (sum(p.amount_cents) OVER before - p.amount_cents) / t.tip_cents::numeric)
            AS cents
        FROM refund r JOIN ticket t ON t.id = r.ticket JOIN tip p ON p.ticket = t.id
        WHERE r.tip_cents > 0
        WINDOW before AS (PARTITION BY r.id ORDER BY p.provider)
    ) shared WHERE cents > 0;

ALTER TABLE refund_part
    ADD COLUMN tip_change UUID REFERENCES tip_change ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD CONSTRAINT refund_part_tip_once UNIQUE (refund, tip_change),
    ADD CONSTRAINT refund_part_of_one CHECK (num_nonnulls(tender, tip_change) <= 1),
    DROP CONSTRAINT refund_part_status,
    ADD CONSTRAINT refund_part_status CHECK (
        status IN ('requested', 'unknown', 'pending', 'done', 'failed')
    );
CREATE INDEX refund_part_tip_change ON refund_part USING btree (tip_change);
DROP INDEX refund_part_due;
CREATE INDEX refund_part_due ON refund_part (next_check_at)
    WHERE status IN ('requested', 'unknown', 'pending');

CREATE OR REPLACE FUNCTION refund_never_above_payment() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    paid bigint;
    back bigint;
BEGIN
    -- Locked, so that two refunds of one tender cannot both find room for themselves.
    IF NEW.tender IS NOT NULL THEN
        SELECT amount_cents INTO paid FROM tender
            WHERE id = NEW.tender AND status = 'taken' FOR NO KEY UPDATE;
        SELECT sum(amount_cents) INTO back FROM refund_part
            WHERE tender = NEW.tender AND status <> 'failed';
    ELSIF NEW.tip_change IS NOT NULL THEN
        PERFORM 1 FROM ticket t JOIN tip_change c ON c.ticket = t.id
            WHERE c.id = NEW.tip_change FOR NO KEY UPDATE OF t;
        SELECT amount_cents INTO paid FROM tip_change WHERE id = NEW.tip_change AND kind <> 'split';
        SELECT sum(amount_cents) INTO back FROM refund_part
            WHERE tip_change = NEW.tip_change AND status <> 'failed';
    ELSE
        RETURN NULL;
    END IF;
    IF back > coalesce(paid, 0) THEN
        RAISE EXCEPTION '% paid %, % would go back', coalesce(NEW.tender, NEW.tip_change), paid, back
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'refund_above_tender';
    END IF;
    RETURN NULL;
END $body$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
