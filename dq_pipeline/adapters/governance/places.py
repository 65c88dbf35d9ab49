"""Where what is known about people lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dq_pipeline.adapters.governance.suppression import Suppressions
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.contract import Contract


@dataclass(frozen=True)
class Places:
    """Where a person's values may lie: `root` is the state folder (`DQ_HOME`), `sql_models` those of the SQL."""

    root: Path
    sql_models: Path
    contracts: Mapping[str, Contract]

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.root / "warehouse.duckdb")

    @property
    def governance(self) -> Path:
        return self.root / "governance"

    @property
    def suppressions(self) -> Suppressions:
        return Suppressions(self.governance, self.sql_models)
