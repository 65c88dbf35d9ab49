"""What a person wants to read when a run has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dq_pipeline.adapters.publish import current_version
from dq_pipeline.cli.console import number, say
from dq_pipeline.domain.score_moves import SPLITS
from dq_pipeline.domain.wording import count_text, percent_text
from dq_pipeline.settings import Home


def print_summary(home: Home, run_id: str, seconds: Mapping[str, float], *, left_out: Sequence[str] = ()) -> None:
    """The summary of the run just published."""
    version, manifest = current_version(home.published)
    say()
    print_headline(manifest)
    print_moves(manifest)
    print_figures(manifest)
    print_sources(manifest)
    print_rules(manifest)
    for problem in left_out:
        say(f"Left out: {problem}")
    say()
    say("Seconds:   " + "  ".join(f"{stage} {spent:.1f}" for stage, spent in seconds.items()))
    say(f"Published: {home.published / version}")
    say(f"Open next: {home.published / 'current' / 'dashboard' / 'index.html'}")
    say("           `make ui` for the Dagster graph; `dq-pipeline explain SOURCE:ID SOURCE:ID` for any two records")


def print_headline(manifest: Mapping[str, Any]) -> None:
    """How many customers there are, and how good their data is."""
    records, customers = number(manifest["records"]), number(manifest["customers"])
    say(f"You think you have {records} customers; you have {customers}.")
    held = manifest.get("held", 0)
    if held:
        told = f"{number(held)} record{'' if held == 1 else 's'} that nothing can be said about"
        say(f"Held back: {told}: `dq-pipeline held list`")
    for accepted in manifest.get("accepted_checks", ()):
        found = f"{accepted['check']} failed ({accepted['problem']})"
        say(f"Accepted by {accepted['author']}: {found}; {accepted['reason']}")
    say(f"Overall score: {score_text(manifest['overall'])}")


def score_text(overall: Mapping[str, Any]) -> str:
    """A score is never shown without its coverage, both rounded down; no score is not 100."""
    if overall["score"] is None:
        return "not measured"
    return f"{overall['score']:.2f} of 100 (coverage {int(overall['coverage'] * 100)}%)"


def print_moves(manifest: Mapping[str, Any]) -> None:
    """Why the score is not what it was; nothing after the first run."""
    moves = manifest.get("score_moves", ())
    for move in moves if len(moves) > 1 else ():
        say(f"  {'  ' if move['kind'] in SPLITS else ''}{move['text']}")


def print_figures(manifest: Mapping[str, Any]) -> None:
    """The headline figures with their bounds, one a line."""
    figures = [figure for figure in manifest.get("headline", ()) if figure["name"] != "records"]
    if figures:
        say()
    for figure in figures:
        name = figure["name"] if figure["scope"] == "(all)" else f"{figure['name']} {figure['scope']}"
        value, low, high = (_figure(figure[column], figure["unit"]) for column in ("value", "low", "high"))
        bounds = "" if figure["low"] is None or low == high else f"  ({low} to {high})"
        say(f"{name.replace('_', ' '):<36}{value:>12}  {figure['unit']}{bounds}")


def _figure(value: float | None, unit: str) -> str:
    """A count, or a share as per cent, rounded down."""
    return percent_text(value) if unit.startswith("share") else count_text(None if value is None else int(value))


def print_sources(manifest: Mapping[str, Any]) -> None:
    """One line a source; an absent or failed one says so."""
    say()
    say(f"{'source':<22}{'status':<11}{'lines':>10}{'rejected':>10}{'records':>10}{'customers':>11}")
    for source in manifest["sources"]:
        customers = number(source["customers"]) if "customers" in source else ""
        counts = (number(source["lines"]), number(source["rejected"]), number(source["records"]), customers)
        line = (
            f"{source['source']:<22}{source['status']:<11}{counts[0]:>10}{counts[1]:>10}{counts[2]:>10}{counts[3]:>11}"
        )
        say(line.rstrip())
    for source in manifest["sources"]:
        if source["status"] == "failed":
            say(f"Left out: {source['problem']}")
        for notice in source.get("notices", ()):
            say(f"Notice: {source['source']}: {notice}")


def print_rules(manifest: Mapping[str, Any]) -> None:
    """The rules most rows fail."""
    counts = manifest["rules"]
    say()
    say("Rules: " + ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in counts.items()))
    for rule in manifest["worst_rules"]:
        if rule["outcome"] == "errored":
            say(f"  {rule['severity']:<9}{rule['rule_id']:<52} could not run")
        else:
            share = f"{number(rule['failed'])} of {number(rule['evaluated'])}"
            say(f"  {rule['severity']:<9}{rule['rule_id']:<52} {share:>18}")
