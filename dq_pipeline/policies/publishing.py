"""What publishing was decided to do."""

# Versions kept beside the current one, so that a reader of yesterday's files is not cut off and a trend can be
# checked against its sources; at one run a night, a month.
KEPT_VERSIONS = 30
