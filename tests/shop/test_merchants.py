"""The house's merchant against a till that keeps a book, as the vault's does: one charge per token."""

import threading
from datetime import timedelta

import pytest

from assistant.clock import MovableClock
from assistant.errors import NotFound, Refused, Unavailable
from assistant.merchant import Basket, Quote, Token, Wanted
from assistant.money import Money, total
from assistant.request import Constraint
from assistant.shop import Shop
from assistant.shop.merchants import House

LAMP = "lamp-luma-red"


class Book:
    """A till whose charges can be counted; `breaks` raises once after the charge, `refuses` before it."""

    def __init__(self) -> None:
        self.charges: dict[str, Money] = {}
        self.breaks = self.refuses = False
        self.lock = threading.Lock()

    def redeem(self, token: Token, description: str) -> str:
        with self.lock:
            if self.refuses:
                raise Refused("card_declined", reason="insufficient_funds")
            self.charges[token.value] = token.amount
            if self.breaks:
                self.breaks = False
                raise Unavailable("provider_silent")
            return f"ch_{token.value}"


@pytest.fixture
def house(shop: Shop) -> House:
    merchant = shop.merchants["maison"]
    assert isinstance(merchant, House)
    merchant.till = Book()
    return merchant


def token(quote: Quote, clock: MovableClock, value: str = "tok_1", /, **other: object) -> Token:
    parts = {
        "merchant": "maison",
        "quote": quote.id,
        "amount": quote.total,
        "expires_at": clock.now() + timedelta(minutes=10),
    }
    return Token(value, **(parts | other))  # type: ignore[arg-type]


def stock(shop: Shop, product: str = LAMP) -> int:
    found = shop.product(product)
    assert found is not None
    return found.offer.stock


def test_a_quote_adds_up(house: House) -> None:
    quote = house.quote("me", Basket((Wanted(LAMP, 1), Wanted("mug-bistro-red", 2))))
    items = total((line.amount * line.quantity for line in quote.lines), "EUR")
    assert items == Money(3490 + 2 * 690, "EUR")
    assert quote.total == total((line.amount for line in quote.totals), "EUR")
    assert quote.totals[0].amount == items


def test_tax_is_shown_inside_the_price(house: House) -> None:
    quote = house.quote("me", Basket((Wanted(LAMP, 1),)))
    assert "€5.82" in quote.totals[0].label  # 34.90 x 20 / 120 = 5.8167
    french = house.quote("me", Basket((Wanted(LAMP, 1),), language="fr"))
    assert "5,82" in french.totals[0].label
    assert french.lines[0].label == "Lampe de bureau Luma – rouge"


def test_a_quote_in_dollars_is_in_dollars(house: House) -> None:
    quote = house.quote("me", Basket((Wanted(LAMP, 1),), currency="USD"))
    assert {line.amount.currency for line in quote.lines + quote.totals} == {"USD"}


@pytest.mark.parametrize(
    ("wanted", "key"),
    [((), "nothing_to_buy"), ((Wanted("no-such", 1),), "unknown_product"), ((Wanted(LAMP, 0),), "bad_quantity"),
     ((Wanted(LAMP, -3),), "bad_quantity"), ((Wanted(LAMP, 21),), "bad_quantity")],
)  # fmt: skip
def test_what_cannot_be_sold_is_refused_by_name(house: House, wanted: tuple[Wanted, ...], key: str) -> None:
    with pytest.raises((Refused, NotFound)) as refusal:
        house.quote("me", Basket(wanted))
    assert refusal.value.key == key


def test_the_same_product_on_two_lines_is_counted_once(empty: Shop, make) -> None:
    one = make(stock=3)
    empty.load([one])
    with pytest.raises(Refused):
        empty.merchants["maison"].quote("me", Basket((Wanted(one.id, 2), Wanted(one.id, 2))))


def test_completing_charges_once_and_takes_the_stock_once(shop: Shop, house: House, clock: MovableClock) -> None:
    before, quote = stock(shop), house.quote("me", Basket((Wanted(LAMP, 2),)))
    assert house.order_of(quote.id) is None
    sales = {house.complete(quote.id, token(quote, clock)) for _ in range(3)}
    assert len(sales) == 1
    (sale,) = sales
    assert (sale.status, sale.provider_ref) == ("paid", "ch_tok_1")
    assert house.order_of(quote.id) == sale
    assert stock(shop) == before - 2
    assert house.till.charges == {"tok_1": quote.total}  # type: ignore[union-attr]


def test_a_second_token_for_a_paid_quote_is_never_redeemed(house: House, clock: MovableClock) -> None:
    quote = house.quote("me", Basket((Wanted(LAMP, 1),)))
    first = house.complete(quote.id, token(quote, clock))
    assert house.complete(quote.id, token(quote, clock, "tok_2")) == first
    assert list(house.till.charges) == ["tok_1"]  # type: ignore[union-attr]


def test_an_outcome_nobody_knows_is_finished_by_asking_again(shop: Shop, house: House, clock: MovableClock) -> None:
    before, quote = stock(shop), house.quote("me", Basket((Wanted(LAMP, 1),)))
    house.till.breaks = True  # type: ignore[union-attr]
    with pytest.raises(Unavailable):
        house.complete(quote.id, token(quote, clock))
    assert house.order_of(quote.id) is None
    clock.forward(hours=2)
    sale = house.complete(quote.id, token(quote, clock))
    assert sale.status == "paid"
    assert stock(shop) == before - 1
    assert len(house.till.charges) == 1  # type: ignore[union-attr]


def test_a_declined_card_gives_the_stock_back(shop: Shop, house: House, clock: MovableClock) -> None:
    before, quote = stock(shop), house.quote("me", Basket((Wanted(LAMP, 1),)))
    house.till.refuses = True  # type: ignore[union-attr]
    sale = house.complete(quote.id, token(quote, clock))
    assert (sale.status, sale.reason) == ("declined", "insufficient_funds")
    assert stock(shop) == before
    house.till.refuses = False  # type: ignore[union-attr]
    assert house.complete(quote.id, token(quote, clock)) == sale


@pytest.mark.parametrize("wrong", [{"quote": "quote_0"}, {"merchant": "other"}, {"amount": Money(1, "EUR")}])
def test_a_token_for_something_else_charges_nothing(
    shop: Shop, house: House, clock: MovableClock, wrong: dict[str, object]
) -> None:
    before, quote = stock(shop), house.quote("me", Basket((Wanted(LAMP, 1),)))
    with pytest.raises(Refused):
        house.complete(quote.id, token(quote, clock, **wrong))
    assert house.till.charges == {}  # type: ignore[union-attr]
    assert stock(shop) == before


def test_an_expired_quote_is_not_completed(house: House, clock: MovableClock) -> None:
    quote = house.quote("me", Basket((Wanted(LAMP, 1),)))
    clock.forward(minutes=31)
    with pytest.raises(Refused):
        house.complete(quote.id, token(quote, clock))
    assert house.order_of(quote.id) is None


@pytest.mark.parametrize("over", ["declined", "expired"])
def test_a_quote_that_is_over_is_read_again_as_another_that_can_be_bought(
    house: House, clock: MovableClock, over: str
) -> None:
    quote = house.quote("me", Basket((Wanted(LAMP, 2),), language="fr"))
    assert house.reread(quote.id) == quote
    if over == "declined":
        house.till.refuses = True  # type: ignore[union-attr]
        house.complete(quote.id, token(quote, clock))
        house.till.refuses = False  # type: ignore[union-attr]
    else:
        clock.forward(minutes=31)
    fresh = house.reread(quote.id)
    assert fresh.id != quote.id and (fresh.lines, fresh.total) == (quote.lines, quote.total)
    assert house.complete(fresh.id, token(fresh, clock, "tok_2")).status == "paid"


def test_without_a_till_nothing_is_sold(shop: Shop, clock: MovableClock) -> None:
    house = shop.merchants["maison"]
    quote = house.quote("me", Basket((Wanted(LAMP, 1),)))
    with pytest.raises(Unavailable):
        house.complete(quote.id, token(quote, clock))


def test_rereading_shows_todays_price(empty: Shop, make, clock: MovableClock) -> None:
    one = make(cents=5000)
    empty.load([one])
    house = empty.merchants["maison"]
    quote = house.quote("me", Basket((Wanted(one.id, 1),)))
    offer = type(one.offer)("maison", (Money(6000, "EUR"),), 5, 2, clock.now())
    empty.load([type(one)(**{name: getattr(one, name) for name in one.__slots__} | {"offer": offer})])
    assert house.reread(quote.id).total == Money(6000, "EUR")
    assert quote.total == Money(5000, "EUR")


def test_the_last_piece_is_sold_once(empty: Shop, make, clock: MovableClock) -> None:
    one = make(stock=3, cents=9000)
    empty.load([one])
    house = empty.merchants["maison"]
    assert isinstance(house, House)
    house.till = Book()
    quotes = [house.quote("me", Basket((Wanted(one.id, 1),))) for _ in range(8)]
    outcomes: list[str] = []

    def buy(quote: Quote) -> None:
        try:
            outcomes.append(house.complete(quote.id, token(quote, clock, f"tok_{quote.id}")).status)
        except Refused as refusal:
            outcomes.append(refusal.key)

    threads = [threading.Thread(target=buy, args=(quote,)) for quote in quotes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["out_of_stock"] * 5 + ["paid"] * 3
    assert stock(empty, one.id) == 0
    assert len(house.till.charges) == 3


def test_what_is_sold_leaves_the_shelf_at_once(empty: Shop, make, clock: MovableClock) -> None:
    last, other = make("Kettle", stock=1, cents=4000, rating=5.0), make("Kettle", cents=5000)
    empty.load([last, other])
    wanted = [Constraint("stock", "is", "yes")]
    assert empty.search("kettle", wanted, "en").total == 2
    house = empty.merchants["maison"]
    house.till = Book()  # type: ignore[attr-defined]
    quote = house.quote("me", Basket((Wanted(last.id, 1),)))
    house.complete(quote.id, token(quote, clock))
    shelf = empty.search("kettle", wanted, "en")
    assert [hit.product.id for hit in shelf.hits] == [other.id]
    assert shelf.total == 1


def test_quotes_of_nobody_are_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.reread("quote_unknown")
    assert house.order_of("quote_unknown") is None
