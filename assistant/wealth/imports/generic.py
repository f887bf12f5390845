"""Any bank's CSV: the head, or the cells where there is none, tell what each column holds.

Every row with a date becomes a row or a problem with a reason; lines without one (titles, totals) are not rows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant import fx
from assistant.errors import BadInput
from assistant.money import Money, digits
from assistant.request import Upload
from assistant.wealth.imports import broker, sniff
from assistant.wealth.imports.columns import AMOUNTS, columns_of
from assistant.wealth.imports.statement import (
    LARGEST,
    PENCE,
    UNSETTLED,
    Column,
    Hints,
    Line,
    Order,
    Problem,
    Role,
    Row,
    Statement,
    Unusable,
    follow,
    meant_by,
)  # fmt: skip

MOST_ACCOUNTS = 12
WAITING = re.compile("(?:umsatz )?vorgemerkt|pending", re.IGNORECASE)  # under whatever head
GIVEN_BACK = re.compile("退款成功|已退款|收益发放")
SETTLED = re.compile(r"thank you|payment received|autopay|ach deposit|paiement|zahlung|betaling|还款", re.IGNORECASE)
CENTS = re.compile(r"\b(pence|penny|cents?|centimes?|cts|minor|øre|öre)\b|分(?!类)|_minor\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """How this file's columns are to be read."""

    roles: dict[Role, list[int]]
    order: Order
    mark: str
    sign: int
    currency: str
    scale: int = 1  # how many units of the printed amounts make a major one: 100 where they are cents
    balance_scale: int = 1
    fees: bool = False  # whether they come on top of the amounts

    def cell(self, cells: Sequence[str], role: Role) -> str:
        return next((cells[i] for i in self.roles.get(role, ()) if i < len(cells) and cells[i]), "")


def read(upload: Upload, hints: Hints, currency: str) -> Statement:
    """The statement in a CSV file; `currency` counts where the file names none.

    Raises `BadInput("not_a_statement")` when no row has a date and an amount.
    """
    delimiter, lines = sniff.table(sniff.decode(upload.data))
    return from_table(upload.name, delimiter, lines, hints, currency)


def from_table(name: str, delimiter: str, lines: Sequence[Line], hints: Hints, currency: str) -> Statement:
    """The statement in the cells of a CSV file or a sheet, as `read`."""
    if broker.find_head(lines):
        return broker.from_table(name, delimiter, lines, hints, currency)
    body = [line for line in lines if any(sniff.dated(cell) for cell in line[1])]
    if not any(len(cells) > 1 for _, cells in body):
        raise BadInput("not_a_statement", name=name)
    head, columns = columns_of(lines, body, hints)
    body = [line for line in body if line[0] > head]
    layout, doubts = _layout(columns, body, delimiter, hints, currency)
    if "date" not in layout.roles or not {"amount", "debit", "credit"} & set(layout.roles):
        raise BadInput("not_a_statement", name=name)
    rows, problems = _rows(body, layout)
    if not hints.unit and layout.scale == 1:
        told, doubtful = _told_by_balance(layout, body, rows)
        doubts = (*doubts, "unit") if doubtful else doubts
        rows, problems = (rows, problems) if told is layout else _rows(body, told)
    rows = _by_account(rows)
    standing = {row.balance for row in rows}
    if len(rows) > 1 and len(standing) == 1 and any(row.money.minor for row in rows):
        rows = [replace(row, balance=None) for row in rows]  # the balance of today beside every row
    followed = follow(rows)
    if (followed.flipped and not hints.flip) or (not hints.flip and _of_a_card(rows, layout)):
        rows = [replace(row, money=-row.money) for row in rows]
    elif not hints.flip and _all_one_way(rows, layout):
        doubts = (*doubts, "sign")
    around = " ".join(cell for number, cells in lines if number < (head or body[0][0]) for cell in cells)
    return Statement(
        tuple(rows), tuple(problems), columns, layout.order, layout.currency, followed.wrong, doubts,
        followed.openings, around[:2000],
        rows[0].account if rows and len({row.account for row in rows}) == 1 else "",
    )  # fmt: skip


def _layout(
    columns: Sequence[Column], body: Sequence[Line], delimiter: str, hints: Hints, currency: str
) -> tuple[Layout, tuple[str, ...]]:
    roles: dict[Role, list[int]] = {}
    for column in columns:
        if column.role:
            roles.setdefault(column.role, []).append(column.index)
    if "date" not in roles and "value_date" in roles:
        roles["date"] = roles["value_date"]
    numbers = [i for role in ("amount", "debit", "credit", "balance") for i in roles.get(role, ())]
    order, doubtful = sniff.date_order(_cells(body, roles.get("date", ())))
    mark = sniff.decimal_mark(_cells(body, numbers), delimiter)
    money_heads = " ".join(f"{columns[i].head} {columns[i].sample}" for i in numbers)
    named = next((code for code in re.findall(r"\b[A-Z]{3}\b", money_heads) if code in fx.currencies()), "")
    symbol = meant_by(money_heads, currency)
    printed = next((columns[i].head for role in AMOUNTS for i in roles.get(role, ())), "")
    scale = 100 if hints.unit == "minor" or (not hints.unit and CENTS.search(printed)) else 1
    chinese = any("\u4e00" <= char <= "\u9fff" for column in columns for char in column.head)
    fixed = [code for i in roles.get("amount", ()) for code in re.findall(r"\b[A-Z]{3}\b", columns[i].head)]
    if set(fixed) & set(fx.currencies()):
        roles.pop("currency", None)  # of what was paid abroad; the amounts are in that of their head
    on_top = "after fees" in printed or "fee" in hints.roles.values()
    layout = Layout(
        roles, hints.order or order, mark, -1 if hints.flip else 1, named or symbol or ("CNY" if chinese else currency),
        scale, scale if _all_whole(_cells(body, roles.get("balance", ()))) else 1, on_top,
    )  # fmt: skip
    return layout, ("date_order",) if doubtful and not hints.order else ()


def _all_whole(cells: Sequence[str]) -> bool:
    return not any(re.search(r"(?:[.,]\d{1,2}|\d{4}[.,]\d+)\D*$", cell) for cell in cells)


def _told_by_balance(layout: Layout, body: Sequence[Line], rows: Sequence[Row]) -> tuple[Layout, bool]:
    """(layout, doubtful): printed balances tell whether fees come on top of the amounts, and whether amounts without
    decimals are whole units or cents."""
    amounts = [i for role in AMOUNTS for i in layout.roles.get(role, ())]
    charged = any(map(re.compile("[1-9]").search, _cells(body, layout.roles.get("fee", ()))))
    told = [layout, replace(layout, fees=True)] if charged else [layout]
    in_pence = set(_cells(body, layout.roles.get("currency", ()))) & set(PENCE)
    whole = not in_pence and any(digits(row.money.currency) for row in rows) and _all_whole(_cells(body, amounts))
    told += [replace(each, scale=100) for each in told] if whole else []
    if not told[1:] or sum(row.balance is not None for row in rows) < 2:
        return layout, whole
    readings = [rows, *(_rows(body, each)[0] for each in told[1:])]
    wrong = [len(follow(_by_account(each)).wrong) for each in readings]
    certain = not whole or not (min(wrong) or _all_whole(_cells(body, layout.roles["balance"])))
    return (told[wrong.index(min(wrong))], False) if certain else (layout, True)


def _cells(body: Sequence[Line], indexes: Sequence[int]) -> list[str]:
    return [cells[i] for _, cells in body for i in indexes if i < len(cells) and cells[i]]


def _rows(body: Sequence[Line], layout: Layout) -> tuple[list[Row], list[Problem]]:
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, cells in body:
        try:
            rows.append(_row(number, cells, layout))
        except Unusable as refusal:
            problems.append(Problem(number, " · ".join(cell for cell in cells if cell)[:120], refusal.reason))
    return rows, problems


def _row(number: int, cells: list[str], layout: Layout) -> Row:
    cell = layout.cell(cells, "date")
    if not cell:
        raise Unusable("too_short")
    day = sniff.read_date(cell, layout.order)
    if day is None:
        raise Unusable("bad_date")
    if UNSETTLED.search(layout.cell(cells, "status")) or any(WAITING.fullmatch(each) for each in cells):
        raise Unusable("not_settled")
    code = layout.cell(cells, "currency").upper()
    if code in PENCE:
        layout = replace(layout, scale=100, balance_scale=100)
    currency = PENCE.get(code, code if re.fullmatch("[A-Z]{3}", code) else layout.currency)
    if currency not in fx.currencies():
        raise Unusable("no_rate")
    fee = sniff.amount(layout.cell(cells, "fee"), layout.mark) if layout.fees else None
    money = _money((_amount(cells, layout) - abs(fee or Decimal(0))) * layout.sign, layout.scale, currency)
    sides: tuple[Role, ...] = ("payer", "payee") if money.minor > 0 else ("payee", "payer")
    payee, text = (
        layout.cell(cells, sides[0]) or layout.cell(cells, sides[1]),
        _joined(cells, layout.roles.get("text", ())),
    )
    balance = sniff.read_number(layout.cell(cells, "balance"), layout.mark)
    after = (
        None if balance is None or abs(balance) >= LARGEST else _money(balance, layout.balance_scale, currency).minor
    )
    if not payee and not text:
        text = layout.cell(cells, "kind") or next(
            (c for c in cells if re.search(r"[^\W\d]{4}", c) and not sniff.dated(c)), ""
        )
    return Row(number, day, money, payee or text, text if payee else "", after, None, layout.cell(cells, "account"))


def _money(amount: Decimal, scale: int, currency: str) -> Money:
    return Money.of(amount / scale if digits(currency) else amount, currency)


def _joined(cells: Sequence[str], indexes: Sequence[int]) -> str:
    return " ".join(dict.fromkeys(cells[i] for i in indexes if i < len(cells) and cells[i] not in ("", "/")))


def _amount(cells: Sequence[str], layout: Layout) -> Decimal:
    if "amount" in layout.roles:
        value = sniff.amount(layout.cell(cells, "amount"), layout.mark)
        if value is None:
            raise Unusable("no_amount")
        if "sign" not in layout.roles:
            return value
        way = sniff.direction(layout.cell(cells, "sign"))
        if not way and GIVEN_BACK.search(" ".join(cells)):
            way = 1  # a wallet lists refunds and interest as neither income nor spending
        if not way:
            raise Unusable("no_direction")
        return abs(value) * way
    debit, credit = (sniff.amount(layout.cell(cells, role), layout.mark) for role in ("debit", "credit"))
    if debit and credit:
        raise Unusable("two_amounts")
    if debit is None and credit is None:
        raise Unusable("no_amount")
    return abs(credit) if credit else -abs(debit or Decimal(0))


def _by_account(rows: Sequence[Row]) -> list[Row]:
    """The rows with the account that their column names, unless it names so many that they must be the other sides'."""
    named = {row.account for row in rows}
    few = len(named) <= min(MOST_ACCOUNTS, max(2, len(rows) // 3)) and len(named) <= max(1, len(rows) - 1)
    own = few and "" not in named
    return list(rows) if own else [replace(row, account="") for row in rows]


def _of_a_card(rows: Sequence[Row], layout: Layout) -> bool:
    """A card's list prints purchases above zero: what is below are payments of its bill."""
    below = [row for row in rows if row.money.minor < 0]
    bare = "sign" not in layout.roles and "amount" in layout.roles and all(row.balance is None for row in rows)
    paid = all(SETTLED.search(f"{row.payee} {row.memo}") for row in below)
    return bare and bool(below) and 2 * len(below) < len(rows) and paid


def _all_one_way(rows: Sequence[Row], layout: Layout) -> bool:
    """Amounts that are all positive without a word about their direction may be spending."""
    silent = "sign" not in layout.roles and "amount" in layout.roles
    return (
        silent and len(rows) > 2 and all(row.money.minor > 0 for row in rows) and all(r.balance is None for r in rows)
    )
