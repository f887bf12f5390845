"""Lines become fields: in four languages, whatever the layout, and never from words that say otherwise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from assistant.money import NO_CURRENCY, Money
from assistant.request import Line, Place
from assistant.senses import printed, read
from assistant.senses.layout import Page


def page(*rows: str, slope: float = 0.0) -> Page:
    """Rows of lines: columns are parted by '|', a leading '#' prints twice as large."""
    lines = []
    for number, row in enumerate(rows):
        high = 40 if row.startswith("#") else 20
        for column, text in enumerate(row.lstrip("#").split("|")):
            x, wide = 40 + 300 * column, 12 * len(text.strip())
            y, rise = 50 + 60 * number + round(slope * x), round(slope * wide)
            box = (x, y + min(rise, 0), x + wide, y + high + max(rise, 0))
            lines.append(Line(text.strip(), 0.98, Place(0, box)))
    return Page(tuple(lines), (1000, 60 * len(rows) + 100), slope)


def found(kind: str, given: Page) -> dict[str, object]:
    return {field.name: field.value for field in read.fields(kind, given)}  # type: ignore[arg-type]


FRENCH = (
    "#Aqua Claire", "Service des eaux", "Facture n° FA-20931", "Date : 03/11/2026", "Consommation 38 m3|61,40 €",
    "TVA 5,5 %|3,38 €", "Total HT|61,40 €", "Net à payer|64,78 €", "À payer avant le 30/11/2026",
    "IBAN DE89 3704 0044 0532 0130 00",
)  # fmt: skip
GERMAN = (
    "#Stadtwerke Nordheim GmbH", "Rechnung", "Rechnungsnr. 2026-771", "Datum 02.11.2026", "Strom|1.020,50 EUR",
    "MwSt 19 %|193,90 EUR", "Zwischensumme|1.020,50 EUR", "Gesamtbetrag|1.214,40 EUR", "Zahlbar bis 16.11.2026",
    "IBAN DE89370400440532013000",
)  # fmt: skip
CHINESE = (
    "#明亮电力公司", "电费账单", "账单日期 2026年11月2日", "本期电费|￥126.30", "附加费|￥8.20", "应付金额|￥134.50",
    "到期日 2026-11-25", "参考 DL88231",
)  # fmt: skip


def test_a_french_bill() -> None:
    assert found("invoice", page(*FRENCH)) == {
        "currency": "EUR", "payee": "Aqua Claire", "iban": "DE89370400440532013000", "date": date(2026, 11, 3),
        "due": date(2026, 11, 30), "total": Money(6478, "EUR"), "reference": "FA-20931",
    }  # fmt: skip


def test_a_german_bill() -> None:
    fields = found("invoice", page(*GERMAN))
    assert fields["total"] == Money(121440, "EUR")
    assert fields["due"] == date(2026, 11, 16)
    assert fields["payee"] == "Stadtwerke Nordheim GmbH"
    assert fields["reference"] == "2026-771"


def test_a_chinese_bill() -> None:
    fields = found("invoice", page(*CHINESE))
    assert fields["total"] == Money(13450, "CNY")
    assert fields["due"] == date(2026, 11, 25)
    assert fields["payee"] == "明亮电力公司"
    assert fields["reference"] == "DL88231"


@pytest.mark.parametrize("slope", [-0.12, -0.05, 0.05, 0.12])
def test_a_page_photographed_at_a_tilt_keeps_its_rows(slope: float) -> None:
    assert found("invoice", page(*FRENCH, slope=slope))["total"] == Money(6478, "EUR")


def test_cash_less_change_outweighs_a_bare_label() -> None:
    till = page("#CORNER SHOP", "Bread|4.20", "Amount|9.99", "Sum of it|14.60", "Cash|20.00", "Change|5.40")
    total = next(field for field in read.fields("receipt", till) if field.name == "total")
    assert total.value == Money(1460, NO_CURRENCY)


def test_a_subtotal_a_tax_or_a_count_is_never_the_total() -> None:
    till = page("#SHOP", "Subtotal|10.00", "VAT|2.00", "Total items|3.00", "Change|8.00")
    assert "total" not in found("receipt", till)


def test_two_rival_totals_lower_the_confidence() -> None:
    plain = page("#SHOP", "Bread|4.20", "Total|14.60")
    rival = page("#SHOP", "Total|14.60", "Total|15.10")

    def sure(given: Page) -> float:
        return next(field.confidence for field in read.fields("receipt", given) if field.name == "total")

    assert sure(rival) < sure(plain) - 0.1


def test_the_customer_is_not_the_payee() -> None:
    assert found("invoice", page("INVOICE", "#Bill to Camille Durand", "Northwind Telecom Ltd", "Total due|20.00 EUR"))[
        "payee"
    ] == ("Northwind Telecom Ltd")


def test_a_tag_names_its_price_by_size() -> None:
    tag = page("Desk lamp", "was 49.90", "#34.90 EUR", "1 piece")
    assert found("price_tag", tag)["price"] == Money(3490, "EUR")


def test_an_iban_with_wrong_check_digits_is_no_iban() -> None:
    assert printed.iban("IBAN FR76 3000 6000 0112 3456 7890 188") is None
    assert printed.iban("iban: fr76 3000 6000 0112 3456 7890 189 BIC AGRIFRPP") == (
        "FR7630006000011234567890189", "FR76 3000 6000 0112 3456 7890 189",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("EUR 184.20", ["184.20"]), ("1 234,56 €", ["1234.56"]), ("1.234,56", ["1234.56"]), ("1,234.56", ["1234.56"]),
        ("RM33.90", ["33.90"]),
        ("￥88", ["88"]), ("¥1,200", ["1200"]), ("12.5%", []), ("5.50 %", []), ("2026-11-27", []), ("27.11.2026", []),
        ("0.2104", []),
        ("2 x 1.35  2.70", ["1.35", "2.70"]), ("Tel. 04 78 00 00", []), ("No. 004417", []),
    ],
)  # fmt: skip
def test_printed_amounts(text: str, amounts: list[str]) -> None:
    assert [amount for amount, _ in printed.amounts(text)] == [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("27/11/2026", date(2026, 11, 27)), ("27.11.26", date(2026, 11, 27)), ("2026-11-27", date(2026, 11, 27)),
        ("27 November 2026", date(2026, 11, 27)), ("Nov 27, 2026", date(2026, 11, 27)),
        ("27 novembre 2026", date(2026, 11, 27)),
        ("1er décembre 2026", date(2026, 12, 1)), ("27. Dezember 2026", date(2026, 12, 27)),
        ("2026年11月27日", date(2026, 11, 27)),
        ("12/31/2026", date(2026, 12, 31)), ("20/11/202618:42", date(2026, 11, 20)), ("31/02/2026", None),
        ("192.168.20.26", None),
    ],
)  # fmt: skip
def test_printed_dates(text: str, day: date | None) -> None:
    assert [found for found, _ in printed.dates(text)][:1] == ([day] if day else [])


def test_a_month_comes_first_only_where_the_currency_says_so() -> None:
    assert printed.dates("05/06/2026")[0][0] == date(2026, 6, 5)
    assert printed.dates("05/06/2026", month_first=True)[0][0] == date(2026, 5, 6)
