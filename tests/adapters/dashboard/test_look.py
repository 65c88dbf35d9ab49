"""The site in a real browser, on paper, and the contrast of its colours."""

import re
from pathlib import Path

import pytest

from dq_pipeline.adapters.dashboard import render as rendering
from tests.adapters.dashboard.browser import VIEWS, Page, accessibility_problems, open_quietly
from tests.adapters.dashboard.markup import Document

TEXT_ON = {
    "paper": ("ink", "soft", "none", "mark", "lost", "warn", "good"),
    "panel": ("ink", "soft", "mark", "none"),
    "lost": ("paper",),
    **{f"heat-{step}": ("ink",) for step in range(1, 6)},
}
DRAWN_ON = {"paper": ("mark", "lost", "s1", "s2", "s3"), "track": ("mark", "lost")}


def palettes() -> dict[str, dict[str, str]]:
    """Colours by scheme: a dark or printed page inherits what it does not name."""
    style = (Path(rendering.__file__).parent / "style.css").read_text(encoding="utf-8")
    blocks = [dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", style, re.S)]
    light, dark, printed = blocks
    return {"light": light, "dark": {**light, **dark}, "print": {**light, **printed}}


def luminance(colour: str) -> float:
    """Relative luminance of `#rgb` or `#rrggbb`, WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, WCAG 2.2: 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_formula() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_contrast(scheme: str) -> None:
    colours = palettes()[scheme]
    weak = [
        (text, ground, round(contrast(colours[text], colours[ground]), 2))
        for need, pairs in ((4.5, TEXT_ON), (3.0, DRAWN_ON))
        for ground, texts in pairs.items()
        for text in texts
        if contrast(colours[text], colours[ground]) < need
    ]
    assert weak == []


Folders = dict[str, Path]


@pytest.fixture(scope="module")
def sites(
    realistic: dict[str, str], empty: dict[str, str], hostile: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Folders:
    folder = tmp_path_factory.mktemp("sites")
    made = {"realistic": realistic, "empty": empty, "hostile": hostile}
    for name, pages in made.items():
        for path, html in pages.items():
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_text(html, encoding="utf-8")
    return {name: folder / name for name in made}


def kinds(site: Path) -> list[Path]:
    """A page of each kind: all of the first level, the list of each folder, and the longest page beside it."""
    folders = [sorted(set(folder.glob("*.html")) - {folder / "index.html"}) for folder in site.iterdir()]
    longest = [max(pages, key=lambda page: (page.stat().st_size, page.name)) for pages in folders if pages]
    return sorted({*site.glob("*.html"), *longest, *site.glob("*/index.html")})


@pytest.mark.parametrize(
    ("name", "view"),
    [*(("realistic", view) for view in VIEWS), ("empty", "phone"), ("hostile", "desk"), ("hostile", "phone")],
)
def test_pages_load_quietly_and_fit(browser: Page, sites: Folders, name: str, view: str) -> None:
    pages = kinds(sites[name])
    assert len(pages) >= 12
    for page in pages:
        open_quietly(browser, page, view)
        assert browser.run("document.scripts.length") == 1


LISTS = ("sources/index.html", "dimensions/index.html", "rules/index.html", "runs.html", "summary.html")
SINGLE = ("index.html", "sources/hubspot.html", "dimensions/validity.html", "rules/email.valid.html")


@pytest.mark.parametrize(
    ("name", "view", "chosen"),
    [
        pytest.param("realistic", "desk", (*LISTS, *SINGLE), id="realistic"),
        pytest.param("realistic", "dark", SINGLE, id="dark"),
        pytest.param("empty", "phone", ("index.html", "sources/ao.html"), id="empty"),
    ],
)
def test_axe_finds_nothing(browser: Page, sites: Folders, name: str, view: str, chosen: tuple[str, ...]) -> None:
    found = {}
    for path in chosen:
        open_quietly(browser, sites[name] / path, view)
        found[path] = accessibility_problems(browser)
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_rules_can_be_filtered_and_sorted(browser: Page, sites: Folders) -> None:
    browser.open(sites["realistic"] / "rules" / "index.html")
    shown = "[...document.querySelectorAll('#rule-table tbody tr')].filter(row => !row.hidden)"
    status = "document.querySelector('#rule-filter output').textContent"
    choose = (
        "(() => {{ const field = document.querySelector('#rule-filter [name={0}]'); field.value = '{1}';"
        " field.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
    )
    assert browser.run(status) == "40 of 40 rules"
    browser.run(choose.format("outcome", "errored"))
    assert browser.run(f"{shown}.length") == 2
    browser.run(choose.format("outcome", ""))
    browser.run(choose.format("text", "PLACEHOLDER"))
    assert browser.run(status) == "2 of 40 rules"
    browser.run(choose.format("text", ""))

    failed = "document.querySelector('#rule-table [data-key=failed]')"
    browser.run(f"{failed}.querySelector('button').click()")
    browser.run(f"{failed}.querySelector('button').click()")
    assert browser.run(f"{failed}.getAttribute('aria-sort')") == "descending"
    counts = browser.run(f"{shown}.map(row => Number(row.cells[5].dataset.value))")
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 1000


def test_the_keyboard_reaches_everything(browser: Page, sites: Folders) -> None:
    browser.open(sites["realistic"] / "index.html")
    for _ in range(3):
        for key in ("keyDown", "keyUp"):
            browser.call("Input.dispatchKeyEvent", type=key, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert browser.run("document.activeElement.textContent") == "Overview"
    unreachable = (
        "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth && e.tabIndex < 0).length"
    )
    assert browser.run(unreachable) == 0


def test_a_link_that_is_followed_leads_to_its_page(browser: Page, sites: Folders) -> None:
    browser.open(sites["realistic"] / "rules" / "index.html")
    browser.events.clear()
    browser.run("document.querySelector('#rule-table tbody a').click()")
    browser.wait_for("Page.loadEventFired")
    assert browser.run("document.querySelector('.crumbs [aria-current]').textContent") in browser.run(
        "document.title"
    ) + (browser.run("location.href"))
    assert browser.run("location.pathname.split('/').slice(-2)[0]") == "rules"


@pytest.mark.parametrize("name", ["realistic", "empty", "hostile"])
def test_the_summary_prints_on_one_sheet(browser: Page, sites: Folders, tmp_path: Path, name: str) -> None:
    browser.open(sites[name] / "summary.html")
    browser.pdf(tmp_path / "summary.pdf")
    printed = (tmp_path / "summary.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert re.findall(rb"/MediaBox\s*\[([^\]]+)\]", printed)[0].split()[2:] == [b"594.95996", b"841.91998"]


def test_a_page_is_whole_without_its_script(sites: Folders) -> None:
    html = (sites["realistic"] / "rules" / "index.html").read_text(encoding="utf-8")
    rows = [attributes for attributes in Document(html).attributes("tr") if "data-outcome" in attributes]
    assert len(rows) == 40
    assert not any("hidden" in attributes for attributes in rows)
