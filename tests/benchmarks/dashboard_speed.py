"""The dashboard of a million customer records, on tables made in SQL: prints seconds, page kind by page kind.

`python tests/benchmarks/dashboard_speed.py [RECORDS ...]` (default 1,000,000). Budget: under 10 seconds whatever the
number of records. The world is that of scores_speed.py, with pairs, consents, contact points and issues added.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import duckdb

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.dashboard import Material, collect_material, pages
from dq_pipeline.adapters.dashboard.render import Renderer
from dq_pipeline.adapters.quality import create_quality_tables, write_rules
from dq_pipeline.adapters.sql_models import upstream
from dq_pipeline.adapters.suites import load_suites
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.defs.project import lineage, project_models
from dq_pipeline.policies.scores import SCORE_WEIGHTS
from dq_pipeline.settings import CONTRACTS, SUITES
from tests.benchmarks.scores_speed import NOW, TARGETS, make_world, rules, score
from tests.expectations.examples import TABLES

BUDGET = 10.0
RUNS = 60

# Beside what scores need: what the pages about customers, consent and issues read, at the sizes a real run has them.
_MORE = """
create or replace table raw.loads as
    select 'hubspot_contacts' as source, 'contacts-' || n || '.csv' as file, 'loaded' as status, 1000 as lines,
        1000 as loaded, 0 as rejected, now_() as finished_at, now_() as extracted_at, n as snapshot_id
    from range(400) t(n);
create or replace table linkage.pairs as
    select left_key, right_key, 7.5 as match_weight, 0.99 as match_probability,
        ['merge', 'review', 'reject'][1 + (hash(left_key) % 3)::bigint] as band
    from (
        select record_key as left_key, lead(record_key) over (order by record_key) as right_key from staging.customers
        union all
        select record_key, lead(record_key) over (order by hash(record_key)) from staging.customers
    ) where right_key is not null;
create or replace table quality.held_records as
    select record_key, ['nothing to go by'] as reasons, null::timestamp as released_at
    from staging.customers where hash(record_key) % 100 = 0;
alter table linkage.review add column if not exists reason varchar default 'in the review band';
create or replace table golden.contact_points as
    select customer_id, channel, customer_id || channel as contact_point_key, 'valid' as status, false as is_shared,
        true as is_primary, hash(customer_id) % 4 = 0 as is_preferred, 1 as preference, 1 as record_count,
        [customer_id] as record_keys, ['ao'] as source_systems, now_() as last_confirmed_at, 40 as days_since_confirmed,
        'fresh' as decay_class
    from golden.customers, (values ('email'), ('phone')) as c(channel);
create or replace table golden.consents as
    select customer_id, purpose, channel,
        ['granted', 'denied', 'withdrawn', 'unknown'][1 + (hash(customer_id) % 4)::bigint] as status,
        hash(customer_id) % 4 = 0 as usable, 'ao:1' as record_key,
        now_() - to_days((hash(customer_id) % 900)::int) as given_at, 'form' as method,
        'newest statement' as reason, 1 as statements
    from golden.customers, (values ('marketing_email', 'email'), ('marketing_sms', 'sms'), ('tracking', null))
        as p(purpose, channel);
create or replace table quality.issues as
    select printf('I%06d', row_number() over (order by rule_id, source)) as issue_id, rule_id, table_name, column_name,
        dimension, severity, source, owner, '' as assignee, 'open' as status,
        now_() as first_opened_at, now_() as opened_at,
        null::timestamp as acknowledged_at, now_() + interval 3 day as due_at, null::timestamp as resolved_at,
        0 as times_reopened, 100 as rows, 'run 1' as first_run, now_() as last_seen, false as breached,
        '' as closing_reason, '' as decided_by, '' as comment, '' as duplicate_of, null::date as expires_on
    from quality.rules, (select distinct source_system as source from staging.customers);
create or replace table quality.issue_impacts as
    select issue_id, rule_id, source, owner, status, rows, 0.01::double as points from quality.issues;
"""
# The trend of two months, and two months of results of every rule.
_PAST = """
insert into quality.publications
    select 'past ' || n, 'v ' || n, now_() - to_days(n::int) from range(1, {runs}) t(n);
insert into quality.score_history by name
    select * exclude (n) replace ('past ' || n as run_id, measured_at - to_days(n::int) as measured_at)
    from (select * from quality.scores), range(1, {runs}) t(n);
insert into quality.rule_results by name
    select * exclude (n) replace ('past ' || n as run_id, measured_at - to_days(n::int) as measured_at)
    from (select * from quality.rule_results), range(1, {runs}) t(n);
"""


def make_night(con: duckdb.DuckDBPyConnection, records: int) -> str:
    """A scored night of so many records, sixty runs into its history; returns the id of its run."""
    found = project_models(load_contracts(CONTRACTS))
    made = {model.table for model in upstream(found, ["staging.customers", "golden.customer_activity"])}
    models = [m for m in upstream(found, TARGETS) if m.schema == "quality" and m.table not in made]
    models.sort(key=lambda model: model.table == "quality.score_trend")
    con.execute(TABLES)
    create_quality_tables(con)
    suites = rules()
    write_rules(con, suites, SCORE_WEIGHTS)
    failing = make_world(con, records, suites)
    score(con, models, "run 1", None)
    con.execute(f"create or replace temp macro now_() as timestamp '{NOW}'")
    con.execute(_PAST.format(runs=RUNS))
    con.execute(_MORE)
    print(f"{records:,} records, {failing:,} open failing rows")
    return "run 1"


def publish(con: duckdb.DuckDBPyConnection, run: str, folder: Path) -> dict[str, float]:
    """Seconds of reading what every page shares, then of each kind of page, written to disk."""
    contracts = load_contracts(CONTRACTS)
    given = {"models": project_models(contracts), "lineage": lineage(), "suites": load_suites(SUITES)}
    started = time.perf_counter()
    material = collect_material(
        con, run_id=run, version="v", published_at=datetime(2026, 1, 15, 1), contracts=contracts, **given
    )
    renderer = Renderer(material.data.publication)
    seconds = {"shared": time.perf_counter() - started}
    for kind in iter_modules(pages.__path__):
        started = time.perf_counter()
        count = write_pages(kind.name, material, renderer, folder)
        seconds[f"{kind.name} ({count})"] = time.perf_counter() - started
    return seconds


def write_pages(kind: str, material: Material, renderer: Renderer, folder: Path) -> int:
    """All pages of one kind as files; returns how many."""
    made = list(import_module(f"{pages.__name__}.{kind}").pages(material))
    for page in made:
        (folder / page.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / page.path).write_text(renderer.render(page), encoding="utf-8")
    return len(made)


def main() -> None:
    for records in [int(text) for text in sys.argv[1:]] or [1_000_000]:
        with tempfile.TemporaryDirectory() as folder, Warehouse(Path(folder) / "w.duckdb").connect() as con:
            run = make_night(con, records)
            seconds = publish(con, run, Path(folder) / "site")
            size = sum(path.stat().st_size for path in (Path(folder) / "site").rglob("*.html")) / 2**20
        print(f"site: {sum(seconds.values()):.1f} s (budget {BUDGET:.0f} s), {size:.1f} MiB")
        for kind, spent in sorted(seconds.items(), key=lambda item: -item[1]):
            print(f"  {kind:<20}{spent:>7.2f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
