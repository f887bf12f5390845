"""What each column of a table holds: its head tells, else what stands in its cells."""

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations, pairwise, permutations

from assistant.wealth.imports import sniff
from assistant.wealth.imports.statement import Column, Hints, Line, Role

ONCE: tuple[Role, ...] = (
    "account", "date", "amount", "debit", "credit", "balance", "currency", "sign", "status", "value_date", "fee",
)  # fmt: skip
AMOUNTS: tuple[Role, ...] = ("amount", "debit", "credit")
SUMS: tuple[Role, ...] = (*AMOUNTS, "balance", "fee")
NET = re.compile(r"\bnett?o?\b|\btotal\b|净额|实付", re.IGNORECASE)  # of several amounts, what moved in the end
CODE = re.compile("[A-Z]{3}")
NEGATIVE = re.compile(r"\W*[-−(]")
SAMPLE = 200  # rows by which columns of decimals are told apart
NUMBERED = re.compile(r"[A-Z]{2}\d\d[ A-Z0-9]{4}|[\d -]{8,}$")  # an IBAN or another number of an account


def columns_of(lines: Sequence[Line], body: Sequence[Line], hints: Hints) -> tuple[int, tuple[Column, ...]]:
    """(line of the head or 0, columns)."""
    widths = Counter(len(cells) for _, cells in body if len(cells) > 1)
    usual = max(widths, key=lambda width: (widths[width] * width, width))  # dated lines of a preamble are narrower
    first = next(number for number, cells in body if len(cells) == usual)
    above = [line for line in lines if line[0] <= first and len(line[1]) > 1]
    further = [line for line in lines[:60] if first < line[0] < body[-1][0] and not any(map(sniff.dated, line[1]))]
    head, named = next((found for found in map(_head, (above, further)) if found[1]), ((0, []), False))
    body = [line for line in body if line[0] > head[0]] if named else body
    width = max(len(cells) for _, cells in body)
    heads = (head[1] + [""] * width)[:width] if named else [""] * width
    held = [[cells[i] for _, cells in body if i < len(cells) and cells[i]] for i in range(width)]
    guessed = _by_content(body, held)
    roles = _completed(_unique([sniff.role_of(text) for text in heads], heads, held), guessed) if named else guessed
    roles = [hints.roles.get(index, role) for index, role in enumerate(roles)]
    return head[0] if named else 0, tuple(
        Column(index, heads[index], roles[index], next(iter(held[index]), "")[:60]) for index in range(width)
    )


def _head(lines: Sequence[Line]) -> tuple[Line, bool]:
    """(the line with most known heads, whether it has enough of them to be one)."""
    known = [len({sniff.role_of(cell) for cell in cells if cell} - {""}) for _, cells in lines]
    return (lines[known.index(max(known))], max(known) >= 2) if known else ((0, []), False)


def _completed(roles: list[Role], guessed: list[Role]) -> list[Role]:
    """What the heads leave open is taken from the cells: the day, the amount, its direction, the text."""
    needs: tuple[tuple[Role, set[Role]], ...] = (
        ("date", {"date", "value_date"}), ("amount", {"amount", "debit", "credit"}),
        ("sign", {"sign", "debit", "credit"}), ("text", {"payee", "text"}),
    )  # fmt: skip
    for role, enough in needs:
        if not enough & set(roles):
            free = ("", "text", "kind") if role == "sign" else ("",)
            roles = [
                role if guess == role and known in free else known for known, guess in zip(roles, guessed, strict=True)
            ]
    return roles


def _unique(roles: list[Role], heads: Sequence[str], held: Sequence[Sequence[str]]) -> list[Role]:
    """Of several columns of one role the first that holds such cells counts, a net amount before a gross one; money in
    and money out before their sum; names before numbers of accounts.
    """
    result = list(roles)
    for role in ONCE:
        holds = sniff.dated if role in ("date", "value_date") else _numeric if role in SUMS else bool
        some = [i for i, found in enumerate(roles) if found == role]
        some.sort(key=lambda i: (2 * sum(map(holds, held[i])) <= len(held[i]), not NET.search(heads[i])))
        for i in some[1:]:
            result[i] = ""
    for i, role in enumerate(result):
        words = role in AMOUNTS and held[i] and all(map(sniff.direction, held[i]))
        numbers = role in ("payee", "payer") and held[i] and all(map(NUMBERED.match, held[i]))
        codes = role == "value_date" and held[i] and all(map(CODE.fullmatch, held[i]))  # Valuta in the north
        undated = role == "date" and held[i] and not any(map(sniff.dated, held[i]))  # 03.07. without a year
        result[i] = "currency" if codes else "" if words or numbers or undated else role
    ways = {role for i, role in enumerate(result) if role in ("debit", "credit") and held[i]}
    signed = any(role == "amount" and any(map(NEGATIVE.match, held[i])) for i, role in enumerate(result))
    return ["" if role == "amount" and len(ways) == 2 and not signed else role for role in result]


def _by_content(body: Sequence[Line], held: Sequence[Sequence[str]]) -> list[Role]:
    """Roles of a file without a head: the first dated column, those of decimals, the wordiest text."""
    width = len(held)
    roles: list[Role] = [""] * width
    most = 0.6 * len(body)
    days = [i for i, cells in enumerate(held) if sum(map(sniff.dated, cells)) >= most]
    decimals = [
        i for i in range(width) if i not in days and held[i] and sum(map(_decimal, held[i])) >= 0.6 * len(held[i])
    ]
    codes = [i for i, cells in enumerate(held) if cells and all(map(CODE.fullmatch, cells))]
    texts = [i for i in range(width) if i not in (*days, *decimals, *codes)]
    guesses: tuple[tuple[list[int], Role], ...] = ((days, "date"), (codes, "currency"))
    for found, role in guesses:
        if found:
            roles[found[0]] = role
    for i, role in _sums(body, decimals):
        roles[i] = role
    unsigned = not any(NEGATIVE.match(cell) for i in decimals for cell in held[i])
    ways = [i for i in texts if held[i] and unsigned and all(map(sniff.direction, held[i])) and set(held[i]) != {"-"}]
    if ways:
        roles[ways[0]] = "sign"
    elif texts:
        letters = {i: sum(char.isalpha() for cell in held[i] for char in cell) for i in texts}
        roles[max(texts, key=lambda i: letters[i])] = "text"
    return roles


def _sums(body: Sequence[Line], decimals: Sequence[int]) -> list[tuple[int, Role]]:
    """(column, role) of the columns of decimals: two that fill each other's gaps are money out and money in; of the
    others that is the balance which another one moves.
    """
    rows = [[cells[i] if i < len(cells) else "" for i in decimals] for _, cells in body[:SAMPLE]]
    full = [n for n in range(len(decimals)) if 2 * sum(bool(row[n]) for row in rows) > 1.2 * len(rows)]
    for out, into in combinations(range(len(decimals)), 2):
        if len(rows) > 1 and all(bool(row[out]) != bool(row[into]) for row in rows):
            rest = [n for n in full if n not in (out, into)][-1:]
            return [(decimals[out], "debit"), (decimals[into], "credit"), *((decimals[n], "balance") for n in rest)]
    if len(full) < 2:
        return [(decimals[n], "amount") for n in (full or range(len(decimals)))[:1]]
    mark = sniff.decimal_mark((cell for row in rows for cell in row), "")
    values = [[sniff.read_number(row[n], mark) or Decimal(0) for n in range(len(decimals))] for row in rows]

    def moved(pair: tuple[int, int]) -> tuple[int, int, bool]:
        """How many steps of the balance are the amounts: of a balance after or before its row, of one after it."""
        amount, balance = pair
        steps = [(b[balance] - a[balance], a[amount], b[amount]) for a, b in pairwise(values)]
        later = sum(step == after or -step == before for step, before, after in steps)
        earlier = sum(step == before or -step == after for step, before, after in steps)
        return max(later, earlier), later, pair == (full[0], full[-1])

    amount, balance = max(permutations(full, 2), key=moved)
    most, later, _ = moved((amount, balance))
    return [(decimals[amount], "amount"), *([(decimals[balance], "balance")] if later == most else [])]  # type: ignore[list-item]


def _numeric(cell: str) -> bool:
    return any(sniff.read_number(cell, mark) is not None for mark in ".,")


def _decimal(cell: str) -> bool:
    return bool(re.search(r"\d[.,]\d{1,2}\D*$", cell)) and _numeric(cell)
