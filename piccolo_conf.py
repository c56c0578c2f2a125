"""Piccolo looks here for the engine and the app; both live in the package."""

from piccolo.conf.apps import AppRegistry

from spa_pos.db.engine import engine

DB = engine

APP_REGISTRY = AppRegistry(apps=["spa_pos.piccolo_app"])
