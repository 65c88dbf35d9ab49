"""What was fetched into a folder, remembered in the folder itself."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from dq_pipeline.adapters.fetch.listing import Version

MANIFEST = ".fetched.jsonl"


@dataclass(frozen=True)
class Entry:
    """One file: the version `fetched`, or being `downloading` into its part file.

    `kept_ns`: modification time of the local file as it was left, to see whether it is still that file.
    """

    state: Literal["downloading", "fetched"]
    version: Version
    kept_ns: int = 0


def read_manifest(folder: Path) -> dict[str, Entry]:
    """What was fetched into the folder, by file name; nothing without a manifest. Changes nothing."""
    entries: dict[str, Entry] = {}
    path = folder / MANIFEST
    for line in path.read_bytes().splitlines() if path.exists() else []:
        with suppress(ValueError, TypeError, KeyError, AttributeError):  # cut off by a kill, or not ours
            fields = json.loads(line)
            name = str(fields.pop("name"))
            _set(entries, name, Entry(**{**fields, "version": Version(**fields["version"])}) if fields else None)
    return entries


class Manifest:
    """Entries by file name, a line of JSON each. A change is one more line, so that a hundred thousand files cost no
    more than their own lines. For the one process that holds the run lock."""

    def __init__(self, folder: Path):
        self._path = folder / MANIFEST
        self.entries = read_manifest(folder)
        if self._path.exists():
            self.compact()  # a line cut off by a kill must not swallow the next

    def record(self, name: str, entry: Entry | None) -> None:
        """Keep the entry, on the disk when this returns; None forgets the name."""
        _set(self.entries, name, entry)
        with self._path.open("a") as file:
            file.write(_line(name, entry))
            file.flush()
            os.fsync(file.fileno())

    def compact(self) -> None:
        """Rewrite the file with one line an entry, in one rename."""
        part = self._path.with_name(self._path.name + ".part")
        with part.open("w") as file:
            file.writelines(_line(name, entry) for name, entry in sorted(self.entries.items()))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)


def _set(entries: dict[str, Entry], name: str, entry: Entry | None) -> None:
    if entry is None:
        entries.pop(name, None)
    else:
        entries[name] = entry


def _line(name: str, entry: Entry | None) -> str:
    return json.dumps({"name": name, **(asdict(entry) if entry else {})}) + "\n"
