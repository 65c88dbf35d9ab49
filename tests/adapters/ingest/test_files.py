"""Which files are read, in which order, and what is said about the others."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from dq_pipeline.adapters.ingest import scan_extracts
from dq_pipeline.domain.extracts import printable
from dq_pipeline.errors import InputError


@pytest.fixture
def source(make_source):  # type: ignore[no-untyped-def]
    return make_source()


def scan(source):  # type: ignore[no-untyped-def]
    return scan_extracts(source.extracts, {source.contract.id: source.contract})


def test_files_come_in_natural_order_with_and_without_gz(source) -> None:  # type: ignore[no-untyped-def]
    for name in ["page-10.csv", "page-2.csv", "page-1.csv.gz", "PAGE-3.CSV", "2026-11-20 1.csv"]:
        source.put(name, "x")
    names = [path.name for path in scan(source).sources[0].files]
    assert names == ["2026-11-20 1.csv", "page-1.csv.gz", "page-2.csv", "PAGE-3.CSV", "page-10.csv"]


def test_what_is_left_out_is_named_with_its_reason(source, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    source.put("good.csv", "x")
    for name in ["a.csv.part", "b.tmp", "~$c.csv", ".hidden.csv", "d.xlsx"]:
        source.put(name, "x")
    (source.folder / "folder.csv").mkdir()
    os.mkfifo(source.folder / "pipe.csv")
    secret = tmp_path / "secret.csv"
    secret.write_text("x")
    (source.folder / "out.csv").symlink_to(secret)
    (source.folder / "up.csv").symlink_to("../../secret.csv")
    (source.folder / "loop.csv").symlink_to("loop.csv")
    (source.folder / "gone.csv").symlink_to("nowhere.csv")
    (source.folder / "within.csv").symlink_to("good.csv")
    found = scan(source)
    assert [path.name for path in found.sources[0].files] == ["good.csv", "within.csv"]
    reasons = dict(problem.split(": left out, ", 1) for problem in found.problems)
    unfinished, outside = (
        "it is hidden or unfinished, by its name",
        "it is a link to a place outside the extracts folder",
    )
    assert reasons == {
        "people/a.csv.part": unfinished,
        "people/b.tmp": unfinished,
        "people/~$c.csv": unfinished,
        "people/.hidden.csv": unfinished,
        "people/d.xlsx": "its name does not match the contract's filePattern (*.csv)",
        "people/folder.csv": "it is a folder",
        "people/pipe.csv": "it is not a regular file",
        "people/out.csv": outside,
        "people/up.csv": outside,
        "people/loop.csv": "it is a link that leads nowhere",
        "people/gone.csv": "it is a link that leads nowhere",
    }


def test_unknown_folders_are_problems_and_plain_files_are_not(source) -> None:  # type: ignore[no-untyped-def]
    source.put("a.csv", "x")
    (source.extracts / "truth.csv").write_text("x")
    (source.extracts / "peeple\n").mkdir()
    found = scan(source)
    assert len(found.problems) == 1
    assert found.problems[0].startswith("peeple\\n/: no contract has this name")
    assert "people" in found.problems[0]


def test_a_source_without_folder_is_absent_and_no_problem(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    contracts = {"people": source.contract, "other": replace(source.contract, id="other")}
    found = scan_extracts(source.extracts, contracts)
    assert [(s.contract_id, s.folder_found, s.files) for s in found.sources] == [
        ("people", True, ()),
        ("other", False, ()),
    ]


def test_no_extracts_at_all_is_an_error_with_a_remedy(source, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    contracts = {"people": source.contract}
    with pytest.raises(InputError, match=r"nowhere: the extracts folder cannot be read.*\n.*--extracts"):
        scan_extracts(tmp_path / "nowhere", contracts)
    empty = tmp_path / "empty"
    (empty / "stranger").mkdir(parents=True)
    with pytest.raises(InputError, match=r"no folder of a known source.*\n.*people"):
        scan_extracts(empty, contracts)


def test_printable_escapes_what_could_forge_a_line() -> None:
    assert printable("a\nb\x1b[31m\u202ec\udcff é") == "a\\nb\\x1b[31m\\u202ec\\udcff é"
