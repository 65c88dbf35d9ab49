"""What the columns mean of the tables behind the published ones: readings of the parsers, steps to scores, ledgers.

Words of the data dictionary, by table; those of the tables that readers get are in `table_definitions.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

_READ_STATUS = "What the parser found: valid, invalid or a placeholder."
_READ_REASON = "Why, as a code; empty when there is nothing to say."
_SURE = "How sure the guess is, from 0 to 1."
_LOSS = "Rows lost to failing rules, each counted by its worst failure."
_RAN = "Whether the rule ran in this run."
_RULE_OWNER = "Who answers for the rule."
_RECORD_OWNER = "Who looks after the record in its source system."
_CREATED_BY = "User or form that entered the record in its source system."
_CUT = "By what the rows are parted: by source, by owner, by who entered them."
_BECAUSE = "Why the policy says so."
_DATES = {
    "date_order": "The order of day, month and year by which the text was read.",
    "moment": "The moment the text means, UTC, where it has a time.",
    "year": "The year, as far as it is known.",
    "month": "The month, as far as it is known.",
    "readings": "Every date that the text can mean.",
}


def _parsed(value: str, **others: str) -> dict[str, str]:
    return {"value": value, "status": _READ_STATUS, "reason": _READ_REASON, **others}


READINGS: Mapping[str, Mapping[str, str]] = {
    "staging.parsed_addresses": _parsed(
        "The address in one way of writing.", care_of="Person or firm in whose care mail is sent there."
    ),
    "staging.parsed_countries": _parsed("ISO 3166-1 alpha-2 code."),
    "staging.parsed_genders": _parsed("male, female or other."),
    "staging.parsed_dates": _parsed("The day the text means.", precision="day, month or year.", **_DATES),
    "staging.parsed_emails": _parsed(
        "The address in one way of writing.",
        local_part="What stands before the @.",
        domain="What stands after the @.",
        is_role="Whether the mailbox is a function's, as info@, and nobody's own.",
        is_disposable="Whether the mailbox is of a service for throw-away addresses.",
        suggestion="The address that was probably meant, after a slip of the keyboard.",
    ),
    "staging.parsed_identifiers": _parsed("The number in one way of writing.", kind="Which state's number it is."),
    "staging.parsed_names": _parsed(
        "The name as it is shown.",
        part="Which part of a name was read: given, middle, family or full.",
        title="Form of address or degree.",
        suffix="Jr., III and the like.",
        is_organisation="Whether it is the name of an organisation.",
        family_name_variant="The family name in the other way of writing it.",
    ),
    "staging.parsed_organisations": _parsed(
        "The name as it is shown.",
        legal_form="Legal form: Ltd, GmbH and so on.",
        match_key_variant="The form for matching in the other way of writing the name.",
    ),
    "staging.parsed_phones": _parsed(
        "The number in E.164 form.", extension="Extension behind the number.", digits="Its digits."
    ),
    "staging.parsed_postal_codes": _parsed(
        "The code in its country's way of writing.", suggestion="The code that was probably meant."
    ),
    "staging.parsed_texts": _parsed("The text as it is shown.", kind="locality, region or job_title."),
    "staging.date_readings": {
        "status": _READ_STATUS,
        "value": "The day the text means by itself.",
        "rule_ids": "The correction rules by which alone it means what follows.",
        "meant_day": "The day it can only be taken to mean by those rules.",
        "meant_moment": "The moment it can only be taken to mean by those rules, UTC.",
        **_DATES,
    },
    "staging.guessed_organisations": {"confidence": _SURE},
    "staging.swapped_names": {"confidence": _SURE},
    "staging.shared_values": {
        "value": "The value that many share, in its form for matching.",
        "records": "How many records have it.",
        "persons": "How many different persons have it.",
        "status": "placeholder or shared.",
        "reason": "Why, as a code.",
    },
    "staging.source_conventions": {
        "date_order": "The order of day, month and year in the source's dates.",
        "date_order_from": "Who says so: the contract, the evidence of the dates, or nobody.",
        "default_country": "The country where a record names none.",
        "as_of": "The day that counts as today.",
        "day_first": "How many of the source's dates can only be read day first.",
        "month_first": "How many of the source's dates can only be read month first.",
    },
    "staging.doubtful_values": {"status": "placeholder, or future: a birthdate still to come."},
    "staging.source_changes": {"came": "Whether the row came; else it went."},
    "staging.changed_records": {
        "number": "Number of the note; its notes are written one after the other.",
        "table_name": "The table in which the record's rows changed.",
        "record_key": "The record; empty where it may be any.",
    },
}

_STEPS: Mapping[str, Mapping[str, str]] = {
    "quality.column_losses": {"cut": _CUT, "owner": _RECORD_OWNER, "created_by": _CREATED_BY, "loss": _LOSS},
    "quality.column_scores": {
        "loss": _LOSS,
        "rules": "How many rules the column has.",
        "rules_run": "How many of them ran.",
    },
    "quality.failure_patterns": {
        "rule_ids": "The rules that fail together on these rows.",
        "cut": _CUT,
        "owner": _RECORD_OWNER,
        "created_by": _CREATED_BY,
    },
    "quality.pattern_history": {"rule_ids": "The rules that failed together on these rows.", "owner": _RECORD_OWNER},
    "quality.scored_rows": {"owner": _RECORD_OWNER, "created_by": _CREATED_BY},
    "quality.latest_results": {
        "owner": _RULE_OWNER,
        "ran": _RAN,
        "weight_column": "Whether the rule counts in its column's score.",
    },
    "quality.scored_rules": {"ran": _RAN},
    "quality.rule_history": {"ran": "Whether the rule ran in that run."},
    "quality.rule_losses": {"loss": _LOSS, "charged": "Rows charged to this rule where several fail on one row."},
    "quality.move_parts": {
        "part": "Which step of the move it belongs to: rules, weights, sources or data.",
        "name": "The rule, source or owner it is about.",
        "before": "The figure of the version published before.",
        "after": "The figure of this run.",
    },
    "quality.rule_changes": {
        "change": "added, removed, redefined, stopped, started or weighted.",
        "ran_before": "Whether the rule ran in the version published before.",
        "ran_now": "Whether the rule ran in this run.",
        "penalty_before": "Its penalty in the version published before.",
        "penalty_now": "Its penalty in this run.",
        "weight_before": "The weight of its column in the version published before.",
        "weight_now": "The weight of its column in this run.",
    },
    "quality.score_weights": {"reason": "Why the column counts so much."},
    "quality.correction_times": {
        "source": "The source in which the rules fail; empty where they are about no single one.",
        "owner": _RULE_OWNER,
        "classification": "The class of the column: none, personal or sensitive.",
        "openings": "How many findings were ever opened.",
        "open": "How many of them are open.",
        "late": "How many of the open ones should be over by now.",
        "corrected": "How many were over because a run found them mended.",
        "corrected_in_time": "How many of the corrected ones were over by their due date.",
        "median_hours": "Hours from opening to correction, of the half that went quicker.",
        "slow_hours": "Hours from opening to correction that nine of ten did not exceed.",
    },
}

_LEDGERS: Mapping[str, Mapping[str, str]] = {
    "golden.change_feed": {
        "changed_at": "When the run made the change, UTC.",
        "operation": "insert, update, split, merge or delete.",
        "changed": "The attributes that changed.",
    },
    "golden.customer_inputs": {
        "fingerprint": "Digest of all that is known of the customer; empty where it has changed since, or is pinned.",
        "unnoted": "Digest of what no notes tell of: the critical rules that fail on it, and pins; empty without.",
        "changed": "Which look at the inputs last found the customer changed, numbered.",
        "is_gone": "Whether it has no records any more.",
    },
    "golden.record_contents": {
        "content": "Digest of what tells the record from others.",
        "glance": "The same, quick to compute: only where it differs is the other computed anew.",
    },
    "golden.record_successions": {"former_key": "The key the record had before."},
    "golden.record_activity": {
        "first_recorded_at": "The earliest moment the record itself tells of, UTC.",
        "last_recorded_at": "The latest moment the record itself tells of, UTC.",
    },
    "golden.decay_classes": {
        "subject": "What is confirmed: a customer, or a contact point of a channel.",
        "from_days": "From how many days on.",
        "to_days": "Up to how many days; empty without end.",
        "because": _BECAUSE,
    },
    "golden.inactivity_limits": {
        "inactive_after_days": "Days without a sign after which a customer of the source is inactive.",
        "said_by": "Whether the contract says so, or the policy.",
    },
    "golden.interaction_outcomes": {"meaning": "Whether the outcome leaves an issue open or settles it."},
    "golden.marketing_contacts": {"value": "The address or number to use for this purpose."},
    "governance.audit": {
        "number": "Number of the entry.",
        "at": "When it was done, UTC.",
        "actor": "Who did it: a person, a schedule or a sensor.",
        "action": "What was done.",
        "subject": "To what, by its id or key.",
        "reason": "Why.",
        "details": "Ids, keys and counts.",
        "previous_hash": "The hash of the entry before.",
        "hash": "Digest of the entry and of the hash before.",
        "reason_digest": "Digest of the reason.",
    },
    "governance.audit_checks": {
        "checked_at": "When the trail was verified, UTC.",
        "entries": "How many entries it had.",
        "problems": "How many places did not hold.",
    },
    "governance.retention_status": {
        "source": "The contract; empty for what the pipeline makes itself.",
        "data_class": "The class of data that the rule is about.",
        "days": "How many days it may be kept.",
        "counted_from": "From when the days count.",
        "legal_basis": "Why it may be kept so long.",
        "due": "How many rows are kept too long.",
        "kept_on_hold": "How many of them a legal hold keeps.",
        "oldest": "Since when the oldest is kept.",
    },
    "quality.accepted_checks": {
        "accepted_at": "When the check was let pass, UTC.",
        "check_name": "The check.",
        "problem": "What it had found.",
        "reason": "Why it was let pass.",
    },
    "quality.alerts": {
        "event_id": "Name of the event.",
        "kind": "What kind of event it is.",
        "subject": "The rule, source or run it is about.",
        "what": "What happened.",
        "source": "The source it is about, if it is about one.",
        "owner": _RULE_OWNER,
        "command": "The command that shows more.",
    },
    "quality.alerts_sent": {
        "event_id": "Name of the event.",
        "target": "Kind and digest of the address told; never the address.",
        "status": "sent, failed, given up or not configured.",
        "attempts": "How often it was tried.",
        "tried_at": "When it was tried last, UTC.",
        "retry_at": "When it will be tried again, UTC.",
    },
    "quality.anomalies": {
        "anomaly_id": "Name of the anomaly.",
        "found_at": "When it was found, UTC.",
        "measure": "The figure that stands out.",
        "kind": "In which way it stands out.",
        "found": "The figure found.",
        "expected_low": "The least that its history lets expect.",
        "expected_high": "The most that its history lets expect.",
        "runs": "How many runs it was compared with.",
        "of_weekday": "Whether only runs of the same day of the week were compared.",
    },
    "quality.expected_deviations": {
        "anomaly_id": "The anomaly declared normal.",
        "measure": "The figure it is about.",
        "reason": "Why it is normal.",
        "from_run_at": "From which run on, by its moment, UTC.",
        "marked_at": "When it was declared, UTC.",
    },
    "quality.correction_rules": {
        "columns": "The columns that the rule corrects.",
        "changes": "What it changes.",
        "confidence": "How sure such a correction is, from 0 to 1.",
        "because": _BECAUSE,
        "apply_from": "How sure a correction must be to be applied.",
        "enabled": "Whether it is applied, or only proposed.",
        "enabled_because": "Why it is, or is not.",
        "measured": "Whether the confidence was measured.",
    },
    "quality.corrections": {
        "before": "The value as it arrived.",
        "after": "What is put in its place.",
        "confidence": _SURE,
        "applied": "Whether it was applied.",
    },
    "quality.dictionary": {
        "data_type": "Its DuckDB type.",
        "meaning": "What it means.",
        "owner": "Who answers for it.",
        "classification": "none, personal or sensitive.",
        "term": "The word of the glossary that it is about.",
    },
    "quality.dictionary_findings": {
        "check_name": "Which check of the dictionary: owner, definition, classification, term, conflict or role.",
        "problem": "What is missing or contradicts itself.",
        "published": "Whether the table is one that readers get.",
        "found_at": "When the run found it, UTC.",
    },
    "quality.issue_events": {
        "number": "Number of the event.",
        "owner": _RULE_OWNER,
        "source": "The source in which the rule fails; empty where it is about no single one.",
        "event": "opened, acknowledged, assigned, breached, resolved, reopened, closed or waived.",
        "reason": "Why it was closed or waived, as a code.",
        "comment": "What was said with it.",
        "duplicate_of": "The issue it is a duplicate of.",
        "brought_at": "When the source wrote the extract that brought the oldest failing row, UTC.",
    },
    "quality.profile_key": {"secret": "The key of the hashes of values."},
    "quality.profiles": {
        "missing_share": "Share of rows without a value.",
        "distinct_share": "Share of different values.",
        "mean_length": "Mean length of the values, in characters.",
        "top_values": "The most frequent values as keyed hashes, with their shares.",
    },
    "quality.publications": {"version": "The version.", "published_at": "When it was published, UTC."},
    "quality.releases": {
        "number": "Number of the decision.",
        "decision": "release or hold.",
        "reason": "Why.",
    },
    "quality.review_backlog": {
        "kind": "pair, cluster or contradiction.",
        "left_id": "The customer of the first record.",
        "right_id": "The customer of the second record.",
        "closed_at": "When the question was settled, UTC.",
    },
    "quality.review_groups": {"group_id": "The customer it would be part of: the smallest id of its group."},
    "quality.sharing_limits": {
        "least_persons": "As many persons must share a value at least.",
        "times_typical": "And as many times more than usual for the column.",
        "because": _BECAUSE,
    },
}

COLUMNS_BY_TABLE: Mapping[str, Mapping[str, str]] = {**READINGS, **_STEPS, **_LEDGERS}
