"""Who speaks, and one sentence heard: what the tests of the rules share."""

from dataclasses import replace

from assistant.demo.people import PEOPLE
from assistant.language import detect
from assistant.language.acts import Act, Amount, Frame, Slot, State, World
from assistant.language.rules import Rules
from assistant.request import Evidence

WORLD = World(
    payees=tuple(name for person in PEOPLE for name in (person.name, *person.nicknames)),
    accounts=("Everyday account", "Livret A", "Alipay", "支付宝", "WeChat Pay", "微信"),
    currencies=("EUR", "USD", "CNY"), holdings=("Orchard Devices", "ORCD"),
    products=("kettle", "lamp", "vacuum", "coffee beans", "tea", "thé vert", "aspirateur", "吸尘器", "绿茶"),
    brands=("Luma", "Bureau"), colours=("red", "rouge", "红色"), today="2026-03-15",
)  # fmt: skip
WAITING = Frame("pay", {"payee": Slot("Alice"), "amount": Slot(Amount("12.50"))}, sheet="draft_1")


def hear(rules: Rules, text: str, state: State = State(), evidence: Evidence = Evidence()) -> tuple[Act, ...]:  # noqa: B008
    return rules.propose(text, evidence, replace(state, language=detect(text, state.language)), WORLD)
