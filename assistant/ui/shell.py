"""The page before anything is said: header, settings, the empty conversation. Static, the same for everybody.

Every label stands in English with its key in `data-t`; `feed.js` rewrites it in the reader's language from `WORDS`.
"""

from __future__ import annotations

import json

from assistant.language.messages import catalogue, say
from assistant.request import LANGUAGES
from assistant.ui.markup import Html, el, icon, join

CARD_WORDS = ("column_", "field_", "kind_", "match_", "status_", "tone_", "delivery")  # only on cards
NAMES = {"en": "English", "fr": "Français", "zh": "中文"}
MARK = (
    '<svg class="mark" viewBox="0 0 64 64" aria-hidden="true"><defs>'
    '<radialGradient id="glow" gradientUnits="userSpaceOnUse" cx="32" cy="41" r="25">'
    '<stop offset="0" stop-color="#fff4d6"/><stop offset=".3" stop-color="#ffcf7d"/>'
    '<stop offset=".68" stop-color="#9a74ff"/><stop offset="1" stop-color="#4f46e5"/>'
    '</radialGradient></defs><path d="M8 41a24 24 0 0 1 48 0z" fill="url(#glow)"/>'
    '<path d="M17 48h30" stroke="#ffb95a" stroke-width="3.4" stroke-linecap="round"/>'
    '<path d="M25 55h14" stroke="#8f6bff" stroke-width="3.4" stroke-linecap="round"/></svg>'
)  # fmt: skip
ICON = MARK.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')


def label(tag: str, key: str, cls: str = "", **more: object) -> Html:
    return el(tag, say("en", f"ui.{key}"), cls=cls, data_t=key, **more)


def pressed(inner: object, key: str, cls: str, **more: object) -> Html:
    """A button that shows a drawing; its name is for the ear and the pointer."""
    return el("button", inner, cls=cls, type="button", data_l=key, aria_label=say("en", f"ui.{key}"), **more)


def chip(kind: str, key: str, **more: object) -> Html:
    """A sentence to try, with what it shows beneath it."""
    words = el("span", label("span", key), label("span", f"{key}_note", "muted"))
    return el("button", icon(kind), words, cls="starter", type="button", **more)


def welcome() -> Html:
    chips = [
        chip("send", "chip_pay", data_ask="chip_pay"),
        chip("photo", "chip_photo", data_ask="chip_photo", data_sample="photo"),
        chip("mic", "chip_voice", data_sample="voice"),
        chip("search", "chip_shop", data_ask="chip_shop"),
        chip("chart", "chip_wealth", data_ask="chip_wealth"),
        chip("share", "chip_split", data_ask="chip_split"),
        chip("alert", "chip_lies", data_ask="chip_poison", data_sample="poison"),
        chip("plug", "chip_plug", data_ask="chip_plug"),
    ]
    head = (Html(MARK), label("h2", "hero"), label("p", "hero_line", "lead"))
    fine = label("p", "private", "muted fine")
    return el("div", *head, el("div", id="noticed"), el("div", *chips, cls="starters"), fine, id="welcome")


def setting(name: str, key: str, options: list[tuple[str, Html]]) -> Html:
    choices = [
        el("label", el("input", type="radio", name=name, value=value), text, cls="option") for value, text in options
    ]
    return el("fieldset", label("legend", key), *choices)


def settings() -> Html:
    languages = [("", label("span", "language_auto"))] + [(code, el("span", NAMES[code], lang=code)) for code in NAMES]
    themes = [(value, label("span", f"theme_{value or 'system'}")) for value in ("", "light", "dark")]
    voices = [(value, label("span", f"voice_{value or 'off'}")) for value in ("", "on")]
    hands = [(value, label("span", f"voice_{value or 'off'}")) for value in ("", "on")]
    close = pressed(icon("cross"), "close", "round", data_close=True)
    return el("dialog",
        el("header", label("h2", "settings", id="settings-title"), close),
        setting("language", "language", languages),
        setting("theme", "theme", themes),
        setting("voice", "voice", voices),
        label("p", "voice_note", "muted fine"),
        label("p", "voice_none", "caution", id="voiceless", hidden=True),
        setting("hands", "hands", hands),
        label("p", "hands_note", "muted fine"),
        el("fieldset", id="weights"),
        label("p", "private", "muted fine"),
        label("button", "chip_memory", "button secondary", type="button", data_ask="chip_memory"),
        label("button", "new_chat", "button secondary", type="button", id="fresh"),
        id="settings", aria_labelledby="settings-title",
    )  # fmt: skip


def page() -> Html:
    header = el("header",
        el("h1", Html(MARK.replace("glow", "glow-small")), "Lueur"),
        el("span", label("span", "test_mode"), cls="tag test", data_l="test_mode_long"),
        pressed(icon("gear"), "settings", "round", id="open-settings"), id="top",
    )  # fmt: skip
    log = el("div", id="log", role="log", aria_live="polite", data_l="conversation", tabindex="-1")
    return join(
        [header, el("div", welcome(), log, id="scroll"), el("p", id="says", cls="sr", role="status"), settings()]
    )


def dock() -> Html:
    """The microphone beside the text box."""
    level = Html('<svg class="level" viewBox="0 0 56 56" aria-hidden="true"><circle cx="28" cy="28" r="25"/></svg>')
    return join([
        pressed(join([level, icon("mic"), icon("stop")]), "talk", "talk", id="talk", aria_pressed="false"),
        el("p", id="ear", cls="hint", role="status", hidden=True),
    ])  # fmt: skip


def eye() -> Html:
    """The open camera: what it sees, what it has found, the cart, and a shutter for a photo of its own."""
    stage = el("div",
        el("video", autoplay=True, playsinline=True, muted=True), el("i", cls="frame"),
        el("header", pressed(icon("cross"), "close", "round", data_close=True), label("p", "eye_tip"),
           pressed(icon("torch"), "torch", "round", id="torch", aria_pressed="false", hidden=True),
           pressed(icon("flip"), "flip", "round", id="flip", hidden=True)),
        el("div", el("p"), label("button", "choose_photo", "button", type="button", data_choose=True),
           id="scan-state", hidden=True),
        pressed(el("span"), "shutter", "shutter", data_shoot=True), cls="stage",
    )  # fmt: skip
    tray = el("div",
        el("div", id="finds", role="log", aria_live="polite", data_l="eye"), label("p", "eye_empty", "muted"),
        el("p", id="scan-note", role="status"), el("div", id="scan-sum"), cls="tray",
    )  # fmt: skip
    file = el("input", type="file", accept="image/*", capture="environment", hidden=True, tabindex="-1")
    return join([pressed(icon("eye"), "eye", "round", id="eye-open"), file,
                 el("dialog", stage, tray, id="scan", data_l="eye")])  # fmt: skip


def words() -> str:
    """Every label that the page itself may need, in every language, as the first line of its script."""
    known = {
        language: {key: text for key, text in catalogue(language)["ui"].items() if not key.startswith(CARD_WORDS)}
        for language in LANGUAGES
    }
    return f"window.LUEUR = {{words: {json.dumps(known, ensure_ascii=False)}}};\n"
