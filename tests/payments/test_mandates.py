"""A mandate buys exactly what was signed: each bound refuses on its own, and anyone with its key can check it."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.clock import MovableClock
from assistant.errors import LueurError
from assistant.merchant import Quote, Wanted
from assistant.money import Money
from assistant.payments import Payments
from assistant.payments import credentials as ap2
from assistant.payments.mandates import Mandate, Terms, verify
from assistant.payments.settlement import Settlement
from assistant.payments.tables import mandate_uses, mandates, payments
from assistant.reply import new_id
from assistant.store import Store
from tests.payments.conftest import SESSION, USER, Stall, charges

LAMP = Money(1250, "EUR")


@pytest.fixture
def terms(clock: MovableClock) -> Terms:
    """The lamp at 13 at most, 15 delivered, three times, 40 in all, for a month."""
    return Terms(
        "lamp", "Lamp", "stall", "The Stall", 1, Money(1300, "EUR"), Money(1500, "EUR"), Money(4000, "EUR"), 3,
        clock.now() + timedelta(days=30), "pm_card_visa",
    )  # fmt: skip


@pytest.fixture
def shop(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> Stall:
    """The stall says what it quotes."""
    quote, reread = Stall.quote, Stall.reread
    named = lambda made: replace(made, wanted=(Wanted("lamp"),))  # noqa: E731
    monkeypatch.setattr(Stall, "quote", lambda self, *args, **more: named(quote(self, *args, **more)))
    monkeypatch.setattr(Stall, "reread", lambda self, id: named(reread(self, id)))
    return stall


def sign(kernel: Payments, terms: Terms) -> Mandate:
    return kernel.mandates.sign(USER, SESSION, new_id("mandate"), terms)


def quoted(shop: Stall, **changes: Any) -> Quote:
    return replace(shop.quote(USER, ()), **changes)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(LueurError) as raised:
        act()
    return raised.value.key


def nothing_left(kernel: Payments) -> bool:
    return not kernel.history(USER)


def test_a_signed_mandate_buys_once_on_the_way_that_every_payment_takes(
    kernel: Payments, shop: Stall, terms: Terms
) -> None:
    mandate = sign(kernel, terms)
    paid = kernel.buy_under(USER, mandate.id, quoted(shop))
    assert (paid.state, paid.amount, paid.merchant_id) == ("succeeded", LAMP, "stall")
    assert len(charges(kernel, paid, paid.account)) == 1
    assert [each["event"] for each in kernel.trail(USER, paid.id)][:3] == ["draft", "confirmed", "submitted"]
    after = kernel.mandates.get(USER, mandate.id)
    assert (after.used, after.spent, after.terms) == (1, LAMP, replace(terms, until=after.terms.until))


def test_signing_twice_signs_once(kernel: Payments, terms: Terms) -> None:
    id = new_id("mandate")
    assert kernel.mandates.sign(USER, SESSION, id, terms) == kernel.mandates.sign(USER, SESSION, id, terms)
    assert len(kernel.mandates.of(USER)) == 1


def test_the_key_is_not_kept_in_the_clear(kernel: Payments, store: Store, terms: Terms) -> None:
    sign(kernel, terms)
    raw = store.path.read_bytes() + store.path.with_name("lueur.db-wal").read_bytes()
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in raw
    assert b"BEGIN PRIVATE KEY" not in raw
    assert b"BEGIN EC PRIVATE" not in raw


# ---- attack cases 44 and 45: each bound by itself ----

BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "wrong payee": ({"merchant": "other", "seller": "Another"}, "mandate_other_payee"),
    "other goods": ({"wanted": (Wanted("sofa"),)}, "mandate_other_goods"),
    "goods that are not named": ({"wanted": ()}, "mandate_other_goods"),
    "two of them": ({"wanted": (Wanted("lamp", 2),)}, "mandate_other_goods"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_44_another_quote_than_was_agreed_is_refused(kernel: Payments, shop: Stall, terms: Terms, what: str) -> None:
    mandate, other = sign(kernel, terms), Stall(shop.clock, "other", "Another")
    kernel.trade_with({"stall": shop, "other": other})
    changes, key = BROKEN[what]
    quote = quoted(shop, **changes)
    (other if quote.merchant == "other" else shop).quotes[quote.id] = quote
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quote)) == key
    assert nothing_left(kernel)


@pytest.mark.parametrize(("cents", "key"), [(1301, "mandate_above_price"), (1501, "mandate_above_price")])
def test_44_a_dearer_piece_is_refused(kernel: Payments, shop: Stall, terms: Terms, cents: int, key: str) -> None:
    mandate, shop.price = sign(kernel, terms), Money(cents, "EUR")
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == key
    assert nothing_left(kernel)


def test_44_a_dear_delivery_is_refused(kernel: Payments, shop: Stall, terms: Terms) -> None:
    mandate = sign(kernel, replace(terms, most=Money(1249, "EUR")))
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == "mandate_above_amount"
    assert nothing_left(kernel)


def test_44_the_budget_holds_over_all_purchases(kernel: Payments, shop: Stall, terms: Terms) -> None:
    mandate = sign(kernel, replace(terms, budget=Money(2600, "EUR")))
    for _ in range(2):
        kernel.buy_under(USER, mandate.id, quoted(shop))
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == "mandate_above_budget"
    assert len(kernel.history(USER)) == 2


def test_44_occurrences_are_counted_even_at_the_same_moment(kernel: Payments, shop: Stall, terms: Terms) -> None:
    mandate = sign(kernel, replace(terms, occurrences=2))

    def buy(_: int) -> str:
        try:
            return kernel.buy_under(USER, mandate.id, quoted(shop)).state
        except LueurError as error:
            return error.key

    with ThreadPoolExecutor(6) as pool:
        ends = list(pool.map(buy, range(6)))
    assert sorted(ends) == ["mandate_used_up"] * 4 + ["succeeded"] * 2
    assert len(kernel.history(USER)) == 2


def test_44_what_is_over_buys_nothing(kernel: Payments, shop: Stall, terms: Terms, clock: MovableClock) -> None:
    mandate = sign(kernel, terms)
    clock.forward(days=30)
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == "mandate_expired"
    assert refused(lambda: sign(kernel, terms)) == "mandate_expired"
    assert nothing_left(kernel)


def test_44_revoked_is_revoked_at_once_and_for_good(kernel: Payments, shop: Stall, store: Store, terms: Terms) -> None:
    mandate = sign(kernel, terms)
    waiting = kernel.buy_under(USER, mandate.id, quoted(shop))
    kernel.mandates.revoke(USER, mandate.id)
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == "mandate_revoked"
    assert kernel.receipt(USER, waiting.id).state == "succeeded"  # it had left
    with pytest.raises(sa.exc.IntegrityError, match="revoked is revoked"), store.write() as db:
        db.execute(sa.update(mandates).values(state="active"))


def test_44_a_purchase_that_has_not_left_is_taken_back_with_the_mandate(
    kernel: Payments, shop: Stall, terms: Terms, settings: Any
) -> None:
    kernel.settings = replace(settings, undo_seconds=10)
    mandate = sign(kernel, terms)
    waiting = kernel.buy_under(USER, mandate.id, quoted(shop))
    assert waiting.state == "confirmed"
    kernel.mandates.revoke(USER, mandate.id)
    assert kernel.receipt(USER, waiting.id).state == "canceled"


def test_44_stop_everything_stops_it_too(kernel: Payments, shop: Stall, terms: Terms) -> None:
    mandate = sign(kernel, terms)
    kernel.stop(USER)
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == "payments_stopped"


def test_44_the_limits_of_the_wallet_hold_under_a_mandate(kernel: Payments, shop: Stall, terms: Terms) -> None:
    mandate = sign(kernel, terms)
    kernel.change_wallet(USER, per_payment=Money(1000, "EUR"))
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == "above_payment_limit"


def test_44_another_card_than_was_signed_pays_nothing(kernel: Payments, shop: Stall, terms: Terms) -> None:
    mandate = sign(kernel, terms)
    kernel.change_wallet(USER, method="pm_card_mastercard")
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == "mandate_other_card"


def test_44_another_persons_mandate_does_not_exist(kernel: Payments, shop: Stall, terms: Terms) -> None:
    mandate = sign(kernel, terms)
    assert refused(lambda: kernel.buy_under("eve", mandate.id, quoted(shop))) == "unknown_mandate"


def test_45_a_clock_that_went_back_buys_nothing(
    kernel: Payments, shop: Stall, terms: Terms, clock: MovableClock
) -> None:
    mandate = sign(kernel, terms)
    clock.forward(days=10)
    kernel.buy_under(USER, mandate.id, quoted(shop))
    clock.forward(days=-1)
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == "clock_went_back"
    assert len(kernel.history(USER)) == 1


def test_a_purchase_that_was_declined_frees_its_place_and_waits_an_hour(
    kernel: Payments, shop: Stall, terms: Terms, clock: MovableClock
) -> None:
    kernel.change_wallet(USER, method="pm_card_chargeDeclinedInsufficientFunds")
    mandate = sign(kernel, replace(terms, method="pm_card_chargeDeclinedInsufficientFunds", occurrences=1))
    assert kernel.buy_under(USER, mandate.id, quoted(shop)).state == "failed"
    assert kernel.mandates.get(USER, mandate.id).used == 0
    assert kernel.mandates.waiting() == ()
    clock.forward(hours=2)
    assert kernel.mandates.waiting() == ((USER, mandate.id),)


def test_a_crash_before_the_merchant_answers_is_one_charge(
    kernel: Payments, shop: Stall, terms: Terms, monkeypatch: pytest.MonkeyPatch, clock: MovableClock
) -> None:
    mandate = sign(kernel, replace(terms, occurrences=1))
    with monkeypatch.context() as patched:
        patched.setattr(Settlement, "go_on", lambda *_: None)  # the process dies once it is confirmed
        begun = kernel.buy_under(USER, mandate.id, quoted(shop))
    assert begun.state == "submitted"
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == "mandate_used_up"
    clock.forward(seconds=1)
    kernel.settle_due(restarted=True)
    assert kernel.receipt(USER, begun.id).state == "succeeded"
    assert len(charges(kernel, begun, begun.account)) == 1


# ---- tampering, on the text and in the rows ----


@pytest.fixture
def exported(kernel: Payments, shop: Stall, terms: Terms) -> dict[str, Any]:
    mandate = sign(kernel, terms)
    for _ in range(2):
        kernel.buy_under(USER, mandate.id, quoted(shop))
    return kernel.mandates.export(USER, mandate.id)


def test_an_exported_mandate_is_verified_by_its_text_alone(exported: dict[str, Any], terms: Terms) -> None:
    found, used, spent, _ = verify(json.loads(json.dumps(exported)))
    assert (found, used, spent) == (replace(terms, until=found.until), 2, LAMP * 2)


def _swapped(text: str, part: int, change: Callable[[dict[str, Any] | list[Any]], Any]) -> str:
    """One part of a chain (0: the signed body, 1: the disclosure) decoded, changed and encoded again."""
    pieces = text.split("~")
    head, body, seal = pieces[0].split(".")
    held = body if part == 0 else pieces[1]
    told = json.loads(base64.urlsafe_b64decode(held + "=="))
    fresh = base64.urlsafe_b64encode(json.dumps(change(told)).encode()).decode().rstrip("=")
    pieces[part] = f"{head}.{fresh}.{seal}" if part == 0 else fresh
    return "~".join(pieces)


TAMPERED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "the signed body": lambda told: told | {"payment": _swapped(told["payment"], 0, lambda it: it | {"exp": 9**12})},
    "the disclosed amount": lambda told: told | {
        "payment": _swapped(told["payment"], 1, lambda it: json.loads(json.dumps(it).replace("1500", "150000")))
    },
    "a missing disclosure": lambda told: told | {"payment": told["payment"].split("~")[0] + "~"},
    "no signature": lambda told: told | {"checkout": re.sub(r"[^.~]+~", "~", told["checkout"], count=1)},
    "another key": lambda told: told | {"key": ap2.Keys.new().public},
    "the goods of another mandate": lambda told: told | {"checkout": told["payment"]},
    "a payment shown twice": lambda told: told | {"payments": told["payments"][:1] * 2},
    "a payment of another mandate": lambda told: told | {"payments": ["x" + told["payments"][0]]},
    "a payment's seal": lambda told: told | {"payments": [told["payments"][0][:-8] + "AAAAAAAA"]},
    "no mandate at all": lambda told: {"hello": 1},
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_a_tampered_export_is_refused(exported: dict[str, Any], what: str) -> None:
    key = refused(lambda: verify(TAMPERED[what](exported)))
    assert key.removeprefix("mandate_") in ("bad_signature", "invalid", "replayed", "unreadable", "unknown_constraint")


def test_rows_that_were_rewritten_buy_nothing(kernel: Payments, shop: Stall, store: Store, terms: Terms) -> None:
    mandate = sign(kernel, terms)
    with store.engine.connect() as db:
        db.exec_driver_sql("DROP TRIGGER mandates_keep_what_was_signed")
        row = db.execute(sa.select(mandates)).one()
        forged = _swapped(row.payment, 1, lambda it: json.loads(json.dumps(it).replace("1500", "150000")))
        db.execute(sa.update(mandates).values(payment=forged))
        db.commit()
    assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == "mandate_bad_signature"
    assert nothing_left(kernel)


def test_a_use_cannot_be_struck_out(kernel: Payments, shop: Stall, store: Store, terms: Terms) -> None:
    mandate = sign(kernel, terms)
    kernel.buy_under(USER, mandate.id, quoted(shop))
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), store.write() as db:
        db.execute(sa.delete(mandate_uses))


def test_44_the_same_payment_is_no_second_use(kernel: Payments, shop: Stall, store: Store, terms: Terms) -> None:
    mandate, quote = sign(kernel, terms), quoted(shop)
    paid = kernel.buy_under(USER, mandate.id, quote)
    with store.write() as db:
        key = refused(lambda: kernel.mandates.admit(db, mandate.id, paid, quote, kernel.clock.now()))
    assert key == "mandate_replayed"


def test_an_unknown_constraint_makes_the_whole_mandate_void(
    kernel: Payments, shop: Stall, store: Store, terms: Terms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed by the right key, with one bound more than this program knows; and with one field more inside a bound."""
    weather = {"type": "payment.allowed_weather", "allowed": ["sun"]}
    weekly = {"type": "payment.budget", "max": 4000, "currency": "EUR", "per": "week"}
    for more, key in ((weather, "mandate_unknown_constraint"), (weekly, "mandate_invalid")):
        mandate = sign(kernel, terms)
        with store.engine.connect() as db:
            keys = kernel.mandates._keys(db, USER)
            row = db.execute(sa.select(mandates).where(mandates.c.id == mandate.id)).one()
            _, paying = ap2.opened(row.checkout, row.payment, keys.public)
            told = json.loads(paying.model_dump_json())
            told["constraints"] = [each for each in told["constraints"] if each["type"] != more["type"]] + [more]
            with monkeypatch.context() as patched:
                patched.setattr(ap2.PaymentMandate, "model_dump", lambda self, told=told, **_: told)
                text = ap2.signed(paying, keys)
            db.exec_driver_sql("DROP TRIGGER IF EXISTS mandates_keep_what_was_signed")
            db.execute(sa.update(mandates).where(mandates.c.id == mandate.id).values(payment=text))
            db.commit()
        assert refused(lambda: kernel.buy_under(USER, mandate.id, quoted(shop))) == key  # noqa: B023
    assert nothing_left(kernel)


# ---- a verifier of another make ----


def test_a_verifier_written_with_a_jose_library_and_the_public_key_agrees(exported: dict[str, Any]) -> None:
    from joserfc import jws
    from joserfc.jwk import ECKey

    def digest(text: str) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")

    def read(text: str, key: ECKey) -> Any:
        signed, disclosure, rest = text.split("~")
        assert rest == ""
        outside = json.loads(jws.deserialize_compact(signed, key, algorithms=["ES256"]).payload)
        assert outside["_sd_alg"] == "sha-256"
        assert outside["delegate_payload"] == [{"...": digest(disclosure)}]
        _, inside = json.loads(base64.urlsafe_b64decode(disclosure + "=="))
        return inside

    person = ECKey.import_key(exported["key"])
    checkout, payment = read(exported["checkout"], person), read(exported["payment"], person)
    assert checkout["vct"] == "mandate.checkout.open.1"
    assert payment["vct"] == "mandate.payment.open.1"
    bounds = {each["type"]: each for each in payment["constraints"]}
    assert bounds["payment.reference"]["conditional_transaction_id"] == digest(exported["checkout"])
    assistant, spent = ECKey.import_key(payment["cnf"]["jwk"]), 0
    for chain in exported["payments"]:
        start, _, last = chain.rpartition("~")
        assert start + "~" == exported["payment"]
        closed = jws.deserialize_compact(last, assistant, algorithms=["ES256"])
        assert closed.headers()["typ"] == "kb+sd-jwt"
        claims = json.loads(closed.payload)
        assert claims["sd_hash"] == digest(exported["payment"])
        assert claims["payee"]["id"] in [each["id"] for each in bounds["payment.allowed_payees"]["allowed"]]
        assert claims["payment_amount"]["amount"] <= bounds["payment.amount_range"]["max"]
        spent += claims["payment_amount"]["amount"]
    assert spent <= bounds["payment.budget"]["max"]
    assert (len(exported["payments"]), spent) == (verify(exported)[1], verify(exported)[2].minor)


def test_every_purchase_under_a_mandate_is_a_use(store: Store, exported: dict[str, Any]) -> None:
    with store.read() as db:
        paid = db.execute(sa.select(payments.c.id).where(payments.c.state == "succeeded")).scalars().all()
        used = db.execute(sa.select(mandate_uses.c.payment_id)).scalars().all()
    assert sorted(paid) == sorted(used)
