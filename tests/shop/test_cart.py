"""The cart against the real catalogue, its merchants and SQL."""

from dataclasses import replace
from typing import Any

import pytest

from assistant.clock import MovableClock
from assistant.errors import NotFound, Refused
from assistant.money import Money, total
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.store import Store

ME, LAMP, MUG = "ada", "lamp-luma-red", "mug-bistro-red"


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


def coffee(shop: Shop) -> str:
    return next(p.id for p in shop.catalogue.all() if p.offer.merchant == "verger" and p.offer.stock > 3)


def refusal(call: Any, *args: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value


def test_a_cart_adds_up_over_its_merchants(shop: Shop) -> None:
    beans = coffee(shop)
    shop.carts.add(ME, LAMP)
    shop.carts.add(ME, MUG, 2)
    shop.carts.add(ME, beans)
    cart = shop.carts.of(ME)
    assert [part.merchant for part in cart.parts] == ["maison", "verger"]
    for part in cart.parts:
        assert part.total == total((line.amount for line in part.totals), "EUR")
    assert cart.worth == cart.parts[0].total + cart.parts[1].total


def test_a_cart_survives_a_restart(shop: Shop, store: Store, settings: Settings, clock: MovableClock) -> None:
    shop.carts.add(ME, LAMP, 2)
    shop.carts.limit(ME, euros(20_000))
    again = Shop(store, settings, clock).carts.of(ME)
    assert [(line.product.id, line.quantity) for line in again.lines] == [(LAMP, 2)]
    assert again.budget == euros(20_000)


def test_nobody_sees_the_cart_of_another(shop: Shop) -> None:
    shop.carts.add(ME, LAMP)
    assert shop.carts.of("bob").lines == ()


def test_putting_is_exact_and_may_be_repeated(shop: Shop) -> None:
    for _ in range(2):
        shop.carts.put(ME, LAMP, 2)
    assert shop.carts.of(ME).lines[0].quantity == 2
    shop.carts.put(ME, LAMP, 0)
    assert shop.carts.of(ME).lines == ()


def test_no_more_than_there_are(shop: Shop) -> None:
    lamp = shop.product(LAMP)
    assert lamp is not None
    shop.load([replace(lamp, offer=replace(lamp.offer, stock=3))])
    assert refusal(shop.carts.put, ME, LAMP, 4).key == "out_of_stock"
    assert refusal(shop.carts.put, ME, LAMP, 21).key == "bad_quantity"
    with pytest.raises(NotFound):
        shop.carts.add(ME, "no-such-thing")


def test_the_budget_holds_delivery_included_and_a_smaller_cart_is_always_allowed(shop: Shop) -> None:
    shop.carts.limit(ME, euros(3_489))
    assert refusal(shop.carts.add, ME, LAMP).key == "over_budget"  # 34.90
    shop.carts.limit(ME, euros(3_880))  # 34.90 and 3.90 for delivery
    shop.carts.add(ME, LAMP)
    assert shop.carts.of(ME).left == euros(0)
    told = refusal(shop.carts.put, ME, LAMP, 2).values
    assert told["over"] == euros(2 * 3_490 - 3_880)
    shop.carts.limit(ME, None)
    shop.carts.put(ME, LAMP, 3)
    shop.carts.limit(ME, euros(4_000))
    shop.carts.put(ME, LAMP, 2)
    assert shop.carts.of(ME).left == euros(4_000 - 2 * 3_490)
    assert refusal(shop.carts.review, ME, "en").key == "over_budget"


def test_a_budget_in_another_currency_is_held_at_the_reference_rate(shop: Shop) -> None:
    shop.carts.limit(ME, Money(2_000, "USD"))
    told = refusal(shop.carts.add, ME, LAMP)
    assert told.key == "over_budget"
    assert told.values["total"].currency == "USD"


def test_what_was_asked_to_fit_fits(shop: Shop) -> None:
    shop.carts.limit(ME, euros(4_000))
    shop.carts.add(ME, LAMP)
    assert not shop.carts.fits(ME, LAMP)
    assert not shop.carts.fits(ME, MUG)
    shop.carts.limit(ME, euros(4_180))  # free delivery from 35.00: 34.90 + 6.90
    assert shop.carts.fits(ME, MUG)


def test_a_coupon_takes_its_share_and_says_from_which_sum(shop: Shop) -> None:
    shop.carts.add(ME, LAMP)
    shop.carts.redeem(ME, "welcome10")
    labels = [line.label for line in shop.carts.of(ME).parts[0].totals]
    assert "Coupon WELCOME10 (from €50.00)" in labels
    shop.carts.put(ME, LAMP, 2)
    part = shop.carts.of(ME).parts[0]
    assert next(line.amount for line in part.totals if "WELCOME10" in line.label) == euros(-698)
    assert part.total == euros(2 * 3_490 - 698)
    assert "€10.47" in part.totals[0].label  # VAT of 62.82: 62.82 x 20 / 120
    assert refusal(shop.carts.redeem, ME, "NONSENSE").key == "no_such_coupon"
    shop.carts.redeem(ME, "")
    assert shop.carts.of(ME).coupons == ()


def test_a_coupon_of_one_merchant_is_not_taken_by_the_other(shop: Shop) -> None:
    shop.carts.add(ME, LAMP, 2)
    assert refusal(shop.carts.redeem, ME, "VERGER5").key == "no_such_coupon"


def test_a_delivery_changes_its_fee_and_day_where_it_is_offered(shop: Shop) -> None:
    shop.carts.add(ME, LAMP)
    shop.carts.add(ME, coffee(shop))
    shop.carts.deliver(ME, "collect")
    maison, verger = shop.carts.of(ME).parts
    assert (maison.way, verger.way) == ("collect", "standard")
    assert maison.totals[-1].amount == euros(0)
    shop.carts.deliver(ME, "express")
    assert [part.way for part in shop.carts.of(ME).parts] == ["express", "express"]
    assert "November" in shop.carts.of(ME).parts[0].delivery or shop.carts.of(ME).parts[0].delivery


def test_a_changed_price_is_todays_and_remembers_the_old_one(shop: Shop) -> None:
    shop.carts.add(ME, LAMP)
    lamp = shop.product(LAMP)
    assert lamp is not None
    shop.load([replace(lamp, offer=replace(lamp.offer, prices=(euros(3_990),)))])
    (line,) = shop.carts.of(ME).lines
    assert (line.price, line.added) == (euros(3_990), euros(3_490))
    assert shop.carts.of(ME).parts[0].lines[0].amount == euros(3_990)


def test_what_is_gone_is_not_counted(shop: Shop) -> None:
    shop.carts.add(ME, LAMP, 2)
    lamp = shop.product(LAMP)
    assert lamp is not None
    shop.load([replace(lamp, offer=replace(lamp.offer, stock=1))])
    cart = shop.carts.of(ME)
    assert (cart.lines[0].counted, cart.parts[0].lines[0].quantity) == (1, 1)
    shop.load([replace(lamp, offer=replace(lamp.offer, stock=0))])
    assert shop.carts.of(ME).parts == ()
    assert refusal(shop.carts.review, ME, "en").key == "cart_sold_out"


def test_what_is_on_its_way_is_out_of_the_cart_and_back_when_it_is_not_paid(shop: Shop) -> None:
    shop.carts.add(ME, LAMP)
    _, (quote,) = shop.carts.review(ME, "en")
    standing: dict[str, Any] = {quote.id: "leaving"}
    shop.carts.standing = lambda user, id: standing.get(id, "open")
    assert shop.carts.of(ME).lines == ()
    standing[quote.id] = "open"
    assert len(shop.carts.of(ME).lines) == 1
    standing[quote.id] = "paid"
    shop.carts.add(ME, LAMP)
    assert [line.quantity for line in shop.carts.of(ME).lines] == [1]


def test_two_changes_at_once_are_both_kept(shop: Shop) -> None:
    settled, others = shop.carts._settled, [MUG]

    def overtaken(user: str) -> Any:
        found = settled(user)
        while others:
            shop.carts.add(ME, others.pop())
        return found

    shop.carts._settled = overtaken  # type: ignore[method-assign]
    shop.carts.add(ME, LAMP)
    assert {line.product.id for line in shop.carts.of(ME).lines} == {LAMP, MUG}
