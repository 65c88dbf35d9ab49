"""The local side of a fetch: what lies in the source's folder, and whose it is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path

from dq_pipeline.adapters.fetch.failures import Refused
from dq_pipeline.adapters.fetch.listing import Version
from dq_pipeline.adapters.fetch.manifest import Entry, Manifest

WITHDRAWN = ".withdrawn"


@contextmanager
def local_disk() -> Iterator[None]:
    """Raises Refused where the local disk, not the server, is what fails."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Refused(f"the local copy cannot be written ({reason})", "make room, or grant write access") from None


class LocalFolder:
    """Files fetched, their part files, and the manifest that tells them from files put here by hand.

    Every method but `part` raises Refused when the disk does not let it.
    """

    def __init__(self, path: Path):
        self.path = path
        with local_disk():
            path.mkdir(parents=True, exist_ok=True)
            self.manifest = Manifest(path)

    def part(self, name: str) -> Path:
        """Hidden, and with a suffix of the unfinished: no loader takes it for an extract."""
        return self.path / f".{name}.part"

    def begun(self, name: str) -> Version | None:
        """The version that a part file holds the beginning of."""
        entry = self.manifest.entries.get(name)
        return entry.version if entry and entry.state == "downloading" else None

    def begin(self, name: str, version: Version) -> None:
        """Remember which version the part file will be of."""
        self.manifest.record(name, Entry("downloading", version))

    def has(self, name: str, version: Version) -> bool:
        """The file is here as it was fetched, and in this version.

        A file put here by hand that has the size and the second of the server's is taken for it, as rsync does.
        """
        with local_disk():
            entry = self.manifest.entries.get(name)
            facts = self._facts(name)
            if facts is None:
                return False
            if entry is None and _alike(facts, version):
                entry = Entry("fetched", version, facts.st_mtime_ns)
                self.manifest.record(name, entry)
            if entry is None or entry.state != "fetched":
                return False
            as_fetched = (entry.version.size, entry.kept_ns) == (facts.st_size, facts.st_mtime_ns)
            return as_fetched and version.is_surely(entry.version)

    def is_foreign(self, name: str) -> bool:
        """A file of this name was put here by hand."""
        return name not in self.manifest.entries and self._facts(name) is not None

    def publish(self, name: str, version: Version) -> None:
        """Give the complete part file the server's modification time and its name."""
        with local_disk():
            part, target = self.part(name), self.path / name
            if version.modified is not None:
                os.utime(part, (version.modified, version.modified))
            part.replace(target)
            # Only now: killed before this line, the file is fetched once more, and never taken for what it is not.
            self.manifest.record(name, Entry("fetched", version, target.stat().st_mtime_ns))

    def fetched_but(self, listed: Set[str]) -> list[str]:
        """The names of the manifest that are not among those listed."""
        return sorted(self.manifest.entries.keys() - listed)

    def withdraw(self, name: str) -> bool:
        """Move a file that was fetched out of the loader's sight, and drop its part file; false when it was not here.

        What was withdrawn before under the same name stays: the later ones get a number.
        """
        with local_disk():
            self.part(name).unlink(missing_ok=True)
            here = self._facts(name) is not None
            if here:
                attic = self.path / WITHDRAWN
                attic.mkdir(mode=0o700, exist_ok=True)
                target, number = attic / name, 1
                while os.path.lexists(target):
                    number += 1
                    target = attic / f"{name}.{number}"
                (self.path / name).rename(target)
            self.manifest.record(name, None)
            return here

    def tidy(self) -> None:
        """Shorten the manifest to one line a file."""
        with local_disk():
            self.manifest.compact()

    def _facts(self, name: str) -> os.stat_result | None:
        try:
            return (self.path / name).stat(follow_symlinks=False)
        except FileNotFoundError:
            return None


def _alike(facts: os.stat_result, version: Version) -> bool:
    same_second = version.modified is not None and int(version.modified) == int(facts.st_mtime)
    return same_second and version.size == facts.st_size
