"""Intents that nobody will ever confirm: made, then lost by a crash before their reference was committed.

The next try is answered with the same intent while the provider remembers its key, with another one afterwards. An
orphan holds no money, and cancelling one twice is cancelling it once, so nothing is written down here.
"""

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from assistant.payments.drafts import DONE
from assistant.payments.provider import Provider
from assistant.payments.tables import payments, tokens
from assistant.store import Store

BACK = timedelta(days=90)  # how old an orphan may be to be found
log = logging.getLogger(__name__)


def cancel_orphans(store: Store, provider: Provider, now: datetime) -> int:
    """Cancel the intents of payments that are over or bound to another intent; how many they were.

    An intent of a payment that may still take it up is left alone, and so is one that is not ours.
    """
    since, on = now - BACK, sa.case((payments.c.merchant_id != "", payments.c.account), else_="")
    places = store.rows(sa.select(on).where(payments.c.confirmed_at >= since).distinct().order_by(on))
    gone = 0
    for (place,) in places:
        for made in provider.made(since, place):
            open_yet = made.status == "requires_confirmation"
            if open_yet and _orphan(store, made.ref, made.metadata.get("payment", "")):
                gone += provider.cancel(made.ref, place).standing == "failed"
                log.warning("intent %s was never confirmed and is canceled", made.ref)
    return gone


def _orphan(store: Store, ref: str, payment: str) -> bool:
    drawn = payments.outerjoin(tokens, (tokens.c.payment_id == payments.c.id) & (tokens.c.kind == "vault"))
    bound = sa.func.coalesce(payments.c.provider_ref, tokens.c.provider_ref)
    row = store.first(sa.select(payments.c.state, bound).select_from(drawn).where(payments.c.id == payment))
    return row is not None and (row[0] in DONE or row[1] not in (None, ref))
