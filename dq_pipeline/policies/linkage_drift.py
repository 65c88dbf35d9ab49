"""When linkage no longer looks at the data its model was made for. A drift warns and blocks nothing: it asks a person
whether a source broke, which is to be repaired, or customers changed, for which the model is trained anew.
"""

from __future__ import annotations

from dq_pipeline.domain.linkage_drift import LinkageDriftPolicy

LINKAGE_DRIFT = LinkageDriftPolicy(
    # The custom with scorecards: below 0.1 nothing happened, above 0.25 it is another population.
    weights=0.1,
    # A night adds or takes a few per cent; half as many again, or a third fewer, is an event.
    blocking=1.5,
    blocking_share=0.02,
    # Of 10,000 records, two hundred that suddenly say nothing are a column lost in an export.
    unlinkable=0.02,
    # One bit moves every match weight by one, and pairs over a line that was drawn without it.
    prior=1.0,
    # A fifth of the values without a frequency count as the rarest, and say more than they should.
    unseen=0.2,
    least_pairs=300,
    least_records=300,
)
