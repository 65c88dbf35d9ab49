"""Fetching from an SSH server, with fsspec's own SFTP."""

from __future__ import annotations

import os
from pathlib import Path

import asyncssh
import pytest

from dq_pipeline.adapters.fetch import connect
from dq_pipeline.adapters.fetch.download import CHUNK_BYTES
from dq_pipeline.errors import ConfigurationError, InputError
from tests.adapters.fetch.conftest import Mirror
from tests.adapters.fetch.http_server import NOVEMBER
from tests.adapters.fetch.sftp_server import PASSWORD, Sftp

BIG = bytes(range(256)) * 20_000


def put(sftp: Sftp, name: str, content: bytes, modified: float = NOVEMBER) -> Path:
    path = sftp.root / "out" / name
    path.write_bytes(content)
    os.utime(path, (modified, modified))
    return path


def test_new_changed_unchanged_and_vanished_files(sftp: Sftp, over_sftp: Mirror) -> None:
    put(sftp, "a.csv", BIG)
    gone = put(sftp, "b.csv", b"Id\n1\n")
    (sftp.root / "out" / "sub.csv").mkdir()
    first = over_sftp.fetch()
    assert (first.found, first.fetched, first.bytes, first.problems) == (2, 2, len(BIG) + 5, ())
    assert first.location == f"sftp://127.0.0.1:{sftp.port}/out"
    assert (over_sftp.read("a.csv"), over_sftp.read("b.csv")) == (BIG, b"Id\n1\n")
    assert (over_sftp.folder / "a.csv").stat().st_mtime == NOVEMBER
    gone.unlink()
    put(sftp, "a.csv", BIG[::-1], NOVEMBER + 1)
    second = over_sftp.fetch()
    assert (second.found, second.fetched, second.withdrawn) == (1, 1, 1)
    assert over_sftp.read("a.csv") == BIG[::-1]
    sftp.reads.clear()
    assert over_sftp.fetch().unchanged == 1
    assert sftp.reads == []


def test_a_cut_connection_is_made_anew_and_the_download_resumed(sftp: Sftp, over_sftp: Mirror) -> None:
    content = BIG * 2
    put(sftp, "a.csv", content)
    sftp.cut_after = 6_000_000
    result = over_sftp.fetch()
    assert over_sftp.read("a.csv") == content
    assert len(over_sftp.pauses) == 1
    assert result.bytes == len(content)
    again = next(n for n in range(1, len(sftp.reads)) if sftp.reads[n] < sftp.reads[n - 1])
    assert sftp.reads[again] == CHUNK_BYTES


def test_a_server_that_falls_silent_is_asked_again(
    sftp: Sftp, over_sftp: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "SILENCE_SECONDS", 0.5)
    put(sftp, "a.csv", BIG)
    sftp.silent_after = 3_000_000
    over_sftp.fetch()
    assert over_sftp.read("a.csv") == BIG
    assert len(over_sftp.pauses) == 1


def test_the_file_that_a_link_leads_to_is_fetched(sftp: Sftp, over_sftp: Mirror) -> None:
    put(sftp, "2026-11.txt", b"Id\n1\n")
    (sftp.root / "out" / "latest.csv").symlink_to("2026-11.txt")
    assert over_sftp.fetch().fetched == 1
    assert over_sftp.read("latest.csv") == b"Id\n1\n"


def test_names_that_a_hostile_server_lists_stay_in_the_folder(sftp: Sftp, over_sftp: Mirror) -> None:
    put(sftp, "a.csv", b"Id\n1\n")
    sftp.extra_names = [b"../up.csv", b"/etc/passwd.csv", b"..", b"nul\0.csv", b"line\n.csv"]
    result = over_sftp.fetch()
    assert over_sftp.names() == ["a.csv"]
    assert sorted(problem.split(":")[0] for problem in result.problems) == [
        "../up.csv", "/etc/passwd.csv", "line\\n.csv", "nul\\x00.csv",
    ]  # fmt: skip


def test_a_wrong_password_is_said_at_once_and_not_shown(sftp: Sftp, over_sftp: Mirror) -> None:
    over_sftp.environment["SFTP_PASSWORD"] = "wr@ng"
    with pytest.raises(InputError, match=r"the folder access is denied(.*\n)+.*check user, password") as raised:
        over_sftp.fetch()
    assert "wr" not in str(raised.value).replace("cannot be written", "")
    assert over_sftp.pauses == []


def test_a_server_whose_key_is_not_known_is_not_talked_to(sftp: Sftp, over_sftp: Mirror) -> None:
    known_hosts = Path(over_sftp.environment["HOME"]) / ".ssh" / "known_hosts"
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    for content in ("", f"[127.0.0.1]:{sftp.port} {other}"):
        known_hosts.write_text(content)
        with pytest.raises(InputError, match=r"host key \(ssh-ed25519\) is not the one(.*\n)+.*ssh-keyscan"):
            over_sftp.fetch()
    assert over_sftp.pauses == []


def test_a_folder_that_is_not_there(over_sftp: Mirror) -> None:
    over_sftp.location = over_sftp.location.replace("/out/", "/none/")
    with pytest.raises(InputError, match="the folder is not there"):
        over_sftp.fetch()


def test_every_variable_that_is_not_set_is_named(over_sftp: Mirror) -> None:
    over_sftp.location = "sftp://${SFTP_USER}:${SFTP_PASSWORD}@${SFTP_HOST}/out"
    over_sftp.environment["SFTP_HOST"] = ""
    with pytest.raises(ConfigurationError) as raised:
        over_sftp.fetch()
    assert raised.value.message == "not set in the environment: SFTP_HOST, SFTP_USER"
    assert raised.value.where == "contract people, servers, location"
    assert PASSWORD not in str(raised.value)
