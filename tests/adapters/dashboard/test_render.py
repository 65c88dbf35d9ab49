"""The page itself: what it says, that it asks nobody for anything, and that hostile text stays text."""

import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from itertools import pairwise

import duckdb
import pytest

from dq_pipeline.adapters.dashboard import collect_dashboard, render_dashboard
from dq_pipeline.domain.dashboard import (
    ConsentPurpose,
    DashboardData,
    Delivery,
    Duplicates,
    HeatCell,
    HeatMap,
    Impact,
    LargestCustomer,
    LoadedFile,
    Publication,
    RuleRow,
    Scope,
    Score,
    SourceCustomers,
    TrendPoint,
)
from tests.adapters.dashboard.fixture import CONTRACTS, PUBLISHED, RUN, empty_warehouse, realistic_warehouse

VOID = {"meta", "link", "input", "br", "wbr", "img", "hr"}
HOSTILE = "<script>alert(1)</script>'\"=cmd|' /C calc'!A0</style>{{ 7 * 7 }}"


class Document(HTMLParser):
    """Tags in order, visible words, and whether every tag is closed where it was opened."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th", "dt", "dd", "div"):
            self.text += " "

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.text += data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def words(html: str) -> str:
    return re.sub(r"\s+", " ", Document(html).text)


def page(con: duckdb.DuckDBPyConnection) -> str:
    data = collect_dashboard(con, run_id=RUN, version="v8", published_at=PUBLISHED, contracts=CONTRACTS)
    return render_dashboard(data)


@pytest.fixture(scope="module")
def realistic() -> str:
    return page(realistic_warehouse())


@pytest.fixture(scope="module")
def empty() -> str:
    return page(empty_warehouse())


def hostile_data() -> DashboardData:
    """Hostile text in every place that text from outside can reach."""
    rule = RuleRow(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, "failed", HOSTILE, HOSTILE, HOSTILE, 10, 2)
    file = LoadedFile(HOSTILE, 10, 9, 1, None)
    scope = Scope(HOSTILE, Score(50.0, 0.5), 10, 1.0, (40.0, 50.0))
    base = collect_dashboard(
        realistic_warehouse(), run_id=RUN, version="v", published_at=PUBLISHED, contracts=CONTRACTS
    )
    return replace(
        base,
        publication=Publication(HOSTILE, HOSTILE, PUBLISHED, HOSTILE, HOSTILE),
        headline=replace(base.headline, sources=(SourceCustomers(HOSTILE, 10, 10, 8, 2),)),
        dimensions=(scope,),
        sources=(scope,),
        owners=(scope, Scope("W" * 400, Score(10.0, 1.0))),
        heat=HeatMap((HOSTILE,), (HOSTILE,), ((HeatCell(1, 10),),)),
        trend=(TrendPoint(HOSTILE, datetime(2026, 11, 1), Score(40.0, 1.0)), *base.trend),
        impacts=(Impact(HOSTILE, 9.0, Score(10.0, 1.0), (HOSTILE, "M" * 400), 5, -0.5),),
        rules=(
            replace(rule, by_source=((HOSTILE, 2),)),
            replace(rule, rule_id="2", outcome="errored", owner="W" * 400, message=HOSTILE),
            replace(rule, rule_id="3", outcome="passed", failed=0),
        ),
        duplicates=Duplicates(
            sizes=((1, 5), (12, 1)),
            systems=((1, 6),),
            bands=((HOSTILE, 3),),
            review=1,
            review_reasons=((HOSTILE, 1),),
            largest=(LargestCustomer(HOSTILE, 12, (HOSTILE,)),),
        ),
        consents=(ConsentPurpose(HOSTILE, 1, 1, 1, 1, 1, 1, 1, 1),),
        deliveries=(
            Delivery(HOSTILE, HOSTILE, HOSTILE, 1, 10, 9, 1, 9, PUBLISHED, latest=(file,)),
            Delivery("W" * 400, HOSTILE, "W" * 400),
        ),
        notices=(HOSTILE,),
    )


def test_the_sentence_and_its_picture(realistic: str) -> None:
    text = words(realistic)
    assert "You think you have 10,000 customers. You have 7,012." in text
    assert "5 systems hold 10,000 records. 920 of them repeat a customer inside the same system" in text
    assert "Twice in one system −920 Again in another system −2,068 Customers 7,012" in text
    assert "salesforce 3,210 2,820" in text


def test_a_score_stands_beside_its_coverage(realistic: str) -> None:
    assert "96.3 of 100 at 85% coverage" in words(realistic)
    scores = re.findall(r'<td class="number strong">([\d.]+)</td><td class="number soft">(\d+%)</td>', realistic)
    assert len(scores) >= 6 + 5 + 6 + 8
    assert re.search(r'Finance</th><td class="number none">not measured</td><td class="number soft">0%</td>', realistic)


def test_trend_impacts_and_rules(realistic: str) -> None:
    text = words(realistic)
    assert "The overall score moved by +0.7 since the version before." in text
    assert "so the two compare like for like" in text
    assert "staging.customers.email alone costs 1.07 of the 3.61 points lost" in text
    assert "40 rules: 27 failed, 8 passed, 2 could not run and 3 had nothing to look at." in text
    assert "Find the form or treat the consent as not given." in text
    for outcome, count in {"failed": 27, "errored": 2, "not_evaluated": 3, "passed": 8}.items():
        assert realistic.count(f'<span class="badge {outcome}">') == count


def test_consent_sources_and_review(realistic: str) -> None:
    text = words(realistic)
    assert "marketing email 5,200 1,201 2,600 1,000 1,200 0" in text
    assert "Absent: transactions; nothing of it is on this page. Late: ao_customers;" in text
    ao = "ao_customers !late Policy Administration 1 1,003 990 13 990 19 Nov 2026, 22:40 UTC every 24 h 3,650 days"
    assert ao in text
    assert "147 doubtful matches wait for a person" in text
    assert "8 or more 1" in text


def test_the_same_data_gives_the_same_bytes(realistic: str) -> None:
    assert page(realistic_warehouse()) == realistic


def test_an_empty_warehouse_gives_an_honest_page(empty: str) -> None:
    text = words(empty)
    assert "No customer record has been loaded." in text
    assert "Overall score not measured coverage 0%" in text
    assert "Fit for use not measured" in text
    assert "Is it getting better? ○ No version has been measured yet" in text
    assert "quality.scores is empty: no score was computed." in text
    assert "treat every customer as not contactable" in text
    body = text.split("How to read this page")[0]
    assert not re.search(r"\b100\b", body)
    assert "100%" not in body


def test_one_version_is_no_trend() -> None:
    con = empty_warehouse()
    con.execute(
        "insert into quality.scores by name select 'run-8' as run_id, timestamp '2026-11-22' as measured_at, "
        "'overall' as scope_type, 'overall' as scope, 100.0 as score, 0.5 as coverage"
    )
    text = words(page(con))
    assert "There is one measured version at most; the trend begins with the next one." in text
    assert "99.9 of 100 at 50% coverage" in text


def test_hostile_text_stays_text() -> None:
    html = render_dashboard(hostile_data())
    document = Document(html)
    assert len(document.attributes("script")) == 1
    assert len(document.attributes("style")) == 1
    assert "alert(1)" not in re.sub(r"&lt;script&gt;alert\(1\)", "", html)
    assert "{{ 7 * 7 }}" in document.text
    assert document.text.count(HOSTILE) > 30
    assert not [name for _, attributes in document.tags for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("name", ["realistic", "empty"])
def test_nothing_is_requested(name: str, request: pytest.FixtureRequest) -> None:
    html = request.getfixturevalue(name)
    document = Document(html)
    asking = ("src", "href", "xlink:href", "action", "data", "poster")
    targets = [attributes[key] for _, attributes in document.tags for key in asking if key in attributes]
    anchors = {attributes["id"] for _, attributes in document.tags if "id" in attributes}
    assert targets and all(target and target.startswith("#") and target[1:] in anchors for target in targets)
    assert not re.search(r"https?:|[\"'(]//|@import|@font-face", html)
    assert re.findall(r"url\(([^)]*)\)", html) == ["#hatch", "#dots"]
    assert not document.attributes("link") and not document.attributes("img") and not document.attributes("iframe")


@pytest.mark.parametrize("name", ["realistic", "empty"])
def test_a_screen_reader_finds_its_way(name: str, request: pytest.FixtureRequest) -> None:
    document = Document(request.getfixturevalue(name))
    assert not document.open
    tags = [tag for tag, _ in document.tags]
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tags.count("table") == tags.count("caption")
    assert all(heading.get("scope") for heading in document.attributes("th"))
    assert all(d.get("aria-hidden") == "true" or d.get("role") == "img" for d in document.attributes("svg"))
    for drawing in document.attributes("svg"):
        assert drawing.get("aria-hidden") or drawing.get("aria-label") or drawing.get("aria-labelledby")
    ids = [attributes["id"] for _, attributes in document.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in document.tags:
        assert set((attributes.get("aria-labelledby") or "").split()) <= set(ids)
    assert document.attributes("html") == [{"lang": "en"}]
    assert document.attributes("a")[0] == {"class": "skip", "href": "#main"}
    for index, (tag, _) in enumerate(document.tags):
        if tag in ("input", "select"):
            assert document.tags[index - 1][0] == "label"


def test_no_value_of_a_customer_is_read() -> None:
    con = realistic_warehouse()
    con.execute("update staging.customers set email = 'marker-email'")
    con.execute("update staging.contact_points set value = 'marker-point', value_as_given = 'marker-given'")
    con.execute("update staging.consents set evidence = 'marker-evidence', given_at_as_given = 'marker-date'")
    con.execute("insert into raw.rejects values (1, 'ao_customers', 'f', 3, 'marker-line', 'marker-reason')")
    assert "marker" not in page(con)
