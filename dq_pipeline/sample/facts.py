"""Interactions and transactions, booked on records of the five systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dq_pipeline.sample.batch import World
from dq_pipeline.sample.data import businesses
from dq_pipeline.sample.geography import geography
from dq_pipeline.sample.households import TODAY
from dq_pipeline.sample.numbers import unique_numbers
from dq_pipeline.sample.strings import (
    Days,
    Ints,
    Random,
    Strings,
    chance,
    join,
    moments,
    pick,
    stream,
    texts,
    weighted,
)
from dq_pipeline.sample.systems import SYSTEMS

if TYPE_CHECKING:
    import pyarrow as pa

INTERACTIONS_PER_CUSTOMER = 1.5
TRANSACTIONS_PER_CUSTOMER = 1.0

# So many point to a record that is in no extract: deleted in the source, or mistyped.
UNKNOWN_RECORDS = 0.005

_CHANNELS = ("email", "phone", "social_media", "live_chat")
_OUTCOMES = texts(("resolved", "resolved", "follow_up", "no_answer", "escalated", "information_given"))


def interactions(world: World, ids: Strings, ghosts: list[Strings]) -> dict[str, Strings]:
    """The columns of contract `interactions`; `ids` of all records, `ghosts` unused ids of each system."""
    random = stream(world.seed, "interactions")
    count = round(len(world.people) * INTERACTIONS_PER_CUSTOMER)
    record, occurred = _events(random, world, count)
    channel = texts(_CHANNELS)[weighted(random, (0.45, 0.3, 0.1, 0.15), count)]
    subjects = texts(subject.replace("_", " ") for subject in businesses.SUBJECTS.split())
    agents = texts(user.replace("_", " ") for user in businesses.USERS.split())
    system, record_id = _keys(random, world, record, ids, ghosts)
    return {
        "interaction_id": join("INT-", _numbers(random, count)),
        "source_system": system,
        "source_record_id": record_id,
        "channel": channel,
        "direction": texts(("inbound", "outbound"))[chance(random, 0.4, count).astype(np.int64)],
        "occurred_at": moments(occurred, "T", 19, "Z"),
        "subject": pick(random, subjects, count),
        "agent": pick(random, agents, count),
        "outcome": pick(random, _OUTCOMES, count),
    }


def transactions(world: World, ids: Strings, ghosts: list[Strings]) -> dict[str, pa.Array]:
    """The columns of contract `transactions`, amounts as DECIMAL(18, 2), times as timestamps in UTC."""
    random = stream(world.seed, "transactions")
    count = round(len(world.people) * TRANSACTIONS_PER_CUSTOMER)
    record, occurred = _events(random, world, count)
    country = world.people.members.country[world.records.person[record]]
    products = texts(product.replace("_", " ") for product in businesses.PRODUCTS.split())
    status = weighted(random, (0.9, 0.04, 0.04, 0.02), count)
    cents = np.maximum(100, np.round(np.exp(random.normal(8.6, 1.1, count))).astype(np.int64))
    system, record_id = _keys(random, world, record, ids, ghosts)
    return {
        "transaction_id": _text_column(join("TRX-", _numbers(random, count))),
        "source_system": _text_column(system),
        "source_record_id": _text_column(record_id),
        "occurred_at": _time_column(occurred),
        "amount": _money_column(np.where(status == 2, -cents, cents)),
        "currency": _text_column(texts(nation.currency for nation in geography().countries)[country]),
        "status": _text_column(texts(("settled", "pending", "refunded", "cancelled"))[status]),
        "product": _text_column(pick(random, products, count)),
        "channel": _text_column(
            texts(("web", "store", "phone", "partner"))[weighted(random, (0.6, 0.2, 0.1, 0.1), count)]
        ),
    }


def _events(random: Random, world: World, count: int) -> tuple[Ints, Days]:
    """A record for each event, a few records with many, and a moment after the record was made."""
    records = len(world.records)
    record = random.permutation(records)[(records * random.random(count) ** 1.7).astype(np.int64)]
    created = world.records.created[record]
    span = (TODAY.astype("datetime64[s]") - created).astype(np.int64)
    return record, created + (span * random.random(count)).astype(np.int64).astype("timedelta64[s]")


def _keys(random: Random, world: World, record: Ints, ids: Strings, ghosts: list[Strings]) -> tuple[Strings, Strings]:
    system = world.records.system[record]
    record_id = ids[record]
    unknown = np.flatnonzero(chance(random, UNKNOWN_RECORDS, len(record)))
    for number in range(len(SYSTEMS)):
        here = unknown[system[unknown] == number]
        record_id[here] = pick(random, ghosts[number], len(here))
    return texts(entry.name for entry in SYSTEMS)[system], record_id


def _numbers(random: Random, count: int) -> Strings:
    return np.asarray(unique_numbers(random, count, 10**10, 10**11).astype(np.dtypes.StringDType()))


def _text_column(values: Strings) -> pa.Array:
    """An Arrow column of ASCII texts, made from its buffers: `pa.array` would import pandas, at 1.6 seconds."""
    import pyarrow as pa

    ends = np.cumsum(np.strings.str_len(values), dtype=np.int64)
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), ends])
    data = "".join(values.tolist()).encode("ascii")
    return pa.Array.from_buffers(pa.large_string(), len(values), [None, pa.py_buffer(offsets), pa.py_buffer(data)])


def _time_column(times: Days) -> pa.Array:
    import pyarrow as pa

    microseconds = np.ascontiguousarray(times.astype("datetime64[us]").astype(np.int64))
    return pa.Array.from_buffers(pa.timestamp("us", tz="UTC"), len(times), [None, pa.py_buffer(microseconds)])


def _money_column(cents: Ints) -> pa.Array:
    """Cents as DECIMAL(18, 2): 128-bit whole numbers, low half first."""
    import pyarrow as pa

    halves = np.ascontiguousarray(np.stack([cents, cents >> 63], axis=1))
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(halves)])
