"""The waitlist: who waits for what, what was offered to whom, and what counts."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0007"
VERSION = "1.38.0"
DESCRIPTION = "waitlist"

SQL = """
CREATE TABLE waitlist_rule (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    version INTEGER NOT NULL DEFAULT 1,
    hold_minutes SMALLINT NOT NULL,
    notice_minutes SMALLINT NOT NULL,
    offers_from TIME NOT NULL,
    offers_until TIME NOT NULL,
    leaving_days SMALLINT NOT NULL,
    waiting_most_points SMALLINT NOT NULL,
    CONSTRAINT waitlist_rule_once UNIQUE (location),
    CONSTRAINT waitlist_rule_sane CHECK (
        hold_minutes BETWEEN 5 AND 1440 AND
        notice_minutes BETWEEN 0 AND 2880 AND
        offers_until > offers_from AND
        leaving_days BETWEEN 0 AND 60 AND
        waiting_most_points BETWEEN 0 AND 1000
    )
);

CREATE TABLE triage_weight (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    factor VARCHAR(10) NOT NULL,
    code VARCHAR(40) NOT NULL,
    name VARCHAR(60) NOT NULL,
    points SMALLINT NOT NULL,
    position SMALLINT NOT NULL,
    active BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT triage_weight_once UNIQUE (location, factor, code),
    CONSTRAINT triage_weight_factor CHECK (factor IN ('group', 'reason', 'severity', 'leaving', 'waiting')),
    CONSTRAINT triage_weight_points CHECK (points BETWEEN 0 AND 1000)
);

INSERT INTO waitlist_rule (id, location, hold_minutes, notice_minutes, offers_from, offers_until,
        leaving_days, waiting_most_points)
    SELECT gen_random_uuid(), id, 30, 120, '08:00', '20:00', 7, 30 FROM location;
INSERT INTO triage_weight (id, location, factor, code, name, points, position)
    SELECT gen_random_uuid(), l.id, w.factor, w.code, w.name, w.points, w.position
    FROM location l CROSS JOIN (VALUES
        ('group', 'patient', 'Patient', 40, 0),
        ('reason', 'pain', 'Pain', 20, 0),
        ('reason', 'anxiety', 'Anxiety', 15, 1),
        ('reason', 'end_of_life', 'End of life', 30, 2),
        ('reason', 'procedure', 'Before a procedure', 20, 3),
        ('reason', 'none', 'No special reason', 0, 4),
        ('severity', '', 'Severity', 2, 0),
        ('leaving', '', 'Leaving', 3, 0),
        ('waiting', '', 'Waiting', 1, 0)
    ) AS w (factor, code, name, points, position);

CREATE TABLE wait (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest UUID NOT NULL REFERENCES guest ON DELETE RESTRICT ON UPDATE RESTRICT,
    service UUID NOT NULL REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest_group VARCHAR(40) NOT NULL REFERENCES guest_group ON DELETE RESTRICT ON UPDATE RESTRICT,
    provider_wish VARCHAR(8) NOT NULL DEFAULT 'any',
    provider UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    reason VARCHAR(40) NOT NULL,
    severity SMALLINT NOT NULL,
    leaves_on DATE,
    note VARCHAR(200) NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    status VARCHAR(10) NOT NULL DEFAULT 'waiting',
    version INTEGER NOT NULL DEFAULT 1,
    ended_at TIMESTAMPTZ,
    CONSTRAINT wait_wish CHECK (provider_wish IN ('any', 'woman', 'man', 'named')),
    CONSTRAINT wait_named CHECK ((provider_wish = 'named') = (provider IS NOT NULL)),
    CONSTRAINT wait_days CHECK (last_day BETWEEN first_day AND first_day + 366),
    CONSTRAINT wait_severity CHECK (severity BETWEEN 0 AND 10),
    CONSTRAINT wait_status CHECK (status IN ('waiting', 'offered', 'booked', 'withdrawn', 'ended')),
    CONSTRAINT wait_ended CHECK ((status IN ('waiting', 'offered')) = (ended_at IS NULL))
);
CREATE INDEX wait_guest ON wait USING btree (guest);
CREATE INDEX wait_open ON wait (location, first_day) WHERE status IN ('waiting', 'offered');
CREATE UNIQUE INDEX wait_once ON wait (guest, service) WHERE status IN ('waiting', 'offered');

CREATE TABLE wait_window (
    id UUID PRIMARY KEY,
    wait UUID NOT NULL REFERENCES wait ON DELETE RESTRICT ON UPDATE RESTRICT,
    starts TIME NOT NULL,
    ends TIME NOT NULL,
    CONSTRAINT wait_window_times CHECK (ends > starts)
);
CREATE INDEX wait_window_wait ON wait_window USING btree (wait);

CREATE TABLE wait_offer (
    id UUID PRIMARY KEY,
    wait UUID NOT NULL REFERENCES wait ON DELETE RESTRICT ON UPDATE RESTRICT,
    appointment UUID NOT NULL REFERENCES appointment ON DELETE RESTRICT ON UPDATE RESTRICT,
    offered_at TIMESTAMPTZ NOT NULL,
    held_until TIMESTAMPTZ NOT NULL,
    offered_by VARCHAR(80) NOT NULL,
    score INTEGER NOT NULL,
    explanation VARCHAR(400) NOT NULL,
    outcome VARCHAR(8) NOT NULL DEFAULT 'open',
    ended_at TIMESTAMPTZ,
    CONSTRAINT wait_offer_once UNIQUE (appointment),
    CONSTRAINT wait_offer_outcome CHECK (outcome IN ('open', 'taken', 'declined', 'passed', 'expired')),
    CONSTRAINT wait_offer_ended CHECK ((outcome = 'open') = (ended_at IS NULL))
);
CREATE INDEX wait_offer_wait ON wait_offer USING btree (wait);
CREATE UNIQUE INDEX wait_offer_one_open ON wait_offer (wait) WHERE outcome = 'open';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
