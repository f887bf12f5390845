"""Open Food Facts, spoken by a server on this machine: what it says is a fact with a source, never a product."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assistant.errors import BadInput, Unavailable
from assistant.shop.facts import Facts

SPREAD = "3017620422003"
KNOWN = {
    "product_name": "Hazelnut spread", "product_name_fr": "Pâte à tartiner", "brands": "Noisy", "quantity": "400 g",
    "last_modified_t": 1_760_000_000, "price": 3.99,
}  # fmt: skip


class Pages(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012  shared with the test
    answer: tuple[int, bytes] = (200, b"")

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.answer[0])
        self.end_headers()
        self.wfile.write(self.answer[1])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Pages.asked.clear()
    made = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


def says(status: int, body: object) -> None:
    Pages.answer = status, body if isinstance(body, bytes) else json.dumps(body).encode()


def test_a_code_is_named_with_source_and_day(server: str) -> None:
    says(200, {"status": 1, "code": SPREAD, "product": KNOWN})
    fact = Facts(server + "/").look_up("3 017620-422003", "fr")
    assert fact is not None
    assert (fact.name, fact.brand, fact.quantity) == ("Pâte à tartiner", "Noisy", "400 g")
    assert (fact.source, fact.on) == ("127.0.0.1", date(2025, 10, 9))
    assert Pages.asked[0].startswith(f"/api/v2/product/{SPREAD}?fields=product_name")
    english = Facts(server).look_up(SPREAD, "en")
    assert english is not None
    assert english.name == "Hazelnut spread"


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {"status": 0}), (404, {"status": 0}), (200, {"status": 1, "product": {"brands": "Noisy"}}), (200, [])],
)
def test_what_is_not_known_there_is_nothing(server: str, status: int, body: object) -> None:
    says(status, body)
    assert Facts(server).look_up(SPREAD, "en") is None


@pytest.mark.parametrize(("status", "body"), [(500, {}), (200, b"<html>"), (302, b"")])
def test_a_server_that_fails_is_said(server: str, status: int, body: object) -> None:
    says(status, body)
    with pytest.raises(Unavailable):
        Facts(server).look_up(SPREAD, "en")


def test_a_server_that_is_gone_is_said() -> None:
    with pytest.raises(Unavailable):
        Facts("http://127.0.0.1:9").look_up(SPREAD, "en")


def test_what_is_no_code_is_never_asked(server: str) -> None:
    with pytest.raises(BadInput):
        Facts(server).look_up("3017620422004", "en")
    assert Pages.asked == []


def test_switched_off_nothing_is_asked() -> None:
    assert Facts("").look_up(SPREAD, "en") is None
