"""What is said to a cart: "add the second one", "keep it under 200", "express delivery", "check out".

A sentence that names the cart always means it; a shorter one ("make it three") does while the cart was spoken of last.
Which product is meant is a place on the shelf, a place in the cart, or words that the shop looks up.
"""

import re
from collections.abc import Mapping

from assistant.language.acts import Act, Affirm, Cancel, Frame, Query, Set, Slot, Start
from assistant.language.lexicon import Hit
from assistant.language.numbers import Number, number, numbers
from assistant.language.tokens import joined
from assistant.language.utterance import Utterance
from assistant.money import Money

CODE = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9]*[A-Za-z])(?=[A-Za-z0-9]*\d|[A-Z]+(?![a-z]))[A-Za-z0-9]{4,20}"
)  # a coupon
BEYOND = 12  # tokens of a sentence to the cart that does not name it
TAKING = ("把", "将")  # 把第二个放进去: the verb stands after what is taken


def propose(said: Utterance) -> tuple[Act, ...]:
    """The acts of a sentence to the cart; none when it is about something else."""
    return _whole(said) or _named(said) or _beside(said)


def _act(op: str, **told: Slot) -> Query:
    return Query("cart", {"op": Slot(op), **told})


def _noun(said: Utterance) -> Hit | None:
    """Where the cart is named; 火车票, 自行车头盔 and 打车 are no cart (车)."""
    others = [*said.sold, *(hit[1:] for name in ("category", "cart.other") for hit in said.find(name))]
    named = (hit for hit in said.find("cart.noun") if not any(a <= hit[1] and hit[2] <= b for a, b in others))
    return next(named, None)


def _is_open(said: Utterance) -> bool:
    """Whether the cart was spoken of last."""
    spoken = said.state.last is not None and said.state.last.goal == "cart"
    return (spoken and not _is_paying(said)) or (said.top is not None and said.top.goal == "checkout")


def _is_paying(said: Utterance) -> bool:
    return said.top is not None and said.top.goal in ("pay", "refund")


def _buying(said: Utterance) -> Frame | None:
    """The single product that waits on its sheet."""
    return said.top if said.top and said.top.goal == "buy" and said.top.sheet else None


def _whole(said: Utterance) -> tuple[Act, ...]:
    """Check out, a coupon, a delivery: phrases that need no cart beside them."""
    if _only(said, "checkout"):
        return (Start("checkout"),)
    if said.says("cart.coupon") and (code := _code(said)):
        return (_act("coupon", coupon=code),)
    ways = said.find("cart.delivery")
    if ways and (_noun(said) or ((_is_open(said) or said.state.results) and _only(said, "delivery"))):
        return (_act("delivery", delivery=Slot(ways[0][0])),)
    return ()


def _named(said: Utterance) -> tuple[Act, ...]:
    """A sentence with the word "cart" in it."""
    if not _noun(said):
        return ()
    if said.says("cart.empty"):
        return (_act("empty"),)
    if said.says("cart.unlimited"):
        return (_act("budget"),)
    if said.says("cart.pay") and not _details(said, "pay"):
        return (Start("checkout"),)
    for op in ("remove", "add"):
        if said.says(f"cart.{op}"):
            told = _details(said, op)
            aside = _put_aside(said) if op == "add" and not told else ()
            return aside or (_act(op, **told),)
    if limit := _limit(said):
        return (_act("budget", limit=limit),)
    return (_act("coupon" if said.says("cart.coupon") else "show"),)


def _beside(said: Utterance) -> tuple[Act, ...]:
    """Without that word: what is added from the shelf, and changes while the cart was spoken of last."""
    if not said.tokens or len(said.tokens) > BEYOND or _is_paying(said):
        return ()
    is_open, buying = _is_open(said), _buying(said)
    if several := _several(said):
        return several
    counted = said.at("cart.change", 0) > said.at("cart.add", 0)  # mets-en trois
    if _begins(said, "add") and not counted and (said.state.results or is_open) and (told := _details(said, "add")):
        return (_act("add", **told),)
    if buying and _only(said, "settle"):
        return (Affirm(),)
    if buying and (recounted := _recounted(said)):
        return recounted
    if not is_open:
        if _only(said, "total") and (buying or said.state.results):
            return (Set({}),) if buying else (_act("show"),)
        return _thrown_out(said)
    if _only(said, "settle"):
        return (Start("checkout"),)
    if _only(said, "total"):
        return (_act("show"),)
    if said.says("cart.unlimited"):
        return (_act("budget"),)
    if _begins(said, "restore") and (told := _details(said, "restore")):
        return (_act("add", **told),)
    if _begins(said, "remove"):
        return (_act("remove", **_details(said, "remove"), **_fewer(said)),)
    if (limit := _limit(said)) and not (said.tokens.says("gift", "verb") or said.sold):  # "a present under 25"
        return (_act("budget", limit=limit),)
    if (count := _count(said)) and said.says("cart.change"):
        return (_act("set", **{**_details(said, "change"), "quantity": Slot(count)}),)
    return ()


def _begins(said: Utterance, op: str) -> bool:
    taken = said.language == "zh" and said.words[0] in TAKING and said.says(f"cart.{op}")
    return bool(said.at(f"cart.{op}", 0)) or taken


def _fewer(said: Utterance) -> Mapping[str, Slot]:
    """ "Remove one", enlève-en deux, 去掉一个: how many, said right after the verb."""
    start = said.tokens.at("cart.remove")
    hit = number(said.tokens, start, said.language) if start else None
    counts = hit and not said.tokens.at("ordinal", start) and hit.form != "digits"
    return {"quantity": Slot(int(hit.values[0]))} if hit and counts else {}


def _recounted(said: Utterance) -> tuple[Act, ...]:
    """ "Make it two" while a single product waits on its sheet."""
    count, words = _count(said), said.tokens
    them = [word for i, word in enumerate(words) if not words.cut(i, i + 1).at("counted")]
    only = len(them) == 1 and number(them, 0, said.language) is not None  # "two of them"
    meant = count and (only or (said.says("cart.change") and not _details(said, "change")))
    return (Set({"quantity": Slot(count)}),) if meant else ()


def _put_aside(said: Utterance) -> tuple[Act, ...]:
    """ "Add it to my cart" while it waits on a sheet of its own: it is put in the cart instead."""
    waiting = _buying(said)
    ref = waiting.slots.get("ref") if waiting else None
    return (Cancel(), _act("add", refs=Slot((ref.value,)))) if ref else ()


def _thrown_out(said: Utterance) -> tuple[Act, ...]:
    """ "Remove the shoes": a verb that buys nothing, and something that is sold, mean the cart at any time."""
    verb = _begins(said, "remove") and not said.at("buy", 0)
    return (_act("remove", **_details(said, "remove")),) if verb and said.sold else ()


def thrown_out(said: Utterance) -> tuple[Act, ...]:
    """ "Remove the mouse", 把鼠标拿掉, when it means nothing else: the cart takes it out or says that it holds none."""
    verb = _begins(said, "remove") and not (_is_paying(said) or said.at("buy", 0) or said.limits.doubts)
    told = _details(said, "remove") if verb and len(said.tokens) <= BEYOND else {}
    return (_act("remove", **told),) if "query" in told else ()


def _several(said: Utterance) -> tuple[Act, ...]:
    """ "Two of the first", without a verb."""
    words, one = said.tokens, said.place if said.state.results else None
    if one is None or one[1] < 2 or len(said.find("ordinal")) > 1:
        return ()
    shown = words.covered("ordinal", "cart.noun", "cart.small", "polite")
    others = [words.cut(i, i + 1) for i, word in enumerate(words) if i not in shown and word.kind != "mark"]
    if not all(word.at("pointing") or number(word, 0, said.language) for word in others):
        return ()
    return (_act("add", refs=Slot((one[0],)), quantity=Slot(one[1])),)


def _only(said: Utterance, name: str) -> bool:
    """Nothing is said besides, but small and polite words and the cart."""
    known = said.tokens.covered(f"cart.{name}", "cart.noun", "cart.small", "polite", "yes")
    return said.says(f"cart.{name}") and all(i in known or w.kind == "mark" for i, w in enumerate(said.tokens))


def _details(said: Utterance, op: str) -> Mapping[str, Slot]:
    """Which products, and how many: what is left once the verb and the cart are taken out."""
    rest = said.of(_rest(said, op))
    if op == "remove" and rest.says("cart.all"):
        return {}
    counts = op == "change"  # "make it 3": how many, no place
    places = ((rest.place[0],) if rest.place else ()) if counts else rest.places
    if places and not rest.sold:
        count = rest.place[1] if len(places) == 1 and rest.place and not counts else 1
        return {"refs": Slot(places)} | ({"quantity": Slot(count)} if count > 1 else {})
    kept = {name: slot for name, slot in rest.wish.items() if name in ("query", "constraints", "quantity", "code")}
    return kept if {"query", "code", "constraints"} & set(kept) else {}


def _rest(said: Utterance, op: str) -> str:
    """The sentence without its verb, the cart, and the small words that lead to it."""
    words = said.tokens
    gone = {i for _, first, last in said.find(f"cart.{op}")[:1] for i in range(first, last)} | words.covered("polite")
    gone |= set(range(words.at("opening")))
    if op == "change" and (count := _counting(said)):
        end = count.end
        while after := words.at("counted", end):
            end = after
        gone |= set(range(count.start, end))
    little = words.covered("cart.small")
    if noun := _noun(said):
        _, first, last = noun
        gone |= set(range(first, last))
        for step, start in ((-1, first - 1), (1, last)):
            while 0 <= start < len(words) and (start in little or start in gone):
                gone.add(start)
                start += step
    if said.language == "zh":
        gone |= {i for i, word in enumerate(words) if word.text in TAKING}
    gone -= words.covered("ordinal")  # 便宜的那个
    return joined(said.text, [word for i, word in enumerate(words) if i not in gone])


def _code(said: Utterance) -> Slot | None:
    spoken = said.tokens.covered("cart.coupon")
    parts = [word for i, word in enumerate(said.tokens) if i not in spoken and word.kind != "mark"]
    for match in reversed(list(CODE.finditer(said.text))):
        if any(word.start < match.end() and match.start() < word.end for word in parts):
            return Slot(match[0].upper(), match[0], match.span())
    return None


def _limit(said: Utterance) -> Slot | None:
    """A price bound for the whole cart."""
    prices = [each for each in said.limits.constraints if each.field == "price" and each.op in ("at_most", "less")]
    return Slot(prices[0].value, span=prices[0].span) if prices and isinstance(prices[0].value, Money) else None


def _count(said: Utterance) -> int:
    hit = _counting(said)
    return int(hit.values[0]) if hit else 0


def _counting(said: Utterance) -> Number | None:
    """The last whole number said that is no size or the like: how many are wanted now."""
    taken = [limit.span for limit in said.limits.constraints if limit.span and limit.field != "price"]
    hits = [
        hit for hit in numbers(said.tokens, said.language)
        if hit.values[0] == int(hit.values[0]) and 0 < hit.values[0] < 100
        and not any(start <= said.tokens[hit.start].start < end for start, end in taken)
    ]  # fmt: skip
    return hits[-1] if hits else None
