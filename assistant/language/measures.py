"""The details of a question about one's money: which figure, which period, what it is narrowed to and how it is cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.language import periods, slots
from assistant.language.acts import Slot, World
from assistant.language.lexicon import phrases
from assistant.language.tokens import Phrases, Token, tokens
from assistant.request import Language

# Where several metrics' words stand in one sentence the more particular one is meant.
METRICS = (
    "double_charges", "biggest_expense", "net_worth_change", "net_worth_history", "savings_rate", "net_worth",
    "return", "recurring", "cash_by_currency", "fees", "spending", "balance", "income",
)  # fmt: skip
EARNED = {"salary", "interest", "dividends", "gifts"}
BY_CATEGORY = {"spending", "income", "biggest_expense", "recurring", "double_charges"}


def read(text: str, language: Language, world: World) -> dict[str, Slot]:
    """metric, period, category, account, group, currency of a question about one's money."""
    words = tokens(text)
    found: dict[str, Slot] = {}
    stretch = periods.read(text, language, world.day)
    if stretch:
        found["period"] = Slot(stretch[0].value, text[stretch[0].span[0] : stretch[0].span[1]], stretch[0].span)
    for name, reader in READERS.items():
        if slot := reader(text, words, language, world):
            found[name] = slot
    chosen = found["metric"].value if "metric" in found else ""
    asked, paid = (bool(phrases(f"list.{name}", language).scan(words)) for name in ("how_much", "paid"))
    if (
        not chosen
        and asked
        and paid
        and {"category", "period", "account"} & set(found)
        and not slots.known_names(words, language, world)
    ):
        verb = phrases("list.paid", language).scan(words)[0]
        found["metric"] = _slot(text, words, ("spending", verb[1], verb[2]))  # "how much rent do I pay"
    elif chosen == "recurring" and "category" in found and asked and _says(words, "spending", language):
        found["metric"] = _slot(text, words, ("spending", 0, len(words)))  # "how much on my subscriptions"
    elif (chosen and chosen not in BY_CATEGORY) or (
        chosen == "income" and "category" in found and found["category"].value not in EARNED
    ):
        found.pop("category", None)
    return found


def _slot(text: str, words: Sequence[Token], hit: tuple[str, int, int]) -> Slot:
    value, first, last = hit
    span = (words[first].start, words[last - 1].end)
    return Slot(value, text[span[0] : span[1]], span)


def _says(words: Sequence[Token], metric: str, language: Language) -> bool:
    table = phrases("metric", language)
    return any((hit := table.at(words, i)) and hit[0] == metric for i in range(len(words)))


def metric_of(text: str, language: Language) -> str:
    """The metric whose words stand in `text`, or nothing."""
    found = _metric(text, tokens(text), language, World())
    return str(found.value) if found else ""


def _metric(text: str, words: Sequence[Token], language: Language, world: World) -> Slot | None:  # noqa: ARG001  readers are called alike
    table = phrases("metric", language)
    hits = [(hit[0], i, hit[1]) for i in range(len(words)) if (hit := table.at(words, i))]
    return _slot(text, words, min(hits, key=lambda hit: METRICS.index(hit[0]))) if hits else None


def _category(text: str, words: Sequence[Token], language: Language, world: World) -> Slot | None:
    own = Phrases((name, name) for name in world.categories)
    hits = phrases("category", language).scan(words) or own.scan(words)
    return _slot(text, words, hits[0]) if hits else None


def _account(text: str, words: Sequence[Token], language: Language, world: World) -> Slot | None:  # noqa: ARG001  readers are called alike
    """The one account that is named."""
    hits = _accounts(words, world)
    return _slot(text, words, hits[0]) if len({name for name, *_ in hits}) == 1 else None


def _accounts(words: Sequence[Token], world: World) -> list[tuple[str, int, int]]:
    """Accounts by their whole names, or by a part that no other account shares ("savings")."""
    names = [(name, name) for name in world.accounts]
    pieces: dict[str, set[str]] = {}
    for name in world.accounts:
        for token in tokens(name):
            if token.kind == "word" and len(token.text) > 3:
                pieces.setdefault(token.text, set()).add(name)
    names += [(piece, min(owners)) for piece, owners in pieces.items() if len(owners) == 1]
    return Phrases(names).scan(words)


def _group(text: str, words: Sequence[Token], language: Language, world: World) -> Slot | None:
    """By what to split; two accounts in one question are told apart."""
    named = _accounts(words, world)
    several = [("account", named[0][1], named[-1][2])] if len({name for name, *_ in named}) > 1 else []
    hits = phrases("group", language).scan(words) or several
    return _slot(text, words, hits[0]) if hits else None


def _currency(text: str, words: Sequence[Token], language: Language, world: World) -> Slot | None:
    """ "in dollars": the currency to report in, when exactly one is meant or held."""
    for codes, first, last in phrases("currency", language).scan(words):
        options = codes.split()
        held = [code for code in options if code in world.currencies]
        code = options[0] if len(options) == 1 else held[0] if len(held) == 1 else ""
        if code and (not first or words[first - 1].kind != "digits"):
            return _slot(text, words, (code, first, last))
    return None


READERS: dict[str, Callable[[str, Sequence[Token], Language, World], Slot | None]] = {
    "metric": _metric, "category": _category, "account": _account, "group": _group, "currency": _currency,
}  # fmt: skip
