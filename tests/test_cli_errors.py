"""Every wrong use of the command line: one clear message, the right exit code, no traceback, nothing half-made."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from dq_pipeline.adapters.run_lock import run_lock
from tests.line import Line


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path / "home")


def assert_refused(line: Line, arguments: list[str | Path], *fragments: str, code: int = 2) -> None:
    done = line.command(*arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for fragment in fragments:
        assert fragment in done.stderr


def test_run_without_extracts(line: Line) -> None:
    assert_refused(line, ["run"], "extracts", "Remedy")
    assert not (line.home / "warehouse.duckdb").exists()


def test_run_on_a_folder_that_does_not_exist(line: Line, tmp_path: Path) -> None:
    assert_refused(line, ["run", "--extracts", tmp_path / "nowhere"], "nowhere", "Remedy")


def test_run_on_an_empty_folder(line: Line, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert_refused(line, ["run", "--extracts", tmp_path / "empty"], "empty", "Remedy")


def test_run_on_a_file(line: Line, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert_refused(line, ["run", "--extracts", tmp_path / "file"], "file", "Remedy")


def test_run_on_unknown_sources_only(line: Line, tmp_path: Path) -> None:
    (tmp_path / "extracts" / "pipedrive_people").mkdir(parents=True)
    (tmp_path / "extracts" / "pipedrive_people" / "people.csv").write_text("id\n1\n")
    assert_refused(line, ["run", "--extracts", tmp_path / "extracts"], "pipedrive_people", "Remedy")


def test_run_when_no_file_can_be_read(line: Line, tmp_path: Path) -> None:
    folder = tmp_path / "extracts" / "hubspot_contacts"
    folder.mkdir(parents=True)
    (folder / "contacts.csv").write_text("Shoe size\n40\n")
    assert_refused(line, ["run", "--extracts", folder.parent], "no customer record could be loaded", "contacts.csv")
    assert not (line.home / "published" / "current").exists()


def test_run_while_another_run_holds_the_lock(line: Line, tmp_path: Path) -> None:
    folder = tmp_path / "extracts" / "hubspot_contacts"
    folder.mkdir(parents=True)
    (folder / "contacts.csv").write_text("Record ID,First Name,Last Name,Email\n1,Ann,Lee,a@x.org\n")
    with run_lock(line.home / "run.lock", run_id="other"):
        assert_refused(line, ["run", "--extracts", folder.parent], "another run is in progress (run other")


def test_status_and_explain_before_anything_is_published(line: Line) -> None:
    assert_refused(line, ["status"], "nothing is published yet", "Remedy")
    assert_refused(line, ["explain", "hubspot:1", "zoho:2"], "nothing is published yet")


def test_explain_wants_record_keys(line: Line) -> None:
    assert_refused(line, ["explain", "hubspot", "zoho:2"], "'hubspot' is no record key")
    assert_refused(line, ["explain", "hubspot:1"], "Missing argument")


def test_sample_does_not_mix_with_other_files(line: Line, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    assert_refused(line, ["sample", "--out", tmp_path / "out"], "not empty", "--out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("records", ["0", "-1", "ten", "1000000000"])
def test_sample_wants_a_sensible_size(line: Line, records: str) -> None:
    assert_refused(line, ["sample", "--records", records], "--records")


def test_unknown_commands_and_options(line: Line) -> None:
    assert_refused(line, ["refresh"], "No such command")
    assert_refused(line, ["run", "--fast"], "No such option")


def test_evaluate_names_the_file_and_what_is_wrong(line: Line, tmp_path: Path) -> None:
    records, truth = tmp_path / "records.csv", tmp_path / "truth.csv"
    truth.write_text("source_system,source_record_id,truth_id\na,1,x\n")
    assert_refused(line, ["evaluate", "--records", records, "--truth", truth], "records.csv", "does not exist")
    records.write_text("id,name\n1,x\n")
    assert_refused(line, ["evaluate", "--records", records, "--truth", truth], "lacks the column source_system")
    records.write_text("source_system,source_record_id,given_name\na,1,Ann\na,2,Bob\n")
    assert_refused(line, ["evaluate", "--records", records, "--truth", truth], "truth.csv", "1 records have no truth")
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(b"source_system,source_record_id,given_name\n" * 50)[:30])
    assert_refused(line, ["evaluate", "--records", cut, "--truth", truth], "cut.csv.gz")
    assert_refused(line, ["evaluate", "--records", records], "Missing option '--truth'")


def test_a_warehouse_that_is_no_database_is_named(line: Line, tmp_path: Path) -> None:
    folder = tmp_path / "extracts" / "hubspot_contacts"
    folder.mkdir(parents=True)
    (folder / "contacts.csv").write_text("Record ID,First Name,Last Name,Email\n1,Ann,Lee,a@x.org\n")
    line.home.mkdir()
    (line.home / "warehouse.duckdb").write_text("this is no database" * 100)
    assert_refused(line, ["run", "--extracts", folder.parent], "warehouse.duckdb")
    assert (line.home / "warehouse.duckdb").read_text() == "this is no database" * 100
