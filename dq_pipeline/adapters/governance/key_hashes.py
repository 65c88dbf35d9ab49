"""The record keys of erased people, as salted hashes: the ledgers replay as before, and no key leads to a source.

A source's own record id names a person to whoever has the source (GDPR, recital 26). The same key becomes the same
hash in every table, so that memberships, events and decisions still fit together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from dq_pipeline.adapters.governance.suppression import Suppressions
from dq_pipeline.adapters.warehouse import column_schema
from dq_pipeline.domain.erasure import ERASED_KEY, is_erased_key

# What is never shortened, and the columns of it that name records.
_KEPT = {
    "golden.memberships": ("record_key",),
    "golden.record_successions": ("former_key", "record_key"),
    "golden.identity_events": ("members_before", "members_after"),
    "stewardship.decisions": ("left_key", "right_key"),
    "quality.releases": ("record_key",),
    "governance.erasure_requests": ("record_keys",),
    "governance.holds": ("customer_id", "record_keys"),
    "governance.access_requests": ("customer_id",),
}
_HASH = "coalesce($hashes[list_position($keys, {0})], {0})"
_OF_TEXT = f"{{column}} = {_HASH.format('{column}')} where list_contains($keys, {{column}})"
_OF_LIST = (
    f"{{column}} = list_sort(list_transform({{column}}, lambda each: {_HASH.format('each')})) "
    "where list_has_any({column}, $keys)"
)


def key_hashes(suppressions: Suppressions, record_keys: Iterable[str]) -> dict[str, str]:
    """Record key -> `erased:` and 32 hexadecimal digits of its HMAC; what is a hash already is left out."""
    plain = [key for key in record_keys if not is_erased_key(key)]
    return {key: ERASED_KEY + suppressions.digest("key", key)[:32] for key in plain}


def hash_kept_keys(con: duckdb.DuckDBPyConnection, hashes: Mapping[str, str]) -> None:
    """Put the hashes in place of the keys in every ledger of the connection's database."""
    given = {"keys": list(hashes), "hashes": list(hashes.values())}
    for table, columns in _KEPT.items():
        kinds = dict(column_schema(con, *table.split(".")))
        for column in columns if kinds else ():
            change = _OF_LIST if kinds[column] == "VARCHAR[]" else _OF_TEXT
            con.execute(f"update {table} set {change.format(column=column)}", given).fetchall()
