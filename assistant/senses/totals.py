"""Which of the amounts on a document is the total, labels, arithmetic and place weighed together; and its lines.

The label rules cover en, fr, de and zh. The arithmetic: on a paid receipt cash less change is the total; on an invoice
a subtotal and a tax add up to it. Two rivals with like weights lower the confidence, so that a person is asked. Lines
of a receipt, what was bought for how much, are believed only where they add up to what is printed below.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product

from assistant.money import Money
from assistant.request import Field, Line
from assistant.senses import printed
from assistant.senses.layout import Page
from assistant.senses.words import weighted, word

ENOUGH = 3.0  # weight below which an amount is not called a total


@dataclass(frozen=True, slots=True)
class Candidate:
    amount: Decimal
    text: str
    line: Line
    label: str
    weight: float


def total(page: Page, code: str) -> Field | None:
    """The total with its box, or None when nothing on the page is called one."""
    candidates = _candidates(page)
    weights: dict[Decimal, float] = defaultdict(float)
    for item in candidates:
        weights[item.amount] = max(weights[item.amount], item.weight)
    for amount, bonus in _arithmetic(candidates).items():
        weights[amount] += bonus
    for item in candidates:
        weights[item.amount] += 0.25  # printed again and again
    ranked = sorted((weight, amount) for amount, weight in weights.items() if amount > 0)
    if not ranked or ranked[-1][0] < ENOUGH:
        return None
    weight, amount = ranked[-1]
    rival = ranked[-2][0] if len(ranked) > 1 else 0.0
    shown = max((item for item in candidates if item.amount == amount), key=lambda item: item.weight)
    sure = min(0.97, 0.55 + 0.04 * min(weight, 6) + 0.06 * max(0.0, weight - rival))
    money = Money(printed.minor(amount, code), code)
    return Field("total", money, shown.text, round(sure * shown.line.confidence, 3), shown.line.place)


def _candidates(page: Page) -> list[Candidate]:
    found = []
    top, bottom = page.span
    tallest = max(page.height(line) for line in page.lines)
    for index, row in enumerate(page.rows):
        words, counted = "", 0
        for line in row:
            rest = line.text
            for amount, text in printed.amounts(line.text):
                own, _, rest = rest.partition(text)
                words, counted = f"{words} {own}", counted + 1
                label = words if sum(map(str.isalpha, words)) > 1 else _above(page, index)
                weight = _weight(label)
                if weight > 0:
                    weight += 0.8 * (page.middle(line) - top) / (bottom - top + 1) + 0.7 * page.height(line) / tallest
                    weight -= 2.0 * (counted - 1)  # the label belongs to the first amount of its row
                found.append(Candidate(amount, text, line, label.strip(), weight))
            words = f"{words} {rest}"
    return found


def _above(page: Page, index: int) -> str:
    """The words of the row above, when it holds no amount of its own."""
    above = page.rows[index - 1] if index else ()
    return (
        "" if any(True for line in above for _ in printed.amounts(line.text)) else " ".join(line.text for line in above)
    )


def _weight(label: str) -> float:
    against = [*weighted("not_total"), (word("label", "subtotal"), 5.0), (word("label", "tax"), 4.0)]
    called = max((weight for pattern, weight in weighted("total") if pattern.search(label)), default=0.0)
    return called - max((weight for pattern, weight in against if pattern.search(label)), default=0.0)


def _arithmetic(candidates: list[Candidate]) -> dict[Decimal, float]:
    """Bonus per amount: cash - change, and subtotal + tax, where the result is itself printed."""
    amounts = {item.amount for item in candidates}

    def labelled(*names: str) -> set[Decimal]:
        return {item.amount for item in candidates if any(word("label", name).search(item.label) for name in names)}

    bonus: dict[Decimal, float] = {}
    for one, two in combinations(sorted(labelled("subtotal", "tax"))[:12], 2):
        if one + two in amounts and one > 0:
            bonus[one + two] = 2.0
    for paid, back in product(labelled("cash"), labelled("change")):
        if paid > back and paid - back in amounts:
            bonus[paid - back] = 4.0
    return bonus


LEAST_LETTERS = 2  # of a line's name


def items(page: Page, total: Field | None) -> tuple[Field, ...]:
    """One field a line, its name as `text`; none when their sum is neither the total nor a subtotal."""
    if total is None or not isinstance(total.value, Money):
        return ()
    code, sum_ = total.value.currency, Decimal(0)
    found: list[Field] = []
    for row in page.rows:
        last = _priced(row)
        if last is None:
            continue
        name, amount, line = last
        if found and sum_ == amount and (_is_sum(name) or amount == total.value.decimal):
            return tuple(found)
        if sum(map(str.isalpha, name)) >= LEAST_LETTERS and amount > 0 and not _is_sum(name):
            found.append(Field("item", Money(printed.minor(amount, code), code), name, line.confidence, line.place))
            sum_ += amount
    return ()


def _priced(row: tuple[Line, ...]) -> tuple[str, Decimal, Line] | None:
    """(name, amount, line of the amount) of a row that ends with an amount."""
    for line in reversed(row):
        amounts = list(printed.amounts(line.text))
        if amounts:
            amount, text = amounts[-1]
            before = [other.text for other in row[: row.index(line)]] + [line.text[: line.text.rindex(text)]]
            return " ".join(part.strip(" .:-€$£¥") for part in before if part.strip()), amount, line
    return None


def _is_sum(name: str) -> bool:
    sums = [pattern for pattern, _ in weighted("total")] + [word("label", each) for each in ("subtotal", "tax", "cash")]
    return any(pattern.search(name) for pattern in sums)
