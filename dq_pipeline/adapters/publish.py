"""Publishing: a new version is written beside the old ones and switched over by one rename."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from dq_pipeline.adapters.activity import create_consent_macro
from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal, table_exists
from dq_pipeline.errors import InputError

# What readers get in `published.duckdb`. Raw and staging rows stay in the warehouse.
PUBLISHED_TABLES = (
    "golden.customers",
    "golden.crosswalk",
    "golden.attribute_provenance",
    "golden.identity_events",
    "golden.id_redirects",
    "golden.identities",
    "golden.memberships",
    "golden.customers_history",
    "golden.changes",
    "golden.pins_status",
    "golden.contact_points",
    "golden.consents",
    "golden.consent_history",
    "golden.contactable",
    "golden.interactions",
    "golden.transactions",
    "golden.orphans",
    "golden.lifetime_value",
    "golden.customer_activity",
    "linkage.pairs",
    "linkage.clusters",
    "linkage.review",
    "quality.rules",
    "quality.rule_results",
    "quality.failing_rows",
    "quality.held_records",
    "quality.scores",
    "quality.score_history",
    "quality.issues",
    "quality.issue_times",
    "quality.issue_history",
    "quality.issue_impacts",
    "quality.score_trend",
    "quality.score_moves",
    "quality.headline",
    "raw.loads",
)

# Rows that stay in the warehouse: who typed the data in is told to those who work with it, by name.
_PUBLISHED_ROWS = dict.fromkeys(("quality.scores", "quality.score_history"), "scope_type <> 'created_by'")

# file -> SELECT
_PARQUET = {
    "customers.parquet": "select * from golden.customers order by customer_id",
    "crosswalk.parquet": (
        "select source_system, source_record_id, customer_id from golden.crosswalk "
        "order by source_system, source_record_id"
    ),
    "changes.parquet": "select * from golden.change_feed order by sequence",
    "scores.parquet": "select * from quality.scores where scope_type <> 'created_by' order by scope_type, scope",
}


def publish_version(
    con: duckdb.DuckDBPyConnection,
    published: Path,
    version: str,
    *,
    dashboard: str,
    linkage_charts: str,
    manifest: Mapping[str, Any],
    keep: int,
) -> Path:
    """Write `published/<version>/` from the warehouse open in `con`, then point `published/current` at it.

    Until the last rename readers see the previous version; a kill before it leaves at most a `.building-*` folder,
    which the next call removes. The newest `keep` versions stay. Returns the version's folder.
    """
    published.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left_over in published.glob(".building-*"):
        shutil.rmtree(left_over)
    building = published / f".building-{version}"
    (building / "dashboard").mkdir(parents=True, mode=0o700)
    for name, select in _PARQUET.items():
        con.execute(f"copy ({select}) to {quote_literal(str(building / name))} (format parquet)")
    _write_database(con, building / "published.duckdb")
    (building / "dashboard" / "index.html").write_text(dashboard, encoding="utf-8")
    (building / "linkage").mkdir(mode=0o700)
    (building / "linkage" / "index.html").write_text(linkage_charts, encoding="utf-8")
    described = {**manifest, "version": version, "files": _describe(building)}
    (building / "manifest.json").write_text(json.dumps(described, indent=2, default=str) + "\n", encoding="utf-8")
    target = published / version
    building.rename(target)
    _point_current_at(published, version)
    _drop_old(published, keep)
    return target


def current_version(published: Path) -> tuple[str, dict[str, Any]]:
    """Name and manifest of the published version. Raises InputError when nothing is published yet."""
    current = published / "current"
    try:
        manifest = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError("nothing is published yet", where=str(published), fix="run `dq-pipeline run` first") from None
    return current.resolve().name, manifest


def _write_database(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    con.execute(f"attach {quote_literal(str(path))} as published_version")
    try:
        for table in PUBLISHED_TABLES:
            schema, name = table.split(".")
            if not table_exists(con, schema, name):
                continue
            con.execute(f"create schema if not exists published_version.{quote_identifier(schema)}")
            target = f"{quote_identifier(schema)}.{quote_identifier(name)}"
            rows = _PUBLISHED_ROWS.get(table, "true")
            con.execute(f"create table published_version.{target} as select * from {target} where {rows}")
        if table_exists(con, "golden", "consent_history"):
            create_consent_macro(con, "published_version")
    finally:
        con.execute("detach published_version")


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
