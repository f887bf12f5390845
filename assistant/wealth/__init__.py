"""The wealth room: where a person's money is, went and comes from, computed exactly and with its rows.

`Wealth` is its face. Inside: `ledger` (double entry in SQL), `imports` (files of banks), `cashflow` (categories,
recurring payments), `valuation` (net worth), `questions` (the typed metrics). It gives no advice and moves no money.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from assistant import fx
from assistant.clock import Clock
from assistant.errors import BadInput, NotFound, Refused
from assistant.money import Money
from assistant.reply import Period
from assistant.request import Upload
from assistant.settings import Settings
from assistant.store import Store
from assistant.wealth import cashflow, debts, export, importer, outlook, questions
from assistant.wealth.answer import Answer, Group, Note, Query
from assistant.wealth.importer import Imported, Preview
from assistant.wealth.imports import Hints
from assistant.wealth.ledger import Ledger
from assistant.wealth.outlook import Due, Forecast

__all__ = ["Answer", "Due", "Forecast", "Hints", "Imported", "Note", "Preview", "Wealth"]


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

    def categories(self) -> tuple[str, ...]:
        """Canonical English ids; their names in a language stand in the message files."""
        return cashflow.CATEGORIES

    def currencies(self, user: str) -> tuple[str, ...]:
        """The base currency, then every other one the person holds."""
        held = {each.currency for each in self.ledger.accounts(user)}
        return (self.settings.currency, *sorted(held - {self.settings.currency}))

    def ask(
        self, user: str, metric: str, period: Period | None = None, account: str = "", category: str = "",
        group: str = "", currency: str = "", holding: str = "",
    ) -> Answer:  # fmt: skip
        """The answer of one metric; `holding` narrows `balance` to one security by its name.

        Raises `BadInput` (unknown_metric, unknown_category, unknown_group, no_rate), `NotFound` (unknown_account,
        no_wealth_data) and `Refused` with the reason when a figure cannot be computed.
        """
        if metric not in questions.METRICS:
            raise BadInput("unknown_metric", metric=metric[:40], known=", ".join(questions.METRICS))
        today = self.clock.now().date()
        span = self.ledger.span(user)
        if span is None:
            raise NotFound("no_wealth_data")
        wanted = period or questions.default_period(metric, group, today)
        query = self._query(user, metric, wanted, today, account, category, group, currency)
        answer = questions.METRICS[metric](self.ledger, replace(query, holding=holding))
        notes = [Note("warning.starts_later", {"day": span[0]})] if answer.period.start < span[0] else []
        if category and not query.category:
            notes.append(Note("warning.all_categories"))
        if account and not query.account:
            notes.append(Note("warning.all_accounts"))
        marked = [each for each in self.ledger.accounts(user) if each.note and query.account in ("", each.name)]
        return replace(answer, warnings=(*notes, *answer.warnings), made_up=bool(marked))

    def _query(
        self, user: str, metric: str, period: Period, today: date, account: str, category: str, group: str,
        currency: str,
    ) -> Query:  # fmt: skip
        if category and category not in cashflow.CATEGORIES:
            raise BadInput("unknown_category", category=category[:40])
        if group not in Group.__args__:  # type: ignore[attr-defined]
            raise BadInput("unknown_group", group=group[:40])
        found = self.ledger.account(user, account) if account else None
        own = found.currency if found and metric == "balance" else ""
        if metric not in questions.BY_CATEGORY:
            category = ""
        name = found.name if found and metric not in questions.WHOLE else ""
        wanted = (currency or own or self.settings.currency).upper()
        if wanted not in fx.currencies():
            raise BadInput("no_rate", currency=wanted[:10])
        return Query(user, period, today, wanted, name, category, group)  # type: ignore[arg-type]

    def forecast(self, user: str, until: date | None = None, currency: str = "", account: str = "") -> Forecast:
        """The balance of what one spends from (or of one account) to the day before payday, or to `until`."""
        names = [self.ledger.account(user, account).name] if account else []
        today = self.clock.now().date()
        return outlook.forecast(self.ledger, user, today, currency or self.settings.currency, until, names)

    def made_up(self, user: str) -> bool:
        """Whether an account of the demo household is among the person's."""
        return any(each.note for each in self.ledger.accounts(user))

    def correct(self, user: str, payee: str, category: str) -> int:
        """Remember where a payee belongs ("transfer": to an account of one's own) and move its rows; how many moved.

        Raises `BadInput("unknown_category")`. Rows of several parts (a loan payment) stay as they are.
        """
        if category not in (*cashflow.CATEGORIES, "transfer"):
            raise BadInput("unknown_category", category=category[:40])
        words = cashflow.normal_payee(payee)
        self.ledger.learn(user, words, category)
        return importer.sort_again(self.ledger, user, words)

    def export(self, user: str, form: str) -> str:
        """The ledger as "beancount" or "csv" text. Raises `BadInput("unknown_form")`."""
        if form not in ("beancount", "csv"):
            raise BadInput("unknown_form", form=form[:20])
        return export.beancount(self.ledger, user) if form == "beancount" else export.table(self.ledger, user)

    def debt(self, user: str) -> debts.Debt | None:
        """The person's largest loan that is being repaid."""
        loans = [each.name for each in self.ledger.accounts(user) if each.kind == "loan"]
        balances = {name: self.ask(user, "balance", account=name).value for name in loans}
        owed = {name: -left for name, left in balances.items() if isinstance(left, Money) and left.minor < 0}
        return debts.largest(self.ledger, user, owed, self.clock.now().date())

    def spare(self, user: str, months: int = 3) -> Money | None:
        """What was left of a month's income after spending, on average of the last whole months; None: not known."""
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
        index = today.year * 12 + today.month - 1 - months
        return Period(date(index // 12, index % 12 + 1, 1), today.replace(day=1) - timedelta(1))

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
