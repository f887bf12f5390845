"""The ledger as text for other programs: a Beancount file that balances, and a table that no spreadsheet executes.

In the Beancount file lots are booked by FIFO by Beancount itself, so its gains can be held against ours. A split there
is a lot without a cost. Syntax: beancount.github.io, Language Syntax.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from assistant.money import Money
from assistant.spreadsheet import as_csv
from assistant.wealth.entry import UNIT, Posting, Security
from assistant.wealth.ledger import Ledger
from assistant.wealth.reading import Booked

DEBTS = ("loan", "card")
FLOWS = {"transfer": "Equity:Transfers", "exchange": "Equity:Exchange", "opening": "Equity:Opening"}
HEADS = ("date", "payee", "memo", "account", "flow", "category", "amount", "currency", "security", "quantity")


def table(ledger: Ledger, user: str) -> str:
    """Every posting as a line of CSV."""
    names = {each.id: each.name for each in ledger.accounts(user)} | {"": ""}
    symbols = {each.id: each.symbol for each in ledger.securities(user)} | {"": ""}
    return as_csv([HEADS, *(
        (
            entry.day, entry.payee, entry.memo, names[each.account], each.flow, each.category, each.money.decimal,
            each.money.currency, symbols[each.security], Decimal(each.quantity) / UNIT if each.quantity else "",
        )
        for entry in ledger.journal(user) for each in entry.postings
    )])  # fmt: skip


def beancount(ledger: Ledger, user: str) -> str:
    """Accounts, entries and prices as a Beancount file."""
    entries = ledger.journal(user)
    begin = entries[0].day if entries else date(1970, 1, 1)
    accounts = {
        each.id: ("Liabilities:" if each.kind in DEBTS else "Assets:") + name
        for each, name in zip(ledger.accounts(user), _distinct(a.name for a in ledger.accounts(user)), strict=True)
    }
    securities = ledger.securities(user)
    symbols = dict(zip((each.id for each in securities), _distinct((s.symbol for s in securities), True), strict=True))
    used = {_flow_account(each) for entry in entries for each in entry.postings if each.flow}
    lines = [f'{begin} open {name} "FIFO"' for name in accounts.values()]
    lines += [f"{begin} open {name}" for name in sorted({*used, "Income:Gains"})]
    for entry in sorted(entries, key=lambda each: (each.day, any(p.quantity < 0 for p in each.postings))):
        lines += ["", *_entry(entry, accounts, symbols)]
    return "\n".join([*lines, "", *_prices(ledger, user, securities, symbols), ""])


def _entry(entry: Booked, accounts: Mapping[str, str], symbols: Mapping[str, str]) -> Iterator[str]:
    yield f"{entry.day} * {_quoted(entry.payee)} {_quoted(entry.memo)}"
    sold = False
    for each in entry.postings:
        name = accounts[each.account] if each.account else _flow_account(each)
        if each.security and each.quantity:
            quantity = f"{Decimal(each.quantity) / UNIT:f} {symbols[each.security]}"
            sold |= each.quantity < 0
            price = f"{{}} @@ {_amount(-each.money)}" if each.quantity < 0 else f"{{{{{_amount(each.money)}}}}}"
            yield f"  {name}  {quantity} {price}"
        else:
            yield f"  {name}  {_amount(each.money)}"
    if sold:
        yield "  Income:Gains"


def _prices(
    ledger: Ledger, user: str, securities: Iterable[Security], symbols: Mapping[str, str]
) -> Iterator[str]:  # fmt: skip
    closes = ledger.closes(user)
    for security in securities:
        for day, price in zip(*closes.get(security.id, ((), ())), strict=True):
            shown = f"{Decimal(int(price)) / UNIT:f} {security.currency}"
            yield f"{date.fromordinal(int(day))} price {symbols[security.id]}  {shown}"


def _flow_account(each: Posting) -> str:
    if each.flow in FLOWS:
        return FLOWS[each.flow]
    return f"{'Income' if each.flow == 'income' else 'Expenses'}:{(each.category or 'other').replace('_', '-').title()}"


def _amount(money: Money) -> str:
    return f"{money.decimal:f} {money.currency}"


def _quoted(text: str) -> str:
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _distinct(names: Iterable[str], commodity: bool = False) -> Iterator[str]:
    """Each as Beancount writes names: letters, digits and hyphens, a capital or a digit first, none twice."""
    seen: set[str] = set()
    for number, name in enumerate(names, 1):
        plain = re.sub(r"[^A-Z0-9]+", "-", name.upper()) if commodity else re.sub(r"[\W_]+", "-", name)
        plain = plain.strip("-")[:20].rstrip("-")
        fit = plain[:1].upper() + plain[1:]
        if not re.match("[A-Z]" if commodity else "[A-Z0-9]", fit) or len(fit) < 2:
            fit = f"N{number}-{fit}".rstrip("-")
        fit = f"{fit}-{number}" if fit in seen else fit
        seen.add(fit)
        yield fit
