"""The one Piccolo app: every table, one numbered history of changes."""

import pkgutil
from importlib import import_module

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


def _modules(capability: str) -> list[str]:
    """The modules with the tables of a capability: one, or those of its package."""
    found = import_module(f"spa_pos.{capability}.tables")
    parts = pkgutil.iter_modules(getattr(found, "__path__", []), f"{found.__name__}.")
    return [part.name for part in parts] or [found.__name__]


APP_CONFIG = AppConfig(
    app_name="spa_pos",
    migrations_folder_path=str(PROJECT / "migrations"),
    table_classes=table_finder(
        [module for name in CAPABILITIES for module in _modules(name)], exclude_imported=True
    ),
    migration_dependencies=[],
)
