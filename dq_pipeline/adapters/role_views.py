"""A role's view of the warehouse, written: Parquet files and a DuckDB file with nothing in them but what it may see.

Tables, not views over the whole: a view hides nothing from who can open the file. Everything is done in SQL, as there
may be a million customers.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from dq_pipeline.adapters.activity import create_consent_macro
from dq_pipeline.adapters.warehouse import describe_table, quote_identifier, quote_literal, table_exists
from dq_pipeline.domain.access import ColumnView, PublishedColumn, RoleView, TableView
from dq_pipeline.domain.masking import (
    COMMON_ENDINGS,
    HIDDEN,
    MASKS,
    SHORTEST_PART,
    mask_date,
    mask_email,
    mask_phone,
    mask_wholly,
    mask_words,
)

DATABASE = "published.duckdb"
# Rows that stay in the warehouse: who typed the data in is told to those who work with it, by name.
_PUBLISHED_ROWS = dict.fromkeys(("quality.scores", "quality.score_history"), "scope_type <> 'created_by'")
_DATED = {"valid_from", "valid_to"}
_BLOCK_BYTES = 64  # of SHA-256
_DIGITS = 32  # of a hashed key: 128 bits, far beyond any two keys meeting by chance
_ENDINGS = ", ".join(map(quote_literal, sorted(COMMON_ENDINGS)))
# `domain/masking.py` in SQL: by the name of the Python function, of which a test holds that they answer alike. Blanks
# alone part words; what stands behind another kind of space is hidden with the word before it.
_MACROS = f"""
create or replace temp macro dq_mask_part(part) as
    if(length(part) >= {SHORTEST_PART}, left(part, 1) || '{HIDDEN}', '{HIDDEN}');
create or replace temp macro dq_mask_words(given) as
    array_to_string([dq_mask_part(part) for part in string_split(trim(given), ' ') if part <> ''], ' ');
create or replace temp macro dq_mask_ending(ending) as
    if(lower(ending) in ({_ENDINGS}) or regexp_full_match(ending, '[A-Za-z]{{2}}'), ending, '{HIDDEN}');
create or replace temp macro dq_mask_host(host) as if(regexp_full_match(host, '.+\\..*'),
    dq_mask_part(regexp_extract(host, '^(.+)\\.', 1)) || '.' || dq_mask_ending(regexp_extract(host, '[^.]*$')),
    dq_mask_part(ltrim(host, '.')));
create or replace temp macro dq_mask_email(given) as if(regexp_full_match(trim(given), '.+@[^@]+'),
    dq_mask_part(regexp_extract(trim(given), '^(.+)@', 1)) || '@'
        || dq_mask_host(regexp_extract(trim(given), '[^@]+$')), dq_mask_words(given));
create or replace temp macro dq_mask_digits(digits) as '{HIDDEN}' || if(length(digits) >= 6, right(digits, 2), '');
create or replace temp macro dq_mask_phone(given) as dq_mask_digits(regexp_replace(given, '[^\\p{{Nd}}]', '', 'g'));
create or replace temp macro dq_mask_date(given) as lpad(year(try_cast(given as date))::varchar, 4, '0') || '-**-**';
create or replace temp macro dq_mask_wholly(given) as if(given = '', '', '{HIDDEN}');
"""
_MASK_MACROS: dict[Callable[[str], str], str] = {
    mask_email: "dq_mask_email",
    mask_phone: "dq_mask_phone",
    mask_date: "dq_mask_date",
    mask_wholly: "dq_mask_wholly",
    mask_words: "dq_mask_words",
}


def published_columns(
    con: duckdb.DuckDBPyConnection, tables: tuple[str, ...], classes: dict[tuple[str, str], str]
) -> dict[str, list[PublishedColumn]]:
    """The columns of those `tables` that are there, with `classes` by (table, column); unclassified where none is."""
    found = {
        table: describe_table(con, *table.split(".", 1)) for table in tables if table_exists(con, *table.split("."))
    }
    return {
        table: [PublishedColumn(name, data_type, classes.get((table, name), "")) for name, data_type in columns]
        for table, columns in found.items()
    }


def write_view(con: duckdb.DuckDBPyConnection, folder: Path, view: RoleView, salts: Path) -> None:
    """Write the Parquet files and `published.duckdb` of the view into `folder`.

    `salts`: where each role's secret is kept, so that its keys are the same every night and nobody else's.
    """
    folder.mkdir(exist_ok=True, mode=0o700)
    con.execute(_MACROS)
    create_key_macro(con, role_salt(salts, view.role))
    for name, (table, order) in view.files.items():
        target = quote_literal(str(folder / name))
        con.execute(f"copy ({_select(table)}{_ordered(order)}) to {target} (format parquet)").fetchall()
    con.execute(f"attach {quote_literal(str(folder / DATABASE))} as published_version")
    try:
        for table in view.tables:
            schema, name = map(quote_identifier, table.table.split("."))
            con.execute(f"create schema if not exists published_version.{schema}")
            # In the order of the keys as they are here: in that of the warehouse two roles could lay them side by side.
            hashed = [column.name for column in table.columns if column.form == "hashed"]
            con.execute(
                f"create table published_version.{schema}.{name} as {_select(table)}{_ordered(hashed)}"
            ).fetchall()
        if any(table.table == "golden.consent_history" and set(table.names) >= _DATED for table in view.tables):
            create_consent_macro(con, "published_version")
    finally:
        con.execute("detach published_version")


def role_salt(folder: Path, role: str) -> bytes:
    """The secret of a role, 32 bytes, drawn once; readable by its user only."""
    path = folder / f"role_salt_{role or 'every_reader'}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()


def create_key_macro(con: duckdb.DuckDBPyConnection, salt: bytes) -> None:
    """`dq_key(text)`: HMAC-SHA256 (RFC 2104) of a key, with the salt as its secret."""
    padded = salt.ljust(_BLOCK_BYTES, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in padded).hex() for pad in (0x36, 0x5C))
    con.execute(
        "create or replace temp macro dq_key(given) as left(sha256(from_hex("
        f"'{outer}') || from_hex(sha256(from_hex('{inner}') || encode(given)))), {_DIGITS})"
    )


def _select(view: TableView) -> str:
    columns = ", ".join(f"{_expression(column)} as {quote_identifier(column.name)}" for column in view.columns)
    rows = [_PUBLISHED_ROWS.get(view.table, "true")]
    if view.sources is not None:
        rows.append(f"list_has_all([{', '.join(map(quote_literal, view.sources))}]::varchar[], source_systems)")
    schema, name = map(quote_identifier, view.table.split("."))
    return f"select {columns} from {schema}.{name} where {' and '.join(rows)}"


def _ordered(columns: Sequence[str]) -> str:
    """By the columns as they are shown: what stands behind `as` comes before the warehouse's own column."""
    return f" order by {', '.join(map(quote_identifier, columns))}" if columns else ""


def _expression(column: ColumnView) -> str:
    name = quote_identifier(column.name)
    macro = _MASK_MACROS[MASKS.get(column.name, mask_words)]
    return {
        "plain": name,
        "masked": f"{macro}({name})",
        "masked_by_channel": f"if(channel = 'email', dq_mask_email({name}), dq_mask_phone({name}))",
        "hidden": f"dq_mask_wholly({name})",
        "blank": f"null::{column.type}",
        "hashed": f"dq_key({name})",
        "hashed_list": f"list_transform({name}, lambda key: dq_key(key))",
    }[column.form]
