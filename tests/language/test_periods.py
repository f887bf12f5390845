"""Periods are whole and inclusive, in three languages, relative to the given day."""

from datetime import date

import pytest

from assistant.language import periods
from assistant.reply import Period
from assistant.request import Language

TODAY = date(2026, 3, 15)  # a Sunday
CASES: list[tuple[str, Language, str, str]] = [
    ("last month", "en", "2026-02-01", "2026-02-28"),
    ("le mois dernier", "fr", "2026-02-01", "2026-02-28"),
    ("上个月", "zh", "2026-02-01", "2026-02-28"),
    ("this year", "en", "2026-01-01", "2026-12-31"),
    ("l'année dernière", "fr", "2025-01-01", "2025-12-31"),
    ("去年", "zh", "2025-01-01", "2025-12-31"),
    ("this week", "en", "2026-03-09", "2026-03-15"),
    ("hier", "fr", "2026-03-14", "2026-03-14"),
    ("last winter", "en", "2025-12-01", "2026-02-28"),
    ("this spring", "en", "2026-03-01", "2026-05-31"),
    ("summer 2024", "en", "2024-06-01", "2024-08-31"),
    ("l'été dernier", "fr", "2025-06-01", "2025-08-31"),
    ("去年冬天", "zh", "2025-12-01", "2026-02-28"),
    ("last quarter", "en", "2025-10-01", "2025-12-31"),
    ("in October", "en", "2025-10-01", "2025-10-31"),
    ("in march", "en", "2026-03-01", "2026-03-31"),
    ("en octobre 2024", "fr", "2024-10-01", "2024-10-31"),
    ("2025年10月", "zh", "2025-10-01", "2025-10-31"),
    ("十月", "zh", "2025-10-01", "2025-10-31"),
    ("in 2025", "en", "2025-01-01", "2025-12-31"),
    ("2025年", "zh", "2025-01-01", "2025-12-31"),
    ("last 30 days", "en", "2026-02-14", "2026-03-15"),
    ("the past two weeks", "en", "2026-03-02", "2026-03-15"),
    ("les 3 derniers mois", "fr", "2025-12-16", "2026-03-15"),
    ("最近三个月", "zh", "2025-12-16", "2026-03-15"),
    ("three months ago", "en", "2025-12-01", "2025-12-31"),
    ("il y a deux mois", "fr", "2026-01-01", "2026-01-31"),
    ("from january to march 2025", "en", "2025-01-01", "2025-03-31"),
    ("between 2024 and 2025", "en", "2024-01-01", "2025-12-31"),
    ("since january", "en", "2026-01-01", "2026-03-15"),
    ("2025-10-03", "en", "2025-10-03", "2025-10-03"),
    ("03/10/2025", "fr", "2025-10-03", "2025-10-03"),
    ("3 october", "en", "2025-10-03", "2025-10-03"),
    ("q1 2025", "en", "2025-01-01", "2025-03-31"),
]


@pytest.mark.parametrize(("text", "language", "start", "end"), CASES)
def test_a_period_is_read_with_its_last_day(text: str, language: Language, start: str, end: str) -> None:
    (found,) = periods.read(text, language, TODAY)
    assert found.value == Period(date.fromisoformat(start), date.fromisoformat(end))


def test_what_was_is_no_summer() -> None:
    assert periods.read("le loyer a été payé", "fr", TODAY) == ()


@pytest.mark.parametrize("text", ["may I pay Alice", "pay 2025 to Bob", "march on", "31/02/2025", "12.50"])
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert periods.read(text, "en", TODAY) == ()
