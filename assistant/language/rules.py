"""Rules: the proposer that needs no language model. An answer to what was asked first, then pictures, then wishes.

Evidence may fill a slot and never starts anything by itself: a picture without words is described, and what it says
becomes a payment's details only when the person's own words ask to pay it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.language import answers, asides, basket, corrections, flash, narrowing, pictures, slots, wallet, wishes
from assistant.language.acts import (
    Act,
    Affirm,
    Cancel,
    Chat,
    Goal,
    Proposal,
    Query,
    Set,
    Slot,
    Start,
    State,
    Unknown,
    World,
)  # fmt: skip
from assistant.language.answers import remark
from assistant.language.heard import careful
from assistant.language.lexicon import Words, names
from assistant.language.router import Router, Verdict, route_of, shipped
from assistant.language.tokens import extent
from assistant.language.utterance import Utterance, utter
from assistant.language.weighing import weigh
from assistant.request import LANGUAGES, Evidence

SURE = 0.40  # probability of the likeliest label below which the person is asked what was meant
CLEAR = 0.8  # share of the wealth room in which a figure is answered that no word names
MODEL = 3  # tokens of a model's name
OFFERED = 3  # "which did you mean?" choices
GOALS: dict[str, Goal] = {"wealth": "measure", "product": "find", "thanks": "greet", "service": "outside"}
EMPTY = ("search", "pointing", "opening", "negation", "polite", "change", "not", "buy")  # words that no product has


class Rules:
    """`router` None: the shipped one, loaded at the first sentence."""

    def __init__(self, router: Router | None = None) -> None:
        self._router = router

    @property
    def router(self) -> Router:
        return self._router or shipped()

    def propose(self, utterance: str, evidence: Evidence, state: State, world: World) -> Proposal:
        said = utter(utterance, state, world)
        if stops(utterance):
            return Proposal((Query("stop_payments"),), "rules")
        if wishes.inward(said) or wishes.takes_cash(said):
            return Proposal((remark("own_accounts" if wishes.inward(said) else "no_cash"),), "rules")
        opened = _opened(said)
        readings = {each.text: each for each in (said, opened, _plain(opened))}
        acts = next(filter(None, (self.short(each, evidence) for each in readings.values())), ())
        if not acts or (_guesses_payee(acts) and self._is_wish_of_its_own(opened)):
            acts = self.wishes(opened, evidence)
        return Proposal(acts, "rules")

    def short(self, said: Utterance, evidence: Evidence) -> tuple[Act, ...]:
        """A file, a picture, a sentence to the cart, or an answer to what was said before; else no act."""
        if evidence.files:
            return (Query("import"),)
        if not said.tokens:
            return pictures.silent(evidence)
        acts = flash.propose(said, evidence) or pictures.about(said, evidence)
        rooms = (answers.why, wallet.propose, asides.propose, basket.propose, answers.propose)
        return careful(acts or next(filter(None, (room(said) for room in rooms)), ()), evidence, said.language)

    def wishes(self, said: Utterance, evidence: Evidence) -> tuple[Act, ...]:
        """What a sentence asks for by itself."""
        return careful(tuple(self._wishes(said, evidence)), evidence, said.language)

    def describe(self) -> str:
        return self.router.describe()

    def _is_wish_of_its_own(self, said: Utterance) -> bool:
        """Whether what could be a stranger's name is surely something else: "resume the payments", 恢复付款."""
        label, share = weigh(self.router.classify(said.text, said.language), said)
        return share > CLEAR and route_of(label) != "out_of_scope" and label != "pay"

    def _wishes(self, said: Utterance, evidence: Evidence) -> Iterator[Act]:
        """Each part of a sentence that asks for something of its own."""
        anew = said.waiting is not None and bool(said.core.at("change"))  # "no, 25 to Alice and 35 to Bob"
        parts = list(_shared_out([(at, part, self._act(part)) for at, part in wishes.split(said)], anew))
        wanted = [(at, act) for at, part, act in parts if len(parts) == 1 or _is_wish(part, act)]
        apart = len({_goal(act) for _, act in wanted}) > 1 or _paid_apart(wanted)
        unclear = any(isinstance(act, Unknown) and not act.outside for *_, act in parts)
        left = [part for at, part, act in parts if (at, act) not in wanted]
        pays = any(isinstance(act, Start) and act.goal == "pay" for _, act in wanted)
        named = any(names(said.world.payees).scan(part.tokens) for part in left)
        if pays and (named or (len(parts) > 1 and said.says("apiece"))):
            others = [(at, act) for at, part, act in parts if at and (at, act) in wanted and not _is_paid(part, act)]
            whole = said.of(said.text[: min((at for at, _ in others), default=len(said.text))])
            wanted = [(0, self._act(whole)), *others]  # "to Alice and Bob": nobody is left out in silence
        elif len(parts) > 1 and not apart and (len(wanted) != 1 or unclear):
            wanted = [(0, self._act(said))]
        if any(_pays_everyone(act, said) for _, act in wanted):
            yield remark("one_at_a_time")
        for at, act in wanted:
            for one in wishes.apiece(_moved(act, at), said):
                yield from wishes.each_category(pictures.fill(corrections.instead(one, said), evidence), said)

    def _act(self, said: Utterance) -> Act:
        if typed := slots.code(said.text):
            return Query("lookup", {"code": typed})
        sums = slots.amount(said.text, said.language)
        if said.core and sums and sums.span == (said.core[0].start, said.core[-1].end):
            return Unknown(("pay", "find"))  # nothing but an amount
        if said.says("standing") and said.says("payments") and "amount" not in said.payment:
            return remark("needs_button")
        if asked := said.core.at("sells"):
            return _shopping("find", said.blank(0, said.core[asked - 1].end))
        found = self.router.classify(said.text, said.language)
        label, share = weigh(found, said)
        return _otherwise(Unknown(_candidates(found)) if share < SURE else _act_of(label, said, found), said)


def _otherwise(act: Act, said: Utterance) -> Act:
    """What a sentence may still be that the head does not know: a line of the cart, the name of a model."""
    if isinstance(act, Unknown) or (isinstance(act, Query) and act.goal == "find"):
        act = next(iter(basket.thrown_out(said)), act)
    named = Slot(said.text.strip(), said.text.strip())
    return Query("find", {"query": named}) if isinstance(act, Unknown) and _is_model(said) else act


def _opened(said: Utterance) -> Utterance:
    """ "OK, take the second", 好的，买第二个: blanks for the words that only open a sentence, so that places stay."""
    words, at = said.tokens, 0
    while at < len(words) and (words[at].kind == "mark" or (words.at("opening", at) and not words.at("metric", at))):
        at = words.at("opening", at) or at + 1  # 那笔 is no 那
    opens = at and at < len(words) and any(word.kind != "mark" for word in words[:at])
    return said.blank(0, words[at].start) if opens else said


def _plain(said: Utterance) -> Utterance:
    """ "Can I even afford that right now", 现在到底买得起吗: blanks for the adverbs that a short sentence can spare."""
    words = said.tokens
    for _, first, last in words.find("filler"):
        said = said.blank(*extent(words, first, last))
    return said


def stops(text: str) -> bool:
    """Whether everything is to stop, whatever was asked before and whichever language is spoken."""
    return any(Words.of(text, language).says("panic") for language in LANGUAGES)


def _guesses_payee(acts: Sequence[Act]) -> bool:
    """The answer to "whom?" that neither the book nor a word before it calls a name."""
    payee = acts[0].slots.get("payee") if len(acts) == 1 and isinstance(acts[0], Set) else None
    return payee is not None and payee.confidence <= answers.AS_IT_STANDS


def _candidates(found: Verdict) -> tuple[Goal, ...]:
    goals = (_goal_of(label) for label, share in found.labels if share > 0.05)
    return tuple(dict.fromkeys(goal for goal in goals if goal not in ("outside", "greet")))[:OFFERED]


def _goal_of(label: str) -> Goal:
    name = label.partition(".")[0]
    return GOALS.get(name, name)  # type: ignore[arg-type]  # every other label is a goal's name


# ---- what a label proposes ----


def _act_of(label: str, said: Utterance, found: Verdict) -> Act:
    name, _, metric = label.partition(".")
    match name:
        case "pay":
            return _payment(said, found)
        case "refund" | "payments":
            if said.core.at("cancel") and said.top and (taken := refusal(said)):
                return taken
            told = {key: slot for key, slot in said.payment.items() if key in ("payee", "amount")}
            if name == "refund":
                asks = len(told) == 2 and wishes.requests(said)  # "demande 20 à Bob"
                return remark("no_requests") if asks else Start("refund", told)
            return Query("payments", {"payee": told["payee"]} if said.knows(told.get("payee")) else {})
        case "stop_payments":
            return Query("stop_payments") if said.says("halt") else Unknown(("payments", "stop_payments"))
        case "measure" | "wealth":
            owes = "metric" in said.measured and said.measured["metric"].value == "debt"
            if owes and said.knows(said.payment.get("payee")):
                return remark("no_debts")
            return _figure(metric, said, found)
        case "import" | "advice":
            return Query(_goal_of(name))
        case "buy" | "find" | "product":
            return _shopping(name, said)
        case "compare":
            return Query("compare") if said.state.results else _shopping("find", said)
        case "lookup":
            return Query("lookup", said.wish) if "code" in said.wish else Unknown(("lookup",))
        case "help" | "greet" | "thanks":
            return Chat(name)
        case _:
            return Unknown(outside=True)


def _is_model(said: Utterance) -> bool:
    """ "iphone 15", "ps 5": a word or two that no sentence is made of, and a number."""
    words = said.core
    usual = words.covered("verb", "payee_stop", "currency", "unit", "bound", "period.unit", "opening", "search")
    named = [
        word for i, word in enumerate(words[:-1]) if word.kind == "word" and word.text.isascii() and i not in usual
    ]
    return 1 < len(words) <= MODEL and words[-1].kind == "digits" and len(named) == len(words) - 1 and not said.top


def _pays_everyone(act: Act, said: Utterance) -> bool:
    pays = isinstance(act, Start) and act.goal == "pay" and "payee" not in act.slots
    return pays and said.says("everyone")


def _payment(said: Utterance, found: Verdict) -> Act:
    told = said.payment
    past = said.core.at("past")
    if past and not said.core.cut(past).says("transfer"):
        return Query("payments", {"payee": told["payee"]} if said.knows(told.get("payee")) else {})
    if said.says("everyone") and not said.knows(told.get("payee")):
        told = {name: slot for name, slot in told.items() if name != "payee"}
    if refused := refusal(said):
        return refused
    if "amount" in told and said.says("than") and (said.says("more_by") or said.says("less_by")):
        return Unknown(("measure", "pay"))  # "20 more than Alice": no sum is said
    if not told and said.top and said.top.sheet and said.top.goal == "pay":
        return Affirm()  # "I said pay it!!" points to the button
    if set(told) == {"amount"} and not said.says("everyone") and said.top and said.top.goal == "pay":
        return Set(told)  # "pay 50" while a sheet waits
    return Start("pay", told) if told or found.routes["payment"] > 2 * SURE - 0.1 else Unknown(_candidates(found))


def refusal(said: Utterance) -> Act | None:
    """What a payment that is not wished, or is the other way round, is answered with: nobody can be charged here."""
    if wishes.denies(said.tokens):
        return Cancel() if said.top else remark("not_paid")
    if said.core.at("cancel") or said.core.at("undo"):  # "undo 20 to Bob"
        payee = said.payment.get("payee")
        return Cancel(str(payee.value) if payee and said.knows(payee) else "")
    if said.core.at("wonders"):
        return remark("only_asked")
    return remark("no_requests") if wishes.requests(said) else None


def _figure(metric: str, said: Utterance, found: Verdict) -> Act:
    told = said.measured
    if "metric" in told or not metric:
        return Query("measure", told) if "metric" in told else Unknown(("measure",))
    if not told and found.routes.get("wealth", 0.0) < CLEAR:
        return Unknown(_candidates(found))  # the head alone, and none of the words of money
    kind = told["asset_class"].value if "asset_class" in told else ""
    metric = "cash_by_currency" if (metric, kind) == ("balance", "cash") else metric
    return Query("measure", {**told, "metric": Slot(metric, confidence=0.7)})


def _shopping(name: str, said: Utterance) -> Act:
    told, rows = said.wish, said.measured
    if "period" in rows and {"over", "least", "under", "most"} & set(rows) and not said.sold:
        return Query("measure", {**rows, "metric": Slot("payments", confidence=0.7)})  # 上个月超过200的有哪些
    if "query" not in told and said.says("gift"):
        return Query("find", told)  # what for is asked
    if "query" not in told and "constraints" in told and said.search and name != "buy":
        return Set(narrowing.narrowed(said.search, told["constraints"].value))  # 防水的有吗
    words = Words.of(str(told["query"].value) if "query" in told else "", said.language)
    nameless = "query" in told and len(words.covered(*EMPTY)) == len(words)
    if nameless and set(told) == {"query"}:
        return Unknown(("find",))  # 不要这个 names nothing that could be found
    if nameless:
        told = {detail: slot for detail, slot in told.items() if detail != "query"}
    if not {"query", "constraints"} & set(told) and said.state.results and (name == "buy" or "quantity" in told):
        return Start("buy", told)  # 来两盒
    if not {"query", "constraints"} & set(told) or (name == "product" and "constraints" not in told):
        return Unknown(("find",))
    return Start("buy", told) if name == "buy" and "query" in told else Query("find", told)


def _goal(act: Act) -> str:
    return act.goal if isinstance(act, (Start, Query)) else type(act).__name__


def _is_wish(part: Utterance, act: Act) -> bool:
    """Whether a part asks for something, be it outside what Lueur does."""
    outside = isinstance(act, Unknown) and act.outside and part.at("verb", 0)
    return bool(outside) or not isinstance(act, (Chat, Unknown))


def _shared_out(parts: list[tuple[int, Utterance, Act]], pays: bool) -> Iterator[tuple[int, Utterance, Act]]:
    """ "20 to Alice, 30 to Bob": a name with an amount after a payment is one too; "Bob has table 7" is asked."""
    last: Act | None = None
    for at, part, act in parts:
        told = part.payment
        as_much = part.tokens.spans("as_much")
        if pays and as_much and isinstance(last, Start) and "amount" in last.slots and "amount" not in told:
            told = {**told, "amount": replace(last.slots["amount"], span=None)}  # "and Bob the same"
        if pays and not part.at("verb", 0) and {"payee", "amount"} <= set(told) and part.knows(told["payee"]):
            strange = part.besides([*(slot.span for slot in told.values()), *as_much])
            act = Unknown(("pay",)) if strange > 1 else Start("pay", told) if not refusal(part) else act
        pays, last = isinstance(act, Start) and act.goal == "pay", act
        yield at, part, act


def _is_paid(part: Utterance, act: Act) -> bool:
    """Whether a part belongs to a payment: it pays, or it is another name alone."""
    name = bool(names(part.world.payees).scan(part.tokens)) and not part.at("verb", 0)
    return name or (isinstance(act, Start) and act.goal == "pay")


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
