"""A household's figures by plain arithmetic over its raw rows: what the metrics are judged by.

Shares no code with the wealth room but the exchange rates, which tests/test_fx.py judges on their own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

import sqlalchemy as sa

from assistant import fx
from assistant.store import Store

TODAY = date(2026, 11, 22)
PLACES = {"JPY": 0}
SPENT_FROM = ("current", "wallet", "card")
INVESTED = ("PEA", "Assurance-vie", "US brokerage")
TIMES = {"weekly": 52, "monthly": 12, "quarterly": 4, "yearly": 1}


@dataclass(frozen=True)
class Line:
    """One posting beside the account its entry is seen on."""

    entry: str
    day: date
    payee: str
    seen: str  # the account the entry is seen on
    account: str | None
    kind: str | None
    flow: str
    category: str
    minor: int
    currency: str
    security: str | None
    quantity: int


Held = dict[tuple[str, str, str, str | None], int]

Worth = tuple[str, str, str, str | None, int]


def half_up(value: Decimal, places: str = "1") -> Decimal:
    return value.quantize(Decimal(places), ROUND_HALF_UP)


class Plain:
    def __init__(self, store: Store, user: str, currency: str = "EUR") -> None:
        self.currency = currency
        with store.read() as db:
            self.lines = [
                Line(*row[:1], date.fromisoformat(row[1]), *row[2:])
                for row in db.execute(sa.text(ROWS), {"user": user})
            ]
            self.securities = {row[0]: row for row in db.execute(sa.text(SECURITIES), {"user": user})}
            self.prices: dict[str, list[tuple[date, int]]] = defaultdict(list)
            for security, day, price in db.execute(sa.text(PRICES), {"user": user}):
                self.prices[security].append((date.fromisoformat(day), price))
        self.by_day: dict[date, list[Line]] = defaultdict(list)
        for line in self.lines:
            self.by_day[line.day].append(line)

    # -- amounts

    def value(self, minor: int, currency: str, day: date) -> int:
        rate = fx.rate(day, currency, self.currency).value if currency != self.currency else Decimal(1)
        scale = Decimal(10) ** (PLACES.get(self.currency, 2) - PLACES.get(currency, 2))
        return int(half_up(minor * rate * scale))

    def price(self, security: str, day: date) -> int:
        known = self.prices[security]
        return known[max(bisect_right(known, day, key=lambda row: row[0]) - 1, 0)][1]

    def held(self, day: date, eve: Held | None = None) -> Held:
        """(account, kind, currency, security) -> minor units, or quantity of a security; faster from the day before."""
        found: Held = defaultdict(int, eve or {})
        for line in self.lines if eve is None else self.by_day[day]:
            if line.account and line.day <= day:
                key = (line.account, str(line.kind), line.currency, line.security)
                found[key] += line.quantity if line.security else line.minor
        return {key: amount for key, amount in found.items() if amount}

    def worths(
        self, day: date, accounts: Sequence[str] = (), held: Held | None = None
    ) -> list[tuple[str, str, str, str | None, int]]:
        """(account, kind, currency, security, value) of everything held on a day."""
        found = []
        for (account, kind, currency, security), amount in (self.held(day) if held is None else held).items():
            if accounts and account not in accounts:
                continue
            if security:
                exact = Decimal(amount) * self.price(security, day) / Decimal(10**16) * 100
                amount, currency = int(half_up(exact)), self.securities[security][3]
            found.append((account, kind, currency, security, self.value(amount, currency, day)))
        return found

    def worth(self, day: date = TODAY) -> int:
        return sum(value for *_, value in self.worths(day))

    def worth_change(self, start: date) -> int:
        return self.worth() - self.worth(start)

    # -- flows

    def flows(self, flow: str, start: date, end: date, category: str = "", account: str = "") -> list[tuple[Line, int]]:
        found = []
        for line in self.lines:
            loan = flow == "expense" and line.kind == "loan" and line.minor > 0 and line.seen != line.account
            if (line.flow == flow or loan) and start <= line.day <= min(end, TODAY):
                named = "loan" if loan else line.category
                if category in ("", named) and account in ("", line.seen):
                    sign = -1 if flow == "income" else 1
                    found.append((line, self.value(sign * line.minor, line.currency, line.day)))
        return found

    def spent(self, start: date, end: date, category: str = "") -> int:
        return sum(value for _, value in self.flows("expense", start, end, category))

    def earned(self, start: date, end: date, category: str = "", account: str = "") -> int:
        return sum(value for _, value in self.flows("income", start, end, category, account))

    def kept_share(self, start: date, end: date) -> Decimal:
        came, went = self.earned(start, end), self.spent(start, end)
        return half_up(Decimal(100 * (came - went)) / came, "0.1")

    def largest(self, start: date, end: date) -> int:
        return max(value for _, value in self.flows("expense", start, end))

    def dearest_month(self, start: date, end: date) -> int:
        months: dict[str, int] = defaultdict(int)
        for line, value in self.flows("expense", start, end):
            months[str(line.day)[:7]] += value
        return max(months.values())

    def spent_more(self, start: date, end: date, before: Sequence[date]) -> int:
        return self.spent(start, end) - self.spent(before[0], before[1])

    def pace(self) -> int:
        """November to the 22nd less the median of the first 22 days of August, September and October, by category."""
        now, past = self._sums(date(2026, 11, 1)), [self._sums(date(2026, month, 1)) for month in (8, 9, 10)]
        names = {*now, *(name for month in past for name in month)}
        return sum(now.get(name, 0) - int(median([month.get(name, 0) for month in past])) for name in names)

    def _sums(self, start: date) -> dict[str, int]:
        sums: dict[str, int] = defaultdict(int)
        for line, value in self.flows("expense", start, start.replace(day=22)):
            sums["loan" if line.kind == "loan" else line.category] += value
        return sums

    def given_back(self) -> int:
        return -sum(value for _, value in self.flows("expense", date(2024, 1, 1), TODAY) if value < 0)

    def put_into(self, account: str) -> int:
        """What came from elsewhere into an account, entry by entry; its opening balance too."""
        entries: dict[str, int] = defaultdict(int)
        for line in self.lines:
            if line.account == account:
                entries[line.entry] += self.value(line.minor, line.currency, line.day)
        return sum(minor for minor in entries.values() if minor > 0)

    def months_of_cash(self) -> Decimal:
        months = [date(2026, month, 1) for month in range(5, 11)]
        spent = [self.spent(month, _end(month)) for month in months]
        cash = sum(
            v for _, kind, _, security, v in self.worths(TODAY) if not security and kind in (*SPENT_FROM, "savings")
        )
        return half_up(Decimal(cash) / int(half_up(Decimal(median(spent)))), "0.1")

    # -- what comes back: the household is known, so its regular payments are simply listed

    def yearly(self, payees: Sequence[str] = ()) -> int:
        total = 0
        for payee, rhythm in REGULAR.items():
            if not payees or payee in payees:
                last = max((line for line in self.lines if line.payee == payee), key=lambda line: line.day)
                paid = sum(-line.minor for line in self.lines if line.entry == last.entry and line.account == last.seen)
                total += self.value(paid * TIMES[rhythm], last.currency, TODAY)
        return total

    def left(self) -> int:
        """What came in this month, less what went out, less the account fee that is still to come."""
        return self.earned(date(2026, 11, 1), TODAY) - self.spent(date(2026, 11, 1), TODAY) - 250

    def end_of_month(self) -> int:
        """Balance, salary and fee and the freelance yuan still to come, less eight days of the usual pace."""
        mine = {line.account for line in self.lines if line.kind in SPENT_FROM}
        balance = sum(v for account, _, _, security, v in self.worths(TODAY) if account in mine and not security)
        coming = 342_000 - 250 + self.value(260_000, "CNY", TODAY)
        by_entry: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            by_entry[line.entry].append(line)
        stretches = [0, 0, 0]
        last = max(line.day for line in self.lines if line.account in mine and line.minor < 0 and line.payee not in OUT)
        for lines in by_entry.values():
            sums: dict[str, int] = defaultdict(int)
            for line in lines:
                if line.account in mine:
                    sums[line.currency] += line.minor
            for currency, minor in sums.items():
                back = (last - lines[0].day).days // 30
                if minor < 0 and lines[0].payee not in OUT and 0 <= back < 3:
                    stretches[back] += self.value(-minor, currency, lines[0].day)
        return balance + coming - int(half_up(Decimal(median(stretches)) / 30 * 8))

    def next_dividend(self) -> int:
        return self.value(1_575, "USD", TODAY)

    # -- loan

    def owed(self) -> int:
        return -sum(value for *_, value in self.worths(TODAY) if value < 0)

    def interest_saved(self, more: int) -> int:
        """The last payment was 268.90 on the balance before it; its interest over that balance is a month's rate."""
        last = max((line for line in self.lines if line.kind == "loan" and line.minor > 0), key=lambda line: line.day)
        interest = sum(line.minor for line in self.lines if line.entry == last.entry and line.category == "interest")
        costs = []
        for payment in (26_890, 26_890 + more):
            owed, cost = self.owed(), 0
            while owed > 0:
                due = int(half_up(Decimal(owed) * interest / (self.owed() + last.minor)))
                owed, cost = owed + due - payment, cost + due
            costs.append(cost)
        return costs[0] - costs[1]

    # -- shares of the whole

    def share(self, currency: str = "", kind: str = "") -> Decimal:
        mine = [row for row in self.worths(TODAY) if row[1] != "loan"]
        part = [
            row for row in mine if (row[2] == currency if currency else row[3] and self.securities[row[3]][2] == kind)
        ]
        return half_up(Decimal(100 * sum(row[4] for row in part)) / sum(row[4] for row in mine), "0.1")

    def largest_share(self) -> Decimal:
        sizes: dict[str, int] = defaultdict(int)
        for _, _, _, security, value in self.worths(TODAY):
            sizes[security or ""] += value
        del sizes[""]
        return half_up(Decimal(100 * max(sizes.values())) / sum(sizes.values()), "0.1")

    def cash(self) -> int:
        return sum(value for _, kind, _, security, value in self.worths(TODAY) if not security and kind != "loan")

    def if_it_rises(self, currency: str, percent: int) -> int:
        mine = [row for row in self.worths(TODAY) if row[2] == currency]
        return sum(int(half_up(Decimal(row[4]) * percent / 100)) for row in mine)

    # -- investments

    def track(self, start: date, accounts: Sequence[str] = ()) -> list[float]:
        """Growth of 1 from the eve `start`, day by day: (V + out) / (V before + in), chained."""
        names = accounts or INVESTED
        worth, growth, held = sum(row[4] for row in self.worths(start, names)), [1.0], self.held(start)
        for back in range(1, (TODAY - start).days + 1):
            day = start + timedelta(days=back)
            came, went = self._crossed(self.by_day[day], names)
            held = self.held(day, held)
            now = sum(row[4] for row in self.worths(day, names, held))
            growth.append(growth[-1] * ((now + went) / (worth + came) if worth + came else 1.0))
            worth = now
        return growth

    def _crossed(self, lines: Iterable[Line], names: Sequence[str]) -> tuple[int, int]:
        entries: dict[tuple[str, str], int] = defaultdict(int)
        inside = {line.entry for line in lines if line.account in names}
        for line in lines:
            own = line.flow in ("income", "expense") and line.category in ("interest", "dividends", "fees", "taxes")
            if line.entry in inside and line.account not in names and line.flow != "exchange" and not own:
                entries[line.entry, line.currency] -= line.minor
        day = next(iter(lines)).day if lines else TODAY
        values = [self.value(minor, currency, day) for (_, currency), minor in entries.items()]
        return sum(v for v in values if v > 0), -sum(v for v in values if v < 0)

    def time_weighted(self, start: date, accounts: Sequence[str] = ()) -> Decimal:
        return half_up(Decimal(repr(100 * (self.track(start, accounts)[-1] - 1))), "0.01")

    def deepest_fall(self, start: date) -> Decimal:
        high, fall = 0.0, 0.0
        for level in self.track(start):
            high = max(high, level)
            fall = max(fall, 1 - level / high)
        return -half_up(Decimal(repr(100 * fall)), "0.01")

    def ahead_of_index(self, start: date) -> Decimal:
        index = next(key for key, row in self.securities.items() if row[2] == "index")
        market = half_up(Decimal(100) * self.price(index, TODAY) / self.price(index, start) - 100, "0.01")
        return self.time_weighted(start) - market

    def gained(self, kinds: Sequence[str]) -> int:
        """Worth today, less everything paid for it, plus what sales fetched and dividends brought."""
        wanted = {key: row for key, row in self.securities.items() if row[2] in kinds}
        worth = sum(row[4] for row in self.worths(TODAY) if row[3] in wanted)
        paid = sum(self.value(line.minor, line.currency, line.day) for line in self.lines if line.security in wanted)
        names = [row[1] for row in wanted.values()]
        dividends = sum(v for line, v in self.flows("income", date(2024, 1, 1), TODAY, "dividends")
                        if any(name in line.payee for name in names))  # fmt: skip
        return worth - paid + dividends

    def fixed(self, minor: int) -> int:
        return minor

    def figure(self, name: str, given: dict[str, Any]) -> Any:
        return getattr(self, name)(**given)


def _end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


# Payments of the household that come back, as tests/handlers/conftest.py and assistant/demo/household.py make them.
REGULAR = {
    "Résidence Lilas rent": "monthly", "Northwind Telecom": "monthly", "Aqua Claire": "quarterly",
    "Tonefield Music": "monthly", "Gym Atlas": "monthly", "Mutuelle Horizon": "monthly", "Metrolink pass": "monthly",
    "Account fee": "monthly", "Income tax": "monthly", "Baylight phone plan": "monthly", "云杉视频会员": "monthly",
    "Volta Energy": "monthly", "Car loan payment": "monthly", "Lumen Stream": "monthly",
    "Paperline Cloud yearly": "yearly", "Custody fee": "quarterly", "Netflix": "monthly",
    "Buy Horizon Monde": "monthly", "Buy Europe Durable": "monthly",
}  # fmt: skip
OUT = {*REGULAR, "Transfer to Savings", "Transfer to PEA", "Transfer to Assurance-vie", "转账到微信"}
ROWS = """
select e.id, e.day, e.payee, seen.name, a.name, a.kind, p.flow, p.category, p.minor, p.currency, p.security_id,
p.quantity from wealth_postings p join wealth_entries e on e.id = p.entry_id
join wealth_postings f on f.entry_id = e.id and f.line = 0 join wealth_accounts seen on seen.id = f.account_id
left join wealth_accounts a on a.id = p.account_id where p.user_id = :user order by e.day, e.id, p.line
"""
SECURITIES = "select id, name, kind, currency from wealth_securities where user_id = :user"
PRICES = "select security_id, day, price from wealth_prices where user_id = :user order by day"
