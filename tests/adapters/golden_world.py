"""A warehouse small enough to write down, from staging to golden, for tests of what golden tables do over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import duckdb

from dq_pipeline.adapters.customer_history import record_history
from dq_pipeline.adapters.golden import build_customers
from dq_pipeline.adapters.identity import assign_customer_ids
from dq_pipeline.adapters.stewardship import create_stewardship_tables, record_decisions
from dq_pipeline.adapters.warehouse import create_schemas
from dq_pipeline.domain.stewardship import NewDecision
from dq_pipeline.domain.survivorship import AttributeGroup, SourceTrust, SurvivorshipPolicy
from dq_pipeline.policies.survivorship import POLICY as OURS

START = datetime(2026, 11, 1, 2)
POLICY = SurvivorshipPolicy(
    trust=(SourceTrust("crm", 1.0, ""), SourceTrust("shop", 0.5, "")),
    groups=(
        AttributeGroup(("name",), ("frequent", "trusted"), "the usual spelling"),
        AttributeGroup(("email",), ("valid", "recent"), ""),
        AttributeGroup(("birthdate",), ("frequent",), ""),
        AttributeGroup(("country",), ("trusted",), ""),
    ),
)
_STAGED = {
    **dict.fromkeys(("record_key", "source_system", "source_record_id", "email_status", *OURS.attributes), "varchar"),
    **dict.fromkeys(("updated_at", "created_at", "last_activity_at"), "timestamp"),
    "birthdate": "date",
}

# record key -> what is known of it; `cluster` groups records, a record without one is a cluster of its own
Records = Mapping[str, Mapping[str, Any]]


class World:
    """`load` says what the sources have and which records are one customer, `run` builds golden from it."""

    def __init__(self, con: duckdb.DuckDBPyConnection | None = None, policy: SurvivorshipPolicy = POLICY) -> None:
        self.con = con or duckdb.connect()
        self.policy = policy
        self.runs = 0
        create_schemas(self.con)
        create_stewardship_tables(self.con)
        self.con.execute(
            f"create table staging.customers ({', '.join(f'{n} {t}' for n, t in _STAGED.items())}); "
            "create table linkage.clusters (record_key varchar, source_system varchar, source_record_id varchar, "
            "cluster_id varchar); "
            "create table quality.failing_rows (rule_id varchar, table_name varchar, column_name varchar, "
            "record_key varchar, fixed_at timestamp); "
            "create table quality.rules (rule_id varchar, severity varchar, columns varchar[])"
        )

    def load(self, records: Records) -> None:
        self.con.execute("delete from staging.customers; delete from linkage.clusters")
        groups: dict[Any, str] = {}
        for key in sorted(records):
            facts = {"email_status": "valid", "country": "GB", **records[key]}
            source, _, number = key.partition(":")
            cluster = groups.setdefault(facts.pop("cluster", key), key)
            row = {"record_key": key, "source_system": source, "source_record_id": number, **facts}
            self.con.execute(
                f"insert into staging.customers ({', '.join(row)}) values ({', '.join('?' * len(row))})",
                [*row.values()],
            )
            self.con.execute("insert into linkage.clusters values (?, ?, ?, ?)", [key, source, number, cluster])

    @property
    def now(self) -> datetime:
        return START + timedelta(days=self.runs)

    def run(self, records: Records | None = None) -> dict[str, int]:
        """One run, a day after the one before; returns the rows added to the feed by operation."""
        if records is not None:
            self.load(records)
        self.runs += 1
        self.con.begin()
        assign_customer_ids(self.con, run_id=f"run-{self.runs:04}", now=self.now)
        build_customers(self.con, self.policy, today=self.now.date())
        counts = record_history(self.con, run_id=f"run-{self.runs:04}", now=self.now)
        self.con.commit()
        return counts

    def pin(self, record_key: str, attribute: str, value: str, **more: Any) -> int:
        decision = NewDecision("pin", record_key, None, attribute, value, author="Eve", reason="rang", **more)
        return record_decisions(self.con, [decision], decided_at=self.now)[0]

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self.con.execute(query, parameters).fetchall()

    def customers(self, table: str = "golden.customers") -> list[tuple[Any, ...]]:
        """Every column of golden.customers, ordered, of it or of what has the same columns."""
        names = [c for (c,) in self.rows("select column_name from (describe golden.customers)")]
        return self.rows(f"select {', '.join(names)} from {table} order by customer_id")
