"""MCP: how long a call of an agent takes, over HTTP on loopback, with the official client."""

import asyncio
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from assistant.conversation import OWNER
from assistant.core import Assistant
from assistant.protocols import agents
from assistant.settings import Settings
from bench.figures import Figure, figure, p95

CALLS, TARGET = 60, 100.0  # milliseconds
ASKED: dict[str, dict[str, Any]] = {
    "search": {"query": "quiet kettle", "most": {"minor": 5000, "currency": "EUR"}},
    "compare": {"products": ["kettle-brunel-blue", "kettle-aria-blue"]},
    "money": {"metric": "spending", "start": "2026-10-01", "end": "2026-10-31"},
    "prepare_payment": {"payee": "Alice Martin", "amount": {"minor": 2000, "currency": "EUR"}},
}


def measure(data: Path | None) -> list[Figure]:  # noqa: ARG001
    import uvicorn
    from starlette.applications import Starlette

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        assistant = Assistant(Settings(home=home, offline=True, mcp="prepare"))
        assistant.open(OWNER)
        running = uvicorn.Server(
            uvicorn.Config(Starlette(routes=agents.routes(assistant)), port=0, log_level="error", lifespan="off")
        )
        thread = threading.Thread(target=running.run)
        thread.start()
        while not running.started:
            time.sleep(0.01)
        url = f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}{agents.PATH}"
        found = asyncio.run(_timed(url, (home / agents.TOKEN).read_text()))
        running.should_exit = running.force_exit = True
        thread.join()
        assistant.close()
    return [figure(f"mcp {name}, p95", p95(taken), "ms", TARGET) for name, taken in found.items()]


async def _timed(url: str, token: str) -> dict[str, list[float]]:
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"})
    times: dict[str, list[float]] = {name: [] for name in ASKED}
    async with Client(streamable_http_client(url, http_client=http)) as client:
        for name, told in ASKED.items():
            for _ in range(CALLS):
                began = time.perf_counter()
                result = await client.call_tool(name, told)
                times[name].append(1000 * (time.perf_counter() - began))
                assert not result.is_error, result.content
    return times
