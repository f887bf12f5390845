"""Short answers: yes, no, cancel, a correction, a missing detail, "and last year?", "the second one".

They mean something only beside what was asked or shown before, so they are read first. What does not answer anything
comes back as no act, and is then read as a wish.
"""

import functools
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.language import amounts, constraints, measures, narrowing, periods, pointing, slots
from assistant.language.acts import (
    Act,
    Affirm,
    Amount,
    Cancel,
    Chat,
    Choose,
    Deny,
    Query,
    Set,
    Slot,
    Start,
    State,
    Unknown,
    World,
)  # fmt: skip
from assistant.language.lexicon import lexicon, phrases
from assistant.language.numbers import number
from assistant.language.tokens import Token, covered, extent, tokens
from assistant.request import Doubt, Language

MORE = 3  # products that "show me more" adds
SHORT = 7  # tokens of an answer
FEW = 4  # tokens that a question about the shelf has besides "which one"
AS_IT_STANDS = 0.6  # confidence of a name that nothing marks as one
SIGNS = "$€£¥-"  # marks that belong to an amount
SMALL = ("payee_before", "purpose", "polite", "change", "ellipsis", "in_currency")  # words that introduce details


def propose(text: str, state: State, world: World) -> tuple[Act, ...]:
    said = Said(text, state, world)
    return (
        said.about_doubt()
        or said.whole()
        or said.to_sheet()
        or said.to_question()
        or said.correction()
        or said.belongs()
        or said.nearer()
        or said.pointed()
        or said.again()
    )


def trimmed(words: Sequence[Token], language: Language) -> tuple[Token, ...]:
    """Without marks and polite words at both ends; a currency sign or a minus stays."""
    small = covered(words, phrases("list.polite", language))
    small |= {index for index, word in enumerate(words) if word.kind == "mark" and word.text not in SIGNS}
    kept = [index for index in range(len(words)) if index not in small]
    return tuple(words[kept[0] : kept[-1] + 1]) if kept else ()


def whole(words: Sequence[Token], section: str, language: Language) -> bool:
    """All words are phrases of this list: "yes, go ahead"."""
    content = [word for word in words if word.kind != "mark"]
    return bool(content) and len(covered(content, phrases(section, language))) == len(content)


class Said:
    """One utterance beside the conversation it is said in. Every reading gives acts, or none where it does not fit."""

    def __init__(self, text: str, state: State, world: World) -> None:
        self.text, self.state, self.world, self.language = text, state, world, state.language
        self.full = tokens(text)
        self.words = trimmed(self.full, self.language)
        self.content = [word for word in self.words if word.kind != "mark"]
        self.top = state.frames[-1] if state.frames else None

    @functools.cached_property
    def measured(self) -> dict[str, Slot]:
        return measures.read(self.text, self.language, self.world)

    @functools.cached_property
    def payment(self) -> dict[str, Slot]:
        return slots.pay(self.text, self.language, self.world)

    def at(self, name: str, index: int) -> tuple[str, int] | None:
        return phrases(f"list.{name}", self.language).at(self.words, index)

    def is_whole(self, name: str) -> bool:
        return any(whole(words, f"list.{name}", self.language) for words in (self.full, self.words))

    @property
    def opened(self) -> bool:
        """Whether a word of correction stands at either end."""
        table = phrases("list.change", self.language).scan(self.words)
        return any(first == 0 or last == len(self.words) for _, first, last in table)

    def covered(self, spans: Sequence[tuple[int, int]], words: Sequence[Token] = (), *more: str) -> bool:
        """Nothing is said but these details and the small words that introduce them."""
        words = words or self.words
        small = covered(words, *(phrases(f"list.{name}", self.language) for name in (*SMALL, *more)))
        return all(
            i in small or word.kind == "mark" or any(start <= word.start < end for start, end in spans)
            for i, word in enumerate(words)
        )

    # ---- yes, no and the like ----

    def about_doubt(self) -> tuple[Act, ...]:
        """ "Is 300 your limit?" answered by a yes or a no while no sheet waits."""
        last = self.state.last
        if last is None or last.goal != "find" or any(frame.sheet for frame in self.state.frames):
            return ()
        doubts: tuple[Doubt, ...] = last.slots["doubts"].value if "doubts" in last.slots else ()
        if doubts and whole(self.words, "list.yes", self.language):
            return (Set(narrowing.narrowed(last, doubts[0].options[0], doubts[1:])),)
        if not doubts or not whole(self.words, "list.no", self.language):
            return ()
        query = f"{last.slots['query'].value if 'query' in last.slots else ''} {doubts[0].text}".strip()
        return (Set(narrowing.narrowed(last, (), doubts[1:]) | {"query": Slot(query, query)}),)

    def whole(self) -> tuple[Act, ...]:
        """Sentences that are nothing but a yes, a no, a cancel, a greeting, thanks or a call for help."""
        short: dict[str, Act] = {
            "undo": Cancel() if self.top else Query("undo"), "cancel": Cancel(), "yes": Affirm(), "no": Deny(),
            "thanks": Chat("thanks"), "help": Chat("help"), "greet": Chat("greet"), "plug": Query("prove"),
            "repay": Start("pay", {"repeat": Slot("last", self.text)}), "memory": Query("memory"),
        }  # fmt: skip
        if self.is_whole("cancel_all"):
            return (Cancel(),) * max(1, sum(bool(frame.sheet) for frame in self.state.frames))
        for name, act in short.items():
            if self.is_whole(name):
                return (act,)
        if (other := self._open_payee()) and self.at("cancel", 0):
            return (Cancel(other),)
        if self._taken_back():
            return (Cancel() if self.top else Query("undo"),)
        return (Set({}),) if self.top and self.is_whole("open") else ()

    def _open_payee(self) -> str:
        """ "The Alice one" while Bob's sheet lies on top: the payee of the task beneath; empty: nobody else's."""
        named = self.payment.get("payee")
        held = [str(frame.slots["payee"].value) for frame in self.state.frames if "payee" in frame.slots]
        said = {word.text for word in tokens(str(named.value))} if named and self._is_known(named) else set()
        meant = [name for name in held if said and (said <= _names(name) or _names(name) <= said)]
        return meant[-1] if meant and meant[-1] != (held or [""])[-1] else ""

    def _taken_back(self) -> bool:
        """ "Drop it, he paid me back", "no, we're even", "you paid the wrong person": no wish, no detail beside it."""
        if any(phrases("list.regret", self.language).scan(self.words)):
            return "amount" not in self.payment
        if not (self.top and self.top.sheet) or "amount" in self.payment:
            return False
        named, waiting = self.payment.get("payee"), self.top.slots.get("payee")
        if self._is_known(named) and named and waiting and named.value != waiting.value:
            return False  # "cancel the one to Bob" while Alice's waits
        rest = self.words[hit[1] :] if (hit := self.at("cancel", 0)) else ()
        wishes = any(phrases(f"list.{name}", self.language).scan(rest) for name in ("verb", "transfer"))
        return bool(rest and not wishes) or bool(phrases("list.settled", self.language).scan(self.words))

    def to_sheet(self) -> tuple[Act, ...]:
        """ "yes, twelve euros fifty", or the amount alone: repeated it confirms, another one corrects."""
        if not (self.top and self.top.sheet):
            return ()
        start = self.at("yes", 0)
        rest = self.words[start[1] :] if start else self.words
        marked = bool(start and rest and rest[0].kind == "mark")
        while rest and rest[0].kind == "mark" and rest[0].text not in SIGNS:
            rest = rest[1:]
        found = amounts.read(self.text, self.language)
        if not rest or len(found) != 1 or found[0].span != (rest[0].start, rest[-1].end):
            wish = rest and phrases("list.verb", self.language).at(rest, 0)
            return (Affirm(),) if marked and not wish and not self.opened and not found else ()
        said, waiting = found[0], self.top.slots.get("amount")
        if (start and waiting is None) or (waiting and any(_equal(each, waiting.value) for each in said.readings)):
            return (Affirm(said.readings[0], sole=len(said.readings) == 1),)
        slot = slots.amount(self.text, self.language)
        return (Set({"amount": slot}),) if slot and self.top.goal == "pay" else ()

    # ---- details of what is open ----

    def to_question(self) -> tuple[Act, ...]:
        """The missing detail, when the sentence is short and begins no new wish."""
        if not (self.top and self.top.asked and self.words) or self._begins_a_wish():
            return ()
        if self.top.asked == "payee":
            named = any(word.kind in ("word", "han") for word in self.words)
            if "payee" not in self.payment and (not named or periods.read(self.text, self.language, self.world.day)):
                return ()  # "how much was it last month" names nobody
            return (Set(self._named()),) if "payee" in self.payment or self.opened or not self._is_talk() else ()
        if self.top.asked == "amount":
            slot = slots.amount(self.text, self.language)
            return (Set({"amount": slot}),) if slot else ()
        text = self.text.strip()
        return (Set({self.top.asked: Slot(text, text, (0, len(self.text)))}),)

    def _begins_a_wish(self) -> bool:
        asks = self.at("verb", 0) and not self.at("payee_before", 0)
        pays = self.at("transfer", 0) and {"payee", "amount"} <= set(self.payment)
        return bool(asks or pays) or len(self.words) > SHORT or self.text.rstrip().endswith(("?", "？"))

    def _is_talk(self) -> bool:
        """Whether it holds words of every day that no name is made of: "forget that I like blue"."""
        usual = set(lexicon(self.language)["detect"]["words"].split()) if self.language != "zh" else set[str]()
        small = ("payee_before", "payee_article", "polite", "ellipsis")
        spare = {i for name in small for _, a, b in phrases(f"list.{name}", self.language).scan(self.words)
                 for i in range(a, b)}  # fmt: skip
        talk = [word for i, word in enumerate(self.words) if word.text in usual and i not in spare]
        return len(talk) > 1 or (self.language == "zh" and len(self.words) > SHORT - 1)

    def _named(self) -> dict[str, Slot]:
        """The payee by the book, by a marker, or as it stands; "make it 30" names nobody."""
        told = self.payment
        if self.opened and "amount" in told and not self._is_known(told.get("payee")):
            return {"amount": told["amount"]}
        return told if "payee" in told else told | {"payee": self._as_it_stands(self.words)}

    def _as_it_stands(self, words: Sequence[Token]) -> Slot:
        return Slot.said(self.text, extent(words, 0, len(words)), confidence=AS_IT_STANDS)

    def _is_known(self, payee: Slot | None) -> bool:
        return payee is not None and payee.value in self.world.payees

    def correction(self) -> tuple[Act, ...]:
        """ "no, make it 5", "to Bob instead", "in dollars": details of the open task said anew."""
        if not self.top or self.top.goal != "pay" or not self.words or len(self.words) > 2 * SHORT:
            return ()
        if any(self._says(name) for name in ("owed", "everyone")):
            return ()
        if more := self._relative():
            return more
        told, payee = self.payment, self.payment.get("payee")
        if payee and payee.readings:
            return ()  # two people are another wish
        stranger = payee is not None and not self._is_known(payee)
        unnamed = {name: slot for name, slot in told.items() if name != "payee"}
        if stranger and payee and (self.at("purpose", 0) or ("amount" in told and self._after(payee, "purpose"))):
            reason = slots.purpose(self.text, self.language, None)  # "for lunch" tells nobody's name
            told = unnamed | ({"purpose": reason} if reason else {})
        elif (
            payee
            and stranger
            and not (self._after(payee, "payee_before") if self.opened else self.at("payee_before", 0))
        ):
            if not self.opened:
                return ()
            told = unnamed
        if "amount" not in told and (changed := self._recurrency()):
            told = {**told, "amount": changed}
        only = self.opened or self.covered([slot.span for slot in told.values() if slot.span])
        return (Set(told),) if told and only and (self.opened or not self.at("verb", 0)) else ()

    def _says(self, name: str) -> bool:
        return bool(phrases(f"list.{name}", self.language).scan(self.words))

    def _relative(self) -> tuple[Act, ...]:
        """ "5 less", "add 5", 再加5块: of the open amount, when nobody else is named."""
        said, waiting = self.payment.get("amount"), self.top.slots.get("amount") if self.top else None
        more, less = self._says("more_by"), self._says("less_by")
        if more == less or said is None or waiting is None or "payee" in self.payment or len(self.words) > SHORT:
            return ()
        if said.readings or (said.value.currency or waiting.value.currency) != waiting.value.currency:
            return ()
        change = Decimal(said.value.value) * (1 if more else -1)
        sum_ = amounts.printed(Decimal(waiting.value.value) + change)
        return (Set({"amount": replace(said, value=replace(waiting.value, value=sum_))}),)

    def _recurrency(self) -> Slot | None:
        """The open amount in the one currency that was named and nothing else."""
        hits = phrases("currency", self.language).scan(self.words)
        waiting = self.top.slots.get("amount") if self.top else None
        if waiting is None or len(hits) != 1:
            return None
        codes, first, last = hits[0]
        span = extent(self.words, first, last)
        if not self.covered([span]):
            return None
        return Slot.said(self.text, span, replace(amounts.currency_of(codes), value=waiting.value.value))

    def _after(self, slot: Slot, marker: str) -> bool:
        before = tokens(self.text[: slot.span[0]]) if slot.span else ()
        return any(end == len(before) for _, _, end in phrases(f"list.{marker}", self.language).scan(before))

    # ---- what was shown ----

    def belongs(self) -> tuple[Act, ...]:
        """ "Maison Fil was groceries", "that was a gift": where a payee belongs, said after looking at its rows."""
        told, was = self.measured, phrases("list.was", self.language).scan(self.words)
        asked = self.text.rstrip().endswith(("?", "？"))
        if not was or asked or "category" not in told or "metric" in told or len(self.words) > 2 * SHORT:
            return ()
        last = self.state.last
        payee = told.get("payee") or (last.slots.get("about") if last and last.goal == "measure" else None)
        spans = [slot.span for slot in (told["category"], payee) if slot and slot.span]
        if payee is None or not self.covered(spans, (), "refine", "was"):
            return ()
        return (Query("correct", {"payee": payee, "category": told["category"]}),)

    def nearer(self) -> tuple[Act, ...]:
        """ "Anything cheaper?", "cheaper than the first one": a bound that a shown product sets; "show me more"."""
        found, last = pointing.references(self.text, self.language), self.state.last
        if last and last.goal == "find" and self.state.results and (by := narrowing.compared(self)):
            return (Set({"than": Slot(0), "by": Slot(by)}),)
        if last and last.goal == "find" and self.is_whole("more"):
            return (Set({"shown": Slot(MORE + (last.slots["shown"].value if "shown" in last.slots else MORE))}),)
        if self.is_whole("cheaper"):
            found, cheaper = (0,), True  # than the one that was put first
        else:
            than = (phrases(f"list.{name}", self.language).scan(self.words) for name in ("cheaper_than", "than"))
            still = phrases("list.but_cheaper", self.language).scan(self.words)
            cheaper = len(found) == 1 and (bool(still) or all(than))
        if not (found and cheaper and self.state.results and last and last.goal == "find"):
            return ()
        return (Set({"than": Slot(found[0])}),)

    def pointed(self) -> tuple[Act, ...]:
        """ "the second one", "buy two of the first", "compare the first two", "je le prends"."""
        if not self.content or len(self.content) > 2 * SHORT or "period" in self.measured:
            return ()
        compares = self.state.results and phrases("list.compare", self.language).scan(self.content)
        several = pointing.references(self.text, self.language) if compares else ()
        if len(several) > 1 and not measures.metric_of(self.text, self.language):
            return (Query("compare", {"refs": Slot(several)}),)
        kinds = self._pointers()
        if kinds is None:
            return (Query("compare"),) if self._which() else ()
        found = pointing.reference(self.text, self.language)
        if "compare" in kinds:
            return (Query("compare"),)
        if found is None:
            return (Start("buy"),) if "buy" in kinds and self.state.results else ()
        place, count = found
        return (Start("buy", {"ref": Slot(place), "quantity": Slot(count)}) if count > 1 else Choose(place, "buy"),)

    def _which(self) -> bool:
        """ "Which one is lighter?", lequel est le plus léger: of those on the shelf."""
        start = phrases("list.which", self.language).at(self.content, 0)
        return bool(start and self.state.results and len(self.content) - start[1] <= FEW and not self.measured)

    def _pointers(self) -> set[str] | None:
        """The kinds of words that were said, when all of them point; None when something else was said."""
        kinds, index = set[str](), 0
        tables = {"ordinal": "ordinal"} | {name: f"list.{name}" for name in ("buy", "compare", "pointing", "change")}
        while index < len(self.content):
            hits = [
                (hit[1], kind)
                for kind, name in tables.items()
                if (hit := phrases(name, self.language).at(self.content, index))
            ]
            counted = number(self.content, index, self.language)
            if not hits and not counted:
                return None
            index, kind = max(hits) if hits else (counted.end if counted else 0, "")
            kinds.add(kind)
        return kinds

    # ---- the last wish, with a detail changed ----

    def again(self) -> tuple[Act, ...]:
        """ "and last year?", "and for my brother?", "那去年呢", "in blue"."""
        if not self.content or len(self.content) > SHORT + 2:
            return ()
        start = phrases("list.ellipsis", self.language).at(self.content, 0)
        said = [word for word in self.full if word.kind != "mark"]
        after = phrases("list.ellipsis_after", self.language).scan(said)
        asked = bool(start) or any(end == len(said) for *_, end in after)
        last = self.top if self.top and self.top.goal == "pay" else self.state.last
        told = self.measured
        if "period" in told and "metric" not in told and (payee := self._lately_paid()):
            return (Query("measure", {**told, "metric": Slot("spending"), "payee": payee}),)
        figure = told and "metric" not in told and (asked or self._only(told))
        if figure and self.state.last and self.state.last.goal == "measure":
            was = self.state.last.slots.get("metric")
            other = "category" in told and was is not None and was.value not in measures.BY_CATEGORY
            return (Set(told | {"metric": Slot("spending")} if other else told),)  # no balance has a category
        if asked and last and last.goal == "pay":
            return self._for_another(start[1] if start else 0)
        if self.state.last and self.state.last.goal == "find":
            return narrowing.refined(self, self.state.last, asked)
        return (Unknown(("measure",)),) if asked and figure and self._only(told) else ()

    def _lately_paid(self) -> Slot | None:
        """ "How much was it last month", said over a payment: whom it pays, when nothing else is named."""
        paid = next((f for f in (self.top, self.state.last) if f and f.goal == "pay" and "payee" in f.slots), None)
        period = self.measured["period"].span
        spoken = [period] if period else []
        asked = phrases("list.was_it", self.language).scan(self.content)
        spoken += [extent(self.content, first, last) for _, first, last in asked]
        return paid.slots["payee"] if paid and asked and self.covered(spoken, self.content, "refine") else None

    def _only(self, told: dict[str, Slot]) -> bool:
        return self.covered([slot.span for slot in told.values() if slot.span], self.content, "refine")

    def _for_another(self, start: int) -> tuple[Act, ...]:
        """The last payment with another payee or amount; a name needs no marker here: 那我弟弟呢."""
        limits = constraints.read(self.text, self.language, self.world).constraints
        if limits or constraints.sold(self.text, self.world):
            return ()  # "and a mouse under 30" is another wish
        told = {name: slot for name, slot in self.payment.items() if name in ("payee", "amount")}
        rest = [word for word in self.content[start:] if word.text != "呢"]
        when = periods.read(self.text, self.language, self.world.day)
        if not told and rest and not when:
            told = {"payee": self._as_it_stands(rest)}
        return (Set(told),) if told else ()


def _names(payee: str) -> set[str]:
    return {word.text for word in tokens(payee)}


def _equal(said: Amount, waiting: Amount) -> bool:
    fits = not (said.currency and waiting.currency) or said.currency == waiting.currency
    return fits and Decimal(said.value) == Decimal(waiting.value)
