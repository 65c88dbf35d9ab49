"""Other linkage libraries on the same records: each from its package, in an environment of its own, as one process."""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dq_pipeline.domain.evaluation import Evaluation, evaluate_clusters
from dq_pipeline.settings import PROJECT

RUNNERS = Path(__file__).with_name("peers")
# Environments are some hundred megabytes each and made once; they are no part of the project.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dq-pipeline-peers"
SECONDS = 600
MEMORY = 16 * 2**30


@dataclass(frozen=True)
class Peer:
    """`runner`: a script of RUNNERS, by the word after `run_`; `how`: what it was given."""

    name: str
    runner: str
    packages: tuple[str, ...]
    how: str


PEERS = (
    Peer(
        "bare Splink",
        "splink",
        ("splink==5.0.0", "duckdb==2.0.0", "pandas==3.1.1"),
        "library comparisons, blocking by hand",
    ),
    Peer("recordlinkage", "recordlinkage", ("recordlinkage==0.16",), "the same blocking, ECM, connected components"),
    Peer(
        "dedupe",
        "dedupe",
        # With later ones, its index fails: `IFBucket has no byValue`.
        ("dedupe==3.0.3", "zope-index==6.1", "btrees==5.2"),
        "told 250 + 250 pairs of the truth",
    ),
    Peer("goldenmatch", "goldenmatch", ("goldenmatch==3.22.0",), "no configuration"),
)


@dataclass(frozen=True)
class Run:
    """`found`: None when the process ended without an answer, `problem` says why. Seconds from start to end of the
    process, its start and reading the file included; `mib`: the most memory one process of it held."""

    name: str
    how: str
    seconds: float
    mib: float
    found: Evaluation | None
    problem: str = ""


def environment(peer: Peer) -> Path | str:
    """The Python of the peer's environment, made on first use; where it cannot be made, why."""
    uv = shutil.which("uv") or PROJECT / ".tools" / "bin" / "uv"
    name = hashlib.sha256(" ".join([sys.version, *peer.packages]).encode()).hexdigest()[:12]
    folder = CACHE / f"{peer.runner}-{name}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        for command in (
            [uv, "venv", "--quiet", "--python", sys.executable, folder],
            [uv, "pip", "install", "--quiet", "--python", python, *peer.packages],
        ):
            try:
                subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
            except (OSError, subprocess.SubprocessError) as error:
                return f"its packages cannot be fetched ({type(error).__name__})"
        (folder / "complete").touch()
    return python


def run_peer(peer: Peer, records: Path, truth: Path, folder: Path) -> Run:
    """One peer on one set."""
    python = environment(peer)
    if isinstance(python, str):
        return Run(peer.name, peer.how, 0, 0, None, python)
    clusters = folder / f"{peer.runner}.csv"
    script = RUNNERS / f"run_{peer.runner}.py"
    return _measured(peer.name, peer.how, [python, script, records, clusters, truth], clusters, truth)


def run_ours(records: Path, truth: Path, folder: Path) -> Run:
    """This project on the same set, by its command line; the truth is only measured with."""
    clusters = folder / "ours.csv"
    command = [sys.executable, "-m", "dq_pipeline", "evaluate"]
    command += ["--records", str(records), "--truth", str(truth), "--clusters", str(clusters)]
    return _measured("ours", "no configuration", command, clusters, truth)


def _measured(name: str, how: str, command: Sequence[str | Path], clusters: Path, truth: Path) -> Run:
    began = time.monotonic()
    log = clusters.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, stdout=output, stderr=output, preexec_fn=_limit_memory, start_new_session=True
        )
        usage = _wait(process)
    seconds = time.monotonic() - began
    if usage is None:
        return Run(name, how, seconds, 0, None, f"no answer within {SECONDS} s")
    mib = usage.ru_maxrss / 1024
    if process.returncode or not clusters.exists():
        last = (log.read_text(errors="replace").strip().splitlines() or ["no word"])[-1]
        memory = f" (it may hold {MEMORY // 2**30} GiB)" if "MemoryError" in last else ""
        return Run(name, how, seconds, mib, None, f"failed: {last[:60]}{memory}")
    return Run(name, how, seconds, mib, _score(clusters, truth))


def _limit_memory() -> None:
    """A library that asks for more than the machine has must fail alone."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _wait(process: subprocess.Popen[bytes]) -> resource.struct_rusage | None:
    """The process's own use, its children's included; None when it had to be ended."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)  # a peer may work in processes of its own
    process.wait()
    return None


def _score(clusters: Path, truth: Path) -> Evaluation:
    found, true = _labels(clusters, "cluster_id"), _labels(truth, "truth_id")
    assert found.keys() == true.keys(), "a record is missing in the clusters"
    keys = sorted(true)
    return evaluate_clusters([found[key] for key in keys], [true[key] for key in keys])


def _labels(path: Path, label: str) -> dict[tuple[str, str], str]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        return {(row["source_system"], row["source_record_id"]): row[label] for row in csv.DictReader(file)}
