"""The page's wiring: which event calls what. Looks stand in page.css, behaviour in feed.js, talk.js and scan.js.

Gradio shows one feed and one text box. Answers travel through hidden wires, one per kind of event, as pieces of HTML
that no template ever sees; `feed.js` puts them in their place, so nothing already shown is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from assistant.core import Assistant
from assistant.ui import shell
from assistant.ui.desk import Desk
from assistant.ui.gradio import QUEUE_REST, gr, stopping, tracker
from assistant.uploads import FILES

HERE = Path(__file__).parent
AT_ONCE = 16  # events of one kind that may run at the same time
WIRE = "watch('value', () => props.value && window.LUEUR.merge(props.value))"
SUBMIT = "(said) => { window.LUEUR.file(said); return {text: '', files: []}; }"
FONTS = (
    "ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "PingFang SC",
    "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei", "sans-serif",
)  # fmt: skip
HEAD = (
    '<meta name="color-scheme" content="light dark">'
    '<meta name="description" content="Lueur: the assistant you may hand your money to.">'
    "<link rel='icon' type='image/svg+xml' href=\"data:image/svg+xml," + quote(shell.read("mark.svg")) + '">'
)

LAUNCH: dict[str, Any] = {
    "theme": gr.themes.Base(font=FONTS, font_mono=("ui-monospace", "Menlo", "Consolas", "monospace")),
    "css_paths": [HERE / "page.css"],
    "head": HEAD,
    "footer_links": [],
    "run_history": False,
    "enable_monitoring": False,
    "max_file_size": "25mb",
    "show_error": False,
    "ssr_mode": False,
    "pwa": False,
    "mcp_server": False,
}


def build(assistant: Assistant, who: Callable[[gr.Request], str]) -> gr.Blocks:
    """The Blocks of the page. `who` returns the user id behind a request; launch it with `LAUNCH`."""
    desk = Desk(assistant, who)
    with gr.Blocks(title="Lueur", analytics_enabled=False, fill_height=True, fill_width=True) as page:
        feed = gr.HTML(
            shell.piece("page"), elem_id="feed", js_on_load=shell.words() + _script("feed.js"), apply_default_css=False
        )
        with gr.Row(elem_id="dock"):
            box = gr.MultimodalTextbox(
                elem_id="box", show_label=False, container=False, sources=["upload"], file_count="multiple",
                file_types=["image", "audio", ".pdf", *FILES], max_lines=6, autofocus=True,
                max_plain_text_length=100_000,
            )  # fmt: skip
            gr.HTML(shell.piece("eye"), elem_id="eye", js_on_load=_script("scan.js"), apply_default_css=False)
            gr.HTML(shell.piece("dock"), elem_id="ears", js_on_load=_script("talk.js"), apply_default_css=False)
        events = {"hello": desk.hello, "ask": desk.ask, "act": desk.act, "follow": desk.follow}
        for name, handle in events.items():
            _wire(getattr(feed, name), name, handle)
        box.submit(None, box, box, js=SUBMIT, api_visibility="private")
        gr.events.api(desk.api, api_name="ask", concurrency_limit=AT_ONCE)
    page._queue.sleep_when_free = QUEUE_REST
    return cast(gr.Blocks, page)


def routes() -> list[Any]:
    """What is served in the place of Gradio's own files."""
    from starlette.responses import Response
    from starlette.routing import Route

    if (file := tracker()) is None:
        return []
    script = stopping(file.read_text(encoding="utf-8"))
    return [Route(f"/assets/{file.name}", lambda _: Response(script, media_type="text/javascript"))]


def _wire(listen: Callable[..., Any], name: str, handle: Callable[..., Any]) -> None:
    wire = gr.HTML("", html_template="<i></i>", js_on_load=WIRE, elem_classes="wire", apply_default_css=False)
    settled = listen(
        handle, None, wire, show_progress="hidden", trigger_mode="multiple", concurrency_limit=AT_ONCE,
        concurrency_id=name, api_visibility="private", api_name=f"page_{name}",
    )  # fmt: skip
    settled.then(None, js=f"() => window.LUEUR.done('{name}')", api_visibility="private")


def _script(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
