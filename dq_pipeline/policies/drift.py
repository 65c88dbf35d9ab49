"""When a table is no longer what it used to be: how far off, compared with how many earlier runs.

A deviation is a question to a person, never a verdict: it warns and blocks nothing. What was expected after all is
said with `dq-pipeline drift expect`, and is usual from then on.
"""

from __future__ import annotations

from dq_pipeline.domain.profiles import DriftPolicy, Limits

DRIFT_POLICY = DriftPolicy(
    limits={
        # Records come and go every night; a twentieth more or fewer is ordinary business.
        "row_count": Limits(absolute=20, relative=0.05, severity="warning"),
        # A column emptied by a broken export loses all its values, not one in a hundred.
        "missing_share": Limits(absolute=0.01, relative=0.0, severity="warning"),
        "distinct_share": Limits(absolute=0.02, relative=0.05, severity="info"),
        "mean_length": Limits(absolute=0.5, relative=0.05, severity="info"),
        # The share of rows that would have to change their value to look like before.
        "top_values": Limits(absolute=0.05, relative=0.0, severity="warning"),
    },
    # Noise alone then raises an alarm for fewer than three in a thousand figures, after three weeks one in a thousand.
    deviations=5.0,
    runs_needed=8,
    runs_of_weekday=3,
    runs_remembered=60,
    runs_for_trend=20,
    trend_z=4.0,
)
