"""A source's history: every version of every record, each stored once, with the loads that saw it first and last.

A nightly export of a million records of which one in a hundred changed must cost its reading and ten thousand rows.
So a file's lines are compared, while they are read, with the current version of their key by two hashes over all
columns; only what differs is kept. The hashes are made anew for every comparison, from the values themselves: DuckDB's
hash function is fast but may differ in its next version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from dq_pipeline.adapters.ingest.raw_tables import OF_FOLDER_IN_USE, data_columns, history_table
from dq_pipeline.adapters.warehouse import quote_identifier
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import fold


@dataclass(frozen=True)
class RecordCounts:
    """Records of one snapshot: without a current version before, with another one, with the same, and those gone."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0


class Versions:
    """The history of one source while one snapshot is written into it, within the caller's transaction.

    `moment`: when the snapshot was extracted; `newest`: the latest extract there was before it. A full snapshot older
    than that is late: its lines become history, not current. Of a delta each line is late by itself, when the
    current version of its key is of a later extract.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, contract: Contract, *, moment: datetime, newest: datetime | None
    ):
        self._con, self._contract, self._table = con, contract, history_table(contract)
        self._full = contract.snapshot == "full"
        self.late = newest is not None and moment < newest
        self.empty = not self._count(f"select 1 from {self._table} where {OF_FOLDER_IN_USE} limit 1")
        self._keys = [quote_identifier(name) for name in contract.key]
        self._columns: list[str] = []
        keys = ", ".join(f"{key} VARCHAR" for key in self._keys)
        con.execute(
            f"create or replace temp table arrivals ({keys}, _load_id BIGINT, _file VARCHAR, _line BIGINT, "
            "_moment TIMESTAMP, _known BOOLEAN, _same BOOLEAN, _late BOOLEAN, _beaten BOOLEAN, "
            "_hashes UBIGINT[], _fields VARCHAR[])"
        ).fetchall()

    def insert_all(
        self, names: Sequence[str], expressions: Sequence[str], relation: str, load_id: int, file: str
    ) -> int:
        """The lines of the only file of a source that has no history yet, without comparing; returns how many."""
        columns = ", ".join(map(quote_identifier, names))
        inserted = self._con.execute(
            f"insert into {self._table} ({columns}, _first_seen, _last_seen, _deleted, _file, _line) "
            f"select {', '.join(expressions)}, ?, ?, false, ?, _line from {relation}",
            [load_id, load_id, file],
        ).fetchall()
        return int(inserted[0][0])

    def compare(
        self,
        names: Sequence[str],
        expressions: Sequence[str],
        relation: str,
        load_id: int,
        file: str,
        moment: datetime,
    ) -> int:
        """The lines of one file into `arrivals`, their values only where the current version has others."""
        self._describe_current()
        given = {fold(name): expression for name, expression in zip(names, expressions, strict=True)}
        fields = [given.get(fold(name), "null::varchar") for name in self._columns]
        named = ", ".join(f"{value} as v{place}" for place, value in enumerate(fields))
        values = [f"v{place}" for place in range(len(fields))]
        places = {fold(name): place for place, name in enumerate(self._columns)}
        keys = [f"v{places[fold(name)]}" for name in self._contract.key]
        on = " and ".join(f"line.{value} = now.{key}" for value, key in zip(keys, self._keys, strict=True))
        inserted = self._con.execute(
            f"""
            insert into arrivals
            select {", ".join(keys)}, ?, ?, _line, ?,
                now._hashes is not null as _known,
                line._hashes is not distinct from now._hashes as _same,
                case when ? then ? else coalesce(? < now._moment, false) end as _late,
                false,
                line._hashes,
                case when line._hashes is distinct from now._hashes then [{", ".join(values)}] end
            from (
                select *, {_hashes(values)} as _hashes from (select _line, {named} from {relation})
            ) as line
            left join current_versions as now on {on}
            """,
            [load_id, file, moment, self._full, self.late, moment],
        ).fetchall()
        return int(inserted[0][0])

    def reject_without_key(self, empty: str, load_id: int) -> str:
        """A query for the (line, values as a JSON object) of a load's arrivals whose key is `empty`."""
        packed = ", ".join(f"{quote_identifier(name)} := _fields[{n}]" for n, name in enumerate(self._columns, start=1))
        return (
            f"select _line, cast(to_json(struct_pack({packed})) as varchar) from arrivals "
            f"where _load_id = {load_id} and ({empty})"
        )

    def settle_all(self, load_id: int) -> RecordCounts:
        """After `insert_all`: of several lines with one key the last is current, the others are its past."""
        keys = ", ".join(self._keys)
        repeated = f"select {keys} from {self._table} where _first_seen = {load_id} group by all having count(*) > 1"
        if self._count(f"select 1 from ({repeated}) limit 1"):
            columns = [quote_identifier(name) for name in data_columns(self._con, self._contract)]
            self._con.execute(
                f"""
                create or replace temp table beaten as
                select _version, row_number() over (partition by {keys}, _hashes order by _line desc) > 1 as stored
                from (
                    select rowid as _version, {keys}, _line, {_hashes(columns)} as _hashes,
                        row_number() over (partition by {keys} order by _line desc) as place
                    from {self._table}
                    where _first_seen = {load_id} and ({keys}) in ({repeated})
                )
                qualify place > 1 or stored
                """
            ).fetchall()
            in_list = "select _version from beaten where %s stored"
            self._con.execute(f"update {self._table} set _ended = {load_id} where rowid in ({in_list % 'not'})")
            self._con.execute(f"delete from {self._table} where rowid in ({in_list % ''})").fetchall()
        return RecordCounts(
            new=self._count(f"select 1 from {self._table} where _first_seen = {load_id} and _ended is null")
        )

    def settle(self, load_ids: Iterable[int], *, known: Iterable[int]) -> RecordCounts:
        """After `compare` of every new file: write the versions. `known`: loads that brought the snapshot's other
        files before; a record that is in none of them all is gone from a full snapshot, and marked as deleted.
        """
        self._beat_repeated()
        seen = [*load_ids, *known]
        ended = self._update("_ended = line._load_id", "line._known and not line._same")
        self._update("_last_seen = greatest(line._load_id, version._last_seen)", "line._known and line._same")
        deleted = self._delete_gone(seen) if self._full and not self.late else 0
        self._insert_different()
        kept = "from arrivals where not _beaten and not _late"
        new = self._count(f"select 1 {kept} and not _known")
        unchanged = self._count(f"select 1 {kept} and _known and _same")
        return RecordCounts(new, ended, unchanged, deleted)

    def _describe_current(self) -> None:
        """Key, hashes and moment of every current version; made anew when the history has got new columns."""
        columns = data_columns(self._con, self._contract)
        if columns == self._columns:
            return
        self._columns = columns
        self._con.execute(
            f"""
            create or replace temp table current_versions as
            select {", ".join(self._keys)}, _moment, {_hashes(map(quote_identifier, columns))} as _hashes
            from {self._table}
            -- Under names of its own: a source may well have a column `status`.
            left join (select load_id as _load, extracted_at as _moment from raw.loads) on _load = _last_seen
            where _ended is null and {OF_FOLDER_IN_USE}
            """
        ).fetchall()

    def _beat_repeated(self) -> None:
        """Of several arrivals with one key the last one counts."""
        keys = ", ".join(self._keys)
        repeated = f"select {keys} from arrivals group by all having count(*) > 1"
        if self._count(f"select 1 from ({repeated}) limit 1"):
            self._con.execute(
                f"""
                update arrivals set _beaten = true where rowid in (
                    select _version from (
                        select rowid as _version, row_number() over (
                            partition by {keys} order by _moment desc, _load_id desc, _line desc
                        ) as n
                        from arrivals where ({keys}) in ({repeated})
                    ) where n > 1
                )
                """
            ).fetchall()

    def _update(self, change: str, condition: str) -> int:
        """Change the current versions that the arrivals that count meet; returns how many."""
        on = " and ".join(f"version.{key} = line.{key}" for key in self._keys)
        updated = self._con.execute(
            f"update {self._table} as version set {change} from arrivals as line where {on} and version._ended is null "
            f"and {OF_FOLDER_IN_USE} and not line._beaten and not line._late and {condition}"
        ).fetchall()
        return int(updated[0][0])

    def _delete_gone(self, seen: Sequence[int]) -> int:
        return int(
            self._con.execute(
                f"update {self._table} set _ended = ?, _deleted = true where _ended is null and {OF_FOLDER_IN_USE} "
                "and not list_contains(?, _last_seen)",
                [max(seen), seen],
            ).fetchall()[0][0]
        )

    def _insert_different(self) -> None:
        """New versions; what is late or beaten goes into the past, once."""
        different = f"where not _same and ((not _late and not _beaten) or rowid in ({self._past_to_store()}))"
        if not self._count(f"select 1 from arrivals as line {different} limit 1"):
            return  # nothing inserted first would hide what comes next: tests/upstream/test_duckdb_insert.py
        columns = ", ".join(map(quote_identifier, self._columns))
        fields = ", ".join(f"_fields[{n}]" for n in range(1, len(self._columns) + 1))
        self._con.execute(
            f"""
            insert into {self._table} ({columns}, _first_seen, _last_seen, _ended, _deleted, _file, _line)
            select {fields}, _load_id, _load_id, case when _late or _beaten then _load_id end, false, _file, _line
            from arrivals as line
            {different}
            order by _load_id, _line
            """
        ).fetchall()

    def _past_to_store(self) -> str:
        """Row ids of the late and beaten lines, one for each content that no version of its key has yet."""
        keys = ", ".join(self._keys)
        on = " and ".join(f"version.{key} = line.{key}" for key in self._keys)
        hashes = _hashes(f"version.{quote_identifier(name)}" for name in self._columns)
        past = f"select {keys} from arrivals where (_late or _beaten) and not _same"
        return f"""
            select line.rowid from arrivals as line
            where not _same and not exists (
                select 1 from {self._table} as version
                where ({", ".join(f"version.{key}" for key in self._keys)}) in ({past}) and {OF_FOLDER_IN_USE}
                and {on} and {hashes} = line._hashes
            )
            qualify row_number() over (
                partition by {keys}, _hashes order by _late or _beaten, _load_id desc, _line desc
            ) = 1 and (_late or _beaten)
        """

    def _count(self, query: str) -> int:
        return int(self._con.execute(f"select count(*) from ({query})").fetchall()[0][0])


def _hashes(columns: Iterable[str]) -> str:
    """Two hashes over all columns, one in each direction: 128 bits, NULL told from empty text."""
    names = list(columns)
    return f"[hash({', '.join(names)}), hash({', '.join(reversed(names))}, 1)]"
