"""The published dashboard: read from the warehouse by `data`, made of `pages`, put together by `site`."""

from dq_pipeline.adapters.dashboard.data import collect_dashboard
from dq_pipeline.adapters.dashboard.page import Material, Page, page_path, plain_name
from dq_pipeline.adapters.dashboard.site import collect_material, render_site

__all__ = ["Material", "Page", "collect_dashboard", "collect_material", "page_path", "plain_name", "render_site"]
