"""Progress of a run: on a terminal a bar a stage, elsewhere one plain line when a stage has ended."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType

from dq_pipeline.cli.console import say


class StageProgress:
    """Told when steps start and end; knows the stage of each step, so it knows when a stage has ended.

    `steps`: step name -> stage, in any order; `stages`: the stages in the order to show them.
    """

    def __init__(self, steps: Mapping[str, str], stages: tuple[str, ...]):
        self.steps = dict(steps)
        self.seconds = dict.fromkeys(stages, 0.0)
        self._left = {stage: sum(1 for s in steps.values() if s == stage) for stage in stages}
        self._total = dict(self._left)
        self._started: dict[str, float] = {}
        self._stopped: set[str] = set()
        self._lock = threading.Lock()
        self._bars = _Bars(self._total) if sys.stdout.isatty() else None

    def __enter__(self) -> StageProgress:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()

    def step_started(self, step: str) -> None:
        with self._lock:
            self._started[step] = time.monotonic()

    def step_ended(self, step: str, *, ok: bool = True) -> None:
        with self._lock:
            stage = self.steps.get(step)
            if stage is None:
                return
            self.seconds[stage] += time.monotonic() - self._started.pop(step, time.monotonic())
            self._left[stage] -= 1
            if self._bars:
                self._bars.advance(stage, self.seconds[stage])
            elif stage not in self._stopped and (self._left[stage] == 0 or not ok):
                say(f"{stage:<11}{self.seconds[stage]:7.1f} s{'' if ok else '   stopped'}")
            if not ok:
                self._stopped.add(stage)

    def note(self, step: str, text: str) -> None:
        """A word from inside a long step."""
        stage = self.steps.get(step)
        if stage and self._bars:
            self._bars.note(stage, text)


class _Bars:
    def __init__(self, totals: Mapping[str, int]):
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._progress = Progress(
            TextColumn("{task.description:<11}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[seconds]:>6.1f} s"),
            TextColumn("[dim]{task.fields[note]}"),
        )
        self._tasks = {
            stage: self._progress.add_task(stage, total=total, seconds=0.0, note="") for stage, total in totals.items()
        }

    def start(self) -> None:
        self._progress.start()

    def stop(self) -> None:
        self._progress.stop()

    def advance(self, stage: str, seconds: float) -> None:
        self._progress.update(self._tasks[stage], advance=1, seconds=seconds, note="")

    def note(self, stage: str, text: str) -> None:
        self._progress.update(self._tasks[stage], note=text)
