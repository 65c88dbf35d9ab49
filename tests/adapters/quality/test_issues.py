"""The issue ledger in a real DuckDB: what runs do to it, what people say, and the laws it keeps whatever happens."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.issue_desk import IssueFilter, list_issues, say_word, show_issue
from dq_pipeline.adapters.issues import catch_up, move_issues
from dq_pipeline.domain.issues import ENDINGS, OPENINGS, Status, Word, status_after
from dq_pipeline.errors import InputError
from dq_pipeline.policies.issues import ISSUE_POLICY as POLICY
from tests.adapters.quality.issue_world import RULES, START, TABLE_RULE, IssueWorld

EVENTS = "select issue_id, event, reason, run_id from quality.issue_events order by number"


def say(world: IssueWorld, day: int, word: Word, *issue_ids: str) -> None:
    say_word(world.con, issue_ids or ("I000001",), word, POLICY, now=START + timedelta(days=day, hours=8))


def test_one_issue_a_rule_and_source_and_not_one_a_run() -> None:
    world = IssueWorld()
    failing = {"email.valid": {"crm": 3, "shop": 1}, TABLE_RULE: {"": 1}}
    assert world.run(0, failing) == 3
    assert world.run(1, failing) == 0
    assert world.state() == [
        ("I000001", TABLE_RULE, "", "open", 1),
        ("I000002", "email.valid", "crm", "open", 3),
        ("I000003", "email.valid", "shop", "open", 1),
    ]
    columns = "table_name, column_name, dimension, severity, owner, assignee, opened_at, due_at, first_run, last_seen"
    assert world.rows(f"select {columns} from quality.issues where issue_id = 'I000002'") == [
        ("staging.customers", "email", "validity", "critical", "sales", "", START, START + timedelta(days=3), "run-0",
         START + timedelta(days=1))
    ]  # fmt: skip


def test_an_issue_lives_by_what_runs_find() -> None:
    world = IssueWorld()
    world.run(0, {"email.valid": {"crm": 3}})
    world.run(1, {"email.valid": {"crm": 9, "shop": 1}})
    world.run(2, {"email.valid": {"shop": 1}})
    world.run(5, {"email.valid": {"crm": 2}})
    assert world.rows(EVENTS) == [
        ("I000001", "opened", "", "run-0"),
        ("I000002", "opened", "", "run-1"),
        ("I000001", "resolved", "passes", "run-2"),
        ("I000001", "reopened", "fails_again", "run-5"),
        ("I000002", "breached", "", "run-5"),
        ("I000002", "resolved", "passes", "run-5"),
    ]
    assert world.rows("select issue_id, run_id, rows from quality.issue_history order by measured_at, issue_id") == [
        ("I000001", "run-0", 3),
        ("I000001", "run-1", 9),
        ("I000002", "run-1", 1),
        ("I000001", "run-2", 0),
        ("I000002", "run-2", 1),
        ("I000001", "run-5", 2),
        ("I000002", "run-5", 0),
    ]
    assert world.rows("select issue_id, times_reopened, breached, due_at from quality.issues order by 1") == [
        ("I000001", 1, False, START + timedelta(days=8)),
        ("I000002", 0, True, START + timedelta(days=4)),
    ]


def test_a_rule_that_could_not_run_leaves_its_issues_alone() -> None:
    world = IssueWorld()
    world.run(0, {"email.valid": {"crm": 3}})
    assert world.run(1, {}, unjudged=["email.valid"]) == 0
    assert world.state() == [("I000001", "email.valid", "crm", "open", 3)]
    assert world.run(10, {}, unjudged=["email.valid"]) == 0
    assert world.run(11, {"email.valid": {"crm": 3}}) == 1  # breached, as soon as somebody looks


def test_a_rule_removed_or_given_to_another_owner_ends_its_issue() -> None:
    world = IssueWorld()
    failing = {"email.valid": {"crm": 3}, "name.present": {"crm": 1}}
    world.run(0, failing)
    world.declare({"email.valid": (*RULES["email.valid"][:2], "privacy")})
    world.run(1, failing)
    assert world.rows("select issue_id, rule_id, owner, status, rows from quality.issues order by 1") == [
        ("I000001", "email.valid", "sales", "resolved", 0),
        ("I000002", "name.present", "sales", "resolved", 0),
        ("I000003", "email.valid", "privacy", "open", 3),
    ]
    assert world.rows("select reason from quality.issue_events where event = 'resolved' order by number") == [
        ("owner_changed",),
        ("rule_removed",),
    ]
    world.declare(RULES)
    world.run(2, failing)
    assert [row[3] for row in world.rows("select issue_id, rule_id, owner, status from quality.issues order by 1")] == [
        "open",
        "open",
        "resolved",
    ]


def test_a_closing_holds_until_its_date_and_a_waiver_too() -> None:
    world = IssueWorld()
    failing = {"email.valid": {"crm": 3}, "name.present": {"crm": 1}}
    world.run(0, failing)
    say(world, 0, Word("closed", "Eve", "mended on Monday", reason="fixed_at_source"))
    say(world, 0, Word("waived", "Eve", "new form", expires_on=date(2026, 11, 20)), "I000002")
    for day in (1, 7):
        assert world.run(day, failing) == 0
    assert [row[3] for row in world.state()] == ["closed", "waived"]
    assert world.run(8, failing) == 1
    assert [row[3] for row in world.state()] == ["open", "waived"]
    world.run(19, {"email.valid": {"crm": 3}})
    assert [row[3:] for row in world.state()] == [("open", 3), ("waived", 0)]
    world.run(20, failing)
    assert world.rows("select event, due_at from quality.issue_events where issue_id = 'I000002' order by number") == [
        ("opened", START + timedelta(days=14)),
        ("waived", None),
        ("waiver_expired", START + timedelta(days=34)),
    ]


def test_words_are_kept_and_the_issue_shows_the_last() -> None:
    world = IssueWorld()
    world.run(0, {"email.valid": {"crm": 2}})
    say(world, 0, Word("acknowledged", "Eve", "on it"))
    say(world, 0, Word("assigned", "Eve", assignee="Tom"))
    say(world, 0, Word("closed", "Tom", "regex is wrong", reason="false_positive"))
    say(world, 1, Word("reopened", "Eve", "it is not"))
    world.run(2, {})
    file = show_issue(world.con, "I000001", keys=5)
    assert [(e.event, e.author, e.assignee, e.reason, e.comment, e.expires_on) for e in file.events] == [
        ("opened", "", "", "", "", None),
        ("acknowledged", "Eve", "", "", "on it", None),
        ("assigned", "Eve", "Tom", "", "", None),
        ("closed", "Tom", "", "false_positive", "regex is wrong", date(2026, 12, 1)),
        ("reopened", "Eve", "", "", "it is not", None),
        ("resolved", "", "", "passes", "", None),
    ]
    assert (file.issue.assignee, file.issue.times_reopened, file.issue.closing_reason) == ("Tom", 1, "")
    assert file.rows_by_run == ((START, 2), (START + timedelta(days=2), 0))
    times = "select episode, severity, ended_by, hours_to_acknowledge, hours_to_resolve from quality.issue_times"
    assert world.rows(times + " order by episode") == [
        (1, "critical", "closed", 8.0, 8.0),
        (2, "critical", "resolved", None, 16.0),
    ]


def test_words_that_do_not_fit_are_refused_all_at_once_and_nothing_is_recorded() -> None:
    world = IssueWorld()
    world.run(0, {"email.valid": {"crm": 2, "shop": 1}})
    world.run(1, {"email.valid": {"crm": 2}})
    before = world.rows(EVENTS)
    with pytest.raises(InputError) as refused:
        say(world, 1, Word("closed", "", "", reason="duplicate_of", duplicate_of="I000009"), "I000001", "I000002", "I7")
    assert refused.value.problems == (
        "the author is empty",
        "it is not said why",
        "there is no issue 'I7'",
        "there is no issue 'I000009'",
        "I000002 is resolved: it cannot be closed",
    )
    for word, problem in (
        (Word("reopened", "Eve", "still there"), "I000002 is resolved: it cannot be reopened"),
        (Word("acknowledged", "Eve"), "I000002 is resolved: it cannot be acknowledged"),
    ):
        with pytest.raises(InputError) as refused:
            say(world, 1, word, "I000002")
        assert refused.value.problems == (problem,)
    with pytest.raises(InputError, match="I000001 cannot duplicate itself"):
        say(world, 1, Word("closed", "Eve", "x", reason="duplicate_of", duplicate_of="I000001"))
    assert world.rows(EVENTS) == before


def test_lists_are_narrowed_and_the_unknown_is_named() -> None:
    world = IssueWorld()
    world.run(0, {"email.valid": {"crm": 2, "shop": 1}, "name.present": {"crm": 4}, TABLE_RULE: {"": 1}})
    world.run(1, {"email.valid": {"crm": 2, "shop": 1}, "name.present": {"crm": 4}})

    def listed(as_of: datetime = START, **wanted: Any) -> list[str]:
        return [issue.issue_id for issue in list_issues(world.con, IssueFilter(**wanted), as_of=as_of)]

    assert listed() == ["I000002", "I000003", "I000004", "I000001"]
    assert listed(owner="engineering") == ["I000001"]
    assert listed(severity="warning") == ["I000004"]
    assert listed(source="crm", statuses=("open",)) == ["I000002", "I000004"]
    assert listed(late=True) == []
    assert listed(late=True, as_of=START + timedelta(days=4)) == ["I000002", "I000003"]
    with pytest.raises(InputError, match=r"no issue with the source 'pets'\n.*name one of crm, shop"):
        listed(source="pets")
    with pytest.raises(InputError, match="no run has opened an issue ledger yet"):
        list_issues(duckdb.connect(), IssueFilter(), as_of=START)


def test_time_to_detect_counts_from_the_extract_that_brought_the_oldest_row() -> None:
    world = IssueWorld()
    world.con.execute("create table raw.loads as select 1::bigint as load_id, ?::timestamp as extracted_at "
                      "union all select 2, ?", [START - timedelta(hours=30), START - timedelta(hours=4)])  # fmt: skip
    world.con.execute("create table staging.customers as from (values ('crm:0', 2), ('crm:1', 1), ('shop:0', 2)) "
                      "t(record_key, _load_id)")  # fmt: skip
    world.run(0, {"email.valid": {"crm": 2, "shop": 1}, TABLE_RULE: {"": 1}})
    found = "select rule_id, source, hours_to_detect from quality.issue_times order by issue_id"
    assert world.rows(found) == [(TABLE_RULE, "", None), ("email.valid", "crm", 30.0), ("email.valid", "shop", 4.0)]


def test_what_a_blocked_run_found_becomes_issues_when_somebody_catches_up() -> None:
    world = IssueWorld()
    assert catch_up(world.con, POLICY) == 0
    run_id, now = world.judge(3, {"email.valid": {"crm": 2}})
    assert catch_up(world.con, POLICY) == 1
    assert catch_up(world.con, POLICY) == 0
    assert world.rows("select run_id, happened_at from quality.issue_events") == [(run_id, now)]


def test_a_killed_run_leaves_nothing_and_the_next_one_catches_up(tmp_path: Path) -> None:
    path = str(tmp_path / "warehouse.duckdb")
    with duckdb.connect(path) as con:
        world = IssueWorld(con)
        run_id, now = world.judge(0, {"email.valid": {"crm": 2}})
        con.begin()
        assert move_issues(con, POLICY, run_id=run_id, now=now) == 1
        con.rollback()
    with duckdb.connect(path) as con:
        assert con.execute("select count(*) from quality.issue_events").fetchall() == [(0,)]
        assert move_issues(con, POLICY, run_id=run_id, now=now) == 1


SOURCES = ("crm", "shop")
ROWS = st.sampled_from([0, 0, 1, 5])
RUN = st.tuples(
    st.just("run"),
    st.integers(1, 9),
    st.fixed_dictionaries({rule: st.fixed_dictionaries(dict.fromkeys(SOURCES, ROWS)) for rule in list(RULES)[:2]}),
    st.sampled_from([(), ("email.valid",)]),
)
WORDS = st.tuples(
    st.just("word"),
    st.sampled_from(["acknowledged", "assigned", "closed", "waived", "reopened"]),
    st.integers(1, 4),
    st.integers(0, 20),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(RUN, RUN, WORDS), max_size=12))
def test_whatever_happens_the_ledger_keeps_its_laws(steps: list[tuple[Any, ...]]) -> None:
    with duckdb.connect() as con:
        world, day = IssueWorld(con), 0
        for step in steps:
            before = world.rows("from quality.issue_events order by number")
            if step[0] == "run":
                day += step[1]
                world.run(day, step[2], unjudged=step[3])
                settled = world.rows("from quality.issues order by issue_id")
                assert world.run(day, step[2], unjudged=step[3]) == 0, "the same run again does nothing"
                assert world.rows("from quality.issues order by issue_id") == settled
                assert_open_where_rows_fail(world, step[2], step[3])
            else:
                try_word(world, day, *step[1:])
            events = world.rows("from quality.issue_events order by number")
            assert events[: len(before)] == before, "only ever added to"
            assert_replayed(world)


def try_word(world: IssueWorld, day: int, event: Any, issue: int, days: int) -> None:
    until = (START + timedelta(days=day + days)).date() if event in ("closed", "waived") else None
    reason = "fixed_at_source" if event == "closed" else ""
    try:
        say(world, day, Word(event, "Eve", "because", "Tom", reason, "", until), f"I{issue:06}")
    except InputError as refused:
        assert all("there is no issue" in told or "it cannot be" in told for told in refused.problems)


def assert_open_where_rows_fail(world: IssueWorld, failing: dict[str, dict[str, int]], unjudged: Any) -> None:
    """After a run: an active issue for exactly the rules and sources that fail, unless a person's word holds."""
    keys = world.rows("select rule_id, source, owner from quality.issues")
    assert len(keys) == len(set(keys)), "one issue a rule, source and owner"
    found = {(rule, source): (status, rows) for _, rule, source, status, rows in world.state()}
    for rule in (rule for rule in failing if rule not in unjudged):
        for source, rows in failing[rule].items():
            status, counted = found.get((rule, source), ("resolved", 0))
            assert counted == rows
            assert status in (
                ("open", "acknowledged", "waived", "closed") if rows else ("resolved", "waived", "closed")
            )


def assert_replayed(world: IssueWorld) -> None:
    """The events alone, one after the other through the state machine, give the table."""
    replayed: dict[str, dict[str, Any]] = {}
    columns = "issue_id, event, happened_at, due_at, assignee, expires_on"
    for issue_id, event, at, due_at, assignee, expires_on in world.rows(
        f"select {columns} from quality.issue_events order by number"
    ):
        old = replayed.get(issue_id, {"status": None, "reopened": -1, "assignee": ""})
        status: Status = status_after(event, old["status"])  # raises where the event is not legal
        state = {**old, "status": status}
        if event in OPENINGS:
            state |= {"opened": at, "due": due_at, "acknowledged": None, "resolved": None, "breached": False}
            state["reopened"] += 1
        state |= {"acknowledged": at} if event == "acknowledged" and not state["acknowledged"] else {}
        state |= {"resolved": at} if event in ENDINGS else {}
        state |= {"breached": True} if event == "breached" else {}
        state |= {"assignee": assignee} if event == "assigned" else {}
        state["until"] = expires_on if event in ("closed", "waived") else state.get("until")
        state["until"] = state["until"] if status in ("closed", "waived") else None
        replayed[issue_id] = state
    table = world.rows(
        "select issue_id, status, opened_at, due_at, acknowledged_at, resolved_at, breached, times_reopened, assignee, "
        "expires_on from quality.issues order by issue_id"
    )
    names = ("status", "opened", "due", "acknowledged", "resolved", "breached", "reopened", "assignee", "until")
    assert table == [(issue_id, *(replayed[issue_id][name] for name in names)) for issue_id in sorted(replayed)]
