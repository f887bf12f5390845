"""Rules: the proposer that needs no language model. An answer to what was asked first, then pictures, then wishes.

Evidence may fill a slot and never starts anything by itself: a picture without words is described, and what it says
becomes a payment's details only when the person's own words ask to pay it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import get_args

from assistant.language import answers, asides, basket, constraints, flash, measures, pictures, slots, wallet, wishes
from assistant.language.acts import Act, Cancel, Chat, Goal, Proposal, Query, Set, Slot, Start, State, Unknown, World
from assistant.language.heard import careful
from assistant.language.lexicon import phrases
from assistant.language.router import Router, Verdict, route_of, shipped
from assistant.language.tokens import Phrases, covered, extent, tokens
from assistant.request import Evidence, Language

MEANT = 0.2  # probability from which a product that is named is bought or compared, not only looked for
SURE = 0.40  # probability of the likeliest label below which the person is asked what was meant
CLEAR = 0.8  # share of the wealth room in which a figure is answered that no word names
UNTRAINED = 0.7  # share of a metric that the head was not trained on, once its words were said
OFFERED = 3  # "which did you mean?" choices
GOALS: dict[str, Goal] = {"wealth": "measure", "product": "find", "thanks": "greet", "service": "outside"}
EMPTY = ("search", "pointing", "opening", "negation", "polite", "change", "not", "buy")  # words that no product has
COMMAS = (",", "，", "、")
MEASURED = ("size", "capacity", "noise", "weight", "power")  # fields of units that only goods have
Told = Mapping[str, Slot]


class Rules:
    """`router` None: the shipped one, loaded at the first sentence."""

    def __init__(self, router: Router | None = None) -> None:
        self._router = router

    @property
    def router(self) -> Router:
        return self._router or shipped()

    def propose(self, utterance: str, evidence: Evidence, state: State, world: World) -> Proposal:
        if stops(utterance):
            return Proposal((Query("stop_payments"),), "rules")
        if wishes.inward(utterance, state.language):
            return Proposal((_remark("own_accounts"),), "rules")
        opened = _opened(utterance, state.language)
        plain = _plain(opened, state.language)
        said = (self.short(text, evidence, state, world) for text in dict.fromkeys((utterance, opened, plain)))
        acts = next(filter(None, said), ())
        if not acts or (_guesses_payee(acts) and self._is_wish_of_its_own(opened, state, world)):
            acts = self.wishes(opened, evidence, state, world)
        return Proposal(acts, "rules")

    def short(self, text: str, evidence: Evidence, state: State, world: World) -> tuple[Act, ...]:
        """A file, a picture, a sentence to the cart, or an answer to what was said before; else no act."""
        if evidence.files:
            return (Query("import"),)
        if not tokens(text):
            return pictures.silent(evidence)
        acts = (
            flash.propose(text, evidence, state, world)
            or pictures.about(text, evidence, state.language, world)
            or wallet.propose(text, state)
            or asides.propose(text, state, world)
            or basket.propose(text, state, world)
            or answers.propose(text, state, world)
        )
        return careful(acts, evidence, state.language)

    def wishes(self, text: str, evidence: Evidence, state: State, world: World) -> tuple[Act, ...]:
        """What a sentence asks for by itself."""
        return careful(tuple(self._wishes(text, evidence, state, world)), evidence, state.language)

    def describe(self) -> str:
        return self.router.describe()

    def _is_wish_of_its_own(self, text: str, state: State, world: World) -> bool:
        """Whether what could be a stranger's name is surely something else: "resume the payments", 恢复付款."""
        found = self.router.classify(text, state.language)
        label, share = _decided(found, _Details(text, state.language, world))
        return share > CLEAR and route_of(label) != "out_of_scope" and label != "pay"

    def _wishes(self, text: str, evidence: Evidence, state: State, world: World) -> Iterator[Act]:
        """Each part of a sentence that asks for something of its own."""
        parts = [(at, part, self._act(part, state, world)) for at, part in wishes.split(text, state.language, world)]
        wanted = [(at, act) for at, part, act in parts if len(parts) == 1 or _is_wish(part, act, state.language)]
        apart = len({_goal(act) for _, act in wanted}) > 1 or _paid_apart(wanted)
        unclear = any(isinstance(act, Unknown) and not act.outside for *_, act in parts)
        left = [part for at, part, act in parts if (at, act) not in wanted]
        pays = any(isinstance(act, Start) and act.goal == "pay" for _, act in wanted)
        if pays and (wishes.names_payee(left, world) or (len(parts) > 1 and wishes.each(text, state.language))):
            wanted = [(0, self._act(text, state, world))]  # "to Alice and Bob": nobody is left out in silence
        elif len(parts) > 1 and not apart and (len(wanted) != 1 or unclear):
            wanted = [(0, self._act(text, state, world))]
        for at, act in wanted:
            for one in wishes.apiece(_moved(act, at), text, state.language):
                yield pictures.fill(one, evidence)

    def _act(self, text: str, state: State, world: World) -> Act:
        language = state.language
        if typed := slots.code(text):
            return Query("lookup", {"code": typed})
        details = _Details(text, language, world)
        if _only_amount(text, language):
            return Unknown(("pay", "find"))
        if _says("standing", details) and _says("payments", details) and "amount" not in details.of("pay"):
            return _remark("needs_button")
        found = self.router.classify(text, language)
        label, share = _decided(found, details)
        if share < SURE:
            return Unknown(_candidates(found))
        return _act_of(label, details, found, state)


def _opened(text: str, language: Language) -> str:
    """ "OK, take the second", 好的，买第二个: blanks for the words that only open a sentence, so that places stay."""
    words, table, at = tokens(text), phrases("list.opening", language), 0
    metric = phrases("metric", language)  # 那笔 is no 那
    while at < len(words) and (words[at].kind == "mark" or (table.at(words, at) and not metric.at(words, at))):
        hit = table.at(words, at)
        at = hit[1] if hit else at + 1
    opens = at and at < len(words) and any(word.kind != "mark" for word in words[:at])
    return " " * words[at].start + text[words[at].start :] if opens else text


def _plain(text: str, language: Language) -> str:
    """ "Can I even afford that right now", 现在到底买得起吗: blanks for the adverbs that a short sentence can spare."""
    words = tokens(text)
    for _, first, last in phrases("list.filler", language).scan(words):
        start, end = extent(words, first, last)
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def stops(text: str) -> bool:
    """Whether everything is to stop, whatever was asked before and whichever language is spoken."""
    words = tokens(text)
    return any(phrases("list.panic", language).scan(words) for language in get_args(Language))


def _guesses_payee(acts: Sequence[Act]) -> bool:
    """The answer to "whom?" that neither the book nor a word before it calls a name."""
    payee = acts[0].slots.get("payee") if len(acts) == 1 and isinstance(acts[0], Set) else None
    return payee is not None and payee.confidence <= answers.AS_IT_STANDS


def _only_amount(text: str, language: Language) -> bool:
    words = answers.trimmed(tokens(text), language)
    sums = slots.amount(text, language)
    return bool(words) and sums is not None and sums.span == (words[0].start, words[-1].end)


class _Details:
    """The slots of a sentence for each room, read when they are first asked for."""

    def __init__(self, text: str, language: Language, world: World) -> None:
        self.text, self.language, self.world = text, language, world
        self._read: dict[str, Told] = {}

    def of(self, room: str) -> Told:
        readers: dict[str, Callable[[str, Language, World], Told]] = {
            "pay": slots.pay, "measure": measures.read, "find": slots.find,
        }  # fmt: skip
        if room not in self._read:
            self._read[room] = readers[room](self.text, self.language, self.world)
        return self._read[room]

    @property
    def names_product(self) -> bool:
        """Whether a kind of product or a brand that is sold here is named, or a present."""
        limits = self.of("find")["constraints"].value if "constraints" in self.of("find") else ()
        gift = _says("gift", self) and not _says("transfer", self)
        return gift or bool(constraints.sold(self.text, self.world)) or any(limit.field == "brand" for limit in limits)

    @property
    def is_bare_wish(self) -> bool:
        """A product with a limit in numbers, with nothing beside its looks, or "a kettle ...": only that is meant."""
        told, query = self.of("find"), str(self.of("find").get("query", Slot("")).value)
        limits = told["constraints"].value if "constraints" in told else ()
        sold = constraints.sold(query, self.world)
        named = sum(last - first for first, last in sold)
        one = sold[:1] and not sold[0][0] and phrases("list.indefinite", self.language).at(tokens(self.text), 0)
        limited = (
            "doubts" in told
            or any(word.kind == "digits" for word in tokens(query))
            or any(limit.field not in ("colour", "brand") for limit in limits)
        )
        return bool(limited or one or named == len(tokens(query))) and not {"category", "period"} <= set(
            self.of("measure")
        )

    @property
    def is_headed(self) -> bool:
        """ "Train tickets [from] Paris [to] Lyon", 巴黎到里昂的火车票: a phrase without a verb about what is sold."""
        said, named = tokens(self.text), constraints.sold(self.text, self.world)
        if named and named[0][0] == 0 and said[named[0][1] : named[0][1] + 1] and said[named[0][1]].text in COMMAS:
            return True  # "mug, dishwasher safe"
        words = [word for word in said if word.kind != "mark"]
        spans = constraints.sold(" ".join(word.text for word in words), self.world)
        heading = phrases("list.heading", self.language)
        if self.language == "zh":
            return any(last == len(words) and words[first - 1].text == "的" for first, last in spans if first)
        past = "period" in (told := self.of("measure")) and told["period"].value.start <= self.world.day
        dated = [] if past else phrases("list.dated", self.language).scan(words)
        ticket = any(first <= at < last for _, at, _ in dated for first, last in spans[:1])
        return any(first == 0 and (ticket or heading.at(words, last)) for first, last in spans)

    @property
    def trades(self) -> bool:
        """Whether something the person holds is to be bought, sold or kept."""
        held = Phrases((name, name) for name in self.world.holdings).scan(tokens(self.text))
        return bool(held) and _says("trade", self)

    @property
    def requests(self) -> bool:
        """ "ask Bob for 20", 向Bob收20: money is to come from the payee."""
        payee = self.of("pay").get("payee")
        start, end = (payee.span if payee else None) or (0, len(self.text))
        before, after = tokens(self.text[:start]), tokens(self.text[end:])
        asked = any(last == len(before) for *_, last in phrases("list.asks_of", self.language).scan(before))
        return (
            asked
            or _says("request", self)
            or _says("owed", self)
            or phrases("list.requested", self.language).at(after, 0) is not None
        )

    @property
    def measured(self) -> bool:
        """Whether a size, a weight or the like was said with its number, or so many pieces of what is counted so."""
        words = tokens(self.text)
        if any(words[at - 1].text == "块" for _, at, _ in phrases("list.by_piece", self.language).scan(words) if at):
            return True
        units = phrases("unit", self.language).scan(words)
        return any(unit.split()[0] in MEASURED and at and words[at - 1].kind == "digits" for unit, at, _ in units)

    @property
    def knows_payee(self) -> bool:
        payee = self.of("pay").get("payee")
        return payee is not None and payee.value in self.world.payees


def _decided(found: Verdict, details: _Details) -> tuple[str, float]:
    """The likeliest label once the lexicons have spoken: a metric, a known payee with an amount, a price limit."""
    shares = dict(found.labels)
    metric = details.of("measure").get("metric")
    if metric:
        shares.setdefault("measure." + metric.value, UNTRAINED)
        _raise(shares, "wealth", 3.0, "measure." + metric.value)
    if "repeat" in details.of("pay") and _says("transfer", details):
        shares["pay"] = shares.get("pay", 0.0) + 50.0
    pay = details.of("pay") if _says("transfer", details) or not details.names_product else {}
    if "amount" in pay and "payee" in pay and (details.knows_payee or pay["amount"].value.currency):
        _raise(shares, "payment", 4.0 if details.knows_payee else 2.0, "pay")
    elif pay and details.knows_payee:
        _raise(shares, "payment", 1.5)
    find = details.of("find")
    if "constraints" in find and "query" in find and not (pay and details.knows_payee):
        priced = any(c.field == "price" for c in find["constraints"].value)
        _raise(shares, "product", 3.0 if priced else 1.5)
    if details.measured and not metric:
        _raise(shares, "product", 10.0, "find")
    if details.is_headed and not metric:
        return "find", 1.0
    paying = _says("transfer", details) and (details.knows_payee or found.routes.get("payment", 0.0) > 0.5)
    if details.names_product and not (metric or paying):
        if details.is_bare_wish:
            likely = max(("find", "buy", "compare"), key=lambda name: shares.get(name, 0.0))
            return likely if shares.get(likely, 0.0) > MEANT else "find", 1.0
        _raise(shares, "product", 1.5, "find")
    elif _says("advice", details) or (not metric and details.trades):
        shares["advice"] = shares.get("advice", 0.0) + 2.0 + max(shares.values())  # whatever figure was named with it
    total = sum(shares.values())
    routes: dict[str, float] = {}
    for label, share in shares.items():
        routes[route_of(label)] = routes.get(route_of(label), 0.0) + share / total
    route = max(routes, key=lambda name: routes[name])
    label = max((name for name in shares if route_of(name) == route), key=lambda name: shares[name])
    return label, routes[route]


def _raise(shares: dict[str, float], route: str, factor: float, label: str = "") -> None:
    for name in shares:
        if route_of(name) == route:
            shares[name] *= factor * (1.5 if name == label else 1.0)


def _candidates(found: Verdict) -> tuple[Goal, ...]:
    goals = (_goal_of(label) for label, share in found.labels if share > 0.05)
    return tuple(dict.fromkeys(goal for goal in goals if goal not in ("outside", "greet")))[:OFFERED]


def _goal_of(label: str) -> Goal:
    name = label.partition(".")[0]
    return GOALS.get(name, name)  # type: ignore[arg-type]  # every other label is a goal's name


def _act_of(label: str, details: _Details, found: Verdict, state: State) -> Act:
    name, _, metric = label.partition(".")
    match name:
        case "pay":
            told = details.of("pay")
            if refused := _refused(details, state):
                return refused
            if (
                set(told) == {"amount"}
                and not _says("everyone", details)
                and state.frames
                and state.frames[-1].goal == "pay"
            ):
                return Set(told)  # "pay 50" while a sheet waits
            return (
                Start("pay", told) if told or found.routes["payment"] > 2 * SURE - 0.1 else Unknown(_candidates(found))
            )
        case "refund" | "payments":
            told = {key: slot for key, slot in details.of("pay").items() if key in ("payee", "amount")}
            if name == "refund":
                return Start("refund", told)
            return Query("payments", {"payee": told["payee"]} if details.knows_payee else {})
        case "stop_payments":
            return Query("stop_payments") if _says("halt", details) else Unknown(("payments", "stop_payments"))
        case "measure" | "wealth":
            told = details.of("measure")
            if "metric" in told or not metric:
                return Query("measure", told) if "metric" in told else Unknown(("measure",))
            if not told and found.routes.get("wealth", 0.0) < CLEAR:
                return Unknown(_candidates(found))  # the head alone, and none of the words of money
            kind = told["asset_class"].value if "asset_class" in told else ""
            metric = "cash_by_currency" if (metric, kind) == ("balance", "cash") else metric
            return Query("measure", {**told, "metric": Slot(metric, confidence=0.7)})
        case "import" | "advice":
            return Query(_goal_of(name))
        case "buy" | "find" | "product":
            return _shopping(name, details, state)
        case "compare":
            return Query("compare") if state.results else _shopping("find", details, state)
        case "lookup":
            return Query("lookup", details.of("find")) if "code" in details.of("find") else Unknown(("lookup",))
        case "help" | "greet" | "thanks":
            return Chat(name)
        case _:
            return Unknown(outside=True)


def refusal(text: str, state: State, world: World) -> Act | None:
    """What a payment that `text` speaks of is answered with instead of a draft."""
    return _refused(_Details(text, state.language, world), state)


def _refused(details: _Details, state: State) -> Act | None:
    """A payment that is not wished, or one the other way round: nobody can be charged from here."""
    if wishes.denies(details.text, details.language):
        return Cancel() if state.frames else _remark("not_paid")
    return _remark("no_requests") if details.requests else None


def _says(section: str, details: _Details) -> bool:
    return bool(phrases(f"list.{section}", details.language).scan(tokens(details.text)))


def _shopping(name: str, details: _Details, state: State) -> Act:
    told = details.of("find")
    if "query" not in told and _says("gift", details):
        return Query("find", told)  # what for is asked
    if "query" not in told and name == "buy" and state.results:
        return Start("buy")
    words = tokens(str(told["query"].value)) if "query" in told else ()
    small = covered(words, *(phrases(f"list.{each}", details.language) for each in EMPTY))
    if set(told) == {"query"} and len(small) == len(words):  # 不要这个 names nothing that could be found
        return Unknown(("find",))
    if not told or (name == "product" and "constraints" not in told):
        return Unknown(("find",))
    return Start("buy", told) if name == "buy" and "query" in told else Query("find", told)


def _goal(act: Act) -> str:
    return act.goal if isinstance(act, (Start, Query)) else type(act).__name__


def _remark(topic: str) -> Query:
    return Query("clarify", {"topic": Slot(topic)})


def _is_wish(part: str, act: Act, language: Language) -> bool:
    """Whether a part asks for something, be it outside what Lueur does."""
    outside = isinstance(act, Unknown) and act.outside and wishes.asks(tokens(part), language)
    return outside or not isinstance(act, (Chat, Unknown))


def _paid_apart(wanted: Sequence[tuple[int, Act]]) -> bool:
    """Two payments, each with its own payee and amount."""
    whole = [isinstance(act, Start) and {"payee", "amount"} <= set(act.slots) for _, act in wanted]
    return len(whole) > 1 and all(whole)


def _moved(act: Act, offset: int) -> Act:
    """Spans of a part as spans of the whole."""
    if not offset or not isinstance(act, (Start, Query)):
        return act
    told = {
        name: replace(slot, span=(slot.span[0] + offset, slot.span[1] + offset)) if slot.span else slot
        for name, slot in act.slots.items()
    }
    return replace(act, slots=told)
