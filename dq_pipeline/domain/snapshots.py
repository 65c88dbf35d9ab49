"""Which files together are one snapshot of a source, of when it is, and in which order snapshots are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

# 20261120, 2026-11-20, 2026_11_20, and behind it perhaps T0200, _020000, -02-00.
_STAMP = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-_.]?)(?P<month>0[1-9]|1[0-2])(?P=mark)(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:[T_ -](?P<hour>[01]\d|2[0-3])[-_.:]?(?P<minute>[0-5]\d)(?:[-_.:]?(?P<second>[0-5]\d))?)?(?!\d)"
)


@dataclass(frozen=True)
class DatedFile:
    """A file with its content's SHA-256 and the `moment` of its extract; `day` is None when its name tells none."""

    name: str
    sha256: str
    moment: datetime
    day: date | None


def stamp_in_name(name: str) -> datetime | None:
    """The date, with the time where there is one, that a file's name carries (the last one of several)."""
    stamps = []
    for found in _STAMP.finditer(name):
        parts = [int(found[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second")]
        try:
            stamps.append(datetime(*parts))  # type: ignore[arg-type]
        except ValueError:  # 31 April
            continue
    return stamps[-1] if stamps else None


def dated(name: str, sha256: str, *, modified: datetime, now: datetime, dated_names: bool = True) -> DatedFile:
    """A file at its place in time: by the stamp in its name, else by when it was modified, but never later than now.

    A clock that runs ahead would otherwise keep every later extract from being current.
    """
    stamp = stamp_in_name(name.rsplit("/", 1)[-1]) if dated_names else None
    return DatedFile(name, sha256, min(stamp or modified, now), stamp.date() if stamp else None)


def snapshots(files: Iterable[DatedFile]) -> list[tuple[DatedFile, ...]]:
    """Files of one day (by their names) are the parts of one snapshot, all files without a date another one.

    Snapshots are in the order of their latest part; the files within one keep their order.
    """
    by_day = sorted(files, key=lambda file: (file.day is None, file.day or date.min))
    groups = [tuple(group) for _, group in groupby(by_day, key=lambda file: file.day)]
    return sorted(groups, key=lambda group: max(file.moment for file in group))


@dataclass(frozen=True)
class Loaded:
    """What is loaded of a source: content -> (load, file that brought it last), file -> its last content, and the
    newest snapshot: its moment and its contents.
    """

    loads: Mapping[str, tuple[int, str]]
    last_content: Mapping[str, str]
    newest: datetime | None
    newest_contents: frozenset[str]


def new_files(files: Iterable[DatedFile], loaded: Loaded) -> set[DatedFile]:
    """Those to load; of files with equal content the first."""
    new: dict[str, DatedFile] = {}
    for file in files:
        if file.sha256 not in new and _is_new(file, loaded):
            new[file.sha256] = file
    return set(new.values())


def _is_new(file: DatedFile, loaded: Loaded) -> bool:
    """A content is loaded once. It is news again when its file has held another one since, or when it is that of a
    day after the newest snapshot, which was another: then the source went back to it. A mere copy is not.
    """
    if file.sha256 not in loaded.loads:
        return True
    if loaded.loads[file.sha256][1] == file.name:
        return loaded.last_content[file.name] != file.sha256
    later = file.day is not None and loaded.newest is not None and file.moment > loaded.newest
    return later and file.sha256 not in loaded.newest_contents
