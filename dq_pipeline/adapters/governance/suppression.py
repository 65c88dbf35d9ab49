"""Whom later extracts must not bring back: salted hashes of keys and of what tells a person apart.

An extract of tomorrow still holds the person, perhaps under another key. A line is left out when a hash of it is among
those kept: of its record key; of a national identifier or an e-mail address that nobody else had; of an address that
others share, a phone number or a birthdate together with the name. A phone or a birthdate alone is many people's and
never enough. The hashes are HMAC-SHA256 (RFC 2104) with a key of this home; without the key they say nothing, with it
only a guess can be tested. They lie beside the warehouse: one made anew from the extracts must not bring anybody back
either.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dq_pipeline.adapters.governance.mapping import arriving_lines, mapped_lines, new_records
from dq_pipeline.adapters.ingest.prepared import Prepared
from dq_pipeline.adapters.warehouse import quote_literal
from dq_pipeline.domain.contract import Contract

SUPPRESSIONS = "suppressions.jsonl"
SALT = "salt"
_BLOCK_BYTES = 64  # of SHA-256

# `given family` in whatever order and writing; a birthdate by its digits in order of size, so that day, month and year
# may stand in any order.
_TOKENS = """
with lines as ({mapped}), people as (
    select *, array_to_string(list_sort(list_filter(string_split_regex(
            lower(strip_accents(coalesce(given_name || ' ' || family_name, name, ''))), '[^\\pL\\pN]+'),
            lambda word: word <> '')), ' ') as person,
        array_to_string(list_sort(string_split(
            left(regexp_replace(coalesce(birthdate, ''), '[^0-9]', '', 'g'), 8), '')), '') as birth_digits
    from lines
), points as (
    select _line, person, unnest(list_concat(
        [{{'channel': 'email', 'value': email}}, {{'channel': 'phone', 'value': phone_number}}],
        list_transform(coalesce(contact_points, []), lambda point: {{'channel': point.channel, 'value': point.value}})
    ), max_depth := 2) from people
), told as (
    select _line, 'key' as kind, source_system || ':' || source_record_id as token from people
    union all select _line, 'version', concat_ws('|', source_system, source_record_id, updated_at, last_activity_at)
        from people where interaction_id is null and transaction_id is null
    union all select _line, 'fact', concat_ws('|', {contract}, coalesce(interaction_id, transaction_id)) from people
        where coalesce(interaction_id, transaction_id) is not null
    union all select _line, 'national_id', lower(regexp_replace(national_id, '[^\\pL\\pN]', '', 'g')) from people
        where length(regexp_replace(national_id, '[^\\pL\\pN]', '', 'g')) >= 5
    union all select _line, 'birthdate', birth_digits || '|' || person from people
        where length(birth_digits) = 8 and person <> ''
    union all select _line, 'email', lower(trim(value)) from points where channel = 'email' and contains(value, '@')
    union all select _line, 'email_name', lower(trim(value)) || '|' || person from points
        where channel = 'email' and contains(value, '@') and person <> ''
    union all select _line, 'phone', right(regexp_replace(value, '[^0-9]', '', 'g'), 9) || '|' || person from points
        where channel = 'phone' and person <> '' and length(regexp_replace(value, '[^0-9]', '', 'g')) >= 7
)
select distinct _line, kind, token from told where token is not null
"""
KEPT_KINDS = ("key", "national_id", "email", "email_name", "birthdate", "phone")


@dataclass(frozen=True)
class Suppressions:
    """`folder`: where salt and hashes lie, `DQ_HOME/governance`. `models`: the folder of SQL models."""

    folder: Path
    models: Path

    def __bool__(self) -> bool:
        return (self.folder / SUPPRESSIONS).exists()

    def lines_to_leave_out(
        self, con: duckdb.DuckDBPyConnection, contract: Contract, prepared: Prepared
    ) -> Sequence[int]:
        """Numbers of the prepared lines that must not be loaded, in order.

        Only lines of records that are not current are looked at: what is there was not erased, and a nightly export is
        nearly all of that. Six hashes a line would cost a million records half a minute.
        """
        if not self or not prepared.lines:
            return []
        self.prepare(con)
        tokens = tokens_sql(self.models, contract, new_records(contract, arriving_lines(contract, prepared)))
        rows = con.execute(
            f"""
            select _line, max(digest) filter (kind = 'key'), bool_or(known and list_contains($kept, kind)) as erased
            from (select _line, kind, dq_digest(kind, token) as digest, digest in (from temp.dq_suppressed) as known
                  from ({tokens}))
            group by _line having bool_or(known) order by _line
            """,
            {"kept": list(KEPT_KINDS)},
        ).fetchall()
        # Who comes under another key has facts under it too, in other files.
        self.add("another key", [("key", digest) for _, digest, erased in rows if erased and digest])
        return [line for line, _, _ in rows]

    def rejected_lines(self, con: duckdb.DuckDBPyConnection, contract: Contract, load_id: int) -> Sequence[int]:
        """Numbers of the lines a load has in `raw.rejects` with a suppressed key, e-mail address or identifier.

        A line that cannot be read has no columns: its fields are
        what stands between the usual marks.
        """
        if not self:
            return []
        self.prepare(con)
        rows = con.execute(
            f"""
            with pieces as (
                select line, trim(unnest(string_split_regex(raw_text, '[,;|\t"{{}}:]+'))) as piece from raw.rejects
                where load_id = $load and raw_text is not null
            )
            select distinct line from pieces where piece <> '' and (
                dq_digest('key', {quote_literal(contract.source_system + ":")} || piece) in (from temp.dq_suppressed)
                or dq_digest('email', lower(piece)) in (from temp.dq_suppressed)
                or dq_digest('national_id', lower(regexp_replace(piece, '[^\pL\pN]', '', 'g')))
                    in (from temp.dq_suppressed))
            order by line
            """,
            {"load": load_id},
        ).fetchall()
        return [line for (line,) in rows]

    def prepare(self, con: duckdb.DuckDBPyConnection) -> None:
        """Give the connection the macro `dq_digest(kind, token)` and the table `temp.dq_suppressed`."""
        key = self._salt().ljust(_BLOCK_BYTES, b"\0")
        inner, outer = (bytes(byte ^ pad for byte in key).hex() for pad in (0x36, 0x5C))
        con.execute(
            "create or replace temp macro dq_digest(kind, token) as sha256(from_hex("
            f"'{outer}') || from_hex(sha256(from_hex('{inner}') || encode(kind || chr(31) || token))))"
        )
        digests = [entry["digest"] for entry in self._entries()]
        con.execute(
            "create or replace temp table dq_suppressed as select distinct unnest($1::varchar[]) as digest", [digests]
        ).fetchall()

    def digest(self, kind: str, token: str) -> str:
        """What `dq_digest` gives in SQL."""
        return hmac.new(self._salt(), f"{kind}\x1f{token}".encode(), hashlib.sha256).hexdigest()

    def add(self, request_id: str, digests: Sequence[tuple[str, str]]) -> None:
        """Keep (kind, digest) pairs on the disk, those that are new."""
        known = {entry["digest"] for entry in self._entries()}
        new = [(kind, digest) for kind, digest in dict.fromkeys(digests) if digest not in known]
        if new:
            lines = [json.dumps({"request": request_id, "kind": kind, "digest": digest}) for kind, digest in new]
            _append(self.folder / SUPPRESSIONS, "".join(f"{line}\n" for line in lines))

    def _entries(self) -> list[dict[str, str]]:
        path = self.folder / SUPPRESSIONS
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        entries = []
        for line in lines:
            try:
                entries.append(json.loads(line))
            except ValueError:  # cut off by a kill; the step that wrote it is taken again
                continue
        return entries

    def _salt(self) -> bytes:
        path = self.folder / SALT
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            part = path.with_suffix(".part")
            part.unlink(missing_ok=True)
            _append(part, secrets.token_hex(32))
            part.replace(path)
        return bytes.fromhex(path.read_text(encoding="ascii"))


def tokens_sql(models: Path, contract: Contract, lines: str) -> str:
    """A SELECT of `_line, kind, token`: what a line (a SELECT of them, see `mapping`) can be known by."""
    return _TOKENS.format(mapped=mapped_lines(models, contract, lines), contract=quote_literal(contract.id))


def _append(path: Path, text: str) -> None:
    """Readable by the user only, on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a+b") as file:
        if file.tell() and not _ends_in_newline(file.fileno(), file.tell()):
            text = "\n" + text  # behind a line that a kill cut off
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _ends_in_newline(descriptor: int, size: int) -> bool:
    return os.pread(descriptor, 1, size - 1) == b"\n"
