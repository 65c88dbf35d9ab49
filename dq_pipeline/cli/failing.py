"""`dq-pipeline failing`: which records fail a rule, by key, since when; their values only when asked for."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import number, printable, say
from dq_pipeline.cli.steward import note_unmasking, values_option
from dq_pipeline.settings import SUITES, Home

if TYPE_CHECKING:
    from dq_pipeline.adapters.failing_rows import FailingRow, OpenRule

Cells = tuple[object, ...]

_RULE_HEADER = ("rule", "severity", "owner", "failing", "since")
_ROW_HEADER = ("record_key", "source_system", "first_seen", "times_reopened")
# What spreadsheets take as the beginning of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@click.command()
@click.argument("rule", default="")
@click.option("--source", default="", help="Only records of this source system, for example hubspot.")
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV to standard output, safe to open in a spreadsheet.")
@values_option("Show the values too: personal data on your screen or in your file.")
def failing(rule: str, source: str, as_csv: bool, values: bool, reason: str) -> int:
    """List the records that fail RULE; without RULE, the rules that have failing records."""
    from dq_pipeline.adapters.failing_rows import failing_rows, find_rule, open_rules
    from dq_pipeline.adapters.suites import load_suites
    from dq_pipeline.adapters.warehouse import Warehouse

    rows: Iterable[Cells]
    with Warehouse(Home.from_environment().warehouse).connect(read_only=True) as con:
        if rule:
            rule_id, description = find_rule(con, rule)
            subject, counted = f"{rule_id}: {description} ", "records fail it"
            header: Cells = (*_ROW_HEADER, *(("value",) if values else ()))
            found = failing_rows(con, rule_id, source=source, suites=load_suites(SUITES) if values else None)
            rows = [_row_cells(row)[: len(header)] for row in found]
        else:
            subject, counted, header = "", "rules have failing records", _RULE_HEADER
            rows = list(map(_rule_cells, open_rules(con, source=source)))
    if values and rule:
        note_unmasking("failing", rule_id, reason=reason)
    if as_csv:
        _write_csv(header, rows)
    else:
        texts = [[printable(str(cell)) for cell in row] for row in chain([header], rows)]
        say(f"{subject}{number(len(texts) - 1)} {counted}")
        _print_table(texts)
    return 0


def _rule_cells(rule: OpenRule) -> Cells:
    return rule.rule_id, rule.severity, rule.owner, rule.rows, f"{rule.since:%Y-%m-%d %H:%M}"


def _row_cells(row: FailingRow) -> Cells:
    return row.record_key, row.source_system, f"{row.first_seen:%Y-%m-%d %H:%M}", row.times_reopened, row.value


def _write_csv(header: Cells, rows: Iterable[Cells]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerows([_neutral(cell) for cell in row] for row in chain([header], rows))


def _print_table(texts: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts if len(texts) > 1 else ():
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _neutral(cell: object) -> object:
    """A text that a spreadsheet would run as a formula, marked as text by a leading apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
