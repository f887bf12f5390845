"""The door under attack: the real server in a process of its own, each attack by its name, with its outcome."""

import io
import socket
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from assistant import door
from assistant.language.messages import say
from tests.senses.test_bad_pictures import png
from tests.visitor import ACTION, Visitor, served

SPACE = {"x-forwarded-proto": "https", "x-forwarded-host": "lueur.hf.space"}  # what a proxy in front of a Space adds


@dataclass(frozen=True)
class Place:
    url: str
    home: Path
    pid: int

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def memory(self) -> int:
        """Bytes that the server's process holds."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * 4096


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A page of strangers, as on a Space."""
    home = tmp_path_factory.mktemp("shared")
    with served(home, LUEUR_MODE="demo", LUEUR_UNDO_SECONDS="0") as (url, process):
        yield Place(url, home, process.pid)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The page of one owner."""
    home = tmp_path_factory.mktemp("own")
    with served(home) as (url, process):
        yield Place(url, home, process.pid)


@contextmanager
def visiting(place: Place, **how: object) -> Iterator[Visitor]:
    visitor = Visitor(place.url, **how).open()
    yield visitor
    visitor.close()


# -- who may call ---------------------------------------------------------------------------------------------------

PATHS = ["/", "/healthz", "/config", "/gradio_api/queue/data?session_hash=x", "/payments.csv", "/pictures/x.svg"]


@pytest.mark.parametrize("path", PATHS)
def test_dns_rebinding_another_name_for_this_machine_reaches_nothing(own: Place, path: str) -> None:
    for host in ("evil.example", f"evil.example:{own.port}", "127.0.0.1.evil.example", "169.254.0.1"):
        assert httpx.get(own.url + path, headers={"host": host}).status_code == 403


def test_dns_rebinding_a_shared_page_under_another_name_knows_nobody(shared: Place) -> None:
    with visiting(shared) as visitor:
        visitor.ask("Pay Alice 9 euros")
        stranger = httpx.get(f"{shared.url}/payments.csv", headers={"host": "evil.example"})
    assert stranger.status_code == 403  # a browser sends the cookie of a page to that page's own name alone


FORGED = [{"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:1"},
          {"sec-fetch-site": "cross-site"}]  # fmt: skip


@pytest.mark.parametrize("head", FORGED)
def test_csrf_another_sites_page_can_ask_tap_and_upload_nothing(shared: Place, head: dict[str, str]) -> None:
    with visiting(shared) as visitor:
        sheet = visitor.ask("Pay Alice 9 euros")
        pay = ACTION.findall(sheet)[-1]
        event = {"session": visitor.session, "id": pay}
        body = {"data": [], "event_data": event, "fn_index": visitor.functions["page_act"], "session_hash": "evil"}
        as_form = {"content-type": "text/plain"}  # what a form of another site may send without being asked first
        assert visitor.http.post("/gradio_api/queue/join", json=body, headers=head | as_form).status_code == 403
        files = {"files": ("a.png", b"x")}
        assert visitor.http.post("/gradio_api/upload", files=files, headers=head).status_code == 403
        assert visitor.http.post(f"/live/{visitor.session}/open", headers=head).status_code == 403
        assert visitor.http.get("/payments.csv").text.count("\n") <= 1


def test_csrf_another_sites_page_can_read_nothing_whatever_a_preflight_says(shared: Place) -> None:
    """Gradio itself answers preflights, and on a public host grants every origin; the call is refused all the same."""
    with visiting(shared) as visitor:
        for path in ("/payments.csv", "/config", "/healthz", "/gradio_api/info"):
            answer = visitor.http.get(path, headers={"origin": "https://evil.example", "host": "lueur.hf.space"})
            assert answer.status_code == 403
            assert answer.text == "Another site may not call this page."


def test_cookie_theft_no_script_can_read_the_cookie_and_no_frame_elsewhere_gets_it(shared: Place) -> None:
    plain = httpx.get(shared.url).headers["set-cookie"]
    framed = httpx.get(shared.url, headers=SPACE).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(plain.split("; "))
    assert {"HttpOnly", "SameSite=None", "Secure", "Partitioned", "Path=/"} <= set(framed.split("; "))
    assert framed.startswith("__Host-lueur=")
    assert "domain" not in (plain + framed).lower()


def test_session_fixation_a_planted_cookie_or_session_is_never_taken_over(shared: Place) -> None:
    with visiting(shared) as attacker:
        attacker.ask("remember this is the attacker")
        planted = attacker.http.cookies["lueur"]
        for cookie in ("lueur=usr_chosen", f"lueur={planted[:-1]}0", f"lueur=usr_{'0' * 32}.{planted.split('.')[1]}"):
            fresh = httpx.get(shared.url, headers={"cookie": cookie}).headers["set-cookie"]
            assert cookie.split("=")[1] not in fresh
        over_https = httpx.get(shared.url, headers={**SPACE, "cookie": f"lueur={planted}"})
        assert "__Host-lueur=" in over_https.headers["set-cookie"]  # a neighbouring host can plant no __Host- cookie
        with visiting(shared) as victim:
            said = victim.fire("hello", session=attacker.session)[-1]
            assert "the attacker" not in said
            assert attacker.session not in said


# -- what is whose --------------------------------------------------------------------------------------------------


def test_no_visitor_sees_anothers_session_sheet_file_receipt_or_answers(shared: Place) -> None:
    with visiting(shared) as one, visiting(shared) as other:
        sheet = one.ask("Pay Alice 7.77 for my secret pineapple")
        pay = ACTION.findall(sheet)[-1]
        file = one.upload("mine.png", png(4, 4, 4))
        camera = f"/live/{one.session}/open"
        assert "pineapple" not in other.fire("hello", session=one.session)[-1]
        assert "pineapple" not in other.fire("ask", session=one.session, text="history")[-1]
        for session in (one.session, other.session):
            assert 'class="receipt' not in other.fire("act", session=session, id=pay)[-1]
        assert say("en", "errors.upload_gone").split(".")[0] in other.ask("", file)
        assert other.http.get(f"/gradio_api/file={file}").status_code == 404
        assert other.http.post(camera, headers={"content-length": "0"}).status_code == 404
        eavesdropped = other.http.get("/gradio_api/queue/data", params={"session_hash": one.tab})
        assert eavesdropped.status_code == 404
        paid = one.tap(pay)
        (receipt,) = {word for word in paid.replace('"', " ").split() if word.startswith("pay_")} or {""}
        for page in (f"/receipts/{receipt}", f"/receipts/{receipt}.json", f"/challenge/{receipt}"):
            assert one.http.get(page).status_code in (200, 303)
            assert other.http.get(page).status_code in (403, 404)
        assert "7.77" in one.http.get("/payments.csv").text
        assert "7.77" not in other.http.get("/payments.csv").text
        mine = one.http.get(f"/gradio_api/file={file}")
        assert mine.content == png(4, 4, 4)
        assert mine.headers["content-security-policy"] == "default-src 'none'; sandbox"


# -- files ----------------------------------------------------------------------------------------------------------

NAMES = ["../../lueur.db", "/etc/cron.d/x", "..", "a/../../b.png", "..\\..\\c.png", "n\x00.png", "\u202egnp.exe",
         "x" * 400 + ".png", " ", "?a=#%2e%2e.png"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_path_tricks_a_files_name_leads_nowhere_but_into_its_own_folder(shared: Place, name: str) -> None:
    with visiting(shared) as visitor:
        before = {path for path in shared.home.rglob("*") if "uploads" not in path.parts}
        handle = visitor.upload(name, b"data")
        assert handle.count("/") == 1 and ".." not in handle.split("/")
        stored = list((shared.home / "uploads").glob(f"*/{handle.split('/')[0]}/*"))
        assert [path.read_bytes() for path in stored] == [b"data"]
        assert stored[0].resolve().is_relative_to(shared.home / "uploads")
        assert {path for path in shared.home.rglob("*") if "uploads" not in path.parts} == before


READ = ["/etc/passwd", "../lueur.db", "{home}/lueur.db", "{home}/cookie.key", "{home}/token", "https://example.org/",
        "http://127.0.0.1:1/", "file:///etc/passwd", "%2e%2e/%2e%2e/lueur.db", "..%2f..%2fetc%2fpasswd"]  # fmt: skip


@pytest.mark.parametrize("path", READ)
def test_path_tricks_no_address_reads_a_file_of_the_machine_or_another_server(shared: Place, path: str) -> None:
    with visiting(shared) as visitor:
        wanted = path.format(home=shared.home)
        for way in ("/gradio_api/file=", "/gradio_api/file/", "/gradio_api/proxy=", "/file="):
            assert visitor.http.get(way + wanted).status_code in (403, 404), way
        assert say("en", "errors.upload_gone").split(".")[0] in visitor.ask("", wanted)


@pytest.mark.parametrize("path", ["/gradio_api/component_server", "/gradio_api/run/ask", "/gradio_api/vibe-code",
                                  "/gradio_api/reset", "/gradio_api/process_recording", "/monitoring", "/login",
                                  "/gradio_api/queue/status", "/gradio_api/runs"])  # fmt: skip
def test_what_the_page_never_asks_for_is_not_served(shared: Place, path: str) -> None:
    assert httpx.get(shared.url + path).status_code == 404
    assert httpx.post(shared.url + path, json={}).status_code == 404


def chunks(megabytes: int, boundary: bytes = b"b") -> Iterator[bytes]:
    yield b"--" + boundary + b'\r\nContent-Disposition: form-data; name="files"; filename="big.csv"\r\n\r\n'
    for _ in range(megabytes):
        yield bytes(1 << 20)


def test_oversize_a_body_over_the_limit_is_refused_and_nothing_of_it_stays(shared: Place) -> None:
    with visiting(shared) as visitor:
        before = shared.memory()
        head = {"content-type": "multipart/form-data; boundary=b"}
        for body in (bytes(65 << 20), chunks(70)):  # announced, and not
            with suppress(httpx.TransportError):  # the server may hang up while we still send
                answer = visitor.http.post("/gradio_api/upload", content=body, headers=head)
                assert answer.status_code == 413
        assert visitor.http.post("/gradio_api/queue/join", content=bytes(2 << 20)).status_code == 413
        big = {"files": ("big.csv", bytes(26 << 20))}
        assert visitor.http.post("/gradio_api/upload", files=big).status_code == 413
        assert not [
            path for path in (shared.home / "uploads").rglob("*") if path.is_file() and path.stat().st_size > 99
        ]
        assert shared.memory() - before < 200 << 20
        assert httpx.get(f"{shared.url}/healthz").status_code == 200


def test_oversize_what_waits_for_one_person_is_bounded(shared: Place) -> None:
    with visiting(shared) as visitor:
        sent = [visitor.http.post("/gradio_api/upload", files={"files": (f"{n}.csv", bytes(24 << 20))}).status_code
                for n in range(5)]  # fmt: skip
        assert sent == [200, 200, 200, 200, 413]


# -- bombs ----------------------------------------------------------------------------------------------------------


def workbook(megabytes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("[Content_Types].xml", "<Types/>")
        with pack.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(megabytes):
                sheet.write(b" " * (1 << 20))
    return out.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha">' + b"".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">'.encode() for old, new in zip("abcdefghi", "bcdefghij", strict=True)
) + b']><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><a>&j;</a></Document>'  # fmt: skip
BOMBS = {
    "zip bomb": ("rows.xlsx", lambda: workbook(900)),
    "image bomb": ("wide.png", lambda: png(60_000, 60_000, 1000)),
    "xml bomb": ("camt.xml", lambda: LAUGHS),
    "nesting bomb": ("deep.json", lambda: b"[" * 500_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_with_a_sentence_and_the_server_goes_on(shared: Place, name: str) -> None:
    with visiting(shared) as visitor:
        before = shared.memory()
        file, made = BOMBS[name]
        answer = visitor.ask("", visitor.upload(file, made()))
        assert 'class="card notice"' in answer, answer
        assert "fault" not in answer, "it was refused by a rule, not by an accident"
        assert shared.memory() - before < 400 << 20
        assert "€8" in visitor.ask("Pay Alice 8 euros")


def test_bombs_a_deeply_nested_call_is_refused_and_the_server_goes_on(shared: Place) -> None:
    with visiting(shared) as visitor:
        answer = visitor.http.post("/gradio_api/queue/join", content=b'{"data":' + b"[" * 400_000,
                                   headers={"content-type": "application/json"})  # fmt: skip
        assert 400 <= answer.status_code < 500
        assert "€8" in visitor.ask("Pay Alice 8 euros")


# -- slow requests --------------------------------------------------------------------------------------------------


def letter_by_letter(port: int, text: bytes, seconds: float) -> float:
    """Send one byte a second; seconds until the server hung up, or infinity."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        began = time.monotonic()
        line.settimeout(1.0)
        for letter in text:
            try:
                line.sendall(bytes([letter]))
                if line.recv(4096) == b"":
                    return time.monotonic() - began
            except TimeoutError:
                pass
            except OSError:
                return time.monotonic() - began
            if time.monotonic() - began > seconds:
                break
    return float("inf")


def test_oversize_a_body_with_two_lengths_is_refused(own: Place) -> None:
    hidden = b"0\r\n\r\nGET /export/json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    both = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", own.port), timeout=10) as line:
        line.sendall(b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: 127.0.0.1\r\n" + both + hidden)
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1 ") == 1, "the call hidden in the body was answered"


def test_slow_requests_lose_their_line_and_the_page_answers_beside_them(own: Place) -> None:
    head = b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n"
    open_end = head + b"Content-Type: application/json\r\n\r\n"
    with ThreadPoolExecutor(3) as slow:
        first = slow.submit(letter_by_letter, own.port, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 90, 60)
        second = slow.submit(_late_body, own.port, open_end)
        silent = slow.submit(letter_by_letter, own.port, b"", 60)
        crowd = [socket.create_connection(("127.0.0.1", own.port)) for _ in range(door.MOST_LINES + 50)]
        until = time.monotonic() + 4 * door.HEAD_SECONDS
        while time.monotonic() < until:
            try:
                assert httpx.get(f"{own.url}/healthz", timeout=5).status_code == 200
                break
            except httpx.TransportError:
                time.sleep(0.5)
        else:
            pytest.fail("silent connections kept everybody out")
        assert first.result() < 3 * door.HEAD_SECONDS
        assert second.result() < 3 * door.BODY_SECONDS
        silent.result()
        for line in crowd:
            line.settimeout(3 * door.HEAD_SECONDS)
            with suppress(ConnectionResetError):
                assert line.recv(1) == b"", "a connection that said nothing is still open"
            line.close()


def test_slow_requests_one_visitors_open_streams_leave_the_others_their_lines(shared: Place) -> None:
    with visiting(shared) as hog:
        cookie = "; ".join(f"{name}={value}" for name, value in hog.http.cookies.items())
        head = f"Host: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n"
        lines = [socket.create_connection(("127.0.0.1", shared.port)) for _ in range(door.MOST_LINES - 20)]
        for number, line in enumerate(lines):
            line.sendall(f"GET /gradio_api/heartbeat/tab{number} HTTP/1.1\r\n{head}".encode())
        time.sleep(door.PLACE_SECONDS + 2)
        told = [_first_line(line) for line in lines]
        assert sum("200" in each for each in told) <= door.MOST_CALLS
        assert sum("429" in each for each in told) >= len(lines) - door.MOST_CALLS
        with visiting(shared) as other:
            assert "12.50" in other.ask("Pay Alice 12.50")
        for line in lines:
            line.close()
        assert hog.http.get("/robots.txt").status_code == 200


def _first_line(line: socket.socket) -> str:
    line.settimeout(1.0)
    try:
        return line.recv(4096).partition(b"\r\n")[0].decode()
    except OSError:
        return ""


def _late_body(port: int, head: bytes) -> float:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(head)
        began = time.monotonic()
        line.settimeout(4 * door.BODY_SECONDS)
        said = line.recv(4096)
        assert said.startswith((b"HTTP/1.1 408", b"HTTP/1.1 400")), said
        return time.monotonic() - began


# -- what every answer wears ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/gradio_api/file=x", "/gradio_api/runs"])
def test_every_answer_wears_the_headers(shared: Place, path: str) -> None:
    heads = httpx.get(shared.url + path).headers
    assert heads["x-content-type-options"] == "nosniff"
    assert heads["content-security-policy"].startswith("default-src 'self'")
    assert heads["referrer-policy"] == "same-origin"


def test_a_visitor_who_is_too_quick_is_told_so_and_answered_again_later(shared: Place) -> None:
    with visiting(shared) as visitor:
        answers = [visitor.ask("hello") for _ in range(14)]
        assert any(say("en", "errors.too_fast").split(".")[0] in answer for answer in answers)
        time.sleep(2)
        assert say("en", "errors.too_fast").split(".")[0] not in visitor.ask("hello")
