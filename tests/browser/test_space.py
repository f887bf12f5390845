"""The page as a Space shows it: in a frame of another site, over https, with third-party cookies blocked."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import QUIET
from tests.rehearsal.proxy import INNER, OUTER, proxied
from tests.visitor import served


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    home = tmp_path_factory.mktemp("space")
    with (
        served(home, SPACE_ID="someone/lueur", HOME="/proc/nowhere", LUEUR_HOST="0.0.0.0") as (url, _),
        proxied(int(url.rpartition(":")[2]), tmp_path_factory.mktemp("key")) as port,
    ):
        yield port


@pytest.fixture
def framed(playwright: Any, chromium: str, space: int) -> Iterator[Any]:
    """A browser tab on the outer page; the frame in it is the Space."""
    flags = [f"--host-resolver-rules=MAP * 127.0.0.1:{space}", "--test-third-party-cookie-phaseout"]
    with playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *flags]) as browser:
        context = browser.new_context(ignore_https_errors=True, locale="en-US")
        page = context.new_page()
        page.goto(f"https://{OUTER}/spaces/someone/lueur")
        yield page
        context.close()


def test_in_the_frame_of_a_space_a_visitor_stays_the_same_and_no_script_sees_the_cookie(framed: Any) -> None:
    frame = framed.frame_locator("iframe")
    frame.locator("body[data-ready]").wait_for(timeout=60_000)
    box = frame.locator("#box textarea")
    box.fill("Pay Alice 12.50")
    box.press("Enter")
    frame.locator(".pay_sheet .primary").click()
    frame.locator(".receipt .ring").wait_for()
    inner = next(each for each in framed.frames if INNER in each.url)
    assert inner.evaluate("document.cookie") == ""
    (cookie,) = [each for each in framed.context.cookies() if "lueur" in each["name"]]
    assert cookie["name"] == "__Host-lueur"
    assert cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "None"
    assert OUTER in str(cookie.get("partitionKey", OUTER))
    frame.locator(".receipt .succeeded").wait_for(timeout=30_000)
    framed.reload()  # such a frame has no storage, so a new conversation begins; the person is the same
    frame.locator("body[data-ready]").wait_for(timeout=60_000)
    box.fill("show my payments")
    box.press("Enter")
    frame.locator(".answer", has_text="Alice Martin").wait_for(timeout=30_000)


def test_no_other_site_may_frame_it(playwright: Any, chromium: str, space: int) -> None:
    flags = [f"--host-resolver-rules=MAP * 127.0.0.1:{space}"]
    with playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *flags]) as browser:
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.goto(f"https://{OUTER}.evil.example/")
        page.wait_for_timeout(3000)
        assert not page.frame_locator("iframe").locator("#feed").count()
