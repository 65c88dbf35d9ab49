"""Splink's waterfall chart of one pair as a page that needs nothing from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import duckdb

from dq_pipeline.adapters.linkage.scoring import PRIOR_EVIDENCE
from dq_pipeline.adapters.warehouse import quote_identifier, table_exists
from dq_pipeline.domain.explanation import PairExplanation, ScoredPair
from dq_pipeline.domain.linkage import LinkagePolicy
from dq_pipeline.errors import InputError

Values = Mapping[str, tuple[str, str]]

# No address but data: URLs may be asked for; Splink's chart library compiles its formulas, hence unsafe-eval.
_POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1a1a1a }
h1 { font-size: 1.3rem; overflow-wrap: anywhere } table { border-collapse: collapse; margin: 1rem 0 }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #ddd; overflow-wrap: anywhere }
td.number { text-align: right; font-variant-numeric: tabular-nums } .chart { overflow-x: auto }
"""
_HEAD = (
    f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
)


def waterfall_page(explanation: PairExplanation, values: Values | None = None) -> str:
    """The page: the sentences of the explanation, Splink's chart, and its figures as a table.

    `values`: for each comparison what the two records have, as `compared_values` reads it; none unless given. Raises
    InputError when the two were never compared and cannot be.
    """
    pair = explanation.shown
    if pair is None:
        raise InputError("the two were never compared, so there is no chart", fix="leave --html out")
    values = values or {}
    title = f"{escape(explanation.left_key)} and {escape(explanation.right_key)}"
    sentences = "".join(f"<p>{escape(line)}</p>" for line in explanation.sentences())
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{_HEAD}<title>{title}</title></head><body>'
        f'<h1>{title}</h1>{sentences}<div class="chart">{_chart(pair, values)}</div>{_table(pair, values)}'
        "</body></html>"
    )


def compared_values(
    con: duckdb.DuckDBPyConnection, policy: LinkagePolicy, left_key: str, right_key: str
) -> dict[str, tuple[str, str]]:
    """What each comparison looks at in the two records: the columns it needs, joined by commas.

    Raises InputError where linkage.records is not at hand.
    """
    if not table_exists(con, "linkage", "records"):
        raise InputError("published versions hold no compared values", fix="leave --values out")
    columns = list(dict.fromkeys(name for comparison in policy.comparisons for name in comparison.needs))
    listed = ", ".join(f"{quote_identifier(name)}::varchar" for name in columns)
    rows = con.execute(
        f"select record_key, [{listed}] from linkage.records where record_key in (?, ?)", [left_key, right_key]
    ).fetchall()
    found = {key: dict(zip(columns, texts, strict=True)) for key, texts in rows}

    def told(key: str, needs: Sequence[str]) -> str:
        return ", ".join(text for name in needs if (text := found.get(key, {}).get(name)))

    return {c.name: (told(left_key, c.needs), told(right_key, c.needs)) for c in policy.comparisons}


def _chart(pair: ScoredPair, values: Values) -> str:
    """Splink's chart, its library inline, without the menu that would send the data to an editor elsewhere."""
    from splink.internals.charts import WaterfallChart
    from splink.internals.html_utils import chart_html

    # Without the name of the Vega-Lite version: Splink's own chart and library disagree about it, and the page warns.
    spec = {name: part for name, part in WaterfallChart(_bars(pair, values)).chart_dict.items() if name != "$schema"}
    spec |= {
        "params": [{"name": "record_number", "value": 0}],
        "usermeta": {"embedOptions": {"actions": False}},
    }
    page: str = chart_html(spec, inline=True)  # type: ignore[no-untyped-call]
    return page


def _bars(pair: ScoredPair, values: Values) -> list[dict[str, Any]]:
    """Splink's chart records: the prior, every comparison, the final score."""
    steps = [
        ("Prior" if e.comparison == PRIOR_EVIDENCE else e.comparison, e.level, e.match_weight, e.comparison)
        for e in pair.evidence
    ]
    steps.append(("Final score", pair.band, pair.match_weight, ""))
    return [
        {
            **{"column_name": name, "label_for_charts": label, "bar_sort_order": place, "record_number": 0},
            **{"log2_bayes_factor": weight, "bayes_factor": 2.0**weight, "term_frequency_adjustment": False},
            **dict(zip(("value_l", "value_r"), values.get(comparison, ("", "")), strict=True)),
            **dict.fromkeys(("sql_condition", "comparison_vector_value", "m_probability", "u_probability")),
            "bayes_factor_description": _times(weight),
        }
        for place, (name, label, weight, comparison) in enumerate(steps)
    ]


def _times(weight: float) -> str:
    more = "more" if weight >= 0 else "less"
    return f"{2.0 ** abs(weight):,.2f} times {more} likely to be one customer"


def _table(pair: ScoredPair, values: Values) -> str:
    shown = "<th>left</th><th>right</th>" if values else ""
    rows = "".join(
        f'<tr><td>{escape(e.comparison)}</td><td>{escape(e.level)}</td><td class="number">{e.match_weight:+.1f}</td>'
        + "".join(f"<td>{escape(text)}</td>" for text in values.get(e.comparison, ("", "")) if values)
        + "</tr>"
        for e in pair.evidence
    )
    return f"<table><tr><th>comparison</th><th>found</th><th>match weight</th>{shown}</tr>{rows}</table>"
