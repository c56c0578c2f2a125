"""Browsers that post forms as fast as they are answered: a process of their own, told by `bench.py`.

They speak plain HTTP/1.1 over connections that stay open, and do as little as possible themselves:
on a small machine they share the cores with the server that is measured.
"""

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import uvloop


class Post(msgspec.Struct):
    """A form of one browser; `round` begins when all of the round before are answered."""

    connection: int
    path: str
    cookie: str
    fields: dict[str, str]
    round: int = 0
    part: bool = False


class Plan(msgspec.Struct):
    """What is to be posted, and to which servers the connections go in turn."""

    ports: list[int]
    posts: list[Post]


class Answer(msgspec.Struct):
    """What came back, and after how long."""

    round: int
    status: int
    seconds: float


class Result(msgspec.Struct):
    """All answers, and the time from the first form to the last answer."""

    seconds: float
    answers: list[Answer]


@dataclass
class Connection:
    """One open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    port: int

    async def post(self, request: bytes) -> int:
        """Send a request and read its answer to the end; gives the status."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                await self.reader.readexactly(int(value))
                return int(head[9:12])
        raise RuntimeError(f"an answer without a length: {head!r}")


def request_of(post: Post, port: int) -> bytes:
    """The bytes of a form that is posted."""
    body = urlencode(post.fields)
    part = "hx-request: true\r\nhx-request-type: partial\r\n" if post.part else ""
    return (
        f"POST {post.path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\norigin: http://127.0.0.1:{port}\r\n{part}"
        f"cookie: {post.cookie}\r\ncontent-type: application/x-www-form-urlencoded\r\n"
        f"content-length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def carry_out(plan: Plan) -> Result:
    """Open the connections, then post everything in its order."""
    connections = {}
    for number in sorted({post.connection for post in plan.posts}):
        port = plan.ports[number % len(plan.ports)]
        connections[number] = Connection(*await asyncio.open_connection("127.0.0.1", port), port)
    queues: dict[int, dict[int, list[bytes]]] = {}
    for post in plan.posts:
        theirs = queues.setdefault(post.round, {}).setdefault(post.connection, [])
        theirs.append(request_of(post, connections[post.connection].port))
    answers: list[Answer] = []

    async def work(turn: int, number: int, requests: list[bytes]) -> None:
        for request in requests:
            begun = time.perf_counter()
            status = await connections[number].post(request)
            answers.append(Answer(turn, status, time.perf_counter() - begun))

    begun = time.perf_counter()
    for turn, queue in sorted(queues.items()):
        await asyncio.gather(*(work(turn, number, requests) for number, requests in queue.items()))
    seconds = time.perf_counter() - begun
    for connection in connections.values():
        connection.writer.close()
    return Result(seconds, answers)


async def post_from_another_process(plan: Plan) -> Result:
    """Have a process of its own carry a plan out."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await child.communicate(msgspec.json.encode(plan))
    if child.returncode:
        raise RuntimeError("the browsers failed; see above")
    return msgspec.json.decode(told, type=Result)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        done = runner.run(carry_out(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)))
    sys.stdout.buffer.write(msgspec.json.encode(done))
