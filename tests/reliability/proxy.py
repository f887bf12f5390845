"""The network between the kernel and the provider, as a process of its own: it loses, breaks, delays and repeats.

Faults are the wire's (`wire.Fault`); their share and their counts live in memory shared with the driver.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import MutableSequence
from typing import Any

from tests.reliability.wire import FAULTS, Fault

READ_PATIENCE = 0.4  # seconds the kernel waits for an answer in a storm; "slow" is longer
BROKEN = b'{"error": {"type": "api_error", "message": "Something went wrong."}}'


class Proxy:
    """`upstream[0]` is the sandbox's port, `share[0]` the part of requests that meets a fault."""

    def __init__(
        self, seed: int, upstream: MutableSequence[Any], share: MutableSequence[Any], counts: MutableSequence[Any]
    ) -> None:
        self.chance = random.Random(seed)
        self.upstream, self.share, self.counts = upstream, share, counts

    async def serve(self, port: MutableSequence[Any]) -> None:
        server = await asyncio.start_server(self.request, "127.0.0.1", int(port[0]))
        port[0] = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    async def request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self.one(reader, writer):
                pass
        except (OSError, EOFError, ValueError):
            pass
        finally:
            writer.close()

    async def one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; False when the connection is over."""
        asked = await whole(reader)
        fault = self.drawn()
        if fault == "refuse":
            return False
        if fault in ("500 before", "429"):
            return await answer(writer, b"429 Too Many" if fault == "429" else b"500 Error", BROKEN)
        said = await self.forward(asked)
        if fault == "twice":
            said = await self.forward(asked)
        if fault == "drop":
            return False
        if fault == "slow":
            await asyncio.sleep(2 * READ_PATIENCE)
        if fault == "500 after":
            return await answer(writer, b"500 Error", BROKEN)
        if fault == "truncate":
            head, _, body = said.partition(b"\r\n\r\n")
            writer.write(head + b"\r\n\r\n" + body[: len(body) // 2])
            await writer.drain()
            return False
        writer.write(said)
        await writer.drain()
        return True

    def drawn(self) -> Fault | None:
        if self.chance.random() >= self.share[0]:
            return None
        number = self.chance.randrange(len(FAULTS))
        self.counts[number] += 1
        return FAULTS[number]

    async def forward(self, asked: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(self.upstream[0]))
        try:
            writer.write(asked)
            await writer.drain()
            return await whole(reader)
        finally:
            writer.close()


async def whole(reader: asyncio.StreamReader) -> bytes:
    """Head and body of one HTTP message with a content length."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length:")), 0)
    return head + (await reader.readexactly(length) if length else b"")


async def answer(writer: asyncio.StreamWriter, status: bytes, body: bytes) -> bool:
    writer.write(
        b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body
    )
    await writer.drain()
    return True
