"""The weekly digest: every owner is told what is theirs and what is late."""

import os

import dagster as dg

from dq_pipeline.adapters.digest import messages_for, read_digests, send_digests
from dq_pipeline.adapters.notify import read_targets
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.policies.alerts import ALERT_POLICY


@dg.op(description="Tell every owner what is open, late and corrected.")
def tell_owners(context: dg.OpExecutionContext, workspace: Workspace) -> None:
    """Read from the ledger, then sent with the warehouse closed. Counts only in the log."""
    if not workspace.home.warehouse.exists():
        context.log.info("there is no warehouse yet")
        return
    with workspace.warehouse.connect(read_only=True) as con:
        found = read_digests(con, now=workspace.now, lines=ALERT_POLICY.lines)
    targets = read_targets(os.environ, workspace.home.root)
    arrived = send_digests(found, targets, seconds=ALERT_POLICY.digest_seconds)
    context.log.info(f"{len(found)} owners; arrived: {arrived or 'nowhere, no target is configured'}")
    missed = [target.name for target in targets if arrived.get(target.name, 0) < len(messages_for(target, found))]
    if missed:
        raise dg.Failure(description=f"not every digest arrived at {', '.join(sorted(missed))}")


@dg.job(
    name="digest",
    executor_def=dg.in_process_executor,
    description="Tell every owner what is open, late and corrected; weekly, or by hand.",
)
def digest_job() -> None:
    """By the alerts' own targets (`docs/issues.md`)."""
    tell_owners()
