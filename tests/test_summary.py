"""What the run summary and `status` say about the figures and about why the score moved."""

from __future__ import annotations

from typing import Any

import pytest

from dq_pipeline.cli.summary import print_figures, print_moves


def figure(
    name: str, scope: str, value: float | None, low: float | None, high: float | None, unit: str
) -> dict[str, Any]:
    return {"name": name, "scope": scope, "value": value, "low": low, "high": high, "unit": unit, "denominator": 9}


def test_figures_stand_beside_their_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    print_figures(
        {
            "headline": [
                figure("records", "(all)", 10000.0, None, None, "records"),
                figure("customers", "(all)", 7012.0, 6990.0, 7030.0, "customers"),
                figure("duplicate_share", "ao", 0.0625, 0.0621, 0.0629, "share of records"),
                figure("fit_for_use", "customers", None, None, None, "share of customers"),
            ]
        }
    )
    assert [" ".join(line.split()) for line in capsys.readouterr().out.splitlines() if line] == [
        "customers 7,012 customers (6,990 to 7,030)",
        "duplicate share ao 6.2% share of records",
        "fit for use customers not measured share of customers",
    ]


def test_the_first_run_has_no_move_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    first = {"kind": "total", "text": "The overall score is 80.00: the first one published."}
    print_moves({"score_moves": [first]})
    print_moves({})
    assert capsys.readouterr().out == ""
    print_moves(
        {
            "score_moves": [
                {"kind": "total", "text": "The overall score fell from 80.00 to 79.00 (-1.00)."},
                {"kind": "same_rules", "text": "By the rules … moved it by -1.00."},
                {"kind": "rule", "text": "rule r: -1.00"},
            ]
        }
    )
    assert capsys.readouterr().out.splitlines() == [
        "  The overall score fell from 80.00 to 79.00 (-1.00).",
        "  By the rules … moved it by -1.00.",
        "    rule r: -1.00",
    ]
