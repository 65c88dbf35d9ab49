"""Which events are worth a message, and how often a message that could not be sent is tried again.

Who is told is no policy but a setting, as it holds secrets: `DQ_ALERT_URLS`, or the file `alert_urls` in `DQ_HOME`,
where a line `owner = URL` sends that address only what this owner answers for.
"""

from __future__ import annotations

from datetime import timedelta

from dq_pipeline.domain.alerts import AlertPolicy

ALERT_POLICY = AlertPolicy(
    severities=("critical", "warning"),  # what costs nothing interrupts nobody
    # Told by source: the one as a late source, the other as the failed check of that source.
    told_otherwise=("raw.source_findings.extract_fresh", "raw.source_findings.extract_loaded"),
    # Half a record in a hundred moves from one night to the next by itself; a broken export moves far more.
    score_drop={"overall": 1.0, "source": 3.0},
    bundle_beyond=3,
    lines=20,
    seconds=10.0,
    attempts=5,
    wait=timedelta(hours=1),
    forget_after=timedelta(days=3),
)
