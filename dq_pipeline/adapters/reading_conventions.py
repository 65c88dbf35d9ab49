"""By which order of dates and which country the values of each source are read, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from dq_pipeline.adapters.source_changes import CAME, WENT
from dq_pipeline.adapters.warehouse import column_schema
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.parsing.nickname_data import NICKNAME_GROUPS

# Day first or month first, counted on dates only one order of which exists. A share of slips is forgiven.
_EVIDENCE = r"""
    with texts as (
        select contract_id, unnest([birthdate, created_at, updated_at, last_activity_at]) as text
        from staging.source_records
    ), candidates as (
        -- A separator after one or two digits; most texts, ISO dates, have none there.
        select contract_id,
            case when substr(text, 2, 1) in ('-', '/', '.', ' ') or substr(text, 3, 1) in ('-', '/', '.', ' ')
                then text end as text
        from texts
    ), dates as (
        select contract_id,
            try_cast(regexp_extract(text, '^(\d{1,2})[-/. ]+\d{1,2}[-/. ]+\d{2}', 1) as integer) as first,
            try_cast(regexp_extract(text, '^\d{1,2}[-/. ]+(\d{1,2})[-/. ]+\d{2}', 1) as integer) as second
        from candidates
    )
    select contract_id,
        count(*) filter (first between 13 and 31 and second between 1 and 12) as day_first,
        count(*) filter (second between 13 and 31 and first between 1 and 12) as month_first
    from dates group by contract_id
"""
_FORGIVEN_SHARE = 0.05
FORMER_CONTEXT = "temp.former_context"
_COLUMNS = {
    "contract_id": "VARCHAR",
    "date_order": "VARCHAR",
    "date_order_from": "VARCHAR",
    "default_country": "VARCHAR",
    "as_of": "DATE",
    "day_first": "BIGINT",
    "month_first": "BIGINT",
}
_Evidence = dict[str, tuple[int, int]]  # by contract, dates that can only be read day first, and month first


def write_conventions(
    con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], as_of: date, *, changes_only: bool
) -> bool:
    """(Re)create `staging.source_conventions`; returns whether every source is read as it was before.

    `changes_only`: only the rows of CAME and WENT differ from those that were counted for the table that is there.
    """
    known = dict(column_schema(con, "staging", "source_conventions")) == _COLUMNS
    before = con.execute("select * from staging.source_conventions").fetchall() if known else []
    counted = _changed_evidence(con, before) if changes_only and known else _evidence(con, "staging.source_records")
    rows = []
    for contract_id in sorted({*counted, *(c.id for c in contracts.values() if c.kind == "customers")}):
        contract = contracts.get(contract_id)
        promised = contract.date_order if contract else "ymd"
        evidence = counted.get(contract_id, (0, 0))
        country = contract.default_country if contract else ""
        rows.append((contract_id, *_date_order(promised, *evidence), country, as_of, *evidence))
    con.execute(
        "create or replace table staging.source_conventions "
        f"({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})"
    )
    for row in rows:
        con.execute("insert into staging.source_conventions values (?, ?, ?, ?, ?, ?, ?)", row)
    return sorted((row[0], row[1], row[3]) for row in before) == sorted((row[0], row[1], row[3]) for row in rows)


def _evidence(con: duckdb.DuckDBPyConnection, records: str) -> _Evidence:
    found = con.execute(_EVIDENCE.replace("staging.source_records", records)).fetchall()
    return {contract: (day, month) for contract, day, month in found}


def _changed_evidence(con: duckdb.DuckDBPyConnection, before: list[tuple[Any, ...]]) -> _Evidence:
    counted = {row[0]: (row[5], row[6]) for row in before}
    for table, sign in ((CAME, 1), (WENT, -1)):
        for contract, (day, month) in _evidence(con, table).items():
            was_day, was_month = counted.get(contract, (0, 0))
            counted[contract] = (was_day + sign * day, was_month + sign * month)
    return counted


def _date_order(promised: str, day_first: int, month_first: int) -> tuple[str, str]:
    """(order, where it is known from). A contract that promises ISO dates says nothing of those that are not."""
    if promised != "ymd":
        return promised, "contract"
    if day_first and month_first <= _FORGIVEN_SHARE * day_first:
        return "dmy", "evidence"
    if month_first and day_first <= _FORGIVEN_SHARE * month_first:
        return "mdy", "evidence"
    return "ymd", "undecided"


def write_context(con: duckdb.DuckDBPyConnection) -> None:
    """(Re)create `staging.reading_context`: a few hundred rows, joined by contract and country, not by record.

    What it said before stays as FORMER_CONTEXT: a row that went was read by it.
    """
    con.execute(
        "create table if not exists staging.reading_context "
        "(contract_id VARCHAR, country_as_given VARCHAR, country VARCHAR)"
    )
    con.execute(f"create or replace {FORMER_CONTEXT.replace('.', ' table ')} as from staging.reading_context")
    con.execute(
        """
        create or replace table staging.reading_context as
        select
            records.contract_id,
            records.country as country_as_given,
            coalesce(case when parsed_countries.status = 'valid' then parsed_countries.value end,
                source_conventions.default_country, '') as country
        from (select distinct contract_id, country from staging.source_records) as records
        left join staging.parsed_countries on parsed_countries.raw = records.country
        left join staging.source_conventions on source_conventions.contract_id = records.contract_id
        """
    )


def write_known_given_names(con: duckdb.DuckDBPyConnection) -> None:
    """(Re)create `staging.known_given_names`."""
    names = sorted(set(NICKNAME_GROUPS.replace(":", " ").split()))
    con.execute("create or replace table staging.known_given_names as select unnest(?::varchar[]) as name_key", [names])
