"""A warehouse with every table that the project's lineage knows, empty, and the pages made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from html import unescape
from types import ModuleType

import duckdb

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.dashboard import Material, collect_material
from dq_pipeline.adapters.dashboard.render import Renderer
from dq_pipeline.adapters.sql_models import SqlModel
from dq_pipeline.adapters.warehouse import create_schemas, quote_identifier
from dq_pipeline.defs.project import lineage, project_models
from dq_pipeline.domain.contract import GOVERNANCE_READER, READ_MASKED, Contract
from dq_pipeline.settings import CONTRACTS

NOW = datetime(2026, 11, 22, 2, 0)


def documented_warehouse() -> duckdb.DuckDBPyConnection:
    """Every table, none with a row. Views of the project are tables here, so that a test can fill them."""
    con = duckdb.connect()
    create_schemas(con)
    known = lineage()
    for table, columns in known.tables.items():
        target = ".".join(map(quote_identifier, table.split(".")))
        typed = ", ".join(f"{quote_identifier(column.name)} {known.columns[column].type}" for column in columns)
        con.execute(f"create schema if not exists {table.split('.')[0]}")
        con.execute(f"create table if not exists {target} ({typed})")
    return con


def fill(con: duckdb.DuckDBPyConnection, table: str, columns: str, *rows: tuple[object, ...]) -> None:
    """Rows by column names; everything else NULL."""
    marks = ", ".join("?" * len(columns.split(",")))
    con.executemany(f"insert into {table} ({columns}) values ({marks})", [list(row) for row in rows])


def contracts(*, masked: str = "") -> dict[str, Contract]:
    """The project's contracts; the source `masked` lets the governance reader see its values masked."""
    found = load_contracts(CONTRACTS)
    if masked:
        found[masked] = replace(found[masked], roles={GOVERNANCE_READER: READ_MASKED})
    return found


def material(
    con: duckdb.DuckDBPyConnection, pages_of: Mapping[str, Contract] | None = None, *, traced: bool = True
) -> Material:
    """What the pages are made of, as of `NOW`."""
    found = contracts() if pages_of is None else pages_of
    return collect_material(
        con,
        run_id="run-1",
        version="v1",
        published_at=NOW,
        contracts=found,
        models=_models() if traced else {},
        lineage=lineage() if traced else None,
    )


@cache
def _models() -> dict[str, SqlModel]:
    return project_models(contracts())


def render(module: ModuleType, given: Material) -> str:
    """The HTML of the one page that a module makes."""
    (page,) = module.pages(given)
    return Renderer(given.data.publication).render(page)


def text_of(html: str) -> str:
    """What the page says, in one line: without styles, scripts and tags."""
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def rows_of(html: str, caption: str) -> list[list[str]]:
    """The cells of the table with that caption, row by row, as text; the head first."""
    found = next(t for t in re.findall(r"<table\b.*?</table>", html, re.DOTALL) if f">{caption}</caption>" in t)
    rows = re.findall(r"<tr\b.*?</tr>", found, re.DOTALL)
    return [[text_of(cell) for cell in re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]
