"""What the sandbox acknowledged survives kill -9."""

import multiprocessing
import os
import random
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import stripe

from assistant.clock import SystemClock
from assistant.payments.provider import Provider
from assistant.payments.sandbox import Sandbox
from tests.reliability.storm import warm

ROUNDS, CLIENTS, LEAST = 12, 4, 5
BOB = "acct_demo_bob_2931"
CHARGE: dict[str, Any] = {
    "amount": 100, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True,
    "transfer_data": {"destination": BOB},
    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
}  # fmt: skip


def serve(path: Path, port: int, up: Connection) -> None:
    sandbox = Sandbox(path, b"secret", SystemClock(), port)
    sandbox.open_account(BOB, "Bob")
    up.send(sandbox.url())
    time.sleep(60)


def charge_until_it_dies(client: Any, told: list[str]) -> None:
    """`told`: the intents of the charges whose success somebody was told."""
    while True:
        try:
            told.append(client.payment_intents.create(CHARGE).id)
        except (stripe.APIConnectionError, stripe.APIError):
            return


def test_twelve_kills_lose_no_acknowledged_charge(tmp_path: Path) -> None:
    warm()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    key, chance = Sandbox(tmp_path / "sandbox.db", b"secret", SystemClock()).key, random.Random(12)
    told: list[str] = []
    for number in range(ROUNDS + 1):
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(
            target=serve, args=(tmp_path / "sandbox.db", port, theirs)
        )
        process.start()
        assert ours.poll(20), "it did not start again"
        client = Provider(key, lambda: f"http://127.0.0.1:{port}")._client.v1
        every = client.payment_intents.list({"limit": 100}).auto_paging_iter()
        lost = set(told) - {intent.id for intent in every if intent.status == "succeeded"}
        assert not lost, f"after {number} kills"
        if number < ROUNDS:
            before = len(told)
            with ThreadPoolExecutor(CLIENTS) as pool:
                for _ in range(CLIENTS):
                    pool.submit(charge_until_it_dies, client, told)
                while len(told) < before + LEAST:
                    time.sleep(0.005)
                time.sleep(chance.uniform(0, 0.2))
                os.kill(process.pid or 0, signal.SIGKILL)
        else:
            received = client.balance.retrieve(None, {"stripe_account": BOB}).available[0].amount
            process.kill()
        process.join()
    assert received >= 100 * len(told)
