"""Several things of one visit for one price, and what that does to their tax."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0047"
VERSION = "1.38.0"
DESCRIPTION = "one price"

SQL = """
CREATE TABLE one_price (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    name VARCHAR(60) NOT NULL,
    price_cents INTEGER NOT NULL,
    active BOOLEAN NOT NULL DEFAULT true,
    made_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT one_price_sane CHECK (price_cents BETWEEN 1 AND 10000000)
);
CREATE TABLE one_price_part (
    id UUID PRIMARY KEY,
    one_price UUID NOT NULL REFERENCES one_price ON DELETE RESTRICT ON UPDATE RESTRICT,
    service UUID REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    product UUID REFERENCES product ON DELETE RESTRICT ON UPDATE RESTRICT,
    position SMALLINT NOT NULL,
    CONSTRAINT one_price_part_of_one CHECK (num_nonnulls(service, product) = 1),
    CONSTRAINT one_price_part_once UNIQUE (one_price, position)
);
CREATE TABLE one_price_sale (
    id UUID PRIMARY KEY,
    ticket UUID NOT NULL REFERENCES ticket ON DELETE RESTRICT ON UPDATE RESTRICT,
    one_price UUID NOT NULL REFERENCES one_price ON DELETE RESTRICT ON UPDATE RESTRICT,
    price_cents INTEGER NOT NULL,
    taxable_cents INTEGER NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT one_price_sale_sane CHECK (price_cents > 0 AND taxable_cents >= 0)
);
CREATE INDEX one_price_sale_ticket ON one_price_sale USING btree (ticket);
CREATE TRIGGER one_price_sale_closed BEFORE INSERT OR UPDATE OR DELETE ON one_price_sale
    FOR EACH ROW EXECUTE FUNCTION ticket_part_must_stay();

ALTER TABLE ticket_line
    ADD COLUMN one_price_sale UUID REFERENCES one_price_sale ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD CONSTRAINT ticket_line_one_price
        CHECK (tax_treatment <> 'exempt-one-price' OR one_price_sale IS NOT NULL);
CREATE INDEX ticket_line_one_price_of ON ticket_line (one_price_sale) WHERE one_price_sale IS NOT NULL;
ALTER TABLE line_discount DROP CONSTRAINT line_discount_kind,
    ADD CONSTRAINT line_discount_kind
        CHECK (kind IN ('discount', 'override', 'promo', 'package', 'one_price'));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
