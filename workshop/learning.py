"""How our networks of sound learn: AdamW at a pace that rises and falls once (Smith and Topin 2018), on one thread."""

import sys
from collections.abc import Iterable
from typing import Any


def learned(model: Any, losses: Iterable[Any], steps: int, pace: float, rise: float) -> Any:
    """`model` after a step down each of `losses`, which are computed one by one; `rise`: share of `steps`."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), pace, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, pace, total_steps=steps + 1, pct_start=rise)
    for step, loss in enumerate(losses):
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            sys.stderr.write(f"step {step} loss {loss.item():.4f}\n")
            sys.stderr.flush()
    return model.eval()
