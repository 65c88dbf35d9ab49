"""What is kept longer than its rule says, and its removal: with the means of an erasure, on record without the values.

A record removed because its time is up is not a person forgotten: when its source has something newer to say of it, it
is loaded again; the same content is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from dq_pipeline.adapters.governance.audit import record_audit
from dq_pipeline.adapters.governance.erasure import carry_out
from dq_pipeline.adapters.governance.holds import held_keys
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.adapters.governance.requests import open_request
from dq_pipeline.adapters.governance.rewrite import rewrite_database
from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal, table_exists
from dq_pipeline.domain.erasure import Request
from dq_pipeline.domain.retention import Due, RetentionRule, problems
from dq_pipeline.errors import ConfigurationError

_REMOVALS = """
create schema if not exists governance;
create table if not exists governance.retention_removals
    (removed_at timestamp, request_id varchar, source varchar, data_class varchar, clock varchar, days integer,
     legal_basis varchar, rows bigint, kept_on_hold bigint)
"""
# A date that lies in the future or before 1900 is a slip and proves no activity.
_RECORDS = """
select c.record_key as key, c.record_key, greatest(
        case when c.created_at between timestamp '1900-01-01' and $now then c.created_at end,
        case when c.updated_at between timestamp '1900-01-01' and $now then c.updated_at end,
        case when c.last_activity_at between timestamp '1900-01-01' and $now then c.last_activity_at end,
        {confirmed}) as signed, coalesce(signed, l.extracted_at)::date as moment
from staging.customers as c left join raw.loads as l on l.load_id = c._load_id {joined}
where c.contract_id = {source}
"""
_FACTS = """
select concat_ws('|', {source}, {fact}) as key, record_key, occurred_at::date as moment from {table}
where {fact} is not null
"""
# What the pipeline made itself: table, and the condition for rows older than $cutoff.
_AGED = {
    "rejected_lines": (
        "raw.rejects",
        "raw_text is not null and load_id in (select load_id from raw.loads where extracted_at < $cutoff)",
    ),
    "golden_history": ("golden.customers_history", "valid_to < $cutoff"),
}


@dataclass(frozen=True)
class Plan:
    """What is due today: by rule, and the keys of records and facts that no hold keeps."""

    today: date
    dues: tuple[Due, ...]
    record_keys: tuple[str, ...]
    facts: tuple[str, ...]

    @property
    def to_remove(self) -> int:
        return sum(due.to_remove for due in self.dues)


def plan_retention(
    con: duckdb.DuckDBPyConnection, places: Places, rules: Sequence[RetentionRule], now: datetime
) -> Plan:
    """What each rule finds, without touching it. Raises ConfigurationError for rules without days or legal basis."""
    wrong = problems(rules)
    if wrong:
        raise ConfigurationError(
            "the retention rules cannot be used",
            problems=tuple(wrong),
            fix="complete `retention` under slaProperties of the contract, or policies/retention.py",
        )
    con.execute(
        "create or replace temp table dq_held as select unnest($1::varchar[]) as key", [sorted(held_keys(con))]
    ).fetchall()
    _mark_removed(con)
    dues: dict[RetentionRule, Due] = {}
    records: list[str] = []
    facts: list[str] = []
    for rule in sorted(rules, key=lambda rule: rule.data_class != "customer_records"):  # facts may go with records
        if rule.source:
            dues[rule], keys = _due_of_source(con, rule, now)
            (records if rule.data_class == "customer_records" else facts).extend(keys)
        else:
            dues[rule] = _due_of_pipeline(con, places, rule, now)
    return Plan(now.date(), tuple(dues[rule] for rule in rules), tuple(records), tuple(facts))


def _mark_removed(con: duckdb.DuckDBPyConnection) -> None:
    """Make `temp.dq_removed(key)`: records removed before; those due now are added to it."""
    write = "create or replace temp table dq_removed as select record_key as key from"
    if table_exists(con, "staging", "removed_records"):
        con.execute(f"{write} staging.removed_records").fetchall()
    else:
        con.execute(f"{write} (select null::varchar as record_key) where false").fetchall()


def _due_of_source(con: duckdb.DuckDBPyConnection, rule: RetentionRule, now: datetime) -> tuple[Due, list[str]]:
    clock = _clock_sql(con, rule)
    if not clock:
        return Due(rule, 0), []
    along = "or record_key in (from temp.dq_removed)" if rule.with_record else ""
    rows = con.execute(
        f"select key, record_key in (from temp.dq_held) as held, moment from ({clock}) where moment < $cutoff {along} "
        "order by key",
        {"cutoff": rule.cutoff(now.date()), **({"now": now} if "$now" in clock else {})},
    ).fetchall()
    keys = [key for key, held, _ in rows if not held]
    if rule.data_class == "customer_records":
        con.execute("insert into temp.dq_removed select unnest($1::varchar[])", [keys]).fetchall()
    oldest = min((moment for _, _, moment in rows if moment), default=None)
    return Due(rule, len(rows), len(rows) - len(keys), oldest), keys


def _clock_sql(con: duckdb.DuckDBPyConnection, rule: RetentionRule) -> str:
    """A SELECT of `key, record_key, moment`; empty before the first run."""
    source = quote_literal(rule.source)
    if rule.data_class in ("interactions", "transactions"):
        table = f"staging.{quote_identifier(rule.source)}"
        known = table_exists(con, "staging", rule.source)
        return _FACTS.format(source=source, fact=f"{rule.data_class[:-1]}_id", table=table) if known else ""
    if not table_exists(con, "staging", "customers"):
        return ""
    seen = table_exists(con, "golden", "record_activity")
    joined = "left join golden.record_activity as a on a.record_key = c.record_key" if seen else ""
    return _RECORDS.format(source=source, confirmed="a.last_confirmed_at" if seen else "null", joined=joined)


def _due_of_pipeline(con: duckdb.DuckDBPyConnection, places: Places, rule: RetentionRule, now: datetime) -> Due:
    cutoff = rule.cutoff(now.date())
    if rule.data_class == "published":
        return Due(rule, len(_old_versions(places.root / "published", cutoff)))
    if rule.data_class == "ended_versions":
        return Due(rule, sum(_count(con, table, where, cutoff) for table, where in _ended(con, places).items()))
    table, where = _AGED[rule.data_class]
    return Due(rule, _count(con, table, where, cutoff) if table_exists(con, *table.split(".")) else 0)


def _count(con: duckdb.DuckDBPyConnection, table: str, where: str, cutoff: date) -> int:
    return int(con.execute(f"select count(*) from {table} where {where}", {"cutoff": cutoff}).fetchall()[0][0])


def _ended(con: duckdb.DuckDBPyConnection, places: Places) -> Mapping[str, str]:
    """Table -> condition for its versions replaced before $cutoff."""
    condition = "_ended in (select load_id from raw.loads where extracted_at < $cutoff)"
    return {
        f"raw_history.{quote_identifier(source)}": condition
        for source in places.contracts
        if table_exists(con, "raw_history", source)
    }


def _old_versions(published: Path, cutoff: date) -> list[Path]:
    """Folders of versions published before, never the current one; a version's name begins with its moment."""
    current = published / "current"
    keep = current.resolve() if current.exists() else None
    folders = sorted(published.iterdir()) if published.exists() else []
    dated = [path for path in folders if path.is_dir() and not path.is_symlink() and path.name[:8].isdigit()]
    return [path for path in dated if path != keep and path.name[:8] < f"{cutoff:%Y%m%d}"]


def apply_retention(places: Places, plan: Plan, *, actor: str, now: datetime) -> Request | None:
    """Remove what is due and not on hold; returns the request it is on record as. Under the run lock.

    What is aged goes in one transaction together with the record of everything; a kill behind it is made good by the
    next run, as the request stands open.
    """
    if not plan.to_remove:
        return None
    with places.warehouse.transaction() as con:
        request = open_request(
            con,
            purpose="retention",
            customer_ids=(),
            record_keys=plan.record_keys,
            facts=plan.facts,
            author=actor,
            reason="kept as long as its rule says",
            now=now,
            not_before=now,
        )
        _remove_aged(con, places, plan)
        _put_on_record(con, plan, request, actor, now)
    for path in _old_versions(places.root / "published", _rule(plan, "published").cutoff(plan.today)):
        _remove_folder(path)
    if not (plan.record_keys or plan.facts):
        rewrite_database(places.warehouse.path)
    return carry_out(places, request, now, actor=actor)


def _remove_aged(con: duckdb.DuckDBPyConnection, places: Places, plan: Plan) -> None:
    """A rejected line stays counted; what it said goes."""
    table, where = _AGED["rejected_lines"]
    cutoff = {"cutoff": _rule(plan, "rejected_lines").cutoff(plan.today)}
    con.execute(f"update {table} set raw_text = null where {where}", cutoff).fetchall()
    cutoff = {"cutoff": _rule(plan, "ended_versions").cutoff(plan.today)}
    for table, where in _ended(con, places).items():
        con.execute(f"delete from {table} where {where}", cutoff).fetchall()
    table, where = _AGED["golden_history"]
    if table_exists(con, *table.split(".")):
        cutoff = {"cutoff": _rule(plan, "golden_history").cutoff(plan.today)}
        con.execute(f"delete from {table} where {where}", cutoff).fetchall()


def _put_on_record(con: duckdb.DuckDBPyConnection, plan: Plan, request: Request, actor: str, now: datetime) -> None:
    con.execute(_REMOVALS)
    removed = [due for due in plan.dues if due.rows]
    for due in removed:
        rule = due.rule
        con.execute(
            "insert into governance.retention_removals values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(now, request.request_id, rule.source, rule.data_class, rule.clock, rule.days, rule.legal_basis),
                *(due.to_remove, due.held),
            ],
        ).fetchall()
    record_audit(
        con,
        at=now,
        actor=actor,
        action="retention_applied",
        subject=request.request_id,
        reason=request.reason,
        details={f"{due.rule.source or 'all'}.{due.rule.data_class}": due.to_remove for due in removed},
    )


def _rule(plan: Plan, data_class: str) -> RetentionRule:
    return next(due.rule for due in plan.dues if due.rule.data_class == data_class)


def _remove_folder(path: Path) -> None:
    import shutil

    shutil.rmtree(path)


def keep_until(
    con: duckdb.DuckDBPyConnection, rules: Iterable[RetentionRule], keys: Sequence[str], now: datetime
) -> dict[str, date]:
    """Record key -> the last day its source's rule lets it be kept."""
    until: dict[str, date] = {}
    for rule in rules:
        clock = _clock_sql(con, rule) if rule.data_class == "customer_records" else ""
        if clock:
            rows = con.execute(
                f"select key, moment from ({clock}) where list_contains($keys, key) and moment is not null",
                {"keys": list(keys), "now": now},
            ).fetchall()
            until |= {key: rule.last_day(moment) for key, moment in rows}
    return until
