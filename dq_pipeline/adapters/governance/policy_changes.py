"""Whether what was decided - policies, contracts, rules - is what the run before was made by; a change is on record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from dq_pipeline.adapters.governance.audit import record_audit
from dq_pipeline.adapters.warehouse import table_exists

ACTION = "policy_changed"


def policy_digests(project: Path, folders: Sequence[Path]) -> dict[str, str]:
    """SHA-256 (its first 16 digits) of every file of the folders, by its path in the project."""
    files = sorted(
        path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    return {path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in files}


def record_policy_change(
    con: duckdb.DuckDBPyConnection, digests: Mapping[str, str], *, run_id: str, actor: str, now: datetime
) -> list[str]:
    """One entry in the audit trail when a file differs from, is new or gone since the last entry of this kind.

    Returns the files concerned; of the first run all are.
    """
    before = _last(con)
    changed = sorted(name for name in {*before, *digests} if before.get(name) != digests.get(name))
    if changed:
        reason = "files differ from those of the run before" if before else "the first run on record"
        details = {"run": run_id, "changed": changed if before else [], "files": dict(digests)}
        record_audit(con, at=now, actor=actor, action=ACTION, subject="policies", reason=reason, details=details)
    return changed


def _last(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    if not table_exists(con, "governance", "audit"):
        return {}
    rows = con.execute(
        "select details::varchar from governance.audit where action = ? order by number desc limit 1", [ACTION]
    ).fetchall()
    return dict(json.loads(rows[0][0])["files"]) if rows else {}
