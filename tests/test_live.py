"""The open camera's door: whose session it is, how much may come in, and what remains when it closes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assistant.conversation import OWNER
from assistant.core import Assistant
from assistant.money import Money
from assistant.protocols import live
from assistant.settings import Settings
from assistant.store import turns
from workshop import papers
from workshop.papers import FILES

SIZE = (1280, 720)
LAMP = "9520000000011"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    opened = Assistant(Settings(home=tmp_path_factory.mktemp("home"), undo_seconds=0, offline=True))
    opened.senses.start()
    yield opened
    opened.close()


class Page:
    """One visitor's page with its camera. Its clock stands still until it is moved."""

    def __init__(self, assistant: Assistant, user: str = OWNER, cameras: live.Cameras | None = None) -> None:
        self.now = 1000.0
        self.assistant = assistant
        self.who = assistant.open(user)
        cameras = cameras or live.Cameras(lambda: self.now)
        self.client = TestClient(Starlette(routes=live.routes(assistant, lambda _: user, cameras)))

    def post(self, verb: str, body: bytes = b"", session: str = "", language: str = "en") -> Any:
        return self.client.post(f"/live/{session or self.who.id}/{verb}?language={language}", content=body)

    def frame(self, picture: bytes) -> list[dict[str, Any]]:
        self.now += 1
        answer = self.post("frame", picture)
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    def stored(self) -> int:
        with self.assistant.store.read() as db:
            count = sa.select(sa.func.count()).where(turns.c.session_id == self.who.id)
            return int(db.execute(count).scalar_one())


@pytest.fixture
def page(assistant: Assistant) -> Page:
    return Page(assistant)


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def scene(*sheets: Image.Image, turn: float = 0) -> bytes:
    """A camera's frame with sheets side by side, turned by `turn` degrees."""
    desk = Image.new("RGB", SIZE, (146, 138, 124))
    wide = SIZE[0] // len(sheets)
    for place, sheet in enumerate(sheets):
        small = sheet.copy()
        small.thumbnail((wide - 40, SIZE[1] - 60))
        desk.paste(small, (place * wide + (wide - small.width) // 2, (SIZE[1] - small.height) // 2))
    return jpeg(desk.rotate(turn, Image.Resampling.BICUBIC, fillcolor=(146, 138, 124)))


def box(gtin: str = LAMP) -> Image.Image:
    return papers.barcode_sheet("A box", gtin)


def tag(price: str = "41.88") -> Image.Image:
    return papers.tag_sheet("Luma desk lamp, red", Money.of(price, "EUR"), LAMP)


def cards(answers: list[dict[str, Any]]) -> str:
    return "".join(answer.get("html", "") for answer in answers)


def test_a_code_is_a_card_at_once_and_never_a_second_one(page: Page) -> None:
    assert "Luma desk lamp, red" in cards(page.frame(scene(box())))
    assert cards(page.frame(scene(box()))) == ""
    assert page.post("open").json()["html"].count("<article") == 1


def test_two_codes_in_one_frame_are_two_cards(page: Page) -> None:
    html = cards(page.frame(scene(box(), box("9520000000028"))))
    assert html.count("<article") == 2


@pytest.mark.parametrize("turn", [15, -30, 90])
def test_a_code_that_lies_askew_is_read(page: Page, turn: float) -> None:
    assert "Luma desk lamp, red" in cards(page.frame(scene(box(), turn=turn)))


def test_a_price_tag_needs_two_frames_and_takes_the_place_of_its_own_code(page: Page) -> None:
    first, again = page.frame(scene(tag()))[0:-1], page.frame(scene(tag()))
    assert "this shelf" not in cards(first)
    assert "17 % less there" in cards(again)
    assert page.post("open").json()["html"].count("<article") == 1


def test_a_bill_becomes_a_card_with_a_button_that_pays_nothing_by_itself(page: Page) -> None:
    invoice = jpeg(Image.open(FILES / "invoice.png").convert("RGB"))
    assert page.frame(invoice)[-1] == {"again": True}
    html = cards(page.frame(invoice))
    assert "184.20" in html
    assert "data-leave" in html
    assert not page.assistant.rooms.payments.history(OWNER)


def test_an_empty_desk_says_nothing(page: Page) -> None:
    noise = np.random.default_rng(3).integers(90, 130, (*SIZE[::-1], 3)).astype("uint8")
    assert cards(page.frame(jpeg(Image.fromarray(noise)))) == ""
    assert page.post("close").json() == {"html": ""}
    assert page.stored() == 0


@pytest.mark.parametrize(("body", "words"), [(b"<svg/>", "not a picture"), (b"", "empty")])
def test_what_is_no_picture_is_refused_with_a_sentence(page: Page, body: bytes, words: str) -> None:
    assert words in page.frame(body)[-1]["error"]


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(page: Page) -> None:
    assert "error" in page.frame(jpeg(Image.new("L", (4000, 2000))))[-1]


def test_a_frame_of_too_many_bytes_is_not_even_read(page: Page) -> None:
    assert page.post("frame", bytes(live.LARGEST_FRAME + 1)).status_code == 413
    assert page.post("tap", bytes(live.LARGEST_TAP + 1)).status_code == 413


def test_more_than_four_frames_a_second_are_turned_away_in_the_readers_language(page: Page) -> None:
    answers = [page.post("frame", b"x", language="fr") for _ in range(live.BURST + 2)]
    assert [answer.status_code for answer in answers] == [200] * live.BURST + [429] * 2
    assert "caméra" in answers[-1].json()["error"]
    page.now += 0.25
    assert [page.post("frame", b"x").status_code for _ in range(2)] == [200, 429]


def test_the_limit_is_the_visitors_whatever_session_is_named(page: Page) -> None:
    other = page.assistant.open(OWNER).id
    statuses = [page.post("frame", b"x", session).status_code for session in ("", other) * 3]
    assert statuses.count(429) == 6 - live.BURST


@pytest.mark.parametrize("verb", ["open", "frame", "tap", "close"])
def test_somebody_elses_session_does_not_exist(page: Page, verb: str) -> None:
    stranger = Page(page.assistant, "usr_stranger")
    page.frame(scene(box()))
    assert stranger.post(verb, b"{}", session=page.who.id).status_code == 404
    assert stranger.post(verb, b"{}", session="ses_of_nobody").status_code == 404
    assert page.post("open").json()["html"].count("<article") == 1


@pytest.mark.parametrize("body", [b"", b"[]", b'{"id": 3}', b'{"id": "act_made_up"}', b"\xff"])
def test_a_tap_that_the_page_was_not_given_does_nothing(page: Page, body: bytes) -> None:
    page.frame(scene(box()))
    assert page.post("tap", body).status_code in (400, 404)


def test_a_tap_adds_to_the_cart_without_a_turn_and_names_what_is_left_of_the_budget(assistant: Assistant) -> None:
    page = Page(assistant, "usr_basket")
    assistant.rooms.shop.carts.limit("usr_basket", Money.of("60.00", "EUR"))
    tap = re.search(r'data-stay="(\w+)"', cards(page.frame(scene(box()))))
    assert tap
    body = json.dumps({"id": tap[1]}).encode()
    first, second = page.post("tap", body).json(), page.post("tap", body).json()
    assert first["done"]
    assert "1 item" in first["sum"]
    assert "left" in first["sum"]
    assert not second["done"], "a second lamp is above the budget"
    assert second["said"]
    assert page.stored() == 0
    assert page.post("close").json()["html"].count("Cart") >= 1


def test_what_was_found_becomes_one_turn_and_the_camera_forgets(page: Page) -> None:
    page.frame(scene(box()))
    page.frame(scene(box("9520000000028")))
    assert page.stored() == 0
    html = page.post("close").json()["html"]
    assert html.count('class="product"') == 2
    assert page.stored() == 1
    (turn,) = page.assistant.history(page.who)
    assert [item["title"] for item in turn["reply"]["cards"][0]["products"]] == [
        "Luma desk lamp, red", "Luma desk lamp, black",
    ]  # fmt: skip
    assert page.assistant.conversations.state(page.who).results == ("lamp-luma-red", "lamp-luma-black")
    assert page.post("close").json() == {"html": ""}


def test_cameras_are_bounded_and_silent_ones_are_forgotten() -> None:
    now = 0.0
    cameras = live.Cameras(lambda: now)
    first = cameras.of("ses_first")
    for number in range(live.MOST + 5):
        now += 1
        cameras.of(f"ses_{number}")
    assert cameras.close("ses_first") is not first
    assert sum(cameras.close(f"ses_{number}") is not None for number in range(live.MOST + 5)) == live.MOST
    cameras.of("ses_late")
    now += live.IDLE + 1
    cameras.of("ses_new")
    assert cameras.close("ses_late") is None
