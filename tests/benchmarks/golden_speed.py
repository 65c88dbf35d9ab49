"""One measured step of the golden benchmark, in a process of its own: prints seconds and peak memory as JSON.

`python golden_speed.py golden HOME`: HOME holds the warehouse of staging_speed.py, staged, and the extracts with their
truth. The clusters are the true ones: linkage is measured elsewhere. It is the night of the day that was staged.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import datetime, time
from pathlib import Path
from time import perf_counter
from typing import Any

from dq_pipeline.adapters.activity import create_consent_macro, write_activity_policy
from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.customer_history import record_history
from dq_pipeline.adapters.golden import build_customers
from dq_pipeline.adapters.governance.removed_records import write_removed_records
from dq_pipeline.adapters.identity import assign_customer_ids
from dq_pipeline.adapters.quarantine import create_quarantine_tables
from dq_pipeline.adapters.row_models import refresh_model_table
from dq_pipeline.adapters.sql_models import upstream
from dq_pipeline.adapters.stewardship import create_stewardship_tables
from dq_pipeline.adapters.warehouse import Warehouse, quote_literal
from dq_pipeline.defs.project import project_models
from dq_pipeline.policies.activity import POLICY as ACTIVITY
from dq_pipeline.policies.survivorship import POLICY
from dq_pipeline.settings import CONTRACTS

_BESIDE = ("staging.contact_points", "staging.consents", "staging.interactions", "staging.transactions")
# What validation and linkage would have left behind; a fortieth of the records fail a critical rule on their e-mail.
_GIVEN = """
create table if not exists quality.rules as
    select 'staging.customers.email.valid' as rule_id, 'critical' as severity, ['email'] as columns;
create or replace table quality.failing_rows as
    select 'staging.customers.email.valid' as rule_id, 'staging.customers' as table_name, 'email' as column_name,
        record_key, source_system, null::timestamp as fixed_at
    from staging.customers where hash(source_record_id) % 40 = 0;
create or replace table linkage.clusters as
    select record_key, customers.source_system, customers.source_record_id,
        min(record_key) over (partition by coalesce(truth_id, record_key)) as cluster_id
    from staging.customers as customers left join read_csv({truth}, all_varchar = true) as truth
        using (source_system, source_record_id)
    order by record_key;
"""


def main() -> None:
    """What the line does from clusters to golden tables; seconds of every step."""
    home, seconds = Path(sys.argv[2]), {}
    contracts, warehouse = load_contracts(CONTRACTS), Warehouse(home / "w.duckdb")
    models = project_models(contracts)
    with warehouse.transaction() as con:
        create_quarantine_tables(con)
        create_stewardship_tables(con)
        write_removed_records(con)
        for table in _BESIDE:
            refresh_model_table(con, models[table])
    with warehouse.transaction() as con:
        day = con.execute("select max(as_of) from staging.source_conventions").fetchall()[0][0]
        now = datetime.combine(day, time(2))
        con.execute(_GIVEN.format(truth=quote_literal(str(home / "extracts" / "truth.csv"))))
    began = resource.getrusage(resource.RUSAGE_SELF)

    def timed(name: str, work: Any) -> None:
        started = perf_counter()
        with warehouse.transaction() as con:
            work(con)
        seconds[name] = round(perf_counter() - started, 2)

    def customers(con: Any) -> None:
        build_customers(con, POLICY, today=now.date())
        record_history(con, run_id=now.isoformat(), now=now)

    started = perf_counter()
    timed("identity", lambda con: assign_customer_ids(con, run_id=now.isoformat(), now=now))
    timed("customers", customers)
    timed("activity", lambda con: write_activity_policy(con, ACTIVITY, contracts.values()))
    for model in upstream(models, [table for table in models if table.startswith("golden.")]):
        if model.schema == "golden":
            timed(model.table, lambda con, model=model: refresh_model_table(con, model))
    timed("macro", create_consent_macro)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    with warehouse.connect(read_only=True) as con:
        count = con.execute("select count(*) from golden.customers").fetchall()[0][0]
    facts = {
        "customers": count,
        "seconds": round(perf_counter() - started, 1),
        "cpu": round(usage.ru_utime + usage.ru_stime - began.ru_utime - began.ru_stime, 1),
        "mib": usage.ru_maxrss // 1024,
        "steps": dict(sorted(seconds.items(), key=lambda item: -item[1])[:5]),
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
