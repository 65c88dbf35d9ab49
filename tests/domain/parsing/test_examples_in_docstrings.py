"""The examples in the docstrings of the parsers are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from dq_pipeline.domain import parsing

MODULES = [f"{parsing.__name__}.{module.name}" for module in pkgutil.iter_modules(parsing.__path__)]


@pytest.mark.parametrize("module", MODULES)
def test_examples(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0
