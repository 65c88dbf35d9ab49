"""What a page of the dashboard is, and what the modules that make pages may read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.adapters.sql_models import SqlModel
from dq_pipeline.adapters.standardise import PARSED_TABLES
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dashboard import DashboardData
from dq_pipeline.domain.dictionary import DictionaryTable, Vocabulary, build_dictionary
from dq_pipeline.domain.lineage import Lineage
from dq_pipeline.domain.rules import Rule

# Lower case only: on a Mac or on Windows `A.html` and `a.html` are one file.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class Page:
    """One page: `path` is POSIX and relative to the dashboard's folder, `context` what its template is given."""

    path: str
    title: str
    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Material:
    """All that a page may be made from.

    `models` are all SQL models by table, `rules` those of the suites by id, `lineage` where each column comes from
    (None: not worked out), `vocabulary` what is decided of them; `now` is UTC without a zone.
    """

    tables: Tables
    data: DashboardData
    contracts: Mapping[str, Contract]
    models: Mapping[str, SqlModel]
    now: datetime
    lineage: Lineage | None = None
    rules: Mapping[str, Rule] = field(default_factory=dict)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)

    @cached_property
    def dictionary(self) -> tuple[DictionaryTable, ...]:
        """Every table and column; none where the lineage could not be told."""
        if self.lineage is None:
            return ()
        headers = {table: model.description for table, model in self.models.items()}
        return build_dictionary(self.contracts, self.lineage, {**PARSED_TABLES, **headers}, self.vocabulary)


def page_path(folder: str, name: str) -> str:
    """`<folder>/<name>.html`, whatever the name of a rule, dimension or source is: unlike names give unlike paths.

    A name that is no plain file name is reduced to one, with a digest of the whole behind it.
    """
    return f"{folder}/{plain_name(name)}.html"


def plain_name(name: str) -> str:
    """The name where it can be a file name and an anchor on every system, else what is left of it and a digest."""
    if _PLAIN.fullmatch(name) and name != "index":
        return name
    kept = re.sub(r"[^a-z0-9_.-]+", "-", name.lower()).strip("-._")[:80]
    return f"{kept or 'x'}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"
