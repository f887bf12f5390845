"""The thread of the folder's owner: it sends payments when their undo time is over and asks about undecided ones."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.payments import Payments

EVERY = 30.0  # seconds between two rounds when nothing is due earlier
TIDY = 6 * 3600.0  # seconds between two looks for what was left behind at the provider
log = logging.getLogger(__name__)


class Duties:
    def __init__(self, kernel: Payments) -> None:
        self.kernel = kernel
        self._woken = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            self._ending.clear()
            self._thread = threading.Thread(target=self._run, name="payments", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Something was confirmed: look again when to get up."""
        self._woken.set()

    def stop(self) -> None:
        self._ending.set()
        self._woken.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        restarted, tidy_at = True, 0.0
        while not self._ending.is_set():
            self._woken.clear()
            wait = EVERY
            try:
                if restarted:
                    self.kernel.warm()
                self.kernel.settle_due(restarted)
                restarted = False
                if time.monotonic() >= tidy_at:
                    tidy_at = time.monotonic() + TIDY
                    self.kernel.tidy()
                due = self.kernel.seconds_until_due()
                wait = EVERY if due is None else min(max(due, 0.0), EVERY)
            except Exception:
                log.exception("the payment duties will try again")
            self._woken.wait(wait)
