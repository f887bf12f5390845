"""Attacks on the provider, the notices and the folder (cases 50 to 54 and 56 to 62)."""

import json
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.error import HTTPError

import pytest
import sqlalchemy as sa

from assistant import store as storage
from assistant.clock import MovableClock
from assistant.errors import LueurError, OutOfRoom, Unavailable
from assistant.handlers import Context, service
from assistant.language.acts import Do, Slot
from assistant.money import Money
from assistant.payments import Payee, Payment, Payments
from assistant.payments.provider import Charge, Provider
from assistant.request import Code, Evidence, Place
from assistant.request import Seen as Look
from assistant.senses.see import judged
from assistant.store import Store
from tests.handlers.test_payment import context, shown  # noqa: F401  the handler on a real kernel
from tests.handlers.test_payment import pay as asked
from tests.payments.conftest import LUNCH, SESSION, USER, charges, paid, pay
from tests.payments.test_attacks_gesture import refused
from tests.payments.test_webhooks import notice
from tests.ui.test_cards import Seen, drawn


def genuine(kernel: Payments, alice: Payee) -> Payment:
    kernel.change_wallet(USER, method="pm_card_authenticationRequired")
    return pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))


@pytest.mark.parametrize("wrong", ["unsigned", "tampered", "old", "future", "other secret"])
def test_50_a_webhook_that_is_not_genuine_changes_nothing(kernel: Payments, alice: Payee, wrong: str) -> None:
    waiting = genuine(kernel, alice)
    late = {"old": 301, "future": -3600}.get(wrong, 0)
    secret = "whsec_other" if wrong == "other secret" else ""
    body, signed = notice(kernel, waiting.provider_ref, late=late, secret=secret, status="succeeded")
    body = body.replace(b"succeeded", b"canceled!") if wrong == "tampered" else body
    assert refused(lambda: kernel.hear(body, "" if wrong == "unsigned" else signed)) == "webhook_not_genuine"
    kernel.settle_due()
    assert kernel.receipt(USER, waiting.id) == waiting


def test_51_a_webhook_replayed_or_late_changes_nothing(kernel: Payments, alice: Payee) -> None:
    done = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    failed = notice(kernel, done.provider_ref, "evt_old", type="payment_intent.payment_failed", status="canceled")
    assert [kernel.hear(*failed) for _ in range(4)] == [True, False, False, False]
    kernel.settle_due()
    assert kernel.receipt(USER, done.id) == done and paid(kernel, done) == 1


def test_52_a_webhook_of_a_strange_intent_is_ignored_and_noticed(
    kernel: Payments, alice: Payee, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = genuine(kernel, alice)
    kernel.hear(*notice(kernel, "pi_of_nobody", status="succeeded"))
    kernel.hear(*notice(kernel, waiting.provider_ref, "evt_2", status="succeeded", amount_received=1))
    kernel.settle_due()
    assert kernel.receipt(USER, waiting.id).state == "requires_action" and "not ours" in caplog.text


@pytest.mark.parametrize("wrong", ["amount", "currency", "metadata", "account"])
def test_53_a_provider_that_speaks_of_something_else_is_not_believed(
    kernel: Payments, alice: Payee, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    waiting = kernel.draft(USER, SESSION, alice, LUNCH)
    seal = {"payment": waiting.id, "seal": "0" * 64 if wrong == "metadata" else waiting.hash}
    amount = {"amount": Money(9999, "EUR"), "currency": Money(1250, "USD")}.get(wrong, LUNCH)
    said = Charge("pi_wrong", "succeeded", amount, seal, "acct_eve" if wrong == "account" else alice.account)
    monkeypatch.setattr(Provider, "confirm", lambda *_, **__: said)
    done = pay(kernel, waiting)
    assert (done.state, done.reason) == ("unknown", "provider_disagrees")


def test_54_a_refund_gives_back_what_was_paid_once_and_to_the_same_card(kernel: Payments, alice: Payee) -> None:
    done = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    assert refused(lambda: kernel.refund(USER, done.id, "refund_1", Money(1251, "EUR"))) == "more_than_was_paid"
    assert refused(lambda: kernel.refund(USER, done.id, "refund_2", Money(100, "USD"))) == "nothing_to_refund"
    assert (
        kernel.refund(USER, done.id, "refund_3").refunded == kernel.refund(USER, done.id, "refund_3").refunded == LUNCH
    )
    assert refused(lambda: kernel.refund(USER, done.id, "refund_4")) == "nothing_to_refund"
    kernel.change_wallet(USER, method="pm_card_chargeDeclined")
    failed = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    assert refused(lambda: kernel.refund(USER, failed.id, "refund_5")) == "nothing_to_refund"


HOSTILE = ["'); DROP TABLE payments; --", "<script>alert(1)</script>", "[x](javascript:alert(1))", "=HYPERLINK(1)"]


@pytest.mark.parametrize("purpose", HOSTILE)
def test_56_hostile_text_is_kept_as_text_and_escaped(context: Context, store: Store, purpose: str) -> None:  # noqa: F811
    reply = asked(context, slots={"purpose": Slot(purpose, purpose)})
    kernel = context.rooms.payments
    assert kernel.receipt(USER, reply.sheet).purpose == purpose
    page = Seen(drawn(shown(reply)))
    assert purpose in page.words and "script" not in page.tags
    assert not [value for _, value in page.attributes if value and value.lower().startswith("javascript")]
    done = pay(kernel, kernel.receipt(USER, reply.sheet))
    assert charges(kernel, done)[0].description == purpose


def test_57_a_long_or_strange_purpose_is_trimmed_before_the_network(kernel: Payments, alice: Payee) -> None:
    done = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH, "a\x00b\x1b[31m\u202ec" + "x" * 5000 + "\n\t" + "y"))
    (intent,) = charges(kernel, done)
    assert (
        intent.description.startswith("a b [31m cxx") and len(intent.description) == 200 and done.state == "succeeded"
    )
    metadata = intent.metadata.to_dict()
    assert len(metadata) <= 50 and all(len(value) <= 500 for value in metadata.values())


@pytest.mark.parametrize(
    "page", ["http://127.0.0.1:80/", "file:///etc/passwd", "javascript:alert(1)", "https://stripe.com.evil.example/"]
)
def test_58_a_bank_page_that_leads_elsewhere_is_not_followed(
    kernel: Payments, alice: Payee, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    waiting = genuine(kernel, alice)
    real = Provider.retrieve
    monkeypatch.setattr(Provider, "retrieve", lambda *args: replace(real(*args), action=page))
    assert kernel.challenge(USER, waiting.id) == ""


@pytest.mark.parametrize("page", ["http://127.0.0.1:9/pay", "file:///etc/passwd", "javascript:alert(1)"])
def test_58_a_scanned_address_is_shown_and_never_opened(
    context: Context,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    page: str,
) -> None:
    opened: list[object] = []
    monkeypatch.setattr("socket.socket.connect", lambda _, there: opened.append(there))
    monkeypatch.setattr("webbrowser.open", opened.append)
    seen = judged(Look("other", 0.0, codes=(Code("QRCode", page, Place(0, (0, 0, 9, 9))),)), {}, None)
    (card,) = service.describe(Do("describe"), replace(context, evidence=Evidence(seen=(seen,)))).cards
    page_shown = Seen(drawn(card))
    assert seen.fields == () and page in page_shown.words and card.actions == () and opened == []
    assert not [value for name, value in page_shown.attributes if name in ("href", "src") and value]


@pytest.mark.parametrize(
    "headers", [{}, {"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Authorization": "Bearer x"}]
)
def test_59_the_sandbox_answers_no_page_and_no_stranger(kernel: Payments, headers: dict[str, str]) -> None:
    sandbox = kernel._sandbox
    assert sandbox and sandbox.url().startswith("http://127.0.0.1:")
    sent = ({"Authorization": f"Bearer {sandbox.key}"} if headers else {}) | headers
    with pytest.raises(HTTPError) as turned_away:
        urllib.request.urlopen(urllib.request.Request(f"{sandbox.url()}/v1/balance", headers=sent))
    answered = turned_away.value
    assert answered.code in (401, 403) and not answered.headers.get("access-control-allow-origin")
    assert "error" in json.loads(answered.read())


def test_60_a_full_disk_stops_a_payment_before_the_network(kernel: Payments, store: Store, alice: Payee) -> None:
    drafts = [kernel.draft(USER, SESSION, alice, Money(100 + n, "EUR")) for n in range(40)]
    kernel.change_wallet(USER, per_hour=100)

    def full(connection: sqlite3.Connection, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    def told(waiting: Payment) -> str:
        try:
            return pay(kernel, waiting).state
        except OutOfRoom as error:
            return error.key

    store.engine.dispose()
    sa.event.listen(store.engine, "connect", full)
    seen = {waiting.id: told(waiting) for waiting in drafts}
    sa.event.remove(store.engine, "connect", full)
    store.engine.dispose()
    refused_ones = [waiting for waiting in drafts if seen[waiting.id] == "disk_full"]
    assert refused_ones and all(kernel.receipt(USER, waiting.id).state == "draft" for waiting in refused_ones)
    assert [charges(kernel, waiting) for waiting in refused_ones] == [[]] * len(refused_ones)
    kernel.settle_due(restarted=True)
    for waiting in drafts:
        assert pay(kernel, waiting).state == "succeeded" and paid(kernel, waiting) == 1


NO_ROOM = pytest.mark.parametrize(
    "error", [OutOfRoom("disk_full"), Unavailable("folder_busy")], ids=lambda error: error.key
)


def without_room(monkeypatch: pytest.MonkeyPatch, nth: int, error: LueurError) -> None:
    """The room runs out at the n-th write."""
    write, count = Store.write, 0

    @contextmanager
    def until_the_nth(self: Store) -> Iterator[Any]:
        nonlocal count
        count += 1
        if count >= nth:
            raise error
        with write(self) as db:
            yield db

    monkeypatch.setattr(Store, "write", until_the_nth)


@NO_ROOM
@pytest.mark.parametrize("nth", range(1, 6))
def test_60_who_is_refused_is_not_charged_later(
    kernel: Payments, alice: Payee, monkeypatch: pytest.MonkeyPatch, nth: int, error: LueurError
) -> None:
    waiting, begun = kernel.draft(USER, SESSION, alice, LUNCH), True
    with monkeypatch.context() as small:
        without_room(small, nth, error)
        try:
            pay(kernel, waiting)
        except LueurError:
            begun = False
    kernel.settle_due(restarted=True)
    assert kernel.receipt(USER, waiting.id).state == ("succeeded" if begun else "draft")
    assert paid(kernel, waiting) == begun


@NO_ROOM
@pytest.mark.parametrize("nth", range(1, 4))
def test_60_who_is_refused_a_refund_does_not_get_it_later(
    kernel: Payments, alice: Payee, monkeypatch: pytest.MonkeyPatch, nth: int, error: LueurError
) -> None:
    done, begun = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH)), True
    with monkeypatch.context() as small:
        without_room(small, nth, error)
        try:
            kernel.refund(USER, done.id, "refund_1")
        except LueurError:
            begun = False
    kernel.settle_due(restarted=True)
    assert kernel.receipt(USER, done.id).refunded.minor == (1250 if begun else 0)


def test_60_a_locked_folder_stops_a_payment_before_the_network(
    kernel: Payments, store: Store, alice: Payee, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = kernel.draft(USER, SESSION, alice, LUNCH)
    monkeypatch.setattr(storage, "BUSY_SECONDS", 0)
    store.engine.dispose()
    with sqlite3.connect(store.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="folder_busy"):
            pay(kernel, waiting)
        other.execute("ROLLBACK")
    assert charges(kernel, waiting) == [] and kernel.receipt(USER, waiting.id).state == "draft"


def test_61_a_retry_while_the_first_is_checked_charges_once_and_says_so(
    kernel: Payments, alice: Payee, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Provider.confirm

    def lost(*told: Any) -> None:
        real(*told)
        raise Unavailable("provider_silent")

    waiting = kernel.draft(USER, SESSION, alice, LUNCH)
    with monkeypatch.context() as broken:
        broken.setattr(Provider, "confirm", lost)
        assert pay(kernel, waiting).state == "unknown"
    assert refused(lambda: kernel.again(USER, SESSION, waiting.id)) == "still_under_way"
    assert kernel.draft(USER, SESSION, alice, LUNCH).origin.repeats == waiting.id
    clock.forward(seconds=31)
    kernel.settle_due()
    assert kernel.receipt(USER, waiting.id).state == "succeeded" and paid(kernel, waiting) == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_62_cancel_after_it_left_never_pretends(
    kernel: Payments, alice: Payee, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    waiting = kernel.draft(USER, SESSION, alice, LUNCH)
    real = Provider.confirm

    def said_cancel(*args: Any, **more: Any) -> Charge:
        done = real(*args, **more) if arrived else None
        assert refused(lambda: kernel.cancel(USER, waiting.id)) == "too_late_to_undo"
        return done or real(*args, **more)

    monkeypatch.setattr(Provider, "confirm", said_cancel)
    assert pay(kernel, waiting).state == "succeeded" and paid(kernel, waiting) == 1
    assert kernel.refund(USER, waiting.id, "refund_1").refunded == LUNCH
