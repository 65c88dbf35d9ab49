"""One remote file into its part file: resumed where that is safe, whole and checked when it returns."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dq_pipeline.adapters.fetch.failures import Refused, StillWritten, TransportError
from dq_pipeline.adapters.fetch.folder import local_disk
from dq_pipeline.adapters.fetch.listing import RemoteFile, Version
from dq_pipeline.adapters.fetch.remote import RemoteFolder

# Read, and over SFTP asked ahead, at once: large enough to hide round trips, small enough to lose to a cut.
CHUNK_BYTES = 4 << 20


@dataclass
class Download:
    """A file on its way. `expected` is the version of the last look, first that of the listing; `begun` the version
    that the part file's bytes are of, if any; `begin` is told when the part file starts anew."""

    remote: RemoteFolder
    file: RemoteFile
    part: Path
    expected: Version
    begun: Version | None
    begin: Callable[[Version], None]
    transferred: int = 0
    _looked: bool = False
    _changes: int = 0

    def attempt(self) -> Version:
        """Fetch what is missing; returns the version that the part file now is, durable on the disk.

        A file is taken when it is the same before and after. When it changed in between it is fetched once more.
        Raises StillWritten when it changed again, or when its size is no longer that of the listing; TransportError
        when another attempt, on the same object, may help; Refused when not.
        """
        now = self.remote.version(self.file)
        while True:
            self._look(now)
            with local_disk():
                self._start_or_resume()
                self._copy()
                self._check_md5()
            now = self.remote.version(self.file)
            if not now.differs_from(self.expected):
                return self.expected

    def _look(self, now: Version) -> None:
        if now.size is None:
            raise Refused(
                "the server does not say how long it is, so a cut copy could not be told from a whole one",
                "have it served as a plain file, with Content-Length and without Content-Encoding",
            )
        if now.differs_from(self.expected):
            self._changes += 1
            if self._changes > 1 or not (self._looked or now.size == self.expected.size):
                raise StillWritten
        self._looked = True
        self.expected = now

    @property
    def _size(self) -> int:
        assert self.expected.size is not None
        return self.expected.size

    def _start_or_resume(self) -> None:
        there = self.part.stat().st_size if self.part.exists() else 0
        if not (self.begun and self.begun.is_surely(self.expected) and there <= self._size):
            self.part.unlink(missing_ok=True)
            self.begin(self.expected)
            self.begun = self.expected

    def _copy(self) -> None:
        # Extracts are customers' data: readable by nobody else, whatever the umask.
        descriptor = os.open(self.part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            have = file.seek(0, os.SEEK_END)
            if have < self._size or not have:
                with self.remote.open(self.file, have, self._size) as (start, read):
                    file.truncate(start)
                    file.seek(start)
                    self._pour(read, file, start)
            os.fsync(file.fileno())

    def _pour(self, read: Callable[[int], bytes], file: BinaryIO, have: int) -> None:
        while have < self._size:
            chunk = read(min(CHUNK_BYTES, self._size - have))
            if not chunk:
                raise TransportError(f"it ended after {have:,} of {self._size:,} bytes")
            file.write(chunk)
            have += len(chunk)
            self.transferred += len(chunk)
        if read(1):
            self.begun = None
            raise TransportError(f"it is longer than the {self._size:,} bytes that the server says")
        file.flush()

    def _check_md5(self) -> None:
        if not self.expected.md5:
            return
        with self.part.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        if digest != self.expected.md5:
            self.begun = None
            raise TransportError("its MD5 is not the one that the server says")
