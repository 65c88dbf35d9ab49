"""One measured step of the ingest benchmark, in a process of its own: prints seconds and peak memory as JSON.

`python ingest_speed.py write|duckdb|ingest FOLDER [NIGHT]`
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import datetime
from pathlib import Path

import duckdb

from dq_pipeline.adapters.ingest import ingest_source
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.contract import Contract, ContractColumn, FileLayout

ROWS, COLUMNS = 1_000_000, 30
NOW = datetime(2026, 11, 20, 2, 0)


def contract() -> Contract:
    """A source `people` of thirty columns."""
    columns = tuple(ContractColumn(f"c{n}", required=n == 0, key=n == 0) for n in range(COLUMNS))
    return Contract("people", "crm", "customers", FileLayout("csv", ("*.csv",), "utf-8"), columns, "sales", "people")


def write(folder: Path) -> None:
    """Two nights of a million records, a hundredth of them changed: names, addresses, a quoted note, dates, flags."""
    (folder / "extracts" / "people").mkdir(parents=True)
    (folder / "nights").mkdir()
    kinds = (
        "'name ' || hash(i * 31 + {n}) % 50000",
        "'user' || i || '@mail' || (i % 900) || '.example'",
        "'12, \"Long\" Street ' || (i * 7 + {n}) % 9000",
        "(date '1950-01-01' + (i * 13 % 20000)::integer)::varchar",
        "case when i % 3 = 0 then '' else 'note, of some length ' || i % 100 end",
        "(i % 2)::varchar",
    )
    columns = ["i::varchar as c0", *(f"{kinds[n % 6].format(n=n)} as c{n}" for n in range(1, COLUMNS))]
    changed = "case when i % 100 = 7 then 'changed' else c1 end as c1"
    con = duckdb.connect()
    con.execute(f"create table t as select i, {', '.join(columns)} from range({ROWS}) r(i)")
    for name, first in (("first", "c1"), ("second", changed)):
        rest = ", ".join(f"c{n}" for n in range(2, COLUMNS))
        con.execute(f"copy (select c0, {first}, {rest} from t order by i) to '{folder}/nights/{name}.csv' (header)")


def main() -> None:
    step, folder = sys.argv[1], Path(sys.argv[2])
    if step == "write":
        write(folder)
        return
    path = folder / "extracts" / "people" / "people.csv"
    if len(sys.argv) > 3:
        path.unlink(missing_ok=True)
        path.hardlink_to(folder / "nights" / f"{sys.argv[3]}.csv")
        path.touch()
    started = time.perf_counter()
    if step == "duckdb":
        con = duckdb.connect(str(folder / "plain.duckdb"))
        read = f"read_csv('{path}', all_varchar = true)"
        con.execute(f"create or replace table people as from {read}").fetchall()
        facts = {"rows": con.execute("select count(*) from people").fetchall()[0][0]}
        con.close()
    else:
        result = ingest_source(
            Warehouse(folder / "w.duckdb"), folder / "extracts", contract(), run_id="bench", now=datetime.now()
        )
        facts = {"rows": result.loaded, "changed": result.changed_records, "status": result.status}
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**facts, "seconds": round(seconds, 2), "peak_mib": round(peak)}))


if __name__ == "__main__":
    main()
