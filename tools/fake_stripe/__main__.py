"""`python -m tools.fake_stripe --port 12111`: says where it listens once it is ready."""

import argparse
import asyncio
import contextlib
import signal
import sys
import warnings

from aiohttp import web

warnings.filterwarnings("ignore", "Bare functions are deprecated", DeprecationWarning)

from tools.fake_stripe.app import Layer  # noqa: E402 - localstripe warns while it is imported
from tools.fake_stripe.localstripe_peer import Localstripe, app, forget_the_file  # noqa: E402

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser(prog="fake_stripe", description="A pretended card processor.")
    parser.add_argument("--port", type=int, required=True, help="0 takes any free one")
    parser.add_argument("--host", default="127.0.0.1", choices=LOOPBACK)
    parser.add_argument("--bare", action="store_true", help="localstripe alone, without the layer")
    asked = parser.parse_args()
    try:
        asyncio.run(_serve(asked.host, asked.port, bare=asked.bare))
    except OSError as problem:
        sys.exit(f"fake_stripe cannot listen on {asked.host}:{asked.port}: {problem.strerror or problem}")


async def _serve(host: str, port: int, *, bare: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        if bare:
            forget_the_file()
            served = app
        else:
            served = Layer(await stack.enter_async_context(Localstripe())).app()
        runner = web.AppRunner(served, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, host, port, shutdown_timeout=0.2).start()
        print(f"listening on http://{host}:{runner.addresses[0][1]}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    main()
