"""Warehouses for the dashboard's tests: the documented tables, empty, a realistic night of 10,000 records, a hostile
one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from dq_pipeline.adapters.dashboard import Material, collect_material, render_site
from dq_pipeline.domain.contract import Contract, ContractColumn, FileLayout
from dq_pipeline.domain.rules import Rule, Suite

RUN = "run-8"
PUBLISHED = datetime(2026, 11, 22, 2, 10)

TABLES = """
raw.loads: load_id BIGINT, source VARCHAR, file VARCHAR, content_hash VARCHAR, bytes BIGINT, lines BIGINT,
    loaded BIGINT, rejected BIGINT, encoding VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP, status VARCHAR,
    note VARCHAR, extracted_at TIMESTAMP
raw.rejects: load_id BIGINT, source VARCHAR, file VARCHAR, line BIGINT, raw_text VARCHAR, reason VARCHAR
staging.customers: record_key VARCHAR, source_system VARCHAR, source_record_id VARCHAR, party_type VARCHAR,
    email VARCHAR, contract_id VARCHAR
staging.contact_points: record_key VARCHAR, source_system VARCHAR, source_record_id VARCHAR, channel VARCHAR,
    label VARCHAR, value VARCHAR, value_as_given VARCHAR, status VARCHAR, is_primary BOOLEAN
staging.consents: record_key VARCHAR, source_system VARCHAR, source_record_id VARCHAR, purpose VARCHAR,
    status VARCHAR, given_at TIMESTAMP, given_at_as_given VARCHAR, method VARCHAR, evidence VARCHAR
quality.rules: rule_id VARCHAR, table_name VARCHAR, column_name VARCHAR, dimension VARCHAR, severity VARCHAR,
    owner VARCHAR, description VARCHAR, why VARCHAR, fix VARCHAR, expectation_type VARCHAR, weight_column BOOLEAN,
    blocking BOOLEAN, columns VARCHAR[], rule_hash VARCHAR, penalty DECIMAL(3,2)
quality.rule_results: run_id VARCHAR, measured_at TIMESTAMP, rule_id VARCHAR, table_name VARCHAR,
    column_name VARCHAR, dimension VARCHAR, severity VARCHAR, owner VARCHAR, evaluated BIGINT, failed BIGINT,
    outcome VARCHAR, message VARCHAR, rule_set_hash VARCHAR
quality.failing_rows: rule_id VARCHAR, table_name VARCHAR, column_name VARCHAR, record_key VARCHAR,
    source_system VARCHAR, first_seen TIMESTAMP, last_seen TIMESTAMP, fixed_at TIMESTAMP, times_reopened INTEGER
quality.scores: run_id VARCHAR, measured_at TIMESTAMP, scope_type VARCHAR, scope VARCHAR, score DOUBLE,
    coverage DOUBLE, rows BIGINT, weight DOUBLE, impact DOUBLE, rule_set_hash VARCHAR, model_hash VARCHAR
quality.score_history: run_id VARCHAR, measured_at TIMESTAMP, scope_type VARCHAR, scope VARCHAR, score DOUBLE,
    coverage DOUBLE, rows BIGINT, weight DOUBLE, impact DOUBLE, rule_set_hash VARCHAR, model_hash VARCHAR
quality.score_trend: run_id VARCHAR, measured_at TIMESTAMP, actual DOUBLE, like_for_like DOUBLE,
    same_rules_points DOUBLE, coverage DOUBLE, rule_set_hash VARCHAR, model_hash VARCHAR, sources VARCHAR[],
    rules_changed BOOLEAN, weights_changed BOOLEAN, model_changed BOOLEAN, sources_new VARCHAR[],
    sources_absent VARCHAR[]
quality.score_moves: run_id VARCHAR, previous_run_id VARCHAR, position BIGINT, kind VARCHAR, name VARCHAR,
    points DOUBLE, text VARCHAR
quality.publications: run_id VARCHAR, version VARCHAR, published_at TIMESTAMP
quality.headline: name VARCHAR, scope VARCHAR, value DOUBLE, low DOUBLE, high DOUBLE, unit VARCHAR,
    denominator BIGINT, explanation VARCHAR
quality.rule_changes: rule_id VARCHAR, change VARCHAR
quality.latest_results: rule_id VARCHAR, table_name VARCHAR, column_name VARCHAR, dimension VARCHAR, severity VARCHAR,
    owner VARCHAR, evaluated BIGINT, failed BIGINT, outcome VARCHAR
quality.column_scores: table_name VARCHAR, column_name VARCHAR, dimension VARCHAR, weight DECIMAL(9,3),
    critical_data_element BOOLEAN, rows BIGINT, loss DECIMAL(18,2), rules BIGINT, rules_run BIGINT
quality.column_losses: table_name VARCHAR, column_name VARCHAR, dimension VARCHAR, cut VARCHAR, source_system VARCHAR,
    owner VARCHAR, created_by VARCHAR, loss DECIMAL(18,2)
quality.failure_patterns: table_name VARCHAR, column_name VARCHAR, rule_ids VARCHAR[], cut VARCHAR,
    source_system VARCHAR, owner VARCHAR, created_by VARCHAR, rows BIGINT
quality.scored_rows: table_name VARCHAR, record_key VARCHAR, source_system VARCHAR, owner VARCHAR, created_by VARCHAR
quality.issues: issue_id VARCHAR, rule_id VARCHAR, table_name VARCHAR, column_name VARCHAR, dimension VARCHAR,
    severity VARCHAR, source VARCHAR, owner VARCHAR, assignee VARCHAR, status VARCHAR, first_opened_at TIMESTAMP,
    opened_at TIMESTAMP, acknowledged_at TIMESTAMP, due_at TIMESTAMP, resolved_at TIMESTAMP, times_reopened BIGINT,
    rows BIGINT, first_run VARCHAR, last_seen TIMESTAMP, breached BOOLEAN, closing_reason VARCHAR, decided_by VARCHAR,
    comment VARCHAR, duplicate_of VARCHAR, expires_on DATE
quality.issue_impacts: issue_id VARCHAR, rule_id VARCHAR, source VARCHAR, owner VARCHAR, status VARCHAR, rows BIGINT,
    points DOUBLE
raw.source_findings: source VARCHAR, check_name VARCHAR, problem VARCHAR, checked_at TIMESTAMP
linkage.pairs: left_key VARCHAR, right_key VARCHAR, match_weight DOUBLE, match_probability DOUBLE, band VARCHAR
linkage.clusters: record_key VARCHAR, source_system VARCHAR, source_record_id VARCHAR, cluster_id VARCHAR
linkage.review: left_key VARCHAR, right_key VARCHAR, reason VARCHAR
golden.crosswalk: record_key VARCHAR, source_system VARCHAR, source_record_id VARCHAR, customer_id VARCHAR
golden.customers: customer_id VARCHAR, party_type VARCHAR, record_count BIGINT
"""


def empty_warehouse() -> duckdb.DuckDBPyConnection:
    """Every documented table, without a row."""
    con = duckdb.connect()
    for entry in TABLES.strip().replace("\n    ", " ").split("\n"):
        name, columns = entry.split(": ", 1)
        con.execute(f"create schema if not exists {name.split('.')[0]}")
        con.execute(f"create table {name} ({columns})")
    return con


def insert(con: duckdb.DuckDBPyConnection, table: str, **columns: object) -> None:
    """One row, by column name; everything else NULL."""
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    con.execute(f"insert into {table} ({names}) values ({marks})", list(columns.values()))


def contract(contract_id: str, source_system: str, owner: str = "CRM team", **fields: object) -> Contract:
    """A contract of a customer source, small but complete."""
    return Contract(
        id=contract_id,
        source_system=source_system,
        kind=fields.pop("kind", "customers"),  # type: ignore[arg-type]
        layout=FileLayout("csv", ("*.csv",)),
        columns=(ContractColumn("Id", required=True, key=True),),
        owner=owner,
        description="",
        **fields,  # type: ignore[arg-type]
    )


CONTRACTS = {
    found.id: found
    for found in (
        contract("salesforce_contacts", "salesforce", "Sales Operations", retention_days=2555),
        contract("hubspot_contacts", "hubspot", "Marketing Operations", retention_days=1095),
        contract("zoho_contacts", "zoho", "Regional Sales", retention_days=1825),
        contract("dynamics_contacts", "dynamics", "Customer Service", retention_days=2555),
        contract("ao_customers", "ao", "Policy Administration", retention_days=3650, freshness_hours=24.0),
        contract("interactions", "facts", "Customer Service", kind="interactions"),
        contract("transactions", "facts", "Finance", kind="transactions"),
    )
}


def realistic_warehouse() -> duckdb.DuckDBPyConnection:
    """10,000 records of five systems, 40 rules, the eighth published version."""
    con = empty_warehouse()
    for script in ("realistic.sql", "realistic_quality.sql"):
        con.execute((Path(__file__).parent / script).read_text(encoding="utf-8"))
    return con


HOSTILE = "<script>alert(1)</script>'\"=cmd|' /C calc'!A0</style>{{ 7 * 7 }}"
# Words of the realistic night that stand for all names from outside: a source, a rule, a dimension, an owner, a column.
NAMES = ("hubspot", "email.valid", "validity", "Sales Operations", "phone_number", "run-7", "Contact.csv")
TOLD = ("description", "why", "fix", "message", "text", "problem", "explanation", "reason", "comment")


def hostile_warehouse() -> duckdb.DuckDBPyConnection:
    """The realistic night with hostile text in every place that text from outside can reach."""
    con = realistic_warehouse()
    texts = con.execute(
        "select table_schema, table_name, list(column_name) from information_schema.columns "
        "where data_type = 'VARCHAR' and table_schema <> 'main' group by all"
    ).fetchall()
    for schema, table, columns in texts:
        changes = [f"{column} = {_hostile(column)}" for column in columns]
        con.execute(f"update {schema}.{table} set {', '.join(changes)}", {"hostile": HOSTILE})
    con.execute(f"update quality.scores set run_id = '{RUN}'")
    return con


def _hostile(column: str) -> str:
    if column in TOLD:
        return "$hostile"
    replaced = column
    for name in NAMES:
        replaced = f"replace({replaced}, '{name}', $hostile)"
    return replaced


RULE = Rule(
    **{"rule_id": "email.valid", "table": "staging.customers", "column": "email", "dimension": "validity"},
    **{"severity": "critical", "owner": "Sales Operations", "description": "", "why": "", "fix": "", "blocking": True},
    expectation_type="unexpected_rows_expectation",
    arguments={"unexpected_rows_query": "select record_key from {batch} where email not like '%@%'"},
    evaluates="email_status <> 'missing'",
)


def material_of(con: duckdb.DuckDBPyConnection, rules: Iterable[Rule] = (RULE,)) -> Material:
    """What the site of the eighth version is made from, without SQL models."""
    suite = Suite("customers", "staging.customers", ("record_key",), tuple(rules))
    return collect_material(
        con, run_id=RUN, version="v8", published_at=PUBLISHED, contracts=CONTRACTS, models={}, suites=[suite]
    )


def render(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Every page by its path."""
    return dict(render_site(material_of(con)))


def hostile_site() -> dict[str, str]:
    """The site of the hostile night, hostile in its rules and contracts too."""
    rule = replace(
        RULE, rule_id=HOSTILE, arguments={HOSTILE: HOSTILE, "unexpected_rows_query": HOSTILE}, evaluates=HOSTILE
    )
    contracts = CONTRACTS | {HOSTILE: contract(HOSTILE, HOSTILE, "W" * 400)}
    material = replace(material_of(hostile_warehouse(), [rule]), contracts=contracts)
    return dict(render_site(material))
