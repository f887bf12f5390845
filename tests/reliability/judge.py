"""The invariants of the payment kernel, read from the two databases with plain SQL and nothing of the kernel's code.

`judge(...)` returns what is wrong, one sentence each, beginning with the number of the invariant (I1 to I15; I16: no
unconfirmed intent is left behind); nothing means that everything holds. I9 and I16 are only asked once the faults have
stopped and the kernel has had its time. I10 (each webhook once), I12 beside the replay below (fifty confirms at once)
and I13 (nobody sees another's) are also held by named tests.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FINAL = ("succeeded", "failed", "canceled", "expired")
COUNTED = ("confirmed", "submitted", "requires_action", "unknown", "succeeded")
UNSENT = ("draft", "confirmed", "canceled", "expired")


@dataclass
class Sight:
    """What both sides have: our payments by id, the provider's intents, charges and refunds by payment."""

    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    intents: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    charges: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    returned: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    net: Counter[tuple[str, str]] = field(default_factory=Counter)

    def taken(self, id: str) -> list[dict[str, Any]]:
        return [charge for charge in self.charges[id] if charge["paid"]]


def open_read_only(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    db.row_factory = sqlite3.Row
    return db


def look(ours: sqlite3.Connection, theirs: sqlite3.Connection) -> Sight:
    sight = Sight({row["id"]: dict(row) for row in ours.execute("SELECT * FROM payments")})
    of_intent: dict[str, str] = {}
    for row in theirs.execute("SELECT kind, account, body FROM objects WHERE kind <> 'event' ORDER BY seq"):
        thing = json.loads(row["body"]) | {"on": row["account"]}
        if row["kind"] == "payment_intent" and (id := thing["metadata"].get("payment")):
            of_intent[thing["id"]] = id
            sight.intents[id].append(thing)
        elif row["kind"] == "charge":
            sight.charges[of_intent.get(thing["payment_intent"], "")].append(thing)
        elif row["kind"] == "refund":
            sight.returned[of_intent.get(thing["payment_intent"], "")].append(thing)
        elif row["kind"] == "balance_transaction" and row["account"]:
            sight.net[row["account"], thing["currency"].upper()] += thing["net"]
    return sight


def judge(
    ours: sqlite3.Connection, theirs: sqlite3.Connection, drained: bool, acknowledged: Mapping[str, str]
) -> list[str]:
    """`acknowledged`: payment -> the last state somebody was told."""
    sight = look(ours, theirs)
    wrong = [sentence for payment in sight.payments.values() for sentence in _payment(sight, payment, drained)]
    wrong += _acknowledged(sight, acknowledged)
    wrong += _refunds(ours, sight, drained)
    wrong += _tokens(ours, sight)
    wrong += _limits(ours, sight)
    wrong += _books(ours, sight, drained)
    return wrong


def _payment(sight: Sight, row: Mapping[str, Any], drained: bool) -> Iterable[str]:
    id, state = row["id"], row["state"]
    taken, intents = len(sight.taken(id)), sight.intents[id]
    if taken > 1:
        yield f"I1 {id} was charged {taken} times"
    if state == "succeeded" and not taken:
        yield f"I2 {id} is called paid and was never charged"
    if drained and taken and state != "succeeded":
        yield f"I2 {id} was charged and is called {state}"
    if state in ("failed", "canceled", "expired") and taken:
        yield f"I3 {id} is {state} and was charged"
    for intent in intents:
        if wrong := _differs(row, intent):
            yield f"I4 {id}: the intent has another {wrong}"
    if hashlib.sha256(_sealed(row)).hexdigest() != row["hash"]:
        yield f"I4 {id} no longer matches its own seal"
    if state in UNSENT and intents:
        yield f"I5 {id} is {state} and the provider has an intent"
    if drained and state not in FINAL:
        yield f"I9 {id} is still {state} ({row['reason']})"
    if drained and any(intent["status"] == "requires_confirmation" for intent in intents):
        yield f"I16 {id} left an intent behind that nobody will confirm"
    if len(sight.charges[id]) > 1:
        yield f"I15 {id} was tried {len(sight.charges[id])} times"


def _differs(row: Mapping[str, Any], intent: Mapping[str, Any]) -> str:
    to = intent["on"] or (intent["transfer_data"] or {}).get("destination")
    said = (intent["amount"], intent["currency"].upper(), to, intent["metadata"].get("seal"))
    for name, ours, theirs in zip(("amount", "currency", "account", "hash"), _agreed(row), said, strict=True):
        if ours != theirs:
            return name
    return "received" if intent["status"] == "succeeded" and intent["amount_received"] != row["amount"] else ""


def _agreed(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["amount"], row["currency"], row["account"], row["hash"]


def _sealed(row: Mapping[str, Any]) -> bytes:
    names = ("user_id", "payee_id", "account", "amount", "currency", "purpose", "method", "quote_id")
    return json.dumps([row[name] for name in names], ensure_ascii=False, separators=(",", ":")).encode()


def _acknowledged(sight: Sight, told: Mapping[str, str]) -> Iterable[str]:
    for id, state in told.items():
        now = sight.payments.get(id, {}).get("state", "gone")
        if (state in FINAL and now != state) or (state in COUNTED and now in ("gone", "draft", "expired")):
            yield f"I8 {id}: somebody was told {state}, and it is {now}"


def _refunds(ours: sqlite3.Connection, sight: Sight, drained: bool) -> Iterable[str]:
    for id, given in sight.returned.items():
        paid = sum(charge["amount_captured"] for charge in sight.charges[id])
        if sum(refund["amount"] for refund in given) > paid:
            yield f"I7 {id}: more was given back than was paid"
        for key, times in Counter(refund["metadata"].get("refund") for refund in given).items():
            if times > 1:
                yield f"I7 {id}: the refund {key} happened {times} times"
    for row in ours.execute("SELECT * FROM refunds"):
        made = [r for r in sight.returned[row["payment_id"]] if r["metadata"].get("refund") == row["id"]]
        if row["state"] == "succeeded" and [r["amount"] for r in made] != [row["amount"]]:
            yield f"I7 {row['id']} is called given back and the provider has {len(made)}"
        if row["state"] == "failed" and made:
            yield f"I7 {row['id']} is called failed and was given back"
        if drained and row["state"] == "submitted":
            yield f"I9 {row['id']} is a refund without an outcome"


def _tokens(ours: sqlite3.Connection, sight: Sight) -> Iterable[str]:
    steps: dict[str, Counter[str]] = defaultdict(Counter)
    for row in ours.execute("SELECT payment_id, event FROM payment_events"):
        steps[row["payment_id"]][row["event"]] += 1
    used = {row["payment_id"]: row["used_at"] for row in
            ours.execute("SELECT payment_id, used_at FROM payment_tokens WHERE kind = 'confirm'")}  # fmt: skip
    for id, payment in sight.payments.items():
        confirmed = steps[id]["confirmed"]
        if confirmed > 1:
            yield f"I11 {id} was confirmed {confirmed} times"
        if bool(confirmed) != bool(used.get(id)) or bool(confirmed) != bool(payment["confirmed_at"]):
            yield f"I11 {id}: its token and its history disagree"


def _limits(ours: sqlite3.Connection, sight: Sight) -> Iterable[str]:
    """Every confirmation replayed in its order: what had been confirmed that day and not failed yet, with this one."""
    most = {row["user_id"]: (row["per_payment"], row["per_day"]) for row in ours.execute("SELECT * FROM wallets")}
    days: Counter[tuple[str, str]] = Counter()
    for row in ours.execute("SELECT payment_id, event FROM payment_events ORDER BY id"):
        payment = sight.payments.get(row["payment_id"])
        if payment is None or not payment["confirmed_at"]:
            continue
        user, day = payment["user_id"], payment["confirmed_at"][:10]
        single, daily = most.get(user, (50000, 100000))
        if row["event"] == "confirmed":
            days[user, day] += payment["worth"]
            if payment["worth"] > single or days[user, day] > daily:
                yield f"I12 {payment['id']}: {days[user, day]} on {day} is above the limit of {user}"
        elif row["event"] in ("failed", "canceled"):
            days[user, day] -= payment["worth"]


def _books(ours: sqlite3.Connection, sight: Sight, against_provider: bool) -> Iterable[str]:
    clearing: Counter[tuple[str, str]] = Counter()
    booked: dict[str, Counter[str]] = defaultdict(Counter)
    payees: Counter[tuple[str, str]] = Counter()
    for row in ours.execute("SELECT * FROM ledger"):
        payment = sight.payments[row["payment_id"]]
        for account, amount in ((row["debit"], row["amount"]), (row["credit"], -row["amount"])):
            if account == "clearing":
                clearing[row["ref"], row["currency"]] += amount
            elif account.startswith("payee:"):
                payees[payment["account"], row["currency"]] += amount
                booked[row["payment_id"]]["charge" if amount > 0 else "refund"] += abs(amount)
    for (ref, _), amount in clearing.items():
        if amount:
            yield f"I6 {ref}: the books are off by {amount}"
    for id, payment in sight.payments.items():
        paid = payment["amount"] if payment["state"] == "succeeded" else 0
        if booked[id]["charge"] != paid:
            yield f"I6 {id}: {booked[id]['charge']} is booked and {paid} was paid"
    if against_provider:
        for key in payees.keys() | sight.net.keys():
            if payees[key] != sight.net[key]:
                yield f"I6 {key}: the books say {payees[key]}, the provider {sight.net[key]}"


def secrets_in(paths: Iterable[Path], secrets: Iterable[str]) -> list[str]:
    """I14: which files hold what must never be written down."""
    words = [secret.encode() for secret in secrets if secret]
    return [f"I14 {path.name} holds a secret" for path in paths if path.is_file()
            for data in [path.read_bytes()] if any(word in data for word in words)]  # fmt: skip
