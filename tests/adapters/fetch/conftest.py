"""A source with a location, and servers that it can lie on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from dq_pipeline.adapters.fetch import FetchResult, fetch_extracts
from dq_pipeline.domain.contract import Contract, ContractColumn, FileLayout
from tests.adapters.fetch import http_server, sftp_server


@dataclass
class Mirror:
    """A source and its local folder: fetch, and look at what is there."""

    folder: Path
    location: str
    environment: dict[str, str] = field(default_factory=dict)
    patterns: tuple[str, ...] = ("*.csv",)
    snapshot: Literal["full", "delta"] = "delta"
    pauses: list[float] = field(default_factory=list)

    @property
    def contract(self) -> Contract:
        return Contract(
            id="people",
            source_system="crm",
            kind="customers",
            layout=FileLayout(format="csv", patterns=self.patterns),
            columns=(ContractColumn("Id", key=True),),
            owner="sales",
            description="people",
            location=self.location,
            snapshot=self.snapshot,
        )

    def fetch(self, **more: Any) -> FetchResult:
        return fetch_extracts(
            self.contract, self.folder, environment=self.environment, pause=self.pauses.append, **more
        )

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.name != ".fetched.jsonl")

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


@pytest.fixture
def web() -> Iterator[http_server.Web]:
    with http_server.serve() as server:
        yield server


@pytest.fixture
def over_http(web: http_server.Web, tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "extracts" / "people", web.url)


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[sftp_server.Sftp]:
    (tmp_path / "server" / "out").mkdir(parents=True)
    with sftp_server.serve(tmp_path / "server") as server:
        yield server


@pytest.fixture
def over_sftp(sftp: sftp_server.Sftp, tmp_path: Path) -> Mirror:
    """The server's key is known, and the password is in the environment."""
    known_hosts = tmp_path / "home" / ".ssh" / "known_hosts"
    known_hosts.parent.mkdir(parents=True)
    known_hosts.write_text(sftp.known_host)
    environment = {"HOME": str(tmp_path / "home"), "SFTP_PASSWORD": sftp_server.PASSWORD}
    return Mirror(tmp_path / "extracts" / "people", sftp.url, environment)


@pytest.fixture
def over_files(tmp_path: Path) -> Mirror:
    (tmp_path / "share").mkdir()
    return Mirror(tmp_path / "extracts" / "people", f"file://{tmp_path}/share/")
