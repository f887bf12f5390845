"""Trades, dividends and splits as a broker's file lists them become entries, securities and prices of the ledger."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from assistant import fx
from assistant.money import Money, digits
from assistant.wealth import cashflow
from assistant.wealth.entry import UNIT, Account, Class, Entry, Flow, Posting, Security, Traded
from assistant.wealth.imports import Deal, Row
from assistant.wealth.ledger import Ledger

FUND = re.compile(r"\b(etf|etc|ucits|fund|fonds|opcvm|sicav|index|msci|stoxx)\b|基金", re.IGNORECASE)
BOND = re.compile(r"\b(bond|bonds|treasury|anleihe|obligation|obligatie|bund)\b|债", re.IGNORECASE)
CATEGORIES = {"dividend": "dividends", "interest": "interest", "fee": "fees", "tax": "taxes"}
MOVES: dict[str, Flow] = {"in": "transfer", "out": "transfer", "transfer": "transfer", "exchange": "exchange"}


def category(deal: Deal) -> str:
    """What a preview says of the row."""
    return CATEGORIES.get(deal.did, "" if deal.did else "other")


def securities(ledger: Ledger, user: str, rows: Sequence[Row]) -> dict[str, Security]:
    """The securities that rows name, by symbol; new ones are written down."""
    known = {each.symbol: each for each in ledger.securities(user)}
    for deal in (row.deal for row in rows if row.deal and row.deal.symbol):
        if deal.symbol not in known:
            known[deal.symbol] = ledger.add_security(user, deal.symbol, deal.name, _class(deal.name), deal.currency)
    return known


def _class(name: str) -> Class:
    return "bond" if BOND.search(name) else "fund" if FUND.search(name) else "share"


def entry(account: Account, row: Row, identity: str, known: Mapping[str, Security], unfunded: bool) -> Entry:
    """The row as postings. `unfunded`: the account that paid is not in the file, so the value comes from elsewhere."""
    deal = row.deal
    assert deal
    held = known[deal.symbol].id if deal.symbol else ""
    costs = [
        Posting(Money(minor, row.money.currency), flow="expense", category=name)
        for minor, name in ((deal.fee, "fees"), (deal.tax, "taxes"))
        if minor
    ]
    paid = Money(deal.fee + deal.tax, row.money.currency)
    cash = Posting(row.money, account.id)
    if deal.did == "split":
        postings = [Posting(row.money, account.id, security=held, quantity=deal.quantity)]
    elif deal.delivered:
        postings = [Posting(row.money, account.id, security=held, quantity=deal.quantity),
                    Posting(-row.money, flow="transfer")]  # fmt: skip
    elif deal.quantity:
        moved = Posting(-row.money - paid, account.id, security=held, quantity=deal.quantity)
        postings = [moved, Posting(row.money, flow="transfer"), *costs] if unfunded else [cash, moved, *costs]
    elif deal.did in ("dividend", "interest"):
        postings = [cash, Posting(-row.money - paid, flow="income", category=category(deal), security=held), *costs]
    elif deal.did in MOVES:
        postings = [cash, Posting(-row.money, flow=MOVES[deal.did])]
    elif deal.did:
        postings = [cash, Posting(-row.money, flow="expense", category=category(deal), security=held)]
    else:
        flow, kind = cashflow.categorise(f"{row.payee} {row.memo}", row.money.minor > 0, {})
        postings = [cash, Posting(-row.money, flow=flow, category=kind)]
    return Entry(row.day, row.payee, tuple(postings), row.memo, identity)


def settle(
    ledger: Ledger, user: str, account: Account, rows: Sequence[Row], known: Mapping[str, Security], at: datetime
) -> None:
    """What follows from the rows of an account: prices of their days, and holdings older than its first trade."""
    if not any(row.deal for row in rows):
        return
    groups: dict[str, list[Traded]] = defaultdict(list)
    for trade in ledger.trades(user, date.max):
        if trade.account == account.id:
            groups[trade.security].append(trade)
    printed: dict[str, dict[date, int]] = defaultdict(dict)
    for row in rows:
        if row.deal and row.deal.symbol and row.deal.quantity:
            printed[known[row.deal.symbol].id][row.day] = _price(row, known[row.deal.symbol])
    closes = ledger.closes(user)
    for security in {each.id: each for each in known.values()}.values():
        trades = groups.get(security.id, [])
        if any(row.deal and row.deal.symbol == security.symbol for row in rows):
            _open(ledger, user, account, security, trades, at)
            listed = {date.fromordinal(int(d)): int(p) for d, p in zip(*closes.get(security.id, ((), ())), strict=True)}
            fresh = {day: price for day, price in printed[security.id].items() if price and day not in listed}
            fresh |= _after_splits(trades, listed | fresh)
            if fresh:
                ledger.add_prices(user, security, fresh)


def _price(row: Row, security: Security) -> int:
    """The price of a trade in the security's currency, times 10^-8; 0 where nothing tells it."""
    deal = row.deal
    assert deal
    value = Money(abs(row.money.minor), row.money.currency)
    if deal.price and deal.currency == security.currency:
        return deal.price
    if deal.price:
        value = Money(deal.price, deal.currency)  # at 10^-8, which a rate does not mind
        whole: int = fx.convert(value, security.currency, row.day)[0].minor
        up, down = 10 ** digits(deal.currency), 10 ** digits(security.currency)
        return int(whole * up // down)
    worth: int = fx.convert(value, security.currency, row.day)[0].minor
    scale: int = 10 ** digits(security.currency)
    return worth * UNIT * UNIT // (scale * abs(deal.quantity)) if deal.quantity else 0


def _after_splits(trades: Sequence[Traded], closes: Mapping[date, int]) -> dict[date, int]:
    """A split changes no value: on its day the last price before it shrinks as the holding grows."""
    found: dict[date, int] = {}
    held = 0
    for trade in trades:
        before = [day for day in closes if day < trade.day]
        if trade.split and held > 0 and held + trade.quantity > 0 and before and trade.day not in closes:
            price = found.get(trade.day, closes[max(before)])
            found[trade.day] = fx.half_up(price * held, held + trade.quantity)
        held += trade.quantity
    return found


def _open(
    ledger: Ledger, user: str, account: Account, security: Security, trades: Sequence[Traded], at: datetime
) -> None:
    """More was sold than bought: the rest was held before the file begins, at the price of the first sale."""
    identity = f"held|{account.id}|{security.id}"
    ledger.withdraw(user, [identity])
    trades = [each for each in trades if each.identity != identity]
    lowest = held = 0
    for trade in trades:
        held += trade.quantity
        lowest = min(lowest, held)
    if lowest:
        sale = next(each for each in trades if each.quantity < 0)
        value = Money(fx.half_up(abs(sale.money.minor) * -lowest, -sale.quantity), sale.money.currency)
        postings = (Posting(value, account.id, security=security.id, quantity=-lowest), Posting(-value, flow="opening"))
        first = trades[0].day - timedelta(days=1)
        ledger.post(user, [Entry(first, security.name, postings, "opening", identity)], "opening", at)
