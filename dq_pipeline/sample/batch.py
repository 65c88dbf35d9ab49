"""The world cut into the records of one system, the unit in which extracts are written."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

from dq_pipeline.sample.consents import Consents, ask_consent
from dq_pipeline.sample.dirt import Plan, plan
from dq_pipeline.sample.people import People, populate
from dq_pipeline.sample.records import Records, customers_for, keep_records
from dq_pipeline.sample.strings import Bools
from dq_pipeline.sample.systems import SYSTEMS, System

Table = TypeVar("Table", Records, Consents)


@dataclass(frozen=True)
class World:
    """Everything decided before a single value is written down."""

    seed: int
    people: People
    records: Records
    plan: Plan
    consents: Consents

    @classmethod
    def create(cls, seed: int, records: int) -> World:
        """The world of `seed` with exactly `records` records."""
        people = populate(seed, customers_for(records))
        kept = keep_records(seed, people, records)
        return cls(seed, people, kept, plan(seed, people, kept), ask_consent(seed, kept, len(people)))

    def batch(self, number: int) -> Batch:
        """The records of system `number`."""
        rows = self.records.of(number)
        return Batch(
            seed=self.seed,
            number=number,
            people=self.people,
            records=_rows(self.records, rows),
            known={detail: marked[rows] for detail, marked in self.plan.known.items()},
            faults={kind: marked[rows] for kind, marked in self.plan.faults.items()},
            consents=_rows(self.consents, rows),
        )


@dataclass(frozen=True)
class Batch:
    """The records of one system; all but `people` has one row per record."""

    seed: int
    number: int
    people: People
    records: Records
    known: dict[str, Bools]
    faults: dict[str, Bools]
    consents: Consents

    def __len__(self) -> int:
        return len(self.records)

    @property
    def system(self) -> System:
        return SYSTEMS[self.number]


def _rows(table: Table, rows: slice) -> Table:
    columns: dict[str, Any] = {column.name: getattr(table, column.name)[rows] for column in fields(table)}
    return type(table)(**columns)
