"""Two pretended processors: with our layer and, as the control, localstripe alone."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import httpx
import pytest
import pytest_asyncio
import stripe

from tests.processor import KEY, Processor, pretended_processor

Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def layered() -> Iterator[Processor]:
    """localstripe behind the layer."""
    with pretended_processor() as running:
        yield running


@pytest.fixture(scope="session")
def bare() -> Iterator[Processor]:
    """localstripe alone."""
    with pretended_processor(bare=True) as running:
        yield running


@pytest.fixture(params=["layered", "bare"])
def either(request: pytest.FixtureRequest) -> tuple[str, Processor]:
    """One after the other, by name."""
    return request.param, request.getfixturevalue(request.param)


def asker(processor: Processor) -> Ask:
    """Asks by plain HTTP, without the Stripe library's help."""

    def ask(method: str, path: str, form: dict[str, str] | None = None, key: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {KEY}", **({"Idempotency-Key": key} if key else {})}
        how = {"params": form} if method == "GET" else {"data": form}
        with httpx.Client(trust_env=False) as client:
            return client.request(method, f"{processor.address}{path}", headers=headers, **how)

    return ask


@pytest.fixture
def ask(layered: Processor) -> Ask:
    """Asks the layered one."""
    layered.no_more_faults()
    return asker(layered)


Connect = Callable[[Processor], Awaitable[stripe.StripeClient]]


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Connect]:
    """Makes Stripe clients with one repetition and two seconds of patience."""
    async with AsyncExitStack() as stack:

        async def make(processor: Processor) -> stripe.StripeClient:
            http = stripe.HTTPXClient(timeout=2)
            stack.push_async_callback(http.close_async)
            return stripe.StripeClient(
                KEY, base_addresses={"api": processor.address}, max_network_retries=1, http_client=http
            )

        yield make
