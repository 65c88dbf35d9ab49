"""Draws the pages of the dashboard: each an HTML file with everything in it, which asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from dq_pipeline.adapters.dashboard.drawings import lost_scale
from dq_pipeline.adapters.dashboard.page import Page, page_path, plain_name
from dq_pipeline.domain import charts, wording
from dq_pipeline.domain.dashboard import Publication

HERE = Path(__file__).parent
STYLES = ("style.css", "site.css", "pages.css")
SCRIPTS = ("script.js", "pages.js")

# What the pages are called in the navigation of each, in the order a reader asks.
NAVIGATION = (
    ("Overview", "index.html"),
    ("Sources", "sources/index.html"),
    ("Dimensions", "dimensions/index.html"),
    ("Rules", "rules/index.html"),
    ("Issues", "issues.html"),
    ("Customers", "customers.html"),
    ("Consent", "consent.html"),
    ("Compliance", "compliance.html"),
    ("Ownership", "ownership.html"),
    ("Dictionary", "dictionary.html"),
    ("Lineage", "lineage.html"),
    ("Runs", "runs.html"),
    ("Summary", "summary.html"),
)


class Renderer:
    """Draws pages of one version. Every text is escaped, wherever it came from.

    Style and script are in each page: a page that is mailed alone is whole, and a Content-Security-Policy can name
    their hashes, so that a browser would run or fetch nothing else even if an escape were missing.
    """

    def __init__(self, publication: Publication):
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup

        style = "".join((HERE / name).read_text(encoding="utf-8") for name in STYLES)
        script = "".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            template_helpers(),
            publication=publication,
            navigation=NAVIGATION,
            style=Markup(style),
            script=Markup(script),
            policy=content_policy(style, script),
        )

    def render(self, page: Page) -> str:
        """The page as HTML."""
        root = "../" * page.path.count("/")
        return self._environment.get_template(page.template).render(page.context, root=root, page=page)


def template_helpers() -> dict[str, Any]:
    """Wording and geometry that the templates call."""
    names = [name for name in vars(wording) if name.endswith("_text")]
    return {
        **{name: getattr(wording, name) for name in names},
        "plural": wording.plural,
        "stack": charts.stack,
        "sparkline": charts.sparkline,
        "lost_scale": lost_scale,
        "heat_class": charts.heat_class,
        "page_path": page_path,
        "plain_name": plain_name,
        "NOT_MEASURED": wording.NOT_MEASURED,
    }


def content_policy(style: str, script: str) -> str:
    """A Content-Security-Policy that allows this very style and script, and nothing else."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
