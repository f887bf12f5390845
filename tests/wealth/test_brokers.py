"""Brokers' files of many shapes: what happened, how the cash moved, what is held; every dated row accounted for."""

from datetime import date
from decimal import Decimal

import pytest

from assistant.money import Money
from assistant.request import Upload
from assistant.wealth import Hints, Wealth
from assistant.wealth.entry import UNIT
from assistant.wealth.imports import Statement, read
from tests.wealth.conftest import ME

# name -> (file, [(did, signed cash in minor units, currency, signed quantity, fee, tax)], reasons of what is left out)
SHAPES: dict[str, tuple[str, list[tuple[str, int, str, str, int, int]], list[str]]] = {
    "currency beside each amount": (
        "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Total,"
        "Currency (Total),Withholding tax,Currency (Withholding tax),Currency conversion fee,"
        "Currency (Currency conversion fee)\n"
        "Deposit,2025-01-02 11:45:06,,,,,,,,500.00,EUR,,,,\n"
        "Limit buy,2025-01-03 14:30:03,US0378331005,AAPL,Apple,2,220.00,USD,1.10,400.60,EUR,,,0.60,EUR\n"
        "Market sell,2025-02-03 14:30:03,US0378331005,AAPL,Apple,1,231.00,USD,1.10,209.69,EUR,,,0.31,EUR\n"
        "Dividend (Ordinary),2025-03-03 12:05:25,US0378331005,AAPL,Apple,1,0.22,USD,1.10,0.17,EUR,0.03,USD,,\n"
        "Market buy,2025-03-04 12:05:25,GB00B03MLX29,SHEL,Shell,10,2500.00,GBX,85.00,294.12,EUR,,,,\n",
        [("in", 50_000, "EUR", "0", 0, 0), ("buy", -40_060, "EUR", "2", 60, 0), ("sell", 20_969, "EUR", "-1", 31, 0),
         ("dividend", 17, "EUR", "0", 0, 3), ("buy", -29_412, "EUR", "10", 0, 0)], []),
    "a statement of sections": (
        "Statement,Header,Field Name,Field Value\nStatement,Data,Period,\"January 1, 2025 - June 30, 2025\"\n"
        "Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,Proceeds,Comm/Fee\n"
        "Trades,Data,Order,Stocks,USD,AAPL,\"2025-02-03, 10:15:00\",10,230.5,-2305,-1\n"
        "Trades,Data,Order,Stocks,USD,AAPL,\"2025-04-03, 10:15:00\",-4,250,1000,-1.01\n"
        "Trades,SubTotal,,Stocks,USD,AAPL,,6,,-1305,-2.01\n"
        "Dividends,Header,Currency,Date,Description,Amount\n"
        "Dividends,Data,USD,2025-05-15,AAPL(US0378331005) Cash Dividend USD 0.26 per Share,1.56\n"
        "Withholding Tax,Header,Currency,Date,Description,Amount,Code\n"
        "Withholding Tax,Data,USD,2025-05-15,AAPL(US0378331005) Cash Dividend - US Tax,-0.23,\n"
        "Deposits & Withdrawals,Header,Currency,Settle Date,Description,Amount\n"
        "Deposits & Withdrawals,Data,USD,2025-01-15,Electronic Fund Transfer,5000\n"
        "Deposits & Withdrawals,Data,Total,,,5000\n",
        [("buy", -230_600, "USD", "10", 100, 0), ("sell", 99_899, "USD", "-4", 101, 0),
         ("dividend", 156, "USD", "0", 0, 0), ("tax", -23, "USD", "0", 0, 0), ("transfer", 500_000, "USD", "0", 0, 0)],
        []),
    "no action, heads without names, Dutch": (
        "Datum,Tijd,Product,ISIN,Beurs,Uitvoeringsplaats,Aantal,Koers,,Lokale waarde,,Waarde,,Wisselkoers,"
        "Transactiekosten en/of,,Totaal,,Order ID\n"
        "14-11-2025,09:04,VANGUARD FTSE,IE00B3RBWM25,EAM,XAMS,10,\"110,5000\",EUR,\"-1.105,00\",EUR,\"-1.105,00\",EUR,,"
        "\"-1,00\",EUR,\"-1.106,00\",EUR,abc\n"
        "13-10-2025,15:30,APPLE,US0378331005,NDQ,XNAS,-2,\"250,0000\",USD,\"500,00\",USD,\"430,00\",EUR,\"1,1628\","
        "\"-2,00\",EUR,\"428,00\",EUR,def\n",
        [("buy", -110_600, "EUR", "10", 100, 0), ("sell", 42_800, "EUR", "-2", 200, 0)], []),
    "dollars, dates as of, a total below": (
        '"Transactions for account XXXX-1234 as of 11/02/2025"\n'
        '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"\n'
        '"10/27/2025 as of 10/24/2025","Sell","AAPL","APPLE INC","5","$262.10","$0.03","$1,310.47"\n'
        '"10/20/2025","Qualified Dividend","AAPL","APPLE INC","","","","$12.50"\n'
        '"10/20/2025","NRA Tax Adj","AAPL","APPLE INC","","","","-$1.88"\n'
        '"10/15/2025","MoneyLink Transfer","","Tfr BANK","","","","-$1,000.00"\n'
        '"10/14/2025","Reinvest Shares","VTI","VANGUARD","0.0167","$299.40","","-$5.00"\n'
        '"10/10/2025","Stock Split","NVDA","NVIDIA","90","","",""\n'
        '"Transactions Total","","","","","","","$321.09"\n',
        [("sell", 131_047, "USD", "-5", 3, 0), ("dividend", 1_250, "USD", "0", 0, 0), ("tax", -188, "USD", "0", 0, 0),
         ("transfer", -100_000, "USD", "0", 0, 0), ("buy", -500, "USD", "0.0167", 0, 0),
         ("split", 0, "USD", "90", 0, 0)],
        []),
    "Portfolio Performance in German": (
        "Datum;Typ;Wert;Buchungswährung;Bruttobetrag;Währung Bruttobetrag;Wechselkurs;Gebühren;Steuern;Stück;ISIN;WKN;"
        "Ticker-Symbol;Wertpapiername;Notiz\n"
        "2025-01-02T00:00;Einlage;5.000,00;EUR;;;;;;;;;;;\n"
        "2025-01-03T00:00;Kauf;-1.010,00;EUR;;;;10,00;;10;DE000BASF111;BASF11;BAS.DE;BASF SE;\n"
        "2025-05-05T00:00;Dividende;25,50;EUR;;;;;8,50;10;DE000BASF111;BASF11;BAS.DE;BASF SE;\n"
        "2025-06-30T00:00;Zinsen;3,00;EUR;;;;;1,00;;;;;;\n"
        "2025-07-02T00:00;Steuerrückerstattung;7,00;EUR;;;;;;;;;;;\n"
        "2025-07-03T00:00;Zinsbelastung;-1,00;EUR;;;;;;;;;;;\n"
        "2025-07-04T00:00;Einlieferung;200,00;EUR;;;;;;2;DE000BASF111;BASF11;BAS.DE;BASF SE;\n"
        "2025-07-05T00:00;Auslieferung;-100,00;EUR;;;;;;1;DE000BASF111;BASF11;BAS.DE;BASF SE;\n",
        [("in", 500_000, "EUR", "0", 0, 0), ("buy", -101_000, "EUR", "10", 1_000, 0),
         ("dividend", 2_550, "EUR", "0", 0, 850), ("interest", 300, "EUR", "0", 0, 100), ("tax", 700, "EUR", "0", 0, 0),
         ("interest", -100, "EUR", "0", 0, 0), ("in", 20_000, "EUR", "2", 0, 0), ("out", -10_000, "EUR", "-1", 0, 0)],
        []),
    "Ghostfolio as JSON": (
        '{"meta": {"version": "dev"}, "activities": ['
        '{"fee": 0, "quantity": 2, "type": "BUY", "unitPrice": 100.5, "currency": "USD",'
        ' "date": "2021-11-16T23:00:00.000Z", "symbol": "MSFT"},'
        '{"fee": 4.5, "quantity": 1, "type": "SELL", "unitPrice": 120, "currency": "USD",'
        ' "date": "2021-12-16T23:00:00.000Z", "symbol": "MSFT"},'
        '{"fee": 0, "quantity": 2, "type": "DIVIDEND", "unitPrice": 0.62, "currency": "USD",'
        ' "date": "2021-12-18T23:00:00.000Z", "symbol": "MSFT"}]}',
        [("buy", -20_100, "USD", "2", 0, 0), ("sell", 11_550, "USD", "-1", 450, 0),
         ("dividend", 124, "USD", "0", 0, 0)], []),
    "a Chinese broker": (
        "成交日期,证券代码,证券名称,操作,成交数量,成交均价,成交金额,手续费,印花税,发生金额\n"
        "20251103,600519,贵州茅台,证券买入,100,1450.00,145000.00,36.25,0,-145036.25\n"
        "20251105,600519,贵州茅台,证券卖出,50,1460.00,73000.00,18.25,36.50,72945.25\n"
        "20251106,,,银证转入,0,0,0,0,0,50000.00\n20251107,600519,贵州茅台,红利,0,0,0,0,0,275.00\n",
        [("buy", -14_503_625, "CNY", "100", 3_625, 0), ("sell", 7_294_525, "CNY", "-50", 1_825, 3_650),
         ("in", 5_000_000, "CNY", "0", 0, 0), ("dividend", 27_500, "CNY", "0", 0, 0)], []),
    "an action under an unknown head, a day that is none": (
        "Depot 12345678;;;;;;\n\nBuchungstag;Wie;Bezeichnung;ISIN;Anzahl;Kurs;Kurswert;Provision;Gesamtbetrag;Währung\n"
        "03.11.2025;Kauf;Müller AG;DE0007100000;12;45,50;546,00;9,90;-555,90;EUR\n"
        "12.11.2025;Dividende;Müller AG;DE0007100000;10;1,00;10,00;;10,00;EUR\n"
        "31.02.2025;Kauf;Müller AG;DE0007100000;1;45,50;45,50;0;-45,50;EUR\n",
        [("buy", -55_590, "EUR", "12", 990, 0), ("dividend", 1_000, "EUR", "0", 0, 0)], ["bad_date"]),
    "the least there can be": (
        "date|type|symbol|qty|price|fee\n2025-03-01|BUY|VWCE.DE|3|120.10|1.00\n2025-03-15|sell|VWCE.DE|1|122.00|1.00\n"
        "2025-03-16|buy|VWCE.DE|EOF123|122.00|1.00\n2025-03-17|sell||2|1.17|0\n",
        [("buy", -36_130, "EUR", "3", 100, 0), ("sell", 12_100, "EUR", "-1", 100, 0)], ["bad_amount", "no_security"]),
    "a section with a second head, money for money, what is only due": (
        "Statement,Header,Field Name,Field Value\nTrades,Header,Asset Category,Currency,Symbol,Date/Time,Quantity,"
        "T. Price,Proceeds,Comm/Fee\nTrades,Data,Stocks,USD,AAPL,\"2025-02-03, 10:15:00\",10,230.5,-2305,-1\n"
        "Trades,Header,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,Proceeds,Comm in EUR\n"
        "Trades,Data,Forex,USD,EUR.USD,\"2025-02-02, 10:00:00\",-1500,1.08,1620,-1.85\n"
        "Dividend Accruals,Header,Currency,Symbol,Date,Net Amount\nDividend Accruals,Data,USD,AAPL,2025-05-10,2.12\n",
        [("buy", -230_600, "USD", "10", 100, 0)], ["trade", "not_settled"]),
    "coins: the pair names the currency, codes stand behind numbers": (
        "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n"
        "2024-07-03 10:01:02,BTCUSD,BUY,58000.00,0.0100000000BTC,580.00000000USD,1.00USD\n",
        [("buy", -58_100, "USD", "0.01", 100, 0)], []),
    "two columns of actions, no name but a description": (
        "Timestamp,Type,Buy / Sell,Description,Quantity,Price,Currency,Total\n"
        "2024-07-03T10:01:02Z,ORDER,SELL,LIFE STRATEGY,2,281.00,GBP,562.00\n"
        "2024-07-01T10:01:02Z,TOP_UP,,,,,GBP,50.00\n",
        [("sell", 56_200, "GBP", "-2", 0, 0), ("in", 5_000, "GBP", "0", 0, 0)], []),
    "French, with a coupon": (
        "Date opération;Opération;Libellé;Code ISIN;Quantité;Cours;Montant brut;Frais;Montant net;Devise\n"
        "03/11/2025;ACHAT COMPTANT;AIR LIQUIDE;FR0000120073;5;175,20;876,00;4,95;-880,95;EUR\n"
        "05/11/2025;COUPON;AIR LIQUIDE;FR0000120073;5;3,30;16,50;0;16,50;EUR\n"
        "06/11/2025;VERSEMENT;;;;;;;500,00;EUR\n"
        "13/11/2025;VENTE COMPTANT;AIR LIQUIDE;FR0000120073;1;180;180;0;180;EUR\n",
        [("buy", -88_095, "EUR", "5", 495, 0), ("dividend", 1_650, "EUR", "0", 0, 0), ("in", 50_000, "EUR", "0", 0, 0),
         ("sell", 18_000, "EUR", "-1", 0, 0)], []),
}  # fmt: skip


def opened(text: str, currency: str = "EUR") -> Statement:
    return read(Upload("broker.csv", text.encode()), Hints(), currency)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_read_row_by_row(shape: str) -> None:
    text, expected, reasons = SHAPES[shape]
    found = opened(text)
    told = [
        (did.did, row.money.minor, row.money.currency, Decimal(did.quantity) / UNIT, did.fee, did.tax)
        for row in found.rows if (did := row.deal)
    ]  # fmt: skip
    assert told == [(*each[:3], Decimal(each[3]), *each[4:]) for each in expected]
    assert [each.reason for each in found.problems] == reasons


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_goes_into_the_ledger_once(shape: str, wealth: Wealth) -> None:
    text, expected, _ = SHAPES[shape]
    upload = Upload("broker.csv", text.encode())
    assert wealth.import_file(ME, upload).posted.added == len(expected)
    assert wealth.import_file(ME, upload).posted.added == 0
    assert all(each.amount > 0 for each in wealth.ledger.holdings(ME, date(2026, 1, 1)) if each.security)


def test_trades_are_held_at_their_price_and_paid_from_the_account(wealth: Wealth) -> None:
    wealth.import_file(ME, Upload("pp.csv", SHAPES["Portfolio Performance in German"][0].encode()))
    rows = {row["holding"]: row["value"] for row in wealth.ask(ME, "net_worth").rows}
    assert rows["BASF SE"] == Money(110_000, "EUR")  # 10 + 2 - 1 at 100.00
    assert rows[""] == Money(500_000 - 101_000 + 2_550 + 300 + 700 - 100, "EUR")


def test_without_the_account_that_paid_purchases_come_from_elsewhere(wealth: Wealth) -> None:
    upload = Upload("ghost.json", SHAPES["Ghostfolio as JSON"][0].encode())
    assert wealth.preview(ME, upload).statement.doubts == ("unfunded",)
    wealth.import_file(ME, upload)
    assert wealth.ask(ME, "net_worth", currency="USD").value == Money(12_000 + 124, "USD")


def test_what_was_sold_was_held_before_the_file_began(wealth: Wealth) -> None:
    """The sale alone; then an older file brings the purchase, and nothing is counted twice."""
    head = "date,type,symbol,qty,price,fee,currency\n"
    wealth.import_file(ME, Upload("b.csv", f"{head}2025-03-15,sell,VWCE,3,122.00,0,EUR\n".encode()))
    assert [each for each in wealth.ledger.holdings(ME, date(2025, 3, 15)) if each.security] == []
    (before,) = [each for each in wealth.ledger.holdings(ME, date(2025, 3, 14)) if each.security]
    assert before.amount == 3 * UNIT
    wealth.import_file(ME, Upload("b.csv", f"{head}2025-01-15,buy,VWCE,3,100.00,0,EUR\n".encode()))
    assert [each for each in wealth.ledger.holdings(ME, date(2025, 1, 14)) if each.security] == []
    assert [each for each in wealth.ledger.holdings(ME, date(2025, 3, 15)) if each.security] == []


@pytest.mark.parametrize(
    "split", ["2025-02-01,Stock split,NVDA,90,,0,USD",
              "2025-02-01,Stock split close,NVDA,-10,1000,0,USD\n2025-02-01,Stock split open,NVDA,100,100,0,USD"],
)  # fmt: skip
def test_a_split_changes_no_value(split: str, wealth: Wealth) -> None:
    text = f"date,type,symbol,qty,price,fee,currency\n2025-01-02,buy,NVDA,10,1000.00,0,USD\n{split}\n"
    wealth.import_file(ME, Upload("b.csv", text.encode()))
    (share,) = wealth.ledger.securities(ME)
    worth = [wealth.ledger.price(ME, share, day) for day in (date(2025, 1, 2), date(2025, 2, 1))]
    assert worth == [(1000 * UNIT, date(2025, 1, 2)), (100 * UNIT, date(2025, 2, 1))]
    assert [each.amount for each in wealth.ledger.holdings(ME, date(2025, 2, 1)) if each.security] == [100 * UNIT]
