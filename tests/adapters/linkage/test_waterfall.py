"""Splink's waterfall chart as a page: its bars are the stored evidence, and it asks for nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dq_pipeline.adapters.linkage.waterfall import compared_values, waterfall_page
from dq_pipeline.domain.explanation import Evidence, PairExplanation, ScoredPair
from dq_pipeline.errors import InputError
from dq_pipeline.policies.linkage import PERSONS
from tests.adapters.dashboard.browser import Page
from tests.adapters.linkage.records_table import record, write_records

HOSTILE = "crm:</script><img src=x onerror=alert(1)>"
VALUE = "<b>Ann</b>\"'&</script>"
PAIR = ScoredPair(
    4.5,
    0.957,
    "merge",
    "e-mail",
    (
        Evidence("starting odds", "before anything is compared", -11.5),
        Evidence("given name", "the same", 9.0),
        Evidence("e-mail", "the same", 9.0),
        Evidence("other explanation", "two members of one household", -2.0),
    ),
)
EXPLANATION = PairExplanation(HOSTILE, "shop:1", True, pair=PAIR)


def bars(page: str) -> list[dict[str, Any]]:
    """The chart's data as Vega is given it."""
    found = re.search(r"vegaEmbed\(document\.getElementById\('[^']+'\), (\{.*\}), \{\}\)", page)
    assert found
    spec = json.loads(found[1])
    assert spec["usermeta"] == {"embedOptions": {"actions": False}}
    return list(spec["data"]["values"])


def test_the_bars_are_the_evidence_and_lead_to_the_match_weight() -> None:
    found = bars(waterfall_page(EXPLANATION))
    assert [(bar["column_name"], bar["log2_bayes_factor"]) for bar in found] == [
        ("Prior", -11.5),
        ("given name", 9.0),
        ("e-mail", 9.0),
        ("other explanation", -2.0),
        ("Final score", 4.5),
    ]
    assert sum(bar["log2_bayes_factor"] for bar in found[:-1]) == found[-1]["log2_bayes_factor"]
    assert {bar["value_l"] + bar["value_r"] for bar in found} == {""}
    assert found[3]["bayes_factor_description"] == "4.00 times less likely to be one customer"


def test_nothing_from_outside_is_written_unescaped() -> None:
    page = waterfall_page(EXPLANATION, {"given name": (VALUE, "Ann")})
    assert (bars(page)[1]["value_l"], bars(page)[1]["value_r"]) == (VALUE, "Ann")
    for text in (HOSTILE, VALUE, "<b>Ann", "<img src=x"):
        assert text not in page
    assert "crm:&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; and shop:1" in page
    assert not re.findall(r"(?:src|href)=[\"']?https?://", page)


def test_without_a_comparison_there_is_no_chart() -> None:
    with pytest.raises(InputError, match="never compared"):
        waterfall_page(PairExplanation("crm:1", "shop:1", False))


def test_values_are_what_the_comparisons_look_at() -> None:
    with duckdb.connect() as con:
        with pytest.raises(InputError, match="hold no compared values"):
            compared_values(con, PERSONS, "a:1", "b:1")
        con.execute("create schema linkage")
        rows = [
            record("a:1", given_name="ann", family_name="lee", locality="leeds", postal_code="LS11AA"),
            record("b:1", given_name="anna", birthdate="1970-02-28"),
        ]
        write_records(con, rows, "linkage.records")
        found = compared_values(con, PERSONS, "a:1", "b:1")
    assert found["given name"] == ("ann", "anna")
    assert found["birthdate"] == ("", "1970-02-28")
    assert found["place"] == ("LS11AA, leeds", "")
    assert set(found) == {comparison.name for comparison in PERSONS.comparisons}


def test_a_browser_draws_it_without_asking_for_anything(browser: Page, tmp_path: Path) -> None:
    path = tmp_path / "waterfall.html"
    path.write_text(waterfall_page(EXPLANATION, {"given name": (VALUE, "Ann")}), encoding="utf-8")
    browser.open(path)
    drawn = "new Promise(done => {const look = () => document.querySelector('.chart canvas, .chart svg') ? done(1) : "
    assert browser.run(drawn + "setTimeout(look, 50); look()})") == 1
    assert browser.requests() == [path.as_uri()]
    assert browser.complaints() == []
    height = "document.querySelector('.chart canvas, .chart svg').getBoundingClientRect().height"
    assert browser.run(height) > 300
    assert browser.run("document.querySelectorAll('td').length") == 4 * 5
    browser.open(path, width=390)
    assert browser.run("document.documentElement.scrollWidth") <= 390
