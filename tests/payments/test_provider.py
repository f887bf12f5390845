"""One provider for the sandbox and for Stripe test mode; a live key meets a closed door."""

from dataclasses import replace

import pytest

from assistant.clock import MovableClock
from assistant.errors import Refused, Unavailable
from assistant.payments import Payee, Payments
from assistant.payments.provider import Bill, Provider
from assistant.settings import Settings
from assistant.store import Store
from tests.payments.conftest import LUNCH, SESSION, USER, pay


@pytest.fixture
def keyed(kernel: Payments, store: Store, settings: Settings, clock: MovableClock) -> Payments:
    """A kernel with a test key of its own; the provider it reaches is the sandbox of another kernel."""
    made = Payments(store, replace(settings, stripe_key="sk_test_mine"), clock)
    made._provider = kernel._provider
    return made


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x"])
def test_a_live_key_is_refused_before_a_client_exists(
    store: Store, settings: Settings, clock: MovableClock, key: str
) -> None:
    with pytest.raises(Refused, match="live_key"):
        Payments(store, replace(settings, stripe_key=key), clock)


def test_which_money_it_is_is_said(kernel: Payments, keyed: Payments) -> None:
    assert (kernel.describe(), keyed.describe()) == ("sandbox", "Stripe test mode")


def test_with_a_real_key_an_account_that_cannot_receive_is_refused_before_a_draft(
    kernel: Payments, keyed: Payments
) -> None:
    stranger = keyed.payees.add(USER, "Hugo", "contact", "EUR", "acct_hugo")
    with pytest.raises(Refused, match="account_cannot_receive"):
        keyed.draft(USER, SESSION, stranger, LUNCH)
    assert kernel._sandbox
    kernel._sandbox.open_account("acct_hugo", "Hugo")
    assert pay(keyed, keyed.draft(USER, SESSION, stranger, LUNCH)).state == "succeeded"


def test_silence_is_not_a_decision(kernel: Payments, alice: Payee) -> None:
    nobody = Provider("sk_test_x", lambda: "http://127.0.0.1:9")
    with pytest.raises(Unavailable, match="provider_silent"):
        nobody.create(Bill("k", LUNCH, "pm_card_visa", "", {}, to=alice.account))


def test_nothing_is_started_and_stripe_is_not_imported_until_money_is_to_move(tmp_path: object) -> None:
    import subprocess
    import sys

    program = (
        "import sys, pathlib, threading\n"
        "from assistant.clock import SystemClock; from assistant.settings import Settings\n"
        "from assistant.store import Store; from assistant.payments import Payments\n"
        "home = pathlib.Path(sys.argv[1]); store = Store(home / 'lueur.db'); store.upgrade()\n"
        "Payments(store, Settings(home=home), SystemClock()).payees.names('ada')\n"
        "heavy = {'stripe', 'starlette', 'uvicorn', 'requests', 'babel', 'rapidfuzz'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy or threading.active_count() > 1 else 0)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
