"""Stretches of time in a sentence, as inclusive first and last days. Knows calendars' words; knows no clock.

>>> read("how much last month", "en", date(2026, 3, 15))[0].value
Period(start=datetime.date(2026, 2, 1), end=datetime.date(2026, 2, 28))
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.language.lexicon import lexicon, phrases
from assistant.language.numbers import number
from assistant.language.tokens import Token, tokens
from assistant.reply import Period
from assistant.request import Language

FIRST_DAY = date(1970, 1, 1)  # "ever": since before the first entry of any ledger


@dataclass(frozen=True, slots=True)
class FoundPeriod:
    value: Period
    span: tuple[int, int]
    first: int
    last: int


def read(text: str, language: Language, today: date) -> tuple[FoundPeriod, ...]:
    """Every period of `text`; two joined by "from ... to ..." are one."""
    words = tokens(text)
    found: list[FoundPeriod] = []
    index = 0
    while index < len(words):
        hit = _period(words, index, language, today)
        if hit is None:
            index += 1
            continue
        period, end = hit
        found.append(FoundPeriod(period, (words[index].start, words[end - 1].end), index, end))
        index = end
    return tuple(_ranged(words, found, language, today))


def _ranged(words: Sequence[Token], found: list[FoundPeriod], language: Language, today: date) -> list[FoundPeriod]:
    """from A to B | between A and B | since A"""
    if len(found) >= 2:
        first, second = found[0], found[1]
        between = [word.text for word in words[first.last : second.first]]
        if len(between) <= 2 and phrases("list.to", language).scan(words[first.last : second.first]):
            start = first.value.start
            if start > second.value.end:  # "from november to february"
                start = _shifted(start, -12)
            whole = Period(start, second.value.end)
            found = [FoundPeriod(whole, (first.span[0], second.span[1]), first.first, second.last), *found[2:]]
    if found and found[0].first and words[found[0].first - 1].text in lexicon(language)["period"]["since"]:
        first = found[0]
        if first.value.start < today and first.value.end <= today:
            found[0] = FoundPeriod(Period(first.value.start, today), first.span, first.first, first.last)
    return found


def _period(words: Sequence[Token], index: int, language: Language, today: date) -> tuple[Period, int] | None:
    return (
        _written(words, index)
        or _counted(words, index, language, today)
        or _fixed(words, index, language, today)
        or _year_then_month(words, index, language)
        or _month(words, index, language, today)
        or _quarter(words, index, today)
        or _year(words, index, language)
    )


def _fixed(words: Sequence[Token], index: int, language: Language, today: date) -> tuple[Period, int] | None:
    """last month, cette année, 昨天: the lexicon names the unit and how many back."""
    hit = phrases("period.fixed", language).at(words, index)
    if hit is None:
        return None
    unit, _, offset = hit[0].partition(" ")
    return unit_period(unit, int(offset), today), hit[1]


def unit_period(unit: str, offset: int, today: date) -> Period:
    """The whole day, week (Monday first), month, quarter or year `offset` units from the one that holds `today`."""
    if unit == "all":
        return Period(FIRST_DAY, today)
    if unit == "day":
        return Period(today + timedelta(offset), today + timedelta(offset))
    if unit == "week":
        monday = today - timedelta(today.weekday()) + timedelta(7 * offset)
        return Period(monday, monday + timedelta(6))
    size = {"month": 1, "quarter": 3, "year": 12}[unit]
    start = _shifted(date(today.year, (today.month - 1) // size * size + 1, 1), offset * size)
    return Period(start, _shifted(start, size) - timedelta(1))


def _shifted(day: date, months: int) -> date:
    """The same day of the month, `months` later; the 31st becomes the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first + timedelta(day.day - 1), following - timedelta(1))


def _counted(words: Sequence[Token], index: int, language: Language, today: date) -> tuple[Period, int] | None:
    """last 3 months | les 3 derniers mois | 最近三个月 (ending today) and 3 months ago | il y a 3 mois | 三个月前"""
    table = lexicon(language)["period"]
    last = phrases("period.last", language)
    ago = phrases("period.ago", language)
    at, backwards, single = index, False, False
    if language == "fr" and words[at].text in ("les", "des", "ces"):
        at += 1
    if hit := last.at(words, at):
        backwards, at = True, hit[1]
    elif language == "fr" and (hit := ago.at(words, at)):
        single, at = True, hit[1]
    count = number(words, at, language)
    if count is None or count.values[0] != int(count.values[0]) or not 0 < count.values[0] < 400:
        return None
    at = count.end
    if hit := last.at(words, at) if language == "fr" else None:
        backwards, at = True, hit[1]
    unit = phrases("period.unit", language).at(words, at)
    if unit is None:
        return None
    at = unit[1]
    if not (backwards or single) and language != "fr" and (hit := ago.at(words, at)):
        single, at = True, hit[1]
    if not (backwards or single) or not table:
        return None
    return _back(unit[0], int(count.values[0]), single, today), at


def _back(unit: str, count: int, single: bool, today: date) -> Period:
    if single:
        return unit_period(unit, -count, today)
    if unit in ("day", "week"):
        return Period(today - timedelta(count * (7 if unit == "week" else 1) - 1), today)
    months = count * {"month": 1, "quarter": 3, "year": 12}[unit]
    return Period(_shifted(today, -months) + timedelta(1), today)


def _month(words: Sequence[Token], index: int, language: Language, today: date) -> tuple[Period, int] | None:
    """october | october 2025 | 3 october [2025] | october 3rd; without a year the latest that has begun."""
    at, day = index, 0
    if words[at].kind == "digits" and words[at].text.isdigit() and 1 <= int(words[at].text) <= 31 and language != "zh":
        day, at = int(words[at].text), at + 1
        if at < len(words) and words[at].text in ("st", "nd", "rd", "th", "er", "of"):
            at += 1
        if at < len(words) and words[at].text == "of":
            at += 1
    hit = phrases("period.month", language).at(words, at)
    if hit is None or (words[at].text in ("may", "march", "mar") and not day and not _temporal(words, at, language)):
        return None
    month, end = int(hit[0]), hit[1]
    if not day and end < len(words) and words[end].text.isdigit() and int(words[end].text) <= 31:
        if language == "zh" and end + 1 < len(words) and words[end + 1].text in ("日", "号"):
            day, end = int(words[end].text), end + 2
        elif language == "en":
            day, end = int(words[end].text), end + 1
            end += end < len(words) and words[end].text in ("st", "nd", "rd", "th")
    year = _plain_year(words, end)
    if year:
        end += 1
    start = date(year or today.year, month, 1)
    if not year and start > today:
        start = _shifted(start, -12)
    if day:
        exact = min(start + timedelta(day - 1), _shifted(start, 1) - timedelta(1))
        return Period(exact, exact), end
    return Period(start, _shifted(start, 1) - timedelta(1)), end


def _temporal(words: Sequence[Token], at: int, language: Language) -> bool:
    """'may' and 'march' are months only after a preposition or before a year."""
    before = words[at - 1].text if at else ""
    return before in (*lexicon(language)["period"]["year_after"], "last", "to", "and") or bool(
        _plain_year(words, at + 1)
    )


def _plain_year(words: Sequence[Token], at: int) -> int:
    fits = at < len(words) and re.fullmatch(r"(19|20)\d\d", words[at].text)
    return int(words[at].text) if fits else 0


def _year(words: Sequence[Token], index: int, language: Language) -> tuple[Period, int] | None:
    """in 2025 | en 2025 | 2025年; a bare number of four digits is no year."""
    year = _plain_year(words, index)
    if not year:
        return None
    end = index + 1
    if end < len(words) and words[end].text == "年":
        return Period(date(year, 1, 1), date(year, 12, 31)), end + 1
    before = words[index - 1].text if index else ""
    if before not in lexicon(language)["period"]["year_after"]:
        return None
    return Period(date(year, 1, 1), date(year, 12, 31)), end


def _year_then_month(words: Sequence[Token], index: int, language: Language) -> tuple[Period, int] | None:
    """2025年10月, 去年十月 is left to its two parts."""
    year = _plain_year(words, index)
    if not year or index + 1 >= len(words) or words[index + 1].text != "年":
        return None
    month = phrases("period.month", language).at(words, index + 2)
    if month is None:
        return None
    start = date(year, int(month[0]), 1)
    return Period(start, _shifted(start, 1) - timedelta(1)), month[1]


def _quarter(words: Sequence[Token], index: int, today: date) -> tuple[Period, int] | None:
    """q1 2025 | t1 2025"""
    if words[index].text not in ("q", "t") or index + 1 >= len(words) or words[index + 1].text not in "1234":
        return None
    year = _plain_year(words, index + 2)
    start = date(year or today.year, int(words[index + 1].text) * 3 - 2, 1)
    if not year and start > today:
        start = _shifted(start, -12)
    return Period(start, _shifted(start, 3) - timedelta(1)), index + (3 if year else 2)


def _written(words: Sequence[Token], index: int) -> tuple[Period, int] | None:
    """2025-10-03, 03/10/2025 (day first), 3.10.2025: one day."""
    parts = [word.text for word in words[index : index + 5] if word.kind == "digits" or word.text in "/-"]
    joined = words[index].text
    end = index + 1
    while end < len(words) and words[end].start <= words[end - 1].end + 1 and end - index < 5 and parts:
        if words[end].kind != "digits" and words[end].text != "/":
            break
        joined += "-" + words[end].text if words[end].kind == "digits" else ""
        end += 1
    joined = joined.replace(".", "-")
    if match := re.fullmatch(r"((?:19|20)\d\d)-(\d\d?)-(\d\d?)", joined):
        year, month, day = (int(part) for part in match.groups())
    elif match := re.fullmatch(r"(\d\d?)-(\d\d?)-((?:19|20)\d\d)", joined):
        day, month, year = (int(part) for part in match.groups())
    else:
        return None
    try:
        return Period(date(year, month, day), date(year, month, day)), end
    except ValueError:
        return None
