"""A language model beside the rules: a tiny real one behind a real endpoint, and ones that are wrong on purpose."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.clock import MovableClock
from assistant.conversation import OWNER
from assistant.core import Assistant
from assistant.language.acts import Act, Amount, Frame, Query, Set, Slot, Start, State, Unknown, World
from assistant.language.proposer import Guided, tools
from assistant.language.rules import Rules
from assistant.reply import PaySheet, Reply
from assistant.request import Evidence, Request
from assistant.settings import Settings
from models.chat import Endpoint, Local, calls_in, configured

WORLD = World(payees=("Alice", "Bob"), currencies=("EUR",), today="2026-03-15")
PAID = {"name": "start", "arguments": {"goal": "pay", "payee": "Alice", "amount": "20 euros"}}
Answer = Callable[[dict[str, Any]], bytes | Iterator[bytes]]


# ---- a checkpoint made here ----


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A byte-level Llama of some ten thousand weights that has learned to say one call after any prompt."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(952)
    torch.set_num_threads(1)
    alphabet = {char: place for place, char in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    bytes_ = Tokenizer(models.BPE(vocab=alphabet | {"<end>": 256}, merges=[]))
    bytes_.pre_tokenizer, bytes_.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bytes_, eos_token="<end>", pad_token="<end>")
    tokenizer.chat_template = "{{ tools | length }} tools>"
    config = LlamaConfig(
        vocab_size=257, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=1024, eos_token_id=256, pad_token_id=256, bos_token_id=256,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    ids = torch.tensor([[*tokenizer(f"{len(tools())} tools>{json.dumps(PAID)}")["input_ids"], 256]])
    steps = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(90):
        steps.zero_grad()
        model(input_ids=ids, labels=ids).loss.backward()
        steps.step()
    folder = tmp_path_factory.mktemp("tiny")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], str]]:
    """A server on loopback whose answers a function makes; it gives its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.path == "/v1/chat/completions"
                made = answer(asked)
                self.send_response(200)
                self.end_headers()
                for piece in [made] if isinstance(made, bytes) else made:
                    try:
                        self.wfile.write(piece)
                    except OSError:
                        return

            def log_message(self, *_: object) -> None:
                """Quiet."""

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/v1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def said(*calls: object, content: str = "") -> bytes:
    told = [{"type": "function", "function": {"name": call["name"], "arguments": json.dumps(call["arguments"])}}
            for call in calls if isinstance(call, dict)]  # fmt: skip
    return json.dumps({"choices": [{"message": {"content": content, "tool_calls": told}}]}).encode()


def running(model: Local, asked: list[dict[str, Any]]) -> Answer:
    """An endpoint that lets the checkpoint speak, as a server of models does."""

    def answer(request: dict[str, Any]) -> bytes:
        asked.append(request)
        written = model._written(request["messages"], [tool["function"] for tool in request["tools"]])
        return said(content=written)

    return answer


def test_a_tiny_model_behind_an_endpoint_proposes_what_the_person_said(
    rules: Rules, checkpoint: Path, serve: Callable[[Answer], str]
) -> None:
    asked: list[dict[str, Any]] = []
    url = serve(running(Local(str(checkpoint)), asked))
    found = Guided(rules, Endpoint(url, model="tiny")).propose("Pay Alice 20 euros", Evidence(), State(), WORLD)
    (act,) = found
    assert isinstance(act, Start)
    assert (act.goal, act.slots["payee"].value, act.slots["amount"].value) == ("pay", "Alice", Amount("20", "EUR"))
    assert not act.slots["amount"].readings
    assert found.by == "rules and tiny at 127.0.0.1"
    assert {tool["function"]["name"] for tool in asked[0]["tools"]} == {tool["name"] for tool in tools()}
    assert "Bob" not in json.dumps(asked)  # the payee book stays here


def test_a_checkpoint_of_ones_own_is_asked_without_a_server(rules: Rules, checkpoint: Path) -> None:
    found = Guided(rules, Local(str(checkpoint))).propose("Pay Alice 20 euros", Evidence(), State(), WORLD)
    assert found == rules.propose("Pay Alice 20 euros", Evidence(), State(), WORLD)
    assert found.by.startswith("rules and tiny")


def test_a_model_that_babbles_is_asked_once_more_and_then_the_rules_answer(
    rules: Rules, checkpoint: Path, serve: Callable[[Answer], str]
) -> None:
    from transformers import LlamaForCausalLM

    untrained = Local(str(checkpoint))
    tokenizer, model = untrained._load()
    untrained._loaded = (tokenizer, LlamaForCausalLM(model.config))
    asked: list[dict[str, Any]] = []
    url = serve(running(untrained, asked))
    found = Guided(rules, Endpoint(url, model="tiny")).propose("Pay Alice 20 euros", Evidence(), State(), WORLD)
    assert found == rules.propose("Pay Alice 20 euros", Evidence(), State(), WORLD)
    assert "nothing usable, twice" in found.by
    assert len(asked) == 2
    assert "cannot be used" in asked[1]["messages"][-1]["content"]


# ---- wrong on purpose ----


def call(name: str, **arguments: object) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


def endless(_: object) -> Iterator[bytes]:
    yield b'{"choices": [{"message": {"content": "'
    while True:
        time.sleep(0.01)
        yield b"pay " * 1000


WRONG: dict[str, Answer] = {
    "a payee who was not named": lambda _: said(call("start", goal="pay", payee="Mallory", amount="20 euros")),
    "another person of the sentence": lambda _: said(call("start", goal="pay", payee="Bob", amount="20 euros")),
    "an amount nobody said": lambda _: said(call("start", goal="pay", payee="Alice", amount="9000 euros")),
    "another number of the sentence": lambda _: said(call("start", goal="pay", payee="Alice", amount="7")),
    "no sheet please": lambda _: said(call("start", goal="pay", payee="Alice", amount="20 euros", confirmed=True)),
    "a tool that pays": lambda _: said(call("confirm", amount="20 euros")),
    "an affirmation": lambda _: said(call("affirm")),
    "another goal": lambda _: said(call("query", goal="measure", metric="net_worth")),
    "a second payment": lambda _: said(
        call("start", goal="pay", payee="Alice", amount="20 euros"),
        call("start", goal="pay", payee="Bob", amount="20 euros"),
    ),
    "a hundred calls": lambda _: said(*[call("unknown")] * 100),
    "arguments of another type": lambda _: said(call("start", goal=["pay"], amount=20)),
    "no call": lambda _: said(content="Sure! I have paid Alice."),
    "no JSON": lambda _: b"<html>busy</html>",
    "deep JSON": lambda _: b"[" * 60_000,
    "endless": endless,
}
SENTENCE = "Pay Alice 20 euros, Bob has table 7"


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_model_changes_nothing_or_raises_a_question(
    rules: Rules, serve: Callable[[Answer], str], name: str
) -> None:
    ours = rules.propose(SENTENCE, Evidence(), State(), WORLD)
    model = Endpoint(serve(WRONG[name]), model="wrong", seconds=1.0)
    theirs = Guided(rules, model).propose(SENTENCE, Evidence(), State(), WORLD)
    assert theirs == ours or is_question(theirs)


def is_question(acts: tuple[Act, ...]) -> bool:
    act = acts[0]
    if len(acts) == 1 and isinstance(act, Unknown):
        return True
    assert isinstance(act, Start)
    assert len(acts) == 1
    asked = [slot for slot in act.slots.values() if slot.readings]
    return bool(asked) and act.slots["payee"].value == "Alice" and act.slots["amount"].value.value in ("20", "7")


def test_an_endpoint_that_is_away_is_told_in_the_trace(rules: Rules) -> None:
    found = Guided(rules, Endpoint("http://127.0.0.1:9/v1", seconds=1.0)).propose(SENTENCE, Evidence(), State(), WORLD)
    assert found == rules.propose(SENTENCE, Evidence(), State(), WORLD)
    assert "did not answer" in found.by


def test_no_wrong_model_ends_in_a_charge(tmp_path: Path, serve: Callable[[Answer], str]) -> None:
    now = [next(iter(WRONG.values()))]
    url = serve(lambda asked: now[0](asked))
    settings = Settings(home=tmp_path, undo_seconds=0, offline=True, llm_url=url, llm_model="wrong", llm_seconds=1)
    assistant = Assistant(settings, MovableClock())
    try:
        for answer in WRONG.values():
            now[0] = answer
            who = assistant.open(OWNER)
            *_, reply = assistant.answer(who, Request("Pay Alice 20 euros"))
            assert isinstance(reply, Reply)
            assert all(card.type in ("pay_sheet", "question") for card in reply.cards)
            assert all(card.payee.name == "Alice Martin" for card in reply.cards if isinstance(card, PaySheet))
            assert any(step.part == "understand" and "wrong" in step.detail for step in reply.trace)
            *_, reply = assistant.answer(who, Request("yes"))
        assert assistant.rooms.payments.history(OWNER) == ()
    finally:
        assistant.close()


# ---- what a model may do ----


def guided(rules: Rules, serve: Callable[[Answer], str], *calls: dict[str, Any]) -> Guided:
    return Guided(rules, Endpoint(serve(lambda _: said(*calls)), model="good"))


def test_a_model_settles_what_the_rules_leave_open(rules: Rules, serve: Callable[[Answer], str]) -> None:
    text = "hmm could you see to the twenty euros for Bob"
    wise = guided(rules, serve, call("start", goal="pay", payee="Bob", amount="twenty euros"))
    (act,) = wise.propose(text, Evidence(), State(), WORLD)
    assert isinstance(act, (Start, Unknown))
    if isinstance(act, Start):
        assert (act.slots["payee"].value, act.slots["amount"].value) == ("Bob", Amount("20", "EUR"))


def test_yes_a_repeated_amount_and_cancel_never_reach_the_model(rules: Rules, serve: Callable[[Answer], str]) -> None:
    asked: list[object] = []

    def answer(request: dict[str, Any]) -> bytes:
        asked.append(request)
        return said(call("unknown"))

    frame = Frame("pay", {"payee": Slot("Alice"), "amount": Slot(Amount("20", "EUR"))}, sheet="draft_1")
    model = Guided(rules, Endpoint(serve(answer)))
    for text in ("yes", "20 euros", "cancel", "no, make it 30", ""):
        model.propose(text, Evidence(), State(frames=(frame,)), WORLD)
    assert asked == []


def test_a_figure_the_model_asks_for_is_one_that_exists(rules: Rules, serve: Callable[[Answer], str]) -> None:
    wise = guided(rules, serve, call("query", goal="measure", metric="the_moon"))
    found = wise.propose("how am i doing overall, moneywise", Evidence(), State(), WORLD)
    assert "nothing usable" in found.by
    assert all(isinstance(act, (Query, Unknown)) for act in found)


def test_a_refused_wish_stays_refused(rules: Rules, serve: Callable[[Answer], str]) -> None:
    wise = guided(rules, serve, call("start", goal="pay", payee="Bob", amount="20 euros"))
    for text in ("don't pay Bob 20 euros", "request 20 euros from Bob"):
        (act,) = wise.propose(text, Evidence(), State(), WORLD)
        assert not isinstance(act, (Start, Set))


def test_calls_are_found_in_whatever_a_template_writes() -> None:
    text = '<tool_call>\n{"name": "chat", "arguments": {"topic": "help"}}\n</tool_call> {"name": "unknown"} {"x": 1} {'
    assert list(calls_in(text)) == [("chat", {"topic": "help"}), ("unknown", {})]


def test_what_is_configured_is_what_answers() -> None:
    assert configured("", "", "", 5) is None
    assert isinstance(configured("http://127.0.0.1:1/v1", "", "", 5), Endpoint)
    assert isinstance(configured("", "", "some/folder", 5), Local)


def test_a_missing_checkpoint_is_told_and_the_rules_answer(rules: Rules, tmp_path: Path) -> None:
    found = Guided(rules, Local(str(tmp_path / "none"))).propose("Pay Alice 20 euros", Evidence(), State(), WORLD)
    assert "did not answer" in found.by
