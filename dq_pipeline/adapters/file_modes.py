"""Files of the state folder readable by their user only, those of earlier and laxer days too."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

# What is taken from the mode of every new file: everything of group and others.
PRIVATE = 0o077
_OTHERS = 0o007


# What the pipeline keeps; whatever else lies in the state folder is somebody's own.
_KEPT = (
    *("extracts", "warehouse.duckdb", "warehouse.duckdb.wal", "models", "published", "governance", "stewardship"),
    *("work", "dagster", "run.lock", "alert_urls"),
)


def make_private(root: Path) -> int:
    """Take every right of group and others from what the pipeline keeps in `root`; returns how many modes were changed.

    Folders through which extracts are delivered - `root` itself, and those under `extracts` - keep what their group
    may: the one who delivers may be another user. What belongs to another user stays as it is. Links are not followed.
    """
    changed = _tighten(root, _OTHERS)
    for name in _KEPT:
        if (root / name).is_symlink():
            continue
        is_delivery = name == "extracts"
        changed += _tighten(root / name, _OTHERS if is_delivery else PRIVATE)
        for folder, folders, files in os.walk(root / name):
            changed += sum(_tighten(Path(folder, each), _OTHERS if is_delivery else PRIVATE) for each in folders)
            changed += sum(_tighten(Path(folder, each), PRIVATE) for each in files)
    return changed


def _tighten(path: Path, taken: int) -> int:
    with suppress(FileNotFoundError, PermissionError):  # it went meanwhile, or is another user's
        mode = path.lstat().st_mode
        if mode & taken and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & ~taken)
            return 1
    return 0
