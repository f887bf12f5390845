"""Sixty ways to ask in three languages, each through the whole assistant to the right card with the right numbers."""

import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.clock import MovableClock
from assistant.conversation import Session
from assistant.core import Assistant
from assistant.flash import Kept
from assistant.flash.card import Flash
from assistant.money import Money
from assistant.reply import Reply
from assistant.request import LANGUAGES, Language, Request
from assistant.settings import Settings

CASES = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))["case"]
Told = tuple[Kept, Flash]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    home = tmp_path_factory.mktemp("flash")
    made = Assistant(Settings(home=home, undo_seconds=0, offline=True), MovableClock())
    yield made
    made.close()


@pytest.fixture(scope="module")
def who(assistant: Assistant) -> Session:
    return assistant.open("ada")


def ask(assistant: Assistant, who: Session, text: str, language: Language | None = None) -> Reply:
    *_, reply = assistant.answer(who, Request(text, language=language))
    assert isinstance(reply, Reply)
    return reply


def card(assistant: Assistant, who: Session, text: str, language: Language) -> Told:
    reply = ask(assistant, who, text, language)
    assert reply.cards and isinstance(reply.cards[0], Flash), f"{reply.text} {[c.type for c in reply.cards]}"
    return assistant.rooms.flash.get(who.user, reply.cards[0].id), reply.cards[0]


def decimal(money: Money) -> str:
    return f"{money.decimal:f}"


def money(value: Any, amount: Decimal) -> Money:
    return Money.of(amount, value.currency)


def index_of(bill: Any, name: str) -> int:
    return next(i for i, person in enumerate(bill.people) if person.name == name)


def me(bill: Any) -> int:
    return next((i for i, person in enumerate(bill.people) if person.me), -1)


def percent(plan: Any, category: str) -> Decimal:
    return next(line.percent for line in plan.lines if line.category == category)


def near(plan: Any, wanted: dict[str, str]) -> bool:
    return abs(plan.freed.decimal - Decimal(wanted["by"])) <= Decimal(wanted["within"])


# name in `expect` -> (value, wanted) -> whether it holds
HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "shares": lambda bill, wanted: [decimal(share) for share in bill.shares] == wanted,
    "sum": lambda bill, wanted: sum(share.decimal for share in bill.shares) == Decimal(wanted),
    "share_of": lambda bill, wanted: all(decimal(bill.shares[index_of(bill, n)]) == s for n, s in wanted.items()),
    "open_of": lambda bill, wanted: all(decimal(bill.open[index_of(bill, n)]) == s for n, s in wanted.items()),
    "me": lambda bill, wanted: me(bill) == wanted,
    "me_pays": lambda bill, wanted: decimal(bill.shares[me(bill)]) == wanted,
    "me_open": lambda bill, wanted: decimal(bill.open[me(bill)]) == wanted,
    "people": lambda bill, wanted: len(bill.people) == wanted,
    "whole": lambda bill, wanted: decimal(bill.whole) == wanted,
    "item": lambda bill, wanted: [item.amount for item in bill.items] == [Decimal(wanted)],
    "deposit": lambda goal, wanted: decimal(goal.deposit) == wanted,
    "months": lambda goal, wanted: len(goal.path) - 1 == wanted,
    "target": lambda goal, wanted: (
        decimal(goal.path[-1] if goal.target is None else money(goal, goal.target)) == wanted
    ),
    "parts": lambda bill, wanted: [str(person.portions) for person in bill.people] == wanted,
    "tip_is": lambda bill, wanted: decimal(bill.whole - money(bill, bill.total)) == wanted,
    "instalment": lambda loan, wanted: decimal(loan.instalment) == wanted,
    "agreed": lambda loan, wanted: loan.agreed.months == wanted,
    "interest": lambda loan, wanted: decimal(Money(loan.agreed.interest, loan.currency)) == wanted,
    "sooner": lambda loan, wanted: loan.agreed.months - loan.faster.months == wanted,
    "saved": lambda loan, wanted: Money(loan.agreed.interest - loan.faster.interest, "EUR").decimal == Decimal(wanted),
    "own": lambda loan, _: 5000 < loan.principal < 12000 and 1 < loan.rate < 9,
    "stays": lambda plan, wanted: all(percent(plan, name) == stays for name, stays in wanted.items()),
    "freed": near,
    "pair": lambda swap, wanted: [swap.currency, swap.into] == wanted,
    "year": lambda swap, wanted: swap.on.year == wanted,
    "prices": lambda shelf, wanted: [decimal(price) for price in shelf.prices] == wanted,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_a_sentence_becomes_its_card(
    assistant: Assistant, who: Session, case: dict[str, Any], language: Language
) -> None:
    made, shown = card(assistant, who, case[language], language)
    wanted = dict(case["expect"])
    assert made.kind == shown.kind == wanted.pop("kind")
    if titles := wanted.pop("title", None):
        assert made.title in titles
    assert len(shown.notes) >= wanted.pop("notes", 0)
    for name, value in wanted.items():
        got = getattr(made.value, name, None)
        same = got == Decimal(str(value)) if isinstance(got, Decimal) else str(got) == str(value)
        holds = HOLDS[name](made.value, value) if name in HOLDS else same
        assert holds, f"{name}: {value} wanted of {made.value}"


def test_there_are_sixty_phenomena() -> None:
    assert len(CASES) >= 60
    assert len({case["what"] for case in CASES}) == len(CASES)


FOLLOWED = {
    "en": ("split 96 euros between me, Alice and Bob", "Bob only had a salad for 12", "add a 10% tip",
           "a loan of 200000 euros over 20 years at 3.5%", "and over 25 years?"),
    "fr": ("partage 96 euros entre moi, Alice et Bob", "Bob n'a pris qu'une salade à 12", "ajoute 10 % de pourboire",
           "un prêt de 200000 euros sur 20 ans à 3,5 %", "et sur 25 ans ?"),
    "zh": ("96欧元我和Alice、Bob平分", "Bob只点了沙拉，12欧元", "加10%小费",
           "贷款20万欧元，20年，利率3.5%", "25年呢？"),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_sentence_goes_on_from_the_card(assistant: Assistant, who: Session, language: Language) -> None:
    split, only, tip, loan, longer = FOLLOWED[language]

    def value(said: str) -> Any:
        return card(assistant, who, said, language)[0].value

    shares = [sorted(decimal(each) for each in value(said).shares)
              for said in (split, only, tip)]  # fmt: skip
    assert shares == [["32.00"] * 3, ["12.00", "42.00", "42.00"], ["13.20", "46.20", "46.20"]]
    months = [value(said).months for said in (loan, longer)]
    assert months == [240, 300]


def test_a_payment_after_a_split_is_a_payment(assistant: Assistant, who: Session) -> None:
    card(assistant, who, "split 96 euros between me, Alice and Bob", "en")
    assert ask(assistant, who, "pay Bob 12 euros", "en").sheet
