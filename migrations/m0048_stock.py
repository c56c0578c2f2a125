"""Stock as movements; what was sold before is told as movements too.

A ticket does not settle unless each product on it has moved, by exactly its quantity.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0048"
VERSION = "1.38.0"
DESCRIPTION = "stock"

SQL = """
CREATE TABLE stock_movement (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    product UUID NOT NULL REFERENCES product ON DELETE RESTRICT ON UPDATE RESTRICT,
    kind VARCHAR(8) NOT NULL,
    pieces INTEGER NOT NULL,
    cost_cents INTEGER,
    line UUID,
    refund UUID,
    note VARCHAR(80) NOT NULL DEFAULT '',
    list_id UUID,
    made_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    made_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT stock_movement_kind CHECK (
        (kind = 'received' AND pieces > 0) OR (kind = 'sold' AND pieces < 0) OR
        (kind = 'returned' AND pieces > 0) OR kind = 'counted' OR
        (kind = 'adjusted' AND pieces <> 0 AND note <> '')
    ),
    CONSTRAINT stock_movement_sale CHECK (
        (kind IN ('sold', 'returned')) = (line IS NOT NULL) AND (kind = 'returned') = (refund IS NOT NULL)
    ),
    CONSTRAINT stock_movement_line_once UNIQUE (line, kind),
    CONSTRAINT stock_movement_line FOREIGN KEY (line) REFERENCES ticket_line ON DELETE RESTRICT,
    CONSTRAINT stock_movement_refund FOREIGN KEY (refund) REFERENCES refund ON DELETE RESTRICT
);
CREATE INDEX stock_on_hand ON stock_movement (location, product) INCLUDE (pieces);
CREATE INDEX stock_by_time ON stock_movement (location, made_at);

CREATE TABLE stock_terms (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    product UUID NOT NULL REFERENCES product ON DELETE RESTRICT ON UPDATE RESTRICT,
    reorder_at SMALLINT NOT NULL DEFAULT 0,
    supplier VARCHAR(80) NOT NULL DEFAULT '',
    CONSTRAINT stock_terms_once UNIQUE (location, product),
    CONSTRAINT stock_terms_sane CHECK (reorder_at BETWEEN 0 AND 9999)
);

INSERT INTO stock_movement (id, location, product, kind, pieces, line, made_by, made_at)
    SELECT l.id, t.location, l.product, 'sold', -l.quantity, l.id, t.settled_by, t.settled_at
    FROM ticket_line l JOIN ticket t ON t.id = l.ticket
    WHERE l.product IS NOT NULL AND l.status = 'live' AND t.status = 'settled';

CREATE TRIGGER stock_movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION sold_products_must_move() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ticket_line l LEFT JOIN stock_movement m ON m.line = l.id AND m.kind = 'sold'
        WHERE l.ticket = NEW.id AND l.status = 'live' AND l.product IS NOT NULL
        AND (m.pieces, m.product, m.location) IS DISTINCT FROM (-l.quantity::int, l.product, NEW.location)
    ) THEN
        RAISE EXCEPTION 'a product on ticket % has not moved', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'sold_products_move';
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER sold_products_move AFTER UPDATE OF status ON ticket
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'settled')
    EXECUTE FUNCTION sold_products_must_move();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
