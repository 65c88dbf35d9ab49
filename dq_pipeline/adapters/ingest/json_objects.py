"""JSON Lines and pages of JSON: one object is one record, its keys are columns, its text stays as it is."""

from __future__ import annotations

from collections.abc import Iterable

from dq_pipeline.adapters.ingest.decode import Encoding, encoding_in_use, utf8_blocks
from dq_pipeline.adapters.ingest.json_text import numbered_lines, page_elements
from dq_pipeline.adapters.ingest.prepared import (
    DUCKDB_LONGEST_LINE_BYTES,
    Extract,
    Prepared,
    checked_plan,
    no_lines,
)
from dq_pipeline.adapters.warehouse import quote_literal
from dq_pipeline.domain.extracts import ColumnPlan
from dq_pipeline.errors import InputError

# Between line number and object in the scratch file; JSON forbids it inside an object.
_SEPARATOR = "\x1f"

_INCOMING = """
create or replace temp table incoming as
select _line, body,
    case when json_type(try_cast(body as json)) is distinct from 'OBJECT' then 'the line is not a JSON object' end
    as reason
from {relation}
"""
# Objects of one export have few different lists of keys: whatever concerns keys is asked of those.
_SHAPES = """
create or replace temp table shapes as
select keys, min(_line) as first_line, len(keys) > list_unique(keys) as has_repeated_key
from (select json_keys(body) as keys, _line from incoming where reason is null)
group by keys
"""
_REJECT_REPEATED_KEYS = """
update incoming set reason = 'a key occurs twice in the object'
where reason is null and json_keys(body) in (select keys from shapes where has_repeated_key)
"""
_KEYS = """
select key
from (select unnest(keys) as key, generate_subscripts(keys, 1) as place, first_line from shapes
      where not has_repeated_key)
group by key
order by min({'line': first_line, 'place': place})
"""


def read_jsonl(extract: Extract) -> Prepared:
    """One object a line; `_line` is the physical line. Raises InputError when the file is unusable."""
    encoding = encoding_in_use(extract.path, extract.contract.layout.encoding, extract.name)
    blocks = utf8_blocks(extract.path, encoding, extract.name)
    prepared = _prepare(extract, numbered_lines(blocks, extract.name, encoding, extract.rejects), encoding)
    if not prepared.lines + extract.rejects.count:
        raise no_lines(extract)
    return prepared


def read_json_page(extract: Extract) -> Prepared:
    """The elements of one page (perhaps none: the last page of an export may be empty).

    `_line` is the element's number. Raises InputError when the file is not such a page.
    """
    encoding = encoding_in_use(extract.path, extract.contract.layout.encoding, extract.name)
    blocks = utf8_blocks(extract.path, encoding, extract.name)
    return _prepare(extract, page_elements(blocks, extract.name, encoding, extract.rejects), encoding)


def _prepare(extract: Extract, numbered: Iterable[tuple[int, bytes]], encoding: Encoding) -> Prepared:
    """Objects into a temporary table; what is no object is rejected; the union of keys is the columns."""
    con = extract.con
    lines, longest = _write(extract, numbered)
    con.execute(_INCOMING.format(relation=_read_lines(extract, longest))).fetchall()
    con.execute(_SHAPES).fetchall()
    if con.execute("select 1 from shapes where has_repeated_key limit 1").fetchall():
        con.execute(_REJECT_REPEATED_KEYS).fetchall()
    rejected = extract.rejects.add_selected(
        "select _line, body, reason from incoming where reason is not null order by _line"
    )
    if lines and rejected == lines:
        raise InputError("no line is a JSON object", where=extract.name, fix="check the format in the contract")
    found = [key for (key,) in con.execute(_KEYS).fetchall()]
    plan = checked_plan(extract, found) if lines else ColumnPlan()
    pointers = ", ".join(quote_literal(_pointer(key)) for key in found)
    relation = f"(select _line, json_extract_string(body, [{pointers}]) as fields from incoming where reason is null)"
    expressions = [f"fields[{position}]" for position in range(1, len(found) + 1)]
    return Prepared(plan, relation, expressions, lines - rejected, str(encoding))


def _write(extract: Extract, numbered: Iterable[tuple[int, bytes]]) -> tuple[int, int]:
    """(lines written to the scratch file, bytes of the longest)."""
    lines = longest = 0
    row = b"%d" + _SEPARATOR.encode() + b"%b\n"
    with extract.scratch.open("wb") as scratch:
        for numbered_text in numbered:
            longest = max(longest, scratch.write(row % numbered_text))
            lines += 1
    return lines, longest


def _read_lines(extract: Extract, longest: int) -> str:
    return (
        f"read_csv({quote_literal(str(extract.scratch))}, auto_detect = false, header = false, "
        f"delim = '{_SEPARATOR}', quote = '', escape = '', new_line = '\\n', "
        f"max_line_size = {max(DUCKDB_LONGEST_LINE_BYTES, 2 * longest)}, "
        "columns = {'_line': 'BIGINT', 'body': 'VARCHAR'})"
    )


def _pointer(key: str) -> str:
    """The key as a JSON pointer (RFC 6901), which unlike a JSON path can name every key there is."""
    return "/" + key.replace("~", "~0").replace("/", "~1")
