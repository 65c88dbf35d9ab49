"""A small source with its own extracts folder and warehouse."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dq_pipeline.adapters.ingest import IngestResult, ingest_source
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.contract import Contract, ContractColumn, FileLayout

NOW = datetime(2026, 11, 20, 2, 0)


@dataclass
class Source:
    """One source in a folder of its own: put files, ingest, look."""

    root: Path
    contract: Contract
    run_id: str = "run-1"
    warehouse: Warehouse = field(init=False)

    def __post_init__(self) -> None:
        self.extracts = self.root / "extracts"
        self.folder = self.extracts / self.contract.id
        self.folder.mkdir(parents=True, exist_ok=True)
        self.warehouse = Warehouse(self.root / "warehouse.duckdb")

    def put(self, name: str, content: bytes | str) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def ingest(self) -> IngestResult:
        return ingest_source(self.warehouse, self.extracts, self.contract, run_id=self.run_id, now=NOW)

    def look(self, *queries: str) -> list[list[tuple[Any, ...]]]:
        """The rows of each query, all over one connection: opening the warehouse takes 20 ms."""
        with self.warehouse.connect(read_only=True) as con:
            return [con.execute(query).fetchall() for query in queries]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.look(sql)[0]


def contract_of(
    file_format: str = "csv", *, columns: str = "Id First Last", required: str = "Id", **more: Any
) -> Contract:
    """A contract `people` with these columns; the first is the key. Half of the lines may be rejects."""
    layout_fields = FileLayout.__dataclass_fields__
    layout = {name: more.pop(name) for name in list(more) if name in layout_fields}
    pattern = {"json_pages": "*.json"}.get(file_format, f"*.{file_format}")
    names = columns.split()
    return Contract(
        id="people",
        source_system="crm",
        kind="customers",
        layout=FileLayout(**{"format": file_format, "patterns": (pattern,), **layout}),
        columns=tuple(ContractColumn(n, required=n in required.split(), key=n == names[0]) for n in names),
        owner="sales",
        description="people",
        **{"maximum_reject_share": 0.5, **more},
    )


@pytest.fixture
def make_source(tmp_path: Path):  # type: ignore[no-untyped-def]
    """`make_source(format, **contract)` gives a Source."""

    def make(file_format: str = "csv", **more: Any) -> Source:
        return Source(tmp_path, contract_of(file_format, **more))

    return make
