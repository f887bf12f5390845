"""From a file to the ledger: preview first, then every row once.

A row's identity is the hash of account, day, amount, normalised text and its count among equal rows of the file, so
the same file twice adds nothing and two equal rows stay two.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePath

from assistant.request import Upload
from assistant.wealth import cashflow
from assistant.wealth.entry import Account, Entry, Flow, Movement, Posting
from assistant.wealth.imports import Hints, Row, Statement, read
from assistant.wealth.ledger import Ledger, Posted


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. `account` None: `account_name` would be opened. `known`: rows already in the ledger."""

    name: str
    statement: Statement
    account: Account | None
    account_name: str
    others: tuple[str, ...]  # further accounts of the person it could belong to
    known: int
    categories: tuple[str, ...]  # one per row


@dataclass(frozen=True, slots=True)
class Imported:
    account: Account
    statement: Statement
    posted: Posted
    transfers: int  # rows recognised as moves between own accounts


def preview(ledger: Ledger, user: str, upload: Upload, account: str, hints: Hints, currency: str) -> Preview:
    """How the file is read and where it would go; nothing is written. Raises `BadInput` for a file that is none."""
    statement = read(upload, hints, currency)
    mine = ledger.accounts(user)
    chosen = ledger.account(user, account) if account else _guess(mine, statement, upload.name)
    identities = _identities(chosen.id, statement.rows) if chosen else []
    own = ledger.rules(user)
    return Preview(
        upload.name, statement, chosen, chosen.name if chosen else _title(upload.name),
        tuple(each.name for each in mine if each is not chosen and each.kind not in ("loan", "brokerage", "insurance")),
        len(ledger.known(user, identities)),
        tuple(cashflow.categorise(f"{row.payee} {row.memo}", row.money.minor > 0, own)[1] for row in statement.rows),
    )  # fmt: skip


def bring_in(
    ledger: Ledger, user: str, upload: Upload, account: str, hints: Hints, currency: str, at: datetime
) -> Imported:
    """Write the rows of a file that are not there yet, in one transaction, then pair the transfers around them."""
    statement = read(upload, hints, currency)
    target = ledger.account(user, account) if account else _guess(ledger.accounts(user), statement, upload.name)
    if target is None:
        named = statement.currency or currency
        number = (statement.account,) if statement.account else ()  # by which its next file is recognised
        target = ledger.add_account(user, _title(upload.name), "current", named, number)
    own = ledger.rules(user)
    entries = [
        _entry(target, row, identity, own)
        for row, identity in zip(statement.rows, _identities(target.id, statement.rows), strict=True)
    ]
    posted = ledger.post(user, entries, upload.name, at)
    return Imported(target, statement, posted, _pair_transfers(ledger, user, statement) if posted.added else 0)


def _entry(account: Account, row: Row, identity: str, own: dict[str, str]) -> Entry:
    flow, category = cashflow.categorise(f"{row.payee} {row.memo}", row.money.minor > 0, own)
    seen = Posting(row.money, account.id)
    return Entry(row.day, row.payee, (seen, Posting(-row.money, flow=flow, category=category)), row.memo, identity)


def _identities(account: str, rows: Sequence[Row]) -> list[str]:
    counts: Counter[str] = Counter()
    result = []
    for row in rows:
        text = cashflow.plain(f"{row.payee} {row.memo}")
        fact = f"{account}|{row.day}|{row.money.minor}|{row.money.currency}|{text}"
        result.append(hashlib.sha256(f"{fact}|{counts[fact]}".encode()).hexdigest())
        counts[fact] += 1
    return result


def _pair_transfers(ledger: Ledger, user: str, statement: Statement) -> int:
    days = [row.day for row in statement.rows]
    near = timedelta(days=cashflow.TRANSFER_DAYS)
    start, end = min(days) - near, max(days) + near
    spent = [m for m in ledger.movements(user, "expense", start, end) if m.category != "loan"]
    signed = [replace(each, money=-each.money) for each in spent] + ledger.movements(user, "income", start, end)
    found = cashflow.transfers(signed)
    ledger.relabel(user, found, "transfer")
    return len(found)


def sort_again(ledger: Ledger, user: str, words: str) -> int:
    """Give the rows whose text contains `words` the category of the person's rules; how many changed."""
    span, own = ledger.span(user), ledger.rules(user)
    parts: dict[str, list[Movement]] = defaultdict(list)
    for flow, sign in (("income", 1), ("expense", -1)) if span else ():
        for each in ledger.movements(user, flow, *span):  # type: ignore[arg-type, misc]
            parts[each.entry].append(replace(each, money=each.money * sign))
    changed: dict[tuple[Flow, str], list[str]] = defaultdict(list)
    for entry, (each, *others) in parts.items():
        if others or each.category == "loan" or words not in cashflow.normal_payee(f"{each.payee} {each.memo}"):
            continue
        found = cashflow.categorise(f"{each.payee} {each.memo}", each.money.minor > 0, own)
        if found[1] != each.category:
            changed[found].append(entry)
    for (flow, category), ids in changed.items():
        ledger.relabel(user, ids, flow, category)
    return sum(map(len, changed.values()))


def _guess(mine: Sequence[Account], statement: Statement, name: str) -> Account | None:
    """The account that the file's name or preamble mentions, else the first current account of its currency.

    An account with a note (the demo household's) is never guessed: real rows must not land among made-up ones unasked.
    """
    around = f"{name} {statement.mentions}".casefold()
    for account in mine:
        if any(len(word) > 3 and word.casefold() in around for word in (account.name, *account.aliases)):
            return account
    currency = statement.rows[0].money.currency if statement.rows else statement.currency
    return next((each for each in mine if each.kind == "current" and not each.note and each.currency == currency), None)


def _title(name: str) -> str:
    return PurePath(name).stem[:60] or "bank"
