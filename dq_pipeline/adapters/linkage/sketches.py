"""Conditions made cheap: what holds of two short sketches wherever a condition holds of the values.

A sketch is a bitmap of 64 bits with one bit, by hash, for every element of a value: of a text its bytes, each with
the number of times it stood there before; of a list its elements. Two bitmaps never differ in more bits than the
values do in elements, which bounds edits, letters and words in common: the bitmap filter of Sandes, Teodoro and Melo
(2020), "Bitmap filter: Speeding up exact set similarity joins with bitwise operations".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import duckdb

from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS
from dq_pipeline.adapters.warehouse import quote_identifier

_SIDE = r"(\w+)_([lr])"
_TWO = rf"{_SIDE}, {_SIDE}"


def relaxed(condition: str) -> str:
    """SQL of sketches that holds wherever `condition` does: the same, with its costly parts made easier to fulfil.

    `condition`: SQL of a policy, none of whose similarities, edit distances and list functions is negated.
    """
    for pattern, cheap in _CHEAP:
        condition = pattern.sub(cheap, condition)
    return condition


def sketches_sql(con: duckdb.DuckDBPyConnection, conditions: Iterable[str]) -> str:
    """SELECT of NUMBER and the columns that relaxed `conditions` speak of, one row per record of RECORDS."""
    spoken_of = {name for text in conditions for name, _ in re.findall(rf"\b{_SIDE}\b", text)}
    selected, joins = [NUMBER], []
    for name, type_name in con.execute(f"select column_name, column_type from (describe {RECORDS})").fetchall():
        value, bits = quote_identifier(name), quote_identifier(f"{name}_bits")
        # Two letters outside ASCII may begin with the same byte.
        parts = {"": value, "_size": f"len({value})::integer", "_bytes": f"strlen({value})::integer"}
        parts |= {"_initial": f"least(ascii({value}), 128)", "_bit": f"1::ubigint << (hash({value}) % 64)"}
        if type_name.endswith("[]"):
            parts["_bits"] = _bits_sql(f"list_transform({value}, lambda word: hash(word))", value)
        elif f"{name}_bits" in spoken_of:
            parts["_bits"] = bits
            joins.append(f"left join ({_text_bits_sql(value, bits)}) using ({value})")
        selected += [
            f"{sql} as {quote_identifier(name + part)}" for part, sql in parts.items() if name + part in spoken_of
        ]
    return f"select {', '.join(selected)} from {RECORDS} {' '.join(joins)}"


def _text_bits_sql(value: str, bits: str) -> str:
    """The bitmaps of a column's texts, each made once. Of bytes, because these are what DuckDB compares."""
    letters = "list_transform(letters, lambda letter, place: hash(letter, place - list_position(letters, letter)))"
    return (
        f"select {value}, {_bits_sql(letters, value)} as {bits} from "
        f"(select {value}, list_sort(regexp_extract_all(hex(encode({value})), '..')) as letters from "
        f"(select distinct {value} from {RECORDS} where {value} is not null))"
    )


def _bits_sql(hashes: str, value: str) -> str:
    bits = f"list_aggregate(list_transform({hashes}, lambda one: 1::ubigint << (one % 64)), 'bit_or')"
    return f"case when {value} is not null then coalesce({bits}, 0::ubigint) end"


def _differing(one: str, other: str) -> str:
    return f"bit_count(xor({one}, {other}))"


def _bitmaps(found: re.Match[str]) -> tuple[str, str]:
    return f"{found[1]}_bits_{found[2]}", f"{found[3]}_bits_{found[4]}"


def _edits(found: re.Match[str]) -> str:
    """An edit takes one letter out, puts one in, or both; two neighbours that change places are the same letters."""
    return f"{_differing(*_bitmaps(found))} <= {2 * int(found[5])}"


def _jaro_winkler(found: re.Match[str]) -> str:
    """Jaro (1989) is at most a third of: letters in common / length, of both sides, + 1. Winkler (1990) takes up to
    0.4 of what is missing to 1 off where the first letters are the same and Jaro's is above 0.7."""
    left, right, least = f"{found[1]}_bytes_{found[2]}", f"{found[3]}_bytes_{found[4]}", float(found[5])
    boosted = max((least - 0.4) / 0.6, min(least, 0.7))
    least, boosted = ((6 * similarity - 2) - 1e-9 for similarity in (least, boosted))
    initials = f"{found[1]}_initial_{found[2]} = {found[3]}_initial_{found[4]}"
    return (
        f"(({left} + {right} - {_differing(*_bitmaps(found))}) * ({left} + {right}) >= {left} * {right} * "
        f"(case when {initials} then {boosted!r}e0 else {least!r}e0 end))"
    )


def _both_long(found: re.Match[str]) -> str:
    return f"({found[1]}_bytes_{found[2]} >= {found[5]} and {found[3]}_bytes_{found[4]} >= {found[5]})"


def _share(found: re.Match[str]) -> str:
    one, other = _bitmaps(found)
    return f"({one} & {other}) <> 0"


def _contains(found: re.Match[str]) -> str:
    return f"({found[1]}_bits_{found[2]} & {found[3]}_bit_{found[4]}) <> 0"


def _most_in_common(found: re.Match[str]) -> str:
    sizes = f"{found[1]}_size_{found[2]} + {found[3]}_size_{found[4]}"
    return f"(({sizes} - {_differing(*_bitmaps(found))}) / 2)"


_CHEAP = (
    (re.compile(rf"jaro_winkler_similarity\({_TWO}\) >= ([\d.]+)"), _jaro_winkler),
    (re.compile(rf"jaro_similarity\({_TWO}, ([\d.]+)\) >= \5"), lambda _: "true"),
    (re.compile(rf"damerau_levenshtein\({_TWO}\) <= (\d+)"), _edits),
    (re.compile(rf"\bleast\(length\({_SIDE}\), length\({_SIDE}\)\) >= (\d+)"), _both_long),
    (re.compile(rf"list_has_any\({_TWO}\)"), _share),
    (re.compile(rf"list_contains\({_TWO}\)"), _contains),
    (re.compile(rf"\blen\(list_intersect\({_TWO}\)\)"), _most_in_common),
    (re.compile(rf"\blen\({_SIDE}\)"), lambda found: f"{found[1]}_size_{found[2]}"),
)
