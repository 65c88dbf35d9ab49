"""What a person is told about a source whose files could be read, but look odd."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dq_pipeline.adapters.ingest import ingest_source, source_findings
from dq_pipeline.domain.volume import freshness_finding, volume_finding

from .conftest import Source, contract_of

NIGHT = datetime(2026, 11, 1, 2, 0)


def night(source: Source, number: int, header: str, lines: int) -> dict[str, str]:
    """Ingest that many lines under the header; check -> problem."""
    columns = header.count(",") + 1
    path = source.put("a.csv", header + "\n" + "".join(f"{n}{',x' * (columns - 1)}\n" for n in range(lines)))
    now = NIGHT + timedelta(days=number)
    written = (now - timedelta(hours=1)).replace(tzinfo=UTC).timestamp()
    os.utime(path, (written, written))
    ingest_source(source.warehouse, source.extracts, source.contract, run_id=f"r{number}", now=now)
    return findings(source, now)


def findings(source: Source, now: datetime) -> dict[str, Any]:
    with source.warehouse.connect(read_only=True) as con:
        return {finding.check: finding.problem for finding in source_findings(con, source.contract, now=now)}


def test_columns_that_drift(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source(columns="Id First Last")
    told = [
        night(source, number, header, 10 + number)["columns_as_contracted"]
        for number, header in enumerate(
            ("Id,First,Last", "Last,Id,First", "Last,Id,First", "Id,Last", "Id,Last", "Id,last-,Shoe size")
        )
    ]
    assert told == [
        "",
        "in another order than before",
        "",
        "1 no longer there: First",
        "",
        "1 new: Shoe size; 1 renamed: last- -> Last",
    ]


def test_forty_percent_fewer_lines_than_usual(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    volumes = [night(source, number, "Id,First,Last", lines)["usual_volume"] for number, lines in enumerate((100, 104))]
    assert volumes == ["", ""]
    assert night(source, 2, "Id,First,Last", 60)["usual_volume"] == (
        "60 lines are 41% fewer than the usual 102; the contract allows 30%"
    )
    assert night(source, 3, "Id,First,Last", 101)["usual_volume"] == ""
    assert night(source, 4, "Id,First,Last", 135)["usual_volume"] == (
        "135 lines are 34% more than the usual 100; the contract allows 30%"
    )


def test_a_choice_that_the_contract_does_not_list(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    first, sex, last = source.contract.columns
    source.contract = replace(source.contract, columns=(first, replace(sex, allowed_values=("M", "F")), last))
    source.put("a.csv", "Id,First,Last\n1,M,x\n2, F ,x\n3,,x\n4,D,x\n5,divers,x\n")
    ingest_source(source.warehouse, source.extracts, source.contract, run_id="r", now=NIGHT)
    assert findings(source, NIGHT)["values_allowed"] == "values that the contract does not list: 2 in First"


def test_an_old_extract_is_stale(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    assert night(source, 0, "Id,First,Last", 5)["extract_fresh"] == ""
    later = NIGHT + timedelta(hours=47)
    assert findings(source, later)["extract_fresh"] == "the newest extract is 48 hours old; the contract promises 26"


@pytest.mark.parametrize(
    ("lines", "earlier", "problem"),
    [
        (10, [], ""),
        (0, [], "0 lines are fewer than the 1 that the contract expects"),
        (100, [100, 100, 1], ""),  # one odd night is not the usual
        (100, [1_000] * 5 + [100] * 14, ""),  # two weeks are remembered
        (69, [100], "69 lines are 31% fewer than the usual 100; the contract allows 30%"),
        (70, [100], ""),
    ],
)
def test_volume(lines: int, earlier: list[int], problem: str) -> None:
    assert volume_finding(contract_of(), lines, earlier) == problem


def test_freshness() -> None:
    contract = contract_of(freshness_hours=26.0)
    assert freshness_finding(contract, None, NIGHT) == "no extract has come yet"
    assert freshness_finding(contract, NIGHT - timedelta(hours=26), NIGHT) == ""
    assert freshness_finding(contract, NIGHT - timedelta(hours=50), NIGHT) == (
        "the newest extract is 50 hours old; the contract promises 26"
    )
