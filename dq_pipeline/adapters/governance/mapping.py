"""Lines of a source read as its staging model reads them: who they are about, before anything of them is stored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from dq_pipeline.adapters.ingest.prepared import Prepared
from dq_pipeline.adapters.warehouse import quote_identifier
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import fold
from dq_pipeline.errors import ConfigurationError

# Whatever a model leaves out is NULL here. Fact models have the key of the record they are about, and their own.
_SHAPE = """
select null::bigint as _line, null::varchar as source_system, null::varchar as source_record_id,
    null::varchar as name, null::varchar as given_name, null::varchar as family_name, null::varchar as birthdate,
    null::varchar as email, null::varchar as phone_number, null::varchar as national_id,
    null::varchar as created_at, null::varchar as updated_at, null::varchar as last_activity_at,
    null::varchar as interaction_id, null::varchar as transaction_id, null::timestamp as occurred_at,
    null::struct(channel varchar, label varchar, value varchar)[] as contact_points,
    null::struct(purpose varchar, status varchar, given_at varchar, method varchar, evidence varchar)[] as consents
where false
"""


def mapped_lines(models: Path, contract: Contract, lines: str) -> str:
    """A SELECT of canonical columns and `_line` from `lines`, a SELECT with the source's own columns and `_line`.

    `models`: the folder of SQL models. Raises ConfigurationError when the source's staging model is not one SELECT.
    """
    import sqlglot
    from sqlglot import expressions as exp

    path = models / "staging" / f"{contract.id}.sql"
    tree = sqlglot.parse_one(path.read_text(encoding="utf-8"), dialect="duckdb")
    if not isinstance(tree, exp.Select):
        raise ConfigurationError("a staging model must be one SELECT", where=path.name, fix="put unions into a CTE")
    for table in list(tree.find_all(exp.Table)):
        if table.db == "raw" and table.name == contract.id:
            table.replace(sqlglot.parse_one("lines_of_source", into=exp.Table).as_("lines_of_source"))
    if "_line" not in tree.named_selects:
        tree = tree.select("_line")
    model = tree.sql(dialect="duckdb")
    return (
        f"with lines_of_source as ({lines}) {_SHAPE.strip()} union all by name "
        f"select columns(lambda name: list_contains({_names()}, name)) from ({model})"
    )


def arriving_lines(contract: Contract, prepared: Prepared) -> str:
    """What a reader prepared, under the names of `raw.<contract id>`; a column that the file lacks is NULL."""
    given = {fold(name): text for name, text in zip(prepared.plan.names, prepared.expressions, strict=True)}
    names = {column.name: given.get(fold(column.name), "null::varchar") for column in contract.columns}
    names |= {name: given[fold(name)] for name in prepared.plan.names if fold(name) not in set(map(fold, names))}
    listed = ", ".join(f"{text} as {quote_identifier(name)}" for name, text in names.items())
    return f"select {listed}, null::bigint as _load_id, null::varchar as _file, _line from {prepared.relation}"


def new_records(contract: Contract, lines: str) -> str:
    """Those of the lines, a SELECT, whose record is not among the current ones."""
    same = " and ".join(f"line.{name} = now.{name}" for name in map(quote_identifier, contract.key))
    return f"select line.* from ({lines}) as line anti join raw.{quote_identifier(contract.id)} as now on {same}"


def stored_lines(contract: Contract, columns: Sequence[str], *, condition: str = "true") -> str:
    """Every version in the history, `_line` being its row id."""
    listed = ", ".join(map(quote_identifier, columns))
    history = f"raw_history.{quote_identifier(contract.id)}"
    return f"select {listed}, _first_seen as _load_id, _file, rowid as _line from {history} where {condition}"


def _names() -> str:
    return "[" + ", ".join(f"'{name}'" for name in re.findall(r"as (\w+)", _SHAPE)) + "]"
