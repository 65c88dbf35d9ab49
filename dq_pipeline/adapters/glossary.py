"""The glossary as data: the table of terms in `docs/glossary.md`, which people read as it is."""

from __future__ import annotations

import re
from pathlib import Path

# "| failed / errored | a / b |" explains two words; "[old word]" behind a meaning is what not to say.
_ROW = re.compile(r"\|\s*(?P<words>[^|]+?)\s*\|\s*(?P<meaning>[^|]+?)\s*\|\s*")
_HEADINGS = ("word", "---")


def read_glossary(path: Path) -> dict[str, tuple[str, ...]]:
    """Word -> what it means, more than once where the page explains it more than once.

    Empty where there is no such page: then every term of the dictionary is one without an explanation.
    """
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found: dict[str, tuple[str, ...]] = {}
    for row in filter(None, map(_ROW.fullmatch, lines)):
        if row["words"] in _HEADINGS:
            continue
        words = [word.strip() for word in re.split(r" / |, ", row["words"])]
        meanings = [part.strip() for part in row["meaning"].split(" / ")]
        each = meanings if len(meanings) == len(words) else [row["meaning"]] * len(words)
        for word, meaning in zip(words, each, strict=True):
            found[word] = (*found.get(word, ()), meaning)
    return found
