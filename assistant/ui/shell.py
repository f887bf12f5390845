"""The page before anything is said, static and the same for everybody: `page.html`, `dock.html` and `eye.html`.

An element with `data-t` is given its label, a bare `aria-label` the one of its `data-l`, in English; `feed.js` rewrites
both in the reader's language from `WORDS`. `[[name]]` is a drawing.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from assistant.language.messages import catalogue, say
from assistant.request import LANGUAGES
from assistant.ui.markup import Html, escaped, icon

HERE = Path(__file__).parent
CARD_WORDS = ("column_", "field_", "kind_", "match_", "status_", "tone_", "delivery")  # only on cards
LABELLED = re.compile(r'data-t="(?P<key>\w+)"[^>]*>(?=</)')
NAMED = re.compile(r'data-l="(?P<key>\w+)" aria-label(?=[ >])')


def read(name: str) -> str:
    """A file of this folder as one line: what is indented is not told apart by spaces."""
    return "".join(map(str.strip, (HERE / name).read_text(encoding="utf-8").splitlines()))


def piece(name: str) -> Html:
    """The page, its dock or its eye, with drawings and English labels."""
    drawn = re.sub(r"\[\[([\w-]+)\]\]", lambda found: _drawing(found[1]), read(f"{name}.html"))
    labelled = LABELLED.sub(lambda found: found[0] + _label(found["key"]), drawn)
    return Html(NAMED.sub(lambda found: f'{found[0]}="{_label(found["key"])}"', labelled))


def _drawing(name: str) -> str:
    return read("mark.svg").replace("glow", name) if name.startswith("mark") else icon(name)


def _label(key: str) -> Html:
    return escaped(say("en", f"ui.{key}"))


def words() -> str:
    """Every label that the page itself may need, in every language, as the first line of its script."""
    known = {
        language: {key: text for key, text in catalogue(language)["ui"].items() if not key.startswith(CARD_WORDS)}
        for language in LANGUAGES
    }
    return f"window.LUEUR = {{words: {json.dumps(known, ensure_ascii=False)}}};\n"
