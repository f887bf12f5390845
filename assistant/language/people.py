"""Who is named in a sentence that shares something: a list of names, a number of people, those who paid.

Knows the payee book's names, capitals and lists; knows nothing of what is shared.

>>> "between Ana, Ben and me", "four ways", 我和Ana、Ben, "Ana paid 60, Ben paid 40"
"""

from dataclasses import dataclass, field

from assistant.language.lexicon import names
from assistant.language.numbers import number, numbers
from assistant.language.sentence import Sentence
from assistant.language.tokens import folded

MOST = 20  # people
LONGEST_HAN_NAME = 4
MEASURES = ("currency", "list.percent", "period.unit")  # behind a number that counts no people
ENDS = ",;.!?，；。！？"


@dataclass(slots=True)
class People:
    """Those found so far, listed at tokens [first, last); an empty name is a person nobody named."""

    names: list[str] = field(default_factory=list)
    me: int = -1
    first: int = 0
    last: int = 0
    counted: range = range(0)  # tokens of "3 ways": no amount

    def index(self, name: str) -> int:
        wanted = folded(name.lower())
        return next((i for i, each in enumerate(self.names) if each and folded(each.lower()) == wanted), -1)


def found_in(said: Sentence) -> People:
    """The longest list of names, completed by a number of people."""
    marks = {last: kind for kind, _, last in said.find("among")}
    free = {i for i, word in enumerate(said.words) if not i or said.words[i - 1] in ENDS or said.at("me", i)}
    lists = [_list(said, start, marks.get(start, "")) for start in sorted(free | set(marks))]
    best = max(lists, key=lambda each: len(each.names), default=People())
    best = best if len(best.names) > 1 or marks.get(best.first) else _payers(said) or best
    count, at = _count(said)
    if best.names:
        if best.me < 0 and (
            len(best.names) == 1 or marks.get(best.first) == "with"
        ):  # "between Ana and Ben": those two
            best.me, best.names = len(best.names), [*best.names, ""]
        if not said.says("people", at.start, at.stop):
            count = 0  # "the wine at 18": no number of people once they are named
    elif count:
        best.me = 0
    best.names += [""] * (count - len(best.names))
    best.counted = at if count else range(0)
    return best


def _payers(said: Sentence) -> People | None:
    """ "Ana paid 60, Ben paid 40 and I paid 20": those who are said to have paid, when nobody is listed."""
    found = People()
    for at in range(len(said.tokens)):
        end = said.at("me", at) or _name(said, at, False) or (said.tokens[at].kind == "han" and _han_name(said, at))
        if end and (said.at("paid", end) or (found.names and number(said.tokens, end, said.language))):
            mine = bool(said.at("me", at))
            found.me = len(found.names) if mine else found.me
            found.names.append("" if mine else said.spell(at, end))
    return found if len(found.names) > 1 else None


def _list(said: Sentence, start: int, kind: str) -> People:
    """Names joined by commas and "and", after which no comma goes on; with no marker before it, a joiner is needed."""
    people, at, joined, ending = People(first=start, last=start), start, 0, False
    while at < len(said.tokens) and len(people.names) < MOST:
        end, more = _others(said, at)
        if people.names and said.words[at - 1] in ENDS and _tells(said, at):
            break
        if more:
            people.names += [""] * more
        elif end := said.at("me", at):
            people.me = len(people.names)
            people.names.append("")
        elif (end := _name(said, at, kind in ("with", "between") or joined > 0)) and people.index(
            said.spell(at, end)
        ) < 0:
            people.names.append(said.spell(at, end))
        else:
            break
        people.last = at = end
        while (step := said.at("joiner", at)) and not (ending and said.words[at] in ENDS):
            ending = ending or said.words[at] not in "、" + ENDS
            joined, at = joined + 1, step
        if at == end and not _known(said, at):
            break
    return people if kind or joined else People()


def _tells(said: Sentence, at: int) -> bool:
    """Whether a clause begins here: ", I pay 60%", ", his steak was 22"."""
    end = said.at("me", at) or at + 1
    return bool(said.at("they", at) or said.at("my", at) or said.at("pays", end) or said.at("paid", end))


def _known(said: Sentence, at: int) -> int:
    hit = names(said.world.payees).at(said.tokens, at) if at < len(said.tokens) else None
    return hit[1] if hit else 0


def _name(said: Sentence, at: int, free: bool) -> int:
    """The token after a name: one of the payee book, else a capitalised word or, in a list, any that means nothing."""
    if known := _known(said, at):
        return known
    token = said.tokens[at]
    if token.kind == "han":
        return _han_name(said, at) if free else 0
    if 0 < (article := said.at("list.payee_article", at)) < len(said.tokens):
        return _name(said, article, free)
    if not (capital(said, at) or (free and token.kind == "word")) or means_something(said, at, capital(said, at)):
        return 0
    end = at + 1
    while end < len(said.tokens) and capital(said, end) and not (said.at("joiner", end) or said.at("me", end)):
        end += 1
    return end


def capital(said: Sentence, at: int) -> bool:
    return said.tokens[at].kind == "word" and said.text[said.tokens[at].start].isupper()


WORDS = ("split", "people", "tip", "bill", "without", "paid", "alone", "save", "cut", "us")


def means_something(said: Sentence, at: int, capital: bool) -> bool:
    """Words of the grammar are no names; a capital only speaks for one where it does not begin the sentence."""
    words = (*WORDS, "list.purpose", "currency", *(() if capital and at else ("list.payee_stop", "list.verb")))
    return any(said.at(name, at) for name in words) or number(said.tokens, at, said.language) is not None


def _han_name(said: Sentence, at: int) -> int:
    end = at
    while end < min(len(said.tokens), at + LONGEST_HAN_NAME) and said.tokens[end].kind == "han":
        known = any(said.at(name, end) for name in (*WORDS, "joiner", "among"))
        if known or number(said.tokens, end, "zh") or said.words[end] in "把的在之都去来吃一付这那每了":
            break
        end += 1
    return end if end > at else 0


def _others(said: Sentence, at: int) -> tuple[int, int]:
    """ "and three friends": (token after it, how many), or (0, 0)."""
    hit = number(said.tokens, at, said.language)
    end = said.at("others", hit.end) if hit else 0
    return (end, int(hit.values[0])) if hit and end else (0, 0)


def _count(said: Sentence) -> tuple[int, range]:
    """How many share in all, and the tokens that say it: "4 people", "three ways", "in 3", "à quatre", 三个人; or 0."""
    among = {last for kind, _, last in said.find("among") if kind != "with"} | {last for _, _, last in said.find("us")}
    for hit in numbers(said.tokens, said.language):
        if hit.values[0] % 1 or not 1 < hit.values[0] <= MOST:
            continue
        after = said.at("people", hit.end)
        bare = hit.start in among and not any(said.at(each, hit.end) for each in MEASURES)
        added = hit.start and said.at("joiner", hit.start - 1) and said.at("others", hit.end) and hit.start not in among
        if (after or bare) and not added:
            return int(hit.values[0]), range(hit.start, after or hit.end)
    return 0, range(0)
