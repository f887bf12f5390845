"""Double entry: each row is one balanced transfer between two accounts. Append-only; balances are sums, never stored.

Accounts: `wallet`, `clearing` (the provider, always back at zero), and one per payee or merchant.
"""

from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.money import Money
from assistant.payments.drafts import Payment
from assistant.payments.tables import ledger
from assistant.reply import new_id

WALLET, CLEARING = "wallet", "clearing"


def book(
    db: Connection, payment: Payment, ref: str, kind: Literal["charge", "refund"], amount: Money, now: datetime
) -> None:
    """Book a charge (wallet to payee) or a refund (back), by way of the provider. A `ref` is booked once."""
    payee = f"payee:{payment.payee_id}"
    way = (WALLET, CLEARING, payee) if kind == "charge" else (payee, CLEARING, WALLET)
    common = {"user_id": payment.user, "payment_id": payment.id, "ref": ref, "amount": amount.minor}
    common |= {"currency": amount.currency, "at": now}
    rows = [common | {"id": new_id("led"), "credit": way[i], "debit": way[i + 1]} for i in (0, 1)]
    db.execute(sa.insert(ledger), rows)
