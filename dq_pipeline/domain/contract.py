"""What a source promised: the typed form of one Open Data Contract Standard page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Format = Literal["csv", "jsonl", "json_pages", "parquet", "xlsx"]
RecordKind = Literal["customers", "interactions", "transactions"]
DateOrder = Literal["ymd", "dmy", "mdy"]

# Who reads what was published, the dashboard above all, and what a contract may allow that role to see.
GOVERNANCE_READER = "governance_reader"
READ_SCORES, READ_MASKED = "read-scores", "read-masked"


@dataclass(frozen=True)
class ContractColumn:
    """One column as the source exports it. `required`: the column must be present in every file.

    `aliases`: other names under which the same system exports it (its spreadsheet instead of its interface).
    `term`: the business name, a word that means the same on every page. `classification` is empty where the page gives
    none.
    """

    name: str
    required: bool = False
    key: bool = False
    classification: str = "none"
    logical_type: str = "string"
    description: str = ""
    allowed_values: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    term: str = ""


@dataclass(frozen=True)
class FileLayout:
    """How the source writes its files.

    `patterns`: what the files may be called, as globs. A file named `.xlsx` or `.parquet` is read as such, whatever
    the `format`. An empty `encoding` is detected. `sheet`: the worksheet to read, else the first one that has the
    required columns. `header_record` / `trailer_record`: prefix of the line that opens / closes the file (the column
    header of a CSV is not a header record); the trailer carries the count of records in its second field.
    `dated_names`: a date in a file's name is the day of its extract, and the files of one day are one snapshot.
    """

    format: Format
    patterns: tuple[str, ...]
    encoding: str = ""
    delimiter: str = ","
    quote: str = '"'
    header_record: str = ""
    trailer_record: str = ""
    sheet: str = ""
    dated_names: bool = True


@dataclass(frozen=True)
class Contract:
    """One source. `id` names its extract folder, `raw.<id>`, `staging.<id>` and its SQL file.

    `location`: the URL of the folder that its extracts are fetched from; empty when they are put into the extracts
    folder. `minimum_lines` and `maximum_volume_change` (a share of the usual lines) say when an extract is
    suspiciously small or large. `inactive_after_days`: without a sign for so long, the source no longer counts a record
    among its customers; 0 where the page does not say. `roles`: who may read the source's data, and by which access.
    `retention_basis`: why its data may be kept for `retention_days`, and since when these count.
    """

    id: str
    source_system: str
    kind: RecordKind
    layout: FileLayout
    columns: tuple[ContractColumn, ...]
    owner: str
    description: str
    date_order: DateOrder = "ymd"
    default_country: str = ""
    snapshot: Literal["full", "delta"] = "full"
    maximum_reject_share: float = 0.01
    minimum_lines: int = 1
    maximum_volume_change: float = 0.3
    freshness_hours: float = 26.0
    retention_days: int = 0
    inactive_after_days: int = 0
    version: str = "1.0.0"
    location: str = ""
    allowed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    retention_basis: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns, in order."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def shows_masked_examples(self) -> bool:
        """Whether the governance reader may see values of this source masked. Never by default, and never unmasked."""
        return self.roles.get(GOVERNANCE_READER) == READ_MASKED
