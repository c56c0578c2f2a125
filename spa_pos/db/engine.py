"""Piccolo's engine, with transactions that give their connection back whatever happens."""

import asyncio
import contextlib
from types import TracebackType
from typing import Any, cast

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a database that is away, going or coming back makes a connection say."""

BEGIN = "BEGIN"
BEGIN_ACTION = "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan"


class Transaction(PostgresTransaction):
    """One transaction of one task.

    Piccolo 1.38 loses the connection when BEGIN or COMMIT fails (a deferred constraint) and lets a
    child task inherit its parent's transaction; this class does neither.
    """

    __slots__ = ("failure", "locked", "owner", "snapshot", "waiting")

    def __init__(self, engine: "SpaEngine", allow_nested: bool = False) -> None:
        super().__init__(engine, allow_nested=allow_nested)
        self.owner = asyncio.current_task()
        self.failure: BaseException | None = None
        self.locked = False
        self.snapshot = False
        self.waiting: dict[str, list[tuple[object, ...]]] = {}
        """What is written when it ends, by statement (`spa_pos.db.ending`)."""

    async def __aenter__(self) -> "Transaction":
        self.connection = await self.get_connection()  # type: ignore[no-untyped-call]  # Piccolo's
        try:
            await self.begin()
        except BaseException:
            await cast(SpaEngine, self.engine).give_back(self.connection)
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def begin(self) -> None:
        """Begin; inside an action, statements keep the plan they have.

        An action finds its rows by keys and times. PostgreSQL would plan some of its statements
        anew each time, which takes longer than to run them.
        """
        await self.connection.execute(BEGIN if self.snapshot else BEGIN_ACTION)

    async def commit(self) -> None:
        """Make it last."""
        await self.connection.execute("COMMIT")
        self._committed = True

    async def rollback(self) -> None:
        """As if it had never begun."""
        await self.connection.execute("ROLLBACK")
        self._rolled_back = True

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        try:
            if exception is not None or self.failure is not None:
                with contextlib.suppress(Exception):  # the first error is the one worth hearing
                    await self.rollback()
            else:
                await self.commit()
        finally:
            self.engine.current_transaction.reset(self.context)
            await cast(SpaEngine, self.engine).give_back(self.connection)
        return False


async def _reset(connection: Any) -> None:
    """What a connection needs on its way back to the pool: we leave no session state behind.

    asyncpg would send four statements after every single read.
    """
    if connection.is_in_transaction():
        await connection.reset()


class SpaEngine(PostgresEngine):
    """The process's one engine; `connect` says which database, before anything is asked of it."""

    __slots__ = ("statements",)

    def __init__(self) -> None:
        super().__init__(config={})
        self.statements = 0
        """Statements sent since the start; tests read it to count queries."""

    async def check_version(self) -> None:
        """Piccolo would ask the database while modules are being imported; `connect` asks later."""

    async def connect(self, url: str, pool_size: int) -> None:
        """Open the pool.

        Raises:
            OSError, asyncpg.PostgresError: the database does not answer.
        """
        self.config.clear()
        self.config["dsn"] = url
        await self.start_connection_pool(
            min_size=min(2, pool_size),
            max_size=pool_size,
            server_settings={"timezone": "UTC", "application_name": "spa_pos"},
            command_timeout=30,
            reset=_reset,
        )

    async def disconnect(self) -> None:
        """Close the pool."""
        if self.pool is not None:
            await self.close_connection_pool()

    async def give_back(self, connection: Any) -> None:
        """Return a connection to the pool, even when the task is being cancelled."""
        if self.pool is not None:
            await asyncio.shield(self.pool.release(connection))
        else:
            await connection.close()

    def transaction(self, allow_nested: bool = False) -> Transaction:
        """A new transaction; `spa_pos.db` is the only caller."""
        return Transaction(self, allow_nested=allow_nested)

    def current(self) -> Transaction | None:
        """The transaction this task is in.

        Raises:
            RuntimeError: the transaction belongs to another task.
        """
        transaction = cast(Transaction | None, self.current_transaction.get())
        if transaction is not None and transaction.owner is not asyncio.current_task():
            raise RuntimeError("a task started inside a transaction may not use it")
        return transaction

    async def _run_in_pool(self, query: str, args: Any = None) -> Any:
        self.statements += 1
        return await super()._run_in_pool(query, args or [])

    async def run_querystring(self, querystring: Any, in_pool: bool = True) -> Any:
        if self.current() is not None:
            self.statements += 1
        return await super().run_querystring(querystring, in_pool=in_pool)


engine = SpaEngine()
