"""One run at a time: an operating-system lock that dies with its process, so a killed run never blocks the next."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dq_pipeline.errors import BusyError


@contextmanager
def run_lock(path: Path, *, run_id: str) -> Iterator[None]:
    """Hold the lock file `path` while the block runs. Raises BusyError when another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 200).decode(errors="replace").strip()
            raise BusyError(
                f"another run is in progress ({holder})",
                where=str(path),
                fix="wait until it has ended, then try again",
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"run {run_id}, process {os.getpid()}".encode())
        yield
    finally:
        os.close(descriptor)
