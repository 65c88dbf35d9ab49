"""How long the stages of one call took."""

from __future__ import annotations

import time


class LapClock:
    """Seconds of each stage, by name: a lap ends where the next one begins."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        """End the stage `name`."""
        now = time.monotonic()
        self.laps[name] = round(now - self._last, 2)
        self._last = now
