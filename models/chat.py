"""Language models that answer with tool calls: an OpenAI-compatible endpoint, or a transformers checkpoint.

Both are asked the same way, `ask(messages, tools) -> calls`, and either may be slow, endless, wrong or away: a call
returns within `seconds` and 64 KB, or raises `Unavailable`. Knows nothing of what the tools mean.
"""

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from assistant.errors import Unavailable

CONNECT = 3.0  # seconds
LONGEST = 64 << 10  # bytes of an answer
TOKENS = 300  # of an answer
Message = Mapping[str, str]
Tool = Mapping[str, Any]  # {"name", "description", "parameters": JSON schema}
Call = tuple[str, Any]  # a tool's name and its arguments as JSON data


class Chat(Protocol):
    def describe(self) -> str: ...

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool]) -> list[Call]:
        """The calls of one answer, none when it holds none. Raises `Unavailable`."""
        ...


def calls_in(text: str) -> Iterator[Call]:
    """Calls written as JSON objects with a name and arguments, in whatever tags a model's template puts around them."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            found, _ = decoder.raw_decode(text[match.start() :])
        except (json.JSONDecodeError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get("name"), str):
            yield found["name"], found.get("arguments", found.get("parameters", {}))


class Endpoint:
    """`url` up to and with /v1; `key` goes into the header only; `model` is the endpoint's name for one."""

    def __init__(self, url: str, key: str = "", model: str = "default", seconds: float = 20.0) -> None:
        self.url, self.key, self.model, self.seconds = url.rstrip("/") + "/chat/completions", key, model, seconds

    def describe(self) -> str:
        import httpx

        return f"{self.model} at {httpx.URL(self.url).host}"

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool]) -> list[Call]:
        asked = {
            "model": self.model, "messages": list(messages), "temperature": 0, "max_tokens": TOKENS,
            "tools": [{"type": "function", "function": dict(tool)} for tool in tools],
        }  # fmt: skip
        try:
            message = json.loads(self._post(asked))["choices"][0]["message"]
            told = [call["function"] for call in message.get("tool_calls") or ()]
            calls = [(str(call["name"]), _loaded(call["arguments"])) for call in told]
            return calls or list(calls_in(str(message.get("content") or "")))
        except (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError) as fault:
            raise Unavailable("llm_endpoint", model=self.describe()) from fault

    def _post(self, asked: Mapping[str, Any]) -> bytes:
        """The answer's bytes; a stream that never ends is left at the deadline or the limit."""
        import httpx

        until, read = time.monotonic() + self.seconds, bytearray()
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        wait = httpx.Timeout(self.seconds, connect=CONNECT)
        try:
            with (
                httpx.Client(timeout=wait, trust_env=False) as client,
                client.stream("POST", self.url, json=asked, headers=headers) as response,
            ):
                response.raise_for_status()
                for piece in response.iter_bytes():
                    read += piece
                    if len(read) > LONGEST or time.monotonic() > until:
                        raise Unavailable("llm_endpoint", model=self.describe())
        except httpx.HTTPError as fault:
            raise Unavailable("llm_endpoint", model=self.describe()) from fault
        return bytes(read)


def _loaded(arguments: Any) -> Any:
    return json.loads(arguments) if isinstance(arguments, str) else arguments


class Local:
    """A chat checkpoint by its folder or hub name, loaded at the first sentence, greedy, one sentence at a time."""

    def __init__(self, name: str, seconds: float = 20.0) -> None:
        self.name, self.seconds = name, seconds
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def describe(self) -> str:
        return self.name.rstrip("/").rpartition("/")[2]

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool]) -> list[Call]:
        with self._lock:
            try:
                return list(calls_in(self._written(messages, tools)))
            except (OSError, ValueError, RuntimeError, ImportError) as fault:  # no such checkpoint, no chat template
                raise Unavailable("llm_local", model=self.describe()) from fault

    def _written(self, messages: Sequence[Message], tools: Sequence[Tool]) -> str:
        import torch

        tokenizer, model = self._loaded = self._loaded or self._load()
        functions = [{"type": "function", "function": dict(tool)} for tool in tools]
        given = tokenizer.apply_chat_template(
            [dict(message) for message in messages], tools=functions, add_generation_prompt=True, return_dict=True,
            return_tensors="pt",
        )  # fmt: skip
        with torch.inference_mode():
            made = model.generate(**given, max_new_tokens=TOKENS, do_sample=False, max_time=self.seconds)
        return str(tokenizer.decode(made[0][given["input_ids"].shape[1] :], skip_special_tokens=True))

    def _load(self) -> tuple[Any, Any]:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        return AutoTokenizer.from_pretrained(self.name), AutoModelForCausalLM.from_pretrained(self.name)


def configured(url: str, key: str, model: str, seconds: float) -> Chat | None:
    """An endpoint where an address is set, else a local checkpoint where one is named, else none."""
    if url:
        return Endpoint(url, key, model or "default", seconds)
    return Local(model, seconds) if model else None
