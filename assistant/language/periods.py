"""Stretches of time in a sentence, as inclusive first and last days. Knows calendars' words; knows no clock.

A day or month without a year is the latest that has begun, as a question about money means it; `ahead` reads the same
words of a payment to come: the next one, and "5 weeks ago" as one day.

>>> read("how much last month", "en", date(2026, 3, 15))[0].value
Period(start=datetime.date(2026, 2, 1), end=datetime.date(2026, 2, 28))
>>> read("on Friday", "en", date(2026, 3, 15), ahead=True)[0].value.start
datetime.date(2026, 3, 20)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assistant.clock import shifted
from assistant.language.lexicon import lexicon, phrases
from assistant.language.numbers import number
from assistant.language.tokens import Token, tokens
from assistant.reply import Period
from assistant.request import Language

FIRST_DAY = date(1970, 1, 1)  # "ever": since before the first entry of any ledger
UNSURE = ("may", "march", "mar", "mon", "sun", "sat", "wed")  # words of other meanings too
MONTHS = {"month": 1, "quarter": 3, "year": 12}
Hit = tuple[Period, int]  # a period and the token after it


@dataclass(frozen=True, slots=True)
class FoundPeriod:
    value: Period
    span: tuple[int, int]
    first: int
    last: int


def read(
    text: str, language: Language, today: date, ahead: bool = False, apart: bool = False
) -> tuple[FoundPeriod, ...]:
    """Every period of `text`; two joined by "from ... to ..." are one unless they are to be told `apart`."""
    reader = _Reader(tokens(text), language, today, ahead)
    found: list[FoundPeriod] = []
    index = 0
    while index < len(reader.words):
        hit = reader.period(index)
        if hit:
            span = (reader.words[index].start, reader.words[hit[1] - 1].end)
            found.append(FoundPeriod(hit[0], span, index, hit[1]))
        index = hit[1] if hit else index + 1
    return tuple(reader.since(found if apart else reader.ranged(found)))


def unit_period(unit: str, offset: int, today: date) -> Period:
    """The whole day, week (Monday first), month, quarter or year `offset` units from the one that holds `today`."""
    if unit == "all":
        return Period(FIRST_DAY, today)
    if unit == "day":
        return _day(today + timedelta(offset))
    if unit == "week":
        monday = today - timedelta(today.weekday()) + timedelta(7 * offset)
        return Period(monday, monday + timedelta(6))
    size = MONTHS[unit]
    start = shifted(date(today.year, (today.month - 1) // size * size + 1, 1), offset * size)
    return Period(start, shifted(start, size) - timedelta(1))


def _day(day: date) -> Period:
    return Period(day, day)


def _moved(day: date, unit: str, count: int) -> date:
    if unit in MONTHS:
        return shifted(day, count * MONTHS[unit])
    return day + timedelta(count * (7 if unit == "week" else 1))


def before(last: Period, unit: str) -> Period:
    """`last`, a week, month or year earlier."""
    return Period(_moved(last.start, unit, -1), _moved(last.end + timedelta(1), unit, -1) - timedelta(1))


class _Reader:
    """The words of one sentence beside a day. Each reading gives a period and the token after it, or None."""

    def __init__(self, words: Sequence[Token], language: Language, today: date, ahead: bool) -> None:
        self.words, self.language, self.today, self.ahead = words, language, today, ahead
        self.table = lexicon(language)["period"]

    def text(self, index: int) -> str:
        return self.words[index].text if 0 <= index < len(self.words) else ""

    def at(self, name: str, index: int) -> tuple[str, int] | None:
        return phrases(f"period.{name}", self.language).at(self.words, index)

    def period(self, index: int) -> Hit | None:
        return (
            self.written(index)
            or self.weekday(index)
            or self.counted(index)
            or self.season(index)
            or self.fixed(index)
            or self.month(index)
            or self.quarter(index)
            or self.year(index)
            or (self.day_of_month(index) if self.ahead else None)
        )

    def ranged(self, found: list[FoundPeriod]) -> list[FoundPeriod]:
        """from A to B | between A and B"""
        if len(found) < 2:
            return found
        first, second = found[:2]
        between = self.words[first.last : second.first]
        if len(between) > 2 or not phrases("list.to", self.language).scan(between):
            return found
        start = first.value.start
        if start > second.value.end:  # "from november to february"
            start = shifted(start, -12)
        whole = Period(start, second.value.end)
        return [FoundPeriod(whole, (first.span[0], second.span[1]), first.first, second.last), *found[2:]]

    def since(self, found: list[FoundPeriod]) -> list[FoundPeriod]:
        first = found[0] if found else None
        if first is None or not first.first or self.text(first.first - 1) not in self.table["since"]:
            return found
        begun = first.value.start < self.today and first.value.end <= self.today
        return [replace(first, value=Period(first.value.start, self.today)), *found[1:]] if begun else found

    def fixed(self, index: int) -> Hit | None:
        """last month, cette année, 昨天: the lexicon names the unit and how many back; "the end of this year"."""
        end = self.at("end", index) if self.ahead else None
        hit = self.at("fixed", end[1] if end else index)
        if hit is None:
            return None
        unit, _, offset = hit[0].partition(" ")
        value = unit_period(unit, int(offset), self.today)
        return (_day(value.end) if end else value), hit[1]

    def season(self, index: int) -> Hit | None:
        """last winter | l'été dernier | summer 2025 | 去年夏天: the last three such months (meteorological, northern)
        that have begun; "last": that are over; of a year: that begin in it."""
        back = self.at("fixed", index) if self.language == "zh" else None
        back = back if back and back[0].startswith("year ") else None
        lead = None if back else self.at("lead", index) or self.at("last", index)
        hit = self.at("season", (back or lead or ("", index))[1])
        if hit is None:
            return None
        trail = self.at("last", hit[1])
        end = trail[1] if trail else hit[1]
        year = self.today.year + int(back[0].split()[1]) if back else self._plain_year(end)
        start = date(year or self.today.year, int(hit[0]), 1)
        over = trail or (lead and lead[0] in ("last", "week -1", ""))
        if not year and (start > self.today or (over and shifted(start, 3) > self.today)):
            start = shifted(start, -12)
        return Period(start, shifted(start, 3) - timedelta(1)), end + bool(year and not back)

    # ---- counted from today ----

    def counted(self, index: int) -> Hit | None:
        """last 3 months | les 3 derniers mois | 最近三个月 (ending today); 3 months ago | il y a 3 mois | 三个月前

        With `ahead` also: in 3 days | dans 3 jours | 三天后.
        """
        at = index + (self.language == "fr" and self.text(index) in ("les", "des", "ces"))
        kind = ""
        for name in ("last", "ago", "in"):
            if not kind and (hit := self.at(name, at)) and (name != "ago" or self.language == "fr"):
                kind, at = name, hit[1]
        count, at = self._count(at)
        if not kind and (hit := self.at("last", at)) and self.language == "fr":
            kind, at = "last", hit[1]
        unit = self.at("unit", at) if 0 < count < 400 else None
        if unit is None:
            return None
        at = unit[1]
        if self.language == "fr" and not kind and (hit := self.at("last", at)):
            kind, at = "last", hit[1]
        for name in ("ago", "later"):
            if not kind and self.language != "fr" and (hit := self.at(name, at)):
                kind, at = name, hit[1]
        if not kind or (kind in ("in", "later") and not self.ahead):
            return None
        return self._from_today(kind, unit[0], count), at

    def _count(self, at: int) -> tuple[int, int]:
        if self.text(at) in (*lexicon(self.language)["number"]["article"], "un", "une") and self.at("unit", at + 1):
            return 1, at + 1
        hit = number(self.words, at, self.language)
        fits = hit and hit.values[0] == int(hit.values[0])
        return (int(hit.values[0]), hit.end) if hit and fits else (0, at)

    def _from_today(self, kind: str, unit: str, count: int) -> Period:
        if kind in ("in", "later"):
            return _day(_moved(self.today, unit, count))
        if kind == "ago":
            return _day(_moved(self.today, unit, -count)) if self.ahead else unit_period(unit, -count, self.today)
        return Period(_moved(self.today, unit, -count) + timedelta(1), self.today)

    # ---- days ----

    def weekday(self, index: int) -> Hit | None:
        """[last|this|next] monday [last week|in two weeks|26 october] | last week monday | lundi prochain | 下周一"""
        week = self._week(index)
        week = week if week and self.at("weekday", week[1]) else None  # 下周二 is 下 and 周二
        lead = None if week else self.at("lead", index)
        at = week[1] if week else lead[1] if lead else index
        hit = self.at("weekday", at)
        if hit is None or (self.words[at].text in UNSURE and at == index and not self._temporal(at)):
            return None
        day, end = int(hit[0]), hit[1]
        if dated := self.month(end + (self.text(end) in (",", "the"))):
            return self._matching(day, dated)
        monday = self.today - timedelta(self.today.weekday())
        if not lead and (week or (week := self._week(end))):
            return _day(monday + timedelta(7 * int(week[0].split()[1]) + day)), max(end, week[1])
        trail = self.at("trail", end)
        shift = (lead or trail or ("", 0))[0]
        end = trail[1] if trail and not lead else end
        if later := self.counted(end) if self.text(end) in ("in", "dans") else None:
            weeks = (later[0].start - self.today).days // 7
            return _day(self._nearest(day, True) + timedelta(7 * weeks)), later[1]
        if shift in ("week 0", "week 1", "week -1"):
            return _day(monday + timedelta(7 * int(shift.split()[1]) + day)), end
        return _day(self._nearest(day, {"next": True, "last": False}.get(shift, self.ahead))), end

    def _week(self, index: int) -> tuple[str, int] | None:
        hit = self.at("fixed", index)
        return hit if hit and hit[0].startswith("week ") else None

    def _nearest(self, weekday: int, after: bool) -> date:
        """The first such day after today, or the last one before it."""
        gap = (weekday - self.today.weekday()) % 7
        return self.today + timedelta((gap or 7) if after else gap - 7)

    def _matching(self, weekday: int, dated: Hit) -> Hit:
        """ "Saturday, 26 October": the nearest year in which that day is a Saturday."""
        day, step = dated[0].start, 12 if self.ahead else -12
        days = (shifted(day, step * years) for years in range(12))
        return _day(next((each for each in days if each.weekday() == weekday), day)), dated[1]

    def day_of_month(self, index: int) -> Hit | None:
        """the 18th | le 18 | 18号 | next 30th | last 13th"""
        lead = self.at("lead", index) or self.at("last", index)
        at = lead[1] if lead else index
        day = int(self.text(at)) if self.text(at).isdecimal() and len(self.text(at)) < 3 else 0
        marked = self.text(at + 1) in self.table["day_after"] or self.text(at - 1) in self.table["day_before"]
        if not 1 <= day <= 31 or not marked or phrases("unit", self.language).at(self.words, at + 2):
            return None
        end = at + 1 + (self.text(at + 1) in self.table["day_after"])
        back = lead is not None and lead[0] in ("last", "past", "week -1")
        months = (shifted(self.today.replace(day=1), -step if back else step) for step in range(13))
        days = (first + timedelta(day - 1) for first in months if (first + timedelta(day - 1)).month == first.month)
        return _day(next(each for each in days if (each < self.today if back else each >= self.today))), end

    def month(self, index: int) -> Hit | None:
        """october | october 2025 | 3 october [2025] | october [the] 3rd | 2025年10月3日"""
        lead_year = self._plain_year(index) if self.text(index + 1) == "年" else 0
        at, day = index + 2 * bool(lead_year), 0
        if self.text(at).isdecimal() and 1 <= int(self.text(at)) <= 31 and self.language != "zh":
            day, at = int(self.text(at)), at + 1
            at += self.text(at) in self.table["day_after"] or self.text(at) == "er"
            at += self.text(at) == "of"
        hit = self.at("month", at)
        if hit is None or (self.text(at) in UNSURE and not day and not self._temporal(at)):
            return None
        month, end = int(hit[0]), hit[1]
        then = end + (self.text(end) == "the")
        if not day and self.text(then).isdecimal() and int(self.text(then)) <= 31:
            after = self.text(then + 1) in self.table["day_after"]
            if self.language == "en" or (self.language == "zh" and after):
                day, end = int(self.text(then)), then + 1 + after
        year = lead_year or self._plain_year(end)
        end += bool(year and not lead_year)
        return self._dated(year, month, day), end

    def _dated(self, year: int, month: int, day: int) -> Period:
        """Without a year: the next with `ahead`, the latest that has begun otherwise."""
        start = date(year or self.today.year, month, 1)
        last = shifted(start, 1) - timedelta(1)
        exact = min(start + timedelta(day - 1), last) if day else start
        if not year and self.ahead and (exact if day else last) < self.today:
            return self._dated(start.year + 1, month, day)
        if not year and not self.ahead and start > self.today:
            return self._dated(start.year - 1, month, day)
        return _day(exact) if day else Period(start, last)

    def _temporal(self, at: int) -> bool:
        """'may' and 'march' are months only after a preposition or before a year."""
        before = (*self.table["year_after"], "last", "to", "and", "on", "by")
        return self.text(at - 1) in before or bool(self._plain_year(at + 1))

    def _plain_year(self, at: int) -> int:
        return int(self.text(at)) if re.fullmatch(r"(19|20)\d\d", self.text(at)) else 0

    def year(self, index: int) -> Hit | None:
        """in 2025 | en 2025 | 2025年; a bare number of four digits is no year."""
        year, marked = self._plain_year(index), self.text(index + 1) == "年"
        if not year or not (marked or self.text(index - 1) in self.table["year_after"]):
            return None
        return Period(date(year, 1, 1), date(year, 12, 31)), index + 1 + marked

    def quarter(self, index: int) -> Hit | None:
        """q1 2025 | t1 2025"""
        if self.text(index) not in ("q", "t") or self.text(index + 1) not in ("1", "2", "3", "4"):
            return None
        year = self._plain_year(index + 2)
        start = date(year or self.today.year, int(self.text(index + 1)) * 3 - 2, 1)
        if not year and start > self.today:
            start = shifted(start, -12)
        return Period(start, shifted(start, 3) - timedelta(1)), index + (3 if year else 2)

    def written(self, index: int) -> Hit | None:
        """2025-10-03, 03/10/2025 (day first), 3.10.25: one day."""
        joined, end = self.text(index), index + 1
        while self.text(end)[:1].isdecimal() or (self.text(end) == "/" and end - index < 5):
            if self.words[end].start > self.words[end - 1].end + 1:
                break
            joined, end = joined + ("-" + self.text(end) if self.text(end) != "/" else ""), end + 1
        joined = joined.replace(".", "-")
        if match := re.fullmatch(r"((?:19|20)\d\d)-(\d\d?)-(\d\d?)", joined):
            year, month, day = (int(part) for part in match.groups())
        elif match := re.fullmatch(r"(\d\d?)-(\d\d?)-((?:19|20)?\d\d)", joined):
            day, month, year = (int(part) for part in match.groups())
            year += 2000 if year < 100 else 0
        else:
            return None
        try:
            return _day(date(year, month, day)), end
        except ValueError:
            return None
