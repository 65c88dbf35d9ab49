"""The one clock: what is called now is a moment in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now as every table keeps it: UTC, whole seconds, no zone."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
