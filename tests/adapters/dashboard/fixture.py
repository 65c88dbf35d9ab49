"""Warehouses for the dashboard's tests: the documented tables, empty, and a realistic night of 10,000 records."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from dq_pipeline.domain.contract import Contract, ContractColumn, FileLayout

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
    owner VARCHAR, description VARCHAR, why VARCHAR, fix VARCHAR, expectation_type VARCHAR, weight_column BOOLEAN
quality.rule_results: run_id VARCHAR, measured_at TIMESTAMP, rule_id VARCHAR, table_name VARCHAR,
    column_name VARCHAR, dimension VARCHAR, severity VARCHAR, owner VARCHAR, evaluated BIGINT, failed BIGINT,
    outcome VARCHAR, message VARCHAR, rule_set_hash VARCHAR
quality.failing_rows: rule_id VARCHAR, table_name VARCHAR, column_name VARCHAR, record_key VARCHAR,
    source_system VARCHAR, first_seen TIMESTAMP, last_seen TIMESTAMP, fixed_at TIMESTAMP, times_reopened INTEGER
quality.scores: run_id VARCHAR, measured_at TIMESTAMP, scope_type VARCHAR, scope VARCHAR, score DOUBLE,
    coverage DOUBLE, rows BIGINT, weight DOUBLE, impact DOUBLE, rule_set_hash VARCHAR, model_hash VARCHAR
quality.score_history: run_id VARCHAR, measured_at TIMESTAMP, scope_type VARCHAR, scope VARCHAR, score DOUBLE,
    coverage DOUBLE, rows BIGINT, weight DOUBLE, impact DOUBLE, rule_set_hash VARCHAR, model_hash VARCHAR
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
    con.execute((Path(__file__).parent / "realistic.sql").read_text(encoding="utf-8"))
    return con
