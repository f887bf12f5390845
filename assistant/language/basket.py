"""What is said to a cart: "add the second one", "keep it under 200", "express delivery", "check out".

A sentence that names the cart always means it; a shorter one ("make it three") does while the cart was spoken of last.
Which product is meant is a place on the shelf, a place in the cart, or words that the shop looks up.
"""

import re
from collections.abc import Mapping, Sequence

from assistant.language import constraints, pointing, slots
from assistant.language.acts import Act, Affirm, Cancel, Query, Set, Slot, Start, State, World
from assistant.language.lexicon import phrases
from assistant.language.numbers import number
from assistant.language.tokens import covered, joined, tokens
from assistant.money import Money

CODE = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9]*[A-Za-z])(?=[A-Za-z0-9]*\d|[A-Z]+(?![a-z]))[A-Za-z0-9]{4,20}"
)  # a coupon
BEYOND = 12  # tokens of a sentence to the cart that does not name it
Hit = tuple[str, int, int]


def propose(text: str, state: State, world: World) -> tuple[Act, ...]:
    """The acts of a sentence to the cart; none when it is about something else."""
    said = _Said(text, state, world)
    return said.whole() or said.named() or said.beside()


class _Said:
    """One sentence beside the state of the conversation."""

    def __init__(self, text: str, state: State, world: World) -> None:
        self.text, self.state, self.world, self.language = text, state, world, state.language
        self.words = tokens(text)
        sold = constraints.sold(text, world)  # 火车票 and 自行车头盔 are no cart (车)
        others = [
            hit[1:] for name in ("category", "cart.other") for hit in phrases(name, self.language).scan(self.words)
        ]
        others += sold  # 打车, 骑车
        named = (hit for hit in self._hits("noun") if not any(a <= hit[1] and hit[2] <= b for a, b in others))
        self.noun = next(named, None)
        top = state.frames[-1] if state.frames else None
        self.paying = top is not None and top.goal in ("pay", "refund")
        spoken = state.last is not None and state.last.goal == "cart"
        self.open = (spoken and not self.paying) or (top is not None and top.goal == "checkout")
        self.buying = top if top is not None and top.goal == "buy" and top.sheet else None

    def whole(self) -> tuple[Act, ...]:
        """Check out, a coupon, a delivery: phrases that need no cart beside them."""
        checkout = self._hits("checkout")
        if checkout and self._only(checkout):
            return (Start("checkout"),)
        if self._hits("coupon") and (code := self._code()):
            return (Query("cart", {"op": Slot("coupon"), "coupon": code}),)
        ways = self._hits("delivery")
        if ways and (self.noun or ((self.open or self.state.results) and self._only(ways))):
            return (Query("cart", {"op": Slot("delivery"), "delivery": Slot(ways[0][0])}),)
        return ()

    def named(self) -> tuple[Act, ...]:
        """A sentence with the word "cart" in it."""
        if not self.noun:
            return ()
        if self._hits("empty"):
            return (Query("cart", {"op": Slot("empty")}),)
        if self._hits("unlimited"):
            return (Query("cart", {"op": Slot("budget")}),)
        if self._hits("pay") and not self._details("pay"):
            return (Start("checkout"),)
        for op in ("remove", "add"):
            if self._hits(op):
                told = self._details(op)
                aside = self._put_aside() if op == "add" and not told else ()
                return aside or (self._act(op, told),)
        if limit := self._limit():
            return (Query("cart", {"op": Slot("budget"), "limit": limit}),)
        if self._hits("coupon"):
            return (Query("cart", {"op": Slot("coupon")}),)
        return (Query("cart", {"op": Slot("show")}),)

    def beside(self) -> tuple[Act, ...]:
        """Without that word: what is added from the shelf, and changes while the cart was spoken of last."""
        if not self.words or len(self.words) > BEYOND or self.paying:
            return ()
        if several := self._several():
            return several
        start = phrases("cart.add", self.language).at(self.words, 0) or self._starts_han("add")
        if start and (self.state.results or self.open) and (told := self._details("add")):
            return (self._act("add", told),)
        settles = self._hits("settle")
        if self.buying and settles and self._only(settles):
            return (Affirm(),)
        if self.buying and (recounted := self._recounted()):
            return recounted
        totals = self._hits("total")
        if not self.open and totals and self._only(totals) and (self.buying or self.state.results):
            return (Set({}),) if self.buying else (self._act("show", {}),)
        if not self.open:
            return self._thrown_out()
        for section, act in (("settle", Start("checkout")), ("total", self._act("show", {}))):
            if (hits := self._hits(section)) and self._only(hits):
                return (act,)
        if self._hits("unlimited"):
            return (Query("cart", {"op": Slot("budget")}),)
        if phrases("cart.remove", self.language).at(self.words, 0) or self._starts_han("remove"):
            return (self._act("remove", self._details("remove")),)
        if (limit := self._limit()) and not self._seeks():
            return (Query("cart", {"op": Slot("budget"), "limit": limit}),)
        if (count := self._count()) and self._hits("change"):
            told = {name: slot for name, slot in self._details("change").items() if name != "quantity"}
            return (self._act("set", told | {"quantity": Slot(count)}),)
        return ()

    def _starts_han(self, section: str) -> bool:
        """把第二个放进去: the verb stands after what is taken."""
        return self.language == "zh" and self.words[0].text in ("把", "将") and bool(self._hits(section))

    def _recounted(self) -> tuple[Act, ...]:
        """ "Make it two" while a single product waits on its sheet."""
        count = self._count()
        them = [word for word in self.words if not phrases("list.counted", self.language).at([word], 0)]
        only = len(them) == 1 and number(them, 0, self.language) is not None  # "two of them"
        meant = count and (only or (self._hits("change") and not self._details("change")))
        return (Set({"quantity": Slot(count)}),) if meant else ()

    def _seeks(self) -> bool:
        """ "A present under 25" has a limit of its own."""
        asks = any(phrases(f"list.{name}", self.language).scan(self.words) for name in ("gift", "verb"))
        return asks or bool(constraints.sold(self.text, self.world))

    def _put_aside(self) -> tuple[Act, ...]:
        """ "Add it to my cart" while it waits on a sheet of its own: it is put in the cart instead."""
        ref = self.buying.slots.get("ref") if self.buying else None
        return (Cancel(), self._act("add", {"refs": Slot((ref.value,))})) if ref else ()

    def _thrown_out(self) -> tuple[Act, ...]:
        """ "Remove the shoes": a verb that buys nothing, and something that is sold, mean the cart at any time."""
        buys = phrases("list.buy", self.language).at(self.words, 0)
        verb = self._starts_han("remove") or (phrases("cart.remove", self.language).at(self.words, 0) and not buys)
        named = verb and constraints.sold(self.text, self.world)
        return (self._act("remove", self._details("remove")),) if named else ()

    def _several(self) -> tuple[Act, ...]:
        """ "Two of the first", without a verb."""
        one = pointing.reference(self.text, self.language) if self.state.results else None
        places = phrases("ordinal", self.language).scan(self.words)
        shown = covered(self.words, phrases("ordinal", self.language)) | self._small("polite")
        if one is None or one[1] < 2 or len(places) > 1:
            return ()
        others = [word for i, word in enumerate(self.words) if i not in shown and word.kind != "mark"]
        if not all(
            phrases("list.pointing", self.language).at([word], 0) or number([word], 0, self.language) for word in others
        ):
            return ()
        return (self._act("add", {"refs": Slot((one[0],)), "quantity": Slot(one[1])}),)

    def _act(self, op: str, told: Mapping[str, Slot]) -> Act:
        return Query("cart", {"op": Slot(op), **told})

    def _hits(self, section: str) -> list[Hit]:
        return phrases(f"cart.{section}", self.language).scan(self.words)

    def _only(self, hits: Sequence[Hit]) -> bool:
        """Nothing is said besides, but small and polite words and the cart."""
        covered = {i for _, first, last in hits for i in range(first, last)} | self._small("polite", "yes")
        return all(i in covered or word.kind == "mark" for i, word in enumerate(self.words))

    def _small(self, *lists: str) -> set[int]:
        """Tokens of the cart, of the little words before it, and of these lists."""
        names = ("cart.noun", "cart.small", *(f"list.{name}" for name in lists))
        return covered(self.words, *(phrases(name, self.language) for name in names))

    def _details(self, op: str) -> dict[str, Slot]:
        """Which products, and how many: what is left once the verb and the cart are taken out."""
        rest = self._rest(op)
        everything = phrases("cart.all", self.language).scan(tokens(rest))
        if everything and op == "remove":
            return {}
        places = pointing.references(rest, self.language)
        if places and not constraints.sold(rest, self.world):
            one = pointing.reference(rest, self.language) if len(places) == 1 else None
            return {"refs": Slot(places)} | ({"quantity": Slot(one[1])} if one and one[1] > 1 else {})
        told = slots.find(rest, self.language, self.world)
        kept = {name: slot for name, slot in told.items() if name in ("query", "constraints", "quantity", "code")}
        return kept if {"query", "code", "constraints"} & set(kept) else {}

    def _rest(self, op: str) -> str:
        """The sentence without its verb, the cart, and the small words that lead to it."""
        gone = {i for _, first, last in self._hits(op)[:1] for i in range(first, last)}
        gone |= covered(self.words, phrases("list.polite", self.language))
        little = covered(self.words, phrases("cart.small", self.language))
        if self.noun:
            _, first, last = self.noun
            gone |= set(range(first, last))
            for step, start in ((-1, first - 1), (1, last)):
                while 0 <= start < len(self.words) and (start in little or start in gone):
                    gone.add(start)
                    start += step
        if self.language == "zh":
            gone |= {i for i, word in enumerate(self.words) if word.text in ("把", "将")}
        return joined(self.text, [word for i, word in enumerate(self.words) if i not in gone])

    def _code(self) -> Slot | None:
        spoken = covered(self.words, phrases("cart.coupon", self.language))
        parts = [word for i, word in enumerate(self.words) if i not in spoken and word.kind != "mark"]
        for match in reversed(list(CODE.finditer(self.text))):
            if any(word.start < match.end() and match.start() < word.end for word in parts):
                return Slot(match[0].upper(), match[0], match.span())
        return None

    def _limit(self) -> Slot | None:
        """A price bound for the whole cart."""
        read = constraints.read(self.text, self.language, self.world)
        upper = [each for each in read.constraints if each.field == "price" and each.op in ("at_most", "less")]
        if upper and isinstance(upper[0].value, Money):
            return Slot(upper[0].value, span=upper[0].span)
        return None

    def _count(self) -> int:
        """The last whole number said: how many are wanted now."""
        found = 0
        for index in range(len(self.words)):
            hit = number(self.words, index, self.language)
            if hit and hit.values[0] == int(hit.values[0]) and 0 < hit.values[0] < 100:
                found = int(hit.values[0])
        return found
