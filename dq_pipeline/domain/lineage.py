"""Column lineage: which columns a column is computed from, back to the raw extracts and on to what depends on it.

A column depends on every column its expression names, conditions included (OpenLineage calls these direct and
conditional); the filters and joins that choose its rows are not counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from dq_pipeline.errors import InputError

_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_MATCHES = 5


@dataclass(frozen=True, order=True)
class Column:
    """A column of a table, `schema.table`."""

    table: str
    name: str

    def __str__(self) -> str:
        """As SQL writes it: `golden.customers.email`, `raw.hubspot_contacts."Email"`."""
        plain = _PLAIN_NAME.fullmatch(self.name)
        return f"{self.table}.{self.name}" if plain else f'{self.table}."{self.name.replace(chr(34), chr(34) * 2)}"'


@dataclass(frozen=True, order=True)
class Dependency:
    """A column that another is computed from.

    `keys`: where `column` belongs to a lookup table (the answers of a parser, by raw value), the columns whose values
    were looked up. The answer for a birthdate depends on the birthdate, not on every date in the lookup table.
    """

    column: Column
    keys: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where one column comes from: its DuckDB `type`, what it is computed from, and in words how it is made, where the
    SQL does not say (always where `upstream` is empty and the column is no extract's).

    `mixed`: the column holds values of many columns, told apart by the name in another one. A trace ends there instead
    of going on to columns whose values never meet.
    """

    type: str
    upstream: tuple[Dependency, ...] = ()
    made: str = ""
    mixed: bool = False


@dataclass(frozen=True)
class Branch:
    """A column in a tree of lineage. `repeated`: what lies below was shown further up and is left out here."""

    column: Column
    made: str = ""
    below: tuple[Branch, ...] = ()
    repeated: bool = False

    def walk(self) -> Iterator[Branch]:
        """This branch and all below it, depth first."""
        yield self
        for branch in self.below:
            yield from branch.walk()

    def ends(self) -> list[Branch]:
        """The branches with nothing below, sorted: upstream where it begins, downstream where it ends."""
        ends = {branch.column: branch for branch in self.walk() if not branch.below and not branch.repeated}
        return [ends[column] for column in sorted(ends)]


@dataclass(frozen=True)
class Lineage:
    """The origin of every column of every table of the line; `lookups` are the lookup tables."""

    columns: Mapping[Column, Origin]
    lookups: frozenset[str] = frozenset()

    @cached_property
    def tables(self) -> dict[str, tuple[Column, ...]]:
        """Table -> its columns, in order."""
        tables: dict[str, list[Column]] = {}
        for column in self.columns:
            tables.setdefault(column.table, []).append(column)
        return {table: tuple(columns) for table, columns in tables.items()}

    def find(self, name: str) -> tuple[Column, ...]:
        """`schema.table.column` as that column, `schema.table` as all columns of the table; A-Z case and quotes aside.

        Raises InputError with close matches for a table or column nobody makes.
        """
        schema, *rest = name.strip().split(".", 2)
        wanted = ".".join(_unquoted(part) for part in (schema, *rest[:1]))
        table = _closest(wanted, self.tables, f"there is no table {wanted}")
        if len(rest) < 2:
            return self.tables[table]
        column = _unquoted(rest[1])
        names = [each.name for each in self.tables[table]]
        return (Column(table, _closest(column, names, f"{table} has no column {column}")),)

    def upstream(self, column: Column) -> Branch:
        """The tree of what `column` is computed from, down to the raw columns."""
        return self._tree((Dependency(column),), self._sources, set())

    def origins(self, column: Column) -> set[Column]:
        """`column` and all it is computed from: the columns of `upstream`, without the tree."""
        found, waiting = {Dependency(column)}, [Dependency(column)]
        while waiting:
            for source in self._sources(waiting.pop()):
                if source not in found:
                    found.add(source)
                    if not self.columns[source.column].mixed:
                        waiting.append(source)
        return {dependency.column for dependency in found}

    def downstream(self, column: Column) -> Branch:
        """The tree of what is computed from `column`."""
        return self._tree((Dependency(column),), lambda node: self._users.get(node, ()), set())

    def _tree(
        self,
        nodes: tuple[Dependency, ...],
        neighbours: Callable[[Dependency], Iterable[Dependency]],
        shown: set[tuple[Dependency, ...]],
    ) -> Branch:
        """`nodes` are one column, several times where its table is looked up by several others."""
        column = nodes[0].column
        by_column: dict[Column, set[Dependency]] = {}
        for node in nodes:
            for neighbour in neighbours(node):
                by_column.setdefault(neighbour.column, set()).add(neighbour)
        origin = self.columns[column]
        if origin.mixed and shown:
            return Branch(column, origin.made)
        repeated = bool(by_column) and nodes in shown
        shown.add(nodes)
        below = [self._tree(tuple(sorted(by_column[c])), neighbours, shown) for c in sorted(by_column) if not repeated]
        return Branch(column, origin.made, tuple(below), repeated)

    def _sources(self, node: Dependency) -> tuple[Dependency, ...]:
        """What a column depends on; that of a lookup table, on what was looked up in it or in one it reads."""
        upstream = self.columns[node.column].upstream
        if not node.keys:
            return upstream
        read = tuple(d for d in upstream if d.column in node.keys)
        handed_on = tuple(Dependency(d.column, node.keys) for d in upstream if d.column.table in self.lookups)
        return read or handed_on or tuple(Dependency(key) for key in node.keys)

    @cached_property
    def _users(self) -> dict[Dependency, tuple[Dependency, ...]]:
        """Every dependency -> those that depend on it."""
        users: dict[Dependency, list[Dependency]] = {}
        pending = [Dependency(column) for column in self.columns]
        known = set(pending)
        while pending:
            user = pending.pop()
            for source in self._sources(user):
                users.setdefault(source, []).append(user)
                if source not in known:
                    known.add(source)
                    pending.append(source)
        return {source: tuple(found) for source, found in users.items()}


def _closest(wanted: str, names: Iterable[str], problem: str) -> str:
    by_folded = {name.lower(): name for name in names}
    found = by_folded.get(wanted.lower())
    if found is None:
        close = get_close_matches(wanted.lower(), by_folded, n=_MATCHES, cutoff=0.5)
        hint = "did you mean " + ", ".join(by_folded[name] for name in close) + "? " if close else ""
        raise InputError(problem, fix=hint + "`dq-pipeline lineage` lists all tables, and with a table its columns")
    return found


def _unquoted(name: str) -> str:
    """A name without the quotes of SQL around it."""
    return name[1:-1].replace('""', '"') if len(name) > 1 and name[0] == name[-1] == '"' else name
