"""Receipt printers, which device prints where, and the queue of what is printed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0022"
VERSION = "1.38.0"
DESCRIPTION = "printing"

SQL = """
CREATE TABLE printer (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    name VARCHAR(40) NOT NULL,
    host VARCHAR(253) NOT NULL,
    port INTEGER NOT NULL,
    columns SMALLINT NOT NULL,
    has_drawer BOOLEAN NOT NULL DEFAULT false,
    tells_state BOOLEAN NOT NULL DEFAULT true,
    retired_at TIMESTAMPTZ,
    problem VARCHAR(200),
    tried_at TIMESTAMPTZ,
    CONSTRAINT printer_name_once UNIQUE (location, name),
    CONSTRAINT printer_sane CHECK (port BETWEEN 1024 AND 65535 AND columns BETWEEN 32 AND 64)
);

CREATE TABLE device_printer (
    id UUID PRIMARY KEY,
    device UUID NOT NULL REFERENCES device ON DELETE RESTRICT ON UPDATE RESTRICT,
    printer UUID NOT NULL REFERENCES printer ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT device_printer_once UNIQUE (device)
);
CREATE INDEX device_printer_printer ON device_printer USING btree (printer);

CREATE TABLE print_job (
    id UUID PRIMARY KEY,
    printer UUID NOT NULL REFERENCES printer ON DELETE RESTRICT ON UPDATE RESTRICT,
    device UUID REFERENCES device ON DELETE RESTRICT ON UPDATE RESTRICT,
    kind VARCHAR(8) NOT NULL,
    subject UUID,
    paper JSONB,
    status VARCHAR(8) NOT NULL DEFAULT 'queued',
    tries SMALLINT NOT NULL DEFAULT 0,
    next_try_at TIMESTAMPTZ NOT NULL,
    useful_until TIMESTAMPTZ NOT NULL,
    claimed_at TIMESTAMPTZ,
    done_at TIMESTAMPTZ,
    problem VARCHAR(200),
    made_at TIMESTAMPTZ NOT NULL,
    made_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT print_job_kind CHECK (
        kind IN ('receipt', 'refund', 'test', 'drawer') AND (kind = 'drawer') = (paper IS NULL)
    ),
    CONSTRAINT print_job_status CHECK (
        status IN ('queued', 'printing', 'done', 'failed') AND (status = 'done') = (done_at IS NOT NULL) AND
        (status <> 'failed' OR problem IS NOT NULL) AND (status <> 'printing' OR claimed_at IS NOT NULL)
    )
);
CREATE INDEX print_job_subject ON print_job USING btree (subject);
CREATE INDEX print_job_due ON print_job (printer, next_try_at) WHERE status IN ('queued', 'printing');
CREATE UNIQUE INDEX print_job_one_at_a_time ON print_job (printer) WHERE status = 'printing';
CREATE INDEX print_job_by_time ON print_job (printer, made_at);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
