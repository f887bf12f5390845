"""Money in and out: the category of a payee, rows that are transfers, payments that recur, charges made twice.

Pure functions over texts and movements; knows no database and no currency conversion. A person's own rules come
first, then the words of `payees.toml`; what neither knows is "other".
"""

import functools
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median, median_high

from assistant.clock import shifted
from assistant.money import Money
from assistant.wealth.entry import Flow, Movement

CATEGORIES = (
    "groceries", "restaurants", "rent", "utilities", "transport", "subscriptions", "health", "shopping", "travel",
    "insurance", "salary", "interest", "fees", "taxes", "leisure", "gifts", "cash", "other", "dividends", "loan",
)  # fmt: skip
EARNED = {"salary", "interest", "dividends", "gifts", "other"}  # a credit of another category is a refund
REFUND = re.compile(r"refund|rembours|erstattung|gutschrift|terugbetaling|avoir\b|退款", re.IGNORECASE)
TRANSFER = re.compile(
    r"transfer|virement|vir\b|überweisung|umbuchung|overboeking|转账|转入|转出|提现|充值", re.IGNORECASE
)
WORD = re.compile(r"\w+")
TRANSFER_DAYS = 4
TWICE_DAYS = 3
REFUND_DAYS = 180  # how long after a purchase its money may come back
LOOK_BACK = 760  # days in which recurring payments are looked for: two yearly ones and some slack
GRACE = 10  # days a payment may be late and still be expected
SILENT = 92  # days without any row after which an account no longer keeps its payments running
RISE = 0.02  # a last amount this far above the median of those before it is a price rise
# name, days between payments, tolerance in days, payments that make it, times a year
RHYTHMS = (
    ("weekly", 7, 1, 4, 52), ("fortnightly", 14, 2, 4, 26), ("monthly", 30.4, 4, 3, 12),
    ("quarterly", 91, 8, 3, 4), ("half_yearly", 182, 12, 3, 2), ("yearly", 365, 15, 2, 1),
)  # fmt: skip
TOLERANCE = {name: days for name, _, days, _, _ in RHYTHMS}


@dataclass(frozen=True, slots=True)
class Recurring:
    payee: str
    category: str
    account: str
    rhythm: str
    per_year: int
    amount: Money  # the last one
    before: Money  # the median of those before it
    last: date
    next: date
    entries: tuple[str, ...]  # ids, the oldest first
    late: int  # days from `next` to the account's last row; negative while it is not due

    @property
    def risen(self) -> bool:
        return self.amount.minor > self.before.minor * (1 + RISE)

    @property
    def yearly(self) -> Money:
        return self.amount * self.per_year


def plain(text: str) -> str:
    """Case, width and runs of spaces out: the form in which texts are compared and hashed."""
    wide = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return " ".join(wide.casefold().split())


@functools.lru_cache(maxsize=20_000)
def normal_payee(text: str) -> str:
    """The payee behind a bank text: without digits, card tails, dates and references."""
    return " ".join(_words(text)[:6]) or plain(text)


def _words(text: str) -> list[str]:
    words = re.sub(r"[^\w&'’.-]|_", " ", plain(text)).split()
    return [word for word in words if not any(char.isdigit() for char in word)]


def categorise(text: str, positive: bool, own: Mapping[str, str]) -> tuple[Flow, str]:
    """The flow and category of a bank row with this text.

    `own`: the person's rules, words -> category; they come first, and "transfer" among them makes no spending of it.
    """
    folded = plain(text)
    bare = " ".join(_words(text)) if own else ""
    learned = max((words for words in own if words in folded or words in bare), key=len, default="")
    category = own[learned] if learned else _by_lexicon(folded)
    if category == "transfer":
        return "transfer", ""
    earned = positive and category in EARNED and not REFUND.search(folded)
    return ("income" if earned else "expense"), category


def _by_lexicon(folded: str) -> str:
    """The category of the longest entry that stands in the text, at the borders of words; Chinese has none."""
    phrases, openings, chinese = _lexicon()
    words = WORD.findall(folded)
    best = max(chinese.findall(folded), key=len, default="") if not folded.isascii() else ""
    for start, word in enumerate(words):
        for length in openings.get(word, ()):
            phrase = " ".join(words[start : start + length])
            if len(phrase) > len(best) and phrase in phrases:
                best = phrase
    return phrases.get(best, "other")


@functools.cache
def _lexicon() -> tuple[dict[str, str], dict[str, set[int]], re.Pattern[str]]:
    """(phrase -> category, first word of a phrase -> how many words such phrases have, the Chinese as a pattern)."""
    listed: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("payees.toml").read_text(encoding="utf-8"))
    phrases = {" ".join(re.findall(r"\w+", plain(word))): name for name, words in listed.items() for word in words}
    chinese = sorted((phrase for phrase in phrases if phrase[0] > "\u2e80"), key=len, reverse=True)
    openings: dict[str, set[int]] = defaultdict(set)
    for first, *rest in map(str.split, phrases):
        openings[first].add(1 + len(rest))
    return phrases, openings, re.compile("|".join(chinese))


def transfers(movements: Sequence[Movement]) -> list[str]:
    """Entry ids of rows that only moved money between own accounts.

    Two rows of different accounts, opposite amounts of one currency, at most four days apart, one of them worded as a
    transfer; each row is used once, the nearest day first. `movements`: signed by account (in > 0).
    """
    incoming: dict[Money, list[Movement]] = defaultdict(list)
    for each in movements:
        if each.money.minor > 0:
            incoming[each.money].append(each)
    pairs = [
        (abs((out.day - into.day).days), out, into)
        for out in movements
        for into in incoming.get(-out.money, ())
        if out.account != into.account and abs((out.day - into.day).days) <= TRANSFER_DAYS
        if TRANSFER.search(f"{out.payee} {out.memo} {into.payee} {into.memo}")
    ]
    used: set[str] = set()
    for _, out, into in sorted(pairs, key=lambda pair: pair[0]):
        if not {out.entry, into.entry} & used:
            used |= {out.entry, into.entry}
    return sorted(used)


def recurring(moved: Iterable[Movement], today: date) -> list[Recurring]:
    """Payments that come back weekly to yearly and still run, the dearest year first; amounts may vary, all are > 0.

    A payment runs on until it is missing among later rows of its account: what the last file did not reach is unknown.
    """
    found = _rhythms(moved, today)
    return sorted((each for each in found if each.late <= 2 * TOLERANCE[each.rhythm]), key=lambda e: -e.yearly.minor)


def missing(moved: Iterable[Movement], today: date, others: Iterable[Movement] = ()) -> list[Recurring]:
    """What came back until now and is missing once; `others` are further rows that tell how far an account reaches."""
    found = _rhythms(moved, today, others)
    return [each for each in found if TOLERANCE[each.rhythm] < each.late <= 365 / each.per_year]


def _rhythms(moved: Iterable[Movement], today: date, others: Iterable[Movement] = ()) -> list[Recurring]:
    groups: dict[tuple[str, str, str], list[Movement]] = defaultdict(list)
    seen: dict[str, date] = defaultdict(lambda: today - timedelta(days=SILENT))
    for each in others:
        seen[each.account] = max(seen[each.account], each.day)
    for each in _whole(moved):
        seen[each.account] = max(seen[each.account], each.day)
        if each.money.minor > 0:
            groups[normal_payee(each.payee), each.money.currency, each.account].append(each)
    found = (_rhythm(group, min(today, seen[account])) for (_, _, account), group in groups.items())
    return [each for each in found if each]


def _whole(spending: Iterable[Movement]) -> list[Movement]:
    """The parts of one entry as one movement under its largest part: a loan payment is principal and interest."""
    entries: dict[str, list[Movement]] = defaultdict(list)
    for each in spending:
        entries[each.entry].append(each)
    return [
        parts[0] if len(parts) == 1 else replace(
            max(parts, key=lambda part: part.money.minor),
            money=Money(sum(part.money.minor for part in parts), parts[0].money.currency),
        )
        for parts in entries.values()
    ]  # fmt: skip


def _rhythm(group: list[Movement], seen: date) -> Recurring | None:
    days = sorted({each.day for each in group})
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    if not gaps:
        return None
    for name, length, tolerance, least, per_year in RHYTHMS:
        steady = sum(abs(gap - length) <= tolerance for gap in gaps) >= 0.85 * len(gaps)
        if steady and len(days) >= least and abs(median(gaps) - length) <= tolerance:
            return _recurring(group, days, name, per_year, seen)
    return None


def _recurring(group: list[Movement], days: list[date], name: str, per_year: int, seen: date) -> Recurring:
    ordered = sorted(group, key=lambda each: each.day)
    due = next_date(days[-1], name, median_high(day.day for day in days[-6:]))
    last, earlier = ordered[-1], [each.money.minor for each in ordered[:-1]]
    return Recurring(
        last.payee, last.category, last.account, name, per_year, last.money,
        Money(int(median(earlier)), last.money.currency), days[-1], due, tuple(each.entry for each in ordered),
        late=(seen - due).days,
    )  # fmt: skip


def next_date(last: date, rhythm: str, usual: int = 0) -> date:
    """The expected day of the next payment: same weekday, or the `usual` day of the month as far as the month has it.

    `usual` 0 is the day of the last. A payment moved from the 1st to the 30th by a weekend is next expected on a 1st.
    """
    months = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}.get(rhythm)
    if months is None:
        return last + timedelta(days=7 if rhythm == "weekly" else 14)
    around = [shifted(last, months + shift, usual) for shift in (-1, 0, 1)]
    return min(around, key=lambda day: abs((day - shifted(last, months)).days))


def twice(spending: Iterable[Movement]) -> list[tuple[Movement, Movement]]:
    """(first, second) charges of one payee, amount and account within three days of each other."""
    groups: dict[tuple[str, Money, str], list[Movement]] = defaultdict(list)
    for each in spending:
        if each.money.minor > 0:
            groups[normal_payee(each.payee), each.money, each.account].append(each)
    near = timedelta(days=TWICE_DAYS)
    return [
        (first, second)
        for group in groups.values()
        for first, second in pairwise(group)
        if second.day - first.day <= near
    ]


def refunds(spending: Iterable[Movement]) -> list[tuple[Movement, Movement | None]]:
    """Every refund (negative spending) with the purchase it gives back, or None where no earlier one fits.

    A purchase fits that shares a word of the payee, is at least as large and at most half a year older: the same amount
    first, then the latest; each purchase is given back once in full.
    """
    ordered = sorted(spending, key=lambda each: each.day)
    bought = [each for each in ordered if each.money.minor > 0]
    used: set[str] = set()
    found: list[tuple[Movement, Movement | None]] = []
    for refund in (each for each in ordered if each.money.minor < 0):
        fits = [each for each in bought if each.entry not in used and _given_back(each, refund)]
        best = max(fits, key=lambda each: (each.money == -refund.money, each.day), default=None)
        if best and best.money == -refund.money:
            used.add(best.entry)
        found.append((refund, best))
    return found


def _given_back(bought: Movement, refund: Movement) -> bool:
    near = timedelta() <= refund.day - bought.day <= timedelta(days=REFUND_DAYS)
    enough = bought.money.currency == refund.money.currency and bought.money.minor >= -refund.money.minor
    return near and enough and bool(_names(bought) & _names(refund))


def _names(each: Movement) -> set[str]:
    """The words of a payee that can tell it from others."""
    words = REFUND.sub(" ", normal_payee(each.payee)).split()
    return {word for word in words if len(word) > 2 or not word.isascii()}
