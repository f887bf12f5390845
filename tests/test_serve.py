"""The door of the page: who may call it, who is who on a shared page, and the real server in a process of its own."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant import door, serve
from assistant.clock import MovableClock
from assistant.conversation import OWNER
from assistant.core import Assistant
from assistant.errors import BadInput, NotFound, Refused
from assistant.protocols import cards, local
from assistant.settings import Settings
from assistant.store import turns, users
from assistant.tenants import Tenants, belongings, erase


@pytest.fixture
def assistant(settings: Settings, clock: MovableClock) -> Iterator[Assistant]:
    opened = Assistant(replace(settings, mode="demo", demo_data=False, tenant_hours=6), clock)
    yield opened
    opened.close()


@pytest.fixture
def tenants(assistant: Assistant) -> Tenants:
    return Tenants(assistant)


def entered(tenants: Tenants | None = None, routes: list[Any] | None = None) -> TestClient:
    page = [Route("/", lambda _: PlainTextResponse("the page"), methods=["GET", "POST"]), *(routes or [])]
    app = Starlette(routes=page, middleware=[Middleware(door.Doorman, tenants=tenants)])
    return TestClient(app, base_url="http://127.0.0.1:7860", client=("127.0.0.1", 50000))


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "[::1]:7860"])
def test_the_page_answers_to_this_machines_names(host: str) -> None:
    assert entered().get("/", headers={"host": host}).text == "the page"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:7860", "192.168.1.7:7860", ""])
def test_a_call_for_another_host_is_refused(host: str) -> None:
    assert entered().get("/", headers={"host": host}).status_code == 403


def test_another_sites_page_may_not_call() -> None:
    assert entered().post("/", headers={"origin": "https://evil.example"}).status_code == 403
    assert entered().post("/", headers={"origin": "http://127.0.0.1:7860"}).status_code == 200
    assert entered().post("/", headers={"origin": "null"}).status_code == 403


def test_the_page_may_load_nothing_from_elsewhere() -> None:
    policy = entered().get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy


def test_a_visitor_is_known_by_the_cookie_of_the_first_visit(tenants: Tenants) -> None:
    visit = entered(tenants).get("/")
    cookie = visit.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    who = tenants.known({"cookie": cookie.partition(";")[0]})
    assert who
    assert who.startswith("usr_")
    again = entered(tenants).get("/", headers={"cookie": cookie.partition(";")[0]})
    assert "set-cookie" not in again.headers


def test_a_crowd_at_the_door_is_let_in_bit_by_bit(tenants: Tenants, monkeypatch: pytest.MonkeyPatch) -> None:
    client = entered(tenants)
    crowd = [client.get("/", headers={"cookie": "lueur=nobody"}) for _ in range(door.NEW_BURST + 5)]
    assert {each.status_code for each in crowd} == {200, 503}
    assert all("set-cookie" not in each.headers for each in crowd if each.status_code == 503)
    known = {"cookie": f"lueur={tenants.admit()[1]}"}
    assert client.get("/", headers=known).status_code == 200, "who is known comes in"
    monkeypatch.setattr("assistant.tenants.MOST", -1)
    told = entered(tenants).get("/", headers={"accept-language": "fr-FR"})
    assert (told.status_code, "Rechargez la page" in told.text) == (503, True)


def test_in_the_frame_of_a_space_the_cookie_is_partitioned(tenants: Tenants) -> None:
    cookie = entered(tenants).get("/", headers={"x-forwarded-proto": "https"}).headers["set-cookie"]
    assert "SameSite=None; Secure; Partitioned" in cookie


def test_a_changed_cookie_is_nobody(tenants: Tenants) -> None:
    user, value = tenants.admit()
    other, _ = tenants.admit()
    assert tenants.known({"cookie": f"lueur={value}"}) == user
    for forged in (value.replace(user, other), value[:-1] + ("0" if value[-1] != "0" else "1"), OWNER, f"{OWNER}.", ""):
        assert tenants.known({"cookie": f"lueur={forged}"}) is None
    who = door.visitor(tenants)
    with pytest.raises(Refused, match="no_cookie"):
        who(httpx.Request("GET", "http://here/", headers={"cookie": f"lueur={OWNER}"}))


def test_tenants_cannot_open_each_others_sessions(assistant: Assistant) -> None:
    mine = assistant.open("usr_a")
    assert assistant.open("usr_a", mine.id).id == mine.id
    for stranger in ("usr_b", OWNER):
        with pytest.raises(NotFound):
            assistant.open(stranger, mine.id)


def test_idle_tenants_are_erased_and_the_others_stay(
    assistant: Assistant, tenants: Tenants, clock: MovableClock
) -> None:
    assistant.open(OWNER)
    assistant.open("usr_idle")
    clock.forward(hours=5)
    assistant.open("usr_busy")
    clock.forward(hours=2)
    left = assistant.uploads.put("usr_idle", "bill.png", b"data")
    assert tenants.sweep() == ["usr_idle"]
    with pytest.raises(BadInput):
        assistant.uploads.find("usr_idle", left)
    assert not any(belongings(assistant.store, "usr_idle").values())
    with assistant.store.read() as db:
        assert set(db.execute(sa.select(users.c.user_id)).scalars()) >= {OWNER, "usr_busy"}


def found_in(home: Path, text: bytes) -> list[str]:
    return sorted(path.name for path in home.rglob("*") if path.is_file() and text in path.read_bytes())


def test_forgetting_a_person_leaves_no_row_of_theirs_and_all_rows_of_others(settings: Settings) -> None:
    assistant = Assistant(settings)
    desk = local.Here(assistant)
    try:
        reply = desk.ask(None, local.Request("Pay Alice 12.50 for pineapples"))
        tap = next(a["id"] for a in reply["cards"][0]["actions"] if a["style"] == "primary")
        assert desk.act(reply["session"], tap, {})["cards"][0]["status"] == "succeeded"
        assistant.open("usr_other")
        kept = belongings(assistant.store, "usr_other")
        assert found_in(settings.home, b"pineapples")
        assert erase(assistant, OWNER) > 0
        assert found_in(settings.home, b"pineapples") == []
        assert not any(belongings(assistant.store, OWNER).values())
        assert belongings(assistant.store, "usr_other") == kept
    finally:
        assistant.close()


def test_a_person_takes_everything_away_and_is_forgotten_by_the_page(assistant: Assistant) -> None:
    assistant.open("usr_a")
    kept = assistant.open("usr_b")
    handle = assistant.uploads.put("usr_a", "bill.png", b"data")
    client = entered(routes=cards.routes(assistant, lambda call: call.headers["x-who"]))
    mine = client.get("/export/json", headers={"x-who": "usr_a"})
    assert [row["user_id"] for row in mine.json()["users"]] == ["usr_a"]
    assert "usr_b" not in mine.text
    assert "Choose beancount or csv" in client.get("/export/exe", headers={"x-who": "usr_a"}).text
    assert client.post("/forget", headers={"x-who": "usr_a"}).status_code == 204
    assert not any(belongings(assistant.store, "usr_a").values())
    with pytest.raises(BadInput):
        assistant.uploads.find("usr_a", handle)
    assert assistant.open("usr_b", kept.id).id == kept.id


def test_append_only_rows_stay_outside_an_erasure(assistant: Assistant) -> None:
    from assistant.payments.tables import events

    row = {"user_id": OWNER, "payment_id": "pay_x", "event": "drafted", "detail": "", "at": assistant.clock.now()}
    with assistant.store.write() as db:
        db.execute(sa.insert(events).values(row))
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), assistant.store.write() as db:
        db.execute(sa.delete(events))


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong", "wrong"])
def test_local_commands_need_the_token(assistant: Assistant, shown: str) -> None:
    client = entered(routes=local.routes(local.Here(assistant), lambda: "right"))
    assert client.post("/local/export", json={}, headers={"authorization": shown}).status_code == 403
    assert client.post("/local/export", json={}, headers={"authorization": "Bearer right"}).status_code == 200


def test_a_refused_command_says_at_the_server_what_it_says_alone(assistant: Assistant) -> None:
    client = entered(routes=local.routes(local.Here(assistant), lambda: "right"))
    answer = client.post("/local/export", json={"form": "exe"}, headers={"authorization": "Bearer right"})
    assert (answer.status_code, answer.json()["error"]) == (200, "unknown_form")


def test_before_there_is_a_token_nobody_is_let_in(assistant: Assistant) -> None:
    client = entered(routes=local.routes(local.Here(assistant), lambda: ""))
    assert client.post("/local/export", json={}, headers={"authorization": "Bearer "}).status_code == 403


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"text": "x"}', '{"text": "x", "audio": 3}', '"ask"'])
def test_a_malformed_local_call_is_refused_and_nothing_is_stored(assistant: Assistant, body: str) -> None:
    client = entered(routes=local.routes(local.Here(assistant), lambda: "right"))
    answer = client.post("/local/ask", content=body, headers={"authorization": "Bearer right"})
    assert answer.status_code == 400
    with assistant.store.read() as db:
        assert not db.execute(sa.select(turns.c.id)).all()


def test_a_taken_port_is_said_before_anything_is_built(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BadInput, match="port_taken"):
            serve.run(replace(settings, port=taken.getsockname()[1]))


# -- the real server ------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def lueur(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant.cli", *words],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=90,
    )


def environment(home: Path) -> dict[str, str]:
    ours = {"LUEUR_HOME": str(home), "HF_HUB_OFFLINE": "1", "LUEUR_LANGUAGE": "en", "LUEUR_WARM": "false"}
    return {name: value for name, value in os.environ.items() if not name.startswith("LUEUR_")} | ours


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, subprocess.Popen[bytes]]]:
    home, port = tmp_path_factory.mktemp("served"), free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port)], env=environment(home)
    )
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 90
    while not (home / "token").exists():
        assert process.poll() is None, "the server ended by itself"
        assert time.monotonic() < until, "the server did not come up"
        time.sleep(0.1)
    yield url, home, process
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def test_the_real_page_answers_and_says_how_it_is(server: tuple[str, Path, Any]) -> None:
    url, _, _ = server
    page = httpx.get(url)
    assert page.status_code == 200
    assert "Lueur" in page.text
    assert page.headers["x-content-type-options"] == "nosniff"
    health = httpx.get(f"{url}/healthz").json()
    assert health["version"]
    assert isinstance(health["ready"], bool)
    assert httpx.get(url, headers={"host": "evil.example"}).status_code == 403


def test_pictures_of_products_are_served_and_kept(server: tuple[str, Path, Any]) -> None:
    url, _, _ = server
    picture = httpx.get(f"{url}/pictures/lamp-luma-red.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "max-age" in picture.headers["cache-control"]
    assert httpx.get(f"{url}/pictures/no-such-thing.svg").status_code == 404


def test_the_samples_of_the_empty_page_are_served_and_nothing_beside_them(server: tuple[str, Path, Any]) -> None:
    url, _, _ = server
    photo = httpx.get(f"{url}/samples/photo")
    assert photo.headers["content-type"] == "image/png"
    assert photo.content.startswith(b"\x89PNG")
    assert httpx.get(f"{url}/samples/voice").headers["content-type"] == "audio/wav"
    assert httpx.get(f"{url}/samples/..%2f..%2f__init__.py").status_code == 404


def test_only_the_owner_can_read_the_token(server: tuple[str, Path, Any]) -> None:
    _, home, _ = server
    assert stat.S_IMODE((home / "token").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) & 0o077 == 0 or home.stat().st_uid == os.getuid()


def test_a_second_server_names_the_port_of_the_first(server: tuple[str, Path, Any]) -> None:
    url, home, _ = server
    second = lueur(home, "serve", "--port", str(free_port()))
    assert second.returncode == 2
    assert url.rpartition(":")[2] in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1


def test_a_command_goes_through_the_running_server(server: tuple[str, Path, Any]) -> None:
    _, home, _ = server
    asked = lueur(home, "ask", "Pay Alice 12.50", "--json")
    reply = local.json.loads(asked.stdout)
    sheet = reply["cards"][0]
    tap = next(action["id"] for action in sheet["actions"] if action["style"] == "primary")
    paid = local.json.loads(lueur(home, "act", tap, "--session", reply["session"], "--json").stdout)
    assert [card["status"] for card in paid["cards"] if card["type"] == "receipt"] == ["succeeded"]
    refused = lueur(home, "act", "act_" + "0" * 32, "--json")
    assert refused.returncode == 2
    assert local.json.loads(refused.stdout)["error"] == "unknown_action"


def test_a_stopped_server_leaves_the_folder_to_commands(server: tuple[str, Path, Any]) -> None:
    _, home, process = server
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert not (home / "token").exists()
    assert lueur(home, "ask", "hello", "--json").returncode == 0
