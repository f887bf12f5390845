"""Sixty honest payments, each of another kind: none is blocked, all arrive."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.clock import MovableClock
from assistant.errors import Refused
from assistant.merchant import Basket, Wanted
from assistant.money import Money
from assistant.payments import Origin, Payment, Payments
from assistant.payments.sandbox import intents
from assistant.payments.sandbox.call import Call
from assistant.shop import Shop
from tests.payments.conftest import LUNCH, SESSION, USER, Stall, named, paid, pay
from tests.reliability.shopper import PRODUCT, stocked

EUR = "EUR"
Kind = Callable[[Payments, MovableClock, Stall], Payment]


def draft(
    kernel: Payments, who: str = "Alice", amount: Money = LUNCH, purpose: str = "lunch", **origin: object
) -> Payment:
    return kernel.draft(USER, SESSION, named(kernel, who), amount, purpose, Origin(**origin))  # type: ignore[arg-type]


def to(who: str) -> Kind:
    return lambda kernel, clock, stall: pay(kernel, draft(kernel, who))


def of(minor: int, currency: str = EUR) -> Kind:
    return lambda kernel, clock, stall: pay(kernel, draft(kernel, amount=Money(minor, currency)))


def about(purpose: str) -> Kind:
    return lambda kernel, clock, stall: pay(kernel, draft(kernel, purpose=purpose))


def with_card(method: str) -> Kind:
    def done(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
        kernel.change_wallet(USER, method=f"pm_card_{method}")
        return pay(kernel, draft(kernel))

    return done


def to_new(name: str, *nicknames: str) -> Kind:
    def done(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
        payee = kernel.payees.add(USER, name, "contact", EUR, "acct_new_friend", nicknames=nicknames)
        assert kernel.payees.find(USER, name).sole == payee
        return pay(kernel, kernel.draft(USER, SESSION, payee, LUNCH))

    return done


def after_its_undo_time(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    waiting = pay(kernel, draft(kernel), undo=10)
    clock.forward(seconds=10)
    kernel.settle_due()
    return kernel.receipt(USER, waiting.id)


def aloud(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    return kernel.confirm_aloud(USER, SESSION, draft(kernel).id, LUNCH, sole=True)


def edited(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    return pay(kernel, draft(kernel, amount=Money(1300, EUR), replaces=draft(kernel).id))


def in_the_last_second(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    waiting = draft(kernel)
    clock.forward(seconds=299)
    return pay(kernel, waiting)


def again_after_it_expired(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    old = draft(kernel)
    clock.forward(minutes=6)
    kernel.sweep()
    return pay(kernel, kernel.again(USER, SESSION, old.id))


def again_after_a_decline(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    failed = with_card("chargeDeclined")(kernel, clock, stall)
    kernel.change_wallet(USER, method="pm_card_visa")
    return pay(kernel, kernel.again(USER, SESSION, failed.id))


def again_after_a_declined_purchase(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    stocked(kernel)
    kernel.trade_with(Shop(kernel.store, kernel.settings, clock).merchants)
    kernel.change_wallet(USER, method="pm_card_chargeDeclined")
    quote = kernel._vault.merchants["maison"].quote(USER, Basket((Wanted(PRODUCT),)))
    failed = pay(kernel, kernel.draft_quote(USER, SESSION, quote))
    assert failed.state == "failed"
    kernel.change_wallet(USER, method="pm_card_visa")
    return pay(kernel, kernel.again(USER, SESSION, failed.id))


def again_after_an_undo(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    undone = kernel.undo(USER, pay(kernel, draft(kernel), undo=10).id)
    return pay(kernel, kernel.again(USER, SESSION, undone.id))


def after_the_bank_asked(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    waiting = with_card("authenticationRequired")(kernel, clock, stall)
    records = kernel._sandbox.records  # type: ignore[union-attr]
    with records.transaction():
        intents.answer(Call(records, {}, "", int(clock.now().timestamp()), waiting.provider_ref), True)
    return kernel.look(USER, waiting.id)


def the_same_twice_on_purpose(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    pay(kernel, draft(kernel))
    second = draft(kernel)
    assert second.origin.repeats
    return pay(kernel, second)


def the_same_next_month(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    pay(kernel, draft(kernel, "Volta Energy", Money(8999, EUR)))
    clock.forward(days=30)
    second = draft(kernel, "Volta Energy", Money(8999, EUR))
    assert not second.origin.repeats
    return pay(kernel, second)


def up_to_the_day_limit(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    pay(kernel, draft(kernel, amount=Money(50000, EUR)))
    return pay(kernel, draft(kernel, "Bob", Money(50000, EUR)))


def more_than_the_limit_once_it_is_raised(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    large = Money(80000, EUR)
    with pytest.raises(Refused):
        pay(kernel, draft(kernel, amount=large))
    kernel.change_wallet(USER, per_payment=large)
    return pay(kernel, draft(kernel, amount=large))


def after_a_stop_was_lifted(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    kernel.stop(USER)
    kernel.resume(USER)
    return pay(kernel, draft(kernel))


def from_a_shop(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    return pay(kernel, kernel.draft_quote(USER, SESSION, stall.quote(USER, ())))


def twice_from_a_shop(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    from_a_shop(kernel, clock, stall)
    return from_a_shop(kernel, clock, stall)


def after_a_refund(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    first = pay(kernel, draft(kernel))
    assert kernel.refund(USER, first.id, "refund_1", Money(500, EUR)).refunded.minor == 500
    return pay(kernel, draft(kernel, amount=Money(750, EUR)))


def over_two_restarts(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    waiting = pay(kernel, draft(kernel), undo=10)
    clock.forward(seconds=10)
    for _ in range(2):
        kernel.settle_due(restarted=True)
    return kernel.receipt(USER, waiting.id)


def twenty_small_ones_in_an_hour(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    every = [
        pay(kernel, draft(kernel, purpose=f"ticket {number}", amount=Money(100 + number, EUR))) for number in range(20)
    ]
    assert {payment.state for payment in every} == {"succeeded"}
    return every[-1]


def from_another_session(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    waiting = kernel.draft(USER, "ses_2", named(kernel, "Alice"), LUNCH)
    return kernel.confirm(USER, "ses_2", waiting.id, kernel.token(waiting), 0)


def from_a_photo(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    seen = {"amount": {"image": 0, "box": [1, 1, 9, 9]}}
    return pay(kernel, draft(kernel, source="invoice.jpg", provenance=seen, uncertain=("amount",)))


def in_an_assumed_currency(kernel: Payments, clock: MovableClock, stall: Stall) -> Payment:
    return pay(kernel, draft(kernel, assumed=True))


PEOPLE = ("Alice", "Bob", "maman", "Zoé", "李雷", "Emma", "Volta Energy", "Aqua Claire", "Northwind Telecom")
CARDS = (
    "visa_debit", "mastercard", "mastercard_debit", "mastercard_prepaid", "amex", "discover", "diners", "jcb",
    "unionpay",
)  # fmt: skip
KINDS: dict[str, Kind] = {
    **{f"to {who}": to(who) for who in PEOPLE},
    **{f"with {card}": with_card(card) for card in CARDS},
    "fifty cents": of(50), "a cent below the limit": of(49999), "the limit itself": of(50000),
    "a round sum": of(20000), "dollars": of(2500, "USD"), "pounds": of(1999, "GBP"), "yen": of(3000, "JPY"),
    "yuan": of(8800, "CNY"), "francs": of(4550, "CHF"), "kronor": of(12340, "SEK"), "rupees": of(99900, "INR"),
    "no purpose": about(""), "an emoji": about("🍕 pizza"), "an apostrophe": about("l'anniversaire d'Anaïs"),
    "an ampersand": about("R&D <3"), "a percent sign": about("50 % deposit"), "Chinese": about("三月份电费"),
    "Arabic": about("إيجار الشهر"), "a number that is no card": about("Invoice 4242 4242 4242 4241"),
    "a long purpose": about("Rent " * 39),
    "a new friend with an accent": to_new("Zoë Kravitz"), "a new friend in Cyrillic": to_new("Иван Петров"),
    "a new friend in Vietnamese": to_new("Nguyễn Thị Minh"),
    "a new friend with a hyphen": to_new("Siobhán O'Neill-Brown"),
    "a new friend with a nickname": to_new("Maximilian Weber", "Max"), "a name near another": to_new("李雪"),
    "after its undo time": after_its_undo_time, "aloud": aloud, "edited": edited,
    "in the last second": in_the_last_second, "again after it expired": again_after_it_expired,
    "again after a decline": again_after_a_decline, "again after an undo": again_after_an_undo,
    "again after a declined purchase": again_after_a_declined_purchase,
    "after the bank asked": after_the_bank_asked, "the same twice on purpose": the_same_twice_on_purpose,
    "the same next month": the_same_next_month, "up to the day limit": up_to_the_day_limit,
    "more than the limit once it is raised": more_than_the_limit_once_it_is_raised,
    "after a stop was lifted": after_a_stop_was_lifted, "from a shop": from_a_shop,
    "twice from a shop": twice_from_a_shop, "after a refund": after_a_refund, "over two restarts": over_two_restarts,
    "twenty small ones in an hour": twenty_small_ones_in_an_hour, "from another session": from_another_session,
    "from a photo": from_a_photo, "in an assumed currency": in_an_assumed_currency,
}  # fmt: skip


def test_the_kinds_are_sixty_and_more() -> None:
    assert len(KINDS) >= 60


@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_payment_arrives(kernel: Payments, clock: MovableClock, stall: Stall, kind: str) -> None:
    done = KINDS[kind](kernel, clock, stall)
    assert done.state == "succeeded"
    assert paid(kernel, done, done.account if done.merchant_id else "") == 1
