"""What the calendar needs beyond one guest and one service.

Add-ons, processing time, parties, holds, blocks, cancellation policies, limits of hands-on work, shifts
with exceptions, special days and things that are out of use.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0004"
VERSION = "1.38.0"
DESCRIPTION = "booking"

SQL = """
ALTER TABLE service
    ADD COLUMN is_add_on BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN hands_on BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN processing_after_minutes SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN processing_minutes SMALLINT NOT NULL DEFAULT 0,
    DROP CONSTRAINT service_minutes,
    ADD CONSTRAINT service_minutes CHECK (
        duration_minutes BETWEEN 0 AND 480 AND (duration_minutes > 0 OR is_add_on) AND
        setup_minutes >= 0 AND
        turnover_minutes >= 0
    ),
    ADD CONSTRAINT service_processing CHECK (
        processing_minutes = 0 AND processing_after_minutes = 0 OR
        processing_minutes > 0 AND processing_after_minutes > 0 AND
        processing_after_minutes + processing_minutes <= duration_minutes AND NOT is_add_on
    );

CREATE TABLE service_add_on (
    id UUID PRIMARY KEY,
    service UUID NOT NULL REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    add_on UUID NOT NULL REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT service_add_on_once UNIQUE (service, add_on)
);

ALTER TABLE staff ADD COLUMN gender VARCHAR(8),
    ADD CONSTRAINT staff_gender CHECK (gender IS NULL OR gender IN ('woman', 'man'));

ALTER TABLE closure RENAME TO special_day;
ALTER TABLE special_day RENAME CONSTRAINT closure_pkey TO special_day_pkey;
ALTER TABLE special_day RENAME CONSTRAINT closure_once TO special_day_once;
ALTER TABLE special_day RENAME CONSTRAINT closure_location_fkey TO special_day_location_fkey;
ALTER TABLE special_day
    ADD COLUMN opens TIME,
    ADD COLUMN closes TIME,
    ADD CONSTRAINT special_day_hours CHECK (
        (opens IS NULL) = (closes IS NULL) AND (opens IS NULL OR closes > opens)
    );

ALTER TABLE opening_hours
    ALTER COLUMN opens DROP NOT NULL,
    ALTER COLUMN closes DROP NOT NULL,
    DROP CONSTRAINT opening_hours_sane,
    ADD CONSTRAINT opening_hours_sane CHECK (
        weekday BETWEEN 0 AND 6 AND (opens IS NULL) = (closes IS NULL) AND (opens IS NULL OR closes > opens)
    );

ALTER TABLE shift
    ADD COLUMN every_weeks SMALLINT NOT NULL DEFAULT 1,
    DROP CONSTRAINT shift_sane,
    ADD CONSTRAINT shift_sane CHECK (
        ends > starts AND weekday BETWEEN 0 AND 6 AND every_weeks BETWEEN 1 AND 8
    );

CREATE TABLE shift_exception (
    id UUID PRIMARY KEY,
    staff UUID NOT NULL REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    day DATE NOT NULL,
    starts TIME,
    ends TIME,
    reason VARCHAR(120) NOT NULL,
    CONSTRAINT shift_exception_sane CHECK (
        (starts IS NULL) = (ends IS NULL) AND (starts IS NULL OR ends > starts)
    )
);
CREATE INDEX shift_exception_staff ON shift_exception USING btree (staff);

CREATE TABLE resource_out (
    id UUID PRIMARY KEY,
    resource_no INTEGER NOT NULL REFERENCES resource ON DELETE RESTRICT ON UPDATE RESTRICT,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    reason VARCHAR(120) NOT NULL,
    CONSTRAINT resource_out_sane CHECK (ends_at > starts_at)
);
CREATE INDEX resource_out_resource_no ON resource_out USING btree (resource_no);

CREATE TABLE work_limit (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    staff UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    day_minutes SMALLINT NOT NULL,
    week_minutes SMALLINT NOT NULL,
    most_in_a_row SMALLINT NOT NULL,
    break_minutes SMALLINT NOT NULL,
    CONSTRAINT work_limit_once UNIQUE NULLS NOT DISTINCT (location, staff),
    CONSTRAINT work_limit_sane CHECK (
        day_minutes BETWEEN 0 AND 1440 AND
        week_minutes BETWEEN 0 AND 10080 AND
        most_in_a_row BETWEEN 1 AND 20 AND
        break_minutes BETWEEN 0 AND 240
    )
);

CREATE TABLE booking_window (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    service UUID REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest_group VARCHAR(40) REFERENCES guest_group ON DELETE RESTRICT ON UPDATE RESTRICT,
    lead_minutes INTEGER NOT NULL,
    horizon_days SMALLINT NOT NULL,
    CONSTRAINT booking_window_once UNIQUE NULLS NOT DISTINCT (location, service, guest_group),
    CONSTRAINT booking_window_sane CHECK (lead_minutes BETWEEN 0 AND 43200 AND horizon_days BETWEEN 0 AND 366)
);

CREATE TABLE cancellation_policy (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    version INTEGER NOT NULL,
    begins_at TIMESTAMPTZ NOT NULL,
    notice_hours SMALLINT NOT NULL,
    late_ppm INTEGER NOT NULL,
    no_show_ppm INTEGER NOT NULL,
    grace_minutes SMALLINT NOT NULL,
    CONSTRAINT cancellation_policy_once UNIQUE (location, version),
    CONSTRAINT cancellation_policy_sane CHECK (
        notice_hours BETWEEN 0 AND 720 AND
        late_ppm BETWEEN 0 AND 1000000 AND
        no_show_ppm BETWEEN 0 AND 1000000 AND
        grace_minutes BETWEEN 0 AND 240
    )
);
CREATE TRIGGER cancellation_policy_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cancellation_policy
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE cancel_reason (
    code VARCHAR(40) PRIMARY KEY,
    name VARCHAR(80) NOT NULL,
    fee_free BOOLEAN NOT NULL,
    position SMALLINT NOT NULL
);

CREATE TABLE party (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    arrangement VARCHAR(12) NOT NULL,
    longest_wait_minutes SMALLINT NOT NULL,
    booked_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT party_arrangement CHECK (arrangement IN ('together', 'in_turn')),
    CONSTRAINT party_wait CHECK (longest_wait_minutes BETWEEN 0 AND 240)
);

ALTER TABLE appointment
    ADD COLUMN party UUID REFERENCES party ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD COLUMN setup_minutes SMALLINT,
    ADD COLUMN turnover_minutes SMALLINT,
    ADD COLUMN provider_wish VARCHAR(8) NOT NULL DEFAULT 'any',
    ADD COLUMN held_until TIMESTAMPTZ,
    ADD COLUMN confirmed_at TIMESTAMPTZ,
    ADD COLUMN in_service_at TIMESTAMPTZ,
    ADD COLUMN policy UUID REFERENCES cancellation_policy ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD COLUMN fee_cents INTEGER,
    ADD COLUMN fee_reason VARCHAR(120),
    ADD COLUMN override_reason VARCHAR(200),
    DROP CONSTRAINT appointment_status,
    DROP CONSTRAINT appointment_guest_never_twice;
UPDATE appointment SET setup_minutes = s.setup_minutes, turnover_minutes = s.turnover_minutes
    FROM service s WHERE s.id = appointment.service;
ALTER TABLE appointment
    ALTER COLUMN setup_minutes SET NOT NULL,
    ALTER COLUMN turnover_minutes SET NOT NULL,
    ADD CONSTRAINT appointment_status CHECK (status IN (
        'held', 'booked', 'confirmed', 'checked_in', 'in_service', 'done', 'cancelled', 'no_show', 'expired'
    )),
    ADD CONSTRAINT appointment_held CHECK (status <> 'held' OR held_until IS NOT NULL),
    ADD CONSTRAINT appointment_wish CHECK (provider_wish IN ('any', 'woman', 'man', 'named')),
    ADD CONSTRAINT appointment_minutes CHECK (setup_minutes >= 0 AND turnover_minutes >= 0),
    ADD CONSTRAINT appointment_fee CHECK (fee_cents IS NULL OR fee_cents >= 0),
    ADD CONSTRAINT appointment_guest_never_twice EXCLUDE USING gist (
        int4range(guest_number, guest_number, '[]') WITH &&,
        tstzrange(starts_at, ends_at) WITH &&
    ) WHERE (status IN ('held', 'booked', 'confirmed', 'checked_in', 'in_service', 'done'));
CREATE INDEX appointment_party ON appointment USING btree (party);
CREATE INDEX appointment_held_until ON appointment (held_until) WHERE status = 'held';

CREATE TABLE appointment_add_on (
    id UUID PRIMARY KEY,
    appointment UUID NOT NULL REFERENCES appointment ON DELETE RESTRICT ON UPDATE RESTRICT,
    add_on UUID NOT NULL REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    position SMALLINT NOT NULL,
    minutes SMALLINT NOT NULL,
    list_price_cents INTEGER NOT NULL,
    price_cents INTEGER NOT NULL,
    reduction_code VARCHAR(60),
    reduction_name VARCHAR(80),
    CONSTRAINT appointment_add_on_once UNIQUE (appointment, add_on),
    CONSTRAINT appointment_add_on_price CHECK (
        minutes >= 0 AND
        price_cents BETWEEN 0 AND list_price_cents AND
        (price_cents = list_price_cents) = (reduction_code IS NULL) AND
        (reduction_code IS NULL) = (reduction_name IS NULL)
    )
);

CREATE TABLE block (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    resource_no INTEGER NOT NULL REFERENCES resource ON DELETE RESTRICT ON UPDATE RESTRICT,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    kind VARCHAR(10) NOT NULL,
    reason VARCHAR(120) NOT NULL,
    status VARCHAR(8) NOT NULL DEFAULT 'live',
    version INTEGER NOT NULL DEFAULT 1,
    made_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT block_times CHECK (ends_at > starts_at),
    CONSTRAINT block_kind CHECK (kind IN ('break', 'training', 'repair', 'other')),
    CONSTRAINT block_status CHECK (status IN ('live', 'removed'))
);
CREATE INDEX block_by_time ON block (location, starts_at);

ALTER TABLE claim
    ALTER COLUMN appointment DROP NOT NULL,
    ADD COLUMN block UUID REFERENCES block ON DELETE RESTRICT ON UPDATE RESTRICT,
    ADD COLUMN held_until TIMESTAMPTZ,
    ADD CONSTRAINT claim_of_one CHECK ((appointment IS NULL) <> (block IS NULL));
CREATE INDEX claim_block ON claim USING btree (block);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
