"""The site of three nights, rendered once for all tests that look at it."""

from __future__ import annotations

import pytest

from tests.adapters.dashboard.fixture import empty_warehouse, hostile_site, realistic_warehouse, render


@pytest.fixture(scope="session")
def realistic() -> dict[str, str]:
    """Every page of the realistic night by its path."""
    return render(realistic_warehouse())


@pytest.fixture(scope="session")
def empty() -> dict[str, str]:
    """The site of a warehouse in which no table has a row."""
    return render(empty_warehouse())


@pytest.fixture(scope="session")
def hostile() -> dict[str, str]:
    """The realistic night with hostile text in every place that text from outside can reach."""
    return hostile_site()
