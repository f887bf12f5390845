"""The SQL of the wealth room: a double-entry ledger, securities with their prices, and where entries came from.

The postings of an entry sum to zero in every currency. A posting belongs either to an account of the person or to a
`flow` (the other side of the world): income, expense, transfer, exchange or opening. A trade moves its value between
the cash and the security of an account, so lots need no table. Money is in minor units, prices and quantities are
integers times 10^-8.
"""

import sqlalchemy as sa

from assistant.store import CURRENCY, ID, OWNER, Instant, a, key, perhaps, table, text

accounts = table(
    "wealth_accounts",
    id=ID, user_id=OWNER, name=text(120), kind=text(16), currency=CURRENCY, aliases=a(sa.JSON), note=text(200),
)  # fmt: skip
securities = table(
    "wealth_securities",
    id=ID, user_id=OWNER, symbol=text(32), name=text(120), kind=text(16), currency=CURRENCY,
)  # fmt: skip
prices = table(
    "wealth_prices",
    security_id=key(sa.ForeignKey("wealth_securities.id")), day=key(sa.Date), user_id=OWNER, price=a(sa.BigInteger),
)  # fmt: skip
batches = table("wealth_batches", id=ID, user_id=OWNER, source=text(200), note=text(200), at=a(Instant))
entries = table(
    "wealth_entries",
    id=ID, user_id=OWNER, batch_id=a(sa.ForeignKey("wealth_batches.id")), day=a(sa.Date), payee=a(sa.Text),
    memo=a(sa.Text), identity=text(64),
)  # fmt: skip
postings = table(
    "wealth_postings",
    entry_id=key(sa.ForeignKey("wealth_entries.id")), line=key(sa.Integer), user_id=OWNER,
    account_id=perhaps(sa.ForeignKey("wealth_accounts.id")), flow=text(16), category=text(32),
    minor=a(sa.BigInteger), currency=CURRENCY,
    security_id=perhaps(sa.ForeignKey("wealth_securities.id")), quantity=a(sa.BigInteger),
)  # fmt: skip
rules = table("wealth_rules", user_id=ID, words=key(sa.String(200)), category=text(32))
uploads = table("wealth_uploads", id=ID, user_id=OWNER, name=text(200), data=a(sa.LargeBinary), at=a(Instant))
