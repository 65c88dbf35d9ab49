"""One measured step of the linkage benchmark, in a process of its own: prints seconds and peak memory as JSON.

`python linkage_speed.py build|link|change|splink HOME`
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import staging_speed

from dq_pipeline.adapters.linkage.blocks import CLOSED, key_expression, open_blocks
from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import list_models, load_model, save_model
from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS, add_rarity_ids, attach_records
from dq_pipeline.adapters.linkage.scratch import scratch_database
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.adapters.quarantine import create_quarantine_tables
from dq_pipeline.adapters.row_models import refresh_model_table
from dq_pipeline.adapters.sql_models import upstream
from dq_pipeline.adapters.warehouse import Warehouse, quote_identifier, table_exists
from dq_pipeline.defs.project import project_models
from dq_pipeline.policies.linkage import PERSONS, POLICIES, SEED
from dq_pipeline.settings import CONTRACTS


def build(home: Path) -> dict[str, Any]:
    """From the extracts to linkage.records; not measured."""
    staging_speed.ingest(home)
    staging_speed.stage(home)
    models = project_models(staging_speed.load_contracts(CONTRACTS))
    with Warehouse(home / "w.duckdb").transaction() as con:
        create_quarantine_tables(con)
        for model in upstream(models, ["linkage.records"]):
            if not table_exists(con, *model.table.split(".")):
                refresh_model_table(con, model)
        return {"records": con.execute("select count(*) from linkage.records").fetchall()[0][0]}


def run(home: Path) -> dict[str, Any]:
    """Train when there is no model, then link as the nightly run does."""
    models, started = home / "models", time.perf_counter()
    models.mkdir(exist_ok=True)
    if not list_models(models):
        model = train_model(home / "w.duckdb", home / "work", POLICIES, seed=SEED, now=datetime(2026, 1, 1))
        save_model(models, model)
    trained = time.perf_counter() - started
    model = load_model(models, list_models(models)[0])
    summary = link(Warehouse(home / "w.duckdb"), home / "work", model, POLICIES)
    steps = {"train": round(trained, 1), **summary.seconds}
    return {"compared": summary.compared, "customers": summary.customers, "steps": steps}


def change(home: Path) -> dict[str, Any]:
    """One record in a hundred moves, marries and gets another phone."""
    with Warehouse(home / "w.duckdb").transaction() as con:
        con.execute(
            """
            update linkage.records set
                family_name = family_name || 'son', family_words = [family_name || 'son'],
                phone_endings = [right((7000000000 + hash(record_key) % 99999999)::varchar, 8)],
                phone = '44' || (7000000000 + hash(record_key) % 99999999)::varchar,
                street = 'new street ' || hash(record_key) % 5000,
                address = hash(record_key) % 90 || ' new street ' || hash(record_key) % 5000
            where hash(record_key, 'changed') % 100 = 0
            """
        )
    return {}


def splink(home: Path) -> dict[str, Any]:
    """The same comparisons and blocking keys in a bare Splink script: estimate, predict, connected components.

    Keys are columns made beforehand, NULL where the value is one that linkage leaves out.
    """
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    part = load_model(home / "models", list_models(home / "models")[0]).populations["person"]
    with scratch_database(home / "work") as (con, _):
        attach_records(con, home / "w.duckdb", PERSONS)
        add_rarity_ids(con, sorted(part.rarity))
        open_blocks(con, PERSONS, sizes=part.block_sizes)
        closed = {row[0] for row in con.execute(f"select block from {CLOSED}").fetchall()}
        con.execute(f"create table closed_now as select unnest({sorted(closed)}::ubigint[]) as block")
        rules = []
        for number, key in enumerate(PERSONS.blocking_keys):
            name = f"key_{number}"
            con.execute(f"alter table {RECORDS} add column {quote_identifier(name)} ubigint[]")
            con.execute(
                f"update {RECORDS} set {name} = hashes from (select {NUMBER} as n, list(block) as hashes from "
                f"(select {NUMBER}, hash({number}::utinyint, value) as block from (select {NUMBER}, "
                f"unnest(list_distinct({key_expression(key)})) as value from {RECORDS}) where value <> '') "
                f"anti join closed_now using (block) group by {NUMBER}) where n = {NUMBER}"
            )
            rules.append(block_on(name, arrays_to_explode=[name]))
        started, cpu = time.perf_counter(), time.process_time()
        settings = {**part.settings, "retain_intermediate_calculation_columns": False}
        linker = Linker(
            DuckDBAPI(con).register(RECORDS),
            SettingsCreator(**{**settings, "blocking_rules_to_generate_predictions": rules}),
            log_level=None,
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("email"))
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("sorted_name", "birthdate_text"))
        predictions = linker.inference.predict(threshold_match_weight=PERSONS.thresholds.keep)
        linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold_match_weight=1)
        return {
            "alone": round(time.perf_counter() - started, 1),
            "alone_cpu": round(time.process_time() - cpu, 1),
        }


def main() -> None:
    step = {"build": build, "link": run, "change": change, "splink": splink}[sys.argv[1]]
    started = time.perf_counter()
    facts = step(Path(sys.argv[2]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds, cpu = time.perf_counter() - started, usage.ru_utime + usage.ru_stime
    print(json.dumps({**facts, "seconds": round(seconds, 1), "cpu": round(cpu, 1), "mib": usage.ru_maxrss // 1024}))


if __name__ == "__main__":
    main()
