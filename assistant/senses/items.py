"""The lines of a receipt, what was bought for how much: believed only where they add up to what is printed below."""

from decimal import Decimal

from assistant.money import Money
from assistant.request import Field, Line
from assistant.senses import printed
from assistant.senses.layout import Page
from assistant.senses.words import weighted, word

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
