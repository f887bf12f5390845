"""Spelling, mended from words of the shop: one slip in a word that stands in nothing sold, or that makes nothing fit.

Knows one edit: a letter too many, missing, wrong, or two swapped. Knows no language and no index: which words are right
anyway and how many products are named by a text come in as functions. What stands in quotation marks stays so.
"""

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from assistant.shop.catalogue import Product
from assistant.shop.glossary import plain, singular

LEAST = 4  # letters of a known word that may be doubted
USED = 3  # products that use a word before it is believed; in a name once is enough
SHORT = 4  # words of a request in which a known word may be doubted
WORD = re.compile(r"[a-z]{3,}")
SAID = re.compile(r'"[^"]*"|«[^»]*»|[^\W_]+(?:[-\'’.][^\W_]+)*')

Pairs = tuple[tuple[str, str], ...]


class Speller:
    """Words with how many of `products` use them; the names of `goods` come before other words."""

    def __init__(self, products: Sequence[Product], goods: Iterable[str]) -> None:
        self._products = products
        self._goods = {word for text in goods for word in WORD.findall(plain(text))}
        self._goods |= {f"{word[:-1]}ies" if word[-1] == "y" else f"{word}s" for word in self._goods}

    @functools.cached_property
    def count(self) -> Counter[str]:
        """Counted at the first use: a third of a second for 20,000 products."""
        count = Counter(self._goods)
        for product in self._products:
            facts = (str(fact.value) for fact in product.attributes.values())
            text = " ".join([*product.titles.values(), *product.descriptions.values(), product.brand, *facts])
            count.update(set(WORD.findall(plain(text))))
        return count

    def mend(
        self, text: str, known: Callable[[str], bool], matches: Callable[[str], int], says: Callable[[str], bool] = bool
    ) -> tuple[str, Pairs]:
        """`text` with every misspelt word mended, and the pairs (as written, as searched).

        `known`: a word is right though nobody sells it. `matches`: products whose name holds every word of a text.
        `says`: a word is searched for; one that only connects mends nothing.
        """
        said = [match for match in SAID.finditer(text) if WORD.fullmatch(plain(match[0]))]

        def right(word: str) -> bool:
            used = any(self.count[form] >= USED for form in (word, singular(word), word.rstrip("s") + "s"))
            return used or word in self._goods or known(word) or matches(word) > 0

        if strange := [match for match in said if not right(plain(match[0]))]:
            return self._mended(text, strange, matches, says, 0)
        if 1 < len(said) <= SHORT and not matches(text):
            return self._mended(text, [match for match in said if len(match[0]) >= LEAST], matches, says, 1)
        return text, ()

    def _mended(
        self, text: str, doubted: list[re.Match[str]], matches: Callable[[str], int], says: Callable[[str], bool],
        least: int,
    ) -> tuple[str, Pairs]:  # fmt: skip
        """Each doubted word by the neighbour with which most products hold all words (at least `least` do)."""
        pairs: list[tuple[str, str]] = []
        for match in reversed(doubted):  # from the end: the places of what is left stand
            before, after = text[: match.start()], text[match.end() :]
            near = (word for word in self._near(match[0]) if says(word))  # "they" is no slip of "the"
            fits = [(word, matches(f"{before}{word}{after}")) for word in near]
            best, found = max(fits, key=self._likely, default=("", -1))
            if found >= least:
                text = f"{before}{best}{after}"
                pairs.insert(0, (match[0], best))
                if least:
                    break
        return text, tuple(pairs)

    def _likely(self, fit: tuple[str, int]) -> tuple[bool, bool, int, int]:
        word, found = fit
        return found > 0, word in self._goods, found, self.count[word]

    def _near(self, word: str) -> list[str]:
        """Words of the shop one edit away (optimal string alignment distance)."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        found = process.extract(plain(word), self.count.keys(), scorer=OSA.distance, score_cutoff=1, limit=None)
        return [near for near, distance, _ in found if distance]
