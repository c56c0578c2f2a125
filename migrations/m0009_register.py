"""What the register needs beyond cash, cards and one reduction a line.

Discounts of their own with reason and approver, tips, tenders of every kind, lines that are no sales.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0009"
VERSION = "1.38.0"
DESCRIPTION = "register"

SQL = """
INSERT INTO account (code, name, kind)
    SELECT code, name, kind FROM (VALUES
        ('1110-external-cards', 'Card slips of another terminal', 'asset'),
        ('1200-payroll-deductions', 'Payroll deductions to come', 'asset'),
        ('2500-tips', 'Tips owed to providers', 'liability'),
        ('4100-fees', 'Fees for visits that did not take place', 'revenue')
    ) AS new (code, name, kind)
    WHERE EXISTS (SELECT FROM account) ON CONFLICT DO NOTHING;

CREATE TABLE approval (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    approver UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    asked_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    device UUID REFERENCES device ON DELETE RESTRICT ON UPDATE RESTRICT,
    verb VARCHAR(60) NOT NULL,
    subject UUID NOT NULL,
    amount_cents INTEGER,
    made_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    CONSTRAINT approval_by_another CHECK (approver <> asked_by)
);

ALTER TABLE ticket
    ADD COLUMN tip_cents INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN parked_as VARCHAR(60),
    DROP CONSTRAINT ticket_settled,
    ADD CONSTRAINT ticket_settled CHECK (
        (status = 'settled') = (business_date IS NOT NULL) AND
        (status = 'settled') = (settled_at IS NOT NULL) AND
        (status = 'settled') = (total_cents IS NOT NULL) AND
        (total_cents IS NULL OR total_cents = net_cents + tax_cents + tip_cents)
    ),
    ADD CONSTRAINT ticket_tip CHECK (tip_cents >= 0);

ALTER TABLE ticket_line
    ADD COLUMN kind VARCHAR(12) NOT NULL DEFAULT 'service',
    ADD COLUMN account VARCHAR(40) NOT NULL DEFAULT '4000-sales',
    ADD COLUMN discount_cents INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN stored_value UUID,
    DROP CONSTRAINT ticket_line_sum,
    ADD CONSTRAINT ticket_line_sum CHECK (
        net_cents = list_cents - reduction_cents - discount_cents AND
        net_cents >= 0 AND reduction_cents >= 0 AND discount_cents >= 0 AND
        (reduction_cents = 0) = (reduction_code IS NULL) AND
        quantity BETWEEN 1 AND 99
    ),
    ADD CONSTRAINT ticket_line_kind CHECK (kind IN (
        'service', 'add_on', 'product', 'gift_card', 'reload', 'package', 'deposit', 'fee'
    ));
ALTER TABLE ticket_line DISABLE TRIGGER ticket_line_closed;
UPDATE ticket_line SET kind = CASE WHEN product IS NOT NULL THEN 'product'
    WHEN add_on IS NOT NULL THEN 'add_on' ELSE 'service' END;
ALTER TABLE ticket_line ENABLE TRIGGER ticket_line_closed;

CREATE TABLE line_discount (
    id UUID PRIMARY KEY,
    ticket UUID NOT NULL REFERENCES ticket ON DELETE RESTRICT ON UPDATE RESTRICT,
    line UUID NOT NULL REFERENCES ticket_line ON DELETE RESTRICT ON UPDATE RESTRICT,
    kind VARCHAR(10) NOT NULL,
    name VARCHAR(80) NOT NULL,
    amount_cents INTEGER NOT NULL,
    reason VARCHAR(200),
    given_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    approval UUID REFERENCES approval ON DELETE RESTRICT ON UPDATE RESTRICT,
    made_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT line_discount_kind CHECK (kind IN ('discount', 'override', 'promo', 'package')),
    CONSTRAINT line_discount_amount CHECK (amount_cents > 0)
);
CREATE INDEX line_discount_ticket ON line_discount USING btree (ticket);
CREATE TRIGGER line_discount_closed BEFORE INSERT OR UPDATE OR DELETE ON line_discount
    FOR EACH ROW EXECUTE FUNCTION ticket_part_must_stay();

CREATE TABLE tip (
    id UUID PRIMARY KEY,
    ticket UUID NOT NULL REFERENCES ticket ON DELETE RESTRICT ON UPDATE RESTRICT,
    provider UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    amount_cents INTEGER NOT NULL,
    chosen_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT tip_amount CHECK (amount_cents > 0),
    CONSTRAINT tip_once UNIQUE (ticket, provider)
);
CREATE TRIGGER tip_closed BEFORE INSERT OR UPDATE OR DELETE ON tip
    FOR EACH ROW EXECUTE FUNCTION ticket_part_must_stay();

ALTER TABLE tender
    ALTER COLUMN kind TYPE VARCHAR(16),
    ADD COLUMN stored_value UUID,
    ADD COLUMN slip VARCHAR(40),
    ADD COLUMN label VARCHAR(60),
    DROP CONSTRAINT tender_kind,
    DROP CONSTRAINT tender_amount,
    ADD CONSTRAINT tender_kind CHECK (kind IN (
        'cash', 'card', 'card_on_file', 'gift_card', 'credit', 'deposit', 'package', 'payroll',
        'external_card'
    )),
    ADD CONSTRAINT tender_amount CHECK (
        amount_cents > 0 AND
        (kind = 'cash') = (given_cents IS NOT NULL) AND
        (kind IN ('card', 'card_on_file')) = (attempt IS NOT NULL) AND
        (kind IN ('gift_card', 'credit', 'deposit', 'package')) = (stored_value IS NOT NULL) AND
        (kind = 'external_card') = (slip IS NOT NULL) AND
        (given_cents IS NULL OR given_cents >= amount_cents)
    );
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
