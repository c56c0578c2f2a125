"""How a migration runs its SQL."""

from collections.abc import Awaitable, Callable

from spa_pos.db.engine import engine


def run_sql(script: str) -> Callable[[], Awaitable[None]]:
    """A migration step that runs a script of several statements in the migration's transaction."""

    async def step() -> None:
        transaction = engine.current()
        if transaction is None:
            raise RuntimeError("a migration step belongs in a migration's transaction")
        await transaction.connection.execute(script)

    return step
