"""Leaving out pairs that cannot reach a line: no pair is lost, no weight another, and most strangers need no look."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from dq_pipeline.adapters.linkage import scoring
from dq_pipeline.adapters.linkage.blocking import PAIRS
from dq_pipeline.adapters.linkage.model import PopulationModel
from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS, attach_records
from dq_pipeline.adapters.linkage.scoring import SCORED, Scorer
from dq_pipeline.adapters.linkage.sketches import relaxed, sketches_sql
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.domain.linkage import LinkagePolicy
from dq_pipeline.policies.linkage import ORGANISATIONS, PERSONS
from tests.adapters.linkage.records_table import record, town, warehouse_of, write_records

POLICY = replace(PERSONS, limits=replace(PERSONS.limits, sampled_pairs=5_000))
ALPHABET = np.array(list("aabbcde1éèж "))


def texts(random: np.random.Generator, count: int) -> list[str]:
    """Texts near each other: each is an earlier one with a letter out, in or changed, two swapped, or a new one."""
    found = ["a b"]
    for _ in range(count - 1):
        text = list(found[random.integers(len(found))])
        place, letter = random.integers(len(text) + 1), str(random.choice(ALPHABET))
        match random.integers(5):
            case 0:
                text[place : place + 1] = []
            case 1:
                text[place:place] = letter
            case 2:
                text[place : place + 1] = letter
            case 3:
                text[place - 1 : place + 1] = reversed(text[place - 1 : place + 1])
            case _:
                text = random.choice(ALPHABET[:-1], random.integers(1, 14)).tolist()
        found.append("".join(text).strip() or "a")
    return found


@pytest.mark.parametrize("policy", [PERSONS, ORGANISATIONS], ids=lambda policy: policy.population)
def test_a_relaxed_condition_holds_wherever_the_condition_does(policy: LinkagePolicy) -> None:
    """All conditions of the policy, of all pairs of records whose fields differ by a slip or two, or in everything."""
    random = np.random.default_rng(7)
    rows = []
    for number, text in enumerate(texts(random, 150)):
        other = texts(random, 2)[1]
        rows.append(
            record(
                f"a:{number}",
                party_type=policy.population,
                given_name=text or None,
                family_name=other or None,
                organisation=text or None if policy is ORGANISATIONS else None,
                other_names=other.split() or None,
                birthdate=f"19{random.integers(40, 44)}-0{random.integers(1, 4)}-1{random.integers(0, 4)}",
                email=f"{text[:3]}@{other}",
                phone="".join(map(str, random.integers(0, 2, 10))),
                address=f"{random.integers(1, 3)} {text}",
                locality=text or None,
                postal_code=other or None,
                employer=other or None,
                national_id=text or None,
            )
        )
    conditions = {
        sql
        for c in policy.comparisons
        for sql in (c.missing, *(level.when for level in c.levels))
        if relaxed(sql) != sql
    }
    assert len(conditions) > 10
    with duckdb.connect() as con:
        write_records(con, rows, "given")
        con.execute(f"create table {RECORDS} as select (row_number() over ())::integer as {NUMBER}, * from given")
        con.execute(f"create table sketches as {sketches_sql(con, [relaxed(sql) for sql in conditions])}")
        con.execute(f"create table both_kinds as from sketches join {RECORDS} using ({NUMBER})")
        seen = 0
        for sql in sorted(conditions):
            held, lost = con.execute(
                f"""
                with lefts as (select columns('(.*)') as '\\1_l' from both_kinds),
                    rights as (select columns('(.*)') as '\\1_r' from both_kinds)
                select count(*) filter ({sql}), count(*) filter (({sql}) and ({relaxed(sql)}) is not true)
                from lefts join rights on {NUMBER}_l <> {NUMBER}_r
                """
            ).fetchall()[0]
            assert lost == 0, sql
            seen += held > 0
        assert seen > len(conditions) * 0.8


def scored(con: duckdb.DuckDBPyConnection, model: PopulationModel) -> tuple[int, list[Any]]:
    """All pairs at `keep` and above of all possible pairs, and how many Splink had to compare."""
    con.execute(
        f"create or replace table {PAIRS} as select l.{NUMBER} as join_key_l, r.{NUMBER} as join_key_r, "
        f"0::utinyint as match_key from {RECORDS} as l join {RECORDS} as r on l.{NUMBER} < r.{NUMBER} order by all"
    )
    looked_at = Scorer(con, model, POLICY).score(least=POLICY.thresholds.keep)
    records = con.execute(f"select count(*) from {RECORDS}").fetchall()[0][0]
    assert looked_at == records * (records - 1) // 2
    compared = con.execute(f"select count(*) from {PAIRS}").fetchall()[0][0]
    return compared, con.execute(f"select * from {SCORED} order by l, r").fetchall()


def test_pairs_and_weights_are_those_of_comparing_every_pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, _ = town(people=120)
    warehouse = warehouse_of(tmp_path / "w.duckdb", rows)
    model = train_model(warehouse.path, tmp_path / "work", [POLICY], seed=1, now=datetime(2026, 1, 1))
    with duckdb.connect() as con:
        attach_records(con, warehouse.path, POLICY)
        every, expected = scored(con, model.populations["person"])
        monkeypatch.setattr(scoring, "BOUNDED", 0)
        few, found = scored(con, model.populations["person"])
    assert found == expected
    assert len(expected) > 60
    assert few < every / 20
