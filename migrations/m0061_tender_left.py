"""What is left on a gift card, credit or deposit has a column: receipts say it in any language."""  # noqa: E501, RUF100

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from migrations.steps import run_sql

ID = "0061"
VERSION = "1.38.0"
DESCRIPTION = "what a tender leaves"

SQL = """
ALTER TABLE tender ADD COLUMN left_cents INTEGER;
ALTER TABLE tender DROP CONSTRAINT tender_amount, ADD CONSTRAINT tender_amount CHECK (amount_cents > 0
    AND (kind = 'cash') = (given_cents IS NOT NULL)
    AND (kind IN ('card', 'card_on_file')) = (attempt IS NOT NULL)
    AND (kind IN ('gift_card', 'credit', 'deposit', 'package')) = (stored_value IS NOT NULL)
    AND (kind = 'external_card') = (slip IS NOT NULL)
    AND (given_cents IS NULL OR given_cents >= amount_cents) AND (left_cents IS NULL OR left_cents >= 0));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="spa_pos", description=DESCRIPTION)
    manager.add_raw(run_sql(SQL))
    return manager
