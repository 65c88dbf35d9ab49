"""One measured step of the staging benchmark, in a process of its own: prints seconds and peak memory as JSON.

`python staging_speed.py ingest|stage|change HOME [NIGHTS]`: `stage` is of the day that many nights from now.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.ingest import ingest_source
from dq_pipeline.adapters.row_models import refresh_model_table
from dq_pipeline.adapters.sql_models import upstream
from dq_pipeline.adapters.standardise import combine_sources, parse_values
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.defs.project import project_models
from dq_pipeline.policies.corrections import CORRECTION_RULES
from dq_pipeline.policies.placeholders import SHARING_LIMITS
from dq_pipeline.settings import CONTRACTS

SHARE_CHANGED = 0.01


def ingest(home: Path) -> dict[str, Any]:
    """Every source of the sample into raw."""
    contracts = load_contracts(CONTRACTS)
    results = [
        ingest_source(Warehouse(home / "w.duckdb"), home / "extracts", contract, run_id="bench", now=datetime.now())
        for contract in contracts.values()
    ]
    return {"records": sum(r.current_records for r in results if contracts[r.source].kind == "customers")}


def stage(home: Path) -> dict[str, Any]:
    """From raw to `staging.customers`, as the line does it; seconds of every step."""
    contracts, seconds = load_contracts(CONTRACTS), {}
    as_of = (datetime.now() + timedelta(days=int(sys.argv[3]) if len(sys.argv) > 3 else 0)).date()
    models = project_models(contracts)
    wanted = upstream(models, ["staging.customers"])
    sources = upstream(models, [f"staging.{c.id}" for c in contracts.values() if c.kind == "customers"])

    def timed(name: str, work: Any) -> None:
        started = time.perf_counter()
        with Warehouse(home / "w.duckdb").transaction() as con:
            work(con)
        seconds[name] = round(time.perf_counter() - started, 2)

    def make(model: Any) -> Any:
        return lambda con: refresh_model_table(con, model)

    for model in sources:
        timed(model.table, make(model))
    timed("combine", lambda con: combine_sources(con, contracts))
    timed(
        "parse",
        lambda con: parse_values(con, contracts, as_of=as_of, corrections=CORRECTION_RULES, sharing=SHARING_LIMITS),
    )
    for model in wanted:
        if model not in sources:
            timed(model.table, make(model))
    with Warehouse(home / "w.duckdb").connect(read_only=True) as con:
        rows = con.execute("select count(*) from staging.customers").fetchall()[0][0]
    return {"rows": rows, "steps": seconds}


def change(home: Path) -> dict[str, Any]:
    """Tonight's exports of Salesforce and HubSpot: a hundredth of all records with another phone, town and name."""
    changed = 0
    total = (
        duckdb.connect(str(home / "w.duckdb"), read_only=True)
        .execute("select count(*) from staging.customers")
        .fetchall()[0][0]
    )
    share = SHARE_CHANGED * total
    path = next((home / "extracts" / "salesforce_contacts").glob("*.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    every = max(1, round(len(rows) / share))
    for number, row in enumerate(rows):
        if number % every == 0:
            row["MobilePhone"] = f"07400 {number % 1_000_000:06}"
            row["LastName"] += "son"
            row["Email"] = f"new{number}@example.org"
            row["MailingStreet"] = f"{number % 300} New Street {number}"
            changed += 1
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return {"changed": changed}


def main() -> None:
    step = {"ingest": ingest, "stage": stage, "change": change}[sys.argv[1]]
    started = time.perf_counter()
    facts = step(Path(sys.argv[2]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds, cpu = time.perf_counter() - started, usage.ru_utime + usage.ru_stime
    print(json.dumps({**facts, "seconds": round(seconds, 1), "cpu": round(cpu, 1), "mib": usage.ru_maxrss // 1024}))


if __name__ == "__main__":
    main()
