"""The project's own SQL models and the lineage of all its columns. Imports no Dagster: the command line uses it too."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.lineage import PARSED, SOURCE_RECORDS, project_lineage
from dq_pipeline.adapters.sql_models import SqlModel, load_sql_models
from dq_pipeline.adapters.standardise import PARSED_TABLES
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dictionary import DictionaryTable, build_dictionary
from dq_pipeline.domain.lineage import Lineage
from dq_pipeline.domain.made_tables import MIXED, MadeTables, made_tables
from dq_pipeline.policies.governance import VOCABULARY
from dq_pipeline.policies.survivorship import POLICY
from dq_pipeline.settings import CONTRACTS, MODELS_SQL

# Folder of `dbt_like_sql/` -> group of its assets.
GROUPS = {"staging": "staging", "linkage": "linkage", "golden": "golden", "quality": "scores"}


def project_models(contracts: Mapping[str, Contract]) -> dict[str, SqlModel]:
    """The project's SQL models in the order to run them; read anew only when a file has changed."""
    return dict(_models(_digest(), tuple(contracts)))


def lineage() -> Lineage:
    """Where every column of the project comes from, computed anew only when a contract or a SQL file has changed."""
    return _lineage(_digest())


def dictionary() -> tuple[DictionaryTable, ...]:
    """Every table and column of the project with its meaning, owner, class and origin; computed as lineage is."""
    return _dictionary(_digest())


def _digest() -> str:
    digest = hashlib.sha256()
    for folder in (CONTRACTS, MODELS_SQL):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _models(_files: str, contracts: tuple[str, ...]) -> Mapping[str, SqlModel]:
    made = [SOURCE_RECORDS, *PARSED, *PARSED_TABLES, *_made(), *(f"raw.{contract}" for contract in contracts)]
    return load_sql_models(MODELS_SQL, made_elsewhere=made, schemas=tuple(GROUPS))


@lru_cache(maxsize=1)
def _lineage(_files: str) -> Lineage:
    contracts = load_contracts(CONTRACTS)
    return project_lineage(contracts, project_models(contracts), _made(), MIXED)


@lru_cache(maxsize=1)
def _dictionary(files: str) -> tuple[DictionaryTable, ...]:
    contracts = load_contracts(CONTRACTS)
    headers = {table: model.description for table, model in project_models(contracts).items()}
    return build_dictionary(contracts, _lineage(files), {**PARSED_TABLES, **headers}, VOCABULARY)


def _made() -> MadeTables:
    return made_tables(POLICY.attributes)
