"""A YAML mapping asked field by field, strictly: every problem is noted, none stops the reading."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any


class Fields:
    """A mapping of a page, asked field by field; what is wrong is noted and a neutral value returned."""

    def __init__(self, where: str, values: Mapping[str, Any], problems: list[str]):
        self.where, self.values, self.problems = where, values, problems

    def problem(self, field: str, text: str) -> None:
        """Note what is wrong with a field."""
        self.problems.append(f"{self.where}, {field}: {text}")

    def only(self, known: Sequence[str]) -> None:
        """Every field must be one of these."""
        for field in self.values:
            if field not in known:
                self.problem(str(field), "is not a known field")

    def text(self, field: str, *, default: str | None = None, pattern: str = "", choices: Sequence[str] = ()) -> str:
        """A text; empty after a problem. Without a default the field must be there."""
        value = self.values.get(field, default)
        if value is None:
            self.problem(field, "is missing")
        elif not isinstance(value, str):
            self.problem(field, f"must be text (quote it), not {type(value).__name__}")
        elif choices and value not in choices:
            self.problem(field, f"must be one of {', '.join(choices)}")
        elif pattern and not re.fullmatch(pattern, value):
            self.problem(field, f"must match {pattern}")
        else:
            return value
        return ""

    def texts(self, field: str, *, default: Sequence[str] | None = None, pattern: str = "") -> tuple[str, ...]:
        """A text or a list of texts; empty after a problem. Without a default there must be one at least."""
        given = self.values.get(field, default)
        values = [given] if isinstance(given, str) else given
        if values is None or (default is None and values == []):
            self.problem(field, "is missing")
        elif not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
            self.problem(field, "must be a list of texts (quote numbers, yes and no)")
        elif pattern and not all(re.fullmatch(pattern, value) for value in values):
            self.problem(field, f"must match {pattern}")
        else:
            return tuple(values)
        return ()

    def number(self, field: str, *, default: float | None = None, most: float = float("inf")) -> float:
        """A number from 0 to `most`; 0 after a problem."""
        value = self.values.get(field, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
            return float(value)
        self.problem(field, "must be a number from 0" + (f" to {most:g}" if most < float("inf") else ""))
        return 0.0

    def flag(self, field: str, *, default: bool = False) -> bool:
        """True or false; false after a problem."""
        value = self.values.get(field, default)
        if not isinstance(value, bool):
            self.problem(field, "must be true or false")
        return value is True

    def mapping(self, field: str) -> Fields:
        """The mapping in a field; an empty one after a problem."""
        value = self.values.get(field)
        if not isinstance(value, dict):
            self.problem(field, "is missing or is not a mapping")
            value = {}
        return Fields(f"{self.where}, {field}", value, self.problems)

    def mappings(self, field: str, *, optional: bool = False) -> list[Fields]:
        """The list of mappings in a field, each named after its `name` or `property`."""
        items = self.values.get(field, [] if optional else None)
        if not isinstance(items, list) or not (items or optional) or not all(isinstance(i, dict) for i in items):
            self.problem(field, "must be a list of mappings")
            return []
        return [
            Fields(f"{self.where}, {field}[{item.get('name') or item.get('property') or n}]", item, self.problems)
            for n, item in enumerate(items)
        ]

    def properties(self, field: str) -> dict[str, Fields]:
        """A list of `{property, value, …}` by property."""
        found: dict[str, Fields] = {}
        for item in self.mappings(field, optional=True):
            name = item.text("property")
            if name in found:
                item.problem("property", "occurs twice")
            found[name] = item
        return found
