"""What Dagster remembers of failed runs and checks, as far as people are told: names, no values."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from dq_pipeline.domain.alerts import FailedCheck, FailedRun, is_rule

# Whoever was not told of so many failures is not helped by the older ones.
_NEWEST = 20
_PAGE = 100
_TELLING = {dg.DagsterEventType.ASSET_CHECK_EVALUATION, dg.DagsterEventType.STEP_FAILURE}


def failed_runs(instance: dg.DagsterInstance, *, since: datetime) -> list[FailedRun]:
    """The runs that ended in failure since then (UTC), the newest first, and why; at most twenty."""
    wanted = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], updated_after=since.replace(tzinfo=UTC))
    return [_failed_run(instance, record) for record in instance.get_run_records(wanted, limit=_NEWEST)]


def _failed_run(instance: dg.DagsterInstance, record: dg.RunRecord) -> FailedRun:
    run_id = record.dagster_run.run_id
    entries = instance.all_logs(run_id, of_type=_TELLING)
    events = [entry.dagster_event for entry in entries if entry.dagster_event]
    ended_at = datetime.fromtimestamp(record.end_time or record.update_timestamp.timestamp(), UTC)
    failed = [event for event in events if event.is_step_failure]
    return FailedRun(
        run_id,
        ended_at.replace(tzinfo=None, microsecond=0),
        checks=tuple(_failed_checks(events)),
        steps=tuple(event.step_key or "" for event in failed),
        error=next((_error_class(event) for event in failed), ""),
    )


def _failed_checks(events: Sequence[dg.DagsterEvent]) -> Iterator[str]:
    """The blocking checks that failed, as `table check`; one that a person accepted is a warning."""
    for event in events:
        if event.event_type_value == dg.DagsterEventType.ASSET_CHECK_EVALUATION.value:
            check = event.asset_check_evaluation_data
            if check.blocking and not check.passed and check.severity == dg.AssetCheckSeverity.ERROR:
                yield f"{'.'.join(check.asset_key.path)} {check.check_name}"


def failed_checks(instance: dg.DagsterInstance, run_id: str) -> list[FailedCheck]:
    """The checks of a run that failed with severity ERROR, but for rules (their issues are told) and blocking ones (the
    run that they stopped is told)."""
    found = []
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        check = entry.get_dagster_event().asset_check_evaluation_data
        grave = not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
        if grave and not check.blocking and not is_rule(check.check_name):
            found.append(
                FailedCheck(
                    ".".join(check.asset_key.path),
                    check.check_name,
                    run_id,
                    datetime.fromtimestamp(entry.timestamp, UTC).replace(tzinfo=None, microsecond=0),
                    _failing_since(instance, check.asset_check_key),
                    owner=str(check.metadata["owner"].value) if "owner" in check.metadata else "",
                )
            )
    return found


def _failing_since(instance: dg.DagsterInstance, check: dg.AssetCheckKey) -> str:
    """The run in which the check began to fail, as far back as Dagster remembers."""
    since, before = "", None
    while page := instance.event_log_storage.get_asset_check_execution_history(check, limit=_PAGE, cursor=before):
        for record in page:
            if record.status == AssetCheckExecutionRecordStatus.SUCCEEDED:
                return since
            if record.status == AssetCheckExecutionRecordStatus.FAILED:
                since = record.run_id
        before = page[-1].id
    return since


def _error_class(event: dg.DagsterEvent) -> str:
    """The class of the innermost error; its message may quote what it stumbled over."""
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return (error.cls_name or "") if error else ""
