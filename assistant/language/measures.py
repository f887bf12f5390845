"""The details of a question about one's money: which figure, which period, what it is narrowed to and how it is cut.

Every detail is a slot of `Query("measure")`; which of them a metric heeds is decided in the wealth room.
"""

import functools
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from assistant.language import amounts, periods, slots
from assistant.language.acts import Slot, World
from assistant.language.amounts import Found
from assistant.language.lexicon import Hit, Words, lexicon, names, phrases
from assistant.language.sentence import Sentence
from assistant.language.tokens import Phrases, covered, extent, tokens
from assistant.request import Language

Reader = Callable[[Sentence], Hit | None]
NAME = 5  # tokens of a shop's name
# Where several metrics' words stand in one sentence the more particular one is meant.
METRICS = (
    "price_rises", "loan_payoff", "currency_move", "dividends_due", "double_charges", "refunds", "unusual",
    "spending_pace", "left_to_spend", "payday", "forecast", "upcoming", "runway", "cost_basis", "realised_gain",
    "benchmark", "drawdown", "concentration", "exposure", "paid_in", "debt", "top_month", "biggest_expense",
    "net_worth_change", "net_worth_history", "savings_rate", "compared", "net_worth", "return", "gains",
    "recurring", "cash_by_currency", "fees", "payments", "spending", "performance", "balance", "income", "overview",
)  # fmt: skip
EARNED = {"salary", "interest", "dividends", "gifts"}
BY_CATEGORY = {"spending", "income", "biggest_expense", "recurring", "double_charges", "payments", "upcoming",
               "compared", "top_month", "refunds", "spending_pace"}  # fmt: skip
BY_CLASS = {"exposure", "gains"}
BOUNDS = {"more": "over", "at_least": "least", "less": "under", "at_most": "most"}  # the lexicon's names -> slots


def read(said: Sentence) -> dict[str, Slot]:
    """Every detail of the question; a metric only where its words were said."""
    text, found = said.text, dict[str, Slot]()
    apart = said.tokens.says("compare", "against")
    stretches = periods.read(text, said.language, said.world.day, apart=apart)
    for name, stretch in zip(("period", "versus"), stretches, strict=False):
        found[name] = Slot.said(text, stretch.span, stretch.value)
    for name, reader in READERS.items():
        if hit := reader(said):
            found[name] = said.slot(*hit[1:], hit[0])
    if "payee" not in found and (named := _unmet(said, found)):
        found["payee"] = said.slot(*named)
    found |= _bounds(said, found)
    return _settled(said, found)


def _settled(said: Sentence, found: dict[str, Slot]) -> dict[str, Slot]:
    """What the details mean together: the metric nobody named, and details that belong to another one."""
    metric = _implied(said, found)
    if metric:
        found["metric"] = metric
    chosen = str(metric.value) if metric else ""
    if chosen in ("exposure", "currency_move"):
        found |= {"held": found.pop("currency")} if "currency" in found else {}
        found.pop("group", None)
    if chosen in ("loan_payoff", "currency_move"):
        found |= _own_figure(said, found)
        found = {name: slot for name, slot in found.items() if name not in ("over", "least", "under", "most", "group")}
    if chosen == "payments" and "category" in found:  # "the dentist" is a row before it is health
        word = found["category"]
        return {"payee": Slot(word.text, word.text, word.span)} | found
    if chosen == "compared" and "versus" not in found and (now := current(found.get("period"), said.world)):
        found |= {"period": now, "versus": found["period"]}
    if chosen == "balance" and "asset_class" in found and found["asset_class"].value == "cash":
        found["metric"] = replace(found["metric"], value="cash_by_currency")
    if chosen == "payments" and not {"over", "least", "under", "most"} & set(found):
        found |= _own_sum(said, found)
    earned = chosen == "income" and "category" in found and found["category"].value not in EARNED
    drop = {"versus"} if chosen != "compared" else set()
    drop |= {"category"} if (chosen and chosen not in BY_CATEGORY) or earned else set()
    drop |= {"asset_class"} if chosen and chosen not in BY_CLASS else set()
    drop |= {"worst"} if chosen != "gains" else set()
    drop |= {"payee"} if _within(found, "payee", set(found) - {"payee"}) else set()
    return {name: slot for name, slot in found.items() if name not in drop}


def _implied(said: Sentence, found: dict[str, Slot]) -> Slot | None:
    """The metric that was said, or the one that the other details leave no doubt about."""
    metric, words = found.get("metric"), said.tokens
    chosen = metric.value if metric else ""
    asked, paid, yearly = (words.find(name) for name in ("how_much", "paid", "yearly"))
    if yearly and "payee" in found and chosen in ("", "spending"):
        return said.slot(*yearly[0][1:], "recurring")  # "what does Netflix cost a year"
    against, compares = words.says("against"), words.says("compare")
    if chosen in ("", "spending") and (("period" in found and against) or ("versus" in found and compares)):
        return said.slot(0, len(words), "compared")
    if chosen in ("", "spending") and "category" in found and words.says("rose"):
        return said.slot(*words.find("rose")[0][1:], "compared")  # "why did groceries go up"
    details = {"category", "period", "account", "payee"} & set(found)
    if not chosen and asked and (paid or "payee" in found) and details and not slots.known_names(said):
        return said.slot(*(paid or asked)[0][1:], "spending")  # "how much rent do I pay"
    if chosen == "recurring" and "category" in found and asked and "spending" in _metrics(words):
        return said.slot(0, len(words), "spending")  # "how much on my subscriptions"
    if chosen == "performance" and "category" in found and found["category"].value in (*EARNED, "fees"):
        return said.slot(0, len(words), "fees" if found["category"].value == "fees" else "income")
    fared = words.find("fared") if not chosen and "account" in found else []
    if fared:
        return said.slot(*fared[0][1:], "performance")  # "how did my savings plan do this year"
    content = words.content
    whole = content.at("overview") if content and not metric else 0
    return Slot.said(said.text, extent(content, 0, whole), "overview") if whole and whole == len(content) else metric


def current(before: Slot | None, world: World) -> Slot | None:
    """ "More than last month": the stretch of that kind that holds today."""
    for unit in ("day", "week", "month", "quarter", "year"):
        for back in range(-13, 0):
            if before and before.value == periods.unit_period(unit, back, world.day):
                return replace(before, value=periods.unit_period(unit, 0, world.day))
    return None


def _own_sum(said: Sentence, found: dict[str, Slot]) -> dict[str, Slot]:
    """ "That charge of 112.39": the rows of exactly this amount."""
    sums = amounts.read(said.text, said.language, [slot.span for slot in found.values() if slot.span])
    if len(sums) != 1:
        return {}
    slot = _sum(said.text, sums[0], sums[0].span)
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


def metric_of(said: Sentence) -> str:
    """The metric whose words stand in the sentence, or nothing."""
    found = _metric(replace(said, world=World()))
    return found[0] if found else ""


def _metrics(words: Words) -> list[str]:
    return [hit[0] for i in range(len(words)) if (hit := words.hit("metric", i))]


# -- one detail each


def _metric(said: Sentence) -> Hit | None:
    """What was asked for; words that only name an account (余额宝) ask for nothing."""
    words = said.tokens
    inside = covered(words, names(said.world.accounts))
    hits = [(hit[0], i, hit[1]) for i in range(len(words)) if (hit := words.hit("metric", i))]
    hits = [hit for hit in hits if not set(range(hit[1], hit[2])) <= inside] or _charge(words)
    return min(hits, key=lambda hit: METRICS.index(hit[0]), default=None)


def _charge(words: Words) -> list[Hit]:
    """ "What was that 49.90 charge": a word of asking, then one for a row of the accounts, with a sum between."""
    asked, rows = words.find("what_was"), words.find("charge")
    summed = any(words[at].kind == "digits" for at in range(asked[0][2], rows[-1][1])) if asked and rows else False
    return [("payments", *rows[-1][1:])] if summed else []


def _table(name: str) -> Reader:
    return lambda said: next(iter(said.find(name)), None)


def _category(said: Sentence) -> Hit | None:
    return next(iter(said.find("category") or names(said.world.categories).scan(said.tokens)), None)


def _account(said: Sentence) -> Hit | None:
    """The one account that is named."""
    hits = _named(said.tokens, said.world.accounts)
    return hits[0] if len({name for name, *_ in hits}) == 1 else None


def _payee(said: Sentence) -> Hit | None:
    """A merchant by its whole name or its first word, unless that is a word of every day ("account fee")."""
    return next(iter(_merchants(said.world.merchants, said.language).scan(said.tokens)), None)


@functools.lru_cache(maxsize=8)
def _merchants(known: tuple[str, ...], language: Language) -> Phrases[str]:
    usual = {token.text for phrase in lexicon(language)["list"]["payee_stop"] for token in tokens(phrase)}
    usual |= {word for name in ("metric", "category") for word, *more in phrases(name, language).table if not more}
    first = [(heads[0], name) for name in known if (heads := tokens(name))]
    often = Counter(head.text for head, _ in first)
    alone = [
        (head.text, name) for head, name in first
        if head.kind == "word" and len(head.text) > 3 and head.text not in usual and often[head.text] == 1
    ]  # fmt: skip
    return Phrases([*((name, name) for name in known), *alone])


def _unmet(said: Sentence, found: dict[str, Slot]) -> tuple[int, int] | None:
    """ "At Lidl", "on haircuts", 理发花了多少: whom or what the accounts may not know; that nothing was paid for it is
    an answer too, all that was spent is none."""
    words, spans = said.tokens, [slot.span for slot in found.values() if slot.span]
    spent = "metric" in found and found["metric"].value in ("spending", "payments") and "category" not in found
    told = {i for i, word in enumerate(words) if any(start <= word.start < end for start, end in spans)}
    told |= {i for i, word in enumerate(words) if word.kind not in ("word", "han")} | words.covered("paid")
    small = words.covered("payee_stop")
    for _, _, first in words.find("shop_before"):
        if (last := _until(told | small, first, len(words))) > first:
            return first, last
    told |= words.covered("no_subject") | (set() if said.language == "zh" else small)  # of 理发 one sign is no stop
    for _, _, first in words.find("spent_before") if spent else ():
        first = words.at("payee_article", first) or first
        if (last := _until(told, first, len(words))) > first:
            return first, last
    for _, last, _ in words.find("spent_after") if spent else ():
        first = next((i + 1 for i in range(last - 1, last - NAME, -1) if i < 0 or i in told), last)
        if last > first:
            return first, last
    return None


def _until(known: set[int], first: int, end: int) -> int:
    """The token after those of a name that begins at `first`."""
    return next((i for i in range(first, min(first + NAME, end)) if i in known), min(first + NAME, end))


def _holding(said: Sentence) -> Hit | None:
    return next(iter(_named(said.tokens, said.world.holdings)), None)


def _named(words: Words, known: tuple[str, ...]) -> list[Hit]:
    """Names as a whole, or by a word that no other name shares ("savings")."""
    return _pieces(known).scan(words)


@functools.lru_cache(maxsize=16)
def _pieces(known: tuple[str, ...]) -> Phrases[str]:
    pieces: dict[str, set[str]] = {}
    for name in known:
        for token in tokens(name):
            if token.kind == "word" and len(token.text) > 3:
                pieces.setdefault(token.text, set()).add(name)
    alone = [(piece, min(owners)) for piece, owners in pieces.items() if len(owners) == 1]
    return Phrases([*((name, name) for name in known), *alone])


def _group(said: Sentence) -> Hit | None:
    """By what to split; two accounts in one question are told apart."""
    named = _named(said.tokens, said.world.accounts)
    several = [("account", named[0][1], named[-1][2])] if len({name for name, *_ in named}) > 1 else []
    return next(iter(said.find("group") or several), None)


def _currencies(said: Sentence) -> list[Hit]:
    """Currencies that exactly one reading or one held currency leaves, none that follows a number."""
    found: list[Hit] = []
    for codes, first, last in said.find("currency"):
        options = codes.split()
        held = [code for code in options if code in said.world.currencies]
        code = options[0] if len(options) == 1 else held[0] if len(held) == 1 else ""
        if code and (not first or said.tokens[first - 1].kind != "digits"):
            found.append((code, first, last))
    return found


def _currency(said: Sentence) -> Hit | None:
    """ "in dollars": the currency to report in."""
    return next(iter(_currencies(said)), None)


def _also(said: Sentence) -> Hit | None:
    """ "in euros and in dollars": a second one."""
    found = _currencies(said)
    return next((hit for hit in found[1:] if hit[0] != found[0][0]), None)


READERS: dict[str, Reader] = {
    "metric": _metric, "category": _category, "account": _account, "group": _group, "currency": _currency,
    "also": _also, "payee": _payee, "holding": _holding, "asset_class": _table("class"), "worst": _table("worst"),
}  # fmt: skip


def _bounds(said: Sentence, found: dict[str, Slot]) -> dict[str, Slot]:
    """ "over 100 euros", "moins de 20", 100以上: amounts that rows must reach or stay below."""
    words, taken = said.tokens, [found[name].span for name in ("period", "versus") if name in found]
    bounds: dict[str, Slot] = {}
    for index in range(len(words)):
        before, hit = words.hit("bound", index), None
        if before and before[0] in BOUNDS and before[1] < len(words):
            hit = amounts.amount_at(words, before[1], said.language)
        if hit is None and (lone := amounts.amount_at(words, index, said.language)) and lone.last < len(words):
            before, hit = words.hit("bound_after", lone.last), lone
        if not (before and hit and before[0] in BOUNDS):
            continue
        span = extent(words, index, max(before[1], hit.last))
        if not any(old and old[0] < span[1] and span[0] < old[1] for old in taken):
            bounds[BOUNDS[before[0]]] = _sum(said.text, hit, span)
            taken.append(span)
    return bounds


def _own_figure(said: Sentence, found: dict[str, Slot]) -> dict[str, Slot]:
    """ "200 more a month", 百分之五: the asker's own number, an amount or a percentage."""
    if said.percents:
        return {"extra": said.slot(said.percents[0].first, said.percents[0].last, str(said.percents[0].value))}
    taken = [slot.span for name, slot in found.items() if name in ("period", "versus") and slot.span]
    sums = amounts.read(said.text, said.language, taken)
    return {"extra": Slot.said(said.text, sums[0].span, sums[0].readings[0].value)} if sums else {}
