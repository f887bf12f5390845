"""OFX, QIF, CAMT.053, MT940 and workbooks: what was written is what is read, and other readers agree."""

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from xml.sax.saxutils import escape

import mt940 as mt940_judge
import ofxparse
import pytest

from assistant.errors import BadInput
from assistant.money import Money
from assistant.request import Upload
from assistant.wealth import Hints, Wealth
from assistant.wealth.entry import UNIT
from assistant.wealth.imports import Statement, read
from tests.wealth.conftest import ME

PAYEES = ("Café Müller", "Tom & Jerry", "Rent May", "小店", "ACME SARL")
Booked = tuple[date, int, str]


def opened(name: str, text: str | bytes, hints: Hints = Hints(), currency: str = "EUR") -> Statement:  # noqa: B008
    return read(Upload(name, text if isinstance(text, bytes) else text.encode()), hints, currency)


def told(statement: Statement) -> list[Booked]:
    return [(row.day, row.money.minor, row.payee) for row in statement.rows]


def drawn(seed: int, count: int = 30) -> list[Booked]:
    dice = Random(seed)
    return [
        (date(2026, 1, 1) + timedelta(days=n * 5 % 330), dice.choice([-1, 1]) * dice.randrange(1, 10**6),
         dice.choice(PAYEES))
        for n in range(count)
    ]  # fmt: skip


def printed(minor: int, mark: str = ".") -> str:
    return f"{minor / 100:.2f}".replace(".", mark)


# -- OFX --------------------------------------------------------------------------------------------------------------


def ofx(rows: list[Booked], closed: bool, break_: str = "\n") -> str:
    def tag(name: str, value: str) -> str:
        return f"<{name}>{value}" + (f"</{name}>" if closed else "") + break_

    body = "".join(
        "<STMTTRN>" + tag("TRNTYPE", "OTHER") + tag("DTPOSTED", f"{day:%Y%m%d}120000.000[-5:EST]")
        + tag("TRNAMT", printed(minor)) + tag("FITID", str(n)) + tag("NAME", escape(payee)) + "</STMTTRN>"
        for n, (day, minor, payee) in enumerate(rows)
    )  # fmt: skip
    head = '<?xml version="1.0"?>\n<?OFX OFXHEADER="200"?>\n' if closed else "OFXHEADER:100\nENCODING:UTF-8\n\n"
    account = tag("BANKID", "1") + tag("ACCTID", "FR-42") + tag("ACCTTYPE", "CHECKING")
    return (
        f"{head}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>{tag('CURDEF', 'USD')}<BANKACCTFROM>{account}</BANKACCTFROM>"
        f"<BANKTRANLIST>{tag('DTSTART', '20260101')}{tag('DTEND', '20261231')}{body}</BANKTRANLIST>"
        f"<LEDGERBAL>{tag('BALAMT', '1.00')}{tag('DTASOF', '20261231')}</LEDGERBAL></STMTRS></STMTTRNRS>"
        "</BANKMSGSRSV1></OFX>"
    )


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_an_ofx_file_is_read_as_ofxparse_reads_it(seed: int, closed: bool) -> None:
    rows = drawn(seed)
    found = opened("a.ofx", ofx(rows, closed))
    assert told(found) == rows and found.problems == () and found.doubts == ()
    assert {row.money.currency for row in found.rows} == {"USD"} and found.mentions == "FR-42"
    plain = io.BytesIO(ofx(rows, closed).encode("ascii", "xmlcharrefreplace"))
    judge = ofxparse.OfxParser.parse(plain).account.statement.transactions
    assert [(t.date.date(), int(t.amount * 100)) for t in judge] == [(r.day, r.money.minor) for r in found.rows]


def test_an_ofx_file_on_one_line_in_windows_latin_is_read() -> None:
    rows = drawn(5)
    rows = [(day, minor, payee if payee.isascii() else "Café Müller") for day, minor, payee in rows]
    assert told(opened("a.qfx", ofx(rows, False, "").encode("cp1252"))) == rows


def test_a_bad_ofx_row_is_listed_and_the_others_are_kept() -> None:
    text = ofx(drawn(1, 3), True).replace(">1.00<", "> <")
    text = text.replace("<TRNAMT>", "<TRNAMT>$", 1)
    found = opened("a.ofx", text)
    assert len(found.rows) == 2 and [each.reason for each in found.problems] == ["bad_amount"]
    assert found.doubts == ("bad_balance",)


def test_trades_are_listed_and_the_income_of_an_investment_account_is_read() -> None:
    found = opened(
        "a.ofx",
        "<OFX><INVSTMTRS><CURDEF>USD<INVTRANLIST>"
        "<BUYSTOCK><INVBUY><DTTRADE>20260102<TOTAL>-50.00</INVBUY></BUYSTOCK>"
        "<INCOME><INVTRAN><DTTRADE>20260103<MEMO>DIVIDEND</INVTRAN><TOTAL>+5.53</INCOME></INVTRANLIST></INVSTMTRS></OFX>",
    )
    assert told(found) == [(date(2026, 1, 3), 553, "DIVIDEND")] and [p.reason for p in found.problems] == ["trade"]


def test_an_investment_account_brings_trades_with_names_and_its_cash() -> None:
    found = opened(
        "a.ofx",
        "<OFX><INVSTMTRS><CURDEF>USD<INVTRANLIST>"
        "<BUYSTOCK><INVBUY><DTTRADE>20260102<MEMO>YOU BOUGHT<SECID><UNIQUEID>4581</SECID><UNITS>+0100.0<UNITPRICE>25.63"
        "<COMMISSION>7.95<TOTAL>-2570.95</INVBUY></BUYSTOCK>"
        "<SELLSTOCK><INVSELL><DTTRADE>20260105<SECID><UNIQUEID>4581</SECID><UNITS>-40<UNITPRICE>30<COMMISSION>5"
        "<TOTAL>1195.00</INVSELL></SELLSTOCK>"
        "<INCOME><INVTRAN><DTTRADE>20260103<MEMO>DIVIDEND</INVTRAN><SECID><UNIQUEID>4581</SECID><INCOMETYPE>DIV"
        "<TOTAL>+5.53</INCOME></INVTRANLIST><INVBAL><AVAILCASH>1000.00</INVBAL></INVSTMTRS>"
        "<SECLIST><SECINFO><SECID><UNIQUEID>4581</SECID><SECNAME>INTEL &amp; CO<TICKER>INTC</SECINFO></SECLIST></OFX>",
    )
    assert found.problems == () and [(r.money.minor, r.payee) for r in found.rows] == [
        (-257_095, "INTEL & CO"), (119_500, "INTEL & CO"), (553, "INTEL & CO"),
    ]  # fmt: skip
    deals = [row.deal for row in found.rows if row.deal]
    assert [(d.did, d.symbol, d.quantity, d.fee) for d in deals] == [
        ("buy", "INTC", 100 * UNIT, 795), ("sell", "INTC", -40 * UNIT, 500), ("dividend", "INTC", 0, 0),
    ]  # fmt: skip
    assert found.openings == (("", Money(100_000 + 257_095 - 119_500 - 553, "USD")),)


# -- QIF --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", ["{0.month}/{0.day}/{0:%y}", "{0.month}/{0.day:2}'{0:%y}", "{0:%d.%m.%Y}", "{0:%Y-%m-%d}"]
)
def test_a_qif_file_gives_back_its_rows(form: str) -> None:
    rows = drawn(2)
    body = "".join(f"D{form.format(day)}\nT{minor / 100:,.2f}\nP{payee}\nLFood\n^\n" for day, minor, payee in rows)
    text = "!Account\nNChecking\nTBank\n^\n!Type:Bank\n" + body + "!Type:Cat\nNFood\nE\n^\n"
    found = opened("a.qif", text)
    assert told(found) == rows and found.problems == () and found.mentions == "Checking"


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.qif", "!Type:Bank\rD2026-07-03\rT-45.10\rPShop\r^\r"), ("a.qif", "D03 Jul 2026\nT-45.10\nPShop\n^\n"),
     ("a.sta", ":20:A\n:25:1\n:60F:C260702EUR0,\n:61:260703 D 45,10NMSC\n:86:Shop\n"),
     ("a.ofx", "<OFX><STMTTRN><DTPOSTED>2026-07-03<TRNAMT>\n-45.10\n<NAME>Shop</STMTTRN></OFX>")],
)  # fmt: skip
def test_loose_spellings_of_a_format_are_read(name: str, text: str) -> None:
    assert told(opened(name, text)) == [(date(2026, 7, 3), -4510, "Shop")]


def test_an_ambiguous_qif_date_is_asked_about_and_obeys_the_answer() -> None:
    text = "!Type:Bank\nD01/02/2026\nT-1.00\nPa\n^\nD01/02/2026\nT-2.00\nPb\n^\n"
    assert "date_order" in opened("a.qif", text).doubts
    assert opened("a.qif", text, Hints(order="mdy")).rows[0].day == date(2026, 1, 2)


# -- CAMT.053 ---------------------------------------------------------------------------------------------------------


def camt(rows: list[Booked], version: int, closing: int | None = None) -> str:
    def party(side: str, name: str) -> str:
        inner = f"<Nm>{escape(name)}</Nm>"
        return f"<{side}>{f'<Pty>{inner}</Pty>' if version >= 8 else inner}</{side}>"

    def balance(code: str, minor: int) -> str:
        way = "DBIT" if minor < 0 else "CRDT"
        return (f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{printed(abs(minor))}</Amt>"
                f"<CdtDbtInd>{way}</CdtDbtInd></Bal>")  # fmt: skip

    entries = "".join(
        f"<Ntry><Amt Ccy='EUR'>{printed(abs(minor))}</Amt><CdtDbtInd>{'DBIT' if minor < 0 else 'CRDT'}</CdtDbtInd>"
        f"<Sts>{'<Cd>BOOK</Cd>' if version >= 8 else 'BOOK'}</Sts>"
        f"<BookgDt>{f'<Dt>{day}</Dt>' if version % 4 else f'<DtTm>{day}T10:00:00+01:00</DtTm>'}</BookgDt>"
        f"<NtryDtls><TxDtls><RltdPties>{party('Dbtr', 'Me' if minor < 0 else payee)}"
        f"{party('Cdtr', payee if minor < 0 else 'Me')}</RltdPties></TxDtls></NtryDtls></Ntry>"
        for day, minor, payee in rows
    )
    total = sum(minor for _, minor, _ in rows)
    return (
        f"<?xml version='1.0'?><Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}'>"
        f"<BkToCstmrStmt><Stmt><Acct><Id><IBAN>FR42</IBAN></Id></Acct>{balance('OPBD', 5000)}"
        f"{balance('CLBD', 5000 + total if closing is None else closing)}{entries}</Stmt></BkToCstmrStmt></Document>"
    )


@pytest.mark.parametrize("version", range(2, 13))
def test_every_version_of_camt_is_read_and_its_balances_follow(version: int) -> None:
    rows = drawn(version)
    found = opened("a.xml", camt(rows, version))
    assert told(found) == rows and found.problems == () and found.doubts == ()


def test_a_closing_balance_that_does_not_follow_is_said() -> None:
    assert opened("a.xml", camt(drawn(1), 2, closing=1)).doubts == ("closing_balance",)


def test_a_pending_booking_is_listed() -> None:
    found = opened("a.xml", camt(drawn(1, 2), 2).replace(">BOOK<", ">PDNG<", 1))
    assert [each.reason for each in found.problems] == ["not_settled"] and len(found.rows) == 1


# -- MT940 ------------------------------------------------------------------------------------------------------------


def mt940(rows: list[Booked]) -> str:
    total = sum(minor for _, minor, _ in rows)
    body = "".join(
        f":61:{day:%y%m%d}{day:%m%d}{'D' if minor < 0 else 'C'}{printed(abs(minor), ',')}NTRFNONREF//1\n"
        f":86:166?00SEPA?20Invoice?32{payee}\n"
        for day, minor, payee in rows
    )
    way = "C" if 5000 + total >= 0 else "D"
    closing = f":62F:{way}261231EUR{printed(abs(5000 + total), ',')}\n-\n"
    return f":20:ONE\n:25:FR42\n:28C:1/1\n:60F:C260101EUR50,00\n{body}{closing}"


@pytest.mark.parametrize("seed", range(4))
def test_an_mt940_file_is_read_as_the_mt940_library_reads_it(seed: int) -> None:
    rows = drawn(seed)
    found = opened("a.sta", mt940(rows))
    assert told(found) == rows and found.doubts == () and found.rows[0].memo == "SEPA Invoice"
    judge = mt940_judge.parse(mt940(rows))
    assert [(t.data["date"], t.data["amount"].amount) for t in judge] == [
        (row.day, Decimal(row.money.minor) / 100) for row in found.rows
    ]


def test_the_other_side_of_an_mt940_booking_is_named_in_the_banks_own_way() -> None:
    text = (":20:A\n:25:1\n:60F:C260101EUR0,\n:61:2601020102D5,NTRFEREF//1\n/TRCD/01016/\n"
            ":86:/CNTP/NL34/INGBNL2A/Bakker Bart///REMI/USTD//Pas\n001/\n")  # fmt: skip
    (row,) = opened("a.940", text).rows
    assert (row.payee, row.memo) == ("Bakker Bart", "Pas001")


def test_the_day_of_booking_is_near_its_value_date_across_a_new_year() -> None:
    text = ":20:A\n:25:1\n:60F:C260101EUR0,\n:61:2601011231D5,NTRF\n:61:2512310102RC5,NTRF\n"
    found = opened("a.sta", text)
    assert [row.day for row in found.rows] == [date(2025, 12, 31), date(2026, 1, 2)]
    assert [row.money.minor for row in found.rows] == [-500, -500]


# -- Alipay, WeChat and workbooks -------------------------------------------------------------------------------------

ALIPAY = """------------------------------------------------------------------------------------
导出信息：
姓名：张三
支付宝账户：zhang@example.com
起始时间：[2026-11-01 00:00:00]    终止时间：[2026-11-30 23:59:59]
共3笔记录
收入：1笔 88.00元
------------------------支付宝（中国）网络技术有限公司  电子客户回单------------------------
交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,
2026-11-20 12:01:02,餐饮美食,兰香面馆,lan***@x.cn,牛肉面,支出,18.50,余额宝,交易成功,2026112022001\t,T200P\t,,
2026-11-18 09:00:00,转账红包,李四,/,红包,收入,88.00,,交易成功,2026111800040\t,,,
2026-11-17 09:00:00,投资理财,余额宝,/,余额宝-自动转入,不计收支,500.00,余额,交易成功,2026111700040\t,,,
2026-11-16 09:00:00,日用百货,小店,/,退货,支出,9.90,余额宝,交易关闭,2026111600040\t,,,
"""
OLD_ALIPAY = """支付宝交易记录明细查询
账号:[zhang@example.com]
---------------------------------交易记录明细列表------------------------------------
交易号,商家订单号,交易创建时间 ,类型 ,交易对方 ,商品名称 ,金额（元） ,收/支 ,交易状态 ,备注 ,资金状态 ,
2026111122001\t,T200\t,2026-11-11 10:00:00 ,即时到账交易 ,书店 ,词典 ,45.00 ,支出 ,交易成功 , ,已支出 ,
"""


def test_alipay_files_are_read_whole() -> None:
    found = opened("alipay.csv", ALIPAY.encode("gb18030"), currency="CNY")
    assert told(found) == [(date(2026, 11, 20), -1850, "兰香面馆"), (date(2026, 11, 18), 8800, "李四")]
    assert [each.reason for each in found.problems] == ["no_direction", "not_settled"]
    old = opened("alipay.csv", OLD_ALIPAY.encode("gb18030"), currency="CNY")
    assert told(old) == [(date(2026, 11, 11), -4500, "书店")] and old.problems == ()


def workbook(rows: list[list[str | float]]) -> bytes:
    cells = "".join(
        f'<row r="{r}">' + "".join(
            f'<c r="{chr(65 + c)}{r}" s="1"><v>{value}</v></c>' if isinstance(value, float) and c == 0 else
            f'<c r="{chr(65 + c)}{r}"><v>{value}</v></c>' if isinstance(value, float) else
            f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t>{value}</t></is></c>' for c, value in enumerate(row) if value
        ) + "</row>" for r, row in enumerate(rows, 1)
    )  # fmt: skip
    parts = {
        "xl/styles.xml": '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{cells}</sheetData></worksheet>",
        "xl/worksheets/sheet2.xml": "<worksheet><sheetData/></worksheet>",
    }
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return kept.getvalue()


def test_a_workbook_of_wechat_is_read_with_days_as_numbers_or_texts() -> None:
    head: list[str | float] = ["交易时间", "交易类型", "交易对方", "收/支", "金额(元)"]
    data = workbook([["微信支付账单明细"], head, [46348.5, "商户消费", "面馆", "支出", "¥18.50"],
                     ["2026-11-21 10:00:00", "红包", "李四", "收入", 8.8]])  # fmt: skip
    found = opened("w.xlsx", data)
    assert told(found) == [(date(2026, 11, 22), -1850, "面馆"), (date(2026, 11, 21), 880, "李四")]


# -- cents, refusals, twice -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected", "doubts"),
    [
        ("created,amount,currency,name\n2026-02-25,-10,GBP,Tesco\n", [-1000], ("unit",)),
        ("date,amount (pence),name\n2026-02-25,-1050,Tesco\n", [-1050], ()),
        ("date,amount_minor,currency,name\n2026-02-25,-1050,GBP,Tesco\n", [-1050], ()),
        ("date,amount,currency,name\n2026-02-25,-1050,GBX,Tesco\n", [-1050], ()),
        ("date,amount,name,balance\n2026-02-25,-1050,a,90.00\n2026-02-26,-500,b,85.00\n", [-1050, -500], ()),
        ("date,amount,name,balance\n2026-02-25,-10,a,90.00\n2026-02-26,-5,b,85.00\n", [-1000, -500], ()),
        ("date,amount,name,balance\n2026-02-25,-10,a,90\n2026-02-26,-5,b,85\n", [-1000, -500], ("unit",)),
        ("date,amount,currency,name\n2026-02-25,-1050,JPY,Shop\n", [-1050], ()),
    ],
)
def test_cents_are_told_by_the_head_or_the_balance_or_are_asked_about(
    text: str, expected: list[int], doubts: tuple[str, ...]
) -> None:
    found = opened("a.csv", text)
    assert [row.money.minor for row in found.rows] == expected and found.doubts == doubts


def test_the_answer_about_cents_is_obeyed() -> None:
    text = "created,amount,currency,name\n2026-02-25,-1050,GBP,Tesco\n"
    assert opened("a.csv", text, Hints(unit="minor")).rows[0].money == Money(-1050, "GBP")
    whole = opened("a.csv", text, Hints(unit="major"))
    assert whole.rows[0].money == Money(-105_000, "GBP") and whole.doubts == ()


@pytest.mark.parametrize(
    "data",
    [
        b"<OFX><STMTRS></STMTRS></OFX>",
        b"!Type:Bank\n^\n",
        b"<Document xmlns='urn:camt.053'><BkToCstmrStmt><Stmt>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><Document xmlns='camt.053'><Ntry/></Document>",
        b":20:A\n:60F:C260101EUR1,00\n:62F:C260101EUR1,00\n",
        b"PK\x03\x04 broken",
    ],
)
def test_a_file_without_bookings_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as refusal:
        opened("bad", data)
    assert refusal.value.key == "not_a_statement"


@pytest.mark.parametrize("make", [lambda rows: ofx(rows, False), lambda rows: camt(rows, 8), mt940])
def test_a_second_import_of_any_format_adds_nothing(wealth: Wealth, make) -> None:  # type: ignore[no-untyped-def]
    file = Upload("a", make([*drawn(3), *drawn(3)[:2]]).encode())
    assert wealth.import_file(ME, file).posted.added == 32
    again = wealth.import_file(ME, file).posted
    assert (again.added, again.known) == (0, 32)


def test_the_next_file_of_an_account_is_recognised_by_its_number(wealth: Wealth) -> None:
    wealth.import_file(ME, Upload("first bank.sta", mt940(drawn(1)).encode()))
    wealth.ledger.add_account(ME, "Second bank", "current", "EUR", ("FR43",))
    for number, expected in (("FR42", "first bank"), ("FR43", "Second bank")):
        later = mt940(drawn(2)).replace("FR42", number)
        assert wealth.preview(ME, Upload("november.sta", later.encode())).account_name == expected


WORKBOOK = workbook([["Date", "Name", "Amount"], [46348.5, "a", 1.5]])
QIF = "!Type:Bank\nD1/2/2026\nT-1.00\nPa\n^\n"
SOURCES = (ofx(drawn(1), True), ofx(drawn(2), False), camt(drawn(3), 2), mt940(drawn(4)), ALIPAY, QIF, WORKBOOK)
STRANGE = (b"9" * 400, b"\n" * 50, b"<STMTTRN>" * 50, b'"', b"1e999", b"NaN", b"Infinity", b"-", b"\xff\xfe")


@pytest.mark.parametrize("seed", range(150))
def test_a_damaged_file_is_read_or_refused_and_never_crashes(seed: int) -> None:
    dice = Random(seed)
    source = dice.choice(SOURCES)
    data = bytearray(source.encode() if isinstance(source, str) else source)
    start, end = sorted(dice.randrange(len(data)) for _ in range(2))
    way = dice.randrange(4)
    if way == 0:
        data = data[:start]
    elif way == 1:
        del data[start:end]
    elif way == 2:
        data[start:start] = dice.choice(STRANGE)
    else:
        for _ in range(20):
            data[dice.randrange(len(data))] = dice.randrange(256)
    try:
        found = opened("damaged", bytes(data))
    except BadInput:
        return
    assert found.rows or found.problems


def test_what_left_an_investment_account_of_a_qif_file_left_it() -> None:
    found = opened("a.qif", "!Type:Invst\nD1/13/2026\nNXOut\nT200.00\n^\nD1/14/2026\nNXIn\nT50.00\n^\n")
    assert [row.money.minor for row in found.rows] == [-20_000, 5_000]


def test_purchases_and_sales_of_a_qif_file_are_trades() -> None:
    found = opened(
        "a.qif",
        "!Type:Invst\nD1/13/2026\nNBuy\nYINTEL CORP\nI25.50\nQ100\nO7.95\nT2,557.95\n^\n"
        "D1/15/2026\nNSellX\nYINTEL CORP\nI30\nQ40\nT1,200.00\n^\nD1/16/2026\nNStkSplit\nYINTEL CORP\nQ20\n^\n",
    )
    deals = [(row.money.minor, row.deal.did, row.deal.quantity, row.deal.fee) for row in found.rows if row.deal]
    assert deals == [(-255_795, "buy", 100 * UNIT, 795), (120_000, "sell", -40 * UNIT, 0)]
    assert [each.reason for each in found.problems] == ["trade"]
