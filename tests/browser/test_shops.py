"""Dinner and train in one cart under one budget: two shops in processes of their own, bought from in a real browser."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.conversation import OWNER
from assistant.shop.tables import carts
from assistant.store import Store
from tests.browser.conftest import ROOT, Server, Visitor, free_port

SENT = 60_000  # milliseconds: the undo time, two shops and the provider, on a busy machine
SAID = {  # something else in each language: the same again within half an hour asks for a second look
    "en": ("keep my cart under 80 euros", "a dinner box", "add the first one", "a train ticket to Lyon",
           "add the first one", "check out", "where is my order?"),
    "fr": ("limite mon panier à 80 euros", "un coffret dîner", "ajoute le deuxième", "un billet de train pour Lyon",
           "ajoute le deuxième", "passe la commande", "où est ma commande ?"),
    "zh": ("购物车不超过80欧元", "晚餐盒", "加第三个", "火车票", "加第三个", "结账", "我的订单到哪了"),
}  # fmt: skip


def lueur(server: Server, *words: str) -> list[str]:
    return [sys.executable, "-m", "assistant.cli", *words]


@pytest.fixture(scope="module")
def shops(server: Server) -> Iterator[dict[str, Path]]:
    """A kitchen and a railway, each added by its URL to the folder of the running server; where each keeps its own."""
    env = os.environ | {"LUEUR_HOME": str(server.home), "LUEUR_PORT": server.url.rsplit(":", 1)[1].strip("/")}
    running, homes = [], {}
    for id, name in (("tablee", "La Tablée"), ("rail", "Rail Lueur")):
        port, homes[id] = free_port(), server.home / "merchants" / id
        command = lueur(server, "merchant", "--shop", id, "--port", str(port))
        running.append(subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL))
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 60
        while not answers(url) and time.monotonic() < until:
            time.sleep(0.2)
        add = lueur(server, "shops", "add", url, "--id", id, "--name", name, "--key-file", str(homes[id] / "agent.key"))
        done = subprocess.run(add, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
        assert name in done.stdout and url in done.stdout
    yield homes
    for id in homes:
        subprocess.run(lueur(server, "shops", "remove", id), cwd=ROOT, env=env, capture_output=True, check=True)
    for each in running:
        each.terminate()
        each.wait(20)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/.well-known/acp.json", trust_env=False).is_success
    except httpx.HTTPError:
        return False


def sold(home: Path) -> list[tuple[str, int]]:
    """(status, sum) of every order in a shop's own book."""
    with sqlite3.connect(home / "lueur.db") as db:
        return db.execute("SELECT o.status, q.total FROM orders o JOIN quotes q ON q.id = o.quote_id").fetchall()


@pytest.mark.parametrize(("language", "width", "scheme"), [
    ("en", 1280, "light"), ("fr", 390, "light"), ("zh", 390, "dark"),
])  # fmt: skip
def test_dinner_and_train_under_one_budget(
    visit: Visitor, server: Server, shops: dict[str, Path], language: str, width: int, scheme: str
) -> None:
    store = Store(server.home / "lueur.db")
    with store.write() as db:
        db.execute(carts.delete().where(carts.c.user_id == OWNER))
    store.close()
    before = {id: sold(home) for id, home in shops.items()}
    window = visit(language, width, scheme)
    *wishes, review, orders = SAID[language]
    for words in wishes:
        turn = window.ask(words)
    assert turn.locator(".card.cart .basket li").count() == 2
    window.picture(f"shops-{language}-{width}-1-cart")
    sheet = window.ask(review).locator(".pay_sheet")
    amount = int(re.sub(r"\D", "", sheet.locator(".amount").inner_text()))
    assert 0 < amount <= 8000
    window.picture(f"shops-{language}-{width}-2-review")
    sheet.locator(".primary").click()
    window.page.wait_for_function("document.querySelectorAll('.receipt .succeeded').length === 2", timeout=SENT)
    window.picture(f"shops-{language}-{width}-3-receipts")
    new = [row for id, home in shops.items() for row in sold(home)[len(before[id]) :]]
    assert [status for status, _ in new] == ["paid", "paid"] and sum(total for _, total in new) == amount
    assert window.ask(orders).locator(".card.order").count() >= 2
    window.picture(f"shops-{language}-{width}-4-orders")
