"""What a run has to say about itself: source by source, rule by rule, and whether every row is accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import duckdb

from dq_pipeline.adapters.gate import accepted_checks
from dq_pipeline.adapters.ingest.findings import CHECKS
from dq_pipeline.adapters.quarantine import count_held
from dq_pipeline.adapters.score_moves import headline_figures, score_sentences
from dq_pipeline.adapters.warehouse import row_count, table_exists
from dq_pipeline.domain.contract import Contract
from dq_pipeline.errors import InputError


def record_source_status(
    con: duckdb.DuckDBPyConnection, source: str, *, run_id: str, now: datetime, status: str, problem: str
) -> None:
    """Keep how the last ingest of `source` ended in `raw.source_status`: loaded, unchanged, absent or failed."""
    con.execute(
        "create table if not exists raw.source_status (source varchar primary key, run_id varchar, "
        "checked_at timestamp, status varchar, problem varchar)"
    )
    con.execute(
        "insert or replace into raw.source_status values (?, ?, ?, ?, ?)", [source, run_id, now, status, problem]
    )


def require_records(con: duckdb.DuckDBPyConnection) -> None:
    """Raises InputError naming every failed source when not a single customer record could be loaded."""
    if row_count(con, "staging", "source_records"):
        return
    failed = con.execute("select problem from raw.source_status where status = 'failed' order by source").fetchall()
    if failed:
        raise InputError(
            "no customer record could be loaded",
            where="extracts",
            problems=tuple(problem for (problem,) in failed),
            fix="mend the files named above and run again; what was published before stays in place",
        )


def row_balance(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> list[str]:
    """Every imbalance between extract lines and golden customers, as sentences; empty when nothing is lost.

    Lines are loaded, rejected or of somebody erased; records belong to one customer or are held back, never both, never
    neither.
    """
    problems = [
        f"{file}: {lines} lines are not {loaded} loaded, {rejected} rejected and {erased} erased"
        for file, lines, loaded, rejected, erased in con.execute(
            "select file, lines, loaded, rejected, erased from raw.loads where lines <> loaded + rejected + erased "
            "order by file"
        ).fetchall()
    ]
    total = 0
    for contract in (c for c in contracts if c.kind == "customers"):
        raw, staged = row_count(con, "raw", contract.id), row_count(con, "staging", contract.id)
        total += raw
        if raw != staged:
            problems.append(f"raw.{contract.id} has {raw} records, staging.{contract.id} {staged}")
    rows, keys = con.execute("select count(*), count(distinct record_key) from staging.customers").fetchall()[0]
    if rows != total or keys != total:
        problems.append(f"staging.customers has {rows} rows and {keys} keys for {total} records")
    held = count_held(con)
    problems += [
        problem for table in ("linkage.clusters", "golden.crosswalk") for problem in _placed(con, table, held, total)
    ]
    members, customers = con.execute(
        "select coalesce(sum(record_count), 0), count(distinct customer_id) from golden.customers"
    ).fetchall()[0]
    if members + held != total or customers != row_count(con, "golden", "customers"):
        problems.append(f"golden.customers stands for {members} of {total} records, {held} are held back")
    return problems


def _placed(con: duckdb.DuckDBPyConnection, table: str, held: int, total: int) -> Iterator[str]:
    """Whether every record stands once either in `table` or among the held ones."""
    rows, keys, known = con.execute(
        f"select count(*), count(distinct placed.record_key), count(customers.record_key) from (select record_key from "
        f"{table} union all select record_key from quality.held_records where released_at is null) as placed "
        "left join staging.customers as customers using (record_key)"
    ).fetchall()[0]
    if not rows == keys == known == total:
        yield (
            f"{table} has {rows - held} rows and {held} records are held back: {keys} different ones, "
            f"{known} of them in staging.customers, for {total} records"
        )


def run_manifest(con: duckdb.DuckDBPyConnection, run_id: str, contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """The figures of a run, without a single customer value: what the manifest, the summary and `status` show.

    `records` are all source records, the `held` ones among them; `customers` those behind the records that are not.
    """
    customers = con.execute("select count(distinct customer_id) from golden.crosswalk").fetchall()[0][0]
    return {
        "run_id": run_id,
        "records": row_count(con, "staging", "customers"),
        "customers": customers,
        "held": count_held(con),
        "overall": _overall(con),
        "sources": [_source(con, contract) for contract in contracts.values()],
        "rules": _rule_counts(con, run_id),
        "worst_rules": _worst_rules(con, run_id),
        "identity_events": dict(
            con.execute(
                "select event, count(*) from golden.identity_events where run_id = ? group by event order by event",
                [run_id],
            ).fetchall()
        ),
        "accepted_checks": accepted_checks(con, run_id),
        "review_queue": row_count(con, "linkage", "review"),
        "score_moves": score_sentences(con, run_id),
        "headline": headline_figures(con),
    }


def _overall(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    rows = con.execute("select score, coverage from quality.scores where scope_type = 'overall'").fetchall()
    score, coverage = rows[0] if rows else (None, 0.0)
    return {"score": score, "coverage": coverage}


def _source(con: duckdb.DuckDBPyConnection, contract: Contract) -> dict[str, Any]:
    status = con.execute("select status, problem from raw.source_status where source = ?", [contract.id]).fetchall()
    newest = con.execute(
        "select lines, rejected, (select sum(erased)::bigint from raw.loads where list_contains(load_ids, load_id)) "
        "from raw.snapshots where source = ? and not late and extracts_folder = "
        "(select any_value(folder) from raw.extracts_folder) order by snapshot_id desc limit 1",
        [contract.id],
    ).fetchall()
    lines, rejected, erased = newest[0] if newest else (0, 0, 0)
    facts = {
        "source": contract.id,
        "status": status[0][0] if status else "absent",
        "problem": status[0][1] if status else "",
        "lines": lines,
        "rejected": rejected,
        "erased": erased,
        "notices": [
            problem
            for (problem,) in con.execute(
                "select problem from raw.source_findings where source = ? and problem <> '' "
                "and list_contains(?, check_name) order by list_position(?, check_name)",
                [contract.id, list(CHECKS), list(CHECKS)],
            ).fetchall()
            if newest
        ],
        "records": row_count(con, "raw", contract.id) if table_exists(con, "raw", contract.id) else 0,
    }
    if contract.kind == "customers":
        facts["customers"] = con.execute(
            "select count(distinct customer_id) from golden.crosswalk where source_system = ?", [contract.source_system]
        ).fetchall()[0][0]
    return facts


def _rule_counts(con: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, int]:
    return dict(
        con.execute(
            "select outcome, count(*) from quality.rule_results where run_id = ? group by outcome order by outcome",
            [run_id],
        ).fetchall()
    )


def _worst_rules(con: duckdb.DuckDBPyConnection, run_id: str) -> list[dict[str, Any]]:
    """The rules most rows fail, the severe ones first; a rule that could not run stands before them all."""
    rows = con.execute(
        "select rule_id, severity, outcome, failed, evaluated from quality.rule_results "
        "where run_id = ? and outcome in ('failed', 'errored') order by outcome = 'errored' desc, "
        "array_position(['critical', 'warning', 'info'], severity), failed desc, rule_id limit 10",
        [run_id],
    ).fetchall()
    return [dict(zip(("rule_id", "severity", "outcome", "failed", "evaluated"), row, strict=True)) for row in rows]
