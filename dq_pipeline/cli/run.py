"""`dq-pipeline run`: the Dagster job `refresh`, headless, through the definitions the UI loads."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dq_pipeline.cli.console import EXIT_BUG, fail, say
from dq_pipeline.cli.progress import StageProgress
from dq_pipeline.cli.steward import author_option
from dq_pipeline.cli.summary import print_summary
from dq_pipeline.errors import BlockedError, InputError
from dq_pipeline.settings import CONTRACTS, PROJECT, Home

if TYPE_CHECKING:
    import dagster as dg

STAGES = ("ingest", "staging", "validation", "linkage", "golden", "scores", "publish")

# Errors of this project, by class name, as Dagster's event log keeps them.
_EXIT_CODES = {"InputError": 2, "ConfigurationError": 2, "BusyError": 2, "BlockedError": 1}


@click.command()
@click.option("--extracts", type=click.Path(path_type=Path), help="Folder of extracts (default: DQ_HOME/extracts).")
@click.option(
    "--accept", multiple=True, metavar="CHECK", help="Publish although this blocking check fails; repeatable."
)
@click.option("--reason", default="", help="Why the failure is accepted.")
@author_option
def run(extracts: Path | None, accept: tuple[str, ...], reason: str, author: str) -> int:
    """Load the extracts, validate, link, build golden customers, score, publish."""
    from dq_pipeline.adapters.contracts import load_contracts
    from dq_pipeline.adapters.ingest import scan_extracts

    if accept and not reason.strip():
        raise InputError("a failed check is accepted for a reason", fix="add --reason TEXT")
    home = Home.from_environment()
    folder = (extracts or home.extracts).expanduser().resolve()
    contracts = load_contracts(CONTRACTS)
    if not extracts and any(contract.location for contract in contracts.values()):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    scan = scan_extracts(folder, contracts)
    say(f"Extracts: {folder}")
    with open_instance(home) as instance:
        from dq_pipeline.defs.dead_runs import fail_dead_runs

        fail_dead_runs(instance, home, older_than=0)
        workspace: dict[str, Any] = {"extracts": str(folder) if extracts else ""}
        if accept:
            workspace |= {"accepted": [*accept], "accepted_because": reason.strip(), "accepted_by": author}
        code, seconds, run_id = _execute(instance, workspace)
        if code:
            from dq_pipeline.defs.telling import tell_failed_runs

            tell_failed_runs(instance, home)
    if code == 0:
        print_summary(home, run_id, seconds, left_out=scan.problems)
    return code


def prepare_instance(home: Home) -> None:
    """Make the Dagster instance of this home, its configuration kept equal to the project's dagster.yaml."""
    home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.dagster.mkdir(exist_ok=True, mode=0o700)
    shutil.copyfile(PROJECT / "dagster.yaml", home.dagster / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(home.dagster)


@contextmanager
def open_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of this home, the same one the UI shows."""
    import dagster as dg

    prepare_instance(home)
    with dg.DagsterInstance.get() as instance:
        yield instance


def _execute(instance: dg.DagsterInstance, workspace: dict[str, Any]) -> tuple[int, dict[str, float], str]:
    from dagster import DagsterEventType

    from dq_pipeline.definitions import defs
    from dq_pipeline.defs.event_log import quick_event_log

    definitions = defs()
    job = definitions.resolve_job_def("refresh")
    _require_blocking(definitions, workspace.get("accepted", []))
    run_id = str(uuid.uuid4())
    with quick_event_log(instance, run_id), StageProgress(_stage_of_steps(definitions, job), STAGES) as progress:

        def listen(entry: Any) -> None:
            event = entry.dagster_event
            if event is None:
                progress.note(entry.step_key or "", entry.user_message)
            elif event.event_type == DagsterEventType.STEP_START:
                progress.step_started(event.step_key)
            elif event.event_type in (DagsterEventType.STEP_SUCCESS, DagsterEventType.STEP_FAILURE):
                progress.step_ended(event.step_key, ok=event.event_type == DagsterEventType.STEP_SUCCESS)

        instance.add_event_listener(run_id, listen)
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            raise_on_error=False,
            run_config={
                "resources": {"workspace": {"config": workspace}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
        )
    return (0 if result.success else _explain_failure(result, run_id)), progress.seconds, run_id


def _require_blocking(definitions: dg.Definitions, accepted: Iterable[str]) -> None:
    """Raises InputError when a check named by --accept is none that could block."""
    graph = definitions.resolve_asset_graph()
    blocking = {check.name for check in graph.asset_check_keys if graph.get(check).blocking}
    unknown = sorted(set(accepted) - blocking)
    if unknown:
        raise InputError(
            "there is no such blocking check",
            problems=tuple(unknown),
            fix="name one of " + ", ".join(sorted(blocking)),
        )


def _stage_of_steps(definitions: dg.Definitions, job: dg.JobDefinition) -> dict[str, str]:
    """Step name -> stage: the group of the assets a step makes; a step that makes none is a check."""
    graph = definitions.resolve_asset_graph()
    made = definitions.get_repository_def().assets_defs_by_key.items()
    stages = {definition.op.name: graph.get(key).group_name for key, definition in made}
    return {node.name: stages.get(node.name, "validation") for node in job.nodes}


def _explain_failure(result: dg.ExecuteInProcessResult, run_id: str) -> int:
    """Say what stopped the run; returns the exit code."""
    blocked = _failed_blocking_checks(result)
    if blocked:
        fail("Not published: a blocking check failed. The version published before stays in place.")
        for line in blocked:
            fail(f"  - {line}")
        return BlockedError.exit_code
    for event in result.all_events:
        if event.event_type_value not in ("STEP_FAILURE", "PIPELINE_FAILURE"):
            continue
        error = getattr(event.event_specific_data, "error", None)
        while error is not None:
            if error.cls_name in _EXIT_CODES:
                fail("Error: " + error.message.partition(": ")[2].rstrip())
                return _EXIT_CODES[error.cls_name]
            innermost, error = error, error.cause
            if error is None:
                fail(f"Bug: step {event.step_key} raised {innermost.cls_name}; see run {run_id} in `dq-pipeline ui`.")
                return EXIT_BUG
    fail(f"Bug: run {run_id} failed without saying why; see it in `dq-pipeline ui`.")
    return EXIT_BUG


def _failed_blocking_checks(result: dg.ExecuteInProcessResult) -> list[str]:
    import dagster as dg

    lines = []
    for event in result.all_events:
        if event.event_type_value != "ASSET_CHECK_EVALUATION":
            continue
        check: Any = event.event_specific_data
        if check.blocking and not check.passed and check.severity == dg.AssetCheckSeverity.ERROR:
            told = f": {check.description}" if check.description else ""
            lines.append(f"{check.asset_key.to_user_string()} {check.check_name}{told}")
    if lines:
        lines.append("to publish all the same: `dq-pipeline run --accept CHECK --reason TEXT`, which is put on record")
    return lines
