"""The wealth room: where a person's money is, went and comes from, computed exactly and with its rows.

`Wealth` is its face. Inside: `ledger` (double entry in SQL), `imports` (files of banks), `cashflow` (categories,
recurring payments), `valuation` (net worth), `questions` (the typed metrics). It gives no advice and moves no money.
"""

import re
from datetime import date, timedelta
from typing import Any

from assistant.clock import Clock, shifted
from assistant.errors import BadInput, NotFound, Refused
from assistant.money import Money
from assistant.reply import Period
from assistant.request import Upload
from assistant.settings import Settings
from assistant.store import Store
from assistant.wealth import cashflow, debts, export, importer, outlook, questions
from assistant.wealth.answer import Answer, Note, Query
from assistant.wealth.books import month_of
from assistant.wealth.importer import Imported, Preview
from assistant.wealth.imports import Hints
from assistant.wealth.ledger import Ledger
from assistant.wealth.outlook import Due, Forecast
from assistant.wealth.questions import METRICS

__all__ = ["METRICS", "Answer", "Due", "Forecast", "Hints", "Imported", "Note", "Preview", "Query", "Wealth"]


class Wealth:
    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self.ledger = Ledger(store)
        self.settings = settings
        self.clock = clock

    def account_names(self, user: str) -> tuple[str, ...]:
        """Every name a person may use for an account, aliases included."""
        return tuple(name for each in self.ledger.accounts(user) for name in (each.name, *each.aliases))

    def holding_names(self, user: str) -> tuple[str, ...]:
        """Names and symbols of the person's securities."""
        return tuple(name for each in self.ledger.securities(user) for name in (each.name, each.symbol) if name)

    def first_day(self, user: str) -> date:
        """The day of the first entry, today without one."""
        span = self.ledger.span(user)
        return span[0] if span else self.clock.now().date()

    def merchant_names(self, user: str) -> tuple[str, ...]:
        """Whom the person paid in the last two years, without digits and references; the most recent first."""
        since = self.clock.now().date() - timedelta(days=cashflow.LOOK_BACK)
        return tuple(dict.fromkeys(map(cashflow.normal_payee, self.ledger.payees(user, since))))

    def categories(self) -> tuple[str, ...]:
        """Canonical English ids; their names in a language stand in the message files."""
        return cashflow.CATEGORIES

    def currencies(self, user: str) -> tuple[str, ...]:
        """The base currency, then every other one the person holds."""
        held = {each.currency for each in self.ledger.accounts(user)}
        return (self.settings.currency, *sorted(held - {self.settings.currency}))

    def ask(self, user: str, metric: str, period: Period | None = None, **asked: Any) -> Answer:
        """The answer of one metric, `asked` are fields of `Query`: see `questions.ask`."""
        today, base = self.clock.now().date(), self.settings.currency
        return questions.ask(self.ledger, user, today, base, metric, period=period, **asked)

    def forecast(self, user: str, until: date | None = None, currency: str = "", account: str = "") -> Forecast:
        """The balance of what one spends from (or of one account) to the day before payday, or to `until`."""
        names = [self.ledger.account(user, account).name] if account else []
        today = self.clock.now().date()
        return outlook.forecast(self.ledger, user, today, currency or self.settings.currency, until, names)

    def made_up(self, user: str) -> bool:
        """Whether an account of the demo household is among the person's."""
        return any(each.note for each in self.ledger.accounts(user))

    def undo_import(self, user: str, batch: str) -> int:
        """Take back everything one import added; how many rows went. Nothing of it is left to count."""
        return importer.take_back(self.ledger, user, batch)

    def correct(self, user: str, payee: str, category: str) -> int:
        """Remember where a payee belongs ("transfer": to an account of one's own) and move its rows; how many moved.

        Raises `BadInput("unknown_category")`. Rows of several parts (a loan payment) stay as they are.
        """
        if category not in (*cashflow.CATEGORIES, "transfer"):
            raise BadInput("unknown_category", category=category[:40])
        words = cashflow.normal_payee(payee)
        self.ledger.learn(user, words, category)
        return importer.sort_again(self.ledger, user, words)

    def unlearn(self, user: str, words: str) -> None:
        """Forget a correction; its rows go back to where they were sorted before it."""
        self.ledger.unlearn(user, words)
        importer.sort_again(self.ledger, user, words)

    def export(self, user: str, form: str) -> str:
        """The ledger as "beancount" or "csv" text. Raises `BadInput("unknown_form")`."""
        if form not in ("beancount", "csv"):
            raise BadInput("unknown_form", form=form[:20])
        return export.beancount(self.ledger, user) if form == "beancount" else export.table(self.ledger, user)

    def debt(self, user: str) -> debts.Debt | None:
        """The person's largest loan that is being repaid."""
        return debts.largest(self.ledger, user, self.clock.now().date())

    def spare(self, user: str, months: int = 3) -> Money | None:
        """What was left of a month's income after spending: the average of the last whole months that have rows."""
        first, today = self.first_day(user), self.clock.now().date()
        months = sum(month_of(today, back).end > first for back in range(1, months + 1))
        if not months:
            return None
        period = self.whole_months(months)
        try:
            came, went = (self.ask(user, metric, period).value for metric in ("income", "spending"))
        except (NotFound, Refused):
            return None
        left = came - went if isinstance(came, Money) and isinstance(went, Money) else Money(0, self.settings.currency)
        return Money(left.minor // months, left.currency)

    def whole_months(self, months: int) -> Period:
        """The last `months` calendar months that are over."""
        today = self.clock.now().date()
        return Period(shifted(today, -months, 1), today.replace(day=1) - timedelta(1))

    def mentioned(self, user: str, words: str) -> str:
        """The name of the security that a sentence names by its name or symbol, or an empty string."""
        said = cashflow.plain(words)
        spoken = set(re.findall(r"\w+", said))
        for each in self.ledger.securities(user):
            if cashflow.plain(each.name) in said or each.symbol.casefold() in spoken:
                return each.name
        return ""

    def keep(self, user: str, upload: Upload) -> str:
        """Hold a file until it is confirmed; the id is what an action may carry."""
        return self.ledger.keep(user, upload.name, upload.data, self.clock.now())

    def kept(self, user: str, key: str) -> Upload:
        """The held file. Raises `NotFound("upload_gone")` for one that was imported, dropped or is somebody else's."""
        return Upload(*self.ledger.kept(user, key))

    def release(self, user: str, key: str) -> None:
        """Forget a held file."""
        self.ledger.release(user, key)

    def preview(self, user: str, upload: Upload, account: str = "", hints: Hints = Hints()) -> Preview:  # noqa: B008
        """How a file is read and what an import would add; writes nothing."""
        return importer.preview(self.ledger, user, upload, account, hints, self.settings.currency)

    def import_file(self, user: str, upload: Upload, account: str = "", hints: Hints = Hints()) -> Imported:  # noqa: B008
        """Add the rows that are not there yet. Repeating it adds nothing."""
        return importer.bring_in(
            self.ledger, user, upload, account, hints, self.settings.currency, self.clock.now()
        )  # fmt: skip
