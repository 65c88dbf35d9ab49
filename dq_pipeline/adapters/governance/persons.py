"""Everything that belongs to one person: ids, record keys, facts, and the values nobody else has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dq_pipeline.adapters.governance.mapping import mapped_lines, stored_lines
from dq_pipeline.adapters.id_redirects import was_erased
from dq_pipeline.adapters.ingest.raw_tables import data_columns
from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal, table_exists
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.erasure import ERASED_KEY
from dq_pipeline.errors import InputError

# Past versions of golden rows that show the person: its own, and those of other customers from the time when one of the
# person's records was theirs.
_VERSIONS = """
create or replace temp table dq_person_versions as
select sequence from golden.customers_history as h
where customer_id in (from temp.dq_person_keys) or (valid_to is not null and exists (
    select 1 from golden.memberships as m where m.customer_id = h.customer_id
        and m.record_key in (from temp.dq_person_keys)
        and m.valid_from < h.valid_to and coalesce(m.valid_to, 'infinity') > h.valid_from))
"""
# Ids that lead to the customer, itself among them. One that leads to several was of several: its history goes too.
_IDS = """
select customer_id from golden.id_redirects where heir_id = $customer
union select $customer order by customer_id <> $customer, customer_id
"""
# Records the customer has; those it had that no other customer has now; and what they were called before their source
# numbered anew.
_RECORDS = f"""
with recursive own as (
    select record_key from golden.crosswalk where customer_id = $customer
    union
    select record_key from golden.memberships where list_contains($ids, customer_id)
        and record_key not in (select record_key from golden.crosswalk where customer_id <> $customer)
), followed as (
    from own union
    select s.former_key from golden.record_successions as s join followed as f on f.record_key = s.record_key
)
select record_key from followed where not starts_with(record_key, '{ERASED_KEY}') order by record_key
"""


@dataclass(frozen=True)
class Person:
    """`customer_ids`: today's first, empty for a record that no customer has."""

    customer_ids: tuple[str, ...]
    record_keys: tuple[str, ...]


def find_person(con: duckdb.DuckDBPyConnection, name: str) -> Person:
    """Who `name` is: a customer id, also a former one, or the key (`source:id`) of any of its records.

    A record that is held back belongs to no customer and stands for itself. Raises InputError for an unknown name,
    for one that leads to several customers today, and for one that is erased.
    """
    if not table_exists(con, "golden", "crosswalk"):
        raise InputError("no run has made customers yet", fix="run `dq-pipeline run` first")
    if ":" in name:
        return _of_record(con, name)
    heirs = [
        heir
        for (heir,) in con.execute(
            "select heir_id from golden.id_redirects where customer_id = ? order by heir_id", [name]
        ).fetchall()
    ]
    if not heirs:
        raise InputError(f"there is no customer {name!r}", fix="name a customer id, or a record as source:id")
    if heirs == [None]:
        if was_erased(con, name):
            raise InputError(f"{name} is erased", fix="the certificate of the erasure says what was removed")
        raise InputError(f"{name} has no records any more", fix="`dq-pipeline customer` tells what became of it")
    if len(heirs) > 1:
        raise InputError(
            f"{name} has become {len(heirs)} customers", problems=tuple(heirs), fix="name the one that is meant"
        )
    return _of_customer(con, heirs[0])


def _of_customer(con: duckdb.DuckDBPyConnection, customer: str) -> Person:
    ids = [row[0] for row in con.execute(_IDS, {"customer": customer}).fetchall()]
    keys = con.execute(_RECORDS, {"customer": customer, "ids": ids}).fetchall()
    return Person(tuple(ids), tuple(key for (key,) in keys))


def _of_record(con: duckdb.DuckDBPyConnection, key: str) -> Person:
    customers = con.execute("select customer_id from golden.crosswalk where record_key = ?", [key]).fetchall()
    if customers:
        return _of_customer(con, customers[0][0])
    if not con.execute("select 1 from staging.customers where record_key = ?", [key]).fetchall():
        raise InputError(f"there is no record {key!r}", fix="name a customer id, or a record as source:id")
    return Person((), (key,))


def mark_person(
    con: duckdb.DuckDBPyConnection,
    person: Person,
    contracts: Mapping[str, Contract],
    models: Path,
    *,
    facts: Iterable[str] | None = None,
) -> None:
    """Make the temporary tables that all removal goes by.

    `dq_person_keys(key)`: record keys, customer ids and ids of facts. `dq_person_rows(contract_id, row)`: row ids of
    raw_history. `dq_person_versions(sequence)`: of golden.customers_history. `facts`: only these facts, as
    `contract id|fact id`, instead of all facts of the records: ids of the others are in `dq_kept_facts(fact)`.
    """
    con.execute(
        "create or replace temp table dq_person_keys as select distinct unnest($1::varchar[]) as key",
        [[*person.customer_ids, *person.record_keys]],
    ).fetchall()
    con.execute("create or replace temp table dq_person_rows (contract_id varchar, row bigint)")
    con.execute("create or replace temp table dq_kept_facts (fact varchar)")
    only = None if facts is None else list(facts)
    for contract in contracts.values():
        if not table_exists(con, "raw_history", contract.id):
            continue
        lines = mapped_lines(models, contract, stored_lines(contract, data_columns(con, contract)))
        fact = f"concat_ws('|', {quote_literal(contract.id)}, coalesce(interaction_id, transaction_id))"
        own = "coalesce(source_system || ':' || source_record_id in (from temp.dq_person_keys), false)"
        limited = only is not None and contract.kind != "customers"
        goes = f"coalesce(list_contains($facts::varchar[], {fact}), false)" if limited else own
        con.execute(
            "create or replace temp table dq_person_found as "
            f"select _line, coalesce(interaction_id, transaction_id) as fact, {goes} as goes from ({lines}) "
            f"where goes or {own}",
            {"facts": only} if limited else {},
        ).fetchall()
        contract_id = quote_literal(contract.id)
        con.execute(f"insert into temp.dq_person_rows select {contract_id}, _line from dq_person_found where goes")
        for table, which in (("dq_person_keys", "goes"), ("dq_kept_facts", "not goes")):
            con.execute(
                f"insert into temp.{table} select distinct fact from dq_person_found where {which} and fact is not null"
            )
    con.execute("drop table if exists temp.dq_person_found")
    con.execute("create or replace temp table dq_person_versions (sequence bigint)")
    if table_exists(con, "golden", "customers_history"):
        con.execute(_VERSIONS).fetchall()


def own_values(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    """Make `temp.dq_person_values(value)`: texts that stand in the person's rows, and in nobody else's.

    After `mark_person`. Looked for in the raw history and in every table whose rows are named by a key.
    """
    tables = _named_tables(con, contracts)
    con.execute("create or replace temp table dq_person_values (value varchar)")
    for table, condition, texts in tables:
        con.execute(
            f"insert into temp.dq_person_values select distinct value from "
            f"(select unnest({texts}) as value from {table} where {condition}) where value <> ''"
        ).fetchall()
    for table, condition, texts in tables:
        con.execute(
            "delete from temp.dq_person_values where value in "
            f"(select value from (select unnest({texts}) as value from {table} where not coalesce({condition}, false)))"
        ).fetchall()


def _named_tables(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> list[tuple[str, str, str]]:
    """(table, condition for the person's rows, SQL of the list of all texts in a row)."""
    found = []
    for contract in contracts.values():
        if table_exists(con, "raw_history", contract.id):
            rows = f"rowid in (select row from temp.dq_person_rows where contract_id = {quote_literal(contract.id)})"
            texts = [f"trim({quote_identifier(name)})" for name in data_columns(con, contract)]
            found.append((f"raw_history.{quote_identifier(contract.id)}", rows, f"[{', '.join(texts)}]"))
    columns = con.execute(
        """
        select schema_name, table_name, list(column_name), list(data_type) from duckdb_columns()
        where database_name = current_database() and schema_name in ('staging', 'quality', 'linkage', 'golden')
            and (schema_name, table_name) in (select schema_name, table_name from duckdb_tables()
                where database_name = current_database())
        group by all order by all
        """
    ).fetchall()
    for schema, table, names, types in columns:
        key = next((name for name in ("record_key", "customer_id") if name in names), None)
        if key is None or table in ("memberships", "identity_events", "crosswalk", "record_successions"):
            continue
        kinds = list(zip(map(quote_identifier, names), types, strict=True))
        texts = [f"[{', '.join(name for name, kind in kinds if kind == 'VARCHAR')}]"]
        texts += [name for name, kind in kinds if kind == "VARCHAR[]"]
        where = f"{key} in (from temp.dq_person_keys)"
        found.append(
            (f"{quote_identifier(schema)}.{quote_identifier(table)}", where, f"list_concat({', '.join(texts)})")
        )
    return found
