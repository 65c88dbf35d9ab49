"""`dq-pipeline lineage`: where a column comes from, back to the extracts, or what depends on it."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import say
from dq_pipeline.errors import InputError

if TYPE_CHECKING:
    from dq_pipeline.domain.lineage import Branch, Lineage

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 15px/1.6 system-ui, sans-serif; margin: 2rem; max-width: 70rem }}
ul {{ list-style: none; margin: 0; padding-left: 1.4rem; border-left: 1px solid #ccc }}
code {{ font-size: 14px }} i {{ color: #555 }} summary {{ cursor: pointer }}
</style></head><body><h1>{title}</h1>
{trees}
</body></html>
"""


@click.command()
@click.argument("name", metavar="[SCHEMA.TABLE[.COLUMN]]", default="")
@click.option("--downstream", is_flag=True, help="Show what depends on the column instead.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the trees as one offline page.")
def lineage(name: str, downstream: bool, html: Path | None) -> int:
    """Show where a column comes from; of a table, every column; without a name, all tables.

    It is read off the contracts and the SQL files, so no run is needed before. The filters and joins that choose the
    rows are not part of it.
    """
    from dq_pipeline.defs.project import lineage as project_lineage

    found = project_lineage()
    if not name:
        _print_tables(found)
        return 0
    columns = found.find(name)
    trees = [found.downstream(column) if downstream else found.upstream(column) for column in columns]
    arrow = "->" if downstream else "<-"
    if name.count(".") == 1:
        for tree in trees:
            say(_label(tree))
            for end in tree.ends():
                say(f"   {arrow} {_label(end)}")
    else:
        _print_tree(trees[0], arrow)
        say()
        ends = trees[0].ends()
        say(f"{'Ends in' if downstream else 'Begins in'} {len(ends)} column{'' if len(ends) == 1 else 's'}:")
        for end in ends:
            say(f"   {_label(end)}")
    if html:
        _write_page(html, trees, f"{'What depends on' if downstream else 'Where it comes from:'} {name}")
    return 0


def _print_tables(found: Lineage) -> None:
    width = max(map(len, found.tables))
    for table, columns in found.tables.items():
        say(f"{table:<{width}}  {len(columns):>3} columns")


def _print_tree(branch: Branch, arrow: str, depth: int = 0) -> None:
    say(f"{'   ' * depth}{f'{arrow} ' if depth else ''}{_label(branch)}")
    for below in branch.below:
        _print_tree(below, arrow, depth + 1)


def _label(branch: Branch) -> str:
    made = f"  ({branch.made})" if branch.made else ""
    return f"{branch.column}{made}{'  (see above)' if branch.repeated else ''}"


def _write_page(path: Path, trees: list[Branch], title: str) -> None:
    try:
        path.write_text(
            _PAGE.format(title=escape(title), trees="\n".join(f"<ul>{_item(tree)}</ul>" for tree in trees)), "utf-8"
        )
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(path), fix="name another file") from None
    say(f"Page: {path}")


def _item(branch: Branch) -> str:
    notes = ", ".join(filter(None, (branch.made, "see above" if branch.repeated else "")))
    label = f"<code>{escape(str(branch.column))}</code>" + (f" <i>{escape(notes)}</i>" if notes else "")
    if not branch.below:
        return f"<li>{label}</li>"
    return f"<li><details open><summary>{label}</summary><ul>{''.join(map(_item, branch.below))}</ul></details></li>"
