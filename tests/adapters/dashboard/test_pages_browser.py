"""The pages that move: the dictionary can be searched, the pictures of lineage traced, and both read without either."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dq_pipeline.adapters.dashboard.page import Material
from dq_pipeline.adapters.dashboard.pages import customers, dictionary, lineage, ownership
from dq_pipeline.domain.lineage import Column, Dependency, Lineage, Origin
from tests.adapters.dashboard.browser import VIEWS, Page, accessibility_problems, open_quietly
from tests.adapters.dashboard.documented import contracts, documented_warehouse, fill, material, render


def _copied(table: str, name: str) -> Origin:
    return Origin("VARCHAR", (Dependency(Column(table, name)),))


SMALL = Lineage(
    {
        Column("raw.hubspot_contacts", "Email"): Origin("VARCHAR"),
        Column("raw.hubspot_contacts", "Record ID"): Origin("VARCHAR"),
        Column("staging.hubspot_contacts", "email"): _copied("raw.hubspot_contacts", "Email"),
        Column("golden.customers", "email"): _copied("staging.hubspot_contacts", "email"),
        Column("golden.customers", "customer_id"): Origin("VARCHAR", made="given by the ledger of ids"),
        Column("golden.customer_inputs", "fingerprint"): Origin("HUGEINT", made="a digest"),
    }
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of a small lineage and one customer of three records, masked."""
    con = documented_warehouse()
    for number in "123":
        key = f"hubspot:{number}"
        row = (key, "hubspot", "hubspot_contacts", "<b>Jane</b> Doe", '"><img src=x>@gmail.com')
        fill(con, "staging.customers", "record_key, source_system, contract_id, name, email", row)
        fill(con, "golden.crosswalk", "record_key, source_system, customer_id", (key, "hubspot", "A"))
    given: Material = replace(material(con, contracts(masked="hubspot_contacts")), lineage=SMALL)
    folder = tmp_path_factory.mktemp("site")
    for module in (customers, dictionary, lineage, ownership):
        (folder / f"{module.__name__.rpartition('.')[2]}.html").write_text(render(module, given), encoding="utf-8")
    return folder


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ["customers", "dictionary", "lineage", "ownership"])
def test_it_loads_quietly_fits_and_is_accessible(browser: Page, site: Path, name: str, view: str) -> None:
    open_quietly(browser, site / f"{name}.html", view)
    browser.run("document.querySelectorAll('details').forEach(entry => { entry.open = true })")
    assert accessibility_problems(browser) == []
    assert browser.run("document.documentElement.scrollWidth") == VIEWS[view]["width"]


SHOWN = "[...document.querySelectorAll('details.entry')].filter(entry => !entry.hidden).map(entry => entry.id)"
ROWS = "[...document.querySelectorAll('tbody tr')].filter(row => !row.hidden).map(row => row.id)"


def search(browser: Page, text: str) -> None:
    browser.run(
        f"document.querySelector('#dictionary-filter').elements.text.value = {text!r};"
        "document.querySelector('#dictionary-filter').dispatchEvent(new Event('input'))"
    )


def test_the_dictionary_can_be_searched(browser: Page, site: Path) -> None:
    browser.open(site / "dictionary.html")
    assert browser.run("document.querySelector('output').textContent") == "6 columns in 4 tables"
    search(browser, "golden EMAIL")
    assert browser.run(SHOWN) == ["golden.customers"]
    assert browser.run(ROWS) == ["golden.customers-email"]
    assert browser.run("document.querySelector('details.entry:not([hidden])').open")
    search(browser, "nothing at all")
    assert browser.run(SHOWN) == []
    search(browser, "")
    assert len(browser.run(SHOWN)) == 4


def test_only_what_is_published_or_of_a_class(browser: Page, site: Path) -> None:
    browser.open(site / "dictionary.html")
    form = "document.querySelector('#dictionary-filter')"
    browser.run(f"{form}.elements.published.checked = true; {form}.dispatchEvent(new Event('input'))")
    assert browser.run(SHOWN) == ["golden.customers"]
    browser.run(f"{form}.reset(); {form}.elements.classification.value = 'personal'")
    browser.run(f"{form}.dispatchEvent(new Event('input'))")
    assert sorted(browser.run(ROWS)) == [
        *(
            "golden.customers-email",
            browser.run("document.querySelector('tr[id^=raw]').id"),
            "staging.hubspot_contacts-email",
        )
    ]


def test_a_link_unfolds_the_entry_it_leads_to(browser: Page, site: Path) -> None:
    browser.open(site / "dictionary.html")
    search(browser, "fingerprint")
    browser.run("location.hash = 'staging.hubspot_contacts-email'")
    browser.run("new Promise(done => setTimeout(done, 100))")
    assert browser.run("document.getElementById('staging.hubspot_contacts').open")
    assert browser.run("document.getElementById('staging.hubspot_contacts').hidden") is False


def test_a_box_shows_where_it_comes_from_and_leads_to(browser: Page, site: Path) -> None:
    browser.open(site / "lineage.html")
    picture = "document.querySelector('details[open] svg.stages')"
    browser.run(f"[...{picture}.querySelectorAll('.node')][1].focus()")
    assert browser.run(f"{picture}.querySelectorAll('.node.on').length") == 3
    assert browser.run(f"{picture}.querySelectorAll('.flow.on').length") == 2
    browser.run("document.activeElement.blur()")
    assert browser.run(f"{picture}.querySelectorAll('.on').length") == 0


def test_masked_hostile_values_are_text(browser: Page, site: Path) -> None:
    browser.open(site / "customers.html")
    assert browser.run("document.querySelectorAll('img').length") == 0
    assert browser.run("document.querySelector('details.cluster tbody td').textContent") == "<*** D***"
