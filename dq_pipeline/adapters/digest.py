"""The weekly digest of every owner, read from the issue ledger and sent as alerts are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb

from dq_pipeline.adapters.notify import Target, deliver
from dq_pipeline.adapters.warehouse import table_exists
from dq_pipeline.domain.alerts import Message
from dq_pipeline.domain.digest import WEEK, Corrections, OpenIssue, digests

_OPEN = """
select issue_id, rule_id, severity, source, owner, coalesce(rows, 0), due_at, opened_at, {asks},
    coalesce(assignee, '')
from quality.issues
where status in ('open', 'acknowledged')
"""
_ASKS = "coalesce((select any_value(description) from quality.rules where rules.rule_id = issues.rule_id), '')"
_CORRECTED = """
select owner, count(*), count(*) filter (resolved_at >= $since), median(hours_to_resolve)
from quality.issue_times where ended_by = 'resolved' group by owner
"""


def read_digests(con: duckdb.DuckDBPyConnection, *, now: datetime, lines: int) -> dict[str, Message]:
    """Owner -> digest, by the ledger as it stands; none before the first run. `now` is UTC without zone."""
    if not table_exists(con, "quality", "issues"):
        return {}
    asks = _ASKS if table_exists(con, "quality", "rules") else "''"
    issues = [OpenIssue(*row) for row in con.execute(_OPEN.format(asks=asks)).fetchall()]
    done = [Corrections(*row) for row in con.execute(_CORRECTED, {"since": now - WEEK}).fetchall()]
    return digests(issues, done, now=now, lines=lines)


def messages_for(target: Target, found: Mapping[str, Message]) -> list[Message]:
    """The digests that the target gets: its owner's, all where it has none."""
    return [message for owner, message in found.items() if target.owner in ("", owner)]


def send_digests(found: Mapping[str, Message], targets: Sequence[Target], *, seconds: float) -> dict[str, int]:
    """Send each target what its owner answers for, all where it has none. Name of target -> how many arrived."""
    batches = {target: messages_for(target, found) for target in targets}
    arrived = deliver({target: batch for target, batch in batches.items() if batch}, seconds=seconds)
    return {target.name: count for target, count in arrived.items()}
