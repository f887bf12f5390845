"""Bank files: every dated row imported or listed with a reason; a second import adds nothing."""

from datetime import date, timedelta
from random import Random

import pytest

from assistant.clock import MovableClock
from assistant.errors import BadInput, NotFound
from assistant.money import Money
from assistant.reply import Period
from assistant.request import Upload
from assistant.wealth import Hints, Wealth
from assistant.wealth.imports import Statement, read, sniff
from tests.wealth.conftest import BANK, ME

AMOUNTS = [342000, -5438, -98000, -640, -640, -8612, -4860, -2999, -1785, 7990, -11207, -250, -6000]  # of BANK


def csv(text: str, hints: Hints = Hints(), encoding: str = "utf-8") -> Statement:  # noqa: B008
    return read(Upload("file.csv", text.encode(encoding)), hints, "EUR")


def amounts(statement: Statement) -> list[int]:
    return [row.money.minor for row in statement.rows]


@pytest.mark.parametrize("before", ["{1:F01BANKFRPP}\n{4:\n", "[Statement]\n"])
def test_a_bracket_at_the_top_is_no_promise_of_json(before: str) -> None:
    mt940 = f"{before}:20:S\n:25:FR76\n:60F:C250801EUR10,00\n:61:2508040804D2,50NTRFX\n:86:Shop\n:62F:C250804EUR7,50\n"
    assert amounts(csv(mt940)) == [-250]


def test_the_sample_file_is_read_whole_and_its_balances_follow() -> None:
    found = read(BANK, Hints(), "EUR")
    assert found.order == "dmy"
    assert amounts(found) == AMOUNTS
    assert found.problems == () and found.unbalanced == () and found.doubts == ()
    assert found.rows[0].balance == 526_217 and found.rows[0].payee == "VIR SALAIRE BRIGHTWATER STUDIO"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Date,Description,Amount\n2026-11-02,Shop,-12.50\n2026-11-03,Pay,\"1,200.00\"\n", [-1250, 120_000]),
        ("Date,Description,Debit,Credit\n11/22/2026,Shop,12.50,\n11/13/2026,Pay,,99\n", [-1250, 9900]),
        ("Buchungstag;Verwendungszweck;Betrag\n02.11.26;Miete;-1.234,56\n03.11.26;Lohn;2.000,00\n",
         [-123_456, 200_000]),
        ("Datum;Naam / Omschrijving;Af Bij;Bedrag (EUR)\n20261102;Albert Heijn;Af;12,50\n", [-1250]),
        ("Date opération;Libellé;Montant\n2 nov. 2026;CB;-12,50\n3 nov. 2026;VIR;1 234,56\n", [-1250, 123_456]),
        ("交易时间,交易对方,收/支,金额(元)\n2026-11-02 10:00:01,小店,支出,¥12.50\n2026-11-03,红包,收入,¥8.88\n",
         [-1250, 888]),
        ("Date\tPayee\tAmount\n02/11/2026\tShop\t(12.50)\n13/11/2026\tShop\t7.25-\n", [-1250, -725]),
        ("02.11.2026;Einkauf Markt;02.11.2026;-12,50;EUR\n13.11.2026;Gehalt Firma;13.11.2026;2000,00;EUR\n",
         [-1250, 200_000]),
        ("My Bank\nAccount 42;\n\nDate;Text;Amount\n2026-11-02;\"a;b\";-5.00\nTotal;;-5.00\n", [-500]),
    ],
)  # fmt: skip
def test_layouts_of_many_banks_are_read(text: str, expected: list[int]) -> None:
    assert amounts(csv(text)) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_chinese_file_is_read_in_its_encoding(encoding: str) -> None:
    found = csv("交易时间,交易对方,收/支,金额\n2026-11-02,兰香面馆,支出,12.50\n", encoding=encoding)
    assert found.rows[0].payee == "兰香面馆" and amounts(found) == [-1250]


@pytest.mark.parametrize(
    ("text", "expected", "currency"),
    [
        # a dated line of the preamble, two heads of one name, the balance before the amount
        ("Umsatzanzeige;erstellt\nZeitraum;01.10.2025 - 22.11.2025\nSaldo;1.234,56;EUR\n\n"
         "Buchung;Auftraggeber/Empfänger;Verwendungszweck;Saldo;Währung;Betrag;Währung\n"
         "21.11.2025;REWE;Einkauf;1.234,56;EUR;-45,44;EUR\n20.11.2025;Firma;Lohn;1.280,00;EUR;1.280,00;EUR\n",
         [("REWE", -4544), ("Firma", 128_000)], "EUR"),
        # what was paid abroad stands beside what it cost
        ("Booking Date,Partner Name,Amount (EUR),Original Amount,Original Currency\n2025-11-20,Lidl,-10.00,-10.00,EUR\n"
         "2025-11-21,Amazon US,-9.10,-10.00,USD\n", [("Lidl", -1000), ("Amazon US", -910)], "EUR"),
        # a card prints purchases above zero and the payment of its bill below
        ("Date,Description,Amount\n11/21/2025,STARBUCKS,4.50\n11/20/2025,PAYMENT - THANK YOU,-100.00\n"
         "11/13/2025,DELTA,350.00\n",
         [("STARBUCKS", -450), ("PAYMENT - THANK YOU", 10_000), ("DELTA", -35_000)], "EUR"),
        # today's balance beside every row
        ("dateOp;label;amount;accountbalance\n2025-11-21;LIDL;-10,00;1 234,56\n2025-11-20;VIR;100,00;1 234,56\n",
         [("LIDL", -1000), ("VIR", 10_000)], "EUR"),
        # a wallet: interest and refunds are neither income nor spending to it; nothing names the yuan
        ("交易时间,交易对方,商品说明,收/支,金额,交易状态\n2025-11-20 12:00:00,兰州拉面,外卖订单,支出,28.00,交易成功\n"
         "2025-11-21 12:00:00,余额宝,余额宝-收益发放,不计收支,0.35,交易成功\n"
         "2025-11-22 12:00:00,淘宝,退款-衣服,不计收支,50.00,退款成功\n",
         [("兰州拉面", -2800), ("余额宝", 35), ("淘宝", 5000)], "CNY"),
        # heads that end in a known one; the columns of in and out
        ("账号: 6214\n交易日期,收入,支出,余额,交易备注\n20251105,,35.50,964.50,美团\n20251110,5000.00,,5964.50,公司\n",
         [("美团", -3550), ("公司", 500_000)], "CNY"),
        # the fee comes on top of the amount: the balances say so
        ("Type,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
         "TOPUP,2025-01-02 10:00:00,2025-01-02 10:00:05,Pay,500.00,0.00,EUR,COMPLETED,500.00\n"
         "ATM,2025-01-09 09:00:00,2025-01-19 10:00:00,Cash,-20.00,1.00,EUR,COMPLETED,479.00\n",
         [("Pay", 50_000), ("Cash", -2100)], "EUR"),
        # net beside gross; who paid and who was paid
        ("Date,From,To,Gross,Fee,Net\n2025-01-19,Bob,Me,100.00,-3.20,96.80\n2025-01-20,Me,Ann,-9.00,0.00,-9.00\n",
         [("Bob", 9680), ("Ann", -900)], "EUR"),
        # words tell the direction of unsigned amounts, under a head that sounds like a text
        ("Account Number,Transaction Description,Transaction Date,Transaction Type,Transaction Amount,Balance\n"
         "1234,Power,07/23/24,Debit,45.10,1234.56\n1234,Pay,07/01/24,Credit,1500,1279.66\n",
         [("Power", -4510), ("Pay", 150_000)], "EUR"),
        # no head: columns that fill each other's gaps; the balance is what an amount moves, wherever it stands
        ("07/03/2024,Shop,45.10,,1234.56\n07/13/2024,Pay,,1500.00,2734.56\n",
         [("Shop", -4510), ("Pay", 150_000)], "EUR"),
        ("123\tEUR\t20240703\t1279,66\t1234,56\t-45,10\tShop\n123\tEUR\t20240704\t1234,56\t2734,56\t1500,00\tPay\n",
         [("Shop", -4510), ("Pay", 150_000)], "EUR"),
        # brackets tell the direction; a preamble as wide as the table
        ("卡号:,6222,,,,\n起止日期:,2024-07-01 至 2024-07-31,,,,\n"
         "交易日期,摘要,交易金额(收入),交易金额(支出),余额,对方户名\n"
         "2024-07-03,消费,,35.50,964.50,美团\n2024-07-10,工资,5000.00,,5964.50,公司\n",
         [("美团", -3550), ("公司", 500_000)], "CNY"),
        # a column of what was taken and one of what was given, and a sum that nobody filled in
        ("Buchungstag;Empfaenger 1;Betrag;Soll;Haben\n03.07.2024;Markt;;-45,10;\n04.07.2024;Firma;;;1.500,00\n",
         [("Markt", -4510), ("Firma", 150_000)], "EUR"),
        # thousandths that nobody meant as thousands; a sign of a currency inside another one's
        ("Data;Histórico;Valor (R$)\n03/07/2024;Padaria;R$ -45.100\n13/07/2024;Acme;R$ 15000.000\n",
         [("Padaria", -4510), ("Acme", 1_500_000)], "BRL"),
        # a day without its year beside one that has it; "Valuta" is a currency in the north
        ("Buchungstag;Valutadatum;Text;Betrag\n03.07.;03.07.24;Strom;-45,10\n", [("Strom", -4510)], "EUR"),
        ("Dato;Tekst;Beløb;Valuta\n03.07.2024;Netto;-45,10;DKK\n", [("Netto", -4510)], "DKK"),
        # objects inside objects
        ('{"transactions": {"booked": [{"bookingDate": "2024-07-03", "creditorName": "Shop", '
         '"transactionAmount": {"amount": "-45.10", "currency": "EUR"}}], "pending": []}}', [("Shop", -4510)], "EUR"),
        # no payee and no text, only a kind
        ("Date;Name;Kind of booking;Amount\n21/11/2025;Netflix;Payment;-13,49\n20/11/2025;;Bank deposit;113,49\n",
         [("Netflix", -1349), ("Bank deposit", 11_349)], "EUR"),
    ],
)  # fmt: skip
def test_odd_habits_of_banks_are_known(text: str, expected: list[tuple[str, int]], currency: str) -> None:
    found = csv(text)
    assert [(row.payee, row.money.minor) for row in found.rows] == expected
    assert {row.money.currency for row in found.rows} == {currency}
    assert found.problems == () and found.unbalanced == () and found.doubts == ()


def test_letters_of_the_north_are_not_chinese_and_a_bare_dollar_is_the_persons_own() -> None:
    north = csv("Dato;Tekst;Beløb\n03.07.2024;Løn;1.500,00\n", encoding="cp1252")
    assert (north.rows[0].payee, north.rows[0].money) == ("Løn", Money(150_000, "EUR"))
    dollars = read(Upload("file.csv", b"Date,Text,Amount\n2026-11-02,Shop,-$5.00\n"), Hints(), "CAD")
    assert dollars.rows[0].money == Money(-500, "CAD")


def test_what_is_not_booked_yet_is_listed_under_whatever_head() -> None:
    found = csv("Buchungstag;Text;Betrag;Info\n02.07.24;a;-5,00;Umsatz gebucht\n03.07.24;b;-6,00;Umsatz vorgemerkt\n")
    assert amounts(found) == [-500] and [each.reason for each in found.problems] == ["not_settled"]


def test_accounts_that_end_alike_get_names_of_their_own(wealth: Wealth) -> None:
    rows = "".join(f"2026-11-0{n};DE{n % 2 + 1}1500105170648489890;Shop;-5,00\n" for n in range(1, 7))
    assert wealth.import_file(ME, Upload("a.csv", f"Date;Konto;Text;Amount\n{rows}".encode())).posted.added == 6
    assert {"a 170648489890", "a 170648489890 2"} <= set(wealth.account_names(ME))


def test_an_unknown_head_does_not_lose_its_column() -> None:
    found = csv("When;Who;How much\n2026-11-01;Shop at the corner;-5,00\n2026-11-02;Baker;-7,00\n")
    assert [row.payee for row in found.rows] == ["Shop at the corner", "Baker"] and amounts(found) == [-500, -700]


def test_every_dated_row_is_imported_or_listed_with_its_reason() -> None:
    found = csv(
        "Date,Description,Debit,Credit,Status\n2026-11-02,good,5.00,,done\n2026-02-31,no such day,5.00,,done\n"
        "2026-11-03,nothing,,,done\n2026-11-04,garbled,5.x0,,done\n2026-11-05,both,5.00,6.00,done\n"
        "2026-11-06,failed,5.00,,Declined\n2026-11-07,good,,7.00,done\n1026-11-07,long ago,,7.00,done\n"
        "2026-11-08,a reference,,99999999999999999999,done\n"
    )
    assert amounts(found) == [-500, 700]
    assert {problem.line: problem.reason for problem in found.problems} == {
        3: "bad_date", 4: "no_amount", 5: "bad_amount", 6: "two_amounts", 7: "not_settled", 9: "bad_date",
        10: "bad_amount",
    }  # fmt: skip


def test_a_currency_without_a_rate_is_listed_and_cannot_spoil_the_net_worth() -> None:
    found = csv("Date,Payee,Amount,Currency\n2026-11-02,a,1.00,XAU\n2026-11-02,b,2.00,USD\n")
    assert [row.money for row in found.rows] == [Money(200, "USD")]
    assert [problem.reason for problem in found.problems] == ["no_rate"]


def test_a_balance_that_does_not_follow_is_named_by_its_line() -> None:
    found = csv("Date;Text;Amount;Balance\n2026-11-01;a;1,00;10,00\n2026-11-02;b;2,00;12,00\n2026-11-03;c;2,00;99,00\n")
    assert found.unbalanced == (4,)


def test_balances_tell_the_sign_when_amounts_do_not() -> None:
    found = csv("Date;Text;Amount;Balance\n2026-11-01;a;1,00;10,00\n2026-11-02;b;2,00;8,00\n2026-11-03;c;3,00;5,00\n")
    assert amounts(found) == [-100, -200, -300]


def test_a_doubt_is_said_and_a_correction_is_obeyed() -> None:
    text = "Date,Description,Amount\n01/02/2026,a,1.00\n01/02/2026,b,2.00\n01/02/2026,c,3.00\n"
    found = csv(text)
    assert set(found.doubts) == {"date_order", "sign"}
    corrected = csv(text, Hints(flip=True, order="mdy"))
    assert amounts(corrected) == [-100, -200, -300] and corrected.rows[0].day == date(2026, 1, 2)
    assert csv(text).rows[0].day == date(2026, 2, 1)


def test_the_order_of_day_and_month_follows_from_the_whole_column() -> None:
    assert sniff.date_order(["03/04/2026", "03/15/2026"]) == ("mdy", False)
    assert sniff.date_order(["03/04/2026", "15/04/2026"]) == ("dmy", False)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "file_empty"),
        (b"hello there\nno table here\n", "not_a_statement"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_a_statement"),
        (b"Date,Text\n2026-11-02,no amounts at all\n", "not_a_statement"),
        (b"Date,ISIN,Quantity,Amount\nnever,US0378331005,3,-300.00\n", "not_a_statement"),
        (b'{"activities": [1, 2]}', "not_a_statement"),
        (b"x" * (10 * 1024 * 1024 + 1), "file_too_big"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(data: bytes, key: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read(Upload("bad.csv", data), Hints(), "EUR")
    assert refusal.value.key == key


def test_a_second_import_adds_nothing_and_two_equal_rows_stay_two(wealth: Wealth) -> None:
    first = wealth.import_file(ME, BANK)
    assert (first.posted.added, first.posted.known) == (13, 0)
    again = wealth.import_file(ME, BANK)
    assert (again.posted.added, again.posted.known) == (0, 13)
    assert wealth.preview(ME, BANK).known == 13
    bread = [row for row in wealth.ask(ME, "spending", _november()).rows if "BOULANGERIE" in row["payee"]]
    assert [row["value"] for row in bread] == [Money(640, "EUR")] * 2


def test_a_longer_export_of_the_same_account_adds_only_what_is_new(wealth: Wealth) -> None:
    text = "Date;Text;Amount\n2026-11-01;Shop;-5,00\n2026-11-01;Shop;-5,00\n"
    wealth.ledger.add_account(ME, "Main", "current", "EUR")
    wealth.import_file(ME, Upload("a.csv", text.encode()), "Main")
    longer = Upload("b.csv", (text + "2026-11-01;Shop;-5,00\n2026-11-02;Shop;-5,00\n").encode())
    assert wealth.preview(ME, longer, "Main").known == 2
    assert wealth.import_file(ME, longer, "Main").posted.added == 2


def test_a_transfer_between_two_imported_accounts_is_no_spending(wealth: Wealth) -> None:
    for name in ("Main", "Savings"):
        wealth.ledger.add_account(ME, name, "current", "EUR")
    out = b"Date;Text;Amount\n2026-11-01;Transfer to savings;-500,00\n2026-11-02;Shop;-20,00\n"
    into = b"Date;Text;Amount\n2026-11-02;Deposit;500,00\n"
    wealth.import_file(ME, Upload("a.csv", out), "Main")
    assert wealth.ask(ME, "spending", _november()).value == Money(52_000, "EUR")
    assert wealth.import_file(ME, Upload("b.csv", into), "Savings").transfers == 2
    assert wealth.ask(ME, "spending", _november()).value == Money(2_000, "EUR")
    assert wealth.ask(ME, "income", _november()).value == Money(0, "EUR")
    assert wealth.ask(ME, "net_worth").value == Money(-2_000, "EUR")


def test_real_rows_never_land_in_a_made_up_account_unasked(home: Wealth) -> None:
    found = home.preview(ME, BANK)
    assert found.account is None and found.account_name == "bank" and "Everyday account" in found.others
    assert home.import_file(ME, BANK, "Everyday account").account.name == "Everyday account"


def test_an_account_named_in_the_file_is_recognised(wealth: Wealth) -> None:
    wealth.ledger.add_account(ME, "Compte chèques", "current", "EUR")
    assert wealth.preview(ME, BANK).account_name == "Compte chèques"


def test_a_preview_writes_nothing(wealth: Wealth) -> None:
    wealth.preview(ME, BANK)
    assert wealth.ledger.span(ME) is None and wealth.account_names(ME) == ()


def test_a_held_file_is_dropped_after_an_hour(wealth: Wealth, clock: MovableClock) -> None:
    old = wealth.keep(ME, BANK)
    clock.forward(hours=2)
    new = wealth.keep(ME, BANK)
    assert wealth.kept(ME, new).data == BANK.data
    with pytest.raises(NotFound):
        wealth.kept(ME, old)


def test_hostile_text_is_kept_as_it_is(wealth: Wealth) -> None:
    payee = "${1+1}{{7*7}}<img src=x onerror=alert(1)>'; DROP TABLE wealth_entries;--"
    wealth.import_file(ME, Upload("x.csv", f'Date,Payee,Amount\n2026-11-02,"{payee}",-5.00\n'.encode()))
    assert wealth.ask(ME, "spending", _november()).rows[0]["payee"] == payee


def test_five_thousand_rows_are_all_accounted_for(wealth: Wealth) -> None:
    lines = "".join(f"2026-{1 + n % 12:02}-{1 + n % 31:02};Payee {n % 70};-{n},{n % 100:02}\n" for n in range(5000))
    found = csv("Date;Payee;Amount\n" + lines)
    assert len(found.rows) + len(found.problems) == 5000
    assert {problem.reason for problem in found.problems} == {"bad_date"}


def _november() -> Period:
    return Period(date(2026, 11, 1), date(2026, 11, 30))


HEADS = (
    ("Date", "Description", "Amount", "Debit", "Credit", "Balance"),
    ("Date opération", "Libellé", "Montant", "Débit", "Crédit", "Solde"),
    ("Buchungstag", "Verwendungszweck", "Betrag", "Soll", "Haben", "Kontostand"),
    ("Datum", "Omschrijving", "Bedrag", "Af", "Bij", "Saldo"),
    ("交易日期", "摘要", "金额", "支出", "收入", "余额"),
)


@pytest.mark.parametrize("seed", range(60))
def test_a_bank_nobody_wrote_down_is_read_exactly(seed: int) -> None:
    """A file in a layout drawn by chance gives back the rows it was written from."""
    dice = Random(seed)
    heads, delimiter = dice.choice(HEADS), dice.choice(";,\t|")
    comma = delimiter != "," and dice.random() < 0.5
    day_format = dice.choice(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d.%m.%y"])
    rows = [
        (date(2026, 1, 1) + timedelta(days=5 * n), dice.choice(["Shop 12", "Bäcker", "小店 3", "Rent; May"]),
         dice.choice([-1, 1, -1]) * dice.randrange(1, 400_000))
        for n in range(40)
    ]  # fmt: skip

    def printed(minor: int, grouped: bool) -> str:
        text = f"{minor / 100:,.2f}" if grouped else f"{minor / 100:.2f}"
        return text.translate(str.maketrans(",.", ".,")) if comma else text

    split, balanced, grouped = dice.random() < 0.5, dice.random() < 0.5, dice.random() < 0.5
    quote = delimiter == "," or dice.random() < 0.3
    lines = [[heads[0], heads[1], *((heads[3], heads[4]) if split else (heads[2],)), *([heads[5]] if balanced else [])]]
    balance = 0
    for day, text, minor in rows:
        balance += minor
        amount = printed(abs(minor), grouped)
        money = [amount, ""] if minor < 0 else ["", amount]
        lines.append([day.strftime(day_format), text if quote else text.replace(delimiter, " ")])
        lines[-1] += money if split else [printed(minor, grouped)]
        lines[-1] += [printed(balance, grouped)] if balanced else []
    body = "\n".join(delimiter.join(f'"{cell}"' if quote else cell for cell in line) for line in lines)
    preamble = dice.choice(["", "Account statement\nIBAN;DE00 4242\n\n"])
    found = csv(preamble + body + "\n", encoding=dice.choice(["utf-8", "utf-8-sig", "utf-16"]))
    assert [(row.day, row.money.minor) for row in found.rows] == [(day, minor) for day, _, minor in rows]
    assert found.problems == () and found.unbalanced == ()
    assert all(row.payee for row in found.rows)


def test_a_card_number_in_a_file_is_blacked_out_wherever_it_stands() -> None:
    found = csv("Date;Konto;Text;Betrag\n2026-11-02;4242424242424242;PAID 4242 4242 4242 4242;-5,00\n"
                "2026-11-03;4242424242424242;nothing 4242424242424242;\n")  # fmt: skip
    assert "4242424242424242" not in repr(found) and "4242 4242" not in repr(found)
    assert found.rows[0].account == "••••4242"
