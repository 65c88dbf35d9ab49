"""What a source promised: the typed form of one Open Data Contract Standard page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Format = Literal["csv", "jsonl", "json_pages", "parquet"]
RecordKind = Literal["customers", "interactions", "transactions"]
DateOrder = Literal["ymd", "dmy", "mdy"]


@dataclass(frozen=True)
class ContractColumn:
    """One column as the source exports it. `required`: the column must be present in every file."""

    name: str
    required: bool = False
    key: bool = False
    classification: str = "none"
    logical_type: str = "string"
    description: str = ""
    allowed_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileLayout:
    """How the source writes its files.

    `header_record` / `trailer_record`: prefix of the line that opens / closes the file (the column header
    of a CSV is not a header record). `trailer_record` carries the count of records in its second field.
    """

    format: Format
    pattern: str
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header_record: str = ""
    trailer_record: str = ""


@dataclass(frozen=True)
class Contract:
    """One source. `id` names its extract folder, `raw.<id>`, `staging.<id>` and its SQL file."""

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
    freshness_hours: float = 26.0
    retention_days: int = 0
    version: str = "1.0.0"
    allowed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns, in order."""
        return tuple(column.name for column in self.columns if column.key)
