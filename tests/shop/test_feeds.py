"""Feeds of every kind, made here: what is read, what is refused and where, and that a broken file changes nothing."""

import io
import json
import os
from datetime import UTC, datetime

import pytest

from assistant.clock import MovableClock
from assistant.errors import BadInput, NotFound, Refused
from assistant.money import Money
from assistant.request import Upload
from assistant.shop import Shop, feeds
from assistant.shop.catalogue import Product
from assistant.shop.feeds import Problem

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KETTLE, LAMP = "4006381333931", "036000291452"


def read(text: str | bytes, currency: str = "EUR") -> list[Product | Problem]:
    data = text if isinstance(text, bytes) else text.encode()
    assert feeds.matches(data)
    return list(feeds.read(io.BytesIO(data), currency, NOW))


def one(text: str | bytes, currency: str = "EUR") -> Product:
    (found,) = read(text, currency)
    assert isinstance(found, Product), found
    return found


TSV = f"""id\ttitle\tdescription\tlink\timage_link\tprice\tsale_price\tavailability\tgtin\tbrand\tcolor\titem_group_id
k-1\tElectric kettle\t<p>Boils &amp; whistles</p>\thttps://x\thttps://y\t29.90 EUR\t\tin stock\t{KETTLE}\tAria\tRouge\tk
"""
XML = f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item><g:id>k-1</g:id><title>Electric kettle</title><g:description>Boils &amp; whistles</g:description>
<g:price>29.90 EUR</g:price><g:availability>in_stock</g:availability><g:gtin>{KETTLE}</g:gtin><g:brand>Aria</g:brand>
<g:color>Rouge</g:color><g:item_group_id>k</g:item_group_id></item></channel></rss>"""
ATOM = XML.replace("rss version", "feed version").replace("</rss>", "</feed>").replace("item>", "entry>").replace(
    "<channel>", "").replace("</channel>", "")  # fmt: skip
OPENAI = json.dumps({
    "item_id": "k-1", "group_id": "k", "title": "Electric kettle", "description": "Boils & whistles", "brand": "Aria",
    "url": "https://x", "image_url": "https://y", "seller_name": "Aria", "availability": "in_stock",
    "price": "29.90 EUR", "is_eligible_search": True, "gtin": KETTLE, "color": "Rouge",
})  # fmt: skip
OPENAI_OLD = OPENAI.replace("item_id", "id").replace('"url"', '"link"').replace("group_id", "item_group_id").replace(
    "image_url", "image_link").replace("is_eligible_search", "enable_search")  # fmt: skip
ACP = json.dumps({"id": "k", "title": "Kettles", "description": {"html": "Boils &amp; <b>whistles</b>"}, "variants": [{
    "id": "k-1", "title": "Electric kettle", "barcodes": [{"type": "EAN", "value": KETTLE}],
    "price": {"amount": 2990, "currency": "EUR"}, "availability": {"available": True, "status": "in_stock"},
    "variant_options": [{"name": "Color", "value": "Rouge"}], "seller": {"name": "Aria"},
}], "brand": "Aria"})  # fmt: skip
LD = {
    "@context": "https://schema.org", "@type": "Product", "sku": "k-1", "name": "Electric kettle", "gtin13": KETTLE,
    "description": "Boils & whistles", "brand": {"@type": "Brand", "name": "Aria"}, "color": "Rouge",
    "offers": {"@type": "Offer", "price": 29.9, "priceCurrency": "EUR", "availability": "https://schema.org/InStock"},
}  # fmt: skip
GROUP = {"@graph": [
    {"@type": "ProductGroup", "productGroupID": "k", "name": "Kettles", "brand": "Aria", "hasVariant": [{"@id": "#1"}]},
    LD | {"@id": "#1"}]}  # fmt: skip
OLD_HEAD = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
    "Variant Inventory Qty,Variant Price,Variant Barcode,Image Src"
)
SHOPIFY_OLD = f"""{OLD_HEAD}
k,Electric kettle,<p>Boils &amp; whistles</p>,Aria,,,TRUE,Color,Rouge,k-1,900,7,29.90,'{KETTLE},https://y
k,,,,,,,,,,,,,,https://z
"""
NEW_HEAD = (
    "Title,URL handle,Description,Vendor,Product category,Type,Published on online store,Status,SKU,Barcode,"
    "Option1 name,Option1 value,Price,Inventory quantity,Weight value (grams)"
)
SHOPIFY_NEW = f"""{NEW_HEAD}
Electric kettle,k,Boils &amp; whistles,Aria,,,TRUE,Active,k-1,{KETTLE},Color,Rouge,29.90,7,900
"""
KINDS = {
    "tsv": TSV, "rss": XML, "atom": ATOM, "openai": OPENAI, "openai old": OPENAI_OLD, "acp": ACP, "ld": json.dumps(LD),
    "utf-16": TSV.encode("utf-16"), "with a mark": b"\xef\xbb\xbf" + TSV.encode(),
    "windows ends": TSV.replace("\n", "\r\n"),
    "ld group": json.dumps(GROUP, indent=1), "shopify old": SHOPIFY_OLD, "shopify new": SHOPIFY_NEW,
    "ld page": f"<!doctype html><html><script type='application/ld+json'>{json.dumps(LD)}</script></html>",
    "acp body": json.dumps({"products": [json.loads(ACP)]}, indent=2),
    "header line": '{"feed_id": "f", "account_id": "a", "target_country": "FR"}\n' + OPENAI,
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_kettle_is_read_from_every_kind_of_feed(kind: str) -> None:
    product = one(KINDS[kind])
    assert (product.id, product.gtin, product.category, product.brand) == ("k-1", "0" + KETTLE, "kettle", "Aria")
    assert product.title("en").removesuffix(" - Rouge") == "Electric kettle"
    assert product.description("en") == "Boils & whistles"
    assert product.offer.prices == (Money(2990, "EUR"),)
    assert product.attributes["colour"].value == "red"
    assert product.offer.stock == (7 if "shopify" in kind else 20)


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [("15.00 USD", "USD", 1500), ("USD 15", "USD", 1500), ("1500 JPY", "JPY", 1500), ("1500.00 JPY", "JPY", 1500),
     ("15,5 EUR", "EUR", 1550), ("3.999 KWD", "KWD", 3999), ("19.99", "CHF", 1999), ("90071992547409.93 USD", "", 0),
     ("15.005 USD", "", 0), ("1,234 EUR", "", 0), ("1.234 EUR", "", 0),
     ("1.000 JPY", "", 0), ("0.00 EUR", "", 0), ("-5 EUR", "", 0), ("free", "", 0),
     ("12 XYZ", "", 0), ("1e3 EUR", "", 0), ("", "", 0)],
)  # fmt: skip
def test_a_price_is_exact_or_a_problem(price: str, currency: str, minor: int) -> None:
    (found,) = read(f"id\ttitle\tprice\n1\tLamp\t{price}\n", "CHF")
    if currency:
        assert isinstance(found, Product)
        assert found.offer.prices == (Money(minor, currency),)
    else:
        assert isinstance(found, Problem)
        assert (found.line, found.reason) == (2, "bad_price" if price else "no_price")


def test_numbers_in_json_stay_what_was_written() -> None:
    assert (
        one('{"id": "1", "title": "Lamp", "price": 1234567.29, "currency": "EUR"}').offer.prices[0].minor == 123456729
    )


@pytest.mark.parametrize(
    ("dates", "minor"),
    [("", 900), ("2026-11-01T00:00Z/2026-12-01T00:00Z", 900), ("2026-12-01T00:00Z/2026-12-05T00:00Z", 1000),
     ("soon", 1000)],
)  # fmt: skip
def test_a_sale_price_counts_while_it_lasts(dates: str, minor: int) -> None:
    head = "id\ttitle\tprice\tsale_price\tsale_price_effective_date"
    assert one(f"{head}\n1\tLamp\t10 EUR\t9 EUR\t{dates}\n").offer.prices[0].minor == minor


@pytest.mark.parametrize(("said", "stock"), [("in stock", 20), ("https://schema.org/OutOfStock", 0), ("preorder", 0),
                                             ("LimitedAvailability", 20), ("maybe", None)])  # fmt: skip
def test_availability_is_known_or_a_problem(said: str, stock: int | None) -> None:
    (found,) = read(f"id\ttitle\tprice\tavailability\n1\tLamp\t10 EUR\t{said}\n")
    assert (found.reason if isinstance(found, Problem) else found.offer.stock) == (
        "bad_availability" if stock is None else stock
    )


def test_wrong_rows_are_named_by_line_and_the_others_are_read() -> None:
    rows = [f"1\tLamp\t10 EUR\t{LAMP}", "\tLamp\t10 EUR\t", "3\t\t10 EUR\t", "4\tLamp\t10 EUR\t4006381333932",
            "1\tLamp again\t10 EUR\t", f"6\tSame code\t9 EUR\t{LAMP}", "7\tOwn code\t9 EUR\t2112345678900",
            "8\tNo code\t9 EUR\tn/a"]  # fmt: skip
    found = read("id\ttitle\tprice\tgtin\n" + "\n".join(rows))
    problems = {each.line: each.reason for each in found if isinstance(each, Problem)}
    assert problems == {3: "no_id", 4: "no_title", 5: "gtin_misread", 6: "twice", 7: "twice", 9: "not_a_gtin"}
    assert [(each.id, each.gtin) for each in found if isinstance(each, Product)] == [("1", "00" + LAMP), ("7", "")]


def test_a_shopify_variant_takes_what_its_product_says_and_drafts_are_left_out() -> None:
    head = "Handle,Title,Vendor,Published,Status,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Grams"
    rows = ["m,Mug,Acme,true,active,Color,Red,,9.50,350", "m,,,,,,Navy,,9.90,", "h,Hidden,,false,,,,,1,",
            "d,Plain,,,active,Title,Default Title,P-1,3,"]  # fmt: skip
    red, blue, draft = read("\n".join([head, *rows]))
    assert isinstance(red, Product)
    assert isinstance(blue, Product)
    assert isinstance(draft, Product)
    assert (red.family, blue.family, draft.title("en")) == ("m", "m", "Plain")
    assert (blue.title("en"), blue.brand, blue.attributes["colour"].value) == ("Mug - Navy", "Acme", "blue")
    assert red.attributes["weight"].value == 350.0
    assert len({red.id, blue.id}) == 2


BROKEN = {
    "a line that is no JSON": (OPENAI + '\n{"item_id": "b", "title": ', 2),
    "a document that ends early": ('{\n"products": [\n{"id": "1", "title": "T"', 3),
    "a tag that never closes": (XML.replace("</channel></rss>", ""), 5),
    "an entity": ('<?xml version="1.0"?>\n<!DOCTYPE rss [\n<!ENTITY a "b">]><rss><channel></channel></rss>', 3),
    "a row with too many cells": ("id,title,price\n1,Lamp,9 EUR\n2,Lamp,9 EUR,x\n", 3),
    "a quotation that never ends": ('id,title,price\n1,Lamp,9 EUR\n2,"Lamp,9 EUR\n', 3),
    "bytes that are no text": (b"id,title,price\n1,Lamp,9 EUR\n2,L\xff\xfeamp,9 EUR\n", 3),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_names_its_line_and_changes_nothing(kind: str, empty: Shop) -> None:
    text, line = BROKEN[kind]
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BadInput) as refusal:
        empty.intake.preview(Upload("feed", data))
    assert refusal.value.key == "feed_broken"
    assert refusal.value.values["line"] == line
    with pytest.raises(BadInput):
        empty.load(each for each in feeds.read(io.BytesIO(data), "EUR", NOW) if isinstance(each, Product))
    assert empty.is_empty()


@pytest.mark.parametrize(
    "text",
    ["Date,Payee,Amount\n2026-01-01,Shop,-3.20\n", "hello", "<?xml version='1.0'?><Document/>", "PK\3\4\x14\rab,c"],
)
def test_a_bank_file_is_no_feed(text: str) -> None:
    assert not feeds.matches(text.encode())


def test_a_feed_is_loaded_after_its_preview_and_again_with_its_past(shop: Shop, clock: MovableClock) -> None:
    before = shop.catalogue.ids()
    found = shop.intake.preview(Upload("shop.tsv", TSV.encode()))
    assert (found.new, found.known, found.wrong) == (1, 0, 0)
    assert shop.catalogue.ids() == before
    assert shop.intake.bring_in(found.key) == 1
    assert "k-1" in {hit.product.id for hit in shop.search("red kettle", (), "en", 100).hits}
    again = shop.intake.preview(Upload("shop.tsv", TSV.replace("29.90", "24.90").encode()))
    assert (again.new, again.known) == (0, 1)
    clock.forward(days=1)
    shop.intake.bring_in(again.key)
    clock.forward(days=1)
    shop.intake.bring_in(shop.intake.preview(Upload("same.tsv", TSV.replace("29.90", "24.90").encode())).key)
    product = shop.product("k-1")
    assert product is not None
    assert product.offer.prices == (Money(2490, "EUR"),)
    assert [past.price.minor for past in product.history] == [2990, 2490], "the same price again is no past"
    with pytest.raises(NotFound):
        shop.intake.bring_in(again.key)


def test_a_feed_that_nobody_confirms_goes_after_an_hour(shop: Shop) -> None:
    waiting = shop.settings.home / "feeds" / shop.intake.preview(Upload("shop.tsv", TSV.encode())).key
    os.utime(waiting, (0, 0))
    shop.intake.preview(Upload("other.tsv", TSV.replace("29.90", "24.90").encode()))
    assert not waiting.exists()


def test_a_code_of_another_product_is_not_taken_over(shop: Shop) -> None:
    lamp = shop.product("lamp-luma-red")
    assert lamp is not None
    found = shop.intake.preview(Upload("shop.tsv", TSV.replace(KETTLE, lamp.gtin).encode()))
    assert [(each.line, each.reason) for each in found.problems] == [(2, "code_taken")]


def test_on_a_shared_page_the_catalogue_stays(empty: Shop) -> None:
    object.__setattr__(empty.intake.settings, "mode", "demo")
    with pytest.raises(Refused):
        empty.intake.preview(Upload("shop.tsv", TSV.encode()))
