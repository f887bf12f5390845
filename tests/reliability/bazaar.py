"""The storm with the shop in a process of its own, behind ACP: either side is killed, either's answer is lost.

    python -m tests.reliability.bazaar --purchases 1000 --kills 500      # prints its figures, 1 on a violation

Buyer, shop and processor are three processes; between buyer and shop, and between buyer and processor, lies the faulty
network. The shop dies at its own commits and calls too. Afterwards: one order and one charge for each paid purchase.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import sqlite3
import sys
import time
from contextlib import closing
from multiprocessing.sharedctypes import RawArray

from assistant.folder import prepare, secret
from assistant.money import Money
from assistant.protocols.acp import runner
from assistant.shop import elsewhere
from assistant.shop.catalogue import Offer, Product
from assistant.shop.elsewhere import Known, Register
from tests.acp.conftest import free_port
from tests.reliability.judge import open_read_only, secrets_in
from tests.reliability.proxy import Proxy
from tests.reliability.shopper import PRODUCT, STOCK, Shifted, plant_edges
from tests.reliability.storm import Storm
from tests.reliability.wire import FAULTS

LIFE = 4.0  # seconds of the buyer at most
BUYER_KILL = 0.002  # chance of the buyer to die at each of its edges
SHOP_KILL = 0.0015  # chance of the shop at each of its own
ANY_TIME = 0.001  # and at each look of the driver, a hundred a second
PATIENCE = 1.0  # seconds the buyer waits for the shop


def stock() -> tuple[Product, ...]:
    offer = Offer("maison", (Money(1990, "EUR"),), STOCK, 2, Shifted().now())
    return (Product(PRODUCT, "09520000000011", "lamp", PRODUCT, "Luma", "L1", {"en": "Lamp"}, {"en": ""}, {}, offer),)


class Bazaar(Storm):
    def __init__(self, seed: int, purchases: int, kills: int, minutes: float = 1e9) -> None:
        super().__init__(seed, purchases, kills, 0)
        self.longest, self.deadline = LIFE, time.monotonic() + 60 * minutes
        self.shop = 0
        self.calm = False

    def prepare(self) -> None:
        super().prepare()
        self.there = prepare(self.ground / "shop")
        key = secret(self.there / runner.KEY)
        self.lost, self.at, self.between = RawArray("d", len(FAULTS)), RawArray("d", [free_port()]), RawArray("d", 1)
        self.open_shop()
        network = Proxy(self.figures.seed + 1, self.at, self.share, self.lost)
        self.fork(lambda: asyncio.run(network.serve(self.between)))
        self.until(lambda: self.between[0] > 0)
        Register(self.home).keep(Known("maison", "Maison", f"http://127.0.0.1:{int(self.between[0])}", key))

    def open_shop(self, later: float = 0) -> None:
        chance, kill, port = (
            random.Random(self.chance.getrandbits(48)),
            0.0 if self.calm else SHOP_KILL,
            int(self.at[0]),
        )

        def sell() -> None:
            plant_edges(kill, chance, lambda **_: None)
            file, url = self.ground / "sandbox.json", f"http://127.0.0.1:{port}"
            runner.run(runner.Merchant(self.there, "maison", url, stock, file, Shifted(later)), port)

        self.shop = self.fork(sell)

    def listen(self) -> None:
        """Between two looks at the buyer: the shop dies, or has died, and opens again."""
        super().listen()
        if self.chance.random() < ANY_TIME and not self.calm:
            self.end(self.shop)
        elif not os.waitpid(self.shop, os.WNOHANG)[0]:
            return
        self.children.discard(self.shop)
        self.figures.tally["shop killed"] += 1
        self.open_shop()

    def live(self) -> None:
        elsewhere.ANSWER_SECONDS = elsewhere.CONNECT_SECONDS = PATIENCE
        self.figures.tally["lives"] += 1
        clock = self.chance.choice([0] * 8 + [400, -400])
        self.figures.tally["clock wrong"] += clock != 0
        self.during(self.life(clock, False, False, BUYER_KILL), False, False)

    def enough(self) -> bool:
        tally = self.figures.tally
        if tally["lives"] % 5 == 0:
            with closing(open_read_only(self.home / "lueur.db")) as db:
                bought = "SELECT count(*) FROM payments WHERE merchant_id <> '' AND confirmed_at IS NOT NULL"
                tally["bought"] = int(db.execute(bought).fetchone()[0])
        over = time.monotonic() > self.deadline
        return over or (tally["bought"] >= self.payments and tally["kills"] + tally["shop killed"] >= self.kills)

    def calm_down(self) -> None:
        """A shop that stays up, and no faults: what is undecided is decided, at the shop too when its patience ends."""
        self.calm = True
        self.end(self.shop)
        self.open_shop()
        super().calm_down()
        self.figures.tally["ended by the shop"] = self.undecided()
        self.end(self.shop)
        self.open_shop(later=2 * 3600)
        self.until(lambda: not self.undecided())

    def undecided(self) -> int:
        with closing(open_read_only(self.there / "lueur.db")) as theirs:
            return int(theirs.execute("SELECT count(*) FROM orders WHERE status = 'charging'").fetchone()[0])

    def shelves(self, ours: sqlite3.Connection) -> list[str]:
        """One order and one charge for each paid purchase; what left the shelf is what was paid for."""
        with closing(open_read_only(self.there / "lueur.db")) as theirs:
            every = theirs.execute("SELECT o.*, q.wanted FROM orders o JOIN quotes q ON q.id = o.quote_id").fetchall()
            left = theirs.execute("SELECT stock FROM offers").fetchone()[0]
        sold = [row for row in every if row["status"] == "paid"]
        bought = "SELECT provider_ref FROM payments WHERE state = 'succeeded' AND merchant_id <> ''"
        paid, wrong = sorted(row[0] for row in ours.execute(bought)), []
        if paid != sorted(row["provider_ref"] for row in sold):
            wrong.append(f"B1 {len(paid)} purchases are paid, and the shop has {len(sold)} paid orders")
        if pending := sum(row["status"] == "charging" for row in every):
            wrong.append(f"B2 {pending} orders of the shop have no outcome")
        gone = sum(line["quantity"] for row in sold for line in json.loads(row["wanted"]))
        if gone != STOCK - left:
            wrong.append(f"B3 {gone} were sold and {STOCK - left} are gone")
        with closing(open_read_only(self.ground / "sandbox.db")) as vault:
            lent = [row[0] for row in vault.execute("SELECT id FROM objects WHERE kind = 'shared_payment_token'")]
        kept = [path for place in (self.home, self.there) for path in place.glob("lueur.*")]
        self.figures.faults += dict(zip(FAULTS, map(int, self.lost), strict=True))
        return wrong + secrets_in(kept, lent)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--purchases", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop then, wherever it is")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    args = parser.parse_args()
    figures = Bazaar(args.seed, args.purchases, args.kills, args.minutes).run()
    tally = figures.tally
    shop = f"kills of the shop: {tally['shop killed']} · orders nobody asked about: {tally['ended by the shop']}"
    sys.stdout.write("\n".join([*figures.lines(), shop]) + "\n")
    return 1 if figures.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
