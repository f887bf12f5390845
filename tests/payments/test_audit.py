"""The audit log is a chain: whatever is edited afterwards, the first link that does not fit is found."""

import pytest
import sqlalchemy as sa

from assistant.payments import Payee, Payments
from assistant.payments.audit import broken
from assistant.store import Store
from tests.payments.conftest import LUNCH, SESSION, USER, pay


@pytest.fixture
def written(kernel: Payments, alice: Payee) -> Payments:
    for user in (USER, USER):
        pay(kernel, kernel.draft(user, SESSION, alice, LUNCH))
    return kernel


def verdict(store: Store) -> str:
    with store.read() as db:
        return broken(db)[1]


def test_an_honest_log_is_whole(written: Payments, store: Store) -> None:
    with store.read() as db:
        count, wrong = broken(db)
    assert (count, wrong) == (10, "")


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        ("UPDATE payment_events SET detail = 'x' WHERE id = 3", "event 3"),
        ("UPDATE payment_events SET at = replace(at, ':', ';') WHERE id = 1", "event 1"),
        ("UPDATE payment_events SET user_id = 'eve' WHERE id = 4", "event 4"),
        ("UPDATE payment_events SET event = 'failed' WHERE id = 5", "event 5"),
        ("UPDATE payment_events SET payment_id = 'pay_x' WHERE id = 2", "event 2"),
        ("UPDATE payment_events SET hash = iif(hash LIKE 'f%', '0', 'f') || substr(hash, 2) WHERE id = 10", "event 10"),
        ("DELETE FROM payment_events WHERE id = 6", "event 7"),
        ("DELETE FROM payment_events WHERE id = 10", "payment "),
        ("UPDATE payments SET amount = 1", "payment "),
        ("UPDATE payments SET state = 'failed'", "payment "),
    ],
)
def test_every_edit_is_found(written: Payments, store: Store, edit: str, found: str) -> None:
    with store.write() as db:
        names = db.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            db.execute(sa.text(f"DROP TRIGGER {name}"))
        db.execute(sa.text(edit))
    assert verdict(store).startswith(found)
