"""Dagster loads the project the way its webserver does, and nothing in the graph dangles."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.adapters.suites import load_suites
from dq_pipeline.definitions import defs
from dq_pipeline.defs.dead_runs import fail_dead_runs
from dq_pipeline.settings import CONTRACTS, MODELS_SQL, SUITES, Home

PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return defs()


def test_no_asset_reads_what_nothing_makes(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert graph.external_asset_keys == set()
    assert graph.get_all_asset_keys() == graph.materializable_asset_keys


def test_every_table_file_suite_and_contract_is_an_asset_of_the_same_name(definitions: dg.Definitions) -> None:
    keys = {key.to_user_string() for key in definitions.resolve_asset_graph().get_all_asset_keys()}
    models = {path.relative_to(MODELS_SQL).with_suffix("").as_posix() for path in MODELS_SQL.rglob("*.sql")}
    suites = {path.relative_to(SUITES).with_suffix("").as_posix() for path in SUITES.rglob("*.json")}
    contracts = set(load_contracts(CONTRACTS))
    assert models <= keys
    assert suites <= keys
    assert {f"raw/{contract}" for contract in contracts} | {f"staging/{contract}" for contract in contracts} <= keys


def test_every_rule_is_a_check_on_its_table(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    checks = {(check.asset_key.to_user_string(), check.name) for check in graph.asset_check_keys}
    rules = [rule for suite in load_suites(SUITES) for rule in suite.rules]
    assert len(rules) >= 40
    for rule in rules:
        assert (rule.table.replace(".", "/"), rule.check_name) in checks
    assert {check.asset_key for check in graph.asset_check_keys} <= graph.get_all_asset_keys()


def test_a_run_whose_process_was_killed_does_not_hold_the_queue(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with dg.DagsterInstance.ephemeral() as instance:
        dead = instance.create_run_for_job(defs().resolve_job_def("refresh"), status=dg.DagsterRunStatus.STARTED)
        assert fail_dead_runs(instance, home) == []
        with run_lock(home.lock, run_id=dead.run_id):
            assert fail_dead_runs(instance, home, older_than=0) == []
        assert fail_dead_runs(instance, home, older_than=0) == [dead.run_id]
        run = instance.get_run_by_id(dead.run_id)
        assert run is not None
        assert run.status == dg.DagsterRunStatus.FAILURE


def test_the_webserver_loads_the_workspace(tmp_path: Path) -> None:
    """A real webserver on loopback, asked over GraphQL for jobs, assets and load errors."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_bytes((PROJECT / "dagster.yaml").read_bytes())
    command = [str(Path(sys.executable).with_name("dagster-webserver")), "-h", "127.0.0.1", "-p", str(port)]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, "-w", "workspace.yaml"],
            cwd=PROJECT,
            env={**os.environ, "DAGSTER_HOME": str(home), "DQ_HOME": str(tmp_path)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        answer = ask(port, server)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    entries = answer["data"]["workspaceOrError"]["locationEntries"]
    assert [entry["locationOrLoadError"]["__typename"] for entry in entries] == ["RepositoryLocation"], entries
    repository = entries[0]["locationOrLoadError"]["repositories"][0]
    assert {"refresh", "train_linkage_model"} <= {job["name"] for job in repository["jobs"]}
    assert {tuple(node["assetKey"]["path"]) for node in repository["assetNodes"]} >= {
        ("raw", "salesforce_contacts"),
        ("staging", "customers"),
        ("golden", "customers"),
        ("published",),
    }


QUERY = """{ workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError { __typename
  ... on PythonError { message }
  ... on RepositoryLocation { repositories { jobs { name } assetNodes { assetKey { path } } } } } } } } }"""


def ask(port: int, server: subprocess.Popen[bytes]) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        data=json.dumps({"query": QUERY}).encode(),
        headers={"Content-Type": "application/json"},
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, "the webserver ended"
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the webserver did not answer in two minutes")
