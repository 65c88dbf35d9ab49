"""Loading: of somebody erased nothing is stored, and every line is accounted for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.governance.delivered import clean_delivered
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.adapters.ingest import ingest_source
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import IngestResult
from dq_pipeline.settings import CONTRACTS, MODELS_SQL

NOW = datetime(2026, 11, 22, 12, 0, 0)
FACT = '{{"interaction_id":"{0}","source_system":"zoho","source_record_id":"{1}","channel":"email",' + (
    '"direction":"inbound","occurred_at":"2026-09-05T00:15:31Z","subject":"s","agent":"a","outcome":"{2}"}}\n'
)


@pytest.fixture
def place(tmp_path: Path) -> Places:
    """A home that has forgotten the record `zoho:z2` and the address `zyx@two.com`."""
    made = Places(tmp_path, MODELS_SQL, load_contracts(CONTRACTS))
    with duckdb.connect() as con:
        made.governance.mkdir()
        made.suppressions.prepare(con)
        for kind, token in (("key", "zoho:z2"), ("email", "zyx@two.com")):
            digest = con.execute("select dq_digest(?, ?)", [kind, token]).fetchall()[0][0]
            made.suppressions.add("E000001", [(kind, digest)])
    return made


def deliver(place: Places, contract: Contract, name: str, text: str) -> IngestResult:
    path = place.root / "extracts" / contract.id / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return ingest_source(
        place.warehouse, place.root / "extracts", contract, run_id="r", now=NOW, erased=place.suppressions
    )


def counts(result: IngestResult) -> tuple[str, int, int, int, int]:
    return (result.status, result.lines, result.loaded, result.rejected, result.erased)


def test_lines_and_damaged_lines_of_the_person_are_counted_and_not_kept(place: Places) -> None:
    contract = place.contracts["interactions"]
    others = "".join(FACT.format(f"I{n}", f"z{n}", "resolved") for n in range(100, 300))
    text = others + FACT.format("I2", "z2", "resolved") + '{"subject": "zyx@two.com\n' + '{"subject": "ann@one.com\n'
    result = deliver(place, contract, "interactions_20261120.jsonl", text)
    assert counts(result) == ("loaded", 203, 200, 1, 2)
    with place.warehouse.connect(read_only=True) as con:
        rejects = con.execute(
            "select line, reason = 'erased', raw_text is null from raw.rejects order by line"
        ).fetchall()
        assert rejects == [(201, True, True), (202, True, True), (203, False, False)]
        assert con.execute("select lines, loaded, rejected, erased from raw.loads").fetchall() == [(203, 200, 1, 2)]
    assert b"zyx@two" not in place.warehouse.path.read_bytes()
    clean_delivered(place, contract)
    path = place.root / "extracts" / contract.id / "interactions_20261120.jsonl"
    assert path.read_text() == others + "\n\n" + '{"subject": "ann@one.com\n'
    assert counts(deliver(place, contract, path.name, path.read_text())) == ("unchanged", 0, 0, 0, 0)


def test_a_night_with_changes_leaves_out_the_same_lines(place: Places) -> None:
    """Also with a source whose columns are called like those of `raw.loads`."""
    contract = place.contracts["interactions"]
    first = "".join(FACT.format(f"I{n}", f"z{n}", "resolved") for n in (1, 2, 3))
    assert counts(deliver(place, contract, "interactions_20261120.jsonl", first)) == ("loaded", 3, 2, 0, 1)
    second = "".join(FACT.format(f"I{n}", f"z{n}", "no_answer" if n == 3 else "resolved") for n in (1, 2, 3, 4))
    result = deliver(place, contract, "interactions_20261121.jsonl", second)
    assert counts(result) == ("loaded", 4, 3, 0, 1)
    assert (result.new_records, result.changed_records, result.unchanged_records) == (1, 1, 1)


def test_a_second_load_of_a_source_with_a_column_named_status(place: Places) -> None:
    contract = place.contracts["transactions"]
    folder = place.root / "extracts" / contract.id
    folder.mkdir(parents=True)
    for day, amount in (("20261120", "1.50"), ("20261121", "2.50")):
        with duckdb.connect() as con:
            con.execute(
                f"copy (select 'T' || n as transaction_id, 'zoho' as source_system, 'z' || n as source_record_id, "
                f"timestamptz '2026-01-01 10:00:00+00' as occurred_at, {amount} as amount, 'EUR' as currency, "
                f"'settled' as status, 'p' as product, 'web' as channel from range(1, 4) as r(n)) "
                f"to '{folder / f'transactions_{day}.parquet'}' (format parquet)"
            ).fetchall()
        result = ingest_source(
            place.warehouse, place.root / "extracts", contract, run_id="r", now=NOW, erased=place.suppressions
        )
        assert counts(result) == ("loaded", 3, 2, 0, 1), result.problem
    assert result.changed_records == 2


def test_facts_under_another_key_follow_their_record(place: Places) -> None:
    zoho, facts = place.contracts["zoho_contacts"], place.contracts["interactions"]
    names = [column.name for column in zoho.columns]
    rows = [{"Record Id": "z9", "Email": "Zyx@Two.com"}, {"Record Id": "z5", "Email": "ann@one.com"}]
    text = "\n".join([",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]) + "\n"
    assert counts(deliver(place, zoho, "Contacts_2026_11_20.csv", text)) == ("loaded", 2, 1, 0, 1)
    text = "".join(FACT.format(f"I{n}", f"z{n}", "resolved") for n in (5, 9))
    assert counts(deliver(place, facts, "interactions_20261120.jsonl", text)) == ("loaded", 2, 1, 0, 1)
