"""Any broker's list of trades, dividends and cash: Trading 212, Interactive Brokers, Degiro and their like.

Portfolio Performance and Ghostfolio export the same kind of table. The heads tell the columns, the words of an action
(without one the sign of the quantity) tell what happened; how the cash moved follows from that, not from a printed
sign. Every dated row becomes a row or a problem with a reason.
"""

import functools
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

from assistant import fx
from assistant.errors import BadInput
from assistant.money import Money
from assistant.wealth.entry import UNIT
from assistant.wealth.imports import sniff
from assistant.wealth.imports.statement import (
    LARGEST,
    PENCE,
    UNSETTLED,
    Column,
    Deal,
    Did,
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

Part = Literal[
    "date", "action", "symbol", "isin", "name", "description", "text", "quantity", "price", "fee", "tax", "net",
    "gross", "rate", "currency", "price_currency", "status", "balance", "account", "",
]  # fmt: skip
FIGURES: tuple[Part, ...] = ("quantity", "price", "net", "gross", "fee", "tax")
CODE = re.compile(r"[A-Z]{3}\b")
ABOUT = re.compile(r"^([A-Z0-9. ]{1,12})\(([A-Z]{2}[A-Z0-9]{9}\d)\)")  # how Interactive Brokers names a security
PAIR = re.compile(r"([A-Z0-9]{3,}?)[-/._]?([A-Z]{3})")  # BTCEUR: what was traded, and the currency that paid


@dataclass(frozen=True, slots=True)
class Record:
    """One dated row under its head: `cells` by role, in the order of the columns, each with its currency or ""."""

    line: int
    cells: Mapping[Part, Sequence[tuple[str, str]]]
    section: str
    shown: str

    def text(self, role: Part) -> str:
        return next((cell for cell, _ in self.cells.get(role, ()) if cell), "")

    @property
    def action(self) -> str:
        """What happened, by all the columns that say it."""
        return " ".join(dict.fromkeys(cell for cell, _ in self.cells.get("action", ()) if cell))


def find_head(lines: Sequence[Line]) -> tuple[int, list[str]] | None:
    """(line, cells) of the row that heads a list of trades: a day, a quantity, and a security or a price."""
    for number, cells in lines[:60]:
        roles = {role_of(cell) for cell in cells}
        if {"date", "quantity"} <= roles and roles & {"isin", "symbol", "price"}:
            return number, cells
    return None


def from_table(name: str, delimiter: str, lines: Sequence[Line], hints: Hints, currency: str) -> Statement:
    """The statement in a broker's table. Raises `BadInput("not_a_statement")` when no row below its head is dated."""
    head = find_head(lines)
    records = list(_records(lines, head or (0, []), currency))
    if head is None or not records:
        raise BadInput("not_a_statement", name=name)
    order, doubtful = sniff.date_order([_day_cell(each) for each in records])
    printed = [cell for each in records for role in FIGURES[1:] for cell, _ in each.cells.get(role, ())]
    reading = Reading(hints.order or order, sniff.decimal_mark(printed, delimiter), _spoken(records, head[1], currency))
    rows: list[Row] = []
    problems: list[Problem] = []
    for each in records:
        try:
            rows.append(reading.row(each))
        except Unusable as refusal:
            problems.append(Problem(each.line, each.shown, refusal.reason))
    followed = follow(rows)
    doubts = [doubt for doubt, holds in (("date_order", doubtful and not hints.order), ("unfunded", _unfunded(rows)))
              if holds]  # fmt: skip
    around = " ".join(cell for number, cells in lines if number < head[0] for cell in cells)
    return Statement(
        tuple(rows), tuple(problems), _columns(head[1], records), reading.order,
        Counter(r.money.currency for r in rows).most_common(1)[0][0] if rows else "", followed.wrong, tuple(doubts),
        followed.openings, around[:2000],
    )  # fmt: skip


def _unfunded(rows: Sequence[Row]) -> bool:
    """Trades without any cash that came in: the file lists what was bought and not the account that paid."""
    deals = [row.deal for row in rows if row.deal]
    paid = any(deal.did in ("in", "out", "transfer", "") and not deal.quantity for deal in deals)
    return any(deal.did == "buy" for deal in deals) and not paid


def _records(lines: Sequence[Line], head: Line, currency: str) -> Iterator[Record]:
    """Dated rows below their head; in a statement of sections (Name,Header,... Name,Data,...) each has its own."""
    sectioned = any(cells[1:2] == ["Header"] for _, cells in lines)
    heads: dict[str, list[str]] = {}
    parts: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for number, cells in lines:
        if sectioned and cells[1:2] == ["Header"]:
            heads[cells[0]] = ["", "", *cells[2:]]  # until the next of this section: currencies have one of their own
        elif (cells[1:2] == ["Data"] and cells[0] in heads) if sectioned else number > head[0]:
            parts[(cells[0], *heads[cells[0]]) if sectioned else ("", *head[1])].append((number, cells))
    for (section, *titles), body in parts.items():
        body = [line for line in body if any(map(sniff.dated, line[1]))]
        layout = _layout(titles, [cells for _, cells in body], currency)
        if not any(role in FIGURES for role, _, _ in layout):
            continue
        for number, cells in body:
            found: dict[Part, list[tuple[str, str]]] = {}
            for role, index, code in layout:
                beside = code[1:] if code.startswith("#") else ""
                named = cells[int(beside)] if beside and int(beside) < len(cells) else code.removeprefix("#" + beside)
                found.setdefault(role, []).append((cells[index] if index < len(cells) else "", named))
            if not any(sniff.dated(cell) for cell, _ in found.get("date", ())):
                found["date"] = [(cell, "") for cell in cells if sniff.dated(cell)]
            yield Record(number, found, section, " · ".join(cell for cell in cells if cell)[:120])


def _layout(head: Sequence[str], body: Sequence[Sequence[str]], currency: str) -> list[tuple[Part, int, str]]:
    """(role, column, its currency: a code, "#column" that holds it, or "") for every column with a role."""
    folded = [sniff.folded(cell) for cell in head]
    roles = [role_of(cell) for cell in head]
    roles = ["" if role == "currency" and not _most(body, i, CODE.match) else role for i, role in enumerate(roles)]
    if "action" not in roles:  # by what stands in it: a dividend must not pass for a purchase
        speaking = next((i for i, role in enumerate(roles) if not role and _most(body, i, _kind)), -1)
        roles = ["action" if i == speaking else role for i, role in enumerate(roles)]
    result: list[tuple[Part, int, str]] = []
    for index, cell in enumerate(head):
        codes = [c for c in re.findall(r"\b[A-Z]{3}\b", cell) if c in fx.currencies()]
        code = next(iter(codes), "") or meant_by(cell, currency)
        if (own := f"currency ({folded[index]})") in folded:
            code = f"#{folded.index(own)}"
        elif index + 1 < len(head) and not head[index + 1] and _most(body, index + 1, CODE.fullmatch):
            code = f"#{index + 1}"
        if roles[index]:
            result.append((roles[index], index, code))
    return result


def _most(body: Sequence[Sequence[str]], index: int, holds: Callable[[str], object]) -> bool:
    cells = [row[index] for row in body if index < len(row) and row[index]]
    return bool(cells) and sum(bool(holds(cell)) for cell in cells) >= 0.8 * len(cells)


def _day_cell(each: Record) -> str:
    return next(cell for cell, _ in each.cells["date"] if sniff.dated(cell))


def _spoken(records: Sequence[Record], head: Sequence[str], currency: str) -> str:
    """The currency of cells that name none: the one most of the others do, yuan under Chinese heads."""
    cells = [pair for each in records for role in FIGURES for pair in each.cells.get(role, ()) if pair[0]]
    signs = (meant_by(cell, currency) or code for cell, code in cells)
    named = Counter(code for code in signs if code in fx.currencies())
    chinese = any("\u4e00" <= char <= "\u9fff" for cell in head for char in cell)
    if not named and not any(each.text("rate") for each in records):
        named.update(code for each in records if (code := each.text("price_currency")) in fx.currencies())
    return named.most_common(1)[0][0] if named else "CNY" if chinese else currency


@dataclass(frozen=True, slots=True)
class Reading:
    """How this file writes days and numbers; `currency` counts where it names none."""

    order: Order
    mark: str
    currency: str

    def row(self, each: Record) -> Row:
        """The row of a record; raises `Unusable` with the reason."""
        day = sniff.read_date(_day_cell(each), self.order)
        if day is None:
            raise Unusable("bad_date")
        if UNSETTLED.search(f"{each.text('status')} {each.section}"):
            raise Unusable("not_settled")
        for cell in (cell for role in FIGURES for cell, _ in each.cells.get(role, ())):
            self._number(cell)  # a reference among the amounts: the row belongs to another head
        quantity = self._number(each.text("quantity")) or Decimal(0)
        pair = PAIR.fullmatch(each.text("symbol"))
        if quantity and pair and {pair[1], pair[2]} <= set(fx.currencies()):
            raise Unusable("trade")  # money for other money: two sums moved
        did = _did(each, quantity)
        named = (
            each.text("isin")
            or each.text("symbol")
            or (each.text("name") or each.text("description") if did in ("buy", "sell") else "")
        )
        if told := ABOUT.match(each.text("description")):
            named = named or told[1].strip()
        if did in ("buy", "sell", "split") and not (named and quantity):
            raise Unusable("no_security")
        if named and quantity and did in ("buy", "sell", "split", "in", "out"):
            return self._moved(each, day, did, abs(quantity) if did != "split" else quantity, named)
        return self._paid(each, day, did, quantity, named if did in ("dividend", "tax") else "")

    def _moved(self, each: Record, day: date, did: Did, quantity: Decimal, named: str) -> Row:
        """A row that changes how much of a security is held; one of a split or delivery moves no cash."""
        currency = self._currency(each)
        priced_in = self._cell_currency(each, "price")
        price = self._number(each.text("price")) or Decimal(0)
        value = self._money(each, "price", currency, day, quantity)
        costs = [self._money(each, role, currency, day) for role in ("fee", "tax")]
        sign = 1 if did in ("buy", "in", "split") else -1
        total = Money(0, currency)
        if did != "split":
            total = self._total(each, currency, day, value, sign * (costs[0] + costs[1]).minor)
        if not price and total.minor:
            bare = Money(total.minor - sign * (costs[0] + costs[1]).minor, currency)
            price, priced_in = abs(bare.decimal / quantity), currency
        fee, tax = (cost.minor if did in ("buy", "sell") else 0 for cost in costs)
        way = -sign if did in ("buy", "sell") else sign
        deal = Deal(
            did, (each.text("symbol") or named)[:32], _name(each, named), PENCE.get(priced_in, priced_in),
            int(sign * quantity * UNIT), int(price * UNIT) // (100 if priced_in in PENCE else 1), fee, tax,
        )  # fmt: skip
        return self._row(each, day, total * way, deal.name, deal)

    def _total(self, each: Record, currency: str, day: date, value: Money, costs: int) -> Money:
        """What was paid or fetched in all: the printed total, with its costs where it turns out to be without."""
        printed, gross = (self._money(each, role, currency, day) for role in ("net", "gross"))
        with_costs = value.minor + costs
        if printed.minor:
            bare = value.minor and abs(printed.minor - value.minor) < abs(printed.minor - with_costs)
            return Money(printed.minor + costs, currency) if bare else printed
        if not (gross.minor or value.minor) and self._number(each.text("price")) is None:
            raise Unusable("no_amount")
        return Money(gross.minor + costs if gross.minor else with_costs, currency)

    def _paid(self, each: Record, day: date, did: Did, quantity: Decimal, named: str) -> Row:
        """A row that moves cash alone."""
        currency = self._currency(each)
        fee, tax = (self._money(each, role, currency, day) for role in ("fee", "tax"))
        own = {"fee": fee, "tax": tax}.get(did, Money(0, currency))
        costs = fee + tax - own
        amount = self._money(each, "net", currency, day)
        if not amount.minor:
            gross = self._money(each, "gross", currency, day)
            gross = gross if gross.minor else self._money(each, "price", currency, day, abs(quantity) or Decimal(1))
            amount = gross - costs if gross.minor else own
        if not amount.minor:
            raise Unusable("no_amount")
        kept = did in ("dividend", "interest")
        deal = Deal(
            did, (each.text("symbol") or named)[:32] if named else "", _name(each, named), currency,
            0, 0, fee.minor if kept else 0, tax.minor if kept else 0,
        )  # fmt: skip
        title = _name(each, named) or each.action or each.section or each.text("description")
        return self._row(each, day, amount * _way(each, did), title, deal)

    def _row(self, each: Record, day: date, money: Money, title: str, deal: Deal) -> Row:
        balance = self._number(each.text("balance"))
        after = None if balance is None else Money.of(balance, money.currency).minor
        return Row(each.line, day, money, title, _memo(each), after, deal, each.text("account"))

    def _money(self, each: Record, role: Part, currency: str, day: date, times: Decimal = Decimal(1)) -> Money:
        """The absolute sum of the cells of a role in `currency`; of several totals or prices the last counts."""
        cells = [pair for pair in each.cells.get(role, ()) if pair[0]]
        whole = Money(0, currency)
        for cell, _ in cells if role in ("fee", "tax") else cells[-1:]:
            number = self._number(cell)
            if number is None:
                continue
            code = self._cell_currency(each, role)
            amount = abs(number * times) / (100 if code in PENCE else 1)
            whole += self._converted(each, amount, PENCE.get(code, code), currency, day)
        return whole

    def _converted(self, each: Record, amount: Decimal, code: str, currency: str, day: date) -> Money:
        """At the rate of the row, units of the security's currency for one of the account's, else of the day."""
        rate = self._number(each.text("rate"))
        if code != currency and rate and code == PENCE.get(priced := self._cell_currency(each, "price"), priced):
            return Money.of(amount / rate, currency)
        if code not in fx.currencies() or amount >= LARGEST:
            raise Unusable("no_rate" if amount < LARGEST else "bad_amount")
        return fx.convert(Money.of(amount, code), currency, day)[0]

    def _currency(self, each: Record) -> str:
        """The currency that the account was moved in."""
        role: Part = next((role for role in ("net", "gross", "price") if each.text(role)), "net")
        code = self._cell_currency(each, role)
        code = PENCE.get(code, code)
        if code not in fx.currencies():
            raise Unusable("no_rate")
        return code

    def _cell_currency(self, each: Record, role: Part) -> str:
        cell, code = next(((cell, code) for cell, code in reversed(each.cells.get(role, ())) if cell), ("", ""))
        printed = meant_by(cell, each.text("currency") or self.currency)
        own = each.text("price_currency") if role == "price" else ""
        pair = PAIR.fullmatch(each.text("symbol"))
        quoted = pair[2] if pair and pair[2] in fx.currencies() else ""
        return (code or printed or own or each.text("currency") or quoted or self.currency).upper()

    def _number(self, cell: str) -> Decimal | None:
        bare = re.sub(r"(?<=\d)(?!E)[A-Z]{3,5}$", "", cell)  # 0.01BTC: the codes that markets of coins add
        return sniff.amount(bare.lstrip("@"), self.mark)


def _did(each: Record, quantity: Decimal) -> Did:
    """What the words of the action say happened, else the sign of the quantity, else nothing particular."""
    did = _kind(each.action) or _kind(each.section)
    if did == "transfer" and each.text("isin") + each.text("symbol") and quantity:
        raise Unusable("trade")  # a security moved, and nothing says which way
    if not did and quantity and each.text("price"):
        did = "buy" if quantity > 0 else "sell"
    if not did and (told := _kind(each.text("description"))) not in ("buy", "sell", "split"):
        did = told
    return did


def _way(each: Record, did: Did) -> int:
    """1 where cash came in, -1 where it went out."""
    roles: tuple[Part, ...] = ("gross", "net")
    amounts = [cell for role in roles for cell, _ in each.cells.get(role, ()) if cell]
    printed = -1 if amounts and re.match(r"\W{0,2}[-−–(]", amounts[-1]) else 1
    if did in ("in", "out"):
        return 1 if did == "in" else -1
    if did in ("fee", "tax"):
        return 1 if "back" in _found(each.action) else -1
    charged = did == "interest" and re.search("charge|belastung|debit|paid", each.action, re.IGNORECASE)
    return -1 if charged else printed


def _name(each: Record, named: str) -> str:
    if told := ABOUT.match(each.text("description")):
        return told[1].strip()
    return (each.text("name") or (named and each.text("description")) or each.text("symbol") or named)[:120]


def _memo(each: Record) -> str:
    parts = [each.action or each.section, *map(each.text, ("quantity", "isin", "description", "text"))]  # type: ignore[arg-type]
    return " ".join(dict.fromkeys(part for part in parts if part))[:200]


def _columns(head: Sequence[str], records: Sequence[Record]) -> tuple[Column, ...]:
    """What the preview shows of the columns: the day and the money."""
    shown: dict[str, Role] = {
        "date": "date", "net": "amount", "gross": "amount", "currency": "currency", "name": "payee",
    }  # fmt: skip
    return tuple(
        Column(index, cell, shown.get(role_of(cell), ""), next((r.text(role_of(cell)) for r in records), "")[:60])
        for index, cell in enumerate(head)
    )


def role_of(head: str) -> Part:
    """What a column holds, by its whole head; what stands in brackets counts only where the head is known with it."""
    heads, _ = _lexicon()
    first = head.partition(" / ")[0]  # "Units / Contracts"
    known = (sniff.folded(head), *sniff.spellings(head), sniff.folded(first))
    return next((heads[word] for word in known if word in heads), "")


def _kind(action: str) -> Did:
    """The kind whose word is the longest in the text of an action."""
    found = {word: did for did, word in _found(action).items() if did != "back"}
    return cast(Did, found[max(found, key=len)]) if found else ""


def _found(action: str) -> dict[str, str]:
    """The longest word of each kind in a text."""
    text = sniff.folded(action.replace("_", " "))
    result: dict[str, str] = {}
    for did, pattern in _lexicon()[1].items():
        if words := pattern.findall(text):
            result[did] = max(words, key=len)
    return result


@functools.cache
def _lexicon() -> tuple[dict[str, Part], dict[str, re.Pattern[str]]]:
    listed = tomllib.loads(Path(__file__).with_name("broker.toml").read_text(encoding="utf-8"))
    heads = {sniff.folded(word): cast(Part, role) for role, words in listed["heads"].items() for word in words}
    return heads, {did: _pattern(words) for did, words in listed["actions"].items()}


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    ordered = sorted(map(sniff.folded, words), key=len, reverse=True)
    latin = "|".join(re.escape(word) for word in ordered if word.isascii())
    chinese = "".join("|" + re.escape(word) for word in ordered if not word.isascii())
    return re.compile(rf"(?<!\w)(?:{latin})(?!\w){chinese}")
