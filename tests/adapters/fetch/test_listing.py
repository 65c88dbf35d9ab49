"""Names and versions, as servers may tell them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.adapters.fetch.listing import NOT_TOLD, RemoteFile, Version, choose, version_of
from tests.adapters.fetch.http_server import NOVEMBER

DIGEST = bytes(range(16))


@given(st.lists(st.text(alphabet=st.characters() | st.sampled_from("/\\.\0\n\ud800aA"), max_size=20)))
def test_a_chosen_name_never_leaves_the_folder_nor_meets_another(names: list[str]) -> None:
    chosen, problems = choose([RemoteFile(name, name) for name in names], ("*",))
    folder = Path("/extracts/people")
    assert all((folder / name).parent == folder and "\0" not in name for name in chosen)
    assert len({name.casefold() for name in chosen}) == len(chosen)
    assert all(problem.isprintable() for problem in problems)


@pytest.mark.parametrize(
    "facts",
    [
        {"mtime": NOVEMBER},
        {"LastModified": datetime.fromtimestamp(NOVEMBER, UTC)},
        {"last_modified": datetime.fromtimestamp(NOVEMBER, timezone(timedelta(hours=5)))},
        {"modified": datetime.fromtimestamp(NOVEMBER, UTC).replace(tzinfo=None)},
        {"Last-Modified": "Sat, 21 Nov 2026 00:00:00 GMT"},
        {"updated": "2026-11-21T00:00:00.000Z"},
        {"modify": "20261121000000"},
    ],
)
def test_every_kind_of_server_tells_the_time_in_its_own_words(facts: dict[str, Any]) -> None:
    assert version_of({"size": 3, **facts}) == Version(3, NOVEMBER)


@pytest.mark.parametrize("told", ["yesterday", "", -1, 1e300, float("nan"), float("inf"), b"x", None, "0001-01-01"])
def test_a_time_that_is_none_is_not_told(told: Any) -> None:
    assert version_of({"size": 3, "mtime": told}) == Version(3)


@pytest.mark.parametrize(
    "facts",
    [
        {"md5Hash": base64.b64encode(DIGEST).decode()},
        {"Content-MD5": base64.b64encode(DIGEST).decode()},
        {"content_settings": {"content_md5": bytearray(DIGEST)}},
    ],
)
def test_an_md5_is_found_where_servers_tell_it(facts: dict[str, Any]) -> None:
    assert version_of({"size": 3, **facts}).md5 == DIGEST.hex()


@pytest.mark.parametrize("told", ["not base64!", base64.b64encode(b"short").decode(), ""])
def test_what_is_no_md5_is_not_checked(told: str) -> None:
    assert version_of({"size": 3, "Content-MD5": told}).md5 == ""
    assert version_of({"size": 3, "ETag": "0cc175b9c0f1b6a831c399e269772661"}).md5 == ""


def test_versions_are_the_same_only_when_more_than_the_size_says_so() -> None:
    known = Version(3, NOVEMBER, "v1")
    assert known.is_surely(Version(3, NOVEMBER))
    assert known.is_surely(Version(None, None, "v1"))
    assert not known.is_surely(Version(3))
    assert not known.is_surely(Version(3, NOVEMBER, "v2"))
    assert not known.is_surely(Version(4, NOVEMBER, "v1"))
    assert not known.is_surely(NOT_TOLD)
    assert known.differs_from(Version(4))
    assert not known.differs_from(NOT_TOLD)
