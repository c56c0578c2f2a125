"""What the register sells and asks beyond the spine.

Limits and tip choices per location, promo codes, services by the minute, fees, value sold as lines,
tips after settlement, and authorisations for payroll deduction. Changes of tips are append-only.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0012"
VERSION = "1.38.0"
DESCRIPTION = "at the register"

SQL = """
CREATE TABLE register_terms (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    desk_discount_ppm INTEGER NOT NULL,
    desk_discount_cents INTEGER NOT NULL,
    desk_day_cents INTEGER NOT NULL,
    manager_discount_ppm INTEGER NOT NULL,
    manager_day_cents INTEGER NOT NULL,
    manager_override_ppm INTEGER NOT NULL,
    tip_choices_ppm INTEGER[] NOT NULL,
    tip_small_cents INTEGER NOT NULL,
    tip_fixed INTEGER[] NOT NULL,
    pay_period_from DATE NOT NULL,
    pay_period_days SMALLINT NOT NULL,
    CONSTRAINT register_terms_once UNIQUE (location),
    CONSTRAINT register_terms_sane CHECK (
        desk_discount_ppm BETWEEN 0 AND manager_discount_ppm AND manager_discount_ppm <= 1000000 AND
        desk_discount_cents >= 0 AND desk_day_cents BETWEEN 0 AND manager_day_cents AND
        manager_override_ppm BETWEEN 0 AND 1000000 AND tip_small_cents >= 0 AND
        pay_period_days BETWEEN 7 AND 31
    )
);

CREATE TABLE promo (
    id UUID PRIMARY KEY,
    code VARCHAR(20) NOT NULL,
    name VARCHAR(80) NOT NULL,
    rate_ppm INTEGER,
    amount_cents INTEGER,
    valid_from DATE NOT NULL,
    valid_until DATE NOT NULL,
    most_uses INTEGER,
    once_per_guest BOOLEAN NOT NULL DEFAULT false,
    with_group_price BOOLEAN NOT NULL DEFAULT false,
    categories VARCHAR(40)[] NOT NULL,
    active BOOLEAN NOT NULL DEFAULT true,
    made_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT promo_code_once UNIQUE (code),
    CONSTRAINT promo_off CHECK (
        num_nonnulls(rate_ppm, amount_cents) = 1 AND rate_ppm BETWEEN 1 AND 1000000 AND
        amount_cents > 0 AND valid_until >= valid_from AND most_uses > 0
    )
);

ALTER TABLE category ADD COLUMN takes_tips BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE service
    ADD COLUMN minute_cents INTEGER,
    ADD COLUMN least_minutes SMALLINT,
    ADD COLUMN most_minutes SMALLINT,
    ADD CONSTRAINT service_by_the_minute CHECK (
        num_nonnulls(minute_cents, least_minutes, most_minutes) IN (0, 3) AND
        minute_cents > 0 AND least_minutes BETWEEN 1 AND most_minutes
    );

ALTER TABLE ticket ADD COLUMN tip_asked_at TIMESTAMPTZ;
ALTER TABLE ticket_line
    ADD COLUMN service UUID REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD COLUMN minutes SMALLINT,
    ADD COLUMN fee_of UUID REFERENCES appointment ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD COLUMN plan UUID REFERENCES package_plan ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD COLUMN recipient VARCHAR(80),
    ADD COLUMN message VARCHAR(300),
    ADD COLUMN approval UUID REFERENCES approval ON DELETE RESTRICT ON UPDATE RESTRICT;
CREATE UNIQUE INDEX ticket_line_fee_once ON ticket_line (fee_of) WHERE status = 'live';
CREATE UNIQUE INDEX ticket_line_card_once ON ticket_line (stored_value)
    WHERE status = 'live' AND kind IN ('gift_card', 'package');

ALTER TABLE line_discount
    ADD COLUMN promo UUID REFERENCES promo ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD COLUMN tender UUID REFERENCES tender ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD CONSTRAINT line_discount_promo CHECK ((kind = 'promo') = (promo IS NOT NULL)),
    ADD CONSTRAINT line_discount_package CHECK ((kind = 'package') = (tender IS NOT NULL));
CREATE INDEX line_discount_by_giver ON line_discount (given_by, made_at);
CREATE INDEX line_discount_promo ON line_discount USING btree (promo);

CREATE TABLE tip_ask (
    id UUID PRIMARY KEY,
    ticket UUID NOT NULL REFERENCES ticket ON DELETE RESTRICT ON UPDATE RESTRICT,
    provider UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    amount_cents INTEGER NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    approval UUID REFERENCES approval ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT tip_ask_amount CHECK (amount_cents > 0)
);

CREATE TABLE tip_change (
    id UUID PRIMARY KEY,
    change UUID NOT NULL,
    ticket UUID NOT NULL REFERENCES ticket ON DELETE RESTRICT ON UPDATE RESTRICT,
    provider UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    kind VARCHAR(8) NOT NULL,
    amount_cents INTEGER NOT NULL,
    attempt UUID REFERENCES attempt ON DELETE RESTRICT ON UPDATE RESTRICT,
    business_date DATE NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    made_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    approval UUID REFERENCES approval ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT tip_change_kind CHECK (
        kind IN ('cash', 'card', 'split') AND amount_cents <> 0 AND
        (kind = 'split' OR amount_cents > 0) AND (kind = 'card') = (attempt IS NOT NULL)
    ),
    CONSTRAINT tip_change_attempt_once UNIQUE (attempt)
);
CREATE INDEX tip_change_ticket ON tip_change USING btree (ticket);
CREATE INDEX tip_change_by_day ON tip_change (business_date);
CREATE TRIGGER tip_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tip_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE payroll_authorisation (
    id UUID PRIMARY KEY,
    guest UUID NOT NULL REFERENCES guest ON DELETE RESTRICT ON UPDATE RESTRICT,
    employee_number VARCHAR(20) NOT NULL,
    signed_name VARCHAR(80) NOT NULL,
    signed_on DATE NOT NULL,
    period_cents INTEGER NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    withdrawn_at TIMESTAMPTZ,
    CONSTRAINT payroll_authorisation_amount CHECK (period_cents > 0)
);
CREATE UNIQUE INDEX payroll_authorisation_one_live ON payroll_authorisation (guest)
    WHERE withdrawn_at IS NULL;

ALTER TABLE tender
    ADD COLUMN authorisation UUID REFERENCES payroll_authorisation ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD CONSTRAINT tender_payroll CHECK ((kind = 'payroll') = (authorisation IS NOT NULL));
CREATE INDEX tender_authorisation ON tender USING btree (authorisation);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
