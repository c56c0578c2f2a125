"""The one Piccolo app: every table, one numbered history of changes."""

from piccolo.conf.apps import AppConfig, table_finder

from spa_pos.settings import PROJECT

CAPABILITIES = (
    "db",
    "ledger",
    "messages",
    "people",
    "printing",
    "care",
    "catalog",
    "stock",
    "schedule",
    "payments",
    "drawers",
    "stored_value",
    "booking",
    "checkout",
)

APP_CONFIG = AppConfig(
    app_name="spa_pos",
    migrations_folder_path=str(PROJECT / "migrations"),
    table_classes=table_finder([f"spa_pos.{name}.tables" for name in CAPABILITIES], exclude_imported=True),
    migration_dependencies=[],
)
