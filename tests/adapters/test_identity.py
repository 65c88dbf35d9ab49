"""The laws of customer ids, on hand-made clusters and on random histories against a model of plain dictionaries."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

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

    def contents(self, **names: str) -> None:
        """What staging has of records: their names, the birthdate always the same."""
        self.con.execute("create schema if not exists staging")
        self.con.execute("create or replace table staging.customers (record_key varchar, name varchar, birthdate date)")
        for record, name in names.items():
            self.con.execute("insert into staging.customers values (?, ?, '1980-05-01')", [f"s:{record}", name])

    def ids(self) -> dict[str, str]:
        return dict(self.con.execute("select source_record_id, customer_id from golden.crosswalk").fetchall())

    def ids_as_of(self, run: int) -> dict[str, str]:
        rows = self.con.execute(
            "select record_key[3:], customer_id from golden.crosswalk_as_of($1)", [START + timedelta(days=run)]
        ).fetchall()
        return dict(rows)

    def heirs(self, customer_id: str) -> set[str | None]:
        rows = self.con.execute("select heir_id from golden.resolve(?)", [customer_id]).fetchall()
        return {row[0] for row in rows}

    def reasons(self, customer_id: str) -> list[tuple[str, str]]:
        return self.con.execute(
            "select event, reason from golden.identity_events where customer_id = ? order by number", [customer_id]
        ).fetchall()


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
    assert ledger.reasons("C000000002") == [("minted", "split from C000000001")]


def test_a_record_that_returns_brings_its_id_back(ledger: Ledger) -> None:
    ledger.run("a", "b")
    assert ledger.run("b") == IdentitySummary(1, {"retired": 1})
    assert ledger.heirs("C000000001") == {None}
    assert ledger.run("a", "b") == IdentitySummary(2, {"restored": 1})
    assert ledger.ids()["a"] == "C000000001"


def test_a_record_that_returns_to_a_customer_of_its_own_leaves_its_id_to_those_who_stayed(ledger: Ledger) -> None:
    ledger.run("abc", "d")
    ledger.run("ab", "d")
    assert ledger.run("ab", "c", "d") == IdentitySummary(3, {"minted": 1})
    assert ledger.ids() == {"a": "C000000001", "b": "C000000001", "c": "C000000003", "d": "C000000002"}


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


def test_an_id_leads_to_where_it_was_merged_when_its_own_records_are_gone(ledger: Ledger) -> None:
    ledger.run("a", "bc", "defg")
    ledger.run("abc", "defg")
    ledger.run("abcdefg")
    ledger.run("def")
    assert ledger.heirs("C000000001") == ledger.heirs("C000000002") == {"C000000003"}
    ledger.run()
    assert ledger.heirs("C000000001") == {None}


def test_undoing_a_merge_gives_the_old_id_back(ledger: Ledger) -> None:
    ledger.run("ab", "c")
    ledger.run("abc")
    assert ledger.run("ab", "c") == IdentitySummary(2, {"restored": 1, "split": 1})
    assert ledger.ids()["c"] == "C000000002"
    assert ledger.reasons("C000000002")[-1] == ("restored", "its records left C000000001")


def test_a_customer_whose_records_go_in_part_is_reduced(ledger: Ledger) -> None:
    ledger.run("abc")
    assert ledger.run("ab") == IdentitySummary(1, {"reduced": 1})
    assert ledger.reasons("C000000001")[-1] == ("reduced", "1 of its records are gone")


def test_ids_survive_when_a_source_numbers_its_records_anew(ledger: Ledger) -> None:
    ledger.contents(a="Ann", b="Bob", c="Cyd", d="Cyd")
    ledger.run("a", "b", "cd")
    ledger.contents(k="Ann", b="Bob", m="Cyd", d="Cyd")
    assert ledger.run("k", "b", "dm") == IdentitySummary(3, {"extended": 2})
    assert ledger.ids() == {"k": "C000000001", "b": "C000000002", "d": "C000000003", "m": "C000000003"}
    assert ledger.reasons("C000000001")[-1] == ("extended", "1 of its records came back under new keys")
    rekeyed = "select former_key, record_key, run_id from golden.record_successions"
    assert ledger.con.execute(rekeyed).fetchall() == [("s:a", "s:k", "run2"), ("s:c", "s:m", "run2")]
    ledger.contents(x="Ann", b="Bob", d="Cyd")
    ledger.run("bx", "d")
    assert ledger.heirs("C000000002") == {"C000000001"}, "of one record each, the older id"
    assert ledger.run("bx", "d").events == {}
    kept = ledger.con.execute("select distinct typeof(content) from golden.record_contents").fetchall()
    assert kept == [("UHUGEINT",)], "the whole digest"


def test_a_name_shared_by_two_records_continues_none(ledger: Ledger) -> None:
    ledger.contents(a="Ann", b="Ann")
    ledger.run("a", "b")
    ledger.contents(k="Ann", m="Ann")
    assert ledger.run("k", "m") == IdentitySummary(2, {"minted": 2, "retired": 2})


def test_a_record_held_back_is_not_taken_for_gone(ledger: Ledger) -> None:
    ledger.contents(a="Ann")
    ledger.run("a")
    ledger.contents(a="Ann", k="Ann")
    assert ledger.run("k") == IdentitySummary(1, {"minted": 1, "retired": 1})


def test_a_clock_set_back_does_not_confuse_the_past(ledger: Ledger) -> None:
    ledger.run("a")
    ledger.runs = -10
    ledger.run("ab")
    assert ledger.ids_as_of(0) == {}
    assert ledger.ids_as_of(1) == {"a": "C000000001", "b": "C000000001"}


class Model:
    """The same laws, told once more with dictionaries."""

    def __init__(self) -> None:
        self.minted: list[str] = []
        self.last: dict[str, str] = {}
        self.now: dict[str, str] = {}
        self.held: dict[str, set[str]] = {}
        self.end: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    @staticmethod
    def settle(claims: dict[tuple[str, str], tuple[Any, ...]], given: dict[str, str]) -> None:
        while open_claims := [k for k in claims if k[0] not in given and k[1] not in given.values()]:
            cluster, customer = min(open_claims, key=claims.__getitem__)
            given[cluster] = customer

    def run(self, clusters: Sequence[str]) -> None:
        claims: dict[tuple[str, str], tuple[Any, ...]] = {}
        for cluster in clusters:
            current = Counter(self.now[r] for r in cluster if r in self.now)
            former = Counter(self.last[r] for r in cluster if r in self.last and r not in self.now)
            for customer in current | former:
                age = self.minted.index(customer)
                claims[cluster, customer] = (-current[customer], -former[customer], age, min(cluster))
        given: dict[str, str] = {}
        self.settle(claims, given)
        ended = {
            (cluster, customer): (-len(set(cluster) & self.held[customer]), age, min(cluster))
            for cluster in clusters
            for age, customer in enumerate(self.minted)
            if set(cluster) & self.held[customer] and customer not in self.now.values()
        }
        self.settle(ended, given)
        for cluster in sorted(set(clusters) - set(given), key=min):
            given[cluster] = f"C{len(self.minted) + 1:09}"
            self.minted.append(given[cluster])
        before, self.now = self.now, {r: c for cluster, c in given.items() for r in cluster}
        self.last |= self.now
        for record, customer in self.now.items():
            self.held.setdefault(customer, set()).add(record)
        for customer in set(before.values()) - set(self.now.values()):
            members = frozenset(r for r, c in before.items() if c == customer)
            self.end[customer] = members, frozenset(self.now[r] for r in members if r in self.now)

    def heirs(self, customer: str) -> set[str | None]:
        if customer in self.now.values():
            return {customer}
        members, merged_into = self.end[customer]
        carried = {self.now[r] for r in members if r in self.now}
        followed = {heir for into in merged_into for heir in self.heirs(into)} - {None}
        return set(carried or followed) or {None}


loads = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 4), max_size=8)


@settings(max_examples=25, deadline=None)
@given(st.lists(loads, min_size=1, max_size=6))
def test_laws_hold_over_random_histories(history: list[dict[str, int]]) -> None:
    """Each load is records with the cluster they are in: what is missing is deleted, the rest merges and splits."""
    ledger, model = Ledger(), Model()
    states: list[dict[str, str]] = []
    for load in history:
        clusters = ["".join(r for r in sorted(load) if load[r] == number) for number in sorted(set(load.values()))]
        ledger.run(*clusters)
        model.run(clusters)
        states.append(ledger.ids())
        assert states[-1] == model.now
        redirects: dict[str, set[str | None]] = {}
        for customer, heir in ledger.con.execute("from golden.id_redirects").fetchall():
            redirects.setdefault(customer, set()).add(heir)
        assert redirects == {customer: model.heirs(customer) for customer in model.minted}
    assert ledger.run(*clusters).events == {}, "a rerun on the same input appends nothing"
    for run, state in enumerate(states, 1):
        assert ledger.ids_as_of(run) == state, "the crosswalk of any past run can be had again"
    replayed: dict[str, list[str]] = {}
    for customer, after in ledger.con.execute(
        "select customer_id, members_after from golden.identity_events order by number"
    ).fetchall():
        replayed[customer] = after
    assert {f"s:{r}": c for r, c in ledger.ids().items()} == {r: c for c, rs in replayed.items() for r in rs}
    ledger.con.close()
