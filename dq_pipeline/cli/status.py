"""`dq-pipeline status`: what is published, how old it is, how good it is."""

from __future__ import annotations

from datetime import datetime

import click

from dq_pipeline.adapters.publish import current_version
from dq_pipeline.cli.console import say
from dq_pipeline.cli.summary import print_figures, print_headline, print_moves, print_rules, print_sources
from dq_pipeline.clock import utc_now
from dq_pipeline.settings import Home


@click.command()
def status() -> int:
    """Show the published version."""
    home = Home.from_environment()
    version, manifest = current_version(home.published)
    published_at = datetime.fromisoformat(manifest["published_at"])
    hours = (utc_now() - published_at).total_seconds() / 3600
    say(f"Version:   {version}, published {hours:.1f} hours ago")
    say(f"Run:       {manifest['run_id']}")
    say(f"Model:     {manifest['model']}")
    print_headline(manifest)
    print_moves(manifest)
    print_figures(manifest)
    print_sources(manifest)
    print_rules(manifest)
    return 0
