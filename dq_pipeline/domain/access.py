"""Who may see what of the published tables: a role's view, planned from its policy, the contracts and the classes.

Whatever nobody has allowed is withheld: a column without a class, a source that does not name the role, an access word
that nobody knows. What masking leaves is pseudonymous, not anonymous (GDPR, art. 4(5)): facts by key, without the
values that say who it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dictionary import UNCLASSIFIED
from dq_pipeline.domain.masking import MASKS

Treatment = Literal["left_out", "masked", "full"]
Form = Literal["plain", "masked", "masked_by_channel", "hidden", "blank", "hashed", "hashed_list"]

# The word of a contract's `roles` -> what becomes of personal values; every other word allows nothing.
GRANTS: Mapping[str, Treatment] = {
    "read": "full",
    "read-consented": "full",
    "read-masked": "masked",
    "read-scores": "left_out",
}
_TREATMENTS: tuple[Treatment, ...] = ("left_out", "masked", "full")
# Names of rows, by which tables are joined.
KEYS = frozenset(
    (
        *("record_key", "customer_id", "left_key", "right_key", "cluster_id", "heir_id", "source_record_id"),
        *("interaction_id", "transaction_id", "fact_id", "contact_point_key"),
    )
)
KEY_LISTS = frozenset(("record_keys", "heirs", "members_before", "members_after"))
# Hashes of values without a secret: whoever may not see the value could test a guess.
GUESSABLE = frozenset(("contact_point_key",))


@dataclass(frozen=True)
class ParquetFile:
    """One file beside the database: of which table, which columns (empty: all the role may see), in which order."""

    table: str
    order: tuple[str, ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Role:
    """What a role is for, and the most it may see, whatever contracts allow.

    `tables`: what it gets in a database of its own, and `files` as Parquet, by name. `values`: of columns that are
    personal or sensitive. `hashed_keys`: its keys are its own, so that its files cannot be joined with those of another
    role. `of_granted_sources`: it gets only rows whose every source (column `source_systems`) allows the role full
    values; otherwise the source that allows least decides for all, as golden rows are made of all.
    `shown`: personal columns (by name or `schema.table.column`) whose words do not say who it is: never masked, but
    left out where values are.
    """

    name: str
    purpose: str
    tables: tuple[str, ...]
    files: Mapping[str, ParquetFile]
    values: Treatment
    hashed_keys: bool = False
    of_granted_sources: bool = False
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PublishedColumn:
    """A column as it is: name, DuckDB type, classification."""

    name: str
    type: str
    classification: str


@dataclass(frozen=True)
class ColumnView:
    """How one column is shown; `type` is the DuckDB type it has in the warehouse."""

    name: str
    form: Form
    type: str = "VARCHAR"


@dataclass(frozen=True)
class TableView:
    """The columns that a role gets of a table, in order; `sources`: only rows of these systems (None: all)."""

    table: str
    columns: tuple[ColumnView, ...]
    sources: tuple[str, ...] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class RoleView:
    """All that a role gets: tables of its database, and Parquet files by name, each with its order."""

    role: str
    tables: tuple[TableView, ...]
    files: Mapping[str, tuple[TableView, tuple[str, ...]]] = field(default_factory=dict)


def plan_view(role: Role, contracts: Iterable[Contract], tables: Mapping[str, Sequence[PublishedColumn]]) -> RoleView:
    """What `role` gets of `tables` (`schema.table` -> columns), of those that are there."""
    pages = list(contracts)
    granted = _granting(role, (page for page in pages if page.kind == "customers"))
    values = role.values if role.of_granted_sources else _least(role, pages)
    personal_keys = any(column.key and column.classification != "none" for page in pages for column in page.columns)

    def view(table: str, wanted: Sequence[str] = ()) -> TableView:
        columns = _columns(role, table, tables[table], values, personal_keys)
        shown = tuple(column for column in columns if not wanted or column.name in wanted)
        return TableView(table, shown, granted if role.of_granted_sources else None)

    files = {name: view(file.table, file.columns) for name, file in role.files.items() if file.table in tables}
    return RoleView(
        role.name,
        tuple(found for found in (view(table) for table in role.tables if table in tables) if found.columns),
        {
            name: (found, tuple(column for column in role.files[name].order if column in found.names))
            for name, found in files.items()
            if found.columns
        },
    )


def _granting(role: Role, contracts: Iterable[Contract]) -> tuple[str, ...]:
    """The source systems every contract of which allows the role full values."""
    allowed: dict[str, bool] = {}
    for contract in contracts:
        system = contract.source_system
        allowed[system] = allowed.get(system, True) and _grants(contract, role.name) == "full"
    return tuple(sorted(system for system, every in allowed.items() if every))


def _grants(contract: Contract, role: str) -> Treatment:
    return GRANTS.get(contract.roles.get(role, ""), "left_out")


def _least(role: Role, contracts: Sequence[Contract]) -> Treatment:
    if not role.name:  # everybody who reads at all, whom no contract names: the policy alone decides
        return role.values
    allowed = [role.values, *(_grants(contract, role.name) for contract in contracts)]
    return min(allowed, key=_TREATMENTS.index)


def _columns(
    role: Role, table: str, columns: Sequence[PublishedColumn], values: Treatment, personal_keys: bool
) -> Iterator[ColumnView]:
    names = {column.name for column in columns}
    for column in columns:
        if column.classification == UNCLASSIFIED:
            continue
        form = _key_form(role, column, values, personal_keys)
        if form is None and (column.classification == "none" or values == "full"):
            form = "plain"
        if form is None and values == "masked":
            shown = bool({column.name, f"{table}.{column.name}"} & role.shown)
            form = _masked_form(column, shown=shown, by_channel=column.name == "value" and "channel" in names)
        if form is not None:
            yield ColumnView(column.name, form, column.type)


def _key_form(role: Role, column: PublishedColumn, values: Treatment, personal_keys: bool) -> Form | None:
    """None for what is no key; keys stand in every role's files, else nothing in them could be told apart."""
    hashed = role.hashed_keys or (values != "full" and (personal_keys or column.name in GUESSABLE))
    if column.name in KEY_LISTS and column.type == "VARCHAR[]":
        return "hashed_list" if hashed else "plain"
    if column.name in KEYS and column.type == "VARCHAR":
        return "hashed" if hashed else "plain"
    if hashed and column.type.startswith("STRUCT"):  # may hold keys
        return "blank"
    return None


def _masked_form(column: PublishedColumn, *, shown: bool, by_channel: bool) -> Form:
    """Texts and what masks know by name become unreadable, moments, counts and amounts stay: by key only."""
    if column.classification == "sensitive":
        return "hidden" if column.type == "VARCHAR" else "blank"
    if shown:
        return "plain"
    if column.type == "VARCHAR":
        return "masked_by_channel" if by_channel else "masked"
    if column.name in MASKS:
        return "masked" if column.type == "DATE" else "blank"
    return "blank" if column.type.endswith(("[]", ")")) and not column.type.startswith("DECIMAL") else "plain"
