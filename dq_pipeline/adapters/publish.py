"""Publishing: a new version is written beside the old ones and switched over by one rename."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from dq_pipeline.adapters.role_views import DATABASE, write_view
from dq_pipeline.domain.access import RoleView
from dq_pipeline.errors import InputError

STEWARD = "data_steward"


def publish_version(
    con: duckdb.DuckDBPyConnection,
    published: Path,
    version: str,
    *,
    views: Sequence[RoleView],
    salts: Path,
    dashboard: Iterable[tuple[str, str]],
    linkage_charts: str,
    manifest: Mapping[str, Any],
    keep: int,
) -> Path:
    """Write `published/<version>/` from the warehouse open in `con`, then point `published/current` at it.

    Until the last rename readers see the previous version; a kill before it leaves at most a `.building-*` folder,
    which the next call removes. Of `views` the one without a role's name is what every reader sees, the others have a
    folder each; `salts` is the folder of the roles' secrets. `dashboard` gives (path in the folder `dashboard/`, HTML)
    of every page, one at a time. The newest `keep` versions stay. Returns the version's folder.
    """
    published.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left_over in published.glob(".building-*"):
        shutil.rmtree(left_over)
    building = published / f".building-{version}"
    building.mkdir(mode=0o700)
    for view in views:
        write_view(con, building / view.role, view, salts)
    for page, html in dashboard:
        path = building / "dashboard" / page
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(html, encoding="utf-8")
    (building / "linkage").mkdir(mode=0o700)
    (building / "linkage" / "index.html").write_text(linkage_charts, encoding="utf-8")
    described = {**manifest, "version": version, "files": _describe(building)}
    (building / "manifest.json").write_text(json.dumps(described, indent=2, default=str) + "\n", encoding="utf-8")
    target = published / version
    building.rename(target)
    _point_current_at(published, version)
    _drop_old(published, keep)
    return target


def full_database(published: Path) -> Path:
    """The published database with unmasked values, where there is one, else that of every reader."""
    steward = published / "current" / STEWARD / DATABASE
    return steward if steward.exists() else published / "current" / DATABASE


def current_version(published: Path) -> tuple[str, dict[str, Any]]:
    """Name and manifest of the published version. Raises InputError when nothing is published yet."""
    current = published / "current"
    try:
        manifest = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError("nothing is published yet", where=str(published), fix="run `dq-pipeline run` first") from None
    return current.resolve().name, manifest


def _describe(folder: Path) -> dict[str, dict[str, Any]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": _sha256(path)} for path in files
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _point_current_at(published: Path, version: str) -> None:
    """`current` is a relative link, replaced by a rename: at no moment is it missing or half-made."""
    link = published / f".current-{version}"
    link.unlink(missing_ok=True)
    link.symlink_to(version)
    link.replace(published / "current")


def _drop_old(published: Path, keep: int) -> None:
    for folder in _versions(published)[:-keep]:
        shutil.rmtree(folder)


def _versions(published: Path) -> list[Path]:
    folders: Iterable[Path] = (p for p in published.iterdir() if p.is_dir() and not p.is_symlink())
    return sorted(p for p in folders if not p.name.startswith("."))
