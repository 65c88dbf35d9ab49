"""The page in a real browser, and the contrast of its colours."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dq_pipeline.adapters.dashboard import collect_dashboard, render, render_dashboard
from tests.adapters.dashboard.browser import Page, find_chromium
from tests.adapters.dashboard.fixture import CONTRACTS, PUBLISHED, RUN, empty_warehouse, realistic_warehouse
from tests.adapters.dashboard.test_render import hostile_data

CHROMIUM = find_chromium()
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the page was not opened")
WIDTHS = {"desk": {"width": 1280}, "dark": {"width": 1280, "dark": True}, "phone": {"width": 390, "height": 844}}
TEXT_ON = {
    "paper": ("ink", "soft", "none", "mark", "lost", "warn", "good"),
    "panel": ("ink", "soft", "mark", "none"),
    "lost": ("paper",),
    **{f"heat-{step}": ("ink",) for step in range(1, 6)},
}
DRAWN_ON = {"paper": ("mark", "lost", "s1", "s2", "s3"), "track": ("mark", "lost")}


def palettes() -> dict[str, dict[str, str]]:
    """Colours by scheme: a dark or printed page inherits what it does not name."""
    style = (Path(render.__file__).parent / "style.css").read_text(encoding="utf-8")
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


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("dashboard")
    given = {"run_id": RUN, "version": "v8", "published_at": PUBLISHED, "contracts": CONTRACTS}
    data = {
        "realistic": collect_dashboard(realistic_warehouse(), **given),  # type: ignore[arg-type]
        "empty": collect_dashboard(empty_warehouse(), **given),  # type: ignore[arg-type]
        "hostile": hostile_data(),
    }
    for name, found in data.items():
        (folder / f"{name}.html").write_text(render_dashboard(found), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in data}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    assert CHROMIUM
    page = Page(CHROMIUM, tmp_path_factory.mktemp("profile"))
    yield page
    page.close()


@needs_chromium
@pytest.mark.parametrize("view", WIDTHS)
@pytest.mark.parametrize("name", ["realistic", "empty", "hostile"])
def test_the_page_loads_quietly_and_fits(browser: Page, pages: dict[str, Path], name: str, view: str) -> None:
    browser.open(pages[name], **WIDTHS[view])  # type: ignore[arg-type]
    assert browser.complaints() == []
    assert browser.requests() == [pages[name].as_uri()]
    assert browser.run("document.documentElement.scrollWidth") == WIDTHS[view]["width"]
    assert browser.run("document.scripts.length") == 1
    assert browser.run("getComputedStyle(document.body).backgroundColor") == (
        "rgb(22, 21, 19)" if view == "dark" else "rgb(251, 250, 246)"
    )


@needs_chromium
def test_rules_can_be_filtered_and_sorted(browser: Page, pages: dict[str, Path]) -> None:
    browser.open(pages["realistic"])
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


@needs_chromium
def test_the_keyboard_reaches_everything(browser: Page, pages: dict[str, Path]) -> None:
    browser.open(pages["realistic"])
    for key in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=key, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert browser.run("document.activeElement.className") == "skip"
    assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    unreachable = (
        "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth && e.tabIndex < 0).length"
    )
    assert browser.run(unreachable) == 0


@needs_chromium
def test_it_prints(browser: Page, pages: dict[str, Path], tmp_path: Path) -> None:
    browser.open(pages["realistic"])
    browser.pdf(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def axe_script() -> str | None:
    """axe-core, from a Python package that carries it; None where none is installed."""
    for package in ("axe_core_python", "axe_playwright_python"):
        found = importlib.util.find_spec(package)
        if found and found.origin:
            return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    return None


@needs_chromium
@pytest.mark.parametrize(("name", "view"), [("realistic", "desk"), ("realistic", "dark"), ("empty", "phone")])
def test_axe_finds_nothing(browser: Page, pages: dict[str, Path], name: str, view: str) -> None:
    script = axe_script()
    if script is None:
        pytest.skip("axe-core is not installed (package axe-core-python)")
    browser.open(pages[name], **WIDTHS[view])  # type: ignore[arg-type]
    browser.run(f"{script}; true")
    found = browser.run("axe.run(document)")["violations"]
    assert [(problem["id"], problem["impact"]) for problem in found] == []
