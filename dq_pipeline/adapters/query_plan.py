"""Which columns of which tables each column of a SELECT is computed from, read off DuckDB's own plan of it.

The plan comes from the binder that runs the query, before the optimiser: `*`, `columns('…')`, method calls, USING,
whole rows as structs and correlated subqueries are resolved there, so nothing is guessed here. Every column of the
plan is a position in the output of the operator below; what each operator puts out is all this module knows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import duckdb

from dq_pipeline.domain.lineage import Column, Dependency

# A column computed from dependencies, or a struct whose fields are.
Value: TypeAlias = frozenset[Dependency] | dict[str, "Value"]
Node: TypeAlias = dict[str, Any]

_NOTHING: frozenset[Dependency] = frozenset()
_SAME_AS_BELOW = ("FILTER", "ORDER_BY", "LIMIT", "DISTINCT", "SAMPLE", "TOP_N")
_BOTH_SIDES = ("CROSS_PRODUCT", "POSITIONAL_JOIN", "COMPARISON_JOIN", "ANY_JOIN", "ASOF_JOIN")
_EXPRESSIONS_OF_PARTS = (
    *("BOUND_AGGREGATE", "BOUND_BETWEEN", "BOUND_CASE", "BOUND_CAST", "BOUND_COMPARISON", "BOUND_CONJUNCTION"),
    *("BOUND_CONSTANT", "BOUND_OPERATOR", "BOUND_UNNEST", "BOUND_WINDOW"),
)
_EQUALITIES = ("COMPARE_EQUAL", "COMPARE_NOT_DISTINCT_FROM")


class PlanError(Exception):
    """DuckDB cannot plan the query, or its plan holds an operator not known here; the message says which."""


@dataclass(frozen=True)
class QueryColumn:
    """One column of a SELECT: name, DuckDB type, and what it is computed from (nothing: constants, counts of rows)."""

    name: str
    type: str
    upstream: tuple[Dependency, ...]


def query_columns(
    con: duckdb.DuckDBPyConnection, sql: str, lookups: Mapping[str, tuple[str, ...]] | None = None
) -> list[QueryColumn]:
    """The columns of the SELECT `sql`, whose tables must exist in `con` (they may be empty), in order.

    `lookups`: table -> its key columns, of the tables that hold the answers of a function by its arguments.
    Raises PlanError.
    """
    try:
        shape = con.execute(f"describe {sql}").fetchall()
    except duckdb.Error as error:
        raise PlanError(str(error).splitlines()[0]) from error
    plan = json.loads(con.execute("select json_serialize_plan(?::varchar)", [sql]).fetchall()[0][0])
    if plan["error"]:
        raise PlanError(plan["error_message"])
    try:
        values = _Plan(lookups or {}).outputs(plan["plans"][0])
        return [
            QueryColumn(name, data_type, tuple(sorted(_flat(value))))
            for (name, data_type, *_), value in zip(shape, values, strict=True)
        ]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise PlanError("this release of DuckDB writes its plans in a form column lineage does not know") from error


class _Plan:
    """Walks the operators of one plan from the top."""

    def __init__(self, lookups: Mapping[str, tuple[str, ...]]):
        self._lookups = lookups
        self._shared: dict[int, list[Value]] = {}  # what common table expressions put out, by their number
        self._numbered: dict[int, list[Value]] = {}  # what any operator puts out, by its number

    def outputs(self, node: Node) -> list[Value]:
        """What each output column of an operator is computed from."""
        kind = node["type"].removeprefix("LOGICAL_")
        if kind == "MATERIALIZED_CTE":
            self._shared[node["table_index"]] = self.outputs(node["children"][0])
            return self.outputs(node["children"][1])
        if kind == "RECURSIVE_CTE":
            return self._recursive(node)
        if kind == "CTE_REF":
            found = self._shared[node["cte_index"]]
        else:
            found = self._computed(kind, node, [self.outputs(child) for child in node.get("children", [])])
        if "table_index" in node:
            self._numbered[node["table_index"]] = found
        return found

    def _computed(self, kind: str, node: Node, below: list[list[Value]]) -> list[Value]:
        if kind == "GET":
            return self._scan(node, below[0] if below else [])
        if kind == "DUMMY_SCAN":
            return [_NOTHING]
        if kind in _SAME_AS_BELOW:
            return _projected(below[0], node.get("projection_map"))
        if kind in _BOTH_SIDES:
            return self._join(node, *below)
        if kind in ("UNION", "INTERSECT", "EXCEPT"):
            return below[0] if kind == "EXCEPT" else [_merged(column) for column in zip(*below, strict=True)]
        if kind == "PROJECTION":
            return self._values(node["expressions"], below[0])
        if kind in ("WINDOW", "UNNEST"):
            return below[0] + self._values(node["expressions"], below[0])
        if kind == "AGGREGATE_AND_GROUP_BY":
            groups = self._values(node["groups"], below[0])
            groupings: list[Value] = [_merged([groups[i] for i in used]) for used in node["grouping_functions"]]
            return groups + self._values(node["expressions"], below[0]) + groupings
        if kind == "EXPRESSION_GET":
            rows = [self._values(row, below[0]) for row in node["expressions"]]
            return [_merged(column) for column in zip(*rows, strict=True)]
        raise PlanError(f"column lineage does not know DuckDB's operator {kind}")

    def _scan(self, node: Node, arguments: list[Value]) -> list[Value]:
        """A table; or a table function, whose columns are computed from all its arguments."""
        path = (node.get("function_data") or {}).get("qualified_name", {}).get("path")
        names, indexes = node["names"], [column["index"] for column in node["column_indexes"]]
        if path:
            table = ".".join(path[-2:])
            columns = [Column(table, names[i]) if i < len(names) else None for i in indexes]  # None: the row's number
            found: list[Value] = [frozenset({Dependency(c)}) if c else _NOTHING for c in columns]
        else:
            found = [_merged(arguments) for _ in indexes]
        return _projected(found, node.get("projection_ids")) + [arguments[i] for i in node["projected_input"] or []]

    def _recursive(self, node: Node) -> list[Value]:
        """Repeated until the recursive part adds nothing more."""
        found = self.outputs(node["children"][0])
        while True:
            self._shared[node["table_index"]] = found
            more: list[Value] = [_merged(c) for c in zip(found, self.outputs(node["children"][1]), strict=True)]
            if more == found:
                return found
            found = more

    def _join(self, node: Node, left: list[Value], right: list[Value]) -> list[Value]:
        join_type, conditions = node.get("join_type", "INNER"), node.get("conditions", [])
        equal = [
            (self._value(c["left"], left), self._value(c["right"], right))
            for c in conditions
            if c["comparison"] in _EQUALITIES
        ]
        both = [
            _projected(self._looked_up(left, equal), node.get("left_projection_map")),
            _projected(self._looked_up(right, [(b, a) for a, b in equal]), node.get("right_projection_map")),
        ]
        if join_type in ("SEMI", "ANTI"):
            return both[0]
        if join_type in ("RIGHT_SEMI", "RIGHT_ANTI"):
            return both[1]
        if join_type == "MARK":
            return [*both[0], self._mark(node, left, right)]
        return both[0] + both[1]

    def _mark(self, node: Node, left: list[Value], right: list[Value]) -> Value:
        """Whether a row matched. A condition with one side only speaks of the columns of both inputs."""
        matched = [node["condition"]] if node.get("condition") else []
        for condition in node.get("conditions", []):
            matched += [condition["left"]] if condition["right"] is None else []
        sides = [c for c in node.get("conditions", []) if c["right"] is not None]
        compared = self._values([c["left"] for c in sides], left) + self._values([c["right"] for c in sides], right)
        return _merged(compared + self._values(matched, left + right))

    def _looked_up(self, side: list[Value], equal: Sequence[tuple[Value, Value]]) -> list[Value]:
        """`side` with its dependencies on lookup tables bound to what these are joined on (`equal`: mine, theirs)."""
        keys: dict[str, set[Column]] = {}
        for mine, theirs in equal:
            for dependency in _flat(mine) if len(_flat(mine)) == 1 else ():
                table = dependency.column.table
                if dependency.column.name in self._lookups.get(table, ()):
                    keys.setdefault(table, set()).update(each.column for each in _flat(theirs))
        return [_bound(value, keys) for value in side] if keys else side

    def _values(self, expressions: Sequence[Node], below: list[Value]) -> list[Value]:
        return [self._value(expression, below) for expression in expressions]

    def _value(self, expression: Node, below: list[Value]) -> Value:
        """What an expression over the columns `below` is computed from."""
        kind = expression["expression_class"]
        if kind == "BOUND_REF":
            return below[expression["index"]]
        if kind == "BOUND_COLUMN_REF":  # in the arguments of a table function
            place: dict[str, int] = expression["binding"]
            return self._numbered[place["table_index"]][place["column_index"]]
        if kind == "BOUND_FUNCTION":
            return self._function(expression, self._values(expression["children"], below))
        if kind == "BOUND_LAMBDA":  # its parameters are elements of the list beside it; what it captures is there too
            return _NOTHING
        if kind in _EXPRESSIONS_OF_PARTS:
            return _merged(self._values(_parts(expression), below))
        raise PlanError(f"column lineage does not know DuckDB's expression {kind}")

    def _function(self, expression: Node, arguments: list[Value]) -> Value:
        function, first = expression["qname"]["path"][-1], arguments[0] if arguments else _NOTHING
        if function == "struct_pack":
            fields = expression["return_type"]["type_info"]["child_types"]
            return {field["first"]: value for field, value in zip(fields, arguments, strict=True)}
        if function == "struct_extract" and isinstance(first, dict):
            field = str(expression["children"][1].get("value", {}).get("value")).lower()
            return next((value for name, value in first.items() if name.lower() == field), _flat(first))
        return _merged(arguments)


def _parts(expression: Node) -> list[Node]:
    """The expressions directly inside another, wherever its kind keeps them (CASE, window frames, filters, …)."""
    found: list[Node] = []
    pending: list[Any] = [value for name, value in expression.items() if name != "function_data"]
    while pending:
        part = pending.pop()
        if isinstance(part, dict) and "expression_class" in part:
            found.append(part)
        elif isinstance(part, dict | list):
            pending.extend(part.values() if isinstance(part, dict) else part)
    return found


def _flat(value: Value) -> frozenset[Dependency]:
    return _merged(list(value.values())) if isinstance(value, dict) else value


def _merged(values: Sequence[Value]) -> frozenset[Dependency]:
    return frozenset[Dependency]().union(*map(_flat, values))


def _bound(value: Value, keys: Mapping[str, set[Column]]) -> Value:
    if isinstance(value, dict):
        return {name: _bound(field, keys) for name, field in value.items()}
    return frozenset(
        Dependency(d.column, tuple(sorted(keys[d.column.table]))) if not d.keys and d.column.table in keys else d
        for d in value
    )


def _projected(values: list[Value], positions: list[int] | None) -> list[Value]:
    """The values at these positions; all of them where the plan names none."""
    return [values[position] for position in positions] if positions else values
