"""The command line: `python -m dq_pipeline`, installed as `dq-pipeline`."""

from __future__ import annotations

import os
import sys

import click

from dq_pipeline.cli.audit import audit
from dq_pipeline.cli.changes import changes
from dq_pipeline.cli.console import run_command
from dq_pipeline.cli.customer import customer
from dq_pipeline.cli.dictionary import dictionary
from dq_pipeline.cli.drift import drift
from dq_pipeline.cli.erase import erase
from dq_pipeline.cli.evaluate import evaluate
from dq_pipeline.cli.explain import explain
from dq_pipeline.cli.failing import failing
from dq_pipeline.cli.held import held
from dq_pipeline.cli.issues import issues
from dq_pipeline.cli.lineage import lineage
from dq_pipeline.cli.models import models
from dq_pipeline.cli.pin import pin, pins, unpin
from dq_pipeline.cli.retention import hold, retention
from dq_pipeline.cli.review import review
from dq_pipeline.cli.rules import rules
from dq_pipeline.cli.run import run
from dq_pipeline.cli.sample import sample
from dq_pipeline.cli.split import merge, split
from dq_pipeline.cli.status import status
from dq_pipeline.cli.subject_access import subject_access
from dq_pipeline.cli.ui import ui


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Raw CRM extracts in, golden customers and data-quality scorecards out.

    All state lies under DQ_HOME (default: data/ in the project). Exit codes: 0 done, 1 blocked by a failed check,
    2 bad input or configuration, 3 a bug.
    """


for command in (
    run,
    sample,
    evaluate,
    status,
    explain,
    customer,
    changes,
    review,
    pin,
    unpin,
    pins,
    split,
    merge,
    failing,
    issues,
    held,
    drift,
    rules,
    lineage,
    dictionary,
    models,
    erase,
    subject_access,
    retention,
    hold,
    audit,
    ui,
):
    cli.add_command(command)


def main() -> None:
    """Entry point of the installed script."""
    code = run_command(cli)
    sys.stdout.flush()
    sys.stderr.flush()
    if "great_expectations" in sys.modules:
        # With Great Expectations loaded, DuckDB's binding reports some forty harmless "leaked" lines at exit.
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
