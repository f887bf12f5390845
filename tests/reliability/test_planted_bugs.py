"""Each of these bugs, planted, is caught by what the reliability tests run: they have teeth.

Where two defences stand behind one another (a token and a state, our cap and the provider's) the plant takes one away,
and what catches it looks at that one.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from assistant.payments import confirmation, settlement
from assistant.payments.drafts import OPEN, load, move
from assistant.payments.settlement import Settlement, _bill
from assistant.payments.tables import payments
from assistant.reply import new_id
from tests.reliability.test_crash_sweep import believed, fooled, meddled, overdrawn, scenarios, sweep
from tests.reliability.world import World

Plant = pytest.MonkeyPatch


def caught(world: World, many: int = 14) -> list[str]:
    """What the first of the enumerated crashes already show."""
    return sweep(world, "ok", scenarios(world, "ok", ("drop",))[:many])


def starting(wrong: list[str]) -> set[str]:
    return {sentence.split()[0] for sentence in wrong}


def test_a_new_key_for_every_try_is_caught(world: World, monkeypatch: Plant) -> None:
    def one_call(self: Settlement, payment: Any) -> Any:
        bill, client = _bill(payment), self.provider()._client
        made = client.v1.payment_intents.create(
            {"amount": bill.amount.minor, "currency": "eur", "payment_method": bill.method, "confirm": True,
             "metadata": dict(bill.metadata), "transfer_data": {"destination": bill.to}},
            {"idempotency_key": new_id("key")},
        )  # fmt: skip
        self._attempt(payment, made.id)
        return self.provider().retrieve(made.id)

    monkeypatch.setattr(Settlement, "_contact", one_call)
    assert "I1" in starting(caught(world))


def test_a_reference_that_is_not_committed_is_caught(world: World, monkeypatch: Plant) -> None:
    monkeypatch.setattr(Settlement, "_attempt", lambda self, payment, ref: 1)
    assert starting(caught(world, 3)) & {"I1", "I2", "I9"}


def test_settling_without_looking_at_the_amount_is_caught(world: World, monkeypatch: Plant) -> None:
    monkeypatch.setattr(settlement, "_agrees", lambda payment, charge: True)
    assert believed(world) == "succeeded"


def test_a_webhook_that_is_believed_is_caught(world: World, monkeypatch: Plant) -> None:
    def believe(self: Settlement, event: str, ref: str) -> bool:
        with self.store.write() as db:
            row = db.execute(sa.select(payments).where(payments.c.provider_ref == ref)).one()
            return move(db, load(db, row.user_id, row.id), "succeeded", self.clock.now())

    monkeypatch.setattr(Settlement, "hint", believe)
    assert "I2" in starting(fooled(world))


def test_an_unknown_outcome_called_failed_is_caught(world: World, monkeypatch: Plant) -> None:
    def give_up(self: Settlement, payment: Any, why: str) -> None:
        with self.store.write() as db:
            found = load(db, payment.user, payment.id)
            if found.state in OPEN:
                move(db, found, "failed", self.clock.now(), why)

    monkeypatch.setattr(Settlement, "_unsure", give_up)
    assert "I3" in starting(caught(world))


def test_a_refund_without_a_cap_is_caught(world: World) -> None:
    with world.store.write() as db:
        db.exec_driver_sql("DROP TRIGGER refunds_stay_below_the_payment")
    assert overdrawn(world) != "more_than_was_paid"


def test_a_token_that_can_be_used_again_is_caught(world: World, monkeypatch: Plant) -> None:
    monkeypatch.setattr(confirmation, "consume", lambda db, token, now: True)
    assert "I11" in starting(caught(world))


def test_an_ignored_lease_is_caught(world: World, monkeypatch: Plant) -> None:
    claim = Settlement.claim
    monkeypatch.setattr(Settlement, "claim", lambda self, db, payment, restarted=False: claim(self, db, payment, True))
    monkeypatch.setattr(
        Settlement, "due", lambda self, restarted=False: [
            (row.user_id, row.id) for row in _open_rows(self)
        ]
    )  # fmt: skip
    assert meddled(world)


def _open_rows(settlement: Settlement) -> list[Any]:
    with settlement.store.read() as db:
        found = sa.select(payments.c.user_id, payments.c.id).where(payments.c.state.in_(OPEN))
        return list(db.execute(found).all())
