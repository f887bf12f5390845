"""Short answers: yes, no, cancel, a missing detail, "and last year?", "the second one".

They mean something only beside what was asked or shown before, so they are read first. What does not answer anything
comes back as no act, and is then read as a wish.
"""

from dataclasses import replace
from decimal import Decimal

from assistant.language import amounts, corrections, measures, narrowing, periods, slots, wishes
from assistant.language.acts import (
    Act,
    Affirm,
    Amount,
    Cancel,
    Chat,
    Choose,
    Deny,
    Frame,
    Query,
    Set,
    Slot,
    Start,
    Unknown,
)
from assistant.language.corrections import AS_IT_STANDS as AS_IT_STANDS
from assistant.language.corrections import SHORT, as_it_stands, means
from assistant.language.lexicon import Words, lexicon
from assistant.language.numbers import number, numbers
from assistant.language.tokens import tokens
from assistant.language.utterance import SIGNS, Utterance
from assistant.request import Doubt, Language

MORE = 3  # products that "show me more" adds
FEW = 4  # tokens that a question about the shelf has besides "which one"


def propose(said: Utterance) -> tuple[Act, ...]:
    readings = (
        about_doubt, whole, to_sheet, to_question, corrections.propose, belongs, nearer, pointed, again,
    )  # fmt: skip
    return next(filter(None, (read(said) for read in readings)), ())


def why(said: Utterance) -> tuple[Act, ...]:
    """ "Why do you ask?": what the open question is for, and the question again."""
    last = said.search
    if not said.is_whole("why_ask"):
        return ()
    if said.top and said.top.asked:
        return remark(f"why.{said.top.asked if said.top.asked in ('payee', 'amount') else 'detail'}"), Set({})
    pending = last and (last.told("doubts") or "asked" in last.slots)
    return (remark("why.limit"), Query("find", last.slots)) if last and pending else (remark("why.any"),)


def remark(topic: str) -> Query:
    return Query("clarify", {"topic": Slot(topic)})


# ---- yes, no and the like ----


def about_doubt(said: Utterance) -> tuple[Act, ...]:
    """ "Is 300 your limit?" answered by a yes or a no while no sheet waits."""
    last = said.search
    if last is None or any(frame.sheet for frame in said.state.frames):
        return ()
    doubts: tuple[Doubt, ...] = last.told("doubts", ())
    if doubts and said.core.are("yes"):
        return (Set(narrowing.narrowed(last, doubts[0].options[0], doubts[1:])),)
    if not doubts or not said.core.are("no"):
        return ()
    query = f"{last.told('query', '')} {doubts[0].text}".strip()
    return (Set(narrowing.narrowed(last, (), doubts[1:]) | {"query": Slot(query, query)}),)


def whole(said: Utterance) -> tuple[Act, ...]:
    """Sentences that are nothing but a yes, a no, a cancel, a greeting, thanks or a call for help."""
    asked = said.top and said.top.asked and not said.top.offered
    short: dict[str, Act] = {
        "undo": Cancel() if said.top else Query("undo"), "cancel": Cancel(), "no": Deny(),
        "yes": Set({}) if asked else Affirm(),
        "thanks": Chat("thanks"), "help": Chat("help"), "greet": Chat("greet"), "plug": Query("prove"),
        "repay": Start("pay", {"repeat": Slot("last", said.text)}), "memory": Query("memory"),
        "went_through": Query("payments"),
    }  # fmt: skip
    if said.is_whole("cancel_all"):
        return (Cancel(),) * max(1, sum(bool(frame.sheet) for frame in said.state.frames))
    for name, act in short.items():
        if said.is_whole(name):
            return (act,)
    if others := _all_but(said):
        return others
    if (other := corrections.beneath(said)) and (said.core.at("cancel") or said.core.ends("cancel")):
        return (Cancel(other),)
    named, start = said.payment.get("payee"), said.core.at("cancel")
    if start and said.top and named and said.knows(named) and not said.core.cut(start).says("verb", "change"):
        return (Cancel(str(named.value)),)  # "cancel the 20 to Bob"
    if _taken_back(said):
        return (Cancel() if said.top else Query("undo"),)
    return (Set({}),) if said.top and said.is_whole("open") else ()


def _all_but(said: Utterance) -> tuple[Act, ...]:
    """ "Only Alice", "juste alice" while other sheets wait too: those are withdrawn."""
    named, words = said.payment.get("payee"), said.core.content
    start = words.at("only_one", words.at("no"))
    whom = str(named.value) if named and said.knows(named) else ""
    alone = start and len(words) - start <= len(tokens(whom)) + 1
    held = [frame.slots["payee"] for frame in said.state.frames if frame.sheet and "payee" in frame.slots]
    others = [slot for slot in held if not means(slot, whom)]
    return tuple(Cancel(str(slot.value)) for slot in others) if alone and whom and len(others) < len(held) else ()


def _taken_back(said: Utterance) -> bool:
    """ "Drop it, he paid me back", "no, we're even", "you paid the wrong person": no wish, no detail beside it."""
    if said.core.says("regret"):
        return "amount" not in said.payment
    if not (said.top and said.top.sheet) or "amount" in said.payment:
        return False
    named, waiting = said.payment.get("payee"), said.top.slots.get("payee")
    if said.knows(named) and named and waiting and not means(waiting, str(named.value)):
        return False  # "cancel the one to Bob" while Alice's waits
    rest = said.core.cut(said.core.at("cancel")) if said.core.at("cancel") else said.core.cut(0, 0)
    return bool(rest and not rest.says("verb", "transfer")) or said.core.says("settled")


def to_sheet(said: Utterance) -> tuple[Act, ...]:
    """ "yes, twelve euros fifty", or the amount alone: repeated it confirms, another one corrects."""
    if not (said.top and said.top.sheet):
        return ()
    start = said.core.at("yes")
    rest = said.core.cut(start)
    marked = bool(start and rest and rest[0].kind == "mark")
    while rest and rest[0].kind == "mark" and rest[0].text not in SIGNS:
        rest = rest.cut(1)
    found = amounts.read(said.text, said.language)
    if not rest or len(found) != 1 or found[0].span != (rest[0].start, rest[-1].end):
        return (Affirm(),) if marked and not rest.at("verb") and not said.is_changed and not found else ()
    readings, waiting = found[0].readings, said.waiting
    if (start and waiting is None) or (waiting and any(_equal(each, waiting.value) for each in readings)):
        return (Affirm(readings[0], sole=len(readings) == 1),)
    slot = slots.amount(said.text, said.language)
    return (Set({"amount": slot}),) if slot and said.top.goal == "pay" else ()


# ---- the detail that was asked for ----


def to_question(said: Utterance) -> tuple[Act, ...]:
    """The missing detail, when the sentence is short and begins no new wish."""
    if not (said.top and said.top.asked and said.core):
        return ()
    if said.core.are("verb") or said.core.are("transfer"):
        return (Set({}),)  # "pay": what is asked stands
    if _begins_a_wish(said):
        return ()
    if said.top.asked == "payee":
        if said.core.says("everyone") and not said.knows(said.payment.get("payee")):
            return remark("one_at_a_time"), Set({})
        small = said.core.covered("verb", "payee_stop") if said.language != "zh" else set[int]()
        named = any(word.kind in ("word", "han") and i not in small for i, word in enumerate(said.core))
        if "payee" not in said.payment and (not named or corrections.counted(said.core) or _tells_no_name(said)):
            return ()
        pays = said.core.at("payee_before")  # "pay with my visa"
        talks = "payee" not in said.payment and not said.is_changed and (pays or _is_talk(said))
        return () if talks else (Set(_named(said)),)
    if said.top.asked == "amount":
        slot, other = slots.amount(said.text, said.language), said.payment.get("payee")
        whom = said.top.slots.get("payee")
        if (other and whom and other.value != whom.value) or wishes.requests(said):
            return ()  # "tip the driver 5", "ask Bob for 20": not what Bob gets
        return (Set({"amount": slot}),) if slot else ()
    text = said.text.strip()
    return (Set({said.top.asked: Slot(text, text, (0, len(said.text)))}),)


def _tells_no_name(said: Utterance) -> bool:
    """ "How much was it last month", "wait for Friday", "the blue ones"."""
    return bool(periods.read(said.text, said.language, said.world.day, ahead=True) or said.limits.constraints)


def _begins_a_wish(said: Utterance) -> bool:
    asks = said.core.at("verb") and not said.core.at("payee_before")
    told = set(said.payment)
    begins = said.core.at("transfer") or (said.core.says("transfer") and said.knows(said.payment.get("payee")))
    pays = begins and ({"payee", "amount"} <= told or told == {"purpose"})
    return bool(asks or pays or said.core.at("sells")) or len(said.core) > SHORT or said.asks


def _is_talk(said: Utterance) -> bool:
    """Whether it holds words of every day that no name is made of: "forget that I like blue", 先不交, "something"."""
    small = said.core.covered("refine", "comparative", "cheaper", "share_of", "filler", "polite", "pointing")
    if said.language == "zh":
        signs = said.core.covered("negation", "pointing", "buy", "share_of", "comparative")
        return bool(signs) or not SHORT > len(said.core) > len(small)
    usual = set(lexicon(said.language)["detect"]["words"].split())
    spare = said.core.covered("payee_before", "payee_article", "polite", "ellipsis")
    talk = [word for i, word in enumerate(said.core) if word.text in usual and i not in spare]
    return len(talk) > 1 or len(small) == len(said.core)


def _named(said: Utterance) -> dict[str, Slot]:
    """The payee by the book, by a marker, or as it stands; "make it 30" names nobody."""
    told = said.payment
    if said.is_changed and "amount" in told and not said.knows(told.get("payee")):
        return {"amount": told["amount"]}
    return told if {"payee", "purpose"} & set(told) else told | {"payee": as_it_stands(said.text, said.core)}


# ---- what was shown ----


def belongs(said: Utterance) -> tuple[Act, ...]:
    """ "Maison Fil was groceries", "that was a gift": where a payee belongs, said after looking at its rows."""
    if not said.core.says("was") or said.asks or len(said.core) > 2 * SHORT:
        return ()
    told, last = said.measured, said.state.last
    if "category" not in told or "metric" in told:
        return ()
    payee = told.get("payee") or (last.slots.get("about") if last and last.goal == "measure" else None)
    if payee is None or not said.only([told["category"].span, payee.span], None, "refine", "was"):
        return ()
    return (Query("correct", {"payee": payee, "category": told["category"]}),)


def nearer(said: Utterance) -> tuple[Act, ...]:
    """ "Anything cheaper?", "cheaper than the first one": a bound that a shown product sets; "show me more"."""
    last = said.search
    if last is None:
        return ()
    if said.state.results and (by := narrowing.compared(said)):
        return (Set({"than": Slot(0), "by": Slot(by)}),)
    if said.is_whole("more"):
        return (Set({"shown": Slot(MORE + (last.told("shown", MORE)))}),)
    if said.is_whole("cheaper"):
        return (Set({"than": Slot(0)}),) if said.state.results else ()  # than the one that was put first
    cheaper = said.core.says("but_cheaper") or (said.core.says("cheaper_than") and said.core.says("than"))
    fits = cheaper and len(said.places) == 1 and said.state.results
    return (Set({"than": Slot(said.places[0])}),) if fits else ()


def pointed(said: Utterance) -> tuple[Act, ...]:
    """ "the second one", "buy two of the first", "compare the first two", "je le prends"."""
    if not said.content or len(said.content) > 2 * SHORT or "period" in said.measured:
        return ()
    several = said.places if said.state.results and said.content.says("compare") else ()
    if len(several) > 1 and not measures.metric_of(said):
        return (Query("compare", {"refs": Slot(several)}),)
    if said.state.results and said.content.at("which") and said.place and isinstance(said.place[0], str):
        return (Query("explain", {"op": Slot("most"), "ref": Slot(said.place[0])}),)  # "which one is the lightest?"
    asked = said.content.find("asked_fact")
    if said.state.results and asked and not said.measured and not said.limits.constraints:
        told = {"ref": Slot(said.place[0])} if said.place else {}
        return (Query("explain", {"op": Slot("stated"), "field": Slot(asked[0][0]), **told}),)  # "how heavy is it?"
    about = said.content.at("about")
    if about and said.asks and said.state.results and said.places and _pointers(said.content.cut(about), said.language):
        return (Query("explain", {"op": Slot("why"), "ref": Slot(said.places[0])}),)  # "how about the second?"
    kinds = _pointers(said.content, said.language)
    if kinds and "praised" in kinds:  # "the second one looks nice": what is known of it
        return (Query("explain", {"op": Slot("why"), **({"ref": Slot(said.place[0])} if said.place else {})}),)
    if kinds is None:
        return (Query("compare"),) if _which(said) else ()
    if "compare" in kinds:
        return (Query("compare"),)
    if said.place is None:
        counts = list(numbers(said.content, said.language))
        told = {"quantity": Slot(int(counts[0].values[0]))} if len(counts) == 1 and counts[0].values[0] > 1 else {}
        return (Start("buy", told),) if "buy" in kinds and said.state.results else ()
    place, count = said.place
    if (
        count < 2 and len(set(said.places)) > 1 and said.state.results
    ):  # "buy the first and the third": none is left out
        return (Query("cart", {"op": Slot("add"), "refs": Slot(said.places)}),)
    return (Start("buy", {"ref": Slot(place), "quantity": Slot(count)}) if count > 1 else Choose(place, "buy"),)


def _which(said: Utterance) -> bool:
    """ "Which one is lighter?", lequel est le plus léger: of those on the shelf."""
    start = said.content.at("which")
    return bool(start and said.state.results and len(said.content) - start <= FEW and not said.measured)


def _pointers(words: Words, language: Language) -> set[str] | None:
    """The kinds of words that were said, when all of them point; None when something else was said."""
    kinds, index = set[str](), 0
    while index < len(words):
        names = ("ordinal", "buy", "compare", "praised", "pointing", "change")
        hits = [(end, name) for name in names if (end := words.at(name, index))]
        counted = number(words, index, language)
        if not hits and not counted:
            return None
        index, kind = max(hits) if hits else (counted.end if counted else 0, "")
        kinds.add(kind)
    return kinds


# ---- the last wish, with a detail changed ----


def again(said: Utterance) -> tuple[Act, ...]:
    """ "and last year?", "and for my brother?", "那去年呢", "in blue"."""
    if not said.content or len(said.content) > SHORT + 2:
        return ()
    start = said.content.at("ellipsis")
    asked = bool(start) or said.tokens.content.ends("ellipsis_after")
    last = said.top if said.top and said.top.goal == "pay" else said.state.last
    told = said.measured
    if "period" in told and "metric" not in told and (payee := _lately_paid(said)):
        return (Query("measure", {**told, "metric": Slot("spending"), "payee": payee}),)
    alone = bool(told) and said.only([slot.span for slot in told.values()], said.content, "refine", "compare")
    figure = told and "metric" not in told and (asked or alone) and not said.core.at("transfer")
    measured = said.state.last if said.state.last and said.state.last.goal == "measure" else None
    if measured and alone and "period" in told and said.content.says("compare"):
        against = _against(said, measured)
        if "metric" not in told or against["period"] is measured.slots.get("period"):
            return (Set(against),)
    if figure and measured:
        was, stretch = measured.slots.get("metric"), measured.told("period")
        if "period" in told and stretch and (earlier := said.content.find("period.before")):  # than what was asked
            told = told | {"period": replace(told["period"], value=periods.before(stretch, earlier[0][0]))}
        other = "category" in told and was is not None and was.value not in measures.BY_CATEGORY
        return (Set(told | {"metric": Slot("spending")} if other else told),)  # no balance has a category
    if asked and last and last.goal == "afford" and (sum_ := slots.amount(said.text, said.language)):
        return (Set({"amount": sum_}),)
    if asked and last and last.goal == "pay":
        return corrections.for_another(said, start)
    if said.search:
        return narrowing.refined(said, said.search, asked)
    return (Unknown(("measure",)),) if asked and figure and alone else ()


def _against(said: Utterance, last: Frame) -> dict[str, Slot]:
    """ "Compare with last year": the period of the last figure, and the same one a year before; else whole ones."""
    told, now = said.measured.get("versus") or said.measured["period"], last.slots.get("period")
    if now and told.value == periods.unit_period("year", -1, said.world.day):
        told = replace(told, value=periods.before(now.value, "year"))
    else:
        now = measures.current(told, said.world) or told
    return {"metric": Slot("compared"), "period": now, "versus": told}


def _lately_paid(said: Utterance) -> Slot | None:
    """ "How much was it last month", said over a payment: whom it pays, when nothing else is named."""
    paid = next((f for f in (said.top, said.state.last) if f and f.goal == "pay" and "payee" in f.slots), None)
    asked = said.content.spans("was_it")
    spoken = [said.measured["period"].span, *asked]
    return paid.slots["payee"] if paid and asked and said.only(spoken, said.content, "refine") else None


def _equal(said: Amount, waiting: Amount) -> bool:
    fits = not (said.currency and waiting.currency) or said.currency == waiting.currency
    return fits and Decimal(said.value) == Decimal(waiting.value)
