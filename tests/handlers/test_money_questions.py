"""Questions in three languages: the right metric, period and currency, and the figure a plain calculation gives."""

import functools
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from assistant.clock import MovableClock
from assistant.handlers import Context, Rooms, my_money, wealth
from assistant.handlers.figures import month_name, period_text, printed
from assistant.language import dialogue
from assistant.language.acts import Do, Query, State, World
from assistant.language.messages import shown
from assistant.language.rules import Rules
from assistant.money import Money, total
from assistant.payments import Payments
from assistant.reply import Chart, Figure, Overview, Period, Reply
from assistant.request import Evidence, Language
from assistant.settings import Settings
from assistant.store import Store
from assistant.wealth import Answer, Wealth
from assistant.wealth.entry import UNIT, Entry, Flow, Posting
from tests.handlers.plain import Plain
from tests.wealth.conftest import ME, furnished, paid  # noqa: F401

LISTED = tomllib.loads(Path(__file__).with_name("money_questions.toml").read_text(encoding="utf-8"))
LANGUAGES: tuple[Language, ...] = ("en", "fr", "zh")
SAID = [(one, language) for one in LISTED["question"] for language in LANGUAGES if language in one]
ADVICE = [(language, said) for language in LANGUAGES for said in LISTED["advice"][0][language]]
SILENT = {"memo", "amount", "account", "category"}  # columns that no sentence prints
FIXED = {"en": "I don't give personal investment advice.", "zh": "但不提供个性化投资建议。",
         "fr": "Je ne donne pas de conseil en investissement personnalisé."}  # fmt: skip
VERDICTS = re.compile(
    r"\btoo (much|little|high|low)|\bshould\b|\bgood\b|\bbad\b|\btrop\b|\bdevriez\b|太多|应该|过高", re.I
)


@pytest.fixture(scope="module")
def home(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wealth]:  # noqa: F811
    """The demo household with what the questions name besides: Netflix, a dentist, 余额宝, an Amundi fund."""
    folder = tmp_path_factory.mktemp("asked")
    store, clock = Store(Path(shutil.copy(furnished, folder / "lueur.db"))), MovableClock()
    made = Wealth(store, Settings(home=folder, offline=True), clock)
    _furnish(made)
    yield made
    store.close()


def _furnish(made: Wealth) -> None:
    ledger = made.ledger
    everyday, savings, pea = (ledger.account(ME, name) for name in ("Everyday account", "Savings", "PEA"))
    treasure = ledger.add_account(ME, "余额宝", "wallet", "CNY")
    fund = ledger.add_security(ME, "CW8", "Amundi MSCI World", "fund", "EUR")
    days = (date(2025, 3, 3), date(2026, 2, 3), date(2026, 6, 10))
    ledger.add_prices(ME, fund, dict(zip(days, (400 * UNIT, 460 * UNIT, 480 * UNIT), strict=True)))
    months = [date(2025 + back // 12, back % 12 + 1, 10) for back in range(23)]
    new = [paid(everyday, "Netflix", 1_349, day, "subscriptions") for day in months]
    new += [_earned(treasure.id, day, Money(2_000 + 10 * n, "CNY")) for n, day in enumerate(months)]
    new.append(paid(everyday, "Cabinet Martin, dentiste", 6_500, date(2026, 4, 14), "health"))
    new.append(_earned(savings.id, date(2026, 6, 30), Money(1_234, "EUR")))
    new.append(Entry(days[0], "Saving", _sides(pea.id, Money(700_000, "EUR"), "transfer")))
    for day, shares, minor in zip(days, (10, 5, -4), (400_000, 230_000, -192_000), strict=True):
        held = Posting(Money(minor, "EUR"), pea.id, "", "", fund.id, shares * UNIT)
        new.append(Entry(day, "Trade Amundi", (Posting(Money(-minor, "EUR"), pea.id), held)))
    ledger.post(ME, new, "test", made.clock.now())


def _sides(account: str, money: Money, flow: Flow, category: str = "") -> tuple[Posting, Posting]:
    return Posting(money, account), Posting(-money, flow=flow, category=category)


def _earned(account: str, day: date, money: Money) -> Entry:
    return Entry(day, "Interest", _sides(account, money, "income", "interest"))


@pytest.fixture(scope="module")
def plain(home: Wealth) -> Plain:
    return Plain(home.ledger.store, ME)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules()


def context_of(home: Wealth, language: Language, words: str = "") -> Context:
    absent = cast(Any, None)
    kernel = Payments(home.ledger.store, home.settings, home.clock)
    rooms = Rooms(payments=kernel, wealth=home, shop=absent, flash=absent)
    return Context(ME, "ses", language, home.clock.now(), rooms, home.settings, utterance=words)


def world_of(home: Wealth) -> World:
    return World(
        payees=("Alice Martin", "Bob"), accounts=home.account_names(ME), categories=home.categories(),
        merchants=home.merchant_names(ME), holdings=home.holding_names(ME), currencies=home.currencies(ME),
        today="2026-11-22",
    )  # fmt: skip


def tell(home: Wealth, rules: Rules, state: State, said: str) -> tuple[State, Do, Reply]:
    """One turn of the conversation, as the assistant takes it."""
    acts = rules.propose(said, Evidence(), state, world_of(home))
    state, effects = dialogue.reduce(state, acts)
    do = effects[0]
    assert isinstance(do, Do) and do.goal in wealth.GOALS, (said, effects)
    reply = wealth.GOALS[do.goal](do, context_of(home, state.language, said))
    return dialogue.remember(state, do, reply), do, reply


def figure(reply: Reply) -> Figure:
    return next(card for card in reply.cards if isinstance(card, Figure))


def test_sixty_questions_are_listed_and_twenty_in_every_language() -> None:
    assert [one["number"] for one in LISTED["question"]] == list(range(1, 61))
    assert sum(all(language in one for language in LANGUAGES) for one in LISTED["question"]) >= 20
    assert all(len(LISTED["advice"][0][language]) == 12 for language in LANGUAGES)


@pytest.mark.parametrize(
    ("one", "language"), SAID, ids=lambda value: value if isinstance(value, str) else value["number"]
)
def test_a_question_gives_its_figure(
    home: Wealth, plain: Plain, rules: Rules, one: dict[str, Any], language: Language
) -> None:
    state = State(language=language)
    if "after" in one:
        state, _, _ = tell(home, rules, state, {"en": "net worth", "fr": "patrimoine net", "zh": "净资产"}[language])
    _, do, reply = tell(home, rules, state, one[language])
    card = figure(reply)
    assert card.metric == one["metric"]
    assert [card.period.start, card.period.end] == one["period"]
    assert card.currency == one.get("currency", "EUR")
    assert do.slots["group"].value == one["group"] if "group" in one else True
    expected = plain.figure(one["figure"], one.get("with", {}))
    assert (card.value.minor if isinstance(card.value, Money) else card.value) == expected
    assert card.method and card.rows and card.row_count >= len(card.rows)
    assert "also" not in one or any(one["also"] in warning for warning in card.warnings)


@pytest.mark.parametrize(("language", "said"), ADVICE)
def test_advice_is_refused_with_figures_offered(home: Wealth, rules: Rules, language: Language, said: str) -> None:
    _, do, reply = tell(home, rules, State(language=language), said)
    assert do.goal == "advice" and reply.text.endswith(FIXED[language])
    assert figure(reply).rows


# -- a figure comes from a metric or from nowhere


@functools.cache
def amounts(value: Money, language: str) -> set[str]:
    return {value.text(language), (-value).text(language)}


def texts_of(value: Any, context: Context) -> set[str]:
    """Every way a value of an answer is printed: amounts, numbers, days, periods, names."""
    if isinstance(value, Money):
        return amounts(value, context.language)
    if isinstance(value, Period):
        return {period_text(value, context.language)} | texts_of(value.start, context) | texts_of(value.end, context)
    if isinstance(value, (Decimal, int)):
        return {str(printed(value, context)), str(printed(-value, context)), str(abs(value))}
    if isinstance(value, date):
        return {str(shown(value, context.language))}
    if is_dataclass(value) and not isinstance(value, type):
        return set().union(*(texts_of(getattr(value, item.name), context) for item in fields(value)))
    if isinstance(value, dict):
        return set().union(*(texts_of(item, context) for key, item in value.items() if key not in SILENT))
    if isinstance(value, (tuple, list)):
        return set().union(*(texts_of(item, context) for item in value))
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d", value):
        return {month_name(value, context.language)}
    return {value} if isinstance(value, str) and value else set()


def printed_by(answers: list[Answer], context: Context) -> list[str]:
    """Every way a number of these answers is printed, the longest first."""
    known = texts_of([[answer, list(answer.facts.values())] for answer in answers], context)
    return sorted((each for each in known if any(map(str.isdigit, each))), key=len, reverse=True)


def unexplained(text: str, known: list[str]) -> str:
    """The digits that are left of a sentence once everything its metrics returned is taken out."""
    for told in known:
        text = text.replace(told, "")
    return "".join(char for char in text if char.isdigit())


@pytest.fixture
def returned(monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    """Every answer that a metric returns while the test runs."""
    answers: list[Answer] = []
    real = Wealth.ask

    def ask(self: Wealth, user: str, metric: str, **asked: Any) -> Answer:
        answers.append(real(self, user, metric, **asked))
        return answers[-1]

    monkeypatch.setattr(Wealth, "ask", ask)
    return answers


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_is_told_that_no_metric_returned(
    home: Wealth, rules: Rules, returned: list[Answer], language: Language
) -> None:
    for one in LISTED["question"]:
        said = one.get(language) or one.get("en") or one.get("fr") or one["zh"]
        spoken = next(each for each in (language, *LANGUAGES) if one.get(each) == said)
        start = State(language=spoken)
        _, _, reply = tell(home, rules, start, said)
        known = printed_by(returned, context_of(home, spoken))
        assert unexplained(reply.text, known) == "", reply.text
        assert unexplained(figure(reply).change, known) == ""
        assert not VERDICTS.search(reply.text), reply.text
        returned.clear()
    assert unexplained("12.34", []) == "1234"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_tile_tells_a_figure_that_no_metric_returned(
    home: Wealth, returned: list[Answer], language: Language
) -> None:
    context = context_of(home, language)
    (card,) = my_money.page({}, context).cards
    assert isinstance(card, Overview) and len(card.tiles) == len(my_money.PLANS)
    known = printed_by(returned, context)
    for tile in card.tiles:
        words = [tile.text, tile.change, *(part for line in tile.lines for part in line)]
        assert [unexplained(text, known) for text in words] == [""] * len(words), words
        assert tile.method and tile.action and not VERDICTS.search(tile.text)


WHY: dict[Language, str] = {
    "en": "why is my portfolio down in March?", "fr": "pourquoi mon portefeuille a baissé en mars ?",
    "zh": "为什么我的投资组合三月跌了？",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_change_of_a_portfolio_is_told_part_by_part(home: Wealth, rules: Rules, language: Language) -> None:
    _, _, reply = tell(home, rules, State(language=language), WHY[language])
    card, drawn = figure(reply), next(each for each in reply.cards if isinstance(each, Chart))
    parts = [row["value"] for row in card.rows]
    assert card.metric == "performance" and len(parts) == 7 and all(row["meaning"] for row in card.rows)
    assert total(parts, "EUR") == card.value and card.period == Period(date(2026, 3, 1), date(2026, 3, 31))
    start, *moved, end = (point["value"] for point in drawn.series)
    assert drawn.kind == "bridge" and start + total(moved, "EUR") == end
    assert (card.value - parts[0]).text(language) in reply.text  # what was earned, without what was paid in
    assert any("%" in text for _, text in card.lines)


# -- follow-ups keep what was asked and change what was said


FOLLOWED: dict[Language, list[tuple[str, dict[str, Any]]]] = {
    "en": [
        ("How much did I spend in 2025?", {"metric": "spending"}),
        ("and this year?", {"period": Period(date(2026, 1, 1), date(2026, 12, 31))}),
        ("by category", {"group": "category"}),
        ("in dollars", {"currency": "USD"}),
        ("only groceries", {"category": "groceries"}),
        ("more than 50", {"over": "50"}),
        ("at Halle Verte", {"payee": "halle verte"}),
    ],
    "fr": [
        ("Combien ai-je dépensé en 2025 ?", {"metric": "spending"}),
        ("et cette année ?", {"period": Period(date(2026, 1, 1), date(2026, 12, 31))}),
        ("par catégorie", {"group": "category"}),
        ("en dollars", {"currency": "USD"}),
        ("seulement les courses", {"category": "groceries"}),
        ("plus de 50", {"over": "50"}),
        ("chez Halle Verte", {"payee": "halle verte"}),
    ],
    "zh": [
        ("2025年花了多少钱？", {"metric": "spending"}),
        ("那今年呢？", {"period": Period(date(2026, 1, 1), date(2026, 12, 31))}),
        ("按类别", {"group": "category"}),
        ("换成美元", {"currency": "USD"}),
        ("只看买菜", {"category": "groceries"}),
        ("超过50", {"over": "50"}),
        ("只看小竹便利店", {"payee": "小竹便利店"}),
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_follow_up_changes_one_detail_and_keeps_the_others(home: Wealth, rules: Rules, language: Language) -> None:
    state, kept = State(language=language), dict[str, Any]()
    for said, changed in FOLLOWED[language]:
        state, do, reply = tell(home, rules, state, said)
        kept |= changed
        told = {name: slot.value for name, slot in do.slots.items()}
        assert {name: told.get(name) for name in kept} == kept, said
        assert figure(reply).currency == kept.get("currency", "EUR")


def test_a_purchase_over_an_amount_is_above_it(home: Wealth, plain: Plain, rules: Rules) -> None:
    _, _, reply = tell(home, rules, State(), "show my purchases over 100 euros last month")
    rows = [v for _, v in plain.flows("expense", date(2026, 10, 1), date(2026, 10, 31)) if v > 10_000]
    assert figure(reply).value == Money(sum(rows), "EUR") and figure(reply).row_count == len(rows)
    assert "100" in figure(reply).label


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "my money"),
        ("en", "how am I doing?"),
        ("fr", "mon argent"),
        ("fr", "où en suis-je ?"),
        ("zh", "我的钱"),
        ("zh", "财务状况怎么样"),
    ],
)
def test_one_sentence_opens_the_page(home: Wealth, rules: Rules, language: Language, said: str) -> None:
    state, _, reply = tell(home, rules, State(language=language), said)
    assert isinstance(reply.cards[0], Overview)
    assert sum(len(tile.svg) for tile in reply.cards[0].tiles) < 150_000
    _, _, again = tell(home, rules, state, {"en": "in dollars", "fr": "en dollars", "zh": "换成美元"}[language])
    assert isinstance(again.cards[0], Overview) and again.cards[0].currency == "USD"


@pytest.mark.parametrize(
    ("language", "said", "payee", "category"),
    [
        ("en", "Bistro Lune was groceries", "bistro lune", "groceries"),
        ("fr", "Bistro Lune c’était les courses", "bistro lune", "groceries"),
        ("zh", "小竹便利店属于餐饮", "小竹便利店", "restaurants"),
    ],
)
def test_a_sentence_says_where_a_payee_belongs(
    home: Wealth, rules: Rules, language: Language, said: str, payee: str, category: str
) -> None:
    (act,) = rules.propose(said, Evidence(), State(language=language), world_of(home))
    assert isinstance(act, Query) and act.goal == "correct"
    assert (act.slots["payee"].value, act.slots["category"].value) == (payee, category)


def test_that_was_means_the_one_row_that_was_shown(home: Wealth, rules: Rules) -> None:
    state, _, reply = tell(home, rules, State(), "what was my biggest expense in March?")
    (act,) = rules.propose("that was travel", Evidence(), state, world_of(home))
    assert isinstance(act, Query) and act.goal == "correct"
    assert act.slots["payee"].value == figure(reply).rows[0]["payee"]
    assert not isinstance(rules.propose("that was travel", Evidence(), State(), world_of(home))[0], Query)
