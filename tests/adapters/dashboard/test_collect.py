"""What the page says, from tables small enough to count by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import duckdb
import pytest

from dq_pipeline.adapters.dashboard import collect_dashboard
from dq_pipeline.domain.dashboard import DashboardData
from tests.adapters.dashboard.fixture import (
    CONTRACTS,
    PUBLISHED,
    RUN,
    contract,
    empty_warehouse,
    insert,
    realistic_warehouse,
)


def collect(con: duckdb.DuckDBPyConnection, **changes: object) -> DashboardData:
    given = {"run_id": RUN, "version": "v8", "published_at": PUBLISHED, "contracts": CONTRACTS} | changes
    return collect_dashboard(con, **given)  # type: ignore[arg-type]


def add_records(con: duckdb.DuckDBPyConnection, customers: dict[str, str | None]) -> None:
    """`source:id` -> customer id, None for a record that was not linked."""
    for key, customer in customers.items():
        system = key.split(":")[0]
        insert(con, "staging.customers", record_key=key, source_system=system, contract_id=f"{system}_contacts")
        if customer:
            insert(con, "golden.crosswalk", record_key=key, source_system=system, customer_id=customer)
    for customer in sorted({found for found in customers.values() if found}):
        insert(con, "golden.customers", customer_id=customer, party_type="person")


# Ada is three records in two systems (twice in one), Bo two in two, Cy one; one record is linked to nobody.
SEVEN = {"crm:1": "ada", "crm:2": "ada", "erp:1": "ada", "crm:3": "bo", "erp:2": "bo", "erp:3": "cy", "erp:4": None}


def test_the_headline_adds_up() -> None:
    con = empty_warehouse()
    add_records(con, SEVEN)
    head = collect(con).headline
    assert (head.records, head.customers, head.unlinked, head.repeated, head.across) == (7, 3, 1, 1, 2)
    assert head.records == head.customers + head.repeated + head.across + head.unlinked
    assert [(s.source, s.records, s.linked, s.customers, s.shared) for s in head.sources] == [
        ("erp", 4, 3, 3, 2),
        ("crm", 3, 3, 2, 2),
    ]


def test_duplicates() -> None:
    con = empty_warehouse()
    add_records(con, SEVEN)
    insert(con, "linkage.pairs", left_key="crm:1", right_key="crm:2", band="merge")
    insert(con, "linkage.pairs", left_key="crm:1", right_key="erp:4", band="reject")
    insert(con, "linkage.review", left_key="crm:1", right_key="crm:3", reason="one address, two birthdates")
    insert(con, "linkage.review", left_key="crm:1", right_key="erp:2", reason=None)
    found = collect(con).duplicates
    assert found.sizes == ((1, 1), (2, 1), (3, 1))
    assert found.systems == ((1, 1), (2, 2))
    assert found.bands == (("merge", 1), ("reject", 1))
    assert found.review == 2
    assert found.review_reasons == (("no reason given", 1), ("one address, two birthdates", 1))
    assert [(c.customer_id, c.records, c.sources) for c in found.largest] == [("ada", 3, ("crm", "erp"))]


def test_a_crosswalk_row_of_a_record_that_is_gone_counts_for_nobody() -> None:
    con = empty_warehouse()
    add_records(con, {"crm:1": "ada"})
    insert(con, "golden.crosswalk", record_key="crm:9", source_system="crm", customer_id="zed")
    assert collect(con).headline.customers == 1


def test_golden_and_crosswalk_that_disagree_are_reported() -> None:
    con = empty_warehouse()
    add_records(con, {"crm:1": "ada"})
    insert(con, "golden.customers", customer_id="ghost")
    assert any("the two should agree" in notice for notice in collect(con).notices)


def add_rule(con: duckdb.DuckDBPyConnection, rule_id: str, outcome: str | None, **fields: object) -> None:
    common = {"rule_id": rule_id, "table_name": "staging.customers", "column_name": "email", "dimension": "validity"}
    common |= {"severity": fields.pop("severity", "critical"), "owner": fields.pop("owner", "Sales")}
    common |= {"dimension": fields.pop("dimension", "validity")}
    insert(con, "quality.rules", **common, description=f"says {rule_id}", fix="ask")
    if outcome:
        insert(con, "quality.rule_results", **common, run_id=RUN, outcome=outcome, **fields)


def add_failure(con: duckdb.DuckDBPyConnection, rule_id: str, key: str, *, day: int, fixed: bool = False) -> None:
    insert(
        con,
        "quality.failing_rows",
        rule_id=rule_id,
        table_name="staging.customers",
        column_name="email",
        record_key=key,
        source_system=key.split(":")[0],
        first_seen=datetime(2026, 11, day),
        fixed_at=datetime(2026, 11, 20) if fixed else None,
    )


def test_rules_and_whom_they_affect() -> None:
    con = empty_warehouse()
    add_records(con, SEVEN)
    add_rule(con, "valid", "failed", evaluated=7, failed=2)
    add_rule(con, "present", "failed", severity="warning", dimension="completeness", evaluated=7, failed=1)
    add_rule(con, "chatty", "failed", severity="info", dimension="chat", evaluated=7, failed=3)
    add_rule(con, "broken", "errored", dimension="consistency", message="no such column")
    add_rule(con, "idle", None, dimension="timeliness")
    add_rule(con, "good", "passed", evaluated=7, failed=0)
    add_failure(con, "valid", "crm:1", day=3)
    add_failure(con, "valid", "erp:1", day=2)
    add_failure(con, "valid", "erp:2", day=1, fixed=True)
    add_failure(con, "present", "crm:1", day=5)
    add_failure(con, "chatty", "crm:2", day=5)
    data = collect(con)

    rules = {rule.rule_id: rule for rule in data.rules}
    assert [rule.rule_id for rule in data.rules] == ["broken", "valid", "present", "chatty", "idle", "good"]
    assert rules["idle"].outcome == "not_evaluated"
    assert rules["broken"].message == "no such column"
    assert rules["valid"].first_seen == datetime(2026, 11, 2)
    assert rules["valid"].by_source == (("crm", 1), ("erp", 1))

    # An info finding affects no record; what could not be checked, or was not, is not there.
    assert data.affected == {
        ("crm", "validity"): pytest.approx(1 / 3),
        ("erp", "validity"): 1 / 4,
        ("crm", "completeness"): pytest.approx(1 / 3),
        ("erp", "completeness"): 0.0,
    }


def test_a_result_of_another_run_does_not_count() -> None:
    con = empty_warehouse()
    add_records(con, SEVEN)
    add_rule(con, "valid", "passed", evaluated=7, failed=0)
    con.execute("update quality.rule_results set run_id = 'run-7'")
    data = collect(con)
    assert data.rules[0].outcome == "not_evaluated"
    assert data.affected == {}


def add_score(
    con: duckdb.DuckDBPyConnection, run: int, scope_type: str, scope: str, score: float | None, **fields: object
) -> None:
    row = {"coverage": 1.0, "rule_set_hash": "r", "model_hash": "m", "rows": 10} | fields
    insert(
        con,
        "quality.scores" if f"run-{run}" == RUN else "quality.score_history",
        run_id=f"run-{run}",
        measured_at=datetime(2026, 11, run),
        scope_type=scope_type,
        scope=scope,
        score=score,
        **row,
    )


def test_scores_trend_and_impacts() -> None:
    con = empty_warehouse()
    add_score(con, 6, "overall", "overall", 60.0, rule_set_hash="old")
    add_score(con, 7, "overall", "overall", float("nan"), model_hash="n")
    add_score(con, 8, "overall", "overall", 66.66, coverage=0.75)
    add_score(con, 7, "column", "staging.customers.email", 40.0, impact=40.0)
    add_score(con, 8, "column", "staging.customers.email", 50.0, impact=33.33)
    add_score(con, 8, "column", "staging.customers.phone_number", 100.0, impact=0.0)
    add_score(con, 8, "dimension", "validity", 50.0)
    add_score(con, 8, "dimension", "accuracy", None, coverage=0.0)
    add_score(con, 8, "owner", "Bo", 90.0, impact=1.0)
    add_score(con, 8, "owner", "Ada", 95.0, impact=2.0)
    add_rule(con, "valid", "failed", evaluated=10, failed=1, owner="Sales")
    add_rule(con, "present", "passed", evaluated=10, failed=0, owner="Marketing")
    pattern = {"table_name": "staging.customers", "column_name": "email"}
    insert(con, "quality.failure_patterns", **pattern, rule_ids=["valid"], cut="owner", owner="Ada", rows=1)
    insert(con, "quality.failure_patterns", **pattern, rule_ids=["valid", "present"], cut="owner", rows=2)
    insert(con, "quality.failure_patterns", **pattern, rule_ids=["valid"], cut="user", created_by="crm:Bo", rows=1)
    data = collect(con)

    assert (data.overall.score.value, data.overall.score.coverage) == (66.66, 0.75)
    assert data.overall.history == (60.0, None, 66.66)
    assert data.overall.change is None
    assert [(scope.name, scope.score.value) for scope in data.dimensions] == [("validity", 50.0), ("accuracy", None)]
    assert [scope.name for scope in data.owners] == ["Ada", "Bo"]
    (impact,) = data.impacts
    assert (impact.column, impact.points, impact.owners, impact.affected) == (
        "staging.customers.email",
        33.33,
        ("Marketing", "Sales"),
        3,
    )
    assert impact.change == pytest.approx(-6.67)


def test_history_that_holds_this_run_already_is_counted_once() -> None:
    con = empty_warehouse()
    add_score(con, 8, "overall", "overall", 80.0)
    con.execute("insert into quality.score_history by name select * from quality.scores")
    assert collect(con).overall.history == (80.0,)


def test_the_trend_is_that_of_the_published_runs() -> None:
    con = empty_warehouse()
    common = {"coverage": 1.0, "sources_new": [], "sources_absent": []}
    insert(con, "quality.score_trend", run_id="run-6", measured_at=datetime(2026, 11, 6), actual=60.0, **common)
    insert(
        con,
        "quality.score_trend",
        **common | {"sources_new": ["erp"]},
        **{"run_id": RUN, "measured_at": datetime(2026, 11, 8), "actual": 66.66, "like_for_like": 66.66},
        **{"rules_changed": True, "weights_changed": False, "model_changed": True},
    )
    insert(con, "quality.publications", run_id="run-6", version="v6")
    add_score(con, 6, "table", "staging.customers", 60.0, rows=40)
    add_score(con, 8, "table", "golden.customers", 70.0, rows=30)
    for position, kind, name, text in [
        (2, "rule", "valid", "rule valid: -0.10"),
        (1, "total", "", "The overall score rose from 60.00 to 66.66 (+6.66)."),
        (3, "rule", "", "12 other rules: +6.76"),
    ]:
        insert(con, "quality.score_moves", run_id=RUN, position=position, kind=kind, name=name, text=text)
    first, last = collect(con).trend
    assert (first.version, first.score.value, first.like_for_like, first.records, first.customers) == (
        "v6",
        60.0,
        None,
        40,
        None,
    )
    assert (last.version, last.score.value, last.like_for_like, last.records, last.customers) == (
        "v8",
        66.66,
        66.66,
        None,
        30,
    )
    assert (first.changes, last.changes) == ((), ("rules", "linkage model", "erp new"))
    assert last.sentences == ("The overall score rose from 60.00 to 66.66 (+6.66).",)
    assert [(move.name, move.label, move.figure) for move in last.moves[1:]] == [
        ("valid", "rule valid", "\N{MINUS SIGN}0.10"),
        ("", "12 other rules", "+6.76"),
    ]


def test_scores_of_another_run_are_not_this_runs() -> None:
    con = empty_warehouse()
    add_score(con, 8, "overall", "overall", 80.0)
    con.execute("update quality.scores set run_id = 'run-9'")
    data = collect(con)
    assert data.overall.score.value is None
    assert "quality.scores holds no score of this run." in data.notices


def add_load(con: duckdb.DuckDBPyConnection, source: str, hours_ago: float, status: str = "loaded") -> None:
    finished = PUBLISHED - timedelta(hours=hours_ago)
    counts = {"lines": 10, "loaded": 9, "rejected": 1} if status == "loaded" else {"lines": 0, "loaded": 0}
    insert(con, "raw.loads", source=source, file=f"{hours_ago}.csv", finished_at=finished, status=status, **counts)


def test_an_old_extract_loaded_just_now_is_late() -> None:
    con = empty_warehouse()
    add_records(con, {"salesforce:1": "ada"})
    extracted, loaded = PUBLISHED - timedelta(hours=54), PUBLISHED - timedelta(minutes=1)
    insert(
        con, "raw.loads", source="ao_customers", file="a", finished_at=loaded, extracted_at=extracted, status="loaded"
    )
    (delivery,) = [found for found in collect(con).deliveries if found.contract_id == "ao_customers"]
    assert delivery.state == "late"


def test_deliveries() -> None:
    con = empty_warehouse()
    add_records(con, {"salesforce:1": "ada"})
    add_load(con, "salesforce_contacts", 1)
    add_load(con, "salesforce_contacts", 25)
    add_load(con, "ao_customers", 25)  # promised every 24 hours
    add_load(con, "zoho_contacts", 30)
    add_load(con, "zoho_contacts", 1, status="failed")
    add_load(con, "hubspot_contacts", 1, status="failed")
    add_load(con, "surprise", 1)
    found = {delivery.contract_id: delivery for delivery in collect(con).deliveries}
    assert {name: delivery.state for name, delivery in found.items()} == {
        "salesforce_contacts": "on_time",
        "hubspot_contacts": "refused",
        "zoho_contacts": "refused",
        "dynamics_contacts": "absent",
        "ao_customers": "late",
        "interactions": "absent",
        "transactions": "absent",
        "surprise": "on_time",
    }
    sales = found["salesforce_contacts"]
    assert (sales.files, sales.lines, sales.loaded, sales.rejected, sales.records) == (2, 20, 18, 2, 1)
    assert [file.name for file in sales.latest] == ["1.csv", "25.csv"]
    assert (sales.owner, sales.retention_days, found["surprise"].owner) == ("Sales Operations", 2555, "")
    assert found["interactions"].records is None


def test_published_at_may_carry_a_zone() -> None:
    east = datetime(2026, 11, 22, 4, 10, tzinfo=timezone(timedelta(hours=2)))
    assert collect(empty_warehouse(), published_at=east).publication.published_at == PUBLISHED
    assert collect(empty_warehouse(), published_at=PUBLISHED.replace(tzinfo=UTC)).publication.published_at == PUBLISHED


@pytest.mark.parametrize("warehouse", [duckdb.connect, empty_warehouse], ids=["no tables", "empty tables"])
def test_nothing_there_is_not_measured(warehouse: Callable[[], duckdb.DuckDBPyConnection]) -> None:
    data = collect(warehouse(), contracts={"crm": contract("crm", "crm")})
    assert data.overall.score.value is None
    assert data.headline.customers is None
    assert data.duplicates.review is None
    assert [delivery.state for delivery in data.deliveries] == ["absent"]
    assert any(notice.startswith("quality.scores is ") for notice in data.notices)


def test_a_realistic_night() -> None:
    data = collect(realistic_warehouse())
    assert (data.headline.records, data.headline.customers) == (10000, 7012)
    assert len(data.rules) == 40
    assert len(data.trend) == 8
    assert data.notices == ()
    # By the project's rule the impacts of all columns add up to what the overall score lacks.
    assert sum(impact.points for impact in data.impacts) == pytest.approx(100 - (data.overall.score.value or 0))


@pytest.mark.parametrize(
    "missing",
    [
        *("staging.customers", "staging.contact_points", "staging.consents", "raw.loads", "golden.crosswalk"),
        *("quality.rules", "quality.failing_rows", "quality.scores", "quality.score_history", "linkage.review"),
    ],
)
def test_any_one_table_may_be_missing(missing: str) -> None:
    con = empty_warehouse()
    add_records(con, SEVEN)
    add_rule(con, "valid", "failed", evaluated=7, failed=2)
    add_score(con, 8, "overall", "overall", 80.0)
    con.execute(f"drop table {missing}")
    collect(con)
