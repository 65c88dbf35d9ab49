"""The published dashboard: read from the warehouse by `data`, drawn as one HTML file by `render`."""

from dq_pipeline.adapters.dashboard.data import collect_dashboard
from dq_pipeline.adapters.dashboard.render import render_dashboard

__all__ = ["collect_dashboard", "render_dashboard"]
