"""What we owe guests: gift cards, guest credit, deposits, packages; their accounts in existing books.

- A holding never falls below zero and a paid part never expires; movements are never changed or deleted.
- A holding's parts are the sum of its movements at every commit.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0010"
VERSION = "1.38.0"
DESCRIPTION = "stored value"

SQL = """
INSERT INTO account (code, name, kind)
    SELECT code, name, kind FROM (VALUES
        ('2400-gift-cards', 'Owed on gift cards that were paid for', 'liability'),
        ('2410-gift-cards-free', 'Owed on gift cards that were given away', 'liability'),
        ('2420-guest-credit', 'Owed to guests as credit they paid for', 'liability'),
        ('2421-promotional-credit', 'Owed to guests as promotional credit', 'liability'),
        ('2422-goodwill-credit', 'Owed to guests as goodwill credit', 'liability'),
        ('2430-deposits', 'Deposits for visits to come', 'liability'),
        ('2440-packages', 'Owed on visits of packages', 'liability'),
        ('4120-deposits-kept', 'Deposits that guests lost', 'revenue'),
        ('4910-promotions', 'Value given away in promotions', 'revenue'),
        ('4920-goodwill', 'Value given away as goodwill', 'revenue')
    ) AS new (code, name, kind)
    WHERE EXISTS (SELECT FROM account) ON CONFLICT DO NOTHING;

CREATE TABLE value_terms (
    id UUID PRIMARY KEY,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    smallest_cents INTEGER NOT NULL,
    desk_card_cents INTEGER NOT NULL,
    manager_card_cents INTEGER NOT NULL,
    free_day_cents INTEGER NOT NULL,
    CONSTRAINT value_terms_once UNIQUE (location),
    CONSTRAINT value_terms_sane CHECK (
        smallest_cents > 0 AND desk_card_cents >= smallest_cents AND
        manager_card_cents >= desk_card_cents AND free_day_cents >= 0
    )
);
INSERT INTO value_terms SELECT gen_random_uuid(), id, 500, 50000, 200000, 20000 FROM location;

CREATE TABLE package_plan (
    id UUID PRIMARY KEY,
    name VARCHAR(80) NOT NULL,
    price_cents INTEGER NOT NULL,
    active BOOLEAN NOT NULL DEFAULT true,
    made_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT package_plan_price CHECK (price_cents > 0)
);

CREATE TABLE package_plan_item (
    id UUID PRIMARY KEY,
    plan UUID NOT NULL REFERENCES package_plan ON DELETE RESTRICT ON UPDATE RESTRICT,
    service UUID NOT NULL REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    position SMALLINT NOT NULL,
    visits SMALLINT NOT NULL,
    list_price_cents INTEGER NOT NULL,
    CONSTRAINT package_plan_item_once UNIQUE (plan, service),
    CONSTRAINT package_plan_item_sane CHECK (visits > 0 AND list_price_cents > 0)
);

CREATE TABLE holding (
    id UUID PRIMARY KEY,
    kind VARCHAR(20) NOT NULL,
    status VARCHAR(8) NOT NULL DEFAULT 'active',
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    guest UUID REFERENCES guest ON DELETE RESTRICT ON UPDATE RESTRICT,
    paid_cents INTEGER NOT NULL DEFAULT 0,
    free_cents INTEGER NOT NULL DEFAULT 0,
    free_until DATE,
    code_hash VARCHAR(64) UNIQUE,
    last4 VARCHAR(4),
    code_made_at TIMESTAMPTZ,
    batch VARCHAR(40),
    recipient VARCHAR(60),
    message VARCHAR(200),
    for_visit UUID,
    plan UUID REFERENCES package_plan ON DELETE RESTRICT ON UPDATE RESTRICT,
    successor UUID,
    made_at TIMESTAMPTZ NOT NULL,
    moved_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT holding_kind CHECK (kind IN (
        'gift_card', 'paid_credit', 'promotional_credit', 'goodwill_credit', 'deposit', 'package'
    )),
    CONSTRAINT holding_status CHECK (status IN ('inactive', 'active', 'dead')),
    CONSTRAINT holding_never_below_zero CHECK (paid_cents >= 0 AND free_cents >= 0),
    CONSTRAINT holding_parts CHECK (
        (paid_cents = 0 OR kind NOT IN ('promotional_credit', 'goodwill_credit')) AND
        (free_cents = 0 OR kind IN ('gift_card', 'promotional_credit', 'goodwill_credit'))
    ),
    CONSTRAINT holding_paid_never_expires CHECK (
        free_until IS NULL OR kind IN ('gift_card', 'promotional_credit', 'goodwill_credit')
    ),
    CONSTRAINT holding_owner CHECK (kind = 'gift_card' OR guest IS NOT NULL),
    CONSTRAINT holding_code CHECK (
        (code_hash IS NULL) = (last4 IS NULL) AND (code_hash IS NULL) = (code_made_at IS NULL) AND
        (code_hash IS NULL OR kind = 'gift_card')
    ),
    CONSTRAINT holding_only_active_has_value CHECK (
        status = 'active' OR (paid_cents = 0 AND free_cents = 0)
    ),
    CONSTRAINT holding_plan CHECK ((kind = 'package') = (plan IS NOT NULL))
);
CREATE INDEX holding_guest ON holding USING btree (guest);
CREATE INDEX holding_free_ends ON holding (free_until) WHERE free_cents > 0;

CREATE TABLE package_item (
    id UUID PRIMARY KEY,
    holding UUID NOT NULL REFERENCES holding ON DELETE RESTRICT ON UPDATE RESTRICT,
    service UUID NOT NULL REFERENCES service ON DELETE RESTRICT ON UPDATE RESTRICT,
    position SMALLINT NOT NULL,
    visits_bought SMALLINT NOT NULL,
    visits_left SMALLINT NOT NULL,
    value_cents INTEGER NOT NULL,
    left_cents INTEGER NOT NULL,
    CONSTRAINT package_item_once UNIQUE (holding, service),
    CONSTRAINT package_item_left CHECK (
        visits_left BETWEEN 0 AND visits_bought AND left_cents BETWEEN 0 AND value_cents AND
        (visits_left = 0) = (left_cents = 0)
    )
);
CREATE INDEX package_item_holding ON package_item USING btree (holding);

CREATE TABLE value_movement (
    id UUID PRIMARY KEY,
    holding UUID NOT NULL REFERENCES holding ON DELETE RESTRICT ON UPDATE RESTRICT,
    package_item UUID REFERENCES package_item ON DELETE RESTRICT ON UPDATE RESTRICT,
    location UUID NOT NULL REFERENCES location ON DELETE RESTRICT ON UPDATE RESTRICT,
    kind VARCHAR(12) NOT NULL,
    paid_cents INTEGER NOT NULL DEFAULT 0,
    free_cents INTEGER NOT NULL DEFAULT 0,
    visits SMALLINT NOT NULL DEFAULT 0,
    business_date DATE NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    made_by UUID REFERENCES staff ON DELETE RESTRICT ON UPDATE RESTRICT,
    subject UUID,
    undoes UUID,
    reason VARCHAR(200),
    CONSTRAINT value_movement_kind CHECK (CASE
        WHEN kind IN ('sold', 'reloaded', 'credited', 'moved_in', 'returned')
            THEN paid_cents >= 0 AND free_cents >= 0 AND visits >= 0
        WHEN kind = 'granted' THEN paid_cents = 0 AND free_cents > 0 AND visits = 0
        WHEN kind IN ('redeemed', 'moved_out', 'taken_back')
            THEN paid_cents <= 0 AND free_cents <= 0 AND visits <= 0
        WHEN kind IN ('expired', 'withdrawn') THEN paid_cents = 0 AND free_cents < 0 AND visits = 0
        WHEN kind = 'forfeited' THEN paid_cents < 0 AND free_cents = 0 AND visits = 0
        ELSE false END),
    CONSTRAINT value_movement_not_zero CHECK (paid_cents <> 0 OR free_cents <> 0),
    CONSTRAINT value_movement_undoes CHECK ((kind = 'returned') = (undoes IS NOT NULL))
);
CREATE INDEX value_movement_holding ON value_movement USING btree (holding);
CREATE INDEX value_movement_undoes ON value_movement USING btree (undoes);
CREATE INDEX value_movement_by_day ON value_movement (location, business_date);
CREATE TRIGGER value_movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON value_movement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION holding_must_be_its_movements() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    moved record;
    has record;
BEGIN
    SELECT coalesce(sum(paid_cents), 0) AS paid, coalesce(sum(free_cents), 0) AS free INTO moved
        FROM value_movement WHERE holding = NEW.id;
    SELECT paid_cents AS paid, free_cents AS free INTO has FROM holding WHERE id = NEW.id;
    IF (moved.paid, moved.free) IS DISTINCT FROM (has.paid::bigint, has.free::bigint) THEN
        RAISE EXCEPTION 'holding % has % and %, its movements say % and %',
            NEW.id, has.paid, has.free, moved.paid, moved.free
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'holding_is_its_movements';
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER holding_is_its_movements AFTER INSERT OR UPDATE ON holding
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION holding_must_be_its_movements();

CREATE TABLE code_try (
    id BIGSERIAL PRIMARY KEY,
    device UUID REFERENCES device ON DELETE RESTRICT ON UPDATE RESTRICT,
    network VARCHAR(45) NOT NULL,
    tried_at TIMESTAMPTZ NOT NULL,
    found BOOLEAN NOT NULL
);
CREATE INDEX code_try_recent ON code_try (tried_at) WHERE NOT found;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
