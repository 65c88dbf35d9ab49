"""Rules proposed from data: each holds as its evidence says, loads strictly, and tells nobody's name."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dq_pipeline.adapters.expectations import validate
from dq_pipeline.adapters.propose import KnownColumn, Proposal, propose_suite
from dq_pipeline.adapters.suites import load_suites
from dq_pipeline.adapters.warehouse import Warehouse, quote_identifier
from dq_pipeline.domain.column_facts import ColumnFacts, Threshold
from dq_pipeline.domain.propose import candidates
from dq_pipeline.errors import InputError

NOW = datetime(2026, 1, 15)
ROWS = 1000
HOSTILE = 'a{b}"; drop table x;--'
# column -> its value in row n
COLUMNS: dict[str, Callable[[int], str | None]] = {
    "Id": lambda n: f"{n:08}",
    "First Name": lambda n: f"Zaphod{n % 7}",  # personal, few different values
    "Stage": lambda n: "Slip" if n == 5 else ("Lead", "Customer", "")[n % 3],
    "Consent": lambda n: "Y" if n % 2 else "N",
    "Email": lambda n: "nobody" if n < 3 else f"z{n}@mail.example",
    "Born": lambda n: None if n % 10 == 0 else f"{1 + n % 28:02}.{1 + n % 12:02}.{1951 + n % 40}",
    "Created": lambda n: f"2021-02-{1 + n % 28:02} 10:00",
    "Updated": lambda n: f"2020-01-01 10:{n % 60:02}" if n < 4 else f"2023-02-{1 + n % 28:02} 10:00",
    "Due": lambda n: f"2031-02-{1 + n % 28:02}",
    "Amount": lambda n: f"{n - 20}.{n % 100:02}" if n != 20 else "0.5",
    "Note": lambda n: f"free text no. {n}" * (1 + n % 3),
    "Half": lambda n: "x" if n % 2 else None,
    HOSTILE: lambda n: f"{n % 5}" if n else "y",
    "Unknown to the contract": lambda n: "Zaphod" if n % 2 else "Trillian",
}
KNOWN = {
    **{name: KnownColumn("none") for name in ("Id", "Stage", "Created", "Updated", "Due", "Half", HOSTILE)},
    "Consent": KnownColumn("personal", ("Y", "N", "W")),
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    made = Warehouse(tmp_path_factory.mktemp("propose") / "warehouse.duckdb")
    columns = ", ".join(f"{quote_identifier(name)} varchar" for name in COLUMNS)
    with made.transaction() as con:
        con.execute(f"create table raw.people ({columns}, _line bigint)")
        rows = [[value(n) for value in COLUMNS.values()] + [n] for n in range(ROWS)]
        con.executemany(f"insert into raw.people values ({', '.join('?' * (len(COLUMNS) + 1))})", rows)
    return made


def ask(made: Warehouse, *, share: float = 0.99, rows: int = 100, table: str = "raw.people") -> Proposal:
    with made.connect(read_only=True) as con:
        return propose_suite(
            con,
            table,
            key=("Id",),
            owner="sales",
            known=KNOWN,
            date_order="dmy",
            threshold=Threshold(share, rows),
            now=NOW,
        )


@pytest.fixture(scope="module")
def proposal(warehouse: Warehouse) -> Proposal:
    return ask(warehouse)


def rules(proposal: Proposal) -> dict[str, dict[str, Any]]:
    return {entry["meta"]["rule_id"].removeprefix("raw.people."): entry for entry in proposal.document["expectations"]}


def test_what_holds_is_proposed_and_what_does_not_is_not(proposal: Proposal) -> None:
    assert proposal.errored == {}
    assert proposal.rows == ROWS
    assert set(rules(proposal)) == {
        *("key.unique", "id.present", "id.format", "first_name.present", "first_name.format"),
        *("stage.allowed", "consent.present", "consent.allowed", "email.present", "email.format"),
        *("born.length", "born.within_range"),
        *("created.present", "created.format", "created.within_range"),
        *("updated.present", "updated.format", "updated.within_range"),
        *("due.present", "due.format", "due.within_range"),
        *("amount.present", "amount.unique", "amount.format", "note.present", "note.unique", "note.length"),
        *("half.allowed", "a_b_drop_table_x.present", "a_b_drop_table_x.allowed"),
        *("unknown_to_the_contract.present", "unknown_to_the_contract.format"),
        *("updated.not_before_created", "due.not_before_created", "due.not_before_updated"),
        *("created.not_before_born", "updated.not_before_born", "due.not_before_born"),
    }


def test_arguments_are_those_of_the_data_or_of_the_contract(proposal: Proposal) -> None:
    found = rules(proposal)
    assert found["stage.allowed"]["kwargs"] == {"column": "Stage", "value_set": ["Customer", "Lead", ""]}
    assert found["consent.allowed"]["kwargs"]["value_set"] == ["Y", "N", "W"]
    assert found["half.allowed"]["kwargs"]["value_set"] == ["x"]
    assert found["id.format"]["kwargs"]["regex"] == r"^\d{8}$"
    assert found["born.length"]["kwargs"] == {"column": "Born", "min_value": 1, "max_value": 10}
    query = found["born.within_range"]["kwargs"]["unexpected_rows_query"]
    assert "'%d.%m.%Y') not between timestamp '1950-01-01' and getvariable('measured_at')" in query
    assert (
        "timestamp '2030-01-01' and timestamp '2040-01-01'"
        in found["due.within_range"]["kwargs"]["unexpected_rows_query"]
    )


def test_every_rule_carries_its_evidence(proposal: Proposal) -> None:
    found = rules(proposal)
    told = {name: entry["notes"] for name, entry in found.items()}
    assert told["email.format"] == "Evidence: 997 of 1,000 rows conform (99.7 %); 998 distinct values in the column."
    assert told["stage.allowed"] == "Evidence: 667 of 668 rows conform (99.85 %); 3 distinct values in the column."
    assert told["updated.not_before_created"].startswith("Evidence: 996 of 1,000 rows conform (99.6 %)")
    assert told["born.within_range"].startswith("Evidence: 900 of 900 rows conform (100 %)")
    assert {entry["meta"]["why"] for entry in found.values()} == {
        "Proposed from the data: say why it matters, or delete the rule."
    }
    assert not any(entry["meta"].get("blocking") for entry in found.values())


def test_no_value_of_a_personal_column_is_in_it(proposal: Proposal) -> None:
    text = json.dumps(proposal.document)
    for value in ("Zaphod", "Trillian", "mail.example", "nobody", "free text"):
        assert value not in text
    assert "Slip" not in text  # a value of one row, whatever its column


def test_saved_it_loads_strictly_and_finds_exactly_what_the_evidence_says(
    proposal: Proposal, warehouse: Warehouse, tmp_path: Path
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "people.json").write_text(json.dumps(proposal.document))
    suites = load_suites(tmp_path)
    results = validate(warehouse, suites, run_id="r", now=NOW)
    found = {r.rule_id: f"Evidence: {r.evaluated - r.failed:,} of {r.evaluated:,} rows" for r in results}
    notes = {entry["meta"]["rule_id"]: entry["notes"].partition(" conform")[0] for entry in rules(proposal).values()}
    assert found == notes
    assert {result.outcome for result in results} == {"passed", "failed"}


def test_a_stricter_share_proposes_fewer_rules(warehouse: Warehouse, proposal: Proposal) -> None:
    strict = rules(ask(warehouse, share=1.0))
    assert "email.format" not in strict
    assert "id.format" in strict
    assert "Evidence: 1,000 of 1,000 rows conform (100 %)" in strict["id.format"]["notes"]


@pytest.mark.parametrize("table", ["raw.people", "raw.nothing_here"])
def test_too_few_rows_prove_nothing(warehouse: Warehouse, table: str) -> None:
    with pytest.raises(InputError, match=r"rules are proposed from 2,000 or more"):
        ask(warehouse, rows=2000, table=table)


def test_columns_that_look_alike_get_rule_ids_of_their_own() -> None:
    names = ("E-Mail", "e mail", "電話", "key", "2nd", "eMail")
    columns = [ColumnFacts(name, True, 100, 100, 0, 100, (1, 9), {}) for name in names]
    made = candidates("raw.t", ("E-Mail",), "o", columns, (), Threshold(0.99, 10))
    ids = [rule.rule_id.removeprefix("raw.t.") for rule in made]
    assert len(ids) == len(set(ids))
    slugs = ("e_mail", "e_mail_2", "column_3", "key_4", "nd", "e_mail_6")
    assert {f"{slug}.present" for slug in slugs} < set(ids)
