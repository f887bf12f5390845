"""The books balance, refunds stay below what was paid, and the database refuses what must not be."""

from collections import Counter, defaultdict

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.clock import MovableClock
from assistant.errors import Refused, Unavailable
from assistant.money import Money
from assistant.payments import Payee, Payment, Payments
from assistant.payments.provider import Provider
from assistant.payments.tables import events, ledger, payments, refunds, tokens
from assistant.store import Store
from tests.payments.conftest import LUNCH, SESSION, USER, Crash, Edges, Stall, charges, pay


@pytest.fixture
def done(kernel: Payments, alice: Payee) -> Payment:
    return pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))


def balances(db: Connection, user: str) -> dict[tuple[str, str], int]:
    """(account, currency) -> minor units; the sum over all accounts of a currency is zero."""
    totals: Counter[tuple[str, str]] = Counter()
    for row in db.execute(sa.select(ledger).where(ledger.c.user_id == user)):
        totals[row.debit, row.currency] += row.amount
        totals[row.credit, row.currency] -= row.amount
    return dict(totals)


def test_every_currency_sums_to_zero(kernel: Payments, store: Store, alice: Payee, stall: Stall) -> None:
    pay(kernel, kernel.draft(USER, SESSION, alice, Money(900, "USD")))
    shop = pay(kernel, kernel.draft_quote(USER, SESSION, stall.quote(USER, ())))
    kernel.refund(USER, shop.id, "refund_1", Money(250, "EUR"))
    with store.read() as db:
        books = balances(db, USER)
    sums: dict[str, int] = defaultdict(int)
    for (_, currency), amount in books.items():
        sums[currency] += amount
    assert dict(sums) == {"USD": 0, "EUR": 0}
    assert books["payee:stall", "EUR"] == 1000 and books["wallet", "EUR"] == -1000
    assert books["clearing", "USD"] == 0


def test_the_ledger_agrees_with_the_provider(kernel: Payments, store: Store, done: Payment) -> None:
    kernel.refund(USER, done.id, "refund_1", Money(50, "EUR"))
    client = kernel._provider._client
    received = client.v1.balance.retrieve(None, {"stripe_account": "acct_demo_alice_7305"}).available[0].amount
    with store.read() as db:
        assert balances(db, USER)[f"payee:{done.payee_id}", "EUR"] == received == 1200


def test_a_refund_asked_twice_happens_once(kernel: Payments, done: Payment) -> None:
    first = kernel.refund(USER, done.id, "refund_1")
    second = kernel.refund(USER, done.id, "refund_1")
    assert first.refunded == second.refunded == LUNCH
    assert charges(kernel, done)[0].amount_received == 1250


def test_more_than_was_paid_is_never_given_back(kernel: Payments, done: Payment) -> None:
    kernel.refund(USER, done.id, "refund_1", Money(1000, "EUR"))
    with pytest.raises(Refused, match="more_than_was_paid"):
        kernel.refund(USER, done.id, "refund_2", Money(251, "EUR"))
    assert kernel.refund(USER, done.id, "refund_3").refunded == LUNCH
    with pytest.raises(Refused, match="nothing_to_refund"):
        kernel.refund(USER, done.id, "refund_4")


def test_what_was_not_paid_is_not_refunded(kernel: Payments, alice: Payee) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    with pytest.raises(Refused, match="nothing_to_refund"):
        kernel.refund(USER, payment.id, "refund_1")


@pytest.mark.parametrize("edge", range(1, 6))
def test_a_refund_crashed_at_any_edge_happens_once(
    kernel: Payments, done: Payment, edges: Edges, store: Store, edge: int
) -> None:
    edges.arm(edge)
    with pytest.raises(Crash):
        kernel.refund(USER, done.id, "refund_1", Money(700, "EUR"))
    edges.arm(0)
    kernel.settle_due(restarted=True)
    assert kernel.receipt(USER, done.id).refunded == Money(700, "EUR")
    made = kernel._provider._client.v1.refunds.list({"payment_intent": done.provider_ref}).data
    assert [refund.amount for refund in made] == [700]


def test_a_refund_without_an_answer_is_found_again(
    kernel: Payments, done: Payment, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Provider.refund

    def lost(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        raise Unavailable("provider_silent")

    monkeypatch.setattr(Provider, "refund", lost)
    assert kernel.refund(USER, done.id, "refund_1").refunded.minor == 0
    clock.forward(seconds=30)
    kernel.settle_due()
    assert kernel.receipt(USER, done.id).refunded == LUNCH


WRONG = {
    "a confirmed amount changes": sa.update(payments).values(amount=1),
    "a payee changes": sa.update(payments).values(payee_id="payee_other"),
    "a purpose changes": sa.update(payments).values(purpose="else"),
    "a paid payment fails": sa.update(payments).values(state="failed"),
    "a paid payment is a draft again": sa.update(payments).values(state="draft"),
    "a charge is swapped": sa.update(payments).values(provider_ref="pi_other"),
    "a payment vanishes": sa.delete(payments),
    "a token is used again": sa.update(tokens).values(used_at=None),
    "a ledger row changes": sa.update(ledger).values(amount=1),
    "a ledger row vanishes": sa.delete(ledger),
    "an event changes": sa.update(events).values(event="canceled"),
    "an event vanishes": sa.delete(events),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_the_database_refuses(kernel: Payments, store: Store, done: Payment, wrong: sa.UpdateBase) -> None:
    with pytest.raises(sa.exc.IntegrityError), store.write() as db:
        db.execute(wrong)
    assert kernel.receipt(USER, done.id) == done


def test_the_database_refuses_a_payment_that_skips_the_gesture(
    kernel: Payments, store: Store, alice: Payee, clock: MovableClock
) -> None:
    draft = kernel.draft(USER, SESSION, alice, LUNCH)
    for state in ("submitted", "succeeded", "unknown", "nonsense"):
        with pytest.raises(sa.exc.IntegrityError), store.write() as db:
            db.execute(sa.update(payments).where(payments.c.id == draft.id).values(state=state, send_at=clock.now()))


def test_the_database_refuses_a_second_use_of_one_charge(
    kernel: Payments, store: Store, done: Payment, alice: Payee
) -> None:
    other = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH), undo=60)
    with pytest.raises(sa.exc.IntegrityError), store.write() as db:
        moved = {"state": "submitted", "provider_ref": done.provider_ref}
        db.execute(sa.update(payments).where(payments.c.id == other.id).values(moved))


def test_a_settled_refund_stays(kernel: Payments, store: Store, done: Payment) -> None:
    kernel.refund(USER, done.id, "refund_1")
    with pytest.raises(sa.exc.IntegrityError), store.write() as db:
        db.execute(sa.update(refunds).values(state="submitted"))
