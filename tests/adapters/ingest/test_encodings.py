"""Which encoding a file is read with, what is said about it, and what becomes of bytes that are not of it."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest

from dq_pipeline.adapters.ingest import decode
from dq_pipeline.adapters.ingest.decode import Encoding, encoding_in_use, utf8_blocks
from dq_pipeline.errors import InputError

H = "Id,First,Last\n"
GERMAN = H + "1,Jürgen,Weiß\n2,Zoë,Łukasz\n"
LATIN = H + "1,Jürgen,Weiß\n2,Zoë,O’Brien €\n"


@pytest.mark.parametrize(
    ("content", "declared", "reported"),
    [
        (GERMAN.encode(), "", "utf-8 (detected)"),
        (GERMAN.encode(), "utf-8", "utf-8"),
        (GERMAN.encode("utf-8-sig"), "", "utf-8-sig"),
        (GERMAN.encode("utf-8-sig"), "cp1252", "utf-8-sig"),
        (gzip.compress(GERMAN.encode("utf-16"), mtime=0), "", "utf-16"),
        (GERMAN.encode("utf-16-le"), "", "utf-16-le (detected)"),
        (GERMAN.encode("utf-16-be"), "", "utf-16-be (detected)"),
        (GERMAN.encode("utf-32-le"), "", "utf-32-le (detected)"),
        (GERMAN.encode("utf-32-be"), "", "utf-32-be (detected)"),
        (GERMAN.encode("utf-32"), "utf-8", "utf-32"),
        (GERMAN.encode("cp1250"), "cp1250", "cp1250"),
        (GERMAN.encode("utf-7"), "utf-7", "utf-7"),
        (LATIN.encode("cp1252"), "", "cp1252 (detected)"),
        (LATIN.encode("cp1252"), "cp1252", "cp1252"),
        (gzip.compress(LATIN.encode("cp1252"), mtime=0), "", "cp1252 (detected)"),
    ],
)
def test_the_text_arrives_and_the_encoding_is_reported(make_source, content, declared, reported) -> None:  # type: ignore[no-untyped-def]
    source = make_source(encoding=declared)
    source.put("x.csv", content)
    assert source.ingest().loaded == 2
    rows, ledger = source.look('select "First", "Last" from raw.people order by "Id"', "select encoding from raw.loads")
    expected = LATIN if "1252" in reported else GERMAN
    assert rows == [tuple(line.split(",")[1:]) for line in expected.splitlines()[1:]]
    assert ledger == [(reported,)]


def test_ascii_is_utf_8(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source("jsonl")
    source.put("x.jsonl", '{"Id": 1}')
    source.ingest()
    assert source.query("select encoding from raw.loads") == [("utf-8 (detected)",)]


def test_damaged_utf_8_is_not_taken_for_windows_1252(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    source.put("x.csv", GERMAN.encode() + b"3,J\xfcrgen,Ray\n")
    result = source.ingest()
    assert (result.lines, result.loaded, result.rejected) == (3, 2, 1)
    assert source.query('select "First" from raw.people order by 1') == [("Jürgen",), ("Zoë",)]


def test_a_wholly_wrong_encoding_blocks_the_source_with_examples(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source(encoding="utf-8")
    source.put("x.csv", LATIN.encode("cp1252"))
    result = source.ingest()
    assert (result.status, result.loaded) == ("failed", 0)
    assert "2 of 2 lines cannot be read" in result.problem
    assert "people/x.csv, line 2: a byte is not utf-8" in result.problem


def test_rejects_show_the_bad_bytes_and_their_neighbours_load(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source(encoding="utf-8", maximum_reject_share=1.0)
    source.put(
        "x.csv", H.encode() + b'1,Zo\xc3\xab,A\n2,Zo\xeb,\xc3\xa9\n3,"a\n\xe2\x82",C\n4,Al\xff\n5,Bo,E\n6,Cy,F\xc3'
    )
    result = source.ingest()
    assert (result.lines, result.loaded, result.rejected) == (6, 2, 4)
    rows, rejects = source.look(
        'select "Id", "First" from raw.people order by 1', "select line, raw_text, reason from raw.rejects order by 1"
    )
    assert rows == [("1", "Zoë"), ("5", "Bo")]
    assert rejects == [
        (3, "2,Zo\\xeb,é", "a byte is not utf-8"),
        (4, '3,"a\n\\xe2\\x82",C', "a byte is not utf-8"),
        (6, "4,Al\\xff", "a byte is not utf-8"),
        (8, "6,Cy,F\\xc3", "a byte is not utf-8"),
    ]


@pytest.mark.parametrize(
    ("file_format", "content", "rejected"),
    [
        ("jsonl", b'{"Id": 1}\n{"Id": "\xff"}\n', (2, '{"Id": "\\xff"}')),
        ("json_pages", b'{"value": [{"Id": 1}, {"Id": "\xff"}]}', (2, '{"Id": "\\xff"}')),
    ],
)
def test_json_rejects_show_the_bad_bytes(make_source, file_format, content, rejected) -> None:  # type: ignore[no-untyped-def]
    source = make_source(file_format, encoding="utf-8")
    source.put({"jsonl": "x.jsonl"}.get(file_format, "x.json"), content)
    result = source.ingest()
    assert (result.lines, result.loaded, result.rejected) == (2, 1, 1)
    assert source.query("select line, raw_text, reason from raw.rejects") == [(*rejected, "a byte is not utf-8")]


def test_a_bad_byte_at_the_edge_of_a_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "aé€😀b".encode() + b"\xe2\x82\n\xf0\x9f\x98"
    (tmp_path / "x").write_bytes(content)
    expected = "aé€😀b".encode() + b"\0\x01e2\0\x0182\n\0\x01f0\0\x019f\0\x0198"
    for size in range(1, len(content) + 1):
        monkeypatch.setattr(decode, "BLOCK_BYTES", size)
        assert b"".join(utf8_blocks(tmp_path / "x", Encoding("utf-8"), "x")) == expected
        assert encoding_in_use(tmp_path / "x", "", "x") == Encoding("utf-8", found=True)


def test_lone_surrogates_of_a_lax_codec_are_bad_bytes(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes("a\ud800b".encode("utf-16-le", "surrogatepass"))
    assert b"".join(utf8_blocks(tmp_path / "x", Encoding("utf-16-le"), "x")) == b"a\0\x0100\0\x01d8b"


def test_bytes_of_no_encoding_ask_to_declare_one(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes("Имя".encode("koi8-r") + b"\x81\x8d")
    with pytest.raises(InputError, match="people/x: the encoding is neither UTF-8 nor Windows-1252"):
        encoding_in_use(tmp_path / "x", "", "people/x")


def test_detection_costs_little(tmp_path: Path) -> None:
    """Some 40 MB in Windows-1252, every line with accents: at C speed, a fraction of reading them."""
    (tmp_path / "x").write_bytes("1,Jürgen Weiß,Straße 5\n".encode("cp1252") * 1_800_000)
    started = time.process_time()
    assert encoding_in_use(tmp_path / "x", "", "x") == Encoding("cp1252", found=True)
    assert time.process_time() - started < 1.5
