"""The names of the sample world's languages, put together and read back: none is a title, a firm or out of order."""

from __future__ import annotations

import importlib
import pkgutil
from itertools import cycle

import pytest

from dq_pipeline.domain.parsing.names import parse_name
from dq_pipeline.sample import data
from dq_pipeline.sample.language import Language

MODULES = [importlib.import_module(f"{data.__name__}.{module.name}") for module in pkgutil.iter_modules(data.__path__)]
LANGUAGES = [module.LANGUAGE for module in MODULES if hasattr(module, "LANGUAGE")]
FAMILY_FIRST = {"zh", "ja"}


def words(text: str) -> list[str]:
    """The names in a list of the sample, in their own script."""
    return [word.split("=")[0].replace("_", " ") for word in text.split()]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_a_name_is_read_back(language: Language) -> None:
    given_names, families = words(f"{language.male} {language.female}"), words(language.surnames)
    for step in (1, 7, 31):
        for given, family in zip(given_names, cycle(families[step % len(families) :] + families), strict=False):
            spoken = (family, given) if language.code in FAMILY_FIRST else (given, family)
            for text in (" ".join(spoken), f"{family}, {given}"):
                parsed = parse_name("full", text)
                read = " ".join(filter(None, (parsed.given_name, parsed.middle_name)))  # José Antonio
                assert (read, parsed.family_name, parsed.reason) == (given, family, ""), text
            assert parse_name("given", given).value == given
            assert parse_name("family", family).value == family
