"""Standardisation: every distinct raw value through its parser, once.

A million records hold perhaps a tenth as many distinct values of a field, and a night changes one in a hundred of
them. So the parsers run on distinct values, only on those not parsed before by the same parsers, and
`staging/customers.sql` joins their answers back, set-based.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from dq_pipeline.adapters.parsed_tables import COUNTRIES, VALUES, ParsedTable
from dq_pipeline.adapters.source_records import combine_sources, complete_source_records
from dq_pipeline.adapters.standardisation_policy import write_correction_rules, write_sharing_limits
from dq_pipeline.adapters.warehouse import column_schema, quote_identifier
from dq_pipeline.domain import parsing
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.corrections import CorrectionRule
from dq_pipeline.domain.parsing.nickname_data import NICKNAME_GROUPS
from dq_pipeline.domain.shared_values import SharingLimit

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["PARSED_TABLES", "combine_sources", "complete_source_records", "parse_values"]

# Table -> description, of everything `parse_values` writes.
PARSED_TABLES = {
    "staging.source_conventions": "Which order of day and month and which country each source writes by, and why.",
    "staging.reading_context": "The country by which a record's values are read, by contract and country as given.",
    "staging.known_given_names": "Given names known beforehand, folded: they help to find swapped names.",
    "quality.correction_rules": "What the pipeline may correct by itself: confidence, reason, switched on or off.",
    "quality.sharing_limits": "From how many sharers on a value of a column is held for a placeholder, and why.",
    **{f"staging.{table.name}": table.description for table in (COUNTRIES, *VALUES)},
}
_CHUNK = 100_000
_LIBRARIES = ("anyascii", "email-validator", "nicknames", "phonenumbers", "pycountry", "python-stdnum")
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


def parse_values(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    *,
    as_of: date,
    corrections: Iterable[CorrectionRule] | None = None,
    sharing: Iterable[SharingLimit] | None = None,
) -> dict[str, int]:
    """Fill the tables of `PARSED_TABLES` from `staging.source_records` (columns it lacks are added, empty).

    `as_of`: the day of the run; birthdates after it are in the future, two-digit years are the latest not after its
    year. `corrections`, `sharing`: what the SQL models may correct and hold for placeholders; None leaves the tables of
    them as they are, or empty. Returns table -> number of values newly parsed.
    """
    complete_source_records(con)
    write_correction_rules(con, corrections)
    write_sharing_limits(con, sharing)
    release = parsers_version()
    parsed = {"staging.parsed_countries": _refresh(con, COUNTRIES, release, COUNTRIES.parse)}
    _write_conventions(con, contracts, as_of)
    _write_context(con)
    _write_known_given_names(con)
    for table in VALUES:
        parse, table_release = table.parse, release
        if table.name == "parsed_dates":
            parse = partial(table.parse, latest_year=as_of.year)
            table_release = f"{release}/{as_of.year}"
        count = _refresh(con, table, table_release, parse)
        if count and table.asks_again:
            count += _refresh(con, table, table_release, parse)
        parsed[f"staging.{table.name}"] = count
    return parsed


def parsers_version() -> str:
    """Twelve hex digits that change when a parser, its data or a library it uses changes."""
    digest = hashlib.sha256()
    for file in sorted(Path(parsing.__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library}={version(library)}".encode())
    return digest.hexdigest()[:12]


def _refresh(con: duckdb.DuckDBPyConnection, table: ParsedTable, release: str, parse: Callable[..., Any]) -> int:
    """Make the table hold exactly the distinct values of now; returns how many had to be parsed.

    Values that left the sources leave the table too: a person erased there must not live on here.
    """
    name = f"staging.{table.name}"
    if dict(column_schema(con, "staging", table.name)) != table.columns:
        columns = ", ".join(f"{quote_identifier(column)} {kind}" for column, kind in table.columns.items())
        con.execute(f"create or replace table {name} ({columns})")
    con.execute(f"delete from {name} where parser_version <> ?", [release])
    same = " and ".join(f"wanted.{key} = known.{key}" for key in table.keys)
    keys = ", ".join(table.keys)
    # One pass for both questions, over values as often as they occur: few are new, few are gone, and only these few
    # are made distinct.
    con.execute(
        f"create or replace temp table unmatched_values as "
        f"select distinct {', '.join(f'coalesce(wanted.{key}, known.{key}) as {key}' for key in table.keys)}, "
        f"known.raw is null as is_new from (select * from ({table.values}) where raw <> '') as wanted "
        f"full join {name} as known on {same} where wanted.raw is null or known.raw is null"
    )
    new = con.sql(f"select {keys} from unmatched_values where is_new").to_arrow_table()
    con.execute(f"delete from {name} where ({keys}) in (select ({keys}) from unmatched_values where not is_new)")
    for chunk in _answers(table, new, release, parse):
        con.register("parsed_chunk", chunk)
        con.execute(f"insert into {name} by name select * from parsed_chunk")
        con.unregister("parsed_chunk")
    con.execute("drop table unmatched_values")
    return int(new.num_rows)


def _answers(table: ParsedTable, values: pa.Table, release: str, parse: Callable[..., Any]) -> Iterator[pa.Table]:
    """The values in chunks, with what the parser makes of each."""
    import pyarrow as pa

    kinds = {
        "VARCHAR": pa.string(),
        "BOOLEAN": pa.bool_(),
        "SMALLINT": pa.int16(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
        "VARCHAR[]": pa.list_(pa.string()),
        "DATE[]": pa.list_(pa.date32()),
    }
    schema = pa.schema([(name, kinds[kind]) for name, kind in table.columns.items()])
    for start in range(0, values.num_rows, _CHUNK):
        keys = [column.to_pylist() for column in values.slice(start, _CHUNK).columns]
        answers = zip(*map(parse, *keys), strict=True)
        columns = [*keys, *answers, [release] * len(keys[0])]
        yield pa.table(
            [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)], schema=schema
        )


def _write_conventions(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], as_of: date) -> None:
    counted = {contract: (day, month) for contract, day, month in con.execute(_EVIDENCE).fetchall()}
    rows = []
    for contract_id in sorted({*counted, *(c.id for c in contracts.values() if c.kind == "customers")}):
        contract = contracts.get(contract_id)
        promised = contract.date_order if contract else "ymd"
        order, source = _date_order(promised, *counted.get(contract_id, (0, 0)))
        rows.append((contract_id, order, source, contract.default_country if contract else "", as_of))
    con.execute(
        "create or replace table staging.source_conventions (contract_id VARCHAR, date_order VARCHAR, "
        "date_order_from VARCHAR, default_country VARCHAR, as_of DATE)"
    )
    for row in rows:
        con.execute("insert into staging.source_conventions values (?, ?, ?, ?, ?)", row)


def _date_order(promised: str, day_first: int, month_first: int) -> tuple[str, str]:
    """(order, where it is known from). A contract that promises ISO dates says nothing of those that are not."""
    if promised != "ymd":
        return promised, "contract"
    if day_first and month_first <= _FORGIVEN_SHARE * day_first:
        return "dmy", "evidence"
    if month_first and day_first <= _FORGIVEN_SHARE * month_first:
        return "mdy", "evidence"
    return "ymd", "undecided"


def _write_context(con: duckdb.DuckDBPyConnection) -> None:
    """A few hundred rows: joined by contract and country, not by a million record keys."""
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


def _write_known_given_names(con: duckdb.DuckDBPyConnection) -> None:
    names = sorted(set(NICKNAME_GROUPS.replace(":", " ").split()))
    con.execute("create or replace table staging.known_given_names as select unnest(?::varchar[]) as name_key", [names])
