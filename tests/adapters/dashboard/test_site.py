"""The site: what its pages say, that every link leads somewhere, and that hostile text stays text."""

import re
from itertools import pairwise
from posixpath import dirname, join, normpath

import duckdb
import pytest

from dq_pipeline.adapters.dashboard import page_path
from tests.adapters.dashboard.fixture import (
    HOSTILE,
    empty_warehouse,
    insert,
    realistic_warehouse,
    render,
)
from tests.adapters.dashboard.markup import Document, words

Site = dict[str, str]
SITES = ("realistic", "empty", "hostile")
# Pages that are there whatever was measured: links to them are in the frame of every page.
ALWAYS = {
    *("index.html", "sources/index.html", "dimensions/index.html", "rules/index.html", "runs.html", "summary.html"),
    *("customers.html", "consent.html", "issues.html", "dictionary.html", "ownership.html", "lineage.html"),
}


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Site:
    found: Site = request.getfixturevalue(request.param)
    return found


every_site = pytest.mark.parametrize("site", SITES, indirect=True)


def test_there_is_a_page_for_everything(realistic: Site, empty: Site) -> None:
    assert set(empty) >= ALWAYS
    assert set(realistic) >= ALWAYS
    sources = {"ao", "dynamics", "facts", "hubspot", "salesforce", "zoho"}
    assert {path for path in realistic if path.startswith("sources/")} == {
        f"sources/{name}.html" for name in {*sources, "index"}
    }
    # 40 rules of the suites, one that only an old issue names, and the list of them.
    assert sum(path.startswith("rules/") for path in realistic) == 40 + 1 + 1
    assert "dimensions/validity.html" in realistic


def test_the_sentence_and_its_picture(realistic: Site) -> None:
    text = words(realistic["index.html"])
    assert "You think you have 10,000 customers. You have 7,012." in text
    assert "5 systems hold 10,000 records. 920 of them repeat a customer inside the same system" in text
    assert "it is between 6,900 and 7,040." in text
    assert "Twice in one system −920 Again in another system −2,068 Customers 7,012" in text
    assert "salesforce 3,210 2,820" in text
    assert "May be e-mailed 37%" in text and "Fit for use 74%" in text


def test_a_score_stands_beside_its_coverage(realistic: Site) -> None:
    html = realistic["index.html"]
    assert "96.3 of 100 at 85% coverage" in words(html)
    assert "Critical data 91.2 score of the columns everything rests on, at 90% coverage" in words(html)
    scores = re.findall(r'<td class="number strong">([\d.]+)</td><td class="number soft">(\d+%)</td>', html)
    assert len(scores) >= 6 + 5 + 6 + 8
    assert re.search(r'Finance</th><td class="number none">not measured</td><td class="number soft">0%</td>', html)


def test_why_the_score_moved_and_what_else_changed(realistic: Site) -> None:
    html = realistic["index.html"]
    text = words(html)
    assert "The overall score rose from 95.68 to 96.38 (+0.70). By the rules and weights both have in common" in text
    assert "An e-mail address is present +0.50 12 other rules +0.20" in text
    assert "ao −0.20" in text
    marks = re.findall(r'<li value="(\d)">([^<]+)</li>', html)
    assert marks == [
        ("1", "17 Nov: ao absent"),
        ("2", "18 Nov: zoho new"),
        ("3", "19 Nov: rules, weights"),
        ("4", "21 Nov: linkage model"),
    ]
    # Two lines over eight versions; like for like begins with the second.
    assert html.count('class="line main" x1="5.0%"') == 1
    assert (html.count('<line class="line main"'), html.count('<line class="line other"')) == (7 + 1, 6 + 1)


def test_impacts_and_issues_on_the_first_page(realistic: Site) -> None:
    text = words(realistic["index.html"])
    assert "staging.customers.email alone costs 1.07 of the 3.61 points lost" in text
    assert re.search(
        r"Who has to do what, and by when [\d,]+ issues are open: \d+ critical, \d+ warning, \d+ info", text
    )
    assert re.search(r"\d+ are overdue\. \d+ are waived\.", text)
    assert "overdue since 13 Nov 2026" in text


def test_the_list_of_rules(realistic: Site) -> None:
    html = realistic["rules/index.html"]
    text = words(html)
    assert "40 rules: 27 failed, 8 passed, 2 could not run and 3 had nothing to look at." in text
    assert "Because: the column given_name_folded does not exist" in text
    for outcome, count in {"failed": 27, "errored": 2, "not_evaluated": 3, "passed": 8}.items():
        assert html.count(f'<span class="badge {outcome}">') == count


def test_the_page_of_a_rule(realistic: Site) -> None:
    html = realistic["rules/email.valid.html"]
    text = words(html)
    assert "The e-mail address is well formed" in text
    assert "Why it matters A wrong value here reaches the customer." in text
    assert (
        "How to mend it Correct the address from the last message received, or blank it. Owner Sales Operations" in text
    )
    assert "Since the version before, this rule was redefined." in text
    assert "select record_key from {batch} where email not like '%@%'" in text
    assert "Rows it is about email_status <> 'missing'" in text
    assert "A failing row loses 100% of its column" in text and "Blocks publishing yes" in text
    # Eight runs: 77, 66 … 11 failing rows more than today.
    failed = int(re.search(r"Rows failing ([\d,]+) of 10,000", text)[1].replace(",", ""))  # type: ignore[index]
    assert f"failed {failed + 77:,} 10,000" in text
    assert "dq-pipeline failing email.valid" in text


def test_failing_rows_are_named_by_key_the_newest_first(realistic: Site) -> None:
    con = realistic_warehouse()
    newest = con.execute(
        "select record_key from quality.failing_rows where fixed_at is null and rule_id = 'email.valid' "
        "order by first_seen desc, record_key limit 20"
    ).fetchall()
    table = realistic["rules/email.valid.html"].split('<table class="keys">')[1].split("</table>")[0]
    assert re.findall(r'<th scope="row" class="code">([^<]+)</th>', table) == [key for (key,) in newest]


def test_a_rule_that_could_not_run_says_why(realistic: Site) -> None:
    text = words(realistic["rules/name.not_swapped.html"])
    assert "Why it was not checked the column given_name_folded does not exist" in text
    assert "Rows failing not measured" in text
    assert "no suite has this rule any more" in words(realistic["rules/gone.rule.html"])


def test_the_page_of_a_source(realistic: Site) -> None:
    text = words(realistic["sources/hubspot.html"])
    assert "2,620 records, " in text and "It belongs to Marketing Operations." in text
    assert "✓on time hubspot_contacts" in text
    assert "Customers it shares with" in text
    assert "Open findings" not in text and "Worst rules" in text
    late = words(realistic["sources/ao.html"])
    assert "!late ao_customers" in late
    assert "the newest extract is 59 hours old; the contract promises 24" in late
    ao = "ao_customers !late Policy Administration 1 1,003 990 13 990 19 Nov 2026, 22:40 UTC every 24 h 3,650 days"
    assert ao in late
    assert "It delivers no customer records." in words(realistic["sources/facts.html"])


def test_scores_of_a_source_are_those_of_its_rows() -> None:
    con = empty_warehouse()
    for number in range(10):
        insert(
            con, "quality.scored_rows", table_name="staging.customers", record_key=f"crm:{number}", source_system="crm"
        )
    for column, weight, loss in (("email", 2, 5), ("name", 1, 0)):
        cell = {"table_name": "staging.customers", "column_name": column}
        for dimension in ("validity", None):
            insert(
                con,
                "quality.column_scores",
                **cell,
                dimension=dimension,
                weight=weight,
                rows=10,
                loss=loss,
                rules=1,
                rules_run=1,
            )
            insert(
                con, "quality.column_losses", **cell, dimension=dimension, cut="owner", source_system="crm", loss=loss
            )
    # The vector of docs/scores.md: weights 2 and 1, scores 50 and 100, so 66.66 and impacts 33.33 and 0.
    text = words(render(con)["sources/crm.html"]) if "sources/crm.html" in render(con) else ""
    assert text == ""  # neither delivered nor scored: no page
    insert(con, "staging.customers", record_key="crm:1", source_system="crm")
    text = words(render(con)["sources/crm.html"])
    assert "validity 66.6 100%" in text
    assert "staging.customers.email 50.0 100% 33.33" in text
    assert "staging.customers 66.6 100% 33.33" in text


def test_the_page_of_a_dimension(realistic: Site) -> None:
    text = words(realistic["dimensions/completeness.html"])
    assert "Completeness Is the value there at all?" in text
    assert "By system, worst first" in text
    assert "The columns that cost this dimension most" in text
    assert "A granted consent has a date" in text


def test_every_version(realistic: Site) -> None:
    text = words(realistic["runs.html"])
    assert "8 versions were published, since 15 Nov 2026." in text
    assert text.index("22 Nov 2026, 02:05 UTC") < text.index("21 Nov 2026, 02:05 UTC v7 run run-7")
    assert (
        "Changed: linkage model. The overall score fell from 95.90 to 95.70 (-0.20). The linkage model is another one."
        in text
    )
    assert "rules rules-b model model-b" in text


def test_the_sheet_for_a_meeting(realistic: Site) -> None:
    text = words(realistic["summary.html"])
    assert "You have 7,012." in text
    assert "96.3 overall score, at 85% coverage" in text
    assert "37% of customers may be e-mailed" in text
    assert "overdue" in text


def test_the_same_data_gives_the_same_bytes(realistic: Site) -> None:
    assert render(realistic_warehouse()) == realistic


def test_an_empty_warehouse_gives_honest_pages(empty: Site) -> None:
    text = words(empty["index.html"])
    assert "No customer record has been loaded." in text
    assert "Overall score not measured coverage 0%" in text
    assert "Fit for use not measured" in text
    assert "Is it getting better? ○ No version has been measured yet" in text
    assert "quality.scores is empty: no score was computed." in text
    for path, html in empty.items():
        body = words(html).split("How to read this page")[0].split("Score: what is left")[0]
        assert not re.search(r"\b100\b|100%", body), path


def test_one_version_is_no_trend() -> None:
    con = empty_warehouse()
    score = {"run_id": "run-8", "measured_at": "2026-11-22", "coverage": 0.5}
    insert(con, "quality.scores", **score, scope_type="overall", scope="overall", score=100.0)
    insert(con, "quality.score_trend", **score, actual=100.0, sources_new=[], sources_absent=[])
    text = words(render(con)["index.html"])
    assert "There is one published version at most; the line begins with the second one." in text
    assert "99.9 of 100 at 50% coverage" in text


@every_site
def test_every_link_leads_to_a_page_of_the_site(site: Site) -> None:
    anchors = {path: {a["id"] for _, a in Document(html).tags if "id" in a} for path, html in site.items()}
    for path, html in site.items():
        targets = [attributes["href"] or "" for attributes in Document(html).attributes("a")]
        assert targets
        for target in targets:
            file, _, anchor = target.partition("#")
            to = normpath(join(dirname(path), file)) if file else path
            assert to in site, f"{path} links to {target}"
            assert not anchor or anchor in anchors[to], f"{path} links to {target}"


@every_site
def test_nothing_is_requested(site: Site) -> None:
    for path, html in site.items():
        document = Document(html)
        asking = ("src", "xlink:href", "action", "data", "poster", "srcset")
        assert not [attributes for _, attributes in document.tags if set(asking) & set(attributes)], path
        assert not re.search(r"https?:|[\"'(]//|@import|@font-face", html), path
        assert set(re.findall(r"url\(([^)]*)\)", html)) == {"#hatch", "#dots"}
        assert not document.attributes("link") and not document.attributes("img") and not document.attributes("iframe")
        policy = next(a for a in document.attributes("meta") if a.get("http-equiv") == "Content-Security-Policy")
        assert str(policy["content"]).startswith("default-src 'none'; style-src 'sha256-")


@every_site
def test_a_screen_reader_finds_its_way(site: Site) -> None:
    for path, html in site.items():
        document = Document(html)
        assert not document.open
        tags = [tag for tag, _ in document.tags]
        levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path
        assert tags.count("table") == tags.count("caption"), path
        assert all(heading.get("scope") for heading in document.attributes("th")), path
        for drawing in document.attributes("svg"):
            assert drawing.get("aria-hidden") == "true" or drawing.get("role") == "img", path
            assert drawing.get("aria-hidden") or drawing.get("aria-label") or drawing.get("aria-labelledby"), path
        ids = [attributes["id"] for _, attributes in document.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), path
        for _, attributes in document.tags:
            assert set((attributes.get("aria-labelledby") or "").split()) <= set(ids), path
        assert document.attributes("html") == [{"lang": "en"}]
        assert document.attributes("a")[0] == {"class": "skip", "href": "#main"}


def test_the_page_one_is_on_is_marked(realistic: Site) -> None:
    for path in ALWAYS:
        here = [a for a in Document(realistic[path]).attributes("a") if a.get("aria-current") == "page"]
        assert [a["href"] for a in here] == ["../" * path.count("/") + path]


def test_hostile_text_stays_text(hostile: Site) -> None:
    seen = 0
    for path, html in hostile.items():
        document = Document(html)
        assert len(document.attributes("script")) == 1, path
        assert len(document.attributes("style")) == 1, path
        assert "alert(1)" not in re.sub(r"&lt;script&gt;alert\(1\)", "", html), path
        assert not [name for _, attributes in document.tags for name in attributes if name.startswith("on")], path
        assert re.fullmatch(r"([a-z]+/)?[a-z0-9_.-]+\.html", path)
        seen += document.text.count(HOSTILE)
    assert "{{ 7 * 7 }}" in words(hostile[page_path("rules", HOSTILE)])
    assert seen > 500


@pytest.mark.parametrize("name", ["..", "index", "A", "a", "a/b", "a\\b", "", "é", "x" * 300, HOSTILE, "con.", "a b"])
def test_any_name_gives_a_file_of_its_own(name: str) -> None:
    others = ["", "A", "a", "a-b", "é", "..", "index"]
    path = page_path("rules", name)
    assert re.fullmatch(r"rules/[a-z0-9][a-z0-9_.-]{0,99}\.html", path)
    assert path != "rules/index.html"
    assert all(page_path("rules", other) != path for other in others if other != name)


def test_no_value_of_a_customer_and_no_user_is_told() -> None:
    con = realistic_warehouse()
    con.execute("update staging.customers set email = 'marker-email'")
    con.execute("update staging.contact_points set value = 'marker-point', value_as_given = 'marker-given'")
    con.execute("update staging.consents set evidence = 'marker-evidence', given_at_as_given = 'marker-date'")
    con.execute("insert into raw.rejects values (1, 'ao_customers', 'f', 3, 'marker-line', 'marker-reason')")
    assert [path for path, html in render(con).items() if "marker" in html] == []


@pytest.mark.parametrize("missing", [duckdb.connect, empty_warehouse], ids=["no tables", "empty tables"])
def test_every_table_may_be_missing(missing: object) -> None:
    assert set(render(missing())) >= ALWAYS  # type: ignore[operator]
