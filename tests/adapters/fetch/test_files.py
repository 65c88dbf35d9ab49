"""Fetching from a mounted folder, files that people put by hand, and locations that cannot be used."""

from __future__ import annotations

import json
import os
from pathlib import Path

import fsspec
import pytest

from dq_pipeline.adapters.fetch import fetch_extracts, pending_extracts
from dq_pipeline.adapters.fetch.location import resolve_location
from dq_pipeline.errors import ConfigurationError, InputError
from tests.adapters.fetch.conftest import Mirror


@pytest.fixture
def share(over_files: Mirror) -> Path:
    return Path(over_files.location.removeprefix("file://"))


def test_a_mounted_folder_by_url_by_path_and_by_variable(over_files: Mirror, share: Path) -> None:
    (share / "a.csv").write_text("Id\n1\n")
    assert over_files.fetch().fetched == 1
    over_files.environment["SHARE"] = str(share)
    for location in (str(share), "${SHARE}", "file://${SHARE}/"):
        over_files.location = location
        assert over_files.fetch().unchanged == 1
    assert over_files.read("a.csv") == b"Id\n1\n"


def test_any_other_protocol_of_fsspec(over_files: Mirror) -> None:
    """In memory, as a store of objects that tells no time that could be compared: fetched every time."""
    memory = fsspec.filesystem("memory")
    memory.pipe({"/crm/out/a.csv": b"x" * 9_000_000, "/crm/out/below/b.csv": b"no", "/crm/other.csv": b"no"})
    over_files.location = "memory://crm/out"
    assert [over_files.fetch().fetched for _ in range(2)] == [1, 1]
    assert (over_files.names(), over_files.read("a.csv")) == (["a.csv"], b"x" * 9_000_000)
    memory.rm("/crm", recursive=True)


def test_links_and_pipes_of_a_mounted_folder_are_not_followed(over_files: Mirror, share: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("secret")
    (share / "link.csv").symlink_to(tmp_path / "secret.csv")
    os.mkfifo(share / "pipe.csv")
    result = over_files.fetch()
    assert (result.found, over_files.names()) == (0, [])
    assert result.problems == tuple(f"{name}: left out, it is not a regular file" for name in ("link.csv", "pipe.csv"))


def test_files_put_by_hand_are_left_alone(over_files: Mirror, share: Path) -> None:
    over_files.folder.mkdir(parents=True)
    for name in ("mine.csv", "both.csv", "same.csv"):
        (over_files.folder / name).write_text("by hand")
    for name, content in (("both.csv", "theirs"), ("same.csv", "by hand"), ("new.csv", "theirs")):
        (share / name).write_text(content)
    os.utime(share / "same.csv", (1_700_000_000.5,) * 2)
    os.utime(over_files.folder / "same.csv", (1_700_000_000,) * 2)
    result = over_files.fetch()
    assert (result.found, result.fetched, result.unchanged) == (3, 1, 1)
    assert [problem.split(":")[0] for problem in result.problems] == ["both.csv"]
    assert [over_files.read(name) for name in ("mine.csv", "both.csv", "new.csv")] == [
        b"by hand",
        b"by hand",
        b"theirs",
    ]
    (share / "new.csv").unlink()
    (share / "same.csv").unlink()
    assert over_files.fetch().withdrawn == 2
    assert over_files.names() == [".withdrawn", "both.csv", "mine.csv"]


def test_a_file_that_was_changed_or_removed_here_is_fetched_again(over_files: Mirror, share: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (share / name).write_text("theirs")
    over_files.fetch()
    (over_files.folder / "a.csv").write_text("edited")
    (over_files.folder / "b.csv").unlink()
    assert over_files.fetch().fetched == 2
    assert over_files.read("a.csv") == over_files.read("b.csv") == b"theirs"


def test_what_is_withdrawn_twice_is_kept_twice(over_files: Mirror, share: Path) -> None:
    (share / "stays.csv").write_text("")
    for content in ("first", "second", "third"):
        (share / "a.csv").write_text(content)
        over_files.fetch()
        (share / "a.csv").unlink()
        assert over_files.fetch().withdrawn == 1
    withdrawn = over_files.folder / ".withdrawn"
    assert {path.name: path.read_text() for path in withdrawn.iterdir()} == {
        "a.csv": "first",
        "a.csv.2": "second",
        "a.csv.3": "third",
    }
    assert over_files.read("stays.csv") == b""


def test_an_emptied_folder_withdraws_nothing(over_files: Mirror, share: Path) -> None:
    (share / "a.csv").write_text("theirs")
    over_files.fetch()
    (share / "a.csv").unlink()
    result = over_files.fetch()
    assert (result.found, result.withdrawn, over_files.names()) == (0, 0, ["a.csv"])
    assert result.problems == ("the server lists no extract any more; those fetched before stay as they are",)


def test_a_damaged_manifest_fetches_again_and_loses_nothing(over_files: Mirror, share: Path) -> None:
    (share / "a.csv").write_text("theirs")
    over_files.fetch()
    manifest = over_files.folder / ".fetched.jsonl"
    whole = manifest.read_bytes()
    manifest.write_bytes(whole + b'not json\n[1]\n{"name": "b.csv", "state": 1}\n' + whole[:40])
    assert over_files.fetch().unchanged == 1
    assert [json.loads(line)["name"] for line in manifest.read_text().splitlines()] == ["a.csv"]


def test_a_disk_that_cannot_be_written_is_said(over_files: Mirror, share: Path) -> None:
    (share / "a.csv").write_text("theirs")
    over_files.folder.mkdir(parents=True)
    (over_files.folder / ".a.csv.part").mkdir()
    with pytest.raises(InputError, match=r"a\.csv: the local copy cannot be written \(Is a directory\)"):
        over_files.fetch()
    assert over_files.pauses == []


def test_a_source_without_location_has_nothing_to_fetch(tmp_path: Path, over_files: Mirror) -> None:
    over_files.location = ""
    result = fetch_extracts(over_files.contract, tmp_path / "nowhere", environment={})
    assert (result.found, result.location, (tmp_path / "nowhere").exists()) == (0, "", False)


def test_a_location_must_be_a_folder(over_files: Mirror, share: Path) -> None:
    (share / "a.csv").write_text("theirs")
    over_files.location += "a.csv"
    with pytest.raises(InputError, match="the folder is a file, not a folder"):
        over_files.fetch()


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("s3://bucket/out/", r"s3 needs the package s3fs.*\n.*pip install s3fs"),
        ("gs://bucket/out/", r"gs needs the package gcsfs"),
        ("abfs://container/out/", r"abfs needs the package adlfs"),
        ("smb://host/out/", r"smb needs the package smbprotocol"),
        ("carrier+pigeon://roof/", r"no protocol is called 'carrier\+pigeon'"),
        ("https://[::1/x", r"people, servers, location: is not a URL"),
        ("https://host/x?token=1", r"people, servers, location: has a query(.*\n)+.*FSSPEC_HTTP"),
        ("https://host:port/x", r"people, servers, location: is not a URL"),
    ],
)
def test_a_location_that_cannot_be_used_says_what_to_do(over_files: Mirror, location: str, said: str) -> None:
    over_files.location = location
    with pytest.raises(ConfigurationError, match=said):
        over_files.fetch()


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("sftp://ada:pw@host.example:2222/out/x/", "sftp://host.example:2222/out/x"),
        ("webdav://host.example/exports/?sig=pw#pw", "webdav://host.example/exports"),
        ("sftp://${P}@host.example/out", "sftp://host.example/out"),
        ("s3://key:pw@bucket/out", "s3://bucket/out"),
        ("/mnt/exports\n", "/mnt/exports\\n"),
    ],
)
def test_a_location_is_shown_without_user_and_query(over_files: Mirror, location: str, shown: str) -> None:
    over_files.location = location
    resolved = resolve_location(over_files.contract, {"P": "u@x/y:pw#?pw"})
    assert resolved.shown == shown
    assert "pw" not in repr(resolved)


def test_what_is_pending_changes_with_the_extracts_and_nothing_else(over_files: Mirror, share: Path) -> None:
    def pending() -> str:
        return pending_extracts(over_files.contract, over_files.folder, environment={})

    assert (pending(), over_files.folder.exists()) == ("", False)
    (share / "a.csv").write_text("theirs")
    first = pending()
    (share / "b.csv.part").write_text("half")
    (share / "notes.txt").write_text("for people")
    assert first == pending() != ""
    over_files.fetch()
    assert pending() == ""
    (share / "b.csv.part").rename(share / "b.csv")
    assert pending() not in ("", first)
    over_files.fetch()
    (share / "a.csv").unlink()
    assert pending() != ""
    over_files.fetch()
    assert pending() == ""
