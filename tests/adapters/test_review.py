"""The review queue on a real DuckDB, out to a CSV and back, whatever keys and values look like."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.review import known_decisions, plan, review_items
from dq_pipeline.adapters.review_file import read_review_file, write_review_file
from dq_pipeline.adapters.stewardship import create_stewardship_tables, record_decisions, revoke
from dq_pipeline.domain.review import Values, neutralised, restored, review_columns
from dq_pipeline.domain.stewardship import NewDecision
from dq_pipeline.errors import InputError

NOW = datetime(2026, 11, 20, 9)
A, B, C, D = "crm:1", "crm:2", "shop:1", "shop:2"
HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
FORMULAS = ("=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "'=1", "''x", "＝1", "＠x")
Fill = Callable[[int, dict[str, str]], tuple[str, str]]


def queue_of(con: duckdb.DuckDBPyConnection, items: list[tuple[Any, ...]]) -> None:
    """linkage.review with these (kind, left, right, weight, records, reason), and records of the keys, all empty."""
    con.execute("create schema linkage; create schema staging")
    con.execute(
        "create table linkage.review (kind varchar, left_key varchar, right_key varchar, match_weight double, "
        "customers bigint, records bigint, reason varchar)"
    )
    con.execute(
        "create table staging.customers (record_key varchar, name varchar, given_name varchar, family_name varchar, "
        "organisation_name varchar, birthdate date, birthdate_as_given varchar, email varchar, phone_number varchar, "
        "street_address varchar, postal_code varchar, locality varchar, country varchar)"
    )
    con.executemany("insert into linkage.review values (?, ?, ?, ?, 2, ?, ?)", items)
    con.execute(
        "insert into staging.customers (record_key) select unnest($keys)",
        {"keys": sorted({key for item in items for key in item[1:3]})},
    )


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        queue_of(
            made,
            [
                ("pair", B, C, 4.0, 5, "too little evidence either way"),
                ("cluster", A, A, None, 60, "more records than one customer plausibly has"),
                ("pair", A, D, 2.0, 2, "may be a relative"),
                ("contradiction", A, B, -3.5, 2, "decided both ways"),
            ],
        )
        made.execute(
            "update staging.customers set name = 'Ann Lee', birthdate = '1970-02-28', email = 'ann@mail.example', "
            "phone_number = '+442079461133', street_address = '1 High St', locality = 'Leeds' where record_key = $key",
            {"key": B},
        )
        made.execute(
            "update staging.customers set given_name = '=cmd|x', family_name = 'Lee', birthdate_as_given = '28/2/70' "
            "where record_key = $key",
            {"key": C},
        )
        yield made


def exported(
    con: duckdb.DuckDBPyConnection, path: Path, values: Values = "keys", mark: bool = False
) -> list[list[str]]:
    write_review_file(
        path, [item.cells() for item in review_items(con, values=values)], values=values, byte_order_mark=mark
    )
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def answered(path: Path, cells: list[list[str]], answer: Fill, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """The file as a spreadsheet saves it once the last two columns are filled in."""
    header, *rows = cells
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        for number, row in enumerate(rows):
            writer.writerow([*row[:-2], *answer(number, dict(zip(header, row, strict=True)))])
    return path


def test_the_queue_keeps_its_order_and_says_how_likely(con: duckdb.DuckDBPyConnection) -> None:
    items = review_items(con)
    assert [(i.item, i.left_key, i.right_key, i.records) for i in items] == [
        (1, B, C, 5),
        (2, A, A, 60),
        (3, A, D, 2),
        (4, A, B, 2),
    ]
    assert items[0].probability == pytest.approx(16 / 17)
    assert (items[1].match_weight, items[1].probability) == (None, None)
    assert [i.item for i in review_items(con, limit=2)] == [1, 2]
    assert items[0].left == items[0].right == {}


def test_a_pair_decided_since_the_last_run_is_no_question_any_more(con: duckdb.DuckDBPyConnection) -> None:
    create_stewardship_tables(con)
    pairs = [(C, B), (A, B)]
    record_decisions(con, [NewDecision("same", *p, author="Eve", reason="rang") for p in pairs], decided_at=NOW)
    assert [(i.left_key, i.right_key) for i in review_items(con)] == [(A, A), (A, D), (A, B)]
    revoke(con, 1, author="Eve", reason="wrong line", decided_at=NOW)
    assert [(i.left_key, i.right_key) for i in review_items(con)] == [(B, C), (A, A), (A, D), (A, B)]


def test_before_the_first_run_there_is_no_queue() -> None:
    with duckdb.connect() as empty, pytest.raises(InputError, match="no run has linked anything yet"):
        review_items(empty)


@pytest.mark.parametrize(
    ("values", "left", "right"),
    [
        (
            "masked",
            ["A*** L***", "1970-**-**", "a***@m***.***", "***33", "*** H*** S*** L***"],
            ["'=*** L***", "***", "", "", ""],
        ),
        (
            "full",
            ["Ann Lee", "1970-02-28", "ann@mail.example", "'+442079461133", "1 High St, Leeds"],
            ["'=cmd|x Lee", "28/2/70", "", "", ""],
        ),
    ],
)
def test_values_stand_side_by_side_when_asked_for(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, values: Values, left: list[str], right: list[str]
) -> None:
    header, first, *_ = exported(con, tmp_path / "queue.csv", values)
    assert header == list(review_columns(values))
    assert header[9:13] == ["left_name", "right_name", "left_birthdate", "right_birthdate"]
    assert first[:9] == ["1", "pair", "too little evidence either way", B, C, "4", "0.941176", "2", "5"]
    assert (first[9:-2:2], first[10:-2:2]) == (left, right)
    assert first[-2:] == ["", ""]


def test_a_value_without_end_is_cut(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("update staging.customers set name = repeat('x', 200000)")
    _, first, *_ = exported(con, tmp_path / "queue.csv", "full")
    assert first[9] == "x" * 1000


def test_keys_are_all_there_is_unless_more_is_asked_for_and_the_file_is_private(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "queue.csv"
    header, *rows = exported(con, path, mark=True)
    assert header == [
        *("item", "kind", "reason", "left_key", "right_key", "match_weight", "probability"),
        *("customers", "records"),
        *("decision", "comment"),
    ]
    assert rows[1] == ["2", "cluster", "more records than one customer plausibly has", A, A, "", "", "2", "60", "", ""]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(InputError, match="may hold decisions"):
        write_review_file(path, [], values="keys")
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        write_review_file(tmp_path / "no" / "queue.csv", [], values="keys")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keys=st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=6),
    value=HOSTILE,
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
    comment=HOSTILE.filter(str.strip),
)
@example(keys=[(f, f[::-1]) for f in FORMULAS], value="=1", delimiter=";", encoding="utf-8-sig", comment="'=fine")
def test_any_keys_and_values_come_back_as_they_went(
    keys: list[tuple[str, str]], value: str, delimiter: str, encoding: str, comment: str
) -> None:
    pairs = sorted({tuple(sorted((f"a:{one}", two))) for one, two in keys if f"a:{one}" != two})
    with TemporaryDirectory() as folder, duckdb.connect() as con:
        queue_of(con, [("pair", *pair, 1.0, 2, value) for pair in pairs] or [("pair", A, B, 1.0, 2, value)])
        con.execute("update staging.customers set name = $value, email = $value", {"value": value})
        cells = exported(con, Path(folder) / "out.csv", "full")
        assert not [cell for row in cells for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
        back = answered(
            Path(folder) / "back.csv", cells, lambda *_: ("Same ", neutralised(comment)), delimiter, encoding
        )
        found = known_decisions(con, read_review_file(back, author="Eve"), where="back.csv")
        expected = {tuple(sorted((item.left_key, item.right_key))) for item in review_items(con)}
        assert {decision.record_keys for decision in found} == expected
        assert {(decision.kind, decision.reason) for decision in found} == {("same", comment)}
        record_decisions(con, found, decided_at=NOW)
        stored = con.execute("select left_key, right_key from stewardship.link_decisions").fetchall()
        assert set(stored) == expected


@given(st.text())
@example("'=x")
@example("'")
def test_neutralising_is_undone_by_restoring(text: str) -> None:
    assert restored(neutralised(text)) == text


def test_every_problem_of_a_file_is_told_with_its_line(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "back.csv"
    path.write_text(
        "right_key,LEFT_KEY,decision,comment\n"
        f"{B},{A},same,rang them\n"
        f"{B},{A},perhaps,\n"
        f"{A},{B},no,they differ\n"
        f'{C},{A},yes,"two\nlines"\n'
        "crm:9,crm:8,same,unknown both\n"
        f"{C},{B},different,\n"
        f"{A},{A},same,too many\n"
        f",{A},no,\n"
        "crm:7,crm:8,,\n"
        ",,,\n"
        f"{D}\n",
        encoding="utf-8",
    )
    answers = read_review_file(path, author="Eve")
    assert (answers.empty, answers.unsure, answers.repeated) == (2, 0, 1)
    with pytest.raises(InputError) as raised:
        known_decisions(con, answers, where="back.csv")
    assert raised.value.problems == (
        "line 3: the decision is none of same, different, unsure",
        "line 4: says different of a pair of which line 2 says same",
        "line 7: there is no record 'crm:8'",
        "line 7: there is no record 'crm:9'",
        "line 8: the comment is empty",
        "line 9: a customer of many records is no pair; `dq-pipeline split` parts one",
        "line 10: the right_key is empty",
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"left_key,right_key,decision\n", "the column comment is missing"),
        (b"", "the column left_key is missing"),
        ("left_key;Straße".encode("cp1252"), "is not UTF-8"),
        (b'left_key,right_key,decision,comment\n"crm:1"x,crm:2,same,fine\n', "line 2: "),
    ],
)
def test_what_is_no_review_file_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "back.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=problem):
        read_review_file(path, author="Eve")
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_review_file(tmp_path / "none.csv", author="Eve")


def test_a_plan_tells_what_is_new_what_changes_and_what_contradicts(con: duckdb.DuckDBPyConnection) -> None:
    def said(verdict: Any, left: str, right: str) -> NewDecision:
        return NewDecision(verdict, left, right, author="Eve", reason="rang")

    assert plan(con, [said("same", A, B)]).decisions == (said("same", A, B),)
    record_decisions(con, [said("same", A, B), said("different", C, D), said("same", B, C)], decided_at=NOW)
    planned = plan(con, [said("same", B, A), said("same", D, C), said("different", C, A)])
    assert planned.decisions == (said("same", D, C), said("different", C, A))
    assert (planned.repeated, planned.replaced) == (1, (2,))
    (contradiction,) = planned.contradictions
    assert (contradiction.records, contradiction.numbers) == ((A, B, C), (1, 3, 5))
    record_decisions(con, planned.decisions, decided_at=NOW)
    assert plan(con, [said("different", A, D)]).contradictions[0].numbers == (1, 3, 4, 6)
    assert plan(con, [said("same", A, "crm:elsewhere")]).contradictions == ()


def test_the_cells_of_an_item_are_plain_text(con: duckdb.DuckDBPyConnection) -> None:
    cells = [item.cells() for item in review_items(con, values="full")]
    assert json.loads(json.dumps(cells)) == cells
    assert cells[3]["match_weight"] == "-3.5"
