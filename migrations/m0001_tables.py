"""The first tables. `tests/house/test_migrations.py` holds them against every tables.py."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0001"
VERSION = "1.38.0"
DESCRIPTION = "tables"

SQL = """
CREATE TABLE counter (
    id SERIAL PRIMARY KEY,
    place UUID NOT NULL,
    name VARCHAR(40) NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT counter_once UNIQUE (place, name)
);

CREATE TABLE request (
    key UUID PRIMARY KEY,
    verb VARCHAR(120) NOT NULL,
    body_hash VARCHAR(64) NOT NULL,
    response JSONB,
    made_at TIMESTAMPTZ NOT NULL DEFAULT current_timestamp
);

CREATE TABLE account (
    code VARCHAR(40) PRIMARY KEY,
    name VARCHAR(80) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    CONSTRAINT account_kind CHECK (kind IN ('asset', 'liability', 'revenue', 'expense'))
);

CREATE TABLE location (
    id UUID PRIMARY KEY,
    code VARCHAR(20) UNIQUE NOT NULL,
    name VARCHAR(80) NOT NULL,
    legal_name VARCHAR(120) NOT NULL,
    address VARCHAR(200) NOT NULL,
    phone VARCHAR(30) NOT NULL,
    zone VARCHAR(60) NOT NULL,
    refund_policy TEXT NOT NULL,
    sample_notice VARCHAR(120) NOT NULL
);

CREATE TABLE guest_group (
    code VARCHAR(40) PRIMARY KEY,
    name VARCHAR(60) NOT NULL,
    price_tier VARCHAR(12) NOT NULL,
    evidence VARCHAR(80) NOT NULL,
    position SMALLINT NOT NULL,
    CONSTRAINT guest_group_tier CHECK (price_tier IN ('staff', 'patient', 'visitor'))
);

CREATE TABLE category (
    code VARCHAR(40) PRIMARY KEY,
    name VARCHAR(60) NOT NULL,
    position SMALLINT NOT NULL
);

CREATE TABLE tax_class (
    code VARCHAR(20) PRIMARY KEY,
    name VARCHAR(60) NOT NULL,
    taxable BOOLEAN NOT NULL
);

CREATE TABLE entry (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    business_date DATE NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    kind VARCHAR(40) NOT NULL,
    subject UUID NOT NULL,
    reverses UUID UNIQUE
);
CREATE INDEX entry_subject ON entry USING btree (subject);

CREATE TABLE staff (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    name VARCHAR(80) NOT NULL,
    title VARCHAR(60) NOT NULL,
    role VARCHAR(12) NOT NULL,
    pin_hash TEXT,
    hue SMALLINT NOT NULL,
    active BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT staff_role CHECK (role IN ('front_desk', 'provider', 'manager', 'owner'))
);

CREATE TABLE device (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    name VARCHAR(40) NOT NULL,
    secret_hash VARCHAR(64) UNIQUE NOT NULL,
    enrolled_at TIMESTAMPTZ NOT NULL,
    enrolled_by VARCHAR(80) NOT NULL,
    revoked_at TIMESTAMPTZ
);

CREATE TABLE enrolment_code (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    code_hash VARCHAR(64) UNIQUE NOT NULL,
    device_name VARCHAR(40) NOT NULL,
    made_by VARCHAR(80) NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);

CREATE TABLE tax_rate (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    jurisdiction VARCHAR(40) NOT NULL,
    name VARCHAR(60) NOT NULL,
    rate_ppm INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    CONSTRAINT tax_rate_sane CHECK (rate_ppm >= 0 AND rate_ppm <= 300000),
    CONSTRAINT tax_rate_once UNIQUE (location, jurisdiction, valid_from)
);

CREATE TABLE closure (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    day DATE NOT NULL,
    reason VARCHAR(80) NOT NULL,
    CONSTRAINT closure_once UNIQUE (location, day)
);

CREATE TABLE opening_hours (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    weekday SMALLINT NOT NULL,
    opens TIME NOT NULL,
    closes TIME NOT NULL,
    valid_from DATE NOT NULL,
    CONSTRAINT opening_hours_sane CHECK (closes > opens AND weekday BETWEEN 0 AND 6),
    CONSTRAINT opening_hours_once UNIQUE (location, weekday, valid_from)
);

CREATE TABLE reader (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    name VARCHAR(40) NOT NULL,
    processor_id VARCHAR(80) UNIQUE NOT NULL,
    simulated BOOLEAN NOT NULL DEFAULT false,
    active BOOLEAN NOT NULL DEFAULT true
);

CREATE TABLE guest (
    id UUID PRIMARY KEY,
    number INTEGER UNIQUE NOT NULL,
    given_name VARCHAR(60) NOT NULL,
    family_name VARCHAR(60) NOT NULL,
    phone VARCHAR(20) NOT NULL,
    email VARCHAR(254),
    guest_group VARCHAR(40) NOT NULL REFERENCES guest_group ON DELETE RESTRICT ON UPDATE RESTRICT,
    made_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX guest_phone ON guest USING btree (phone);

CREATE TABLE standby (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest_group VARCHAR(40) NOT NULL REFERENCES guest_group ON DELETE RESTRICT ON UPDATE RESTRICT,
    reduction_ppm INTEGER NOT NULL,
    not_before TIME NOT NULL,
    valid_from DATE NOT NULL,
    CONSTRAINT standby_sane CHECK (reduction_ppm > 0 AND reduction_ppm <= 1000000),
    CONSTRAINT standby_once UNIQUE (location, guest_group, valid_from)
);

CREATE TABLE service (
    id UUID PRIMARY KEY,
    code VARCHAR(40) UNIQUE NOT NULL,
    name VARCHAR(80) NOT NULL,
    category VARCHAR(40) NOT NULL REFERENCES category ON DELETE RESTRICT ON UPDATE RESTRICT,
    tax_class VARCHAR(20) NOT NULL REFERENCES tax_class ON DELETE RESTRICT ON UPDATE RESTRICT,
    duration_minutes SMALLINT NOT NULL,
    setup_minutes SMALLINT NOT NULL,
    turnover_minutes SMALLINT NOT NULL,
    room_kind VARCHAR(40) NOT NULL,
    equipment_kind VARCHAR(40),
    needs_credentials VARCHAR(40)[] NOT NULL,
    position SMALLINT NOT NULL,
    active BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT service_minutes CHECK (
        duration_minutes > 0 AND
        duration_minutes <= 480 AND
        setup_minutes >= 0 AND
        turnover_minutes >= 0
    )
);

CREATE TABLE product (
    id UUID PRIMARY KEY,
    code VARCHAR(40) UNIQUE NOT NULL,
    name VARCHAR(80) NOT NULL,
    category VARCHAR(40) NOT NULL REFERENCES category ON DELETE RESTRICT ON UPDATE RESTRICT,
    tax_class VARCHAR(20) NOT NULL REFERENCES tax_class ON DELETE RESTRICT ON UPDATE RESTRICT,
    price_cents INTEGER NOT NULL,
    active BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT product_price CHECK (price_cents > 0 AND price_cents <= 10000000)
);

CREATE TABLE posting (
    id BIGSERIAL PRIMARY KEY,
    entry UUID NOT NULL REFERENCES entry ON DELETE RESTRICT ON UPDATE RESTRICT,
    account VARCHAR(40) NOT NULL REFERENCES account ON DELETE RESTRICT ON UPDATE RESTRICT,
    amount_cents BIGINT NOT NULL,
    category VARCHAR(40),
    guest_group VARCHAR(40),
    CONSTRAINT posting_not_zero CHECK (amount_cents <> 0)
);
CREATE INDEX posting_entry ON posting USING btree (entry);

CREATE TABLE credential (
    id UUID PRIMARY KEY,
    staff UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    kind VARCHAR(40) NOT NULL,
    number VARCHAR(40) NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE,
    CONSTRAINT credential_days CHECK (valid_until IS NULL OR valid_until >= valid_from)
);
CREATE INDEX credential_staff ON credential USING btree (staff);

CREATE TABLE resource (
    number SERIAL PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    kind VARCHAR(40) NOT NULL,
    name VARCHAR(60) NOT NULL,
    staff UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    active BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT resource_provider CHECK ((kind = 'provider') = (staff IS NOT NULL)),
    CONSTRAINT resource_staff_once UNIQUE (staff)
);

CREATE TABLE shift (
    id UUID PRIMARY KEY,
    staff UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    weekday SMALLINT NOT NULL,
    starts TIME NOT NULL,
    ends TIME NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE,
    CONSTRAINT shift_sane CHECK (ends > starts AND weekday BETWEEN 0 AND 6)
);
CREATE INDEX shift_staff ON shift USING btree (staff);

CREATE TABLE time_off (
    id UUID PRIMARY KEY,
    staff UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT time_off_sane CHECK (ends_at > starts_at)
);
CREATE INDEX time_off_staff ON time_off USING btree (staff);

CREATE TABLE audit_event (
    id BIGSERIAL PRIMARY KEY,
    made_at TIMESTAMPTZ NOT NULL,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    staff UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    staff_name VARCHAR(80) NOT NULL,
    device UUID REFERENCES device ON DELETE RESTRICT ON UPDATE RESTRICT,
    request_id VARCHAR(40) NOT NULL,
    verb VARCHAR(60) NOT NULL,
    subject_kind VARCHAR(40) NOT NULL,
    subject UUID NOT NULL,
    before JSONB,
    after JSONB,
    reason TEXT
);
CREATE INDEX audit_event_subject ON audit_event USING btree (subject);

CREATE TABLE pin_attempt (
    id BIGSERIAL PRIMARY KEY,
    staff UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    device UUID NOT NULL REFERENCES device ON DELETE RESTRICT ON UPDATE RESTRICT,
    tried_at TIMESTAMPTZ NOT NULL,
    succeeded BOOLEAN NOT NULL
);

CREATE TABLE staff_session (
    id UUID PRIMARY KEY,
    token_hash VARCHAR(64) UNIQUE NOT NULL,
    device UUID NOT NULL REFERENCES device ON DELETE RESTRICT ON UPDATE RESTRICT,
    staff UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    started_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX staff_session_device ON staff_session USING btree (device);

CREATE TABLE attempt (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    purpose VARCHAR(20) NOT NULL,
    subject UUID NOT NULL,
    reader UUID REFERENCES reader ON DELETE RESTRICT ON UPDATE RESTRICT,
    amount_cents INTEGER NOT NULL,
    state VARCHAR(12) NOT NULL DEFAULT 'new',
    processor_id VARCHAR(80) UNIQUE,
    received_cents INTEGER,
    decline_code VARCHAR(60),
    decline_sentence TEXT,
    card_brand VARCHAR(20),
    card_last4 VARCHAR(4),
    tries SMALLINT NOT NULL DEFAULT 0,
    next_check_at TIMESTAMPTZ,
    made_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    CONSTRAINT attempt_amount CHECK (amount_cents > 0 AND amount_cents <= 10000000),
    CONSTRAINT attempt_state CHECK (
        state IN ('new', 'created', 'submitted', 'unknown', 'paid', 'declined', 'cancelled')
    ),
    CONSTRAINT attempt_paid CHECK ((state = 'paid') = (received_cents IS NOT NULL))
);
CREATE INDEX attempt_subject ON attempt USING btree (subject);

CREATE TABLE eligibility (
    id UUID PRIMARY KEY,
    guest UUID NOT NULL REFERENCES guest ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest_group VARCHAR(40) NOT NULL REFERENCES guest_group ON DELETE RESTRICT ON UPDATE RESTRICT,
    evidence VARCHAR(80) NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE NOT NULL,
    seen_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    seen_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT eligibility_days CHECK (valid_until >= valid_from)
);
CREATE INDEX eligibility_guest ON eligibility USING btree (guest);

CREATE TABLE ticket (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    number INTEGER NOT NULL,
    status VARCHAR(8) NOT NULL DEFAULT 'open',
    version INTEGER NOT NULL DEFAULT 1,
    guest UUID REFERENCES guest ON DELETE RESTRICT ON UPDATE RESTRICT,
    opened_at TIMESTAMPTZ NOT NULL,
    opened_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    settled_at TIMESTAMPTZ,
    settled_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    business_date DATE,
    net_cents INTEGER,
    tax_cents INTEGER,
    total_cents INTEGER,
    CONSTRAINT ticket_status CHECK (status IN ('open', 'settled', 'voided')),
    CONSTRAINT ticket_number_once UNIQUE (location, number),
    CONSTRAINT ticket_settled CHECK (
        (status = 'settled') = (business_date IS NOT NULL) AND
        (status = 'settled') = (settled_at IS NOT NULL) AND
        (status = 'settled') = (total_cents IS NOT NULL) AND
        (total_cents IS NULL OR total_cents = net_cents + tax_cents)
    )
);

CREATE TABLE price (
    id UUID PRIMARY KEY,
    service UUID NOT NULL REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest_group VARCHAR(40) REFERENCES guest_group ON DELETE RESTRICT ON UPDATE RESTRICT,
    price_cents INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    CONSTRAINT price_not_negative CHECK (price_cents >= 0 AND price_cents <= 10000000),
    CONSTRAINT price_once UNIQUE NULLS NOT DISTINCT (service, guest_group, valid_from)
);
CREATE INDEX price_service ON price USING btree (service);

CREATE TABLE appointment (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest UUID NOT NULL REFERENCES guest ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest_number INTEGER NOT NULL,
    service UUID NOT NULL REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    provider UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    room INTEGER NOT NULL REFERENCES resource ON DELETE RESTRICT ON UPDATE RESTRICT,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    status VARCHAR(12) NOT NULL DEFAULT 'booked',
    version INTEGER NOT NULL DEFAULT 1,
    guest_group VARCHAR(40) NOT NULL REFERENCES guest_group ON DELETE RESTRICT ON UPDATE RESTRICT,
    group_proven BOOLEAN NOT NULL DEFAULT false,
    list_price_cents INTEGER NOT NULL,
    price_cents INTEGER NOT NULL,
    reduction_code VARCHAR(60),
    reduction_name VARCHAR(80),
    booked_at TIMESTAMPTZ NOT NULL,
    checked_in_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    end_reason TEXT,
    CONSTRAINT appointment_status CHECK (
        status IN ('booked', 'checked_in', 'done', 'cancelled', 'no_show')
    ),
    CONSTRAINT appointment_times CHECK (ends_at > starts_at),
    CONSTRAINT appointment_price CHECK (
        price_cents BETWEEN 0 AND list_price_cents AND
        (price_cents = list_price_cents) = (reduction_code IS NULL) AND
        (reduction_code IS NULL) = (reduction_name IS NULL)
    )
);
CREATE INDEX appointment_guest ON appointment USING btree (guest);

CREATE TABLE tender (
    id UUID PRIMARY KEY,
    ticket UUID NOT NULL REFERENCES ticket ON DELETE RESTRICT ON UPDATE RESTRICT,
    kind VARCHAR(12) NOT NULL,
    status VARCHAR(8) NOT NULL DEFAULT 'taken',
    amount_cents INTEGER NOT NULL,
    given_cents INTEGER,
    attempt UUID REFERENCES attempt ON DELETE RESTRICT ON UPDATE RESTRICT,
    taken_at TIMESTAMPTZ NOT NULL,
    taken_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    undone_at TIMESTAMPTZ,
    CONSTRAINT tender_kind CHECK (kind IN ('cash', 'card')),
    CONSTRAINT tender_status CHECK (
        status IN ('taken', 'undone') AND (status = 'undone') = (undone_at IS NOT NULL)
    ),
    CONSTRAINT tender_amount CHECK (
        amount_cents > 0 AND
        (kind = 'cash') = (given_cents IS NOT NULL) AND
        (kind = 'card') = (attempt IS NOT NULL) AND
        (given_cents IS NULL OR given_cents >= amount_cents)
    ),
    CONSTRAINT tender_attempt_once UNIQUE (attempt)
);
CREATE INDEX tender_ticket ON tender USING btree (ticket);

CREATE TABLE ticket_tax (
    id UUID PRIMARY KEY,
    ticket UUID NOT NULL REFERENCES ticket ON DELETE RESTRICT ON UPDATE RESTRICT,
    jurisdiction VARCHAR(40) NOT NULL,
    name VARCHAR(60) NOT NULL,
    rate_ppm INTEGER NOT NULL,
    taxable_cents INTEGER NOT NULL,
    tax_cents INTEGER NOT NULL,
    CONSTRAINT ticket_tax_once UNIQUE (ticket, jurisdiction)
);
CREATE INDEX ticket_tax_ticket ON ticket_tax USING btree (ticket);

CREATE TABLE claim (
    id BIGSERIAL PRIMARY KEY,
    appointment UUID NOT NULL REFERENCES appointment ON DELETE RESTRICT ON UPDATE RESTRICT,
    resource_no INTEGER NOT NULL REFERENCES resource ON DELETE RESTRICT ON UPDATE RESTRICT,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    released BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT claim_times CHECK (ends_at > starts_at)
);
CREATE INDEX claim_appointment ON claim USING btree (appointment);

CREATE TABLE ticket_line (
    id UUID PRIMARY KEY,
    ticket UUID NOT NULL REFERENCES ticket ON DELETE RESTRICT ON UPDATE RESTRICT,
    position SMALLINT NOT NULL,
    status VARCHAR(8) NOT NULL DEFAULT 'live',
    appointment UUID REFERENCES appointment ON DELETE RESTRICT ON UPDATE RESTRICT,
    product UUID REFERENCES product ON DELETE RESTRICT ON UPDATE RESTRICT,
    description VARCHAR(120) NOT NULL,
    detail VARCHAR(120) NOT NULL,
    category VARCHAR(40) NOT NULL,
    guest_group VARCHAR(40) NOT NULL,
    provider UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    quantity SMALLINT NOT NULL DEFAULT 1,
    list_cents INTEGER NOT NULL,
    reduction_cents INTEGER NOT NULL DEFAULT 0,
    reduction_code VARCHAR(60),
    reduction_name VARCHAR(80),
    net_cents INTEGER NOT NULL,
    tax_treatment VARCHAR(30) NOT NULL,
    tax_cents INTEGER,
    CONSTRAINT ticket_line_status CHECK (status IN ('live', 'removed')),
    CONSTRAINT ticket_line_sum CHECK (
        net_cents = list_cents - reduction_cents AND
        net_cents >= 0 AND
        reduction_cents >= 0 AND
        (reduction_cents = 0) = (reduction_code IS NULL) AND
        quantity BETWEEN 1 AND 99
    )
);
CREATE INDEX ticket_line_ticket ON ticket_line USING btree (ticket);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
