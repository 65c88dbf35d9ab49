"""All scores of a million customer records under sixty rules, on tables made in SQL: prints seconds, step by step.

`python tests/benchmarks/scores_speed.py [RECORDS]` (default 1,000,000). Budget: under 20 seconds on two cores.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.history import add_to_history, create_history_tables, record_publication
from dq_pipeline.adapters.quality import create_quality_tables, write_rules, write_run
from dq_pipeline.adapters.review_backlog import move_review_backlog, write_review_groups
from dq_pipeline.adapters.score_moves import write_score_moves
from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, upstream
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.defs.project import project_models
from dq_pipeline.domain.rules import DIMENSIONS, SEVERITIES, Rule, Suite
from dq_pipeline.policies.scores import SCORE_WEIGHTS
from dq_pipeline.settings import CONTRACTS
from tests.expectations.examples import TABLES

BUDGET = 20.0
NOW = datetime(2026, 1, 15)
# table -> how many of the sixty rules are about it
RULES = {"staging.customers": 40, "staging.contact_points": 8, "staging.consents": 6, "golden.customers": 6}
COLUMNS = ("email", "name", "phone_number", "birthdate", "country", "postal_code", "street_address", "status")
TARGETS = ("quality.score_trend", "quality.headline", "quality.move_parts", "quality.rule_changes")

_WORLD = """
insert into staging.customers (record_key, source_system, owner, created_by)
    select s || ':00' || i, s, 'owner ' || hash(i) % 70, 'user ' || hash(i * 3) % 300
    from (select i, ['ao', 'dynamics', 'hubspot', 'salesforce', 'zoho'][1 + i % 5] as s from range({records}) t(i));
insert into golden.crosswalk (record_key, source_system, customer_id)
    select record_key, source_system, 'C' || lpad((hash(record_key) % ({records} * 7 // 10))::varchar, 9, '0')
    from staging.customers;
insert into golden.customers (customer_id) select distinct customer_id from golden.crosswalk;
insert into staging.contact_points (record_key) select record_key from staging.customers, range(2);
insert into staging.consents (record_key) select record_key from staging.customers, range(2);
insert into golden.contactable (customer_id, purpose, channel)
    select customer_id, 'marketing_email', 'email' from golden.customers where hash(customer_id) % 3 = 0;
create table golden.customer_activity as
    select customer_id, ['fresh', 'stale', 'unknown'][1 + (hash(customer_id) % 3)::bigint] as decay_class
    from golden.customers;
create table quality.held_records (record_key varchar, released_at timestamp);
create schema if not exists linkage;
create table linkage.review as
    select 'pair' as kind, record_key as left_key, lead(record_key) over (order by hash(record_key)) as right_key,
        record_key as cluster_id
    from staging.customers where hash(record_key) % 50 = 0 qualify right_key is not null;
"""
# One rule in four fails on a tenth of the rows, the others on two in a hundred; an eleventh of it is repaired.
_FAILING = """
insert into quality.failing_rows
    select $rule, $table, $column, key, source_system, $now, $now, if(hash(key) % 11 = 0, $now, null), 0
    from (select distinct {key} as key, {source} as source_system from {table})
    where hash(key || $rule) % if($number % 4 = 0, 10, 50) = 0
"""


def rules() -> tuple[Suite, ...]:
    """Sixty rules, five or so a column, of every dimension and severity."""
    return tuple(
        Suite(
            table,
            table,
            ("record_key",),
            tuple(
                Rule(
                    f"{table}.rule_{n}",
                    table,
                    column=COLUMNS[n % 8],
                    dimension=DIMENSIONS[n % 6],
                    severity=SEVERITIES[n % 3],
                    owner="o",
                    description="d",
                    why="w",
                    fix="f",
                    blocking=False,
                    expectation_type="expect",
                )
                for n in range(count)
            ),
        )
        for table, count in RULES.items()
    )


def make_world(con: duckdb.DuckDBPyConnection, records: int, suites: tuple[Suite, ...]) -> int:
    """Records, customers, review queue and failing rows; returns the open failing rows."""
    con.execute(_WORLD.format(records=records))
    for suite in suites:
        golden = suite.table.startswith("golden")
        key, source = ("customer_id", "null") if golden else ("record_key", "split_part(record_key, ':', 1)")
        for number, rule in enumerate(suite.rules):
            facts = {"rule": rule.rule_id, "table": suite.table, "column": rule.column, "now": NOW, "number": number}
            con.execute(_FAILING.format(key=key, source=source, table=suite.table), facts)
            result = ("r", NOW, rule.rule_id, suite.table, rule.column, "", "", "", records, 1, "failed", "", "")
            con.execute(f"insert into quality.rule_results values ({', '.join('?' * len(result))})", result)
    found = con.execute("select count(*) from quality.failing_rows where fixed_at is null").fetchall()
    return int(found[0][0])


def score(con: duckdb.DuckDBPyConnection, models: list[SqlModel], run: str, previous: str | None) -> dict[str, float]:
    """Seconds of each step from failing rows to trend, as a run takes them."""
    con.execute("update quality.rule_results set run_id = ?", [run])
    write_run(con, run_id=run, measured_at=NOW, model_hash="m", rule_set_hash="h", previous_run_id=previous)
    create_history_tables(con)
    seconds: dict[str, float] = {}

    def timed(step: str, work: Callable[[], object]) -> None:
        started = time.perf_counter()
        work()
        seconds[step] = time.perf_counter() - started

    timed("quality.review_backlog", lambda: move_review_backlog(con, now=NOW))
    timed("quality.review_groups", lambda: write_review_groups(con))
    for model in models:
        if model.table == "quality.score_trend":
            timed("quality.score_moves", lambda: write_score_moves(con))
        timed(model.table, lambda model=model: create_model_table(con, model))  # type: ignore[misc]
    timed("history", lambda: add_to_history(con, published_run=previous))
    record_publication(con, run_id=run, version=run, published_at=NOW)
    return seconds


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    found = project_models(load_contracts(CONTRACTS))
    made = {model.table for model in upstream(found, ["staging.customers", "golden.customer_activity"])}
    models = [m for m in upstream(found, TARGETS) if m.schema == "quality" and m.table not in made]
    models.sort(key=lambda model: model.table == "quality.score_trend")
    suites = rules()
    with tempfile.TemporaryDirectory() as folder, Warehouse(Path(folder) / "w.duckdb").connect() as con:
        con.execute(TABLES)
        create_quality_tables(con)
        write_rules(con, suites, SCORE_WEIGHTS)
        failing = make_world(con, records, suites)
        print(f"{records:,} records, {sum(RULES.values())} rules, {failing:,} open failing rows")
        for run, previous in (("run 1", None), ("run 2", "run 1")):
            seconds = score(con, models, run, previous)
            total = sum(seconds.values())
            within = f"budget {BUDGET:.0f} s" if records == 1_000_000 else "no budget for this size"
            print(f"{run}: {total:.1f} s ({within})")
        for step, spent in seconds.items():
            print(f"  {step:<28}{spent:>7.2f} s")
        disk = (Path(folder) / "w.duckdb").stat().st_size / 2**20
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB, disk {disk:.0f} MiB")


if __name__ == "__main__":
    main()
