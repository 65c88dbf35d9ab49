"""The published dashboard: every page of a static site that needs no server and asks nobody for anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import iter_modules

import duckdb

from dq_pipeline.adapters.dashboard import pages
from dq_pipeline.adapters.dashboard.data import collect_dashboard
from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.adapters.dashboard.render import Renderer
from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.adapters.sql_models import SqlModel
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dictionary import Vocabulary
from dq_pipeline.domain.lineage import Lineage
from dq_pipeline.domain.rules import Suite


def collect_material(
    con: duckdb.DuckDBPyConnection,
    *,
    run_id: str,
    version: str,
    published_at: datetime,
    contracts: Mapping[str, Contract],
    models: Mapping[str, SqlModel],
    lineage: Lineage | None = None,
    suites: Iterable[Suite] = (),
    vocabulary: Vocabulary | None = None,
) -> Material:
    """What the site of one version is made from: what `collect_dashboard` found, and the tables themselves."""
    moment = published_at.astimezone(UTC).replace(tzinfo=None) if published_at.tzinfo else published_at
    data = collect_dashboard(con, run_id=run_id, version=version, published_at=moment, contracts=contracts)
    written = {rule.rule_id: rule for suite in suites for rule in suite.rules}
    return Material(Tables(con), data, contracts, models, moment, lineage, written, vocabulary or Vocabulary())


def render_site(material: Material) -> Iterator[tuple[str, str]]:
    """(path, HTML) of every page; the same material gives the same bytes.

    `path` is relative to the dashboard's folder. The tables of the material are read while the pages are made.
    """
    renderer = Renderer(material.data.publication)
    for page in list_pages(material):
        yield page.path, renderer.render(page)


def list_pages(material: Material) -> Iterator[Page]:
    """Every page of every module in `pages/`."""
    for found in iter_modules(pages.__path__):
        yield from import_module(f"{pages.__name__}.{found.name}").pages(material)
