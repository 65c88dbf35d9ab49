"""The ledger of ids after an erasure, over random histories: everything replays as before, and no key is left."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.governance.key_hashes import hash_kept_keys, key_hashes
from dq_pipeline.adapters.governance.ledger import close_ledger
from dq_pipeline.adapters.governance.suppression import Suppressions
from dq_pipeline.adapters.id_redirects import was_erased, write_redirects
from dq_pipeline.domain.erasure import Request
from tests.adapters.test_identity import START, Ledger, loads
from tests.governance.conftest import NOW

_OTHERS = """
create table golden.customers as select distinct customer_id from golden.crosswalk;
create table golden.changes (sequence bigint, run_id varchar, changed_at timestamp, operation varchar,
    customer_id varchar, changed varchar[], heirs varchar[], identity_event bigint)
"""


def clusters_of(load: dict[str, int]) -> list[str]:
    return ["".join(r for r in sorted(load) if load[r] == number) for number in sorted(set(load.values()))]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(loads.filter(bool), min_size=1, max_size=5), st.integers(0, 7))
def test_an_erased_ledger_replays_and_names_no_record(
    tmp_path: Path, history: list[dict[str, int]], chosen: int
) -> None:
    ledger = Ledger()
    for load in history:
        ledger.run(*clusters_of(load))
    con, before = ledger.con, ledger.ids()
    erased = sorted(set(before.values()))[chosen % len(set(before.values()))]
    gone = {record for record, customer in before.items() if customer == erased}
    past = [ledger.ids_as_of(run) for run in range(1, len(history) + 1)]
    others = {(i, heir) for i, heir in con.execute("from golden.id_redirects").fetchall() if heir not in (erased, None)}

    con.execute(_OTHERS)
    keys = tuple(f"s:{record}" for record in sorted(gone))
    request = Request("E000001", (erased,), keys, "Eve", "asked", NOW, NOW)
    hashes = key_hashes(Suppressions(tmp_path, tmp_path), keys)
    for _ in range(2):  # a step that a kill cut off is taken again
        close_ledger(con, request, START + timedelta(days=ledger.runs))
        con.execute("delete from golden.crosswalk where list_contains(?, record_key)", [list(keys)]).fetchall()
        write_redirects(con)
        hash_kept_keys(con, hashes)

    told = str([con.execute(f"from golden.{table}").fetchall() for table in ("memberships", "identity_events")])
    assert not [key for key in keys if f"'{key}'" in told]
    assert [ledger.ids_as_of(run) for run in range(1, len(history))] == [
        {hashes.get(f"s:{record}", f"s:{record}")[2:]: customer for record, customer in state.items()}
        for state in past[:-1]
    ]
    replayed: dict[str, list[str]] = {}
    for customer, after in con.execute(
        "select customer_id, members_after from golden.identity_events order by number"
    ).fetchall():
        replayed[customer] = after
    living = {f"s:{record}": customer for record, customer in before.items() if record not in gone}
    assert {record: customer for customer, records in replayed.items() for record in records} == living
    assert ledger.heirs(erased) == {"erased"}
    assert was_erased(con, erased)
    redirects = con.execute("from golden.id_redirects where heir_id is not null").fetchall()
    assert {*redirects} == others

    rest = {record: number for record, number in history[-1].items() if record not in gone}
    assert ledger.run(*clusters_of(rest)).events == {}
    ledger.run(*clusters_of(history[-1]))
    assert erased not in ledger.ids().values(), "not even a record that comes back has the id again"
    con.close()


@pytest.mark.parametrize("key", ["ao:1", "erased:0123"])
def test_the_same_key_has_the_same_hash_in_sql_and_what_is_a_hash_stays(tmp_path: Path, key: str) -> None:
    suppressions = Suppressions(tmp_path, tmp_path)
    ledger = Ledger()
    suppressions.prepare(ledger.con)
    ((digest,),) = ledger.con.execute("select dq_digest('key', ?)", [key]).fetchall()
    assert suppressions.digest("key", key) == digest
    assert key_hashes(suppressions, [key]) == ({} if key.startswith("erased:") else {key: f"erased:{digest[:32]}"})
