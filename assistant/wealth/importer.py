"""From a file to the ledger: preview first, then every row once.

A row's identity is the hash of account, day, amount, normalised text and its count among equal rows of the file, so
the same file twice adds nothing and two equal rows stay two. What a file implies and does not list (the balance before
its first row, a holding older than its first trade) is an entry of its own that follows the rows.
"""

import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import PurePath

from assistant.money import Money
from assistant.request import Upload
from assistant.wealth import cashflow, deals
from assistant.wealth.entry import Account, Entry, Flow, Kind, Movement, Posting
from assistant.wealth.imports import Hints, Row, Statement, read
from assistant.wealth.ledger import Ledger, Posted


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. `account` None: `account_name` would be opened. `known`: rows already in the ledger.

    A file of several accounts names them all in `account_name`; each gets its own.
    """

    name: str
    statement: Statement
    account: Account | None
    account_name: str
    others: tuple[str, ...]  # further accounts of the person it could belong to
    known: int
    categories: tuple[str, ...]  # one per row


@dataclass(frozen=True, slots=True)
class Imported:
    account: Account  # the first, of a file of several
    statement: Statement
    posted: Posted
    transfers: int  # rows recognised as moves between own accounts
    refunds: int  # rows recognised as money back for an earlier purchase


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a file that belong to one account; None: it would be opened under `title`."""

    account: Account | None
    title: str
    number: str
    rows: tuple[Row, ...]


def preview(ledger: Ledger, user: str, upload: Upload, account: str, hints: Hints, currency: str) -> Preview:
    """How the file is read and where it would go; nothing is written. Raises `BadInput` for a file that is none."""
    statement = read(upload, hints, currency)
    mine = ledger.accounts(user)
    parts = _parts(ledger, user, statement, upload.name, account)
    known = sum(len(ledger.known(user, _identities(p.account.id, p.rows))) for p in parts if p.account)
    own = ledger.rules(user)
    chosen = parts[0].account if len(parts) == 1 else None
    return Preview(
        upload.name, statement, chosen, ", ".join(p.account.name if p.account else p.title for p in parts),
        tuple(each.name for each in mine if each is not chosen and each.kind not in ("loan", "brokerage", "insurance")),
        known, tuple(_category(row, own) for row in statement.rows),
    )  # fmt: skip


def bring_in(
    ledger: Ledger, user: str, upload: Upload, account: str, hints: Hints, currency: str, at: datetime
) -> Imported:
    """Write the rows of a file that are not there yet, then what follows from them: openings, transfers, refunds."""
    statement = read(upload, hints, currency)
    parts = _parts(ledger, user, statement, upload.name, account)
    known = deals.securities(ledger, user, statement.rows)
    own = ledger.rules(user)
    accounts = [part.account or _opened(ledger, user, part, statement, currency) for part in parts]
    entries = [
        deals.entry(target, row, identity, known, "unfunded" in statement.doubts) if row.deal
        else _entry(target, row, identity, own)
        for target, part in zip(accounts, parts, strict=True)
        for row, identity in zip(part.rows, _identities(target.id, part.rows), strict=True)
    ]  # fmt: skip
    posted = ledger.post(user, entries, upload.name, at)
    if not posted.added:
        return Imported(accounts[0], statement, posted, 0, 0)
    for target, part in zip(accounts, parts, strict=True):
        deals.settle(ledger, user, target, part.rows, known, at)
        for label, opening in statement.openings:
            if part.rows and (len(parts) == 1 or label == part.number):
                _anchor(ledger, user, target, part.rows, opening, at)
    transfers = _pair_transfers(ledger, user, statement)
    return Imported(accounts[0], statement, posted, transfers, _pair_refunds(ledger, user, statement))


def _parts(ledger: Ledger, user: str, statement: Statement, name: str, account: str) -> list[Part]:
    """The rows by account: the one that was chosen, else those the file tells apart, else the one it resembles."""
    mine = ledger.accounts(user)
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in statement.rows:
        groups["" if account else row.account].append(row)
    taken = {each.name for each in mine}
    if len(groups) < 2:
        chosen = ledger.account(user, account) if account else _guess(mine, statement, name)
        return [Part(chosen, _title(_stem(name), taken), statement.account, statement.rows)]
    parts = []
    for number, rows in groups.items():
        known = next((each for each in mine if number in each.aliases), None)
        parts.append(Part(known, _title(f"{_stem(name)} {number[-12:]}".strip(), taken), number, tuple(rows)))
        taken.add(parts[-1].title)
    return parts


def _opened(ledger: Ledger, user: str, part: Part, statement: Statement, currency: str) -> Account:
    named = part.rows[0].money.currency if part.rows else statement.currency or currency
    kind: Kind = "brokerage" if any(row.deal for row in part.rows) else "current"
    number = (part.number,) if part.number else ()  # by which its next file is recognised
    return ledger.add_account(user, part.title, kind, named, number)


def _category(row: Row, own: dict[str, str]) -> str:
    if row.deal:
        return deals.category(row.deal)
    return cashflow.categorise(f"{row.payee} {row.memo}", row.money.minor > 0, own)[1]


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


def _anchor(
    ledger: Ledger, user: str, account: Account, rows: Sequence[Row], opening: Money, at: datetime
) -> None:  # fmt: skip
    """Make the account's balance the one its latest file prints: what it does not list is an opening entry.

    Of an older file than those before it only the gap is filled: the balance of today stays as it was.
    """
    identity = f"opening|{account.id}|{opening.currency}"
    first, last = min(row.day for row in rows), max(row.day for row in rows)
    before = ledger.cash(user, account, opening.currency, identity)
    old = before.pop(date.min, None)
    if old is not None and max(before) > last:
        amount = old - sum(row.money.minor for row in rows if row.money.currency == opening.currency)
    else:
        amount = opening.minor - sum(minor for day, minor in before.items() if day < first)
    ledger.withdraw(user, [identity])
    if amount:
        money = Money(amount, opening.currency)
        postings = (Posting(money, account.id), Posting(-money, flow="opening"))
        day = min([first, *before]) - timedelta(days=1)
        ledger.post(user, [Entry(day, account.name, postings, "opening", identity)], "opening", at)


def _pair_transfers(ledger: Ledger, user: str, statement: Statement) -> int:
    start, end = _around(statement, cashflow.TRANSFER_DAYS)
    spent = [m for m in ledger.movements(user, "expense", start, end) if m.category != "loan"]
    signed = [replace(each, money=-each.money) for each in spent] + ledger.movements(user, "income", start, end)
    brokers = {each.name for each in ledger.accounts(user) if each.kind == "brokerage"}
    moved = [each for each in ledger.movements(user, "transfer", start, end) if each.account in brokers]
    paid_in = {each.entry for each in moved}
    found = cashflow.transfers([*signed, *(replace(each, money=-each.money) for each in moved)])
    ledger.relabel(user, [each for each in found if each not in paid_in], "transfer")
    return len(found)


def _pair_refunds(ledger: Ledger, user: str, statement: Statement) -> int:
    """Money from somebody who was paid before, of no known kind, is a refund and takes the purchase's category."""
    start, end = _around(statement, 0)
    came = [each for each in ledger.movements(user, "income", start, end) if each.category == "other"]
    back = timedelta(days=cashflow.REFUND_DAYS)
    bought = [m for m in ledger.movements(user, "expense", start - back, end) if m.category != "loan"] if came else []
    pairs = cashflow.refunds([*bought, *(replace(each, money=-each.money) for each in came)])
    known = {each.entry for each in came}
    found = [(refund, purchase) for refund, purchase in pairs if purchase and refund.entry in known]
    for refund, purchase in found:
        ledger.relabel(user, [refund.entry], "expense", purchase.category)
    return len(found)


def _around(statement: Statement, days: int) -> tuple[date, date]:
    near = timedelta(days=days)
    return min(row.day for row in statement.rows) - near, max(row.day for row in statement.rows) + near


def take_back(ledger: Ledger, user: str, batch: str) -> int:
    """Undo an import; rows elsewhere that were a transfer only beside its rows are income or spending again."""
    lost = {(each.money, each.day) for each in ledger.transferred(user, batch)}
    count, own = ledger.take_back(user, batch), ledger.rules(user)
    alone = [
        each for each in ledger.transferred(user)
        if any(money == -each.money and abs((day - each.day).days) <= cashflow.TRANSFER_DAYS for money, day in lost)
    ]  # fmt: skip
    for each in alone:
        flow, category = cashflow.categorise(f"{each.payee} {each.memo}", each.money.minor > 0, own)
        ledger.relabel(user, [each.entry], flow, category)
    used = {side.account for entry in ledger.journal(user) if entry.memo != "opening" for side in entry.postings}
    for held in ledger.holdings(user, date.max):  # a balance that only the file printed goes with it
        if held.account.id not in used:
            ledger.withdraw(user, [f"opening|{held.account.id}|{held.currency}"])
    return count


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
    """The account that the file's name or preamble mentions, else the first of its kind and currency.

    An account with a note (the demo household's) is never guessed: real rows must not land among made-up ones unasked.
    """
    around = f"{name} {statement.mentions} {statement.account}".casefold()
    for account in mine:
        if any(len(word) > 3 and word.casefold() in around for word in (account.name, *account.aliases)):
            return account
    kind = "brokerage" if any(row.deal for row in statement.rows) else "current"
    currency = statement.rows[0].money.currency if statement.rows else statement.currency
    same = (each for each in mine if each.kind == kind and not each.note)
    return next((each for each in same if kind == "brokerage" or each.currency == currency), None)


def _stem(name: str) -> str:
    return PurePath(name).stem[:60] or "bank"


def _title(name: str, taken: Set[str]) -> str:
    """A name for a new account that no other one has."""
    return next(
        title for count in itertools.count(1) if (title := name if count < 2 else f"{name} {count}") not in taken
    )
