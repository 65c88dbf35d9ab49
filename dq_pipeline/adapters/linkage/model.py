"""The trained model as an artefact: a folder that says everything about how it came to be."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version as library_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq_pipeline.adapters.linkage.settings import LevelParameters, read_parameters
from dq_pipeline.domain.linkage import Comparison, LinkagePolicy, Population, content_hash, policies_fingerprint
from dq_pipeline.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    import pyarrow as pa

# A change in any of these may change a parameter or the meaning of the saved SQL.
LIBRARIES = ("duckdb", "numpy", "splink")


@dataclass(frozen=True)
class PopulationModel:
    """The model of one population. `settings`: Splink's, with m, u and the prior. `facts`: what training found.
    `rarity`: for each column the frequency of every value, by hash."""

    version: str
    settings: dict[str, Any]
    facts: dict[str, Any]
    rarity: dict[str, pa.Table]

    def comparisons(self, policy: LinkagePolicy) -> tuple[Comparison, ...]:
        """The policy's comparisons the model was trained on. Raises ConfigurationError when the policy changed."""
        if self.facts["policy"] != policy.fingerprint():
            raise ConfigurationError(
                f"model {self.version} was trained under another linkage policy",
                where="dq_pipeline/policies/linkage.py",
                fix="train a new model, or undo the change of the policy",
            )
        used = set(self.facts["comparisons"])
        return tuple(c for c in policy.comparisons if c.name in used)

    def parameters(self, comparisons: Sequence[Comparison]) -> dict[str, LevelParameters]:
        """m and u of each comparison."""
        return read_parameters(self.settings, comparisons)

    @property
    def prior(self) -> float:
        """Probability that two random records are one customer."""
        return float(self.settings["probability_two_random_records_match"])

    @property
    def block_sizes(self) -> dict[str, int]:
        """For each blocking key (by name) the most records that may share one of its values."""
        return {report["key"]: int(report["block_size"]) for report in self.facts["blocking"]}

    @property
    def rivals(self) -> dict[str, float]:
        """Probability that two random records are a pair of each other explanation."""
        return {name: float(share) for name, share in self.facts["rivals"].items()}


@dataclass(frozen=True)
class Model:
    """One artefact: a model for each population, and the `manifest` that says where they come from."""

    version: str
    manifest: dict[str, Any]
    populations: dict[Population, PopulationModel]


def version_name(data_fingerprints: Sequence[str], policies: Sequence[LinkagePolicy], seed: int) -> str:
    """The same data, policies, seed and libraries always give the same version."""
    return content_hash([list(data_fingerprints), policies_fingerprint(policies), seed, libraries()])[:12]


def libraries() -> dict[str, str]:
    """Versions of the libraries that a model's parameters depend on."""
    return {name: library_version(name) for name in LIBRARIES}


def save_model(models: Path, model: Model) -> Path:
    """Write the model to `models/<version>/`, whole or not at all; returns the folder."""
    import pyarrow.parquet as pq

    folder = models / model.version
    if folder.exists():
        return folder
    half_done = models / f".{model.version}.part"
    shutil.rmtree(half_done, ignore_errors=True)
    half_done.mkdir(parents=True)
    _write_json(half_done / "manifest.json", model.manifest)
    for name, part in model.populations.items():
        (half_done / name / "rarity").mkdir(parents=True)
        _write_json(half_done / name / "model.json", part.settings)
        _write_json(half_done / name / "facts.json", part.facts)
        for column, table in part.rarity.items():
            pq.write_table(table, half_done / name / "rarity" / f"{column}.parquet")
    half_done.rename(folder)
    return folder


def load_model(models: Path, version: str) -> Model:
    """Read `models/<version>/`. Raises InputError when it is not there or damaged."""
    import pyarrow as pa

    folder = models / version
    try:
        if folder.parent != models or not version:
            raise FileNotFoundError(version)
        manifest = _read_json(folder / "manifest.json")
        populations: dict[Population, PopulationModel] = {
            name: _load_population(folder / name, version) for name in manifest["populations"]
        }
    except (OSError, ValueError, TypeError, KeyError, pa.ArrowException) as error:
        raise InputError(
            f"the linkage model cannot be read ({type(error).__name__})",
            where=str(folder),
            fix="train a new model; the next run does so when none is promoted",
        ) from None
    return Model(version, manifest, populations)


def _load_population(folder: Path, version: str) -> PopulationModel:
    import pyarrow.parquet as pq

    rarity = {path.stem: pq.read_table(path) for path in sorted((folder / "rarity").glob("*.parquet"))}
    return PopulationModel(version, _read_json(folder / "model.json"), _read_json(folder / "facts.json"), rarity)


def list_models(models: Path) -> list[str]:
    """The versions there are, sorted."""
    return sorted(path.parent.name for path in models.glob("*/manifest.json") if not path.parent.name.startswith("."))


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
