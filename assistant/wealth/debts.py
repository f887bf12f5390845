"""What a person still owes on a loan, read from the ledger: the balance, the instalment, the rate it was paid at."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assistant.money import Money, total
from assistant.wealth.ledger import Ledger

LOOK_BACK = 365  # days in which an instalment must have been paid


@dataclass(frozen=True, slots=True)
class Debt:
    """`instalment`: the last one, `interest` its part that pays nothing back."""

    name: str
    owed: Money
    instalment: Money
    interest: Money

    @property
    def rate(self) -> Decimal:
        """Percent a year: the interest times twelve over what was owed before it."""
        before = self.owed + self.instalment - self.interest
        return (Decimal(self.interest.minor * 1200) / before.minor).quantize(Decimal("0.01"))


def largest(ledger: Ledger, user: str, today: date) -> Debt | None:
    """The largest loan that is being repaid, or None when no instalment of one was seen."""
    loans = [each for each in ledger.holdings(user, today) if each.account.kind == "loan" and each.amount < 0]
    loan = min(loans, key=lambda each: each.amount, default=None)
    spent = ledger.movements(user, "expense", today - timedelta(LOOK_BACK), today)
    repaid = [each for each in spent if loan and each.category == "loan" and each.money.currency == loan.currency]
    if loan is None or not repaid:
        return None
    last = max(repaid, key=lambda each: each.day)
    parts = [each for each in spent if each.entry == last.entry]
    paid, interest = (total((each.money for each in some), loan.currency)
                      for some in (parts, [each for each in parts if each.category == "interest"]))  # fmt: skip
    return Debt(loan.account.name, Money(-loan.amount, loan.currency), paid, interest)
