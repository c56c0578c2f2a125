"""Messages: the outbox, consent per address, quiet hours and reminders per location."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0005"
VERSION = "1.38.0"
DESCRIPTION = "messages"

SQL = """
CREATE TABLE message_rule (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    quiet_from TIME NOT NULL,
    quiet_until TIME NOT NULL,
    reminder_minutes INTEGER NOT NULL,
    CONSTRAINT message_rule_once UNIQUE (location),
    CONSTRAINT message_rule_sane CHECK (reminder_minutes BETWEEN 60 AND 10080)
);
INSERT INTO message_rule SELECT gen_random_uuid(), id, '21:00', '08:00', 1440 FROM location;

CREATE TABLE message (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest UUID NOT NULL,
    channel VARCHAR(5) NOT NULL,
    address VARCHAR(254) NOT NULL,
    kind VARCHAR(12) NOT NULL,
    subject_kind VARCHAR(12) NOT NULL,
    subject UUID NOT NULL,
    sequence INTEGER NOT NULL,
    locale VARCHAR(10) NOT NULL DEFAULT 'en',
    facts JSONB NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    not_before_at TIMESTAMPTZ NOT NULL,
    useful_until TIMESTAMPTZ NOT NULL,
    status VARCHAR(8) NOT NULL DEFAULT 'queued',
    tries SMALLINT NOT NULL DEFAULT 0,
    interrupted SMALLINT NOT NULL DEFAULT 0,
    next_try_at TIMESTAMPTZ NOT NULL,
    claimed_at TIMESTAMPTZ,
    sent_at TIMESTAMPTZ,
    gateway_number VARCHAR(200),
    problem VARCHAR(300),
    title VARCHAR(200),
    text TEXT,
    html TEXT,
    calendars JSONB,
    CONSTRAINT message_once UNIQUE (guest, subject, kind, sequence, channel),
    CONSTRAINT message_channel CHECK (channel IN ('email', 'text')),
    CONSTRAINT message_kind CHECK (
        kind IN ('confirmation', 'change', 'cancellation', 'reminder', 'offer')
    ),
    CONSTRAINT message_status CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'dropped')),
    CONSTRAINT message_sent CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT message_claimed CHECK (status <> 'sending' OR claimed_at IS NOT NULL),
    CONSTRAINT message_why CHECK (status NOT IN ('failed', 'dropped') OR problem IS NOT NULL)
);
CREATE INDEX message_due ON message (next_try_at) WHERE status IN ('queued', 'sending');
CREATE INDEX message_by_time ON message (location, made_at);

CREATE TABLE consent (
    id BIGSERIAL PRIMARY KEY,
    channel VARCHAR(5) NOT NULL,
    address VARCHAR(254) NOT NULL,
    given BOOLEAN NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    made_by VARCHAR(80) NOT NULL,
    source VARCHAR(12) NOT NULL,
    CONSTRAINT consent_channel CHECK (channel IN ('email', 'text')),
    CONSTRAINT consent_source CHECK (source IN ('desk', 'link'))
);
CREATE INDEX consent_latest ON consent (channel, address, id);
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
