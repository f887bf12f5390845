"""The details of a question about one's money: which figure, which period, what it is narrowed to and how it is cut.

Every detail is a slot of `Query("measure")`; which of them a metric heeds is decided in the wealth room.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from assistant.language import amounts, periods, slots
from assistant.language.acts import Slot, World
from assistant.language.amounts import Found
from assistant.language.lexicon import lexicon, phrases
from assistant.language.numbers import number
from assistant.language.tokens import Phrases, Token, covered, extent, tokens
from assistant.request import Language

Hit = tuple[str, int, int]  # meaning, first token, after the last
Words = Sequence[Token]
NAME = 5  # tokens of a shop's name
# Where several metrics' words stand in one sentence the more particular one is meant.
METRICS = (
    "price_rises", "loan_payoff", "currency_move", "dividends_due", "double_charges", "refunds", "unusual",
    "spending_pace", "left_to_spend", "payday", "forecast", "upcoming", "runway", "cost_basis", "realised_gain",
    "benchmark", "drawdown", "concentration", "exposure", "paid_in", "debt", "top_month", "biggest_expense",
    "net_worth_change", "net_worth_history", "savings_rate", "compared", "net_worth", "return", "gains",
    "recurring", "cash_by_currency", "fees", "payments", "spending", "balance", "income", "overview",
)  # fmt: skip
EARNED = {"salary", "interest", "dividends", "gifts"}
BY_CATEGORY = {"spending", "income", "biggest_expense", "recurring", "double_charges", "payments", "upcoming",
               "compared", "top_month", "refunds", "spending_pace"}  # fmt: skip
BY_CLASS = {"exposure", "gains"}
BOUNDS = {"more": "over", "at_least": "least", "less": "under", "at_most": "most"}  # the lexicon's names -> slots


def read(text: str, language: Language, world: World) -> dict[str, Slot]:
    """Every detail of the question; a metric only where its words were said."""
    words = tokens(text)
    found: dict[str, Slot] = {}
    apart = any(phrases(f"list.{name}", language).scan(words) for name in ("compare", "against"))
    for name, stretch in zip(("period", "versus"), periods.read(text, language, world.day, apart=apart), strict=False):
        found[name] = Slot.said(text, stretch.span, stretch.value)
    for name, reader in READERS.items():
        if hit := reader(words, language, world):
            found[name] = _slot(text, words, hit)
    if "payee" not in found and (named := _unmet(words, language, found)):
        found["payee"] = replace(slot := _slot(text, words, named), value=slot.text)
    found |= _bounds(text, words, language, found)
    return _settled(text, words, language, world, found)


def _settled(text: str, words: Words, language: Language, world: World, found: dict[str, Slot]) -> dict[str, Slot]:
    """What the details mean together: the metric nobody named, and details that belong to another one."""
    metric = _implied(text, words, language, world, found)
    if metric:
        found["metric"] = metric
    chosen = str(metric.value) if metric else ""
    if chosen in ("exposure", "currency_move"):
        found |= {"held": found.pop("currency")} if "currency" in found else {}
        found.pop("group", None)
    if chosen in ("loan_payoff", "currency_move"):
        found |= _own_figure(text, words, language, found)
        found = {name: slot for name, slot in found.items() if name not in ("over", "least", "under", "most", "group")}
    if chosen == "payments" and "category" in found:  # "the dentist" is a row before it is health
        word = found["category"]
        return {"payee": Slot(word.text, word.text, word.span)} | found
    if chosen == "compared" and "versus" not in found and (now := _current(found.get("period"), world)):
        found |= {"period": now, "versus": found["period"]}
    if chosen == "balance" and "asset_class" in found and found["asset_class"].value == "cash":
        found["metric"] = replace(found["metric"], value="cash_by_currency")
    if chosen == "payments" and not {"over", "least", "under", "most"} & set(found):
        found |= _own_sum(text, language, found)
    earned = chosen == "income" and "category" in found and found["category"].value not in EARNED
    drop = {"versus"} if chosen != "compared" else set()
    drop |= {"category"} if (chosen and chosen not in BY_CATEGORY) or earned else set()
    drop |= {"asset_class"} if chosen and chosen not in BY_CLASS else set()
    drop |= {"worst"} if chosen != "gains" else set()
    drop |= {"payee"} if _within(found, "payee", set(found) - {"payee"}) else set()
    return {name: slot for name, slot in found.items() if name not in drop}


def _implied(text: str, words: Words, language: Language, world: World, found: dict[str, Slot]) -> Slot | None:
    """The metric that was said, or the one that the other details leave no doubt about."""
    said = found.get("metric")
    chosen = said.value if said else ""
    asked, paid, yearly = (phrases(f"list.{name}", language).scan(words) for name in ("how_much", "paid", "yearly"))
    if yearly and "payee" in found and chosen in ("", "spending"):
        return _slot(text, words, ("recurring", yearly[0][1], yearly[0][2]))  # "what does Netflix cost a year"
    against, compares = (bool(phrases(f"list.{name}", language).scan(words)) for name in ("against", "compare"))
    if chosen in ("", "spending") and (("period" in found and against) or ("versus" in found and compares)):
        return _slot(text, words, ("compared", 0, len(words)))
    details = {"category", "period", "account", "payee"} & set(found)
    if (
        not chosen
        and asked
        and (paid or "payee" in found)
        and details
        and not slots.known_names(words, language, world)
    ):
        return _slot(text, words, ("spending", *(paid or asked)[0][1:]))  # "how much rent do I pay"
    if chosen == "recurring" and "category" in found and asked and _says(words, "spending", language):
        return _slot(text, words, ("spending", 0, len(words)))  # "how much on my subscriptions"
    content = [word for word in words if word.kind != "mark"]
    whole = phrases("list.overview", language).at(content, 0) if content and not said else None
    return _slot(text, content, ("overview", 0, whole[1])) if whole and whole[1] == len(content) else said


def _current(before: Slot | None, world: World) -> Slot | None:
    """ "More than last month": the stretch of that kind that holds today."""
    for unit in ("day", "week", "month", "quarter", "year"):
        for back in range(-13, 0):
            if before and before.value == periods.unit_period(unit, back, world.day):
                return replace(before, value=periods.unit_period(unit, 0, world.day))
    return None


def _own_sum(text: str, language: Language, found: dict[str, Slot]) -> dict[str, Slot]:
    """ "That charge of 112.39": the rows of exactly this amount."""
    said = amounts.read(text, language, [slot.span for slot in found.values() if slot.span])
    if len(said) != 1:
        return {}
    slot = _sum(text, said[0], said[0].span)
    return {"least": slot, "most": slot}


def _sum(text: str, said: Found, span: tuple[int, int]) -> Slot:
    """A bare sum that rows are held against; a second reading ("1.234") is asked."""
    first, *others = (reading.value for reading in said.readings)
    return Slot.said(text, span, first, readings=tuple(others))


def _within(found: dict[str, Slot], name: str, others: Iterable[str]) -> bool:
    """Whether the words of a detail are those of another one."""
    mine = found[name].span if name in found else None
    spans = [found[other].span for other in others if other in found]
    return mine is not None and any(span and span[0] < mine[1] and mine[0] < span[1] for span in spans)


def _slot(text: str, words: Words, hit: Hit) -> Slot:
    value, first, last = hit
    return Slot.said(text, extent(words, first, last), value)


def _says(words: Words, metric: str, language: Language) -> bool:
    table = phrases("metric", language)
    return any((hit := table.at(words, i)) and hit[0] == metric for i in range(len(words)))


def metric_of(text: str, language: Language) -> str:
    """The metric whose words stand in `text`, or nothing."""
    found = _metric(tokens(text), language, World())
    return found[0] if found else ""


# -- one detail each


def _metric(words: Words, language: Language, world: World) -> Hit | None:
    """What was asked for; words that only name an account (余额宝) ask for nothing."""
    table = phrases("metric", language)
    inside = covered(words, Phrases((name, name) for name in world.accounts))
    hits = [(hit[0], i, hit[1]) for i in range(len(words)) if (hit := table.at(words, i))]
    hits = [hit for hit in hits if not set(range(hit[1], hit[2])) <= inside] or _charge(words, language)
    return min(hits, key=lambda hit: METRICS.index(hit[0]), default=None)


def _charge(words: Words, language: Language) -> list[Hit]:
    """ "What was that 49.90 charge": a word of asking, then one for a row of the accounts, with a sum between."""
    asked, rows = (phrases(f"list.{name}", language).scan(words) for name in ("what_was", "charge"))
    summed = any(words[at].kind == "digits" for at in range(asked[0][2], rows[-1][1])) if asked and rows else False
    return [("payments", *rows[-1][1:])] if summed else []


def _table(section: str) -> Callable[[Words, Language, World], Hit | None]:
    def reader(words: Words, language: Language, world: World) -> Hit | None:  # noqa: ARG001
        return next(iter(phrases(section, language).scan(words)), None)

    return reader


def _category(words: Words, language: Language, world: World) -> Hit | None:
    own = Phrases((name, name) for name in world.categories)
    hits = phrases("category", language).scan(words) or own.scan(words)
    return hits[0] if hits else None


def _account(words: Words, language: Language, world: World) -> Hit | None:  # noqa: ARG001
    """The one account that is named."""
    hits = _named(words, world.accounts)
    return hits[0] if len({name for name, *_ in hits}) == 1 else None


def _payee(words: Words, language: Language, world: World) -> Hit | None:
    """A merchant by its whole name or its first word, unless that is a word of every day ("account fee")."""
    usual = {token.text for phrase in lexicon(language)["list"]["payee_stop"] for token in tokens(phrase)}
    usual |= {word for name in ("metric", "category") for word, *more in phrases(name, language).table if not more}
    first = [(heads[0], name) for name in world.merchants if (heads := tokens(name))]
    often = Counter(head.text for head, _ in first)
    alone = [
        (head.text, name) for head, name in first
        if head.kind == "word" and len(head.text) > 3 and head.text not in usual and often[head.text] == 1
    ]  # fmt: skip
    return next(iter(Phrases([*((name, name) for name in world.merchants), *alone]).scan(words)), None)


def _unmet(words: Words, language: Language, found: dict[str, Slot]) -> Hit | None:
    """ "at Lidl", chez Lidl, 在家乐福: whom the accounts may not know; that nothing was paid there is an answer too."""
    spans = [slot.span for slot in found.values() if slot.span]
    stop, until = phrases("list.payee_stop", language), phrases("list.paid", language)
    for _, _, first in phrases("list.shop_before", language).scan(words):
        last = first
        while last < len(words) and last - first < NAME and words[last].kind in ("word", "han"):
            taken = any(start <= words[last].start < end for start, end in spans)
            if taken or stop.at(words, last) or until.at(words, last):
                break
            last += 1
        if last > first:
            return "", first, last
    return None


def _holding(words: Words, language: Language, world: World) -> Hit | None:  # noqa: ARG001
    return next(iter(_named(words, world.holdings)), None)


def _named(words: Words, known: Sequence[str]) -> list[Hit]:
    """Names as a whole, or by a word that no other name shares ("savings")."""
    pieces: dict[str, set[str]] = {}
    for name in known:
        for token in tokens(name):
            if token.kind == "word" and len(token.text) > 3:
                pieces.setdefault(token.text, set()).add(name)
    alone = [(piece, min(owners)) for piece, owners in pieces.items() if len(owners) == 1]
    return Phrases([*((name, name) for name in known), *alone]).scan(words)


def _group(words: Words, language: Language, world: World) -> Hit | None:
    """By what to split; two accounts in one question are told apart."""
    named = _named(words, world.accounts)
    several = [("account", named[0][1], named[-1][2])] if len({name for name, *_ in named}) > 1 else []
    return next(iter(phrases("group", language).scan(words) or several), None)


def _currencies(words: Words, language: Language, world: World) -> list[Hit]:
    """Currencies that exactly one reading or one held currency leaves, none that follows a number."""
    found: list[Hit] = []
    for codes, first, last in phrases("currency", language).scan(words):
        options = codes.split()
        held = [code for code in options if code in world.currencies]
        code = options[0] if len(options) == 1 else held[0] if len(held) == 1 else ""
        if code and (not first or words[first - 1].kind != "digits"):
            found.append((code, first, last))
    return found


def _currency(words: Words, language: Language, world: World) -> Hit | None:
    """ "in dollars": the currency to report in."""
    return next(iter(_currencies(words, language, world)), None)


def _also(words: Words, language: Language, world: World) -> Hit | None:
    """ "in euros and in dollars": a second one."""
    found = _currencies(words, language, world)
    return next((hit for hit in found[1:] if hit[0] != found[0][0]), None)


READERS: dict[str, Callable[[Words, Language, World], Hit | None]] = {
    "metric": _metric, "category": _category, "account": _account, "group": _group, "currency": _currency,
    "also": _also, "payee": _payee, "holding": _holding, "asset_class": _table("class"), "worst": _table("list.worst"),
}  # fmt: skip


def _bounds(text: str, words: Words, language: Language, found: dict[str, Slot]) -> dict[str, Slot]:
    """ "over 100 euros", "moins de 20", 100以上: amounts that rows must reach or stay below."""
    taken = [found[name].span for name in ("period", "versus") if name in found]
    bounds: dict[str, Slot] = {}
    for index in range(len(words)):
        before, hit = phrases("bound", language).at(words, index), None
        if before and before[0] in BOUNDS and before[1] < len(words):
            hit = amounts.amount_at(words, before[1], language)
        if hit is None and (lone := amounts.amount_at(words, index, language)) and lone.last < len(words):
            before, hit = phrases("bound_after", language).at(words, lone.last), lone
        if not (before and hit and before[0] in BOUNDS):
            continue
        span = extent(words, index, max(before[1], hit.last))
        if not any(old and old[0] < span[1] and span[0] < old[1] for old in taken):
            bounds[BOUNDS[before[0]]] = _sum(text, hit, span)
            taken.append(span)
    return bounds


def _own_figure(text: str, words: Words, language: Language, found: dict[str, Slot]) -> dict[str, Slot]:
    """ "200 more a month", 百分之五: the asker's own number, an amount or a percentage."""
    taken = [slot.span for name, slot in found.items() if name in ("period", "versus") and slot.span]
    for index in range(len(words)):
        ahead = words[index].text == "百" and "".join(word.text for word in words[index : index + 3]) == "百分之"
        hit = number(words, index + 3 if ahead else index, language)
        after = phrases("list.percent", language).at(words, hit.end) if hit else None
        if hit and (ahead or after):
            return {"extra": _slot(text, words, (str(hit.values[0]), index, after[1] if after else hit.end))}
    said = amounts.read(text, language, taken)
    return {"extra": Slot.said(text, said[0].span, said[0].readings[0].value)} if said else {}
