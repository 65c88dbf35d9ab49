"""Night after night: each version of a record once, what is gone marked, what is late kept apart, any night again."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.ingest import ingest_source

from .conftest import Source, contract_of

H = "Id,First,Last\n"
NIGHT = datetime(2026, 11, 1, 2, 0)
HISTORY = 'select "Id", "First", _first_seen, _last_seen, _ended, _deleted from raw_history.people order by 1, 3, _line'


def ingest(source: Source, night: int) -> Any:
    """The ingest of the n-th night of November."""
    now = NIGHT + timedelta(days=night - 1)
    return ingest_source(source.warehouse, source.extracts, source.contract, run_id=f"run-{night}", now=now)


def put(source: Source, night: int, lines: str, name: str = "a.csv") -> Path:
    """A file as it was written an hour before that night's run."""
    path = source.put(name, H + lines)
    written = (NIGHT + timedelta(days=night - 1, hours=-1)).replace(tzinfo=UTC).timestamp()
    os.utime(path, (written, written))
    return path


def people(source: Source) -> list[Any]:
    return source.query('select "Id", "First" from raw.people order by 1')


def as_of(source: Source, moment: datetime) -> list[Any]:
    return source.query(f"""select "Id", "First" from raw.people_as_of(timestamp '{moment}') order by 1""")


def test_a_night_stores_only_what_changed(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    put(source, 1, "1,Ann,Lee\n2,Bob,Ray\n3,Cy,Coe\n")
    first = ingest(source, 1)
    assert (first.new_records, first.changed_records, first.unchanged_records, first.deleted_records) == (3, 0, 0, 0)
    put(source, 2, "4,Di,Doe\n1,Ann,Lee\n2,Rob,Ray\n")
    second = ingest(source, 2)
    assert (second.status, second.lines, second.loaded) == ("loaded", 3, 3)
    assert (second.new_records, second.changed_records, second.unchanged_records, second.deleted_records) == (
        *(1, 1, 1, 1),
    )
    assert people(source) == [("1", "Ann"), ("2", "Rob"), ("4", "Di")]
    assert source.query(HISTORY) == [
        ("1", "Ann", 1, 2, None, False),
        ("2", "Bob", 1, 1, 2, False),
        ("2", "Rob", 2, 2, None, False),
        ("3", "Cy", 1, 1, 2, True),
        ("4", "Di", 2, 2, None, False),
    ]
    assert source.query("select * exclude (extracts_folder, loaded_at, load_ids) from raw.snapshots order by 1") == [
        (1, "people", "run-1", datetime(2026, 11, 1, 1), False, 1, 3, 3, 0, 3, 0, 0, 0, 3),
        (2, "people", "run-2", datetime(2026, 11, 2, 1), False, 1, 3, 3, 0, 1, 1, 1, 1, 3),
    ]


def test_what_did_we_have_on_the_second(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    for night, lines in enumerate(("1,Ann,Lee\n2,Bob,Ray\n", "1,Anna,Lee\n", "1,Ann,Lee\n2,Bob,Ray\n"), start=1):
        put(source, night, lines)
        ingest(source, night)
    assert as_of(source, datetime(2026, 10, 31)) == []
    assert as_of(source, datetime(2026, 11, 1, 12)) == [("1", "Ann"), ("2", "Bob")]
    assert as_of(source, datetime(2026, 11, 2, 12)) == [("1", "Anna")]
    assert as_of(source, datetime(2027, 1, 1)) == people(source) == [("1", "Ann"), ("2", "Bob")]
    assert [row[4] for row in source.query("describe raw_history.people")] == [None] * 9


def test_a_content_that_returns_is_loaded_and_a_copy_is_not(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    for night, lines in enumerate(("1,Ann,Lee\n", "1,Anna,Lee\n", "1,Ann,Lee\n"), start=1):
        put(source, night, lines)
        assert ingest(source, night).status == "loaded"
    put(source, 4, "1,Anna,Lee\n", "copy of yesterday.csv")
    assert ingest(source, 4).status == "unchanged"
    assert people(source) == [("1", "Ann")]


def test_a_delta_never_deletes(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source(snapshot="delta")
    put(source, 1, "1,Ann,Lee\n2,Bob,Ray\n")
    ingest(source, 1)
    put(source, 2, "2,Rob,Ray\n3,Cy,Coe\n")
    second = ingest(source, 2)
    assert (second.new_records, second.changed_records, second.deleted_records) == (1, 1, 0)
    assert people(source) == [("1", "Ann"), ("2", "Rob"), ("3", "Cy")]


def test_a_late_delta_fills_gaps_and_overwrites_nothing_newer(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source(snapshot="delta")
    put(source, 5, "1,five,x\n", "people_2026-11-01.csv")
    put(source, 5, "2,three,x\n3,three,x\n", "people_2026-11-03.csv")
    ingest(source, 5)
    put(source, 6, "1,two,x\n2,two,x\n4,two,x\n", "people_2026-11-02.csv")
    late = ingest(source, 6)
    assert (late.status, late.loaded, late.new_records, late.changed_records) == ("loaded", 3, 1, 1)
    assert people(source) == [("1", "two"), ("2", "three"), ("3", "three"), ("4", "two")]
    assert ("2", "two", 3, 3, 3, False) in source.query(HISTORY)


def test_a_late_full_snapshot_is_history_only(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    put(source, 3, "1,three,x\n2,three,x\n", "people-20261103.csv")
    ingest(source, 3)
    put(source, 4, "1,two,x\n2,three,x\n9,two,x\n", "people-20261102.csv")
    late = ingest(source, 4)
    assert (late.loaded, late.new_records, late.changed_records, late.deleted_records) == (3, 0, 0, 0)
    assert people(source) == [("1", "three"), ("2", "three")]
    assert source.query("select note, snapshot_id from raw.loads where load_id = 2") == [
        ("older than what is current: kept in the history", 2)
    ]
    again = put(source, 5, "1,two,x\n2,three,x\n9,two,x\n", "people-20261101.csv")
    assert again.exists()
    assert ingest(source, 5).status == "unchanged"
    assert source.query("select count(*) from raw_history.people") == [(4,)]


def test_an_older_file_put_back_by_hand_is_late(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    put(source, 3, "1,new,x\n")
    ingest(source, 3)
    put(source, 1, "1,old,x\n")
    ingest(source, 4)
    assert people(source) == [("1", "new")]


def test_parts_of_one_day_are_one_snapshot(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    put(source, 2, "1,a,x\n2,a,x\n", "p_2026-11-01_part1.csv")
    put(source, 2, "3,a,x\n", "p_2026-11-01_part2.csv")
    put(source, 2, "1,b,x\n", "p_2026-11-02_part1.csv")
    put(source, 2, "3,a,x\n4,b,x\n", "p_2026-11-02_part2.csv")
    result = ingest(source, 2)
    assert (result.new_records, result.changed_records, result.unchanged_records, result.deleted_records) == (
        *(4, 1, 1, 1),
    )
    assert people(source) == [("1", "b"), ("3", "a"), ("4", "b")]
    assert source.query("select snapshot_id, files, lines, current_records from raw.snapshots order by 1") == [
        (2, 2, 3, 3),
        (4, 2, 3, 3),
    ]


def test_an_unchanged_page_of_a_backlog_is_still_there(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    for day, second in ((1, "3,a,x\n"), (2, "3,b,x\n")):
        put(source, 3, "1,a,x\n2,a,x\n", f"p_2026-11-0{day}_part1.csv")
        put(source, 3, second, f"p_2026-11-0{day}_part2.csv")
    result = ingest(source, 3)
    assert (result.changed_records, result.deleted_records) == (1, 0)
    assert people(source) == [("1", "a"), ("2", "a"), ("3", "b")]


def test_a_changed_page_beside_an_unchanged_one(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    put(source, 1, "1,a,x\n2,a,x\n", "page-1.csv")
    put(source, 1, "3,a,x\n4,a,x\n", "page-2.csv")
    ingest(source, 1)
    put(source, 2, "1,a,x\n", "page-1.csv")
    result = ingest(source, 2)
    assert (result.lines, result.unchanged_records, result.deleted_records) == (1, 1, 1)
    assert people(source) == [("1", "a"), ("3", "a"), ("4", "a")]
    put(source, 3, "1,a,x\n4,b,x\n", "page-1.csv")
    (source.folder / "page-2.csv").unlink()
    assert ingest(source, 3).deleted_records == 1
    assert people(source) == [("1", "a"), ("4", "b")]
    assert source.query("select lines, current_records from raw.snapshots order by snapshot_id") == [
        *((4, 4), (3, 3), (2, 2)),
    ]


def test_names_with_dates_that_are_no_days_of_extract(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source(dated_names=False)
    put(source, 1, "1,a,x\n", "born-2024-01-01.csv")
    put(source, 1, "2,a,x\n", "born-2025-01-01.csv")
    ingest(source, 1)
    assert people(source) == [("1", "a"), ("2", "a")]


def test_a_clock_that_runs_ahead_does_not_freeze_the_source(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    put(source, 20, "1,old,x\n")
    ingest(source, 1)
    put(source, 2, "1,new,x\n")
    ingest(source, 2)
    assert people(source) == [("1", "new")]


def test_repeated_keys_do_not_pile_up(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    lines = "1,a,x\n1,b,x\n1,a,x\n1,c,x\n2,z,x\n"
    put(source, 1, lines)
    first = ingest(source, 1)
    assert (first.lines, first.new_records, first.current_records) == (5, 2, 2)
    for night in (2, 3):
        put(source, night, lines + f"{night}0,n,x\n")
        ingest(source, night)
    assert people(source) == [("1", "c"), ("2", "z"), ("30", "n")]
    assert source.query("""select "First", _ended from raw_history.people where "Id" = '1' order by 1""") == [
        ("a", 1),
        ("b", 1),
        ("c", None),
    ]


def test_null_and_empty_are_two_contents_and_a_new_column_is_not_a_change_by_itself(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source("jsonl")
    source.put("a.jsonl", '{"Id": "1", "First": ""}\n{"Id": "2", "First": "b"}\n')
    ingest(source, 1)
    source.put("a.jsonl", '{"Id": "1", "First": null}\n{"Id": "2", "First": "b", "Shoe": null}\n')
    second = ingest(source, 2)
    assert (second.changed_records, second.unchanged_records) == (1, 1)
    source.put("a.jsonl", '{"Id": "1", "First": null, "Shoe": "44"}\n{"Id": "2", "First": "b"}\n')
    third = ingest(source, 3)
    assert (third.changed_records, third.unchanged_records) == (1, 1)


@pytest.mark.parametrize("kind", ["full", "delta"])
def test_any_sequence_of_nights_against_a_model(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The model is a dictionary a night; files come in any order of their days."""
    line = st.tuples(st.sampled_from("123456"), st.sampled_from("abc"))
    night = st.tuples(st.integers(1, 9), st.lists(line, min_size=1, max_size=8))

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(night, min_size=1, max_size=6, unique_by=lambda given: given[0]))
    def check(nights: list[tuple[int, list[tuple[str, str]]]]) -> None:
        source = Source(tmp_path_factory.mktemp("nights"), contract_of(snapshot=kind))
        current: dict[str, tuple[int, str]] = {}
        newest, newest_text, history, seen = 0, "", [], set()
        for run, (day, lines) in enumerate(nights, start=11):
            text = "".join(f"{key},{value},x\n" for key, value in lines)
            result_of = source.put(f"p-202611{day:02}.csv", H + text)
            assert result_of.exists()
            result = ingest(source, run)
            known = text in seen and not (day > newest and text != newest_text)
            assert result.status == ("unchanged" if known else "loaded")
            seen.add(text)
            if result.status == "loaded":
                brought = {key: (day, value) for key, value in lines}
                if kind == "full":
                    current = brought if day >= newest else current
                else:
                    current |= {k: v for k, v in brought.items() if v[0] >= current.get(k, (0, ""))[0]}
                newest, newest_text = max((newest, newest_text), (day, text))
            history.append((run, {key: value for key, (_, value) in current.items()}))
            assert dict(people(source)) == history[-1][1]
        for run, then in history:
            assert dict(as_of(source, NIGHT + timedelta(days=run - 1, hours=6))) == then
        # No version twice in a row, no record current twice, every line accounted for.
        assert source.query('select 1 from raw.people group by "Id" having count(*) > 1') == []
        assert source.query("select 1 from raw.loads where lines <> loaded + rejected") == []

    check()
