"""The sandbox as a running thing: a thread with its own loop and port, started when it is first needed."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.clock import Clock
from assistant.errors import BadInput, Unavailable
from assistant.folder import write_private
from assistant.payments.sandbox.accounts import account
from assistant.payments.sandbox.courier import Courier, subscribe
from assistant.payments.sandbox.records import Records

if TYPE_CHECKING:
    from starlette.routing import Route

    from assistant.payments.sandbox.pages import Words

HEARD = ["payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled"]
PATIENCE = 20.0  # seconds to come up or to go down


class Sandbox:
    """`secret` is the folder's; the API key is derived from it, so no other program on the machine has it."""

    def __init__(
        self,
        path: Path,
        secret: bytes,
        clock: Clock,
        port: int = 0,
        pages: Callable[[Sandbox], list[Route]] | None = None,
    ) -> None:
        self.path = path
        self.clock = clock
        self.port = port  # 0: any free one
        self.pages = pages  # shown on the sandbox's own port too
        self.key = "sk_test_" + hmac.new(secret, b"sandbox", hashlib.sha256).hexdigest()[:32]
        self.merchant_key = "rk_test_" + hmac.new(secret, b"merchant", hashlib.sha256).hexdigest()[:32]
        self._lock = threading.RLock()
        self._records: Records | None = None
        self._running: tuple[object, threading.Thread] | None = None
        self._url = ""
        self.courier = Courier(lambda: self.records, clock)
        self.mounted = ""  # the address of the app that shows the sandbox's pages on its own port

    def place(self) -> str:
        """Where a browser finds the pages: the app that mounted them, or the sandbox itself."""
        return self.mounted or self.url()

    @property
    def records(self) -> Records:
        with self._lock:
            if self._records is None:
                self._records = Records(self.path)
            return self._records

    def open_account(self, id: str, name: str) -> None:
        """Make sure a connected test account exists."""
        with self.records.transaction():
            if self.records.get("account", "", id) is None:
                self.records.put("account", "", account(name, int(self.clock.now().timestamp()), id=id))

    def forget(self, payments: set[str], accounts: Iterable[str]) -> None:
        """Keep nothing of these payments, and no name of these accounts."""
        self.records.forget(payments)
        with self.records.transaction():
            for account in accounts:
                self.records.drop(account)

    def tell(self, url: str, secret: str) -> None:
        """Send the events of payments to this address from now on, signed with `secret`."""
        with self.records.transaction():
            subscribe(self.records, "we_lueur", url, secret, HEARD, int(self.clock.now().timestamp()))

    def url(self) -> str:
        """The address of the running server, e.g. 'http://127.0.0.1:40123'; starts it."""
        with self._lock:
            if not self._running:
                self._start()
            return self._url

    def _start(self) -> None:
        import uvicorn

        from assistant.payments.sandbox.api import Api

        try:
            listener = socket.create_server(("127.0.0.1", self.port))
        except OSError:
            raise BadInput("port_taken", host="127.0.0.1", port=self.port, next=self.port + 1) from None
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each answer waits 40 ms for an ACK
        own = self.pages(self) if self.pages else []
        config = uvicorn.Config(
            Api(self.records, self.key, self.clock, self.place, self.merchant_key).app(own), log_config=None,
            access_log=False, lifespan="off", timeout_graceful_shutdown=2,
        )  # fmt: skip
        server = uvicorn.Server(config)
        came_up = threading.Event()

        async def serve() -> None:
            config.load()
            server.lifespan = config.lifespan_class(config)
            await server.startup(sockets=[listener])
            came_up.set()
            await server.main_loop()
            await server.shutdown(sockets=[listener])

        import asyncio

        thread = threading.Thread(target=lambda: asyncio.run(serve()), name="sandbox", daemon=True)
        thread.start()
        self.courier.ending = False
        self._carrying = threading.Thread(target=self.courier.run, name="sandbox webhooks", daemon=True)
        self._carrying.start()
        if not came_up.wait(PATIENCE):
            raise Unavailable("provider_silent")
        self._running = (server, thread)
        self._url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        found = {"url": self._url, "key": self.merchant_key}
        write_private(self.path.with_suffix(".json"), json.dumps(found))  # for the merchants of this machine

    def close(self) -> None:
        with self._lock:
            if self._running:
                server, thread = self._running
                server.should_exit = True  # type: ignore[attr-defined]
                self.courier.ending = True
                self.records.woken.set()
                thread.join(PATIENCE)
                self._carrying.join(PATIENCE)
                self._running = None
            if self._records:
                self._records.close()
                self._records = None


def alone(path: Path, clock: Clock, port: int, words: Words) -> Sandbox:
    """A sandbox by itself, with its pages and a key kept beside its records."""
    from assistant.folder import secret
    from assistant.payments.sandbox.pages import routes

    return Sandbox(path, secret(path.with_suffix(".key")).encode(), clock, port, lambda made: routes(made, words))
