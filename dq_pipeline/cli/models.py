"""`dq-pipeline models`: the linkage models there are, what another one would change, and a person's word to use it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import fail, number, printable, say
from dq_pipeline.cli.steward import author_and_reason, note
from dq_pipeline.clock import utc_now
from dq_pipeline.errors import InputError
from dq_pipeline.settings import Home

if TYPE_CHECKING:
    from dq_pipeline.adapters.linkage.model import Model
    from dq_pipeline.domain.promotion import Promotion


@click.group()
def models() -> None:
    """Show the linkage models, train another, see what it would change, promote it or go back."""


@models.command("list")
def list_trained() -> int:
    """List the models, newest first; the one in use is marked, with who promoted it, since when and why."""
    from dq_pipeline.adapters.linkage.model import list_models, load_model
    from dq_pipeline.adapters.linkage.promotion import promoted_version, promotions

    folder = Home.from_environment().models
    in_use = promoted_version(folder)
    last = {entry.version: entry for entry in promotions(folder)}
    found = [load_model(folder, version) for version in list_models(folder)]
    say(f"{number(len(found))} model{'' if len(found) == 1 else 's'} in {folder}")
    for model in sorted(found, key=lambda m: (m.manifest["trained_at"], m.version), reverse=True):
        _print_model(model, last.get(model.version), in_use=model.version == in_use)
    return 0


@models.command()
def train() -> int:
    """Train a model on the records now in the warehouse and save it. Which one is in use stays as it is."""
    from dq_pipeline.adapters.linkage.model import save_model
    from dq_pipeline.adapters.linkage.promotion import promoted_version
    from dq_pipeline.adapters.linkage.training import train_model
    from dq_pipeline.policies.linkage import POLICIES, SEED

    with _between_runs("models train") as home:
        model = train_model(home.warehouse, home.work, POLICIES, seed=SEED, now=utc_now())
        save_model(home.models, model)
    _print_model(model, None, in_use=model.version == promoted_version(home.models))
    say("What it would change:  dq-pipeline models diff " + model.version)
    return 0


@models.command()
@click.argument("version", required=False)
@click.option("--against", default="", help="The model to compare with (default: the one in use).")
def diff(version: str | None, against: str) -> int:
    """Say what promoting VERSION (default: the one trained last) would change: pairs, customers, parameters."""
    from dq_pipeline.adapters.linkage.model import load_model
    from dq_pipeline.adapters.linkage.model_diff import diff_models
    from dq_pipeline.adapters.warehouse import Warehouse
    from dq_pipeline.policies.linkage import POLICIES

    with _between_runs("models diff") as home:
        before = load_model(home.models, against or _in_use(home))
        after = load_model(home.models, version or _newest(home))
        if before.version == after.version:
            raise InputError(f"{after.version} is one model", fix="name another, or train one")
        tell = (lambda text: fail(f"  {text}")) if sys.stderr.isatty() else None
        found = diff_models(Warehouse(home.warehouse), home.work, before, after, POLICIES, progress=tell)
    for line in found.lines():
        say(printable(line))
    say(f"\nTo use it:  dq-pipeline models promote {after.version} --reason TEXT")
    return 0


@models.command()
@click.argument("version")
@author_and_reason
def promote(version: str, author: str, reason: str) -> int:
    """Make VERSION the model the runs use, from the next one on."""
    from dq_pipeline.adapters.linkage.promotion import promote_model
    from dq_pipeline.policies.linkage import POLICIES

    with _between_runs("models promote") as home:
        done = promote_model(home.models, version, POLICIES, author=author, reason=reason, at=utc_now())
        _note_switch(home, done)
    _print_switch(done)
    return 0


@models.command()
@author_and_reason
def rollback(author: str, reason: str) -> int:
    """Go back to the model promoted before the one in use."""
    from dq_pipeline.adapters.linkage.promotion import roll_back
    from dq_pipeline.policies.linkage import POLICIES

    with _between_runs("models rollback") as home:
        done = roll_back(home.models, POLICIES, author=author, reason=reason, at=utc_now())
        _note_switch(home, done)
    _print_switch(done)
    return 0


@contextmanager
def _between_runs(what: str) -> Iterator[Home]:
    """The home while no run is in progress. Raises InputError where it has no warehouse: a mistyped DQ_HOME must not
    make anything."""
    from dq_pipeline.adapters.run_lock import run_lock
    from dq_pipeline.adapters.warehouse import Warehouse

    home = Home.from_environment()
    with Warehouse(home.warehouse).connect(read_only=True):
        pass
    with run_lock(home.lock, run_id=what):
        yield home


def _in_use(home: Home) -> str:
    from dq_pipeline.adapters.linkage.promotion import promoted_version

    version = promoted_version(home.models)
    if version is None:
        raise InputError(
            "no model is in use yet", fix="name one with --against, or start a run, which trains the first"
        )
    return version


def _newest(home: Home) -> str:
    from dq_pipeline.adapters.linkage.model import list_models, load_model

    found = [load_model(home.models, version) for version in list_models(home.models)]
    return max(found, key=lambda m: (m.manifest["trained_at"], m.version)).version


def _print_model(model: Model, promotion: Promotion | None, *, in_use: bool) -> None:
    trained = datetime.fromisoformat(model.manifest["trained_at"])
    say(f"{'*' if in_use else ' '} {model.version}  trained {trained:%Y-%m-%d %H:%M}{'  in use' if in_use else ''}")
    for population, part in model.populations.items():
        facts = part.facts
        say(
            f"      {population:<13}{number(facts['records']):>11} records  {number(facts['candidate_pairs']):>12} "
            f"pairs compared  {number(facts['pairs_learned_from']):>11} learned from  prior {part.prior:.3g}"
        )
    if promotion:
        word = "promoted" if promotion.action == "promote" else "gone back to"
        author, reason = printable(promotion.author), printable(promotion.reason)
        say(f"      {word} {promotion.at:%Y-%m-%d %H:%M} by {author}: {reason}")


def _note_switch(home: Home, done: Promotion) -> None:
    from dq_pipeline.adapters.warehouse import Warehouse

    with Warehouse(home.warehouse).transaction() as con:
        note(
            con,
            f"model_{done.action}",
            subject=done.version,
            reason=done.reason,
            author=done.author,
            previous=done.previous,
        )


def _print_switch(done: Promotion) -> None:
    say(f"Model {done.version} is used from the next run on, instead of {done.previous or 'none'}.")
