"""What every test stands on: a database of its own worker, a shut network, no settings from outside."""

import contextlib
import gc
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
import pytest_socket
from hypothesis import settings

from spa_pos.db import engine
from tests.database import Broom, apart, copy_of, template_database

LOOPBACK = ["127.0.0.1", "::1", "localhost"]

settings.register_profile("house", deadline=None, print_blob=True)  # busy machines are slow at times
settings.register_profile("long", settings.get_profile("house"), max_examples=1_000)
settings.load_profile("house")

gc.disable()  # until all is imported and collected: nothing of that is garbage


@dataclass
class Run:
    """What belongs to the whole run: the way out, and the template once somebody needed it."""

    given: str | None
    way_out: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    template: str | None = None

    def database_template(self) -> str:
        if self.template is None:
            self.template = self.way_out.enter_context(template_database(self.given))
        return self.template


RUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    given = os.environ.get("SPA_TEST_DATABASE_URL")
    for name in [name for name in os.environ if name.startswith("SPA_")]:
        del os.environ[name]
    config.stash[RUN] = Run(given)
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[RUN].template = worker["database_template"]
    else:
        signal.signal(signal.SIGTERM, _stop_as_if_interrupted)


def _stop_as_if_interrupted(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """One server for all workers of pytest-xdist, started by the process that starts them."""
    node.workerinput["database_template"] = node.config.stash[RUN].database_template()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """From here on garbage is collected, and is not looked for among modules and tests."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[RUN].way_out.close()


@pytest.fixture(autouse=True)
def _network_is_shut() -> None:
    """Connections leave this machine in no test; `pytest_socket` opens the door again after each."""
    pytest_socket.socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest) -> Callable[..., str]:
    """Makes one more database and gives its address; for programs started by a test.

    It is migrated and has no rows; with `migrated=False` it has no tables either.
    """
    template = request.config.stash[RUN].database_template()

    def make(*, migrated: bool = True) -> str:
        return apart(copy_of(template, migrated=migrated))

    return make


@dataclass(frozen=True)
class Database:
    """The worker's database, which the engine is connected to. Everything a test writes is committed."""

    url: str
    empty: Callable[[], Awaitable[None]]
    """Delete all rows now; after the test it happens by itself. For the examples of a property test."""


@pytest_asyncio.fixture(scope="session")
async def _connected(new_database: Callable[..., str]) -> AsyncIterator[Database]:
    url = new_database()
    await engine.connect(url, pool_size=12)
    broom = await Broom.of(url)
    yield Database(url, broom.sweep)
    await broom.connection.close()
    await engine.disconnect()


@pytest_asyncio.fixture
async def database(_connected: Database) -> AsyncIterator[Database]:
    """An empty, migrated database. What the test commits is deleted after it, triggers and all."""
    yield _connected
    await _connected.empty()
    assert engine.pool is not None
    lent = engine.pool.get_size() - engine.pool.get_idle_size()
    assert lent == 0, f"the test kept {lent} database connections"


@dataclass
class Count:
    """How many statements went to the database inside the block."""

    statements: int = 0


@pytest.fixture
def count_statements() -> Callable[[], contextlib.AbstractContextManager[Count]]:
    """`with count_statements() as count: …` and then `count.statements`."""

    @contextlib.contextmanager
    def counting() -> Iterator[Count]:
        count = Count()
        before = engine.statements
        try:
            yield count
        finally:
            count.statements = engine.statements - before

    return counting
