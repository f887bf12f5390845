import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.errors import OutOfRoom, Unavailable
from assistant.payments.provider import Provider
from assistant.shop.elsewhere import fetch
from assistant.store import Store, metadata, users

WHEN = datetime(2026, 11, 22, 9, 0, 0, 5, tzinfo=UTC)


def add(store: Store, name: str) -> None:
    with store.write() as db:
        db.execute(sa.insert(users).values(user_id=name, created_at=WHEN, seen_at=WHEN, preferences={}))


def count(store: Store) -> int:
    with store.read() as db:
        return db.execute(sa.select(sa.func.count()).select_from(users)).scalar_one()


def test_every_row_names_its_user(store: Store) -> None:
    assert {t.name for t in metadata.sorted_tables if "user_id" not in t.c} == set()


def test_an_instant_comes_back_aware_and_in_utc(store: Store) -> None:
    paris = timezone(timedelta(hours=1))
    with store.write() as db:
        db.execute(
            sa.insert(users).values(user_id="a", created_at=WHEN.astimezone(paris), seen_at=WHEN, preferences={})
        )
    with store.read() as db:
        assert db.execute(sa.select(users.c.created_at)).scalar_one() == WHEN


def test_a_failed_write_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as db:
        db.execute(sa.insert(users).values(user_id="a", created_at=WHEN, seen_at=WHEN, preferences={}))
        raise RuntimeError
    assert count(store) == 0


def test_steps_that_belong_together_are_committed_once(store: Store) -> None:
    with store.write():
        add(store, "a")
        add(store, "b")
        assert count(store) == 2
        assert count(Store(store.path)) == 0  # nobody else sees the half of it
    assert count(store) == 2
    with pytest.raises(RuntimeError), store.write():
        add(store, "c")
        raise RuntimeError
    assert count(store) == 2


def test_a_step_that_fails_takes_back_only_itself(store: Store) -> None:
    with store.write():
        add(store, "a")
        with pytest.raises(RuntimeError), store.write():
            add(store, "b")
            raise RuntimeError
        add(store, "c")
    assert count(store) == 2


def test_writers_take_turns(store: Store) -> None:
    threads = [threading.Thread(target=add, args=(store, f"u{n}")) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(store) == 20


def test_a_full_disk_is_said_plainly_and_nothing_is_half_done(store: Store, tmp_path: Path) -> None:
    with store.engine.connect() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
    sa.event.listen(store.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count={pages + 1}"))
    store.engine.dispose()
    with pytest.raises(OutOfRoom):
        for n in range(500):
            add(store, f"user-{n}-" + "x" * 50)
    before = count(store)
    with pytest.raises(OutOfRoom):
        add(store, "y" * 60)
    assert count(store) == before


def test_nobody_waits_for_a_network_inside_a_transaction(store: Store) -> None:
    provider = Provider("sk_test_1", lambda: "http://127.0.0.1:9")
    with store.write(), store.write(), pytest.raises(RuntimeError, match="inside a transaction"):
        provider.retrieve("pi_1")
    with store.write(), pytest.raises(RuntimeError, match="inside a transaction"):
        fetch("La Tablée", "GET", "http://127.0.0.1:9/")
    with pytest.raises(Unavailable):
        provider.retrieve("pi_1")
