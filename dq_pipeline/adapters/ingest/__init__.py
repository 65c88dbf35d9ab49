"""Raw extracts into the warehouse: every line in `raw_history` or in `raw.rejects`, or the source fails whole."""

from dq_pipeline.adapters.ingest.files import scan_extracts, source_files
from dq_pipeline.adapters.ingest.findings import CHECKS, Finding, source_findings
from dq_pipeline.adapters.ingest.loader import ingest_source, refuse_source
from dq_pipeline.adapters.ingest.raw_tables import ensure_raw
from dq_pipeline.domain.extracts import ExtractScan, IngestResult, SourceFiles

__all__ = [
    "CHECKS",
    "ExtractScan",
    "Finding",
    "IngestResult",
    "SourceFiles",
    "ensure_raw",
    "ingest_source",
    "refuse_source",
    "scan_extracts",
    "source_files",
    "source_findings",
]
