"""What kind of text a file is: its encoding, its delimiter, how it writes dates and decimals, what its heads mean.

Nothing is decided by one cell: every guess is the one that explains most cells of the file.
"""

import codecs
import csv
import functools
import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import cast

from assistant import fx
from assistant.clock import MONTHS
from assistant.wealth.imports.statement import LARGEST, PENCE, SYMBOLS, Order, Role, Unusable

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = ";,\t|"
SAMPLE = 2000  # lines from which the delimiter is told
NUMERIC_DATE = re.compile(r"^(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?\.?(?:[T ,].*)?$")
COMPACT_DATE = re.compile(r"^((?:19|20)\d\d)(\d\d)(\d\d)$")
WORD_DATE = re.compile(
    r"^(?:(\d{1,2})[ .-]+([^\W\d]+)\.?[ ,.-]+(\d{4}|\d\d)|([^\W\d]+)\.? (\d{1,2}),? (\d{4}))(?:[ ,].*)?$"
)
NUMBER = re.compile(r"^[+-]?(?:\d[\d.,'’ ]*|[.,]\d+)$")
OTHERS = re.compile(r"\b(id|iban|bic|blz|code|account|konto\w*|rekening\w*|cuenta|conto|e-?mail|address|adres\w*)\b")
NOTHING = {"", "-", "--", "–", "n/a", "na", "not available", "none", "null"}
OUT = {
    "debit", "debet", "debito", "cargo", "dare", "withdrawal", "sent", "d", "dr", "dbit", "soll", "s", "af", "out", "-",
    "支出", "支", "借",
}  # fmt: skip
IN = {
    "credit", "credito", "abono", "avere", "deposit", "received", "c", "cr", "crdt", "haben", "h", "bij", "in", "+",
    "收入", "收", "贷",
}  # fmt: skip


def decode(data: bytes) -> str:
    """A byte order mark decides, then strict UTF-8, then what reads most heads."""
    if marked := _marked(data):
        return marked
    readings = []
    for name in ("utf-8", "gb18030", "cp1252", "cp1250"):
        with suppress(UnicodeDecodeError):
            readings.append(data.decode(name))
            if name == "utf-8":
                return readings[0]
    return max(readings or [data.decode("latin-1")], key=_plausible)


def western(data: bytes, stated: str = "cp1252") -> str:
    """A format without Chinese heads to judge by: a byte order mark, UTF-8, what it states, else Windows Latin. Lines
    end in a line feed, whatever they ended in."""
    text = _marked(data)
    for name in () if text else ("utf-8", stated):
        with suppress(UnicodeDecodeError, LookupError):
            text = text or data.decode(name)
    return (text or data.decode("cp1252", "replace")).replace("\r\n", "\n").replace("\r", "\n")


def _marked(data: bytes) -> str:
    return next((data.decode(name, "replace") for mark, name in BOMS if data.startswith(mark)), "")


def liner(text: str) -> Callable[[int], int]:
    """Where an offset of the text is: the number of its line, from 1."""
    breaks = [found.start() for found in re.finditer("\n", text)]
    return lambda offset: bisect_left(breaks, offset) + 1


def _plausible(text: str) -> float:
    """Heads that are known, then letters: of Chinese only common ones, which no Western text spells by chance."""
    strange = [char for char in text[:20_000] if ord(char) > 127]
    usual = sum(char in "€£¥°«»’–（）：" or (char.isalpha() and (char < "\u0250" or _common(char))) for char in strange)
    heads = sum(role_of(cell) != "" for line in text[:20_000].splitlines()[:40] for cell in re.split(r"[;,\t|]", line))
    return 3 * heads + usual / max(len(strange), 1)


def _common(char: str) -> bool:
    with suppress(UnicodeEncodeError):
        return bool(char.encode("gb2312"))
    return False


def table(text: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """(delimiter, rows as (line, cells)) by the delimiter that gives most dated rows of the commonest width."""
    lines = text.replace("\0", "").splitlines(keepends=True)
    delimiter = max(DELIMITERS, key=lambda mark: _regular(_split(lines[:SAMPLE], mark)))
    return delimiter, _split(lines, delimiter)


def _split(lines: Sequence[str], delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            rows.append((reader.line_num, [cell.strip().strip("\t") for cell in cells]))
    except csv.Error:  # a field beyond the reader's limit: this delimiter explains no table
        return []
    return rows


def _regular(rows: Sequence[tuple[int, list[str]]]) -> tuple[int, int]:
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1 and any(dated(cell) for cell in cells))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return count, width


def dated(cell: str) -> bool:
    """Whether a cell is written like a date, possible or not."""
    return len(cell) < 40 and bool(NUMERIC_DATE.match(cell) or COMPACT_DATE.match(cell) or _worded(cell))


def _worded(cell: str) -> tuple[int, int, int] | None:
    found = WORD_DATE.match(cell)
    if not found:
        return None
    day, word, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
    month = MONTHS.get(folded(word))
    return (_century(int(year)), month, int(day)) if month else None


def _century(year: int) -> int:
    return year if year > 99 else 2000 + year if year < 70 else 1900 + year


def read_date(cell: str, order: Order) -> date | None:
    """The day of a dated cell in the file's order, None when there is no such day."""
    if compact := COMPACT_DATE.match(cell):
        parts = (int(compact[1]), int(compact[2]), int(compact[3]))
    elif found := NUMERIC_DATE.match(cell):
        first, middle, last = (int(part) for part in found.groups())
        if len(found[1]) == 4:
            parts = (first, middle, last)
        else:
            parts = (last, middle, first) if order != "mdy" else (last, first, middle)
    else:
        parts = _worded(cell) or (0, 0, 0)
    try:
        day = date(_century(parts[0]), parts[1], parts[2])
    except ValueError:
        return None
    return day if 1970 <= day.year < 2100 else None


def date_order(cells: Iterable[str]) -> tuple[Order, bool]:
    """(order, doubtful): the order under which most cells are days and the days run most steadily."""
    cells = [cell for cell in cells if dated(cell)]
    found = [NUMERIC_DATE.match(cell) for cell in cells]
    if any(match and len(match[1]) == 4 for match in found) or not any(found):
        return "ymd", False
    if all("." in cell[:3] for cell in cells):
        return "dmy", False  # nobody puts a point after a month
    scores = {order: _steadiness([read_date(cell, order) for cell in cells]) for order in ("dmy", "mdy")}
    best = max(scores, key=lambda order: scores[order])
    return cast(Order, best), scores["dmy"][0] == scores["mdy"][0] and scores["dmy"] == scores["mdy"]


def _steadiness(days: Sequence[date | None]) -> tuple[int, int]:
    real = [day for day in days if day]
    jumps = sum(abs((later - earlier).days) for earlier, later in pairwise(real))
    return len(real), -jumps


def decimal_mark(cells: Iterable[str], delimiter: str) -> str:
    """ "," or ".": the mark that the amounts use for their minor units."""
    votes: Counter[str] = Counter()
    for cell in cells:
        marks = re.findall(r"[.,]", cell)
        if len(set(marks)) == 2:
            votes[marks[-1]] += 3
        elif len(marks) > 1:
            votes["," if marks[0] == "." else "."] += 3
        elif re.search(r"\d{4}[.,]\d", cell):
            votes[marks[0]] += 3  # 15000.000: nobody groups so
        elif marks and not re.search(r"[.,]\d{3}(?!\d)", cell):
            votes[marks[0]] += 1
    return votes.most_common(1)[0][0] if votes else ("," if delimiter == ";" else ".")


def read_number(cell: str, mark: str) -> Decimal | None:
    """A printed number; currency signs, spaces and grouping are dropped, parentheses and a last minus negate."""
    plain = re.sub(r"[(（]\D+[)）]$", "", cell.replace("−", "-").replace("–", "-"))  # "199.00(已全额退款)"
    bare = _dressing().sub("", plain)
    negative = (bare.startswith("(") and bare.endswith(")")) or bare.endswith("-")
    bare = bare.strip("()").removesuffix("-").removesuffix("+")
    if not NUMBER.match(bare):
        return None
    other = "." if mark == "," else ","
    if mark not in bare and bare.count(other) == 1 and not re.search(r"[.,]\d{3}$", bare):
        mark, other = other, mark  # one cell that writes decimals otherwise: no group has two digits
    plain = bare.replace("'", "").replace("’", "").replace(other, "").replace(mark, ".")
    if plain.count(".") > 1:
        return None
    value = Decimal(plain)
    return -abs(value) if negative else value


@functools.cache
def _dressing() -> re.Pattern[str]:
    """What may stand around a number: spaces, signs and codes of currencies; other letters make it a reference."""
    signs = "|".join(re.escape(sign) for sign in sorted(SYMBOLS, key=len, reverse=True))
    return re.compile(rf"[\u00a0\u202f\u2009 ]|(?:{'|'.join((*fx.currencies(), *PENCE))})|{signs}|[¥￥]|\bkr\b")


def direction(cell: str) -> int:
    """-1 out, 1 in, 0 when a cell does not say."""
    word = folded(cell)
    return -1 if word in OUT else 1 if word in IN else 0


def amount(cell: str, mark: str) -> Decimal | None:
    """None for an empty cell. Raises `Unusable` for one that holds something else than a number."""
    value = read_number(cell, mark)
    if cell.lower() not in NOTHING and (value is None or abs(value) >= LARGEST):
        raise Unusable("bad_amount")
    return value


def folded(text: str) -> str:
    """Lower case without accents and runs of spaces."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(char for char in bare if not unicodedata.combining(char)).split())


def spellings(head: str) -> tuple[str, str]:
    """A head as it is printed, and without its currency and with the words apart that capitals or underscores join."""
    bare = re.sub(r"[(（\[].*?[)）\]]", "", head)
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|_| in [A-Z]{3}$", " ", bare)
    return folded(bare).strip(" :*#"), folded(apart).strip(" :*#")


def role_of(head: str) -> Role:
    """What a column's head promises: money in or out in brackets, an exact match, else the longest known head inside.

    "Transaction amount" is an amount: a word of what is described says less.
    """
    heads, pattern = _heads()
    if (beside := re.search(r"[(（](.*?)[)）]", head)) and (way := heads.get(folded(beside[1]))) in ("debit", "credit"):
        return way
    words = spellings(head)
    if words[0] in heads or len(head) > 60:
        return heads.get(words[0], "")
    if words[1] in heads:
        return heads[words[1]]
    parts = sorted(pattern.findall(words[1]), key=len, reverse=True)
    found: Role = max((heads[part] for part in parts), key=lambda role: role not in ("", "text", "kind"), default="")
    return "" if found in ("payee", "payer", "text", "kind") and OTHERS.search(words[1]) else found


@functools.cache
def _heads() -> tuple[dict[str, Role], re.Pattern[str]]:
    listed: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("headers.toml").read_text(encoding="utf-8"))
    heads = {
        folded(word): cast(Role, "" if role == "none" else role) for role, words in listed.items() for word in words
    }
    inside = (word for word, role in heads.items() if role != "account" and (len(word) > 3 or not word.isascii()))
    ordered = sorted(map(re.escape, inside), key=len, reverse=True)
    latin, chinese = ("|".join(word for word in ordered if word.isascii() is ascii) for ascii in (True, False))
    return heads, re.compile(rf"(?<![^\W_])(?:{latin})(?![a-z])|(?:{chinese})")
