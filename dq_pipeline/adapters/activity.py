"""What was decided about age and inactivity, as tables that the golden SQL models read, and consent as of a date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

from dq_pipeline.adapters.warehouse import quote_identifier
from dq_pipeline.domain.activity import ActivityPolicy, class_limits
from dq_pipeline.domain.contract import Contract

ACTIVITY_TABLES = {
    "golden.decay_classes": "What the age of a customer, an e-mail address or a phone number is called, and why.",
    "golden.inactivity_limits": "Days without a sign after which each source's records are inactive, and who says so.",
    "golden.interaction_outcomes": "Which outcomes of an interaction leave an issue open, and which settle it.",
}
_COLUMNS = {
    "golden.decay_classes": (
        "subject VARCHAR, decay_class VARCHAR, from_days INTEGER, to_days INTEGER, because VARCHAR"
    ),
    "golden.inactivity_limits": "contract_id VARCHAR, inactive_after_days INTEGER, said_by VARCHAR",
    "golden.interaction_outcomes": "outcome VARCHAR, meaning VARCHAR",
}


def write_activity_policy(
    con: duckdb.DuckDBPyConnection, policy: ActivityPolicy, contracts: Iterable[Contract]
) -> None:
    """(Re)create the tables of `ACTIVITY_TABLES`. A contract's own limit (`inactive_after_days`) beats the policy's.

    `to_days` is the first day of the next class, NULL for the last; `said_by` is `contract` or `policy`; `meaning`
    is `opens` or `settles`.
    """
    classes = [
        (subject, found.name, found.from_days, end, found.because)
        for subject, found_classes in policy.decay.items()
        for found, end in class_limits(found_classes)
    ]
    limits = [
        (contract.id, contract.inactive_after_days, "contract")
        if contract.inactive_after_days
        else (contract.id, policy.inactive_after_days, "policy")
        for contract in contracts
        if contract.kind == "customers"
    ]
    outcomes = [(outcome, "opens") for outcome in policy.opening_outcomes]
    outcomes += [(outcome, "settles") for outcome in policy.settling_outcomes]
    _write(con, "golden.decay_classes", classes)
    _write(con, "golden.inactivity_limits", limits)
    _write(con, "golden.interaction_outcomes", outcomes)


def create_consent_macro(con: duckdb.DuckDBPyConnection, catalog: str = "") -> None:
    """(Re)create the table macro `golden.consent_as_of(moment)`: golden.consents as it would have read at `moment`.

    By the statements dated until then and by today's customers. Needs golden.consent_history; `catalog` names an
    attached database to create it in (none: the connection's own).
    """
    place = f"{quote_identifier(catalog)}.golden" if catalog else "golden"
    con.execute(
        f"create or replace macro {place}.consent_as_of(moment) as table "
        f"select * exclude (valid_to) from {place}.consent_history "
        "where (valid_from is null or valid_from <= moment::timestamp) "
        "and (valid_to is null or valid_to > moment::timestamp)"
    )


def _write(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    con.execute(f"create or replace table {table} ({_COLUMNS[table]})")
    marks = ", ".join("?" for _ in _COLUMNS[table].split(", "))
    for row in rows:
        con.execute(f"insert into {table} values ({marks})", list(row))
