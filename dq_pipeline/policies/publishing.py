"""What publishing was decided to do, and what must hold first."""

from dq_pipeline.domain.publishing import GateLimits

# Versions kept beside the current one, so that a reader of yesterday's files is not cut off and a trend can be
# checked against its sources; at one run a night, a month.
KEPT_VERSIONS = 30

# A night changes what its records change. Ids that move by themselves are a fault of matching, and whoever built on
# them pays for it.
GATE_LIMITS = GateLimits(
    moved_share=0.01,
    moved_customers=10,  # a new record elsewhere makes a name or number commoner, and a borderline pair falls apart
    growth_factor=3.0,
    growth_records=20,  # a shared phone or a dummy value that chains strangers shows here first
    disproportion=0.1,
)
