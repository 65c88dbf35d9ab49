"""The sample world: customers with known truth, spread over five systems with all that goes wrong there.

A generator for trying the pipeline and for measuring it: people in households, with twins, fathers and sons of
one name, marriages and moves, shared phones and mailboxes, in 21 countries and six scripts; their records in the
export layouts of Salesforce, HubSpot, Zoho CRM, Dynamics 365 and a legacy system, mistyped as people mistype.
"""

from __future__ import annotations

from pathlib import Path

from dq_pipeline.sample.summary import Progress, SampleSummary

__all__ = ["Progress", "SampleSummary", "write_sample"]


def write_sample(out: Path, *, records: int, seed: int, progress: Progress | None = None) -> SampleSummary:
    """Write `<out>/<contract id>/<file>` for seven contracts, and `<out>/truth.csv`.

    `records` is the exact number of customer records over the five systems; they are about 0.7 times as many
    customers. The same `records` and `seed` give the same bytes on every machine with the same libraries.
    Everything is written beside its place first and moved at the end, so a killed run leaves no half extract.
    Raises InputError when `records` or `seed` make no sense or `out` already holds extracts.
    """
    from dq_pipeline.sample.extracts import write_extracts

    return write_extracts(out, records=records, seed=seed, progress=progress)
