"""An erasure killed (kill -9) at every step and at random moments: the next run completes it, and the systems that go
on exporting the person bring nobody back."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.governance.audit import verify_audit
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.adapters.run_facts import row_balance
from dq_pipeline.domain.erasure import STEPS
from dq_pipeline.settings import CONTRACTS
from tests.governance.planted import KEYS, found, ok, plant
from tests.line import Line, command_server

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("DQ_KILLS", "3"))
WORDS = ("--reason", "asked by letter", "--confirm")
Copy = Callable[[Path], Places]


def begun(home: Path) -> str:
    """The step that the journal of the erasure names as begun last."""
    with suppress(FileNotFoundError):
        return str(json.loads((home / "governance" / "in_progress" / "E000001.json").read_text())["begun"])
    return ""


def erase_until(line: Line, customer: str, over: Callable[[], bool]) -> int:
    """`dq-pipeline erase`, killed once `over` says so; its exit status, negative when the kill came in time."""
    server = command_server()
    process = server.start("erase", customer, *WORDS, environment={"DQ_HOME": str(line.home)})
    with suppress(ProcessLookupError):  # it ended first
        while not over():
            os.kill(process, 0)
            time.sleep(0.0005)
        os.killpg(process, signal.SIGKILL)
    return server.ended()


def test_killed_at_every_step_the_next_run_completes_it_and_nobody_comes_back(
    copy_of_world: Copy, customer: str, tmp_path: Path
) -> None:
    """With tomorrow's full extract, in which one of the systems has the person under another key."""
    line = Line(copy_of_world(tmp_path / "home").root)
    for step in STEPS:
        assert erase_until(line, customer, lambda step=step: begun(line.home) == step) == -signal.SIGKILL  # type: ignore[misc]
    shutil.rmtree(line.home / "extracts")
    ok(line.command("sample", "--records", "300", "--seed", "1"))
    plant(line.home / "extracts", hubspot_key="90000000099")
    ok(line.command("run"))
    assert_erased(line, customer)
    certificate = (line.home / "governance" / "certificates" / "E000001.txt").read_text()
    cut_off = [told.split(":")[0].strip(" -") for told in certificate.splitlines() if "cut off once" in told]
    assert cut_off == list(STEPS)
    once = ("ao_customers", "dynamics_contacts", "salesforce_contacts", "zoho_contacts", "hubspot_contacts")
    counted = line.query("select source, sum(erased)::int from raw.loads where erased > 0 group by source")
    assert dict(counted) == {**dict.fromkeys(once, 1), "interactions": 2, "transactions": 1}  # type: ignore[arg-type]
    texts = line.query("select count(*), count(raw_text) from raw.rejects where reason = 'erased' and load_id > 7")
    assert texts == [(8, 0)]
    assert line.query(f"select 1 from golden.crosswalk where record_key in ({str(sorted(KEYS))[1:-1]})") == []
    with duckdb.connect(str(line.home / "warehouse.duckdb"), read_only=True) as con:
        assert row_balance(con, load_contracts(CONTRACTS).values()) == []
    for command in (
        ("customer", customer),
        ("explain", "--customer", customer),
        ("changes", "--since", "2026-01-01", "--limit", "1000"),
    ):
        done = line.command(*command)
        assert f"{customer} is erased" in done.stdout + done.stderr or f"erased   {customer}" in done.stdout, command


def test_killed_at_random_moments_the_same_command_completes_it(
    copy_of_world: Copy, customer: str, tmp_path: Path
) -> None:
    line, moments = Line(copy_of_world(tmp_path / "home").root), random.Random(9)
    kills = 0
    for _ in range(KILLS):
        moment = time.monotonic() + moments.uniform(0.2, 4)
        kills += erase_until(line, customer, lambda moment=moment: time.monotonic() > moment) < 0  # type: ignore[misc]
    assert kills
    line.command("erase", customer, *WORDS)  # says that it is erased, where a command was quicker than its kill
    assert_erased(line, customer)


def assert_erased(line: Line, customer: str) -> None:
    assert found(line.home) == {}
    assert list((line.home / "governance" / "in_progress").iterdir()) == []
    assert line.query(f"from golden.resolve('{customer}')") == [("erased",)]
    said = line.query("select event from governance.erasure_requests order by number")
    assert said == [("requested",), ("completed",)]
    audited = line.query("select action from governance.audit where action like 'erasure%' order by number")
    assert audited == [("erasure_requested",), ("erasure_completed",)]
    with duckdb.connect(str(line.home / "warehouse.duckdb"), read_only=True) as con:
        assert verify_audit(con) == []
