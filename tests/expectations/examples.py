"""Example rows beside the suites: which rows each rule must let pass, and which it must find.

`<schema>/<table>.json` has, for every rule of the suite of the same name, examples that pass and examples that fail.
An example is a row, or a list of rows where it takes several. A row states only what differs from `base`; `$key` stands
for its key. `@table` puts a row into another table. `companions` are rows other tables need for every example.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from dq_pipeline.domain.rules import Suite

FOLDER = Path(__file__).parent
TABLES = (FOLDER / "tables.sql").read_text()
KINDS = ("pass", "fail")

Row = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """One example: the rows it puts into which table, and the keys the rule finds them by."""

    rule_id: str
    kind: str
    number: int
    rows: tuple[tuple[str, Row], ...]
    keys: frozenset[str]


def read_examples(suite: Suite) -> list[Example]:
    """Every example of the suite's rows; the words 'any row' and 'empty table' are no rows."""
    document = json.loads((FOLDER / f"{suite.table.replace('.', '/')}.json").read_text())
    return [
        _example(suite, document, rule_id, kind, number, example)
        for rule_id, kinds in document["rules"].items()
        for kind in KINDS
        for number, example in enumerate(kinds[kind])
        if not isinstance(example, str)
    ]


def rules_with_examples(suite: Suite) -> dict[str, set[str]]:
    """The kinds of examples ('pass', 'fail') every rule has."""
    document = json.loads((FOLDER / f"{suite.table.replace('.', '/')}.json").read_text())
    return {rule_id: {kind for kind in KINDS if kinds.get(kind)} for rule_id, kinds in document["rules"].items()}


def insert_examples(con: duckdb.DuckDBPyConnection, examples: list[Example]) -> None:
    """Put all rows of all examples into their tables."""
    for example in examples:
        for table, row in example.rows:
            marks = ", ".join("?" for _ in row)
            con.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))


def _example(suite: Suite, document: Row, rule_id: str, kind: str, number: int, example: Any) -> Example:
    name = f"{rule_id}/{kind}/{number}"
    given = example if isinstance(example, list) else [example]
    rows: list[tuple[str, Row]] = []
    keys = set()
    own = [row for row in given if "@table" not in row]
    for position, row in enumerate(own):
        key = name if position == 0 or document["rows_share_key"] else f"{name}/{position}"
        filled = {suite.key[0]: key} | document["base"] | row
        rows.append((suite.table, _named(filled, key)))
        keys.add(filled[suite.key[0]] or "")
        if suite.key[0] not in row and not (position and document["rows_share_key"]):
            rows += [(table, _named(other, key)) for table, other in document["companions"].items()]
    for row in given:
        if "@table" in row:
            rows.append((row["@table"], _named({k: v for k, v in row.items() if k != "@table"}, name)))
            keys |= set() if own else {row[suite.key[0]]}
    return Example(rule_id, kind, number, tuple(rows), frozenset(keys))


def _named(row: Row, key: str) -> Row:
    return {column: key if value == "$key" else value for column, value in row.items()}
