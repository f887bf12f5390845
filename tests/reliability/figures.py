"""What a storm was and what it found, in one block of lines."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field

from tests.reliability.wire import FAULTS


@dataclass
class Figures:
    seed: int
    tally: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    ups: list[float] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0
    disk: str = ""

    def lines(self) -> list[str]:
        tally, ups = self.tally, sorted(self.ups) or [0.0]
        shown = [
            f"seed {self.seed} · {self.seconds:.0f} s · load {os.getloadavg()[0]:.1f}",
            f"payments: {tally['drafted']} drafted, {tally['confirmed']} confirmed, {tally['bought']} at a shop: "
            + ", ".join(f"{count} {state}" for state, count in sorted(self.states.items())),
            f"kills: {tally['kills']} of the kernel ({tally['killed at a point']} at {len(self.points)} named points, "
            f"{tally['killed at any time']} at any time), {tally['provider killed']} of the provider",
            f"network faults: {sum(self.faults.values())} ("
            + ", ".join(f"{name} {self.faults[name]}" for name in FAULTS) + ")",
            f"disk full: {tally['disk full']} rounds, {self.refusals['disk_full']} refusals ({self.disk}) · "
            f"second writer: {tally['second writer']} rounds, {self.refusals['folder_busy']} refusals",
            f"clock wrong: {tally['clock wrong']} lives · keys forgotten: {tally['keys forgotten']} times · "
            f"refunds: {tally['refunds']} · webhooks: {tally['webhooks']}, each twice · "
            f"intents made twice, one canceled: {tally['orphans']}",
            f"ready after a restart: median {ups[len(ups) // 2]:.2f} s, p95 {ups[int(len(ups) * 0.95)]:.2f} s "
            f"of {len(ups)}",
            f"violations: {len(self.wrong)}",
        ]  # fmt: skip
        return shown + [f"  {sentence}" for sentence in self.wrong[:20]]
