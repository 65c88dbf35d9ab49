"""Writes the world to disk: one folder per contract, and the truth beside them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from dq_pipeline.errors import InputError
from dq_pipeline.sample import facts, numbers
from dq_pipeline.sample.batch import Batch, World
from dq_pipeline.sample.exports import ao, dynamics, hubspot, salesforce, zoho
from dq_pipeline.sample.households import HEAD, TODAY
from dq_pipeline.sample.sheet import write_sheet
from dq_pipeline.sample.strings import Random, Strings, join, stream, texts
from dq_pipeline.sample.summary import Progress, SampleSummary
from dq_pipeline.sample.systems import SYSTEMS
from dq_pipeline.sample.writers import (
    Columns,
    write_ao,
    write_csv,
    write_json_lines,
    write_json_pages,
    write_parquet,
)

CONTRACTS = (
    "salesforce_contacts",
    "hubspot_contacts",
    "zoho_contacts",
    "dynamics_contacts",
    "ao_customers",
    "interactions",
    "transactions",
)
TRUTH = "truth.csv"

# Ids of each system that belong to no record in the extracts.
_GHOSTS = 20

# Records in one answer of the Dataverse Web API.
_PAGE = 5_000

_IDS: tuple[Callable[[Random, int], Strings], ...] = (
    numbers.salesforce_ids,
    numbers.hubspot_ids,
    numbers.zoho_ids,
    numbers.dynamics_ids,
    numbers.ao_ids,
)
_LAYOUTS = (salesforce.columns, hubspot.columns, zoho.columns, dynamics.columns, ao.columns)


def write_extracts(out: Path, *, records: int, seed: int, progress: Progress | None = None) -> SampleSummary:
    """Write the sample of `seed` with `records` customer records into `out`; see `dq_pipeline.sample`."""
    out = out.absolute()
    _check(out, records, seed)
    try:
        return _write(out, records, seed, progress or (lambda done, total, what: None))
    except OSError as error:
        raise InputError(
            f"the sample cannot be written ({error.strerror})", where=str(out), fix="give another folder with --out"
        ) from error


def _write(out: Path, records: int, seed: int, report: Progress) -> SampleSummary:
    total = len(CONTRACTS) + 2
    # Beside its place until everything is there: a killed run leaves `out` as it was, the next removes the rest.
    workplace = out.with_name(f".{out.name}.unfinished")
    shutil.rmtree(workplace, ignore_errors=True)
    for contract in CONTRACTS:
        (workplace / contract).mkdir(parents=True)
    world = World.create(seed, records)
    report(1, total, f"{len(world.people):,} customers")
    ids, ghosts = _record_ids(world)
    for number, contract in enumerate(CONTRACTS[: len(SYSTEMS)]):
        batch = world.batch(number)
        columns = _columns(batch, ids[world.records.of(number)])
        _write_customers(workplace / contract, contract, columns)
        report(2 + number, total, f"{len(batch):,} records of {batch.system.name}")
    interactions = facts.interactions(world, ids, ghosts)
    write_json_lines(workplace / "interactions" / f"interactions_{_stamp()}.jsonl", interactions)
    report(total - 2, total, f"{len(interactions['channel']):,} interactions")
    transactions = facts.transactions(world, ids, ghosts)
    write_parquet(workplace / "transactions" / f"transactions_{_stamp()}.parquet", transactions)
    report(total - 1, total, f"{len(transactions['status']):,} transactions")
    write_csv(workplace / TRUTH, _truth(world, ids), quote_all=False)
    size = sum(path.stat().st_size for path in workplace.rglob("*") if path.is_file())
    _move(workplace, out)
    report(total, total, "truth")
    return SampleSummary(
        folder=out,
        seed=seed,
        records=records,
        customers=len(world.people),
        households=int((world.people.members.role == HEAD).sum()),
        twins=int(world.people.members.twin.sum()) // 2,
        namesakes=int(world.people.members.namesake.sum()),
        interactions=len(interactions["channel"]),
        transactions=len(transactions["status"]),
        records_by_system={entry.name: len(ids[world.records.of(row)]) for row, entry in enumerate(SYSTEMS)},
        faults=world.plan.counts() | {"contradicting_consent": int(world.consents.contradicting.sum())},
        bytes=size,
    )


def _check(out: Path, records: int, seed: int) -> None:
    if records < 1:
        raise InputError(f"cannot make {records} records", where="--records", fix="give a number from 1 up")
    if seed < 0:
        raise InputError(f"the seed {seed} is negative", where="--seed", fix="give a number from 0 up")
    if out.exists() and not out.is_dir():
        raise InputError("is a file, not a folder", where=str(out), fix="give a folder with --out")
    taken = [name for name in (*CONTRACTS, TRUTH) if (out / name).exists()]
    if taken:
        raise InputError(
            "already holds extracts; the sample overwrites nothing",
            where=str(out),
            problems=tuple(taken),
            fix="give another folder with --out, or remove these first",
        )


def _record_ids(world: World) -> tuple[Strings, list[Strings]]:
    """The ids of all records in their order, and for each system ids that no record has."""
    used, ghosts = [], []
    for number, (system, make) in enumerate(zip(SYSTEMS, _IDS, strict=True)):
        rows = world.records.of(number)
        count = rows.stop - rows.start
        random = stream(world.seed, f"ids of {system.name}")
        made = make(random, count + _GHOSTS)
        gone = np.sort(random.permutation(len(made))[:_GHOSTS])
        used.append(np.delete(made, gone))
        ghosts.append(made[gone])
    return np.concatenate(used), ghosts


def _columns(batch: Batch, ids: Strings) -> Columns:
    random = stream(batch.seed, f"layout of {batch.system.name}")
    return _LAYOUTS[batch.number](random, batch, write_sheet(batch), ids)


def _write_customers(folder: Path, contract: str, columns: Columns) -> None:
    if contract == "salesforce_contacts":
        write_csv(folder / "Contact.csv", columns, quote_all=True)
    elif contract == "hubspot_contacts":
        write_csv(folder / "hubspot-crm-exports-all-contacts.csv", columns, quote_all=False, mark=True)
    elif contract == "zoho_contacts":
        write_csv(folder / f"Contacts_{str(TODAY).replace('-', '_')}.csv", columns, quote_all=False)
    elif contract == "dynamics_contacts":
        write_json_pages(folder, columns, dynamics.UNQUOTED, entity="contacts", page=_PAGE)
    else:
        write_ao(folder / f"AOCUST_{_stamp()}.txt", columns, f"H|AOCUST|{_stamp()}|060000")


def _stamp() -> str:
    return str(TODAY).replace("-", "")


def _truth(world: World, ids: Strings) -> Columns:
    return {
        "source_system": texts(system.name for system in SYSTEMS)[world.records.system],
        "source_record_id": ids,
        "truth_id": join("T", numbers.zero_filled(world.records.person + 1, 8)),
    }


def _move(workplace: Path, out: Path) -> None:
    """Everything to its place: in one rename, or one for each folder where `out` holds something already."""
    if not out.exists() or not any(out.iterdir()):
        workplace.replace(out)
        return
    for name in (*CONTRACTS, TRUTH):
        (workplace / name).rename(out / name)
    workplace.rmdir()
