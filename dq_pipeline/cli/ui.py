"""`dq-pipeline ui`: Dagster's own user interface on the same state."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from dq_pipeline.cli.run import prepare_instance
from dq_pipeline.settings import PROJECT, Home


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
def ui(port: int) -> int:
    """Open Dagster on 127.0.0.1: graph, runs, checks, schedule and sensor."""
    prepare_instance(Home.from_environment())
    command = str(Path(sys.executable).with_name("dagster"))
    os.chdir(PROJECT)
    os.execv(command, [command, "dev", "-h", "127.0.0.1", "-p", str(port), "-w", "workspace.yaml"])
