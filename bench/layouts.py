"""Ten layouts of receipts and invoices, in four languages, with the total known: what the reading rules never saw.

Written and committed before the rules were run on them; shares no drawing code with `workshop/`. `paper(layout, index)`
is a photograph of about two megapixels: laid on a table, a little turned, unevenly lit, as a JPEG.
"""

import io
from collections.abc import Callable
from decimal import Decimal
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bench.scenes import ground, phrase

Row = tuple[str, str, int]  # left, right, size; what starts with "=" is centred, "-" alone is a rule
Paper = tuple[int, str, list[Row], int]  # width, face, rows, total in minor units
SERIF, MONO, SANS, CJK = ("DejaVuSerif.ttf", "DejaVuSansMono.ttf", "DejaVuSans.ttf", "NotoSansCJK-Regular.ttc")
CHINESE = ("苹果", "牛奶", "面包", "大米", "酱油", "鸡蛋", "青菜", "豆腐")


def en(minor: int, sign: str = "") -> str:
    return f"{sign}{Decimal(minor) / 100:,.2f}"


def fr(minor: int, sign: str = " €") -> str:
    return en(minor).replace(",", " ").replace(".", ",") + sign


def de(minor: int, sign: str = "") -> str:
    return en(minor).translate(str.maketrans(",.", ".,")) + sign


def goods(rng: Random, least: int = 3, most: int = 8, high: int = 3000) -> list[int]:
    return [rng.randint(90, high) for _ in range(rng.randint(least, most))]


def cafe(rng: Random) -> Paper:
    prices = goods(rng, 2, 5, 900)
    total, cash = sum(prices), (sum(prices) // 1000 + 1) * 1000
    rows = [
        ("=" + phrase(rng, 2), "", 44),
        ("=12 Mill Lane, Bath", "", 24),
        (f"=2026-11-0{rng.randint(1, 9)} 10:14", "", 24),
        ("-", "", 0),
    ]
    rows += [(phrase(rng, 2), en(price, "£"), 28) for price in prices]
    rows += [
        ("-", "", 0),
        ("TOTAL", en(total, "£"), 38),
        ("Cash", en(cash, "£"), 28),
        ("Change", en(cash - total, "£"), 28),
        ("=Thank you, come again", "", 26),
    ]
    return 560, MONO, rows, total


def ticket(rng: Random) -> Paper:
    prices = goods(rng, 5, 12, 1500)
    total = sum(prices)
    rows = [
        ("=SUPERMARCHE " + phrase(rng, 1).upper(), "", 36),
        ("=Tel 04 78 00 11 22", "", 22),
        ("Caisse 3", f"14/11/2026 18:{rng.randint(0, 59):02}", 22),
    ]
    rows += [(phrase(rng, 2).upper(), fr(price, ""), 26) for price in prices]
    rows += [
        (f"{len(prices)} articles", "", 24),
        ("TOTAL TTC", fr(total), 36),
        ("dont TVA 5,5 %", fr(total * 55 // 1055), 24),
        ("Carte bancaire", fr(total), 26),
        ("=Merci de votre visite", "", 24),
    ]
    return 600, SANS, rows, total


def bakery(rng: Random) -> Paper:
    prices = goods(rng, 2, 6, 700)
    total = sum(prices)
    given = (total // 500 + 1) * 500
    rows = [("=Bäckerei " + phrase(rng, 1), "", 42), ("=Hauptstr. 7, 80331 München", "", 22), ("=Kassenbon", "", 26)]
    rows += [(f"{rng.randint(1, 3)} x {phrase(rng, 1)}", de(price), 28) for price in prices]
    rows += [
        ("-", "", 0),
        ("SUMME EUR", de(total), 38),
        ("Gegeben BAR", de(given), 26),
        ("Rückgeld", de(given - total), 26),
        ("MwSt 7 %", de(total * 7 // 107), 22),
        (f"=Datum 05.11.2026 07:{rng.randint(10, 59):02}", "", 22),
    ]
    return 520, SERIF, rows, total


def market(rng: Random) -> Paper:
    prices = goods(rng, 3, 7, 4000)
    total = sum(prices)
    cash = (total // 5000 + 1) * 5000
    rows = [
        ("=福满家超市", "", 44),
        ("=购物小票", "", 30),
        (f"日期：2026-11-{rng.randint(1, 20):02}", "", 24),
        ("-", "", 0),
    ]
    rows += [(rng.choice(CHINESE), en(price), 28) for price in prices]
    rows += [
        ("-", "", 0),
        ("合计", en(total, "￥"), 38),
        ("实收", en(cash, "￥"), 28),
        ("找零", en(cash - total, "￥"), 28),
        ("=谢谢惠顾", "", 26),
    ]
    return 540, CJK, rows, total


def dinner(rng: Random) -> Paper:
    prices = goods(rng, 3, 7, 4000)
    before = sum(prices)
    tax = before * 8875 // 100_000
    total = before + tax
    rows = [
        ("=" + phrase(rng, 2).upper(), "", 40),
        ("=GUEST CHECK", "", 28),
        ("Table 12", "Server Kim", 24),
        ("11/18/2026", "8:42 PM", 24),
    ]
    rows += [(f"1 {phrase(rng, 2)}", en(price), 28) for price in prices]
    rows += [
        ("Subtotal", en(before), 28),
        ("Tax 8.875%", en(tax), 28),
        ("TOTAL", en(total, "$"), 40),
        ("Suggested tip 18%", en(before * 18 // 100), 22),
        ("Suggested tip 20%", en(before // 5), 22),
    ]
    return 580, MONO, rows, total


def utility(rng: Random) -> Paper:
    before = rng.randint(4000, 30_000)
    tax = before // 5
    total = before + tax
    rows = [
        (phrase(rng, 2) + " Water plc", "Invoice", 46),
        ("Customer number 7781-2", "Invoice date 2 November 2026", 26),
        ("", f"Amount due {en(total, '£')}", 38),
        ("", "Due date 30 November 2026", 28),
        ("-", "", 0),
        ("Water used, 31 m3", en(before * 6 // 10), 28),
        ("Sewerage", en(before - before * 6 // 10), 28),
        ("Subtotal", en(before), 28),
        ("VAT 20%", en(tax), 28),
        ("Total", en(total, "£"), 32),
        ("Please pay to GB29 NWBK 6016 1331 9268 19", "", 26),
    ]
    return 1100, SANS, rows, total


def facture(rng: Random) -> Paper:
    lines = [(rng.randint(1, 4), price) for price in goods(rng, 2, 5, 20_000)]
    before = sum(count * price for count, price in lines)
    tax = before // 5
    rows = [
        (phrase(rng, 2) + " SARL", "", 44),
        (f"FACTURE N° 2026-{rng.randint(1, 999):03}", "Date : 03/11/2026", 34),
        ("Client : Camille Durand", "", 26),
        ("Désignation", "Montant HT", 26),
        ("-", "", 0),
    ]
    rows += [(f"{phrase(rng, 2)}   {count} x {fr(price)}", fr(count * price), 26) for count, price in lines]
    rows += [
        ("-", "", 0),
        ("Total HT", fr(before), 28),
        ("TVA 20 %", fr(tax), 28),
        ("Net à payer", fr(before + tax), 36),
        ("Échéance 03/12/2026", "", 26),
        ("IBAN FR76 3000 6000 0112 3456 7890 189", "", 26),
    ]
    return 1100, SERIF, rows, before + tax


def rechnung(rng: Random) -> Paper:
    before = sum(prices := goods(rng, 2, 6, 30_000))
    tax = before * 19 // 100
    rows = [
        (phrase(rng, 2) + " GmbH", "", 42),
        ("Rechnung", f"Rechnungsnr. 26-{rng.randint(1, 999):03}", 38),
        ("Rechnungsdatum 09.11.2026", "Seite 1", 24),
        ("Pos. Bezeichnung", "Betrag EUR", 26),
    ]
    rows += [(f"{number}  {phrase(rng, 2)}", de(price), 26) for number, price in enumerate(prices, 1)]
    rows += [
        ("Nettobetrag", de(before), 28),
        ("MwSt 19 %", de(tax), 28),
        ("Gesamtbetrag", de(before + tax), 34),
        ("Zahlbar bis 23.11.2026 ohne Abzug", "", 26),
        ("IBAN DE89 3704 0044 0532 0130 00", "", 26),
    ]
    return 1060, SANS, rows, before + tax


def balance(rng: Random) -> Paper:
    old, new = rng.randint(2000, 20_000), rng.randint(2000, 20_000)
    paid = old if rng.random() < 0.7 else old // 2
    total = old - paid + new
    rows = [
        (phrase(rng, 2) + " Telecom Inc.", "", 42),
        ("Bill", "November 2026", 36),
        ("Previous balance", en(old, "$"), 28),
        ("Payment received, thank you", "-" + en(paid, "$"), 28),
        ("New charges", en(new, "$"), 28),
        ("-", "", 0),
        ("Total amount due", en(total, "$"), 40),
        ("Payment due by", "December 5, 2026", 28),
        ("Account 4410-22", "", 24),
        ("Questions? 1-800-555-0100", "", 24),
    ]
    return 1000, SERIF, rows, total


def notice(rng: Random) -> Paper:
    parts = goods(rng, 2, 4, 20_000)
    total = sum(parts)
    rows = [
        ("=明湖物业服务有限公司", "", 44),
        ("=缴费账单", "", 34),
        ("账单日期", "2026年11月3日", 26),
        ("户号", "A-1203", 26),
        ("-", "", 0),
    ]
    rows += [
        (name, en(part, "￥"), 28) for name, part in zip(("物业费", "水费", "停车费", "公摊电费"), parts, strict=False)
    ]
    rows += [("-", "", 0), ("应付金额", en(total, "￥"), 38), ("到期日", "2026-11-30", 28)]
    return 900, CJK, rows, total


LAYOUTS: dict[str, Callable[[Random], Paper]] = {
    each.__name__: each for each in (cafe, ticket, bakery, market, dinner, utility, facture, rechnung, balance, notice)
}


def sheet(width: int, face: str, rows: list[Row]) -> Image.Image:
    high = 120 + sum(size + 20 if size else 24 for _, _, size in rows)
    made = Image.new("RGB", (width, high), (250, 249, 245))
    draw, y = ImageDraw.Draw(made), 60
    for left, right, size in rows:
        if left == "-":
            draw.line((36, y + 10, width - 36, y + 10), fill=(70, 70, 76), width=2)
            y += 24
            continue
        font = ImageFont.truetype(face, size)
        if left.startswith("="):
            draw.text((width / 2, y), left[1:], fill=(32, 32, 38), font=font, anchor="ma")
        else:
            draw.text((36, y), left, fill=(32, 32, 38), font=font)
        draw.text((width - 36, y), right, fill=(32, 32, 38), font=font, anchor="ra")
        y += size + 20
    return made


def paper(layout: str, index: int) -> tuple[bytes, Decimal]:
    """A photograph of the paper, and its total."""
    rng = Random(f"layout {layout} {index}")
    width, face, rows, total = LAYOUTS[layout](rng)
    flat = sheet(width, face, rows)
    turned = flat.convert("RGBA").rotate(rng.uniform(-4, 4), Image.Resampling.BICUBIC, expand=True)
    table = ground(rng).resize((turned.width + 160, turned.height + 160)).filter(ImageFilter.GaussianBlur(2))
    table.paste(turned, (80, 80), turned)
    light = np.linspace(rng.uniform(0.7, 1), rng.uniform(0.7, 1), table.width)[None, :, None]
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, 4, (table.height, table.width, 3))
    seen = Image.fromarray((np.asarray(table) * light + noise).clip(0, 255).astype("uint8"))
    out = io.BytesIO()
    seen.filter(ImageFilter.GaussianBlur(rng.uniform(0, 0.8))).save(out, "JPEG", quality=rng.randint(70, 92))
    return out.getvalue(), Decimal(total) / 100
