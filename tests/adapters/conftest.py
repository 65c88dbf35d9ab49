"""One browser for all tests that look at a page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.dashboard.browser import Page, find_chromium


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A headless Chromium; where there is none, the tests that ask for it say so and are skipped."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium on this machine: no page was opened")
    page = Page(chromium, tmp_path_factory.mktemp("chromium"))
    yield page
    page.close()
