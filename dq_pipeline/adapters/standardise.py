"""Standardisation: every distinct raw value through its parser, once.

A million records hold perhaps a tenth as many distinct values of a field, and a night changes one in a hundred of
them. So the parsers run on distinct values, only on those not parsed before by the same parsers, and
`staging/customers.sql` joins their answers back, set-based.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path

import duckdb

from dq_pipeline.adapters.changed_records import note_changed
from dq_pipeline.adapters.parsed_tables import COUNTRIES, VALUES
from dq_pipeline.adapters.parsed_values import refresh_answers
from dq_pipeline.adapters.reading_conventions import write_context, write_conventions, write_known_given_names
from dq_pipeline.adapters.record_rows import mark_answers
from dq_pipeline.adapters.source_changes import TAKEN_KEYS, settle_changes, sources_basis, take_changes
from dq_pipeline.adapters.source_records import combine_sources, complete_source_records
from dq_pipeline.adapters.standardisation_policy import write_correction_rules, write_sharing_limits
from dq_pipeline.adapters.warehouse import row_count, table_exists
from dq_pipeline.domain import parsing
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.corrections import CorrectionRule
from dq_pipeline.domain.shared_values import SharingLimit

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
_LIBRARIES = ("anyascii", "email-validator", "nicknames", "phonenumbers", "pycountry", "python-stdnum")


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
    basis = sources_basis(con, [c.id for c in contracts.values() if c.kind == "customers"], release, as_of.year)
    told = take_changes(con, basis, _answers(con))
    parsed = {COUNTRIES.name: refresh_answers(con, COUNTRIES, release, COUNTRIES.parse, changes_only=told)}
    told = write_conventions(con, contracts, as_of, changes_only=told) and told
    write_context(con)
    write_known_given_names(con)
    for table in VALUES:
        parse, table_release = table.parse, release
        if table.name == "parsed_dates":
            parse = partial(table.parse, latest_year=as_of.year)
            table_release = f"{release}/{as_of.year}"
        count = refresh_answers(con, table, table_release, parse, changes_only=told)
        if count and table.asks_again:
            count += refresh_answers(con, table, table_release, parse, changes_only=told)
        parsed[table.name] = count
    for name in PARSED_TABLES:
        if name.startswith("staging."):
            mark_answers(con, name, release)
    note_changed(con, "staging.source_records", TAKEN_KEYS if told else None)
    settle_changes(con, basis, _answers(con))
    return {f"staging.{name}": count for name, count in parsed.items()}


def parsers_version() -> str:
    """Twelve hex digits that change when a parser, its data or a library it uses changes."""
    digest = hashlib.sha256()
    for file in sorted(Path(parsing.__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library}={version(library)}".encode())
    return digest.hexdigest()[:12]


def _answers(con: duckdb.DuckDBPyConnection) -> str:
    """How many answers there are of each kind: who takes some away, as an erasure may, is noticed by it."""
    names = [table.name for table in (COUNTRIES, *VALUES)]
    return "-".join(str(row_count(con, "staging", name)) for name in names if table_exists(con, "staging", name)) or "0"
