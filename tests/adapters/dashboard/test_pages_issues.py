"""The page of issues: what is open, late, waived and over, for whom, who works on it, and no word of a person on it."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import pytest

from dq_pipeline.adapters.dashboard.issue_lines import read_issues
from dq_pipeline.adapters.dashboard.pages import issues
from tests.adapters.dashboard.documented import NOW, documented_warehouse, fill, material, render, rows_of, text_of

COLUMNS = (
    "issue_id, rule_id, source, owner, severity, status, opened_at, due_at, resolved_at, rows, breached, assignee, "
    "closing_reason, expires_on, comment, decided_by"
)


def days(count: float) -> datetime:
    """That many days ago."""
    return NOW - timedelta(days=count)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Six issues of two owners, one of each state."""
    con = documented_warehouse()
    rows = [
        ("I1", "r.email", "zoho", "crm", "critical", "open", days(5), days(2), None, 7, False, "", "", None),
        ("I2", "r.email", "ao", "crm", "critical", "acknowledged", days(1), days(-2), None, 3, False, "Eve", "", None),
        ("I3", "r.phone", "ao", "crm", "warning", "open", days(40), days(26), None, 9, True, "", "", None),
        ("I4", "r.use", "", "privacy", "info", "waived", days(9), days(-80), None, 2, False, "", "says Eve", NOW),
        (
            "I5",
            "r.phone",
            "zoho",
            "crm",
            "warning",
            "closed",
            days(9),
            None,
            days(1),
            4,
            False,
            "",
            "false_positive",
            NOW,
        ),
        ("I6", "r.name", "zoho", "crm", "warning", "resolved", days(9), days(-5), days(6), 0, False, "", "", None),
        ("I7", "r.name", "ao", "crm", "warning", "resolved", days(99), days(85), days(90), 0, True, "", "", None),
    ]
    fill(con, "quality.issues", COLUMNS, *((*row, "mailed anna@home.org", "Eve Stone") for row in rows))
    points = [("I1", 0.5), ("I3", 0.25), ("I4", 0.125), ("I5", 0.0625)]
    fill(con, "quality.issue_impacts", "issue_id, points", *points)
    return con


def test_open_issues_by_severity_and_owner(con: duckdb.DuckDBPyConnection) -> None:
    found = [issue for issue in read_issues(material(con).tables, NOW) or () if issue.is_active]
    first, second = issues.group_open(found)
    assert (first.severity, first.owner, first.issues, first.late, first.rows) == ("critical", "crm", 2, 1, 10)
    assert (first.opened_at, first.due_at, first.points) == (days(5), days(2), 0.5)
    assert (second.severity, second.issues, second.late) == ("warning", 1, 1)


def test_the_most_urgent_stand_first(con: duckdb.DuckDBPyConnection) -> None:
    html = render(issues, material(con))
    rows = rows_of(html, "Open issues")
    assert [row[0] for row in rows[1:]] == ["I1", "I3", "I2"]
    assert "overdue" in rows[1][6] and "overdue" not in rows[3][6]
    assert [row[4:6] for row in rows[1:]] == [["crm", "–"], ["crm", "–"], ["crm", "Eve"]]
    assert rows[3][6] == "acknowledged"
    assert 'href="rules/r.email.html"' in html and 'href="sources/zoho.html"' in html


def test_a_long_ledger_is_cut_and_says_so(con: duckdb.DuckDBPyConnection) -> None:
    many = [(f"J{n:04}", "r.many", "ao", "crm", "warning", "open", days(1), days(-9), 1) for n in range(500)]
    fill(con, "quality.issues", "issue_id, rule_id, source, owner, severity, status, opened_at, due_at, rows", *many)
    html = render(issues, material(con))
    assert len(rows_of(html, "Open issues")) == 1 + issues.LEDGER_SHOWN
    assert "The first 100 of 503" in text_of(html)


def test_ages_by_severity(con: duckdb.DuckDBPyConnection) -> None:
    found = [issue for issue in read_issues(material(con).tables, NOW) or () if issue.is_active]
    ages = {label: counts for label, counts in issues.ages_by_severity(found, NOW) if any(counts.values())}
    assert ages == {
        "1 to 3 days": {"critical": 1, "warning": 0, "info": 0},
        "4 to 7 days": {"critical": 1, "warning": 0, "info": 0},
        "31 to 90 days": {"critical": 0, "warning": 1, "info": 0},
    }


def test_what_was_set_aside_keeps_its_points(con: duckdb.DuckDBPyConnection) -> None:
    html = render(issues, material(con))
    rows = rows_of(html, "Waived and closed issues")[1:]
    assert [(row[0], row[5], row[6], row[8]) for row in rows] == [
        ("I4", "waived", "22 Nov 2026", "0.12"),
        ("I5", "closed: false positive", "22 Nov 2026", "0.06"),
    ]
    text = text_of(html)
    assert "Waived 1 they cost 0.12 points all the same" in text and "0.19 in all" in text
    assert "Resolved 1 in the last 30 days" in text
    assert [row[0] for row in rows_of(html, "Recently resolved issues")[1:]] == ["I6", "I7"]


def test_no_word_of_a_person(con: duckdb.DuckDBPyConnection) -> None:
    text = text_of(render(issues, material(con)))
    assert "Eve Stone" not in text and "says Eve" not in text and "anna" not in text


def test_how_long_things_take(con: duckdb.DuckDBPyConnection) -> None:
    columns = "owner, severity, breached, hours_to_detect, hours_to_acknowledge, hours_to_resolve"
    rows = [("crm", "critical", False, 10.0, 0.5, 24.0), ("crm", "critical", True, 20.0, None, 96.0)]
    fill(con, "quality.issue_times", columns, *rows, ("crm", "info", False, None, None, None))
    html = render(issues, material(con))
    assert rows_of(html, "Median times by owner and severity, over every time an issue was opened")[1:] == [
        ["crm", "▲ critical", "2", "1 50%", "15.0 h", "30 min", "2.5 days", "3.7 days"],
        ["crm", "● info", "1", "0", "–", "–", "–", "–"],
    ]


def test_fewer_or_more_from_run_to_run(con: duckdb.DuckDBPyConnection) -> None:
    rows = [("a", days(1), "I1", 4), ("a", days(1), "I2", 5), ("b", NOW, "I1", 0), ("b", NOW, "I2", 3)]
    fill(con, "quality.issue_history", "run_id, measured_at, issue_id, rows", *rows)
    assert "From 21 Nov 2026 (2 issues, 9 rows) to 22 Nov 2026 (1 issue, 3 rows)" in text_of(
        render(issues, material(con))
    )


def test_nothing_wrong_and_nothing_known_are_two_things() -> None:
    assert "Nothing is open." in text_of(render(issues, material(documented_warehouse())))
    assert "No issue ledger was kept." in text_of(render(issues, material(duckdb.connect())))
