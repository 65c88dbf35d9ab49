"""Fetching extracts: a remote folder, reached through fsspec, mirrored into a source's folder of extracts."""

from dq_pipeline.adapters.fetch.mirror import FetchResult, fetch_extracts, pending_extracts

__all__ = ["FetchResult", "fetch_extracts", "pending_extracts"]
