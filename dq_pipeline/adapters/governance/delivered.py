"""The extracts folder kept free of people who have been erased, and the warehouse told of it."""

from __future__ import annotations

import shutil

from dq_pipeline.adapters.governance.extract_files import clean_extracts, has_uncleaned, remember_cleaned
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.domain.contract import Contract


def clean_source_extracts(places: Places, contract: Contract) -> tuple[dict[str, int], list[str]]:
    """Take the lines of erased people out of one source's files; returns lines by file, and what was not readable."""
    scratch = places.root / "work" / "erasure"
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        cleaned, unread = clean_extracts(places.root / "extracts", contract, places.suppressions, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if cleaned:
        with places.warehouse.transaction() as con:
            remember_cleaned(con, contract.id, cleaned)
    return {file.name: file.lines for file in cleaned}, unread


def clean_delivered(places: Places, contract: Contract) -> None:
    """A file that was delivered with somebody erased loses the lines, once they have been counted."""
    with places.warehouse.connect(read_only=True) as con:
        wanted = has_uncleaned(con, contract.id, places.root / "extracts")
    if wanted:
        clean_source_extracts(places, contract)
