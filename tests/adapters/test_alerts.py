"""Alerts from a real ledger to real HTTP servers on loopback: each event once, and no server holds a run back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import duckdb
import pytest

from dq_pipeline.adapters.alerts import Told, tell
from dq_pipeline.adapters.issue_desk import say_word
from dq_pipeline.adapters.notify import Target, deliver, read_targets
from dq_pipeline.domain.alerts import FailedCheck, FailedRun, Message
from dq_pipeline.domain.issues import Word
from dq_pipeline.policies.alerts import ALERT_POLICY
from dq_pipeline.policies.issues import ISSUE_POLICY
from tests.adapters.alert_server import AlertServer, Manner, alert_server
from tests.adapters.quality.issue_world import START, TABLE_RULE, IssueWorld

Ledger = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]
# Waits an hour after the first failure, two after the second, and no more after the third.
POLICY = replace(ALERT_POLICY, attempts=3)
ONE = [Message("title", "text", ("event",))]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def world() -> IssueWorld:
    return IssueWorld()


@pytest.fixture
def server() -> Iterator[AlertServer]:
    with alert_server() as made:
        yield made


def ledger_of(world: IssueWorld) -> Ledger:
    @contextmanager
    def opened() -> Iterator[duckdb.DuckDBPyConnection]:
        yield world.con

    return opened


def told(world: IssueWorld, day: float, *targets: Target | str, failures: tuple[FailedRun, ...] = ()) -> Told:
    given = [target if isinstance(target, Target) else Target(target) for target in targets]
    now = START + timedelta(days=day)
    return tell(ledger_of(world), given, POLICY, run_id=f"run-{day}", now=now, failures=failures)


def statuses(world: IssueWorld) -> list[tuple[Any, ...]]:
    return world.rows("select status, attempts, retry_at, count(*) from quality.alerts_sent group by all order by all")


def test_one_message_says_what_where_how_many_who_and_what_to_do(world: IssueWorld, server: AlertServer) -> None:
    world.run(0, {"email.valid": {"crm": 1234}})
    assert told(world, 0, server.url) == Told(sent=1)
    assert server.received == [
        (
            "Issue opened: email.valid (crm)",
            "What: It is asked.\nRows: 1,234\nSeverity: critical\nSource: crm\nOwner: sales\nDue: 2026-11-04\n"
            "Fix: Mend it.\nNext: dq-pipeline issues show I000001",
        )
    ]


def test_an_event_is_told_once_and_the_next_event_again(world: IssueWorld, server: AlertServer) -> None:
    world.run(0, {"email.valid": {"crm": 3}})
    told(world, 0, server.url)
    assert told(world, 0, server.url) == Told()
    world.run(1, {"email.valid": {"crm": 9}})
    assert told(world, 1, server.url) == Told()
    world.run(4, {"email.valid": {"crm": 3}})
    told(world, 4, server.url)
    world.run(5, {})
    told(world, 5, server.url)
    world.run(6, {"email.valid": {"crm": 3}})
    told(world, 6, server.url)
    assert [title for title, _ in server.received] == [
        "Issue opened: email.valid (crm)",
        "Issue overdue: email.valid (crm)",
        "Issue reopened: email.valid (crm)",
    ]


def test_many_of_one_kind_are_one_message_the_largest_first(world: IssueWorld, server: AlertServer) -> None:
    world.run(0, {"email.valid": {f"crm{n:02}": n + 1 for n in range(25)}})
    assert told(world, 0, server.url) == Told(sent=25)
    ((title, body),) = server.received
    assert title == "25 issues were opened"
    lines = body.splitlines()
    assert lines[0] == "- email.valid (crm24): 25 rows, critical, sales, due 2026-11-04"
    assert lines[20:] == ["and 5 more", "Next: dq-pipeline issues list"]


def test_what_people_did_themselves_or_nobody_minds_is_not_told(world: IssueWorld, server: AlertServer) -> None:
    world.con.execute("update quality.rules set severity = 'info' where rule_id = 'name.present'")
    world.run(0, {"email.valid": {"crm": 3, "shop": 1}, "name.present": {"crm": 3}})
    for word in (
        Word("closed", "Eve", "x", reason="false_positive"),
        Word("reopened", "Eve", "y"),
        Word("waived", "Eve", "z", expires_on=date(2026, 12, 1)),
    ):
        say_word(world.con, ["I000001"], word, ISSUE_POLICY, now=START)
    told(world, 0, server.url)
    assert [title for title, _ in server.received] == ["Issue opened: email.valid (shop)"]


def test_without_a_target_it_is_on_record_and_later_targets_hear_no_old_news(
    world: IssueWorld, server: AlertServer
) -> None:
    world.run(0, {"email.valid": {"crm": 3}})
    assert told(world, 0) == Told(not_configured=1)
    assert told(world, 0) == Told()
    assert statuses(world) == [("not_configured", 0, None, 1)]
    assert told(world, 0.5, server.url) == Told()
    world.run(1, {"email.valid": {"crm": 3, "shop": 1}})
    assert told(world, 1, server.url) == Told(sent=1)


def test_an_owner_hears_only_of_what_is_the_owners(world: IssueWorld, server: AlertServer) -> None:
    world.run(0, {"email.valid": {"crm": 3}, TABLE_RULE: {"": 1}})
    failure = FailedRun("abcdef0123", START, steps=("link",), error="ValueError")
    assert told(world, 0, Target(server.url, "sales"), failures=(failure,)) == Told(sent=1, not_configured=2)
    assert [title for title, _ in server.received] == ["Issue opened: email.valid (crm)"]


def test_what_a_server_refuses_is_tried_again_later_and_later_and_then_given_up(
    world: IssueWorld, server: AlertServer
) -> None:
    world.run(0, {"email.valid": {"crm": 3}})
    server.manner = "refuses"
    hour = 1 / 24
    assert told(world, 0, server.url) == Told(failed=1)
    assert statuses(world) == [("failed", 1, START + timedelta(hours=1), 1)]
    assert told(world, hour / 2, server.url) == Told()
    assert told(world, hour, server.url) == Told(failed=1)
    assert statuses(world) == [("failed", 2, START + timedelta(hours=3), 1)]
    assert told(world, 2 * hour, server.url) == Told()
    assert told(world, 1, server.url) == Told(failed=1)
    assert statuses(world) == [("given_up", 3, None, 1)]
    server.manner = "takes"
    assert told(world, 2, server.url) == Told()
    assert len(server.requests) == 3


def test_a_failed_target_hears_later_and_the_others_are_not_told_twice(world: IssueWorld, server: AlertServer) -> None:
    world.run(0, {"email.valid": {"crm": 3}})
    with alert_server("refuses") as other:
        assert told(world, 0, server.url, other.url) == Told(failed=1)
        other.manner = "takes"
        assert told(world, 1, server.url, other.url) == Told(sent=1)
        assert (len(server.received), len(other.received)) == (1, 1)


@pytest.mark.parametrize(("manner", "seconds"), [("hangs", 2.0), ("drips", 2.0), ("redirects", 5.0)])
def test_no_server_holds_a_run_back(manner: Manner, seconds: float) -> None:
    with alert_server("takes") as good, alert_server(manner) as bad:
        targets = {Target(bad.url): ONE, Target(good.url): ONE}
        deliver({Target("json://127.0.0.1:9/"): ONE}, seconds=0)  # what loading the library takes is not the server's
        begun = monotonic()
        assert list(deliver(targets, seconds=seconds).values()) == [0, 1]
        assert monotonic() - begun < seconds + 1.5
        assert bad.requests == ["POST /hook/t0ken"]


def test_a_redirect_is_not_followed_to_where_nobody_sent_it() -> None:
    with alert_server("redirects") as server:
        assert deliver({Target(server.url): ONE}, seconds=5) == {Target(server.url): 0}
        assert server.requests == ["POST /hook/t0ken"]


def test_a_url_that_is_none_fails_and_hinders_no_other(world: IssueWorld, server: AlertServer) -> None:
    world.run(0, {"email.valid": {"crm": 3}})
    assert told(world, 0, "nonsense://x", "no url at all", server.url) == Told(failed=1)
    assert len(server.received) == 1


def test_no_secret_and_no_key_reaches_a_log_a_table_or_a_message(
    world: IssueWorld, server: AlertServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world.run(0, {"email.valid": {"crm": 3}})
    told(world, 0, server.url)
    server.manner = "refuses"
    world.run(1, {"email.valid": {"crm": 3, "shop": 2}})
    told(world, 1, server.url, "slack://t0ken/s3cret-word/wrong")
    stored = str(world.rows("from quality.alerts") + world.rows("from quality.alerts_sent"))
    said = "\n".join([stored, str(server.received), repr(Target(server.url)), *caplog.messages])
    assert "s3cret-word" not in said
    assert "t0ken" not in said
    assert "crm:0" not in said
    assert "json-" in stored


def test_scores_late_sources_and_failed_runs_are_told_too(world: IssueWorld, server: AlertServer) -> None:
    scores(
        world, {"overall": (90.0, 88.9), "crm": (90.0, 87.1), "shop": (90.0, 86.99), "table:staging.customers": (9, 1)}
    )
    world.con.execute("create table raw.source_findings as from (values ('crm_contacts', 'extract_fresh', "
                      "'the newest extract is 50 hours old'), ('shop', 'extract_fresh', ''), "
                      "('crm_contacts', 'usual_volume', 'many')) t(source, check_name, problem)")  # fmt: skip
    world.con.execute("create table raw.snapshots as select 'crm_contacts' as source, ?::timestamp as extracted_at",
                      [START])  # fmt: skip
    failures = (
        FailedRun("aaaaaaaa11", START, steps=("link",), error="ValueError"),
        FailedRun("bbbbbbbb22", START, checks=("staging.customers staging__customers__not_empty",)),
    )
    for _ in range(2):
        tell(ledger_of(world), [Target(server.url)], POLICY, run_id="today", now=START, failures=failures)
    assert server.received == [
        (
            "Run failed: run aaaaaaaa",
            "What: link raised ValueError; readers keep the version published before\n"
            "Fix: the run can be started again safely; its log says more\nNext: dq-pipeline ui",
        ),
        (
            "Not published: run bbbbbbbb",
            "What: blocking checks failed: staging.customers staging__customers__not_empty; readers keep the version "
            "published before\nFix: mend what the checks found, or accept it: `dq-pipeline run --accept CHECK --reason "
            "TEXT`\nNext: dq-pipeline failing staging.customers.not_empty",
        ),
        (
            "Source is late: crm_contacts",
            "What: the newest extract is 50 hours old\nSource: crm_contacts\nNext: dq-pipeline status",
        ),
        (
            "Score dropped: overall score",
            "What: 90.00 before, 88.90 now; the rules were changed in between\n"
            "Fix: the issues opened by the same run say which rules fail more than before\n"
            "Next: dq-pipeline issues list",
        ),
        (
            "Score dropped: score of shop (shop)",
            "What: 90.00 before, 86.99 now; the rules were changed in between\nSource: shop\n"
            "Fix: the issues opened by the same run say which rules fail more than before\n"
            "Next: dq-pipeline issues list",
        ),
    ]


def test_the_same_checks_blocking_night_after_night_are_one_message_until_something_is_published(
    world: IssueWorld, server: AlertServer
) -> None:
    def blocked(*days: float, check: str = "golden.customers keys_unique") -> list[FailedRun]:
        """As Dagster remembers them: all of the last days, the newest first."""
        return [FailedRun(f"night-{day}", START + timedelta(days=day), checks=(check,)) for day in sorted(days)][::-1]

    def told_of(day: float, failures: list[FailedRun]) -> list[str]:
        known = len(server.received)
        now = START + timedelta(days=day)
        tell(ledger_of(world), [Target(server.url)], POLICY, run_id="night", now=now, failures=failures)
        return [title for title, _ in server.received[known:]]

    assert told_of(0, blocked(0)) == ["Not published: run night-0"]
    assert told_of(1, blocked(0, 0.1, 1)) == []
    assert told_of(1.2, blocked(1.2, check="golden.customers row_balance")) == ["Not published: run night-1."]
    assert told_of(2, blocked(0, 0.1, 1, 2)) == []
    world.con.execute("create table quality.publications (run_id varchar, version varchar, published_at timestamp)")
    world.con.execute("insert into quality.publications values ('run', 'run', ?)", [START + timedelta(days=2.1)])
    assert told_of(2.2, blocked(0, 0.1, 1, 2)) == []
    assert told_of(2.5, blocked(1, 2, 2.5, 2.6)) == ["Not published: run night-2."]
    assert told_of(5, blocked(3, 4, 5)) == []
    assert told_of(6, blocked(4, 5, 6)) == ["Not published: run night-6"]


def test_a_check_is_told_when_it_begins_to_fail(world: IssueWorld, server: AlertServer) -> None:
    def fails(run: str, since: str) -> FailedCheck:
        return FailedCheck("raw.crm_contacts", "extract_loaded", run, START, since_run=since, owner="crm_team")

    for checks in ([fails("one", "one")], [fails("two", "one")], [fails("two", "one"), fails("four", "four")]):
        tell(ledger_of(world), [Target(server.url)], POLICY, run_id="night", now=START, checks=checks)
    assert [title for title, _ in server.received] == [
        "Check failed: raw.crm_contacts extract_loaded (crm_contacts)"
    ] * 2
    assert server.received[0][1] == (
        "What: the check failed; the rest of the run went on without it\nSeverity: critical\nSource: crm_contacts\n"
        "Owner: crm_team\nFix: the page of the table in Dagster says what the check found\nNext: dq-pipeline ui"
    )


def test_a_run_that_was_not_published_has_no_score_to_compare(world: IssueWorld) -> None:
    scores(world, {"overall": (90.0, 10.0)})
    world.con.execute("delete from quality.publications where run_id = 'today'")
    assert told(world, 0) == Told()


def scores(world: IssueWorld, found: dict[str, tuple[float, float]]) -> None:
    """Scores of yesterday and today; a name alone is a source."""
    columns = "run_id varchar, scope_type varchar, scope varchar, score double, rule_set_hash varchar"
    for table in ("scores", "score_history"):
        world.con.execute(f"create table quality.{table} ({columns})")
    world.con.execute("create table quality.publications (run_id varchar, version varchar, published_at timestamp)")
    for day, run in enumerate(("older", "yesterday", "today")):
        moment = START + timedelta(days=day)
        world.con.execute("insert into quality.publications values (?, ?, ?)", [run, run, moment])
    for name, (before, now) in found.items():
        kind, _, scope = name.rpartition(":")
        row = [kind or ("overall" if scope == "overall" else "source"), scope]
        world.con.execute("insert into quality.scores values ('today', ?, ?, ?, 'new rules')", [*row, now])
        world.con.execute("insert into quality.score_history from (from quality.scores where scope = ?)", [scope])
        world.con.execute("insert into quality.score_history values ('yesterday', ?, ?, ?, 'rules')", [*row, before])
        world.con.execute("insert into quality.score_history values ('older', ?, ?, 99, 'rules')", row)


def test_targets_come_from_the_setting_and_from_a_file(tmp_path: Path) -> None:
    assert read_targets({}, tmp_path) == ()
    (tmp_path / "alert_urls").write_text(
        "# who is told\n\nslack://a/b/c\nprivacy = mailto://u:p@example.com?to=x,y\njson://one/\nhook without scheme\n"
    )
    assert read_targets({"DQ_ALERT_URLS": " json://one/ , jsons://two/?a=1,2,\nxml://three "}, tmp_path) == (
        Target("json://one/"),
        Target("jsons://two/?a=1,2"),
        Target("xml://three"),
        Target("slack://a/b/c"),
        Target("mailto://u:p@example.com?to=x,y", "privacy"),
        Target("hook without scheme"),
    )
    assert Target("slack://a/b/c").name == "slack-" + Target("slack://a/b/c").name[-8:]
    assert Target("hook without scheme").name.startswith("unknown-")
    (tmp_path / "alert_urls").unlink()
    (tmp_path / "alert_urls").mkdir()
    assert read_targets({}, tmp_path) == (Target("alert_urls cannot be read"),)


def test_old_news_is_no_news(world: IssueWorld, server: AlertServer) -> None:
    world.run(0, {"email.valid": {"crm": 3}})
    assert told(world, 3.5, server.url) == Told()
