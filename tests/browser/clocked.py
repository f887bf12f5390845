"""The real server with a clock that the file `days` in its folder sets forward: `python -m tests.browser.clocked`."""

from datetime import datetime, timedelta

from assistant import clock, serve
from assistant.settings import load

if __name__ == "__main__":
    settings, now = load(), clock.SystemClock.now

    def later(self: clock.SystemClock) -> datetime:
        days = settings.home / "days"
        return now(self) + timedelta(days=int(days.read_text()) if days.exists() else 0)

    clock.SystemClock.now = later  # type: ignore[method-assign]
    serve.run(settings)
