"""Where things are: the project's own files, and the one folder that holds all state. And who acts on them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CONTRACTS = PROJECT / "dq_pipeline" / "contracts"
MODELS_SQL = PROJECT / "dbt_like_sql"
SUITES = PROJECT / "expectations"
POLICIES = PROJECT / "dq_pipeline" / "policies"
GLOSSARY = PROJECT / "docs" / "glossary.md"


def actor() -> str:
    """Who acts: DQ_ACTOR, else the user the system knows."""
    import getpass

    return os.environ.get("DQ_ACTOR", "").strip() or getpass.getuser()


@dataclass(frozen=True)
class Home:
    """The state folder (`DQ_HOME`) and the places in it."""

    root: Path

    @classmethod
    def from_environment(cls) -> Home:
        """`DQ_HOME`, or `data/` in the project."""
        return cls(Path(os.environ.get("DQ_HOME") or PROJECT / "data").expanduser().resolve())

    @property
    def extracts(self) -> Path:
        return self.root / "extracts"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def decisions(self) -> Path:
        return self.root / "stewardship" / "decisions.jsonl"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def governance(self) -> Path:
        return self.root / "governance"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def lock(self) -> Path:
        return self.root / "run.lock"
