"""Everything a person can set, read once from the environment (`LUEUR_*`) and printable with secrets masked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from assistant.errors import BadInput, Refused

Mode = Literal["personal", "demo"]
LIVE_KEYS = ("sk_live_", "rk_live_")
TEST_KEYS = ("sk_test_", "rk_test_")
SECRETS = ("stripe_key", "webhook_secret", "speech_key", "llm_key")


@dataclass(frozen=True, slots=True)
class Settings:
    home: Path = field(default_factory=lambda: Path.home() / ".lueur")
    mode: Mode = "personal"
    host: str = "127.0.0.1"
    port: int = 7860
    public_url: str = ""  # where browsers find the page, if not at http://127.0.0.1:port
    language: str = ""  # empty: follow the words of each request
    currency: str = "EUR"  # the base currency of a new person
    voice_limit: int = 5000  # minor units a repeated amount may confirm aloud; 0 switches it off
    undo_seconds: int = 10  # between a tap on the page and the provider; the command line uses 0
    demo_data: bool = True  # a new person starts with the made-up household
    warm: bool = True  # load the models of pictures at the start; false: with the first picture
    tenant_hours: int = 6  # demo mode: after so long without a visit a tenant is erased
    stripe_key: str = ""  # empty: the sandbox; sk_test_ or rk_test_: Stripe test mode
    webhook_secret: str = ""
    speech_url: str = ""  # an OpenAI-compatible transcription endpoint
    speech_key: str = ""
    llm_url: str = ""  # an OpenAI-compatible chat endpoint, up to and with /v1
    llm_key: str = ""
    llm_model: str = ""  # the endpoint's model; without an endpoint the folder or hub name of a chat checkpoint
    llm_seconds: int = 20  # that one answer of it may take
    whisper: str = ""  # path of a Whisper checkpoint (.pt) or a folder of safetensors
    siglip: str = ""  # folder of a SigLIP 2 checkpoint, which then looks at every picture
    vlm: str = ""  # folder of a vision-language checkpoint (SmolVLM), which says what an unknown thing is
    address: str = ""  # where goods of a shop added by URL go: name; street; postal code; city; country code
    food_facts: str = ""  # address of Open Food Facts (https://world.openfoodfacts.org); empty: no code leaves here
    mcp: str = ""  # for agents here: prepare (they look and prepare) or confirm (their person may confirm there too)
    offline: bool = False  # never ask the model hub

    def masked(self) -> dict[str, str]:
        """Every setting as text; a secret shows only whether it is set."""
        shown = {item.name: str(getattr(self, item.name)) for item in fields(self)}
        return shown | {name: "set" if getattr(self, name) else "" for name in SECRETS}


NAMES = {"stripe_key": "STRIPE_API_KEY", "webhook_secret": "STRIPE_WEBHOOK_SECRET", "offline": "HF_HUB_OFFLINE"}


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read `LUEUR_HOME`, `LUEUR_MODE`, ... and `STRIPE_API_KEY`.

    Raises `BadInput` for a value that cannot be used and `Refused` for a live Stripe key, before any client exists.
    """
    given = os.environ if environment is None else environment
    values: dict[str, object] = {}
    for item in fields(Settings):
        name = NAMES.get(item.name, f"LUEUR_{item.name.upper()}")
        if raw := given.get(name, "").strip():
            values[item.name] = _read(name, raw, str(item.type))
    return _checked(Settings(**values))  # type: ignore[arg-type]


def _read(name: str, raw: str, kind: str) -> object:
    try:
        if kind == "int":
            return int(raw)
        if kind == "bool":
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[raw.lower()]
    except (ValueError, KeyError):
        raise BadInput("bad_setting", name=name, value=raw) from None
    return Path(raw).expanduser() if kind == "Path" else raw


def _checked(settings: Settings) -> Settings:
    if settings.mode not in ("personal", "demo"):
        raise BadInput("bad_setting", name="LUEUR_MODE", value=settings.mode)
    for name, folder in (("LUEUR_SIGLIP", settings.siglip), ("LUEUR_VLM", settings.vlm)):
        if folder and not (Path(folder).expanduser() / "config.json").is_file():
            raise BadInput("bad_setting", name=name, value=folder)
    if settings.address and len([part for part in settings.address.split(";") if part.strip()]) != 5:
        raise BadInput("bad_setting", name="LUEUR_ADDRESS", value=settings.address)
    if settings.mcp not in ("", "prepare", "confirm"):
        raise BadInput("bad_setting", name="LUEUR_MCP", value=settings.mcp)
    if settings.stripe_key.startswith(LIVE_KEYS):
        raise Refused("live_key")
    if settings.stripe_key and not settings.stripe_key.startswith(TEST_KEYS):
        raise BadInput("bad_setting", name="STRIPE_API_KEY", value="(not shown)")
    return settings
