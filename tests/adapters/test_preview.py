"""A preview says what the next run would do: the same changes, consents and duplicates, and nothing is written."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.customer_history import changes_behind
from dq_pipeline.adapters.preview import ConsentChange, Duplicates, Preview, preview
from dq_pipeline.adapters.proposals import (
    Proposal,
    propose_merge,
    propose_pin,
    propose_split,
    propose_unpin,
    save,
)
from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, upstream
from dq_pipeline.adapters.stewardship import decisions, pair_decisions
from dq_pipeline.defs.project import project_models
from dq_pipeline.domain.stewardship import PairDecision
from dq_pipeline.errors import InputError
from dq_pipeline.settings import CONTRACTS
from tests.adapters.golden_world import POLICY, World

ANN = {"name": "Ann", "email": "ann@x.org", "cluster": 1, "updated_at": datetime(2026, 1, 1)}
BOB = {"name": "Bob", "email": "bob@x.org", "cluster": 1, "updated_at": datetime(2026, 6, 1)}
WORD = {"author": "Eve", "reason": "rang them up"}


@pytest.fixture(scope="module")
def models() -> Mapping[str, SqlModel]:
    return project_models(load_contracts(CONTRACTS))


@pytest.fixture
def world(models: Mapping[str, SqlModel]) -> Iterator[World]:
    """Ann's customer has Bob's record by mistake; another Ann is a customer of her own."""
    made = World()
    made.con.execute("create table staging.source_conventions as select 'x' as contract_id, date '2026-11-20' as as_of")
    made.con.execute(
        "create table staging.consents (record_key varchar, purpose varchar, status varchar, given_at timestamp, "
        "method varchar)"
    )
    made.con.execute(
        "insert into staging.consents values "
        "('crm:1', 'marketing_email', 'granted', timestamp '2025-01-01', 'form'), "
        "('crm:3', 'marketing_email', 'withdrawn', timestamp '2026-01-01', 'mail')"
    )
    made.con.execute(
        "create table linkage.pairs (left_key varchar, right_key varchar, match_weight double, band varchar)"
    )
    made.con.execute("insert into linkage.pairs values ('crm:1', 'crm:3', 9, 'merge'), ('crm:1', 'shop:2', 8, 'merge')")
    made.run({"crm:1": ANN, "crm:3": BOB, "shop:2": ANN, "shop:4": ANN | {"cluster": 2}})
    for model in upstream(models, ["golden.consents"]):
        if model.schema == "golden":
            create_model_table(made.con, model)
    yield made
    made.con.close()


def look(world: World, proposal: Proposal, models: Mapping[str, SqlModel]) -> Preview:
    return preview(world.con, proposal, POLICY, models, now=world.now)


def come_true(world: World, proposal: Proposal) -> list[tuple[Any, ...]]:
    """Save it and let the next run find the records as the proposal wants them."""
    last = world.rows("select max(sequence) from golden.changes")[0][0]
    save(world.con, proposal, decided_at=world.now)
    for part in proposal.parts:
        world.con.execute(
            "update linkage.clusters set cluster_id = ? where list_contains(?, record_key)", [min(part), list(part)]
        )
    world.run()
    return [
        (c.operation, c.customer_id, c.changed, c.heirs, c.after) for c in changes_behind(world.con, last, limit=99)
    ]


def told(found: Preview) -> list[tuple[Any, ...]]:
    return [(c.operation, c.customer_id, c.changed, c.heirs, c.after) for c in found.changes]


def test_a_split_is_foretold(world: World, models: Mapping[str, SqlModel]) -> None:
    proposal = propose_split(world.con, "C000000001", ["crm:3"], **WORD)
    assert [(d.kind, d.record_keys) for d in proposal.decisions] == [
        ("different", ("crm:1", "crm:3")),
        ("different", ("crm:3", "shop:2")),
    ]
    assert proposal.notes == ()
    before = world.rows("select * from golden.customers order by 1"), decisions(world.con)
    found = look(world, proposal, models)
    assert (world.rows("select * from golden.customers order by 1"), decisions(world.con)) == before
    assert found.minted == {"C000000003"}
    assert found.records == {"C000000003": ("crm:3",), "C000000001": ("crm:1", "shop:2")}
    assert found.winners["C000000001", "email"] == ("crm:3", "crm:1")
    assert found.consents == (
        ConsentChange("C000000001", "marketing_email", "withdrawn", "granted"),
        ConsentChange("C000000003", "marketing_email", "", "withdrawn"),
    )
    assert found.duplicates == (Duplicates("crm", 2, 1, 0),)
    assert told(found) == come_true(world, proposal)


def test_a_merge_is_foretold_and_lifts_what_parted_the_two(world: World, models: Mapping[str, SqlModel]) -> None:
    come_true(world, propose_split(world.con, "C000000001", ["crm:3"], **WORD))
    proposal = propose_merge(world.con, "C000000003", "C000000001", **WORD)
    assert [d.record_keys for d in proposal.decisions] == [("crm:1", "crm:3"), ("crm:3", "shop:2")]
    assert proposal.notes == ("1 more: pairs somebody had said to be different",)
    found = look(world, proposal, models)
    assert [(c.operation, c.customer_id, c.heirs) for c in found.changes] == [
        ("update", "C000000001", ()),
        ("merge", "C000000003", ("C000000001",)),
    ]
    assert told(found) == come_true(world, proposal)
    assert pair_decisions(world.con) == [
        PairDecision(3, "crm:1", "crm:3", "same"),
        PairDecision(4, "crm:3", "shop:2", "same"),
    ]
    again = come_true(world, propose_split(world.con, "C000000001", ["crm:3"], **WORD))
    assert [change[:2] for change in again] == [("insert", "C000000003"), ("split", "C000000001")], "its own id again"


def test_a_merge_of_records_never_compared_names_the_smallest_keys(world: World) -> None:
    (decision,) = propose_merge(world.con, "C000000001", "C000000002", **WORD).decisions
    assert (decision.kind, decision.record_keys) == ("same", ("crm:1", "shop:4"))


def test_a_split_says_what_may_fall_apart(world: World) -> None:
    proposal = propose_split(world.con, "C000000001", ["crm:1"], **WORD)
    assert proposal.notes == ("shop:2: without the others it may not stay with crm:3",)


def test_pin_and_unpin_are_foretold(world: World, models: Mapping[str, SqlModel]) -> None:
    pin = propose_pin(
        world.con, "C000000001", "email", " Ann.New@X.org", attributes=POLICY.attributes, expires_on=None,
        today=world.now.date(), **WORD,
    )  # fmt: skip
    (decision,) = pin.decisions
    assert (decision.left_key, decision.value) == ("crm:3", "ann.new@x.org"), "anchored where the value came from"
    found = look(world, pin, models)
    assert found.winners["C000000001", "email"] == ("crm:3", "decision 1")
    assert told(found) == [("update", "C000000001", ("email",), (), {"email": "ann.new@x.org"})]
    assert told(found) == come_true(world, pin)
    unpin = propose_unpin(world.con, "C000000001", "email", **WORD)
    assert unpin.revokes == (1,)
    assert told(look(world, unpin, models)) == [("update", "C000000001", ("email",), (), {"email": "bob@x.org"})]
    assert told(look(world, unpin, models)) == come_true(world, unpin)
    with pytest.raises(InputError, match="email of C000000001 is not pinned"):
        propose_unpin(world.con, "C000000001", "email", **WORD)


def test_what_cannot_be_meant_is_refused_with_its_reasons(world: World) -> None:
    con = world.con
    with pytest.raises(InputError) as raised:
        propose_split(con, "C000000001", ["shop:4", "crm:99"], **WORD)
    assert raised.value.problems == ("'crm:99' is no record of C000000001", "'shop:4' is no record of C000000001")
    with pytest.raises(InputError, match="every record would leave"):
        propose_split(con, "C000000002", ["shop:4"], **WORD)
    with pytest.raises(InputError, match="is one customer already"):
        propose_merge(con, "C000000001", "C000000001", **WORD)
    with pytest.raises(InputError, match="there is no customer 'C9'"):
        propose_merge(con, "C000000001", "C9", **WORD)
    pin = {"attributes": POLICY.attributes, "expires_on": None, "today": world.now.date(), **WORD}
    with pytest.raises(InputError, match="did you mean email"):
        propose_pin(con, "C000000001", "emial", "a@x.org", **pin)
    with pytest.raises(InputError) as raised:
        propose_pin(con, "C000000001", "birthdate", "31/31/secret", **pin)
    assert "secret" not in raised.value.text()
    assert "the value for birthdate cannot be pinned: it is no day" in raised.value.text()
