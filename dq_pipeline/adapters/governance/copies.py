"""Where a person's values live outside the warehouse: published versions and models."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import duckdb

from dq_pipeline.adapters.governance.key_hashes import hash_kept_keys
from dq_pipeline.adapters.governance.removal import remove_rows
from dq_pipeline.adapters.governance.rewrite import rewrite_database
from dq_pipeline.adapters.governance.stray_files import scrub_text
from dq_pipeline.adapters.role_views import create_key_macro
from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal, table_exists

# Columns of a Parquet file that say whose a row is.
_KEY_COLUMNS = ("record_key", "customer_id", "left_key", "right_key", "interaction_id", "transaction_id")

_LEAD_NOWHERE = "update golden.id_redirects set heir_id = null where heir_id in (from temp.dq_person_keys)"


def clean_published(
    con: duckdb.DuckDBPyConnection, published: Path, salts: Path, hashes: Mapping[str, str]
) -> dict[str, int]:
    """Drop every version but the current one, and take the person out of that. Needs `dq_person_keys` in `con`.

    Rows of DuckDB and Parquet files go by their keys, plain or hashed with a secret in the folder `salts`; in ledgers,
    which are never shortened, `hashes` take the place of record keys. The manifest follows. A folder within the version
    that holds data is a role's, with keys of its own making by which nobody is found: it is withdrawn, the next run
    makes it anew.
    """
    counts = drop_old_versions(published)
    keep = _current(published)
    if keep is not None:
        counts |= _withdraw_roles(keep)
        _add_hashed_keys(con, salts)
        for path in sorted(path for path in keep.rglob("*") if path.is_file()):
            removed = _clean_file(con, path, hashes)
            if removed:
                name = f"published/{path.relative_to(keep).as_posix()}"
                counts[name] = counts.get(name, 0) + removed
        _describe_anew(keep)
    return counts


def drop_old_versions(published: Path) -> dict[str, int]:
    """Remove every version but the current one, also one half made."""
    keep = _current(published)
    folders = sorted(published.iterdir()) if published.exists() else []
    old = [folder for folder in folders if folder.is_dir() and not folder.is_symlink() and folder != keep]
    for folder in old:
        shutil.rmtree(folder)
    return {"published versions": len(old)} if old else {}


def _add_hashed_keys(con: duckdb.DuckDBPyConnection, salts: Path) -> None:
    """The person's keys as every role knows them."""
    keys = con.execute("select distinct key from temp.dq_person_keys").fetchall()
    for path in sorted(salts.glob("role_salt_*")):
        create_key_macro(con, path.read_bytes())
        con.execute(
            "insert into temp.dq_person_keys select dq_key(unnest($1::varchar[]))", [[key for (key,) in keys]]
        ).fetchall()


def _withdraw_roles(version: Path) -> dict[str, int]:
    folders = sorted(path for path in version.iterdir() if path.is_dir())
    roles = [folder for folder in folders if any(folder.rglob("*.parquet")) or any(folder.rglob("*.duckdb"))]
    for folder in roles:
        shutil.rmtree(folder)
    return {f"published/{folder.name}/ (withdrawn until the next run)": 1 for folder in roles}


def _current(published: Path) -> Path | None:
    link = published / "current"
    return link.resolve() if link.exists() else None


def _clean_file(con: duckdb.DuckDBPyConnection, path: Path, hashes: Mapping[str, str]) -> int:
    if path.suffix == ".duckdb":
        return _clean_database(con, path, hashes)
    if path.suffix == ".parquet":
        return _clean_parquet(con, path)
    return scrub_text(path, list(hashes))  # pages name rows by key


def _clean_database(con: duckdb.DuckDBPyConnection, path: Path, hashes: Mapping[str, str]) -> int:
    mode = path.stat().st_mode & 0o777
    path.chmod(mode | 0o200)
    with duckdb.connect(str(path)) as opened:
        for name in ("dq_person_keys", "dq_person_versions", "dq_kept_facts"):
            marked = con.sql(f"from temp.{name}").to_arrow_table()
            opened.register("marked", marked)
            opened.execute(f"create temp table {name} as from marked").fetchall()
            opened.unregister("marked")
        removed = sum(remove_rows(opened, values=False).values())
        hash_kept_keys(opened, hashes)
        if table_exists(opened, "golden", "id_redirects"):
            opened.execute(_LEAD_NOWHERE).fetchall()
    rewrite_database(path)
    path.chmod(mode)
    return removed


def _clean_parquet(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    source = f"read_parquet({quote_literal(str(path))})"
    columns = {row[0] for row in con.execute(f"describe from {source}").fetchall()}
    tests = [f"coalesce({name} in (from temp.dq_person_keys), false)" for name in _KEY_COLUMNS if name in columns]
    if {"source_system", "source_record_id"} <= columns:
        tests.append("coalesce(source_system || ':' || source_record_id in (from temp.dq_person_keys), false)")
    if "sequence" in columns:
        tests.append("coalesce(sequence in (from temp.dq_person_versions), false)")
    if not tests:
        return 0
    mine = " or ".join(tests)
    removed = int(con.execute(f"select count(*) from {source} where {mine}").fetchall()[0][0])
    if removed:
        _replace_parquet(con, path, f"select * from {source} where not ({mine})")
    return removed


def _replace_parquet(con: duckdb.DuckDBPyConnection, path: Path, select: str) -> None:
    part = path.with_name(f".{path.name}.part")
    con.execute(f"copy ({select}) to {quote_literal(str(part))} (format parquet)").fetchall()
    part.chmod(path.stat().st_mode & 0o777)
    part.replace(path)


def _describe_anew(version: Path) -> None:
    """The manifest's own account of the files: bytes and SHA-256."""
    path = version / "manifest.json"
    if not path.exists():
        return
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for name in list(manifest.get("files", {})):
        file = version / name
        if not file.exists():
            del manifest["files"][name]
            continue
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        manifest["files"][name] = {**manifest["files"][name], "bytes": file.stat().st_size, "sha256": digest}
    part = path.with_name(".manifest.part")
    part.write_text(json.dumps(manifest, indent=2, default=str) + "\n", encoding="utf-8")
    part.chmod(path.stat().st_mode & 0o777)
    part.replace(path)


def clean_models(con: duckdb.DuckDBPyConnection, models: Path, request_id: str, now: datetime) -> dict[str, int]:
    """Take the frequencies of values that only the person has out of every model. Needs `dq_person_values`.

    Frequencies are stored by hash. A value that nobody has any more never meets another, so scores do not change, and
    neither does the manifest, by which a model is known; what was done stands beside it in `erasures.jsonl`.
    """
    counts: dict[str, int] = {}
    for path in sorted(models.glob("*/*/rarity/*.parquet")):
        column = quote_identifier(f"{path.stem}_id")
        source = f"read_parquet({quote_literal(str(path))})"
        mine = f"{column} in (select md5_number_lower(value) from temp.dq_person_values)"
        removed = int(con.execute(f"select count(*) from {source} where {mine}").fetchall()[0][0])
        if removed:
            _replace_parquet(con, path, f"select * from {source} where not coalesce({mine}, false)")
            version = path.parts[-4]
            counts[version] = counts.get(version, 0) + removed
    for version, removed in counts.items():
        with (models / version / "erasures.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"at": now.isoformat(), "request": request_id, "frequencies": removed}) + "\n")
    return {f"models/{version}": removed for version, removed in counts.items()}
