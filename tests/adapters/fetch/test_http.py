"""Fetching from a web server with a listing page, and every way in which it fails."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from typing import Literal

import aiohttp
import fsspec.config
import pytest

from dq_pipeline.errors import InputError
from tests.adapters.fetch.conftest import Mirror
from tests.adapters.fetch.http_server import NOVEMBER, Web, serve

BIG = bytes(range(256)) * 20_000  # 5 MB, five chunks


def test_new_changed_unchanged_and_vanished_files(web: Web, over_http: Mirror) -> None:
    web.put("a.csv", b"Id\n1\n")
    web.put("b.CSV.gz", b"\x1f\x8b")
    web.put("c.csv.part", b"Id\n")
    web.put(".hidden.csv", b"Id\n")
    web.put("readme.txt", b"for people")
    first = over_http.fetch()
    assert over_http.names() == ["a.csv", "b.CSV.gz"]
    assert (first.found, first.fetched, first.unchanged, first.withdrawn, first.bytes) == (2, 2, 0, 0, 7)
    assert (first.growing, first.problems) == ((), ())
    assert (over_http.folder / "a.csv").stat().st_mtime == NOVEMBER
    assert (over_http.folder / "a.csv").stat().st_mode & 0o077 == 0

    web.put("a.csv", b"Id\n1\n2\n", modified=NOVEMBER + 60)
    web.put("d.csv", b"Id\n9\n")
    del web.files["b.CSV.gz"]
    second = over_http.fetch()
    assert (second.found, second.fetched, second.unchanged, second.withdrawn, second.bytes) == (2, 2, 0, 1, 12)
    assert over_http.names() == [".withdrawn", "a.csv", "d.csv"]
    assert over_http.read("a.csv") == b"Id\n1\n2\n"
    assert over_http.read(".withdrawn/b.CSV.gz") == b"\x1f\x8b"

    web.requests.clear()
    third = over_http.fetch()
    assert (third.found, third.fetched, third.unchanged, third.bytes) == (2, 0, 2, 0)
    assert web.asked("GET", "a.csv") == []


def test_a_server_that_is_out_of_order_is_asked_again_with_growing_pauses(web: Web, over_http: Mirror) -> None:
    web.put("a.csv", b"Id\n1\n")
    web.fail("GET", "", 503, 503)
    web.fail("GET", "a.csv", 503, 429)
    assert over_http.fetch().fetched == 1
    assert len(over_http.pauses) == 4
    doubling = [1, 2, 1, 2]
    assert all(low <= pause <= low + 1 for low, pause in zip(doubling, over_http.pauses, strict=True))


def test_a_cut_download_is_resumed_where_it_was_cut(web: Web, over_http: Mirror) -> None:
    web.put("a.csv", BIG)
    web.fail("GET", "a.csv", ("cut", 3_000_000), ("cut", 1_000_000))
    result = over_http.fetch()
    assert over_http.read("a.csv") == BIG
    spans = web.asked("GET", "a.csv")
    assert spans[0] == ""
    resumed = [int(re.fullmatch(r"bytes=(\d+)-", span)[1]) for span in spans[1:]]  # type: ignore[index]
    assert 0 < resumed[0] < resumed[1] <= 4_000_000
    assert result.bytes == len(BIG)


@pytest.mark.parametrize("etag", ["", '"v1"'])
def test_without_ranges_a_cut_download_is_restarted_whole(web: Web, over_http: Mirror, etag: str) -> None:
    web.ranges = False
    web.put("a.csv", BIG, etag=etag)
    web.fail("GET", "a.csv", ("cut", 3_000_000))
    assert over_http.fetch().bytes > len(BIG)
    assert over_http.read("a.csv") == BIG


def test_a_server_that_falls_silent_is_asked_again(
    web: Web, over_http: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is shortened as an operator can, through fsspec's configuration, which also adds a header."""
    quick = {"timeout": aiohttp.ClientTimeout(sock_read=0.3), "headers": {"Authorization": "Bearer t"}}
    monkeypatch.setitem(fsspec.config.conf, "http", {"client_kwargs": quick})
    web.put("a.csv", BIG)
    web.fail("GET", "a.csv", ("hang", 3_000_000))
    over_http.fetch()
    assert over_http.read("a.csv") == BIG
    assert len(web.asked("GET", "a.csv")) == 2
    assert set(web.authorization) == {"Bearer t"}


def test_a_file_of_which_only_the_size_is_known_is_never_resumed_nor_taken_for_unchanged(
    web: Web, over_http: Mirror
) -> None:
    web.put("a.csv", BIG, modified=None)
    web.fail("GET", "a.csv", ("cut", 3_000_000))
    over_http.fetch()
    assert web.asked("GET", "a.csv") == ["", ""]
    web.put("a.csv", BIG[::-1], modified=None)
    assert over_http.fetch().fetched == 1
    assert over_http.read("a.csv") == BIG[::-1]


def test_a_file_replaced_between_two_attempts_is_restarted(web: Web, over_http: Mirror) -> None:
    web.put("a.csv", BIG)
    later = BIG[::-1] + b"more"

    def replaced() -> tuple[str, int]:
        old = web.files["a.csv"]
        web.put("a.csv", later, modified=NOVEMBER + 1)
        web.files["a.csv"], web.files["now"] = old, web.files["a.csv"]
        return "cut", 3_000_000

    def switch() -> None:
        web.files["a.csv"] = web.files.pop("now")

    web.fail("GET", "a.csv", replaced)
    web.fail("HEAD", "a.csv", None, None, switch)
    over_http.fetch()
    assert over_http.read("a.csv") == later
    assert web.asked("GET", "a.csv") == ["", ""]


def test_a_file_replaced_while_it_is_downloaded_is_fetched_again(web: Web, over_http: Mirror) -> None:
    web.put("a.csv", BIG, etag='"1"')
    later = BIG[::-1]
    web.fail("HEAD", "a.csv", None, None, lambda: web.put("a.csv", later, etag='"2"'))
    assert over_http.fetch().fetched == 1
    assert over_http.read("a.csv") == later


@pytest.mark.parametrize("snapshot", ["delta", "full"])
def test_a_file_still_growing_is_left_for_the_next_run(
    web: Web, over_http: Mirror, snapshot: Literal["delta", "full"]
) -> None:
    """The other files are taken over, but not those of a full snapshot, which would be one with a page too old."""
    over_http.snapshot = snapshot
    for name in ("a.csv", "b.csv", "c.csv"):
        web.put(name, b"Id\n1\n")
    over_http.fetch()
    web.put("a.csv", b"Id\n1\n2\n")
    web.put("b.csv", b"Id\n1\n2\n")
    del web.files["c.csv"]
    web.fail("HEAD", "a.csv", None, lambda: web.put("a.csv", b"Id\n1\n2\n3\n"))
    result = over_http.fetch()
    taken = int(snapshot == "delta")
    assert (result.fetched, result.growing, result.withdrawn, len(result.problems)) == (
        taken,
        ("a.csv",),
        taken,
        1 - taken,
    )
    assert (over_http.read("a.csv"), over_http.read("b.csv")) == (b"Id\n1\n", b"Id\n1\n2\n" if taken else b"Id\n1\n")
    last = over_http.fetch()
    assert (last.fetched, last.growing, last.withdrawn, last.problems) == (2 - taken, (), 1 - taken, ())
    assert (over_http.read("a.csv"), over_http.read("b.csv")) == (b"Id\n1\n2\n3\n", b"Id\n1\n2\n")
    assert len(web.asked("GET", "b.csv")) == 2


def test_a_file_that_changes_with_every_look_is_left_too(web: Web, over_http: Mirror) -> None:
    versions = iter(range(1000))

    def change() -> None:
        web.put("a.csv", BIG, etag=f'"{next(versions)}"')

    web.put("a.csv", BIG)
    web.fail("HEAD", "a.csv", *[change] * 20)
    result = over_http.fetch()
    assert (result.growing, result.fetched, over_http.pauses) == (("a.csv",), 0, [])
    assert "a.csv" not in over_http.names()


@pytest.mark.parametrize("said", [len(BIG) + 10, len(BIG) - 10])
def test_a_file_of_another_length_than_the_server_says_is_never_used(web: Web, over_http: Mirror, said: int) -> None:
    web.put("a.csv", BIG)
    web.fail("HEAD", "a.csv", *[lambda: lying(web, said)] * 40)
    web.fail("GET", "a.csv", *[lambda: lying(web, None)] * 40)
    with pytest.raises(InputError) as raised:
        over_http.fetch()
    problem = raised.value.problems[0]
    assert problem.startswith("a.csv: gave up after 5 attempts (it ")
    assert ("it ended after" if said > len(BIG) else "it is longer than") in problem
    assert len(over_http.pauses) == 4
    assert "a.csv" not in over_http.names()


def lying(web: Web, length: int | None) -> None:
    web.files["a.csv"] = replace(web.files["a.csv"], length=length)


def test_a_file_of_unknown_length_is_refused_at_once(web: Web, over_http: Mirror) -> None:
    web.put("a.csv", b"Id\n1\n", length=-1)
    with pytest.raises(InputError, match=r"a\.csv: the server does not say how long it is(.*\n)+.*Content-Length"):
        over_http.fetch()
    assert over_http.pauses == []


def test_an_md5_that_the_server_offers_is_checked(web: Web, over_http: Mirror) -> None:
    def md5(content: bytes) -> str:
        return base64.b64encode(hashlib.md5(content).digest()).decode()

    web.put("good.csv", BIG, md5=md5(BIG))
    over_http.fetch()
    web.put("worse.csv", BIG, md5=md5(b"other"))
    with pytest.raises(InputError, match=r"worse\.csv: gave up after 2 attempts \(its MD5 is not the one"):
        over_http.fetch(attempts=2)
    assert web.asked("GET", "worse.csv") == ["", ""]
    assert [name for name in over_http.names() if not name.startswith(".")] == ["good.csv"]


@pytest.mark.parametrize(
    ("status", "said"),
    [(404, "is not there"), (403, "access is denied"), (401, "access is denied"), (400, "HTTP 400 Bad Request")],
)
def test_what_no_attempt_can_change_is_said_at_once(web: Web, over_http: Mirror, status: int, said: str) -> None:
    web.put("a.csv", b"Id\n1\n")
    web.put("b.csv", b"Id\n1\n")
    web.put("c.csv", b"Id\n1\n")
    web.fail("GET", "a.csv", status)
    web.fail("GET", "b.csv", status)
    with pytest.raises(InputError) as raised:
        over_http.fetch()
    assert [problem.split(": ", 1)[0] for problem in raised.value.problems] == ["a.csv", "b.csv"]
    assert all(said in problem for problem in raised.value.problems)
    assert raised.value.where == f"people, {web.url.rstrip('/')}"
    assert over_http.pauses == []


def test_a_failed_fetch_leaves_the_folder_as_it_was_and_the_next_goes_on(web: Web, over_http: Mirror) -> None:
    web.put("a.csv", b"old")
    web.put("b.csv", b"old")
    over_http.fetch()
    web.put("a.csv", BIG, etag='"2"')
    web.put("b.csv", BIG, etag='"2"')
    web.fail("GET", "b.csv", *[500] * 5)
    with pytest.raises(InputError, match=r"b\.csv: gave up after 5 attempts \(HTTP 500 Internal Server Error\)"):
        over_http.fetch()
    assert (over_http.read("a.csv"), over_http.read("b.csv")) == (b"old", b"old")
    web.requests.clear()
    assert over_http.fetch().bytes == len(BIG)
    assert web.asked("GET", "a.csv") == []
    assert (over_http.read("a.csv"), over_http.read("b.csv")) == (BIG, BIG)


def test_a_server_that_does_not_answer(over_http: Mirror, web: Web) -> None:
    over_http.location = "http://127.0.0.1:1/exports/"
    with pytest.raises(InputError, match=r"127\.0\.0\.1:1/exports: the extracts.*\n.*the listing: gave up after 5"):
        over_http.fetch()
    assert over_http.names() == []


def test_a_user_is_sent_and_never_shown_nor_logged(
    web: Web, over_http: Mirror, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    web.put("a.csv", b"Id\n1\n")
    over_http.location = f"http://ada:${{PW}}@127.0.0.1:{web.port}/exports/"
    over_http.environment = {"PW": "s3/cr@t"}
    assert over_http.fetch().location == web.url.rstrip("/")
    basic = "Basic " + base64.b64encode(b"ada:s3/cr@t").decode()
    assert set(web.authorization) == {basic}
    web.fail("GET", "", 403)
    with pytest.raises(InputError) as raised:
        over_http.fetch()
    assert "s3" not in str(raised.value)
    assert "ada" not in str(raised.value)
    assert "/exports/" in caplog.text
    assert "s3%2Fcr" not in caplog.text
    assert "s3/cr" not in caplog.text


def test_a_user_is_not_sent_to_another_server(web: Web, over_http: Mirror) -> None:
    with serve() as other:
        other.put("a.csv", b"Id\n1\n")
        web.put("a.csv", b"")
        for method in ("HEAD", "GET"):
            web.fail(method, "a.csv", *[("redirect", f"{other.url}a.csv".replace("127.0.0.1", "localhost"))] * 4)
        over_http.location = f"http://ada:secret@127.0.0.1:{web.port}/exports/"
        over_http.fetch()
        assert over_http.read("a.csv") == b"Id\n1\n"
        assert len(other.authorization) >= 3
        assert set(other.authorization) == {""}


def test_hostile_and_odd_links_stay_in_the_folder(web: Web, over_http: Mirror) -> None:
    odd = ["with space & 100%.csv", "ünï#co?de.csv", 'quote".csv', "a;b.csv"]
    for name in odd:
        web.put(name, name.encode())
    web.links = [
        "../", "/", "?C=N;O=D", "sub/", "../up.csv", "..%2Fup.csv", "/etc/passwd.csv", "/exports/..%2f..%2fx.csv",
        "nul%00.csv", "line%0Abreak.csv", "back%5Cslash.csv", "bytes%FF.csv", "x" * 300 + ".csv",
        "http://elsewhere.invalid/exports/y.csv",
    ]  # fmt: skip
    result = over_http.fetch()
    assert over_http.names() == sorted(odd)
    assert all(over_http.read(name) == name.encode() for name in odd)
    assert result.found == 4
    assert sorted(p.name for p in over_http.folder.parent.parent.iterdir()) == ["extracts"]
    elsewhere, control = "its name leads to another folder", "its name has control characters or is not Unicode"
    assert dict(problem.split(": left out, ") for problem in result.problems) == {
        "../up.csv": elsewhere,
        "../../x.csv": elsewhere,
        "back\\slash.csv": elsewhere,
        "nul\\x00.csv": control,
        "line\\nbreak.csv": control,
        "bytes\\udcff.csv": control,
        "x" * 240: "its name is longer than 240 bytes",
    }


def test_of_names_that_differ_in_case_or_unicode_form_only_the_first_is_taken(web: Web, over_http: Mirror) -> None:
    for name in ("a.csv", "A.CSV", "\u00fc.csv", "u\u0308.csv"):
        web.put(name, name.encode())
    result = over_http.fetch()
    assert over_http.names() == ["A.CSV", "u\u0308.csv"]
    assert result.problems == (
        "a.csv: left out, its name is that of 'A.CSV', but for upper and lower case",
        "\u00fc.csv: left out, its name is that of 'u\u0308.csv', but for upper and lower case",
    )


def test_of_many_hostile_names_some_are_told(web: Web, over_http: Mirror) -> None:
    web.links = [f"..%2f{number}.csv" for number in range(1_000)]
    problems = over_http.fetch().problems
    assert (len(problems), problems[-1]) == (21, "and 980 more names like these")


def test_a_listing_of_a_hundred_thousand_names(web: Web, over_http: Mirror) -> None:
    web.links = [f"export-{number}.log" for number in range(100_000)]
    web.put("a.csv", b"Id\n1\n")
    result = over_http.fetch()
    assert (result.found, result.fetched, result.problems) == (1, 1, ())
