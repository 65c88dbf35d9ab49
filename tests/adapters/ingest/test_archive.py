"""Archives of extracts: what is taken out of them, in which order, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from dq_pipeline.adapters.ingest import archive, decode
from dq_pipeline.adapters.ingest.archive import is_archive, unpack, zip_members
from dq_pipeline.errors import InputError
from tests.adapters.ingest.samples import workbook, zipped


def put(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    return path


def test_an_archive_is_known_by_its_content(tmp_path: Path) -> None:
    assert is_archive(put(tmp_path, zipped({"a.csv": b""})))
    assert is_archive(put(tmp_path, zipped({})))
    assert is_archive(put(tmp_path, zipped({"a.csv": b"x" * 99})[:60]))
    assert not is_archive(put(tmp_path, workbook(["Id"])))
    assert not is_archive(put(tmp_path, b"PK,Name\n1,x\n"))
    assert not is_archive(tmp_path / "absent")


def test_members_in_natural_order_and_what_is_left_out(tmp_path: Path) -> None:
    names = ["a/p10.csv", "a/p2.CSV", "p1.csv.gz", "a/", "x.txt", "__MACOSX/._p1.csv", ".p.csv", "p3.csv.tmp", "y.zip"]
    path = put(tmp_path, zipped([(name, b"") for name in [*names, "new\nline.txt"]]))
    members, problems = zip_members(path, "people/x.zip", ["*.csv"])
    assert members == ["a/p2.CSV", "a/p10.csv", "p1.csv.gz"]
    assert problems == [
        "people/x.zip/x.txt: left out, its name does not match the contract's filePattern (*.csv)",
        "people/x.zip/__MACOSX/._p1.csv: left out, it is hidden or unfinished, by its name",
        "people/x.zip/.p.csv: left out, it is hidden or unfinished, by its name",
        "people/x.zip/p3.csv.tmp: left out, it is hidden or unfinished, by its name",
        "people/x.zip/y.zip: left out, it is an archive within an archive",
        "people/x.zip/new\\nline.txt: left out, its name does not match the contract's filePattern (*.csv)",
    ]


def test_a_member_comes_out_whole_and_only_where_it_shall(tmp_path: Path) -> None:
    content = bytes(range(256)) * 40_000
    path = put(tmp_path, zipped({"../../evil.csv": content}))
    target = tmp_path / "out" / "member"
    target.parent.mkdir()
    unpack(path, "../../evil.csv", target, "people/x.zip/evil.csv")
    assert target.read_bytes() == content
    assert sorted(entry.relative_to(tmp_path).as_posix() for entry in tmp_path.rglob("*")) == [
        "out",
        "out/member",
        "x.zip",
    ]


def test_each_member_is_its_own_content(tmp_path: Path) -> None:
    path = put(tmp_path, zipped({"a.csv": b"1", "b.csv": b"2"}))
    for member, content in (("a.csv", b"1"), ("b.csv", b"2")):
        unpack(path, member, tmp_path / "out", member)
        assert (tmp_path / "out").read_bytes() == content


def test_a_bomb_is_refused_by_what_it_declares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "EXPANSION_ALLOWED_BYTES", 1_000_000)
    path = put(tmp_path, zipped({"a.csv": b" " * 20_000_000}))
    with pytest.raises(InputError, match=r"x\.zip: the compressed file expands to more than [\d,]+ bytes"):
        zip_members(path, "people/x.zip", ["*.csv"])


@pytest.mark.parametrize("declared", [10, 900_000])
def test_a_member_larger_or_smaller_than_it_says_is_damage(tmp_path: Path, declared: int) -> None:
    content = zipped({"a.csv": b" " * 500_000}).replace((500_000).to_bytes(4, "little"), declared.to_bytes(4, "little"))
    with pytest.raises(InputError, match="cut off or damaged"):
        unpack(put(tmp_path, content), "a.csv", tmp_path / "out", "people/x.zip/a.csv")


def test_a_bomb_is_refused_whatever_it_declares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "EXPANSION_ALLOWED_BYTES", 1_000_000)
    size = 20_000_000
    content = zipped({"a.csv": b" " * size}).replace(size.to_bytes(4, "little"), b"\x0a\0\0\0")
    with pytest.raises(
        InputError, match=r"people/x\.zip/a\.csv: the compressed file expands to more than [\d,]+ bytes"
    ):
        unpack(put(tmp_path, content), "a.csv", tmp_path / "out", "people/x.zip/a.csv")
    assert (tmp_path / "out").stat().st_size < size


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    """One piece of data listed many times (D. Fifield, A better zip bomb, 2019)."""
    content = zipped({"a.csv": bytes(range(256)) * 40}, method=0)
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    listed = b"".join(content[start:end].replace(b"a.csv", b"%d.csv" % n) for n in range(9))
    tail = content[end : end + 8] + b"\x09\0\x09\0" + len(listed).to_bytes(4, "little") + content[end + 16 :]
    with pytest.raises(InputError, match="the members of the archive overlap"):
        zip_members(put(tmp_path, content[:start] + listed + tail), "people/x.zip", ["*.csv"])


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path, zipped([(f"{n}.csv", b"") for n in range(archive.MOST_MEMBERS + 1)], method=0))
    with pytest.raises(InputError, match="more than 10,000 members"):
        zip_members(path, "people/x.zip", ["*.csv"])


def test_members_are_lines_of_the_ledger(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    header = b"Id,First,Last\n"
    source.put(
        "x.zip", zipped({"d/2.csv": header + b"2,Bob,Ray\n3,Cy\n", "1.csv": header + b"1,Ann,Lee\n", "n.txt": b""})
    )
    result = source.ingest()
    assert (result.lines, result.loaded, result.rejected) == (3, 2, 1)
    files = source.query("select file, lines, loaded, rejected from raw.loads order by load_id")
    assert sorted(files) == [("people/x.zip/1.csv", 1, 1, 0), ("people/x.zip/d/2.csv", 2, 1, 1)]
