"""Facts about Dagster that the line leans on; a failure here says what an upgrade changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg


class Counted(dg.ConfigurableResource):  # type: ignore[type-arg]
    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Counted]:
        opened.append(context.run.run_id if context.run else "")
        yield self
        opened.append("closed")


opened: list[str] = []


@dg.asset
def first(counted: Counted) -> None:
    del counted


@dg.asset(deps=[first])
def second(counted: Counted) -> None:
    del counted


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec("blocks", asset="first", blocking=True),
        dg.AssetCheckSpec("warns", asset="first", blocking=True),
    ],
    can_subset=True,
)
def checks() -> Iterator[dg.AssetCheckResult]:
    yield dg.AssetCheckResult(asset_key="first", check_name="warns", passed=False, severity=dg.AssetCheckSeverity.WARN)
    yield dg.AssetCheckResult(asset_key="first", check_name="blocks", passed=passes[0])


passes = [True]


def run() -> tuple[bool, list[str], str]:
    job = dg.define_asset_job("all", executor_def=dg.in_process_executor)
    definitions = dg.Definitions(
        assets=[first, second], asset_checks=[checks], resources={"counted": Counted()}, jobs=[job]
    )
    heard: list[str] = []
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_event_listener("11111111-1111-1111-1111-111111111111", lambda e: heard.append(str(e.step_key)))
        result = definitions.resolve_job_def("all").execute_in_process(
            instance=instance, run_id="11111111-1111-1111-1111-111111111111", raise_on_error=False
        )
    steps = [event.step_key for event in result.all_events if event.event_type_value == "STEP_SUCCESS"]
    assert set(steps) <= set(heard), "a listener hears the steps of its run"
    return result.success, [str(step) for step in steps], result.run_id


def test_a_resource_is_opened_once_a_run_and_closed_at_its_end() -> None:
    opened.clear()
    passes[0] = True
    success, steps, run_id = run()
    assert success
    assert steps == ["first", "checks", "second"]
    assert opened == [run_id, "closed"]


def test_a_blocking_check_of_severity_error_stops_what_is_downstream_and_a_warning_does_not() -> None:
    opened.clear()
    passes[0] = False
    success, steps, _ = run()
    assert not success
    assert steps == ["first"]
    assert opened[-1] == "closed"
