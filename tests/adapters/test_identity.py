"""The laws of customer ids, on hand-made clusters and on random histories."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.identity import IdentitySummary, assign_customer_ids
from dq_pipeline.domain.identity import Overlap, surviving_ids

START = datetime(2026, 1, 1)


class Ledger:
    """A warehouse with clusters only: `run({"a": "ab", ...})` loads records with their cluster."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("create schema golden; create schema linkage")
        self.runs = 0

    def run(self, *clusters: str) -> IdentitySummary:
        """Each text is a cluster, each letter a record of source `s`."""
        self.con.execute(
            "create or replace table linkage.clusters (record_key varchar, source_system varchar, "
            "source_record_id varchar, cluster_id varchar)"
        )
        for cluster in clusters:
            for record in cluster:
                self.con.execute(
                    "insert into linkage.clusters values (?, 's', ?, ?)",
                    [f"s:{record}", record, f"s:{min(cluster)}"],
                )
        self.runs += 1
        return assign_customer_ids(self.con, run_id=f"run{self.runs}", now=START + timedelta(days=self.runs))

    def ids(self) -> dict[str, str]:
        return dict(self.con.execute("select source_record_id, customer_id from golden.crosswalk").fetchall())

    def heirs(self, customer_id: str) -> set[str | None]:
        rows = self.con.execute(
            "select heir_id from golden.id_redirects where customer_id = ?", [customer_id]
        ).fetchall()
        return {row[0] for row in rows}


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    made = Ledger()
    yield made
    made.con.close()


def test_ids_are_minted_in_key_order_and_a_rerun_appends_nothing(ledger: Ledger) -> None:
    assert ledger.run("ab", "c") == IdentitySummary(2, {"minted": 2})
    assert ledger.ids() == {"a": "C000000001", "b": "C000000001", "c": "C000000002"}
    assert ledger.run("ab", "c") == IdentitySummary(2, {})


def test_the_id_with_more_members_survives_a_merge(ledger: Ledger) -> None:
    ledger.run("a", "bcd")
    summary = ledger.run("abcd")
    assert summary == IdentitySummary(1, {"extended": 1, "merged": 1})
    assert set(ledger.ids().values()) == {"C000000002"}
    assert ledger.heirs("C000000001") == {"C000000002"}


def test_a_tie_goes_to_the_older_id(ledger: Ledger) -> None:
    ledger.run("b")
    ledger.run("b", "a")
    ledger.run("ab")
    assert set(ledger.ids().values()) == {"C000000001"}


def test_a_split_keeps_the_id_with_the_larger_part(ledger: Ledger) -> None:
    ledger.run("abc")
    assert ledger.run("a", "bc") == IdentitySummary(2, {"minted": 1, "split": 1})
    assert ledger.ids() == {"a": "C000000002", "b": "C000000001", "c": "C000000001"}
    reason = ledger.con.execute(
        "select reason from golden.identity_events where event = 'minted' and customer_id = 'C000000002'"
    ).fetchall()
    assert reason == [("split from C000000001",)]


def test_a_record_that_returns_brings_its_id_back(ledger: Ledger) -> None:
    ledger.run("a", "b")
    assert ledger.run("b") == IdentitySummary(1, {"retired": 1})
    assert ledger.heirs("C000000001") == {None}
    assert ledger.run("a", "b") == IdentitySummary(2, {"restored": 1})
    assert ledger.ids()["a"] == "C000000001"


def test_an_id_merged_twice_leads_to_where_its_records_are(ledger: Ledger) -> None:
    ledger.run("a", "bc", "defg")
    ledger.run("abc", "defg")
    ledger.run("abcdefg")
    assert ledger.heirs("C000000001") == {"C000000003"}
    ledger.run("a", "bcdefg")
    assert ledger.heirs("C000000001") == {ledger.ids()["a"]}


def test_survivors_do_not_depend_on_order() -> None:
    claims = [Overlap("x", "C1", 2, 0, 1), Overlap("x", "C2", 2, 0, 2), Overlap("y", "C1", 3, 0, 1)]
    assert surviving_ids(claims) == surviving_ids(claims[::-1]) == {"y": "C1", "x": "C2"}


histories = st.lists(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 4)), unique_by=lambda p: p[0], max_size=8),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(histories)
def test_laws_hold_over_random_histories(history: list[list[tuple[str, int]]]) -> None:
    ledger = Ledger()
    published: set[str] = set()
    for load in history:
        clusters: dict[int, str] = {}
        for record, cluster in load:
            clusters[cluster] = clusters.get(cluster, "") + record
        ledger.run(*clusters.values())
        ids = ledger.ids()
        # one id a cluster, one cluster an id
        assert {frozenset(c) for c in clusters.values()} == {
            frozenset(r for r in ids if ids[r] == i) for i in set(ids.values())
        }
        published |= set(ids.values())
        living = set(ids.values())
        for customer_id in published:
            heirs = ledger.heirs(customer_id)
            assert heirs, "resolve() is total"
            assert heirs == {customer_id} if customer_id in living else heirs <= living | {None}
        events_before = ledger.con.execute("select count(*) from golden.identity_events").fetchall()
        assert ledger.run(*clusters.values()).events == {}
        assert ledger.con.execute("select count(*) from golden.identity_events").fetchall() == events_before
    replayed: dict[str, list[str]] = {}
    for customer_id, after in ledger.con.execute(
        "select customer_id, members_after from golden.identity_events order by number"
    ).fetchall():
        replayed[customer_id] = after
    final: dict[str, list[str]] = {}
    for record, customer_id in sorted(ledger.ids().items()):
        final.setdefault(customer_id, []).append(f"s:{record}")
    assert {k: v for k, v in replayed.items() if v} == final
    ledger.con.close()
