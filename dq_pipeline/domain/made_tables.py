"""Where the columns of the tables come from that Python code writes, declared once.

SQL models need no declaration: their lineage is read off the SQL. Here `_copy` is a column taken over as it is, `_from`
one computed from others, `_made` one that begins here (ids, scores, times, counts). A column's DuckDB type is
stated where it is neither VARCHAR nor that of the column it is taken from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dq_pipeline.domain.canonical import RECORD_COLUMNS
from dq_pipeline.domain.lineage import Column


@dataclass(frozen=True)
class MadeColumn:
    """One column: what it is computed from, how in words, its type (empty: that of the first of `upstream`)."""

    upstream: tuple[Column, ...] = ()
    made: str = ""
    type: str = ""


MadeTables = Mapping[str, Mapping[str, MadeColumn]]


def _from(*sources: str, made: str = "", kind: str = "") -> MadeColumn:
    upstream = tuple(Column(table, name) for table, _, name in (source.rpartition(".") for source in sources))
    return MadeColumn(upstream, made, kind)


def _copy(table: str, *names: str) -> dict[str, MadeColumn]:
    return {name: _from(f"{table}.{name}") for name in names}


def _made(how: str, kind: str = "VARCHAR") -> MadeColumn:
    return MadeColumn((), how, kind)


def _each(how: str, *names: str, kind: str = "VARCHAR") -> dict[str, MadeColumn]:
    return dict.fromkeys(names, _made(how, kind))


_KEY = ("record_key", "source_system", "source_record_id")
_RUN = _made("the run in progress")
_AT = _made("when it happened, UTC", "TIMESTAMP")

_FILE = "the file and the source it belongs to"
_COUNTED = "counted while loading"
_HEADER = "the file's columns against those of its contract"
_REJECT = "the line that could not be loaded, and why"
_RAW: MadeTables = {
    "raw.loads": {
        "load_id": _made("running number", "BIGINT"),
        **_each(_FILE, "source", "file", "content_hash", "encoding"),
        **_each(_COUNTED, "bytes", "lines", "loaded", "rejected", kind="BIGINT"),
        **{"started_at": _AT, "finished_at": _AT, "extracted_at": _made("when the source wrote the file", "TIMESTAMP")},
        **_each("how the load ended", "status", "note"),
        **_each(_HEADER, "new_columns", "missing_columns", "renamed_columns", kind="VARCHAR[]"),
        "reordered": _made(_HEADER, "BOOLEAN"),
        "erased": _made("lines of people who have been erased, left out while loading", "BIGINT"),
        **{"run_id": _RUN, "extracts_folder": _made("the folder read")},
        **_copy("raw.snapshots", "snapshot_id"),
    },
    "raw.snapshots": {
        "snapshot_id": _made("running number", "BIGINT"),
        **{"source": _made(_FILE), "run_id": _RUN, "extracts_folder": _made("the folder read")},
        **{"extracted_at": _made("when the source wrote the files", "TIMESTAMP"), "loaded_at": _AT},
        **{
            "load_ids": _made("the loads it is made of", "BIGINT[]"),
            "late": _made("an earlier one came later", "BOOLEAN"),
        },
        **_each(_COUNTED, "files", "lines", "loaded", "rejected", kind="BIGINT"),
        **_each(_COUNTED, "new_records", "changed_records", "unchanged_records", kind="BIGINT"),
        **_each(_COUNTED, "deleted_records", "current_records", kind="BIGINT"),
    },
    "raw.rejects": {
        **_each(_REJECT, "source", "file", "raw_text", "reason"),
        **_each(_REJECT, "load_id", "line", kind="BIGINT"),
    },
    "raw.source_status": {
        **_each("how the last ingest of the source ended", "source", "status", "problem"),
        **{"run_id": _RUN, "checked_at": _AT},
    },
    "raw.extracts_folder": {"folder": _made("the folder read")},
    "raw.source_findings": {
        **_each("what the contract promises, checked", "source", "check_name", "problem"),
        "checked_at": _AT,
    },
}

_STAGING: MadeTables = {
    "staging.source_conventions": {
        "contract_id": _made("the contract's page"),
        **_each("the contract's word, else the evidence of the dates themselves", "date_order", "date_order_from"),
        "default_country": _made("the contract's page"),
        "as_of": _made("the day of the run", "DATE"),
        **_each("counted over the source's dates", "day_first", "month_first", kind="BIGINT"),
    },
    "staging.reading_context": {
        **_copy("staging.source_records", "contract_id"),
        "country_as_given": _from("staging.source_records.country"),
        "country": _from(
            "staging.parsed_countries.value",
            "staging.source_conventions.default_country",
            made="the record's own country, else that of its contract",
        ),
    },
    "staging.removed_records": {
        "record_key": _from("staging.customers.record_key", made="removed by retention in an earlier run"),
    },
    "staging.known_given_names": {"name_key": _made("the project's list of given names")},
    "staging.source_changes": {
        **_copy("staging.source_records", *RECORD_COLUMNS),
        "came": _made("the source's rows compared with those there were", "BOOLEAN"),
    },
    "staging.changed_records": {
        "number": _made("running number", "BIGINT"),
        "table_name": _made("the table brought up to date"),
        **_copy("staging.source_records", "record_key"),
    },
}

_SCORED = "scored by the linkage model"
_MEASURED = "counted over the run's pairs and records"
_JOINED = "the steps in which a cluster was formed"
_BLOCKED = "a value that too many records share to be compared by, as a hash"
_LINKAGE: MadeTables = {
    "linkage.pairs": {
        "left_key": _from("linkage.records.record_key"),
        "right_key": _from("linkage.records.record_key"),
        **_each(_SCORED, "match_weight", "match_probability", kind="DOUBLE"),
        **_each(_SCORED, "band", "blocking_key", "guard"),
        "evidence": _made(_SCORED, 'STRUCT(comparison VARCHAR, "level" VARCHAR, match_weight DOUBLE)[]'),
    },
    "linkage.clusters": {
        **_copy("linkage.records", *_KEY),
        "cluster_id": _from("linkage.records.record_key", made="the smallest record key of the cluster"),
    },
    "linkage.review": {
        **_each("why a person should look", "kind", "reason"),
        **_copy("linkage.pairs", "left_key", "right_key", "match_weight"),
        **_copy("linkage.clusters", "cluster_id"),
        "records": _made("count of the cluster's records", "BIGINT"),
        "customers": _made("how many customers deciding it may change", "BIGINT"),
    },
    "linkage.joins": {
        **_copy("linkage.clusters", "cluster_id"),
        "step": _made(_JOINED, "INTEGER"),
        **{name: _from("linkage.records.record_key") for name in ("kept_key", "absorbed_key")},
        "match_weight": _made(_JOINED, "DOUBLE"),
        **_each(_JOINED, "pairs", "compared", kind="BIGINT"),
    },
    "linkage.record_states": {
        **_copy("linkage.records", "record_key"),
        "population": _from("linkage.records.party_type"),
        "row_hash": _made("hash of the record as it was compared", "UBIGINT"),
    },
    "linkage.closed_blocks": {
        "population": _made(_BLOCKED),
        "number": _made(_BLOCKED, "UTINYINT"),
        "block": _made(_BLOCKED, "UBIGINT"),
    },
    "linkage.applied_decisions": _copy("stewardship.link_decisions", "left_key", "right_key", "verdict"),
    "linkage.anchors": _copy("linkage.clusters", "record_key", "cluster_id"),
    "linkage.state": {"model_version": _made("the model in use"), "basis": _made("hash of model, policies and code")},
    "linkage.run_statistics": {
        **{"run_id": _RUN, "measured_at": _AT},
        **_each("the model in use", "population", "model_version"),
        **_each(_MEASURED, "records", "pairs", kind="BIGINT"),
        **_each(_MEASURED, "weight_counts", "self_weight_counts", kind="BIGINT[]"),
        "key_pairs": _made(_MEASURED, "MAP(VARCHAR, BIGINT)"),
        **_each(_MEASURED, "unlinkable_share", "implied_prior", kind="DOUBLE"),
        "model_prior": _made("the model in use", "DOUBLE"),
        "unseen_values": _made(_MEASURED, "MAP(VARCHAR, DOUBLE)"),
    },
}

_ID = "given by the ledger of ids: kept from run to run, minted for a new customer"
_EVENT = "what the ledger of ids found"
_SURVIVED = "the survivorship rule that decided"
_PINNED = "what became of the pin: applied, outranked, expired, dormant or unusable"
_FED = "golden.customers compared with the version before"
_IDENTITY: MadeTables = {
    "golden.crosswalk": {**_copy("linkage.clusters", *_KEY), "customer_id": _made(_ID)},
    "golden.identities": {"customer_id": _made(_ID), "number": _made(_ID, "BIGINT"), "minted_at": _AT, "run_id": _RUN},
    "golden.memberships": {
        **_copy("golden.crosswalk", "record_key", "customer_id"),
        **{"valid_from": _AT, "valid_to": _AT},
    },
    "golden.identity_events": {
        **{"number": _made("running number", "BIGINT"), "run_id": _RUN, "happened_at": _AT, "event": _made(_EVENT)},
        **{"customer_id": _made(_ID), "heirs": _made(_EVENT, "VARCHAR[]")},
        **_each(_EVENT, "members_before", "members_after", kind="VARCHAR[]"),
        "reason": _made(_EVENT),
    },
    "golden.id_redirects": {"customer_id": _made(_ID), "heir_id": _made(_ID)},
    "golden.attribute_provenance": {
        **_copy("golden.crosswalk", "customer_id"),
        "attribute": _made("the survivorship policy"),
        **_copy("staging.customers", "record_key", "source_system"),
        **_each(_SURVIVED, "rule", "reason"),
        **_each("counted over the customer's records", "values_seen", "agreeing", "candidates", kind="BIGINT"),
        "agreement": _made("the share of the customer's records that say the same", "DOUBLE"),
        "losers": _made(_SURVIVED, "STRUCT(record_key VARCHAR, lost_by VARCHAR)[]"),
        "pin": _from("stewardship.pins.number"),
    },
    "golden.customer_inputs": {
        **_copy("golden.crosswalk", "customer_id"),
        "fingerprint": _made("a digest of all that is known of the customer", "HUGEINT"),
        "unnoted": _made("a digest of the critical rules that fail on the customer, and of its pins", "HUGEINT"),
        "changed": _made("the look that last found the customer changed", "BIGINT"),
        "is_gone": _made("whether the customer has no records any more", "BOOLEAN"),
    },
    "golden.record_contents": {
        **_copy("golden.crosswalk", "record_key"),
        "content": _made("a digest of what tells the record from others", "UHUGEINT"),
        **_copy("linkage.clusters", "cluster_id"),
        "glance": _made("a quicker digest of the same", "UBIGINT"),
    },
    "golden.record_successions": {
        **_each("a record that came back under a new key", "former_key", "record_key"),
        **{"run_id": _RUN, "happened_at": _AT},
    },
    "golden.pins_status": {
        **_copy(
            "stewardship.pins", "number", "record_key", "attribute", "author", "decided_at", "expires_on", "reason"
        ),
        **_copy("golden.crosswalk", "customer_id"),
        "status": _made(_PINNED),
        "proposed_for_removal": _made("the sources say by now what the pin says", "BOOLEAN"),
    },
    "golden.changes": {
        "sequence": _made("running number", "BIGINT"),
        **{"run_id": _RUN, "changed_at": _AT},
        **_copy("golden.crosswalk", "customer_id"),
        "operation": _made(_FED),
        **_each(_FED, "changed", "heirs", kind="VARCHAR[]"),
        "identity_event": _from("golden.identity_events.number"),
    },
}

_ACTIVITY_POLICY = "the policy of activity"
_ACTIVITY: MadeTables = {
    "golden.decay_classes": {
        **_each(_ACTIVITY_POLICY, "subject", "decay_class"),
        **_each(_ACTIVITY_POLICY, "from_days", "to_days", kind="INTEGER"),
        "because": _made(_ACTIVITY_POLICY),
    },
    "golden.inactivity_limits": {
        "contract_id": _made("the contract's page"),
        "inactive_after_days": _made("the contract's page, else the policy of activity", "INTEGER"),
        "said_by": _made("whether the contract says so"),
    },
    "golden.interaction_outcomes": _each(_ACTIVITY_POLICY, "outcome", "meaning"),
}

_CORRECTIONS = "the policy of corrections"
_PLACEHOLDERS = "the policy of placeholders"
_DECLARED = "the suites of expectations/"
_PROFILED = "measured over the table's rows; values as keyed hashes"
_DEVIATES = "the newest profile compared with those of the runs published before"
_RULE = ("rule_id", "table_name", "column_name", "dimension", "severity", "owner")
_SCORE = ("run_id", "measured_at", "scope_type", "scope", "score", "coverage", "rows", "weight", "impact")
_SCORED_RULE = ("rule_id", "rule_hash", "table_name", "column_name", "penalty", "weight", "rows", "ran")
_PATTERN = ("table_name", "column_name", "rule_ids", "source_system", "owner", "rows")
_MOVED = "the scores of this run compared with those published before"
_QUALITY: MadeTables = {
    "quality.rules": {
        **_each(_DECLARED, *_RULE, "description", "why", "fix", "expectation_type"),
        **_each(_DECLARED, "weight_column", "blocking", kind="BOOLEAN"),
        "columns": _made(_DECLARED, "VARCHAR[]"),
        "rule_hash": _made("a digest of what the rule finds"),
        "penalty": _made("the severity's share of a row", "DECIMAL(3,2)"),
    },
    "quality.score_weights": {
        **_each("the score policy", "table_name", "column_name", "reason"),
        "weight": _made("the score policy", "DECIMAL(9,3)"),
        "critical_data_element": _made("the score policy", "BOOLEAN"),
    },
    "quality.correction_rules": {
        **_each(_CORRECTIONS, "rule_id", "changes", "because", "enabled_because"),
        "columns": _made(_CORRECTIONS, "VARCHAR[]"),
        **_each(_CORRECTIONS, "confidence", "apply_from", kind="DOUBLE"),
        **_each(_CORRECTIONS, "enabled", "measured", kind="BOOLEAN"),
    },
    "quality.sharing_limits": {
        **_each(_PLACEHOLDERS, "column_name", "because"),
        "least_persons": _made(_PLACEHOLDERS, "INTEGER"),
        "times_typical": _made(_PLACEHOLDERS, "DOUBLE"),
    },
    "quality.run": {
        "run_id": _RUN,
        "measured_at": _AT,
        **_each("the model and rules in use", "model_hash", "rule_set_hash"),
        "previous_run_id": _made("the run of the version published before"),
    },
    "quality.rule_results": {
        **{"run_id": _RUN, "measured_at": _AT},
        **_copy("quality.rules", *_RULE),
        **_each("counted by the rule", "evaluated", "failed", kind="BIGINT"),
        **_each("found by the rule", "outcome", "message"),
        "rule_set_hash": _made(_DECLARED),
    },
    "quality.failing_rows": {
        **_copy("quality.rules", "rule_id", "table_name", "column_name"),
        **_each("the failing row of the table that the rule guards", "record_key", "source_system"),
        **_each("when the row failed", "first_seen", "last_seen", "fixed_at", kind="TIMESTAMP"),
        "times_reopened": _made("count of failures after a repair", "INTEGER"),
    },
    "quality.held_records": {
        **_copy("staging.customers", "record_key", "source_system"),
        "reasons": _made("the policy of quarantine", "VARCHAR[]"),
        "since": _AT,
        "run_id": _RUN,
        "released_by": _from("quality.releases.author"),
        "released_at": _from("quality.releases.decided_at"),
    },
    "quality.releases": {
        "number": _made("running number", "BIGINT"),
        **_each("the held record a steward decides about", "record_key", "source_system"),
        **_each("the steward's word", "decision", "author", "reason"),
        "decided_at": _AT,
    },
    "quality.profiles": {
        **{"run_id": _RUN, "measured_at": _AT},
        **_each(_PROFILED, "table_name", "column_name"),
        "rows": _made(_PROFILED, "BIGINT"),
        **_each(_PROFILED, "missing_share", "distinct_share", "mean_length", kind="DOUBLE"),
        "top_values": _made(_PROFILED, "STRUCT(value_hash VARCHAR, share DOUBLE)[]"),
    },
    "quality.profile_key": {"secret": _made("drawn at random, once a warehouse")},
    "quality.anomalies": {
        **{"anomaly_id": _made(_DEVIATES), "run_id": _RUN, "found_at": _AT},
        **_copy("quality.profiles", "table_name", "column_name"),
        **_each(_DEVIATES, "measure", "kind", "severity"),
        **_each(_DEVIATES, "found", "expected_low", "expected_high", kind="DOUBLE"),
        **{"runs": _made(_DEVIATES, "BIGINT"), "of_weekday": _made(_DEVIATES, "BOOLEAN")},
    },
    "quality.expected_deviations": {
        **_copy("quality.anomalies", "anomaly_id", "table_name", "column_name", "measure"),
        **_each("a person's word", "reason", "author"),
        **{"from_run_at": _AT, "marked_at": _AT},
    },
    "quality.score_history": _copy("quality.scores", *_SCORE, "rule_set_hash", "model_hash"),
    "quality.rule_history": {"run_id": _RUN, **_copy("quality.scored_rules", *_SCORED_RULE)},
    "quality.pattern_history": {"run_id": _RUN, **_copy("quality.failure_patterns", *_PATTERN)},
    "quality.score_moves": {
        **_copy("quality.run", "run_id", "previous_run_id"),
        "position": _made("the order of the sentences", "INTEGER"),
        **_each(_MOVED, "kind", "text"),
        **_copy("quality.move_parts", "name", "points"),
    },
    "quality.review_backlog": {
        **_copy("linkage.review", "kind", "left_key", "right_key"),
        "left_id": _from("golden.crosswalk.customer_id"),
        "right_id": _from("golden.crosswalk.customer_id"),
        **_each("when the question was in the review queue", "first_seen", "last_seen", "closed_at", kind="TIMESTAMP"),
        "times_reopened": _made("count of returns to the queue", "INTEGER"),
    },
    "quality.review_groups": {
        **_copy("golden.crosswalk", "customer_id"),
        "group_id": _from("golden.crosswalk.customer_id", made="the smallest id of those the review queue may join"),
    },
    "quality.accepted_checks": {
        **{"run_id": _RUN, "accepted_at": _AT, "problem": _made("what the failed check had found")},
        **_each("the word of a person that a failed check may pass", "check_name", "author", "reason"),
    },
    "quality.dictionary": {
        **_each("the data dictionary", "table_name", "column_name", "data_type", "meaning", "owner", "classification"),
        "term": _made("the data dictionary"),
    },
    "quality.dictionary_findings": {
        **_each("the data dictionary, searched for gaps", "table_name", "column_name", "check_name", "problem"),
        **{"published": _made("whether readers get the table", "BOOLEAN"), "found_at": _AT},
    },
    "quality.publications": {**_each("the version published", "run_id", "version"), "published_at": _AT},
}

_SAID = "a person's word"
_LED = "the newest events of the issue"
_TOLD = "the event that is told"
_ISSUE = ("issue_id", "rule_id", "source", "owner")
_ISSUES: MadeTables = {
    "quality.issue_events": {
        **{"number": _made("running number", "BIGINT"), "issue_id": _made("given once, in the order of openings")},
        **_copy("quality.rules", "rule_id", "owner", "severity"),
        "source": _from("quality.failing_rows.source_system"),
        **_each("what happened to the issue", "event", "reason"),
        **{"happened_at": _AT, "run_id": _RUN},
        **_each(_SAID, "author", "assignee", "comment", "duplicate_of"),
        "expires_on": _made(_SAID, "DATE"),
        "due_at": _made("the policy of issues", "TIMESTAMP"),
        "brought_at": _from("raw.loads.extracted_at", made="of the load that brought the oldest row failing"),
    },
    "quality.issue_history": {
        **{"run_id": _RUN, "measured_at": _AT},
        **_copy("quality.issue_events", "issue_id"),
        "rows": _made("count of the rows that fail", "BIGINT"),
    },
    "quality.issue_times": {
        **_copy("quality.issue_events", *_ISSUE, "severity", "brought_at", "due_at"),
        "episode": _made("running number of the issue's openings", "BIGINT"),
        **_each(_LED, "opened_at", "acknowledged_at", "resolved_at", kind="TIMESTAMP"),
        **{"ended_by": _made(_LED), "breached": _made(_LED, "BOOLEAN")},
        **_each("from one event to another", "hours_to_detect", "hours_to_acknowledge", kind="DOUBLE"),
        "hours_to_resolve": _made("from one event to another", "DOUBLE"),
    },
    "quality.issues": {
        **_copy("quality.issue_times", *_ISSUE),
        **_copy("quality.rule_results", "table_name", "column_name", "dimension", "severity"),
        **_copy("quality.issue_events", "assignee", "comment", "duplicate_of", "expires_on"),
        **_copy("quality.issue_times", "opened_at", "acknowledged_at", "due_at", "resolved_at", "breached"),
        **{"status": _made(_LED), "first_opened_at": _made(_LED, "TIMESTAMP"), "first_run": _RUN},
        **{"times_reopened": _made(_LED, "BIGINT"), "last_seen": _made("the newest run that found a row", "TIMESTAMP")},
        "rows": _from("quality.issue_history.rows"),
        "closing_reason": _from("quality.issue_events.reason"),
        "decided_by": _from("quality.issue_events.author"),
    },
    "quality.alerts": {
        **_each(_TOLD, "event_id", "kind", "subject", "what", "severity", "source", "owner", "fix", "command"),
        **{"happened_at": _AT, "run_id": _RUN, "rows": _made(_TOLD, "BIGINT"), "due_at": _made(_TOLD, "TIMESTAMP")},
    },
    "quality.alerts_sent": {
        **_copy("quality.alerts", "event_id"),
        **_each("what came of sending it", "target", "status"),
        "attempts": _made("what came of sending it", "INTEGER"),
        **{"tried_at": _AT, "retry_at": _made("the policy of alerts", "TIMESTAMP")},
    },
}

_ACTED = "what somebody did, and when"
_DUE = "counted over what the rules of retention are about"
# Of governance those that every run writes; requests, holds and certificates are there once somebody asked.
_GOVERNANCE: MadeTables = {
    "governance.audit": {
        "number": _made("running number", "BIGINT"),
        "at": _AT,
        **_each(_ACTED, "actor", "action", "subject", "reason"),
        "details": _made(_ACTED, "JSON"),
        **_each("a digest of the entry and of the one before", "previous_hash", "hash"),
        "reason_digest": _made("a digest of the reason, which an erasure may blank"),
    },
    "governance.audit_checks": {
        **{"run_id": _RUN, "checked_at": _AT},
        **_each("the trail, verified", "entries", "problems", kind="BIGINT"),
    },
    "governance.retention_status": {
        **_each("contracts and the policy of retention", "source", "data_class", "counted_from", "legal_basis"),
        "days": _made("contracts and the policy of retention", "INTEGER"),
        **_each(_DUE, "due", "kept_on_hold", kind="BIGINT"),
        **{"oldest": _made(_DUE, "DATE"), "measured_at": _AT},
    },
}

_DECIDED = ("number", "decided_at", "author", "reason")
_STEWARDSHIP: MadeTables = {
    "stewardship.decisions": {
        **{"number": _made("running number", "BIGINT"), "decided_at": _AT},
        **_each("the steward's word", "author", "kind", "attribute", "value", "reason"),
        **_each("the records the steward decides about", "left_key", "right_key"),
        "expires_on": _made("the steward's word", "DATE"),
        "revokes": _made("the decision taken back", "BIGINT"),
    },
    "stewardship.link_decisions": {
        **_copy("stewardship.decisions", *_DECIDED, "left_key", "right_key"),
        "verdict": _from("stewardship.decisions.kind"),
    },
    "stewardship.pins": {
        **_copy("stewardship.decisions", *_DECIDED, "attribute", "value", "expires_on"),
        "record_key": _from("stewardship.decisions.left_key"),
    },
}

# Columns of SQL models that hold values of many columns: what they mean to a column that uses them.
MIXED = {
    Column("quality.corrections", "column_name"): "which column a rule corrects",
    Column("quality.corrections", "before"): "the value as it arrived",
    Column("quality.corrections", "after"): "what a correction rule puts in place of the value",
    Column("quality.corrections", "applied"): "whether a correction rule applies to the value itself",
    Column("staging.doubtful_values", "column_name"): "which column has a value that says nothing",
    Column("staging.shared_values", "column_name"): "which column too many share a value of",
    Column("staging.shared_values", "value"): "the value itself, when too many share it",
}


def made_tables(golden_attributes: Iterable[str]) -> MadeTables:
    """Every declared table; `golden_attributes` are those the survivorship policy chooses a value for."""
    customers = {
        **_copy("golden.crosswalk", "customer_id"),
        **_copy("staging.customers", *golden_attributes),
        **_each("counted over the customer's records", "record_count", "source_count", kind="BIGINT"),
        **_copy("staging.customers", "created_at", "updated_at", "last_activity_at"),
    }
    return {
        **_RAW,
        **_STAGING,
        **_LINKAGE,
        **_IDENTITY,
        **_ACTIVITY,
        **_QUALITY,
        **_ISSUES,
        **_STEWARDSHIP,
        **_GOVERNANCE,
        "golden.customers": customers,
        "golden.customers_history": {
            **_copy("golden.customers", *customers),
            **{"valid_from": _AT, "valid_to": _AT},
            **_copy("golden.changes", "sequence"),
        },
        "golden.change_feed": {
            **_copy("golden.changes", "sequence", "run_id", "changed_at", "operation", "customer_id"),
            **_copy("golden.changes", "changed", "heirs"),
            **_copy("golden.customers_history", *(name for name in customers if name != "customer_id")),
        },
    }
