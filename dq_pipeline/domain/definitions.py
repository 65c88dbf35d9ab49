"""What columns mean, in one sentence each: the words of the data dictionary.

A column of an extract is described on its contract's page. Others are defined once by their name and, where one name
means several things, by table (`table_definitions.py`, `working_definitions.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from dq_pipeline.domain import table_definitions, working_definitions

_PERSON: Mapping[str, str] = {
    "name": "Full name of a person, in all its parts.",
    "given_name": "Given or first name or names.",
    "middle_name": "Middle name or names.",
    "family_name": "Surname or last name.",
    "birthdate": "Day of birth.",
    "gender": "Gender as stated: male, female or other.",
    "email": "Main e-mail address.",
    "phone_number": "Main telephone number, in E.164 form once standardised.",
    "street_address": "Street, house number and what else stands before the town.",
    "locality": "City or town.",
    "region": "State, province or county.",
    "postal_code": "Postal code.",
    "country": "Country, as ISO 3166-1 alpha-2 code once standardised.",
    "party_type": "Whether the record is of a person or an organisation.",
    "organisation_name": "Name of the organisation, or of a person's employer.",
    "job_title": "What the person does at the organisation.",
    "national_id": "Number given by a state: social security, tax, identity card.",
    "status": "Standing with the customer: active, inactive, prospect, former, deceased, deleted.",
    "owner": "Who looks after the record in its source system.",
    "created_by": "User or form that entered the record in its source system.",
    "created_at": "When the record was made in its source, UTC.",
    "updated_at": "When the record was last changed in its source, UTC.",
    "last_activity_at": "When anything last happened on the record in its source, UTC.",
    "contact_points": "Every e-mail address and phone number of the record.",
    "consents": "What the record says on consent, by purpose.",
}
_KEYS: Mapping[str, str] = {
    "record_key": "Name of a source record everywhere: source_system:source_record_id.",
    "left_key": "Key of the first record of a pair.",
    "right_key": "Key of the second record of a pair.",
    "source_system": "The system a record comes from.",
    "source_record_id": "The record's own number in its source system.",
    "contract_id": "The contract of the source.",
    "customer_id": "Id of a customer, for life.",
    "cluster_id": "The cluster, named by the smallest record key in it.",
    "interaction_id": "Number of the interaction in its source.",
    "transaction_id": "Number of the transaction in its source.",
    "contact_point_key": "Name of an address or number: a hash of it.",
    "issue_id": "Number of an issue, for life.",
    "rule_id": "Id of a rule.",
    "run_id": "The run that wrote the row.",
    "previous_run_id": "The run of the version published before.",
    "heirs": "The customers that the records of an id belong to today.",
    "heir_id": "A customer that an id of the past leads to.",
    "_file": "Extract file the row comes from.",
    "_line": "Line, element or row of that file.",
    "_load_id": "The load that brought the row.",
}
_WORDS: Mapping[str, str] = {
    "table_name": "The table, schema.table.",
    "column_name": "The column.",
    "attribute": "Attribute of a customer.",
    "channel": "Way to reach a customer, or by which they reached us.",
    "label": "What the source calls this address or number.",
    "is_primary": "Whether it is the main one of its channel.",
    "is_preferred": "Whether it is the one to use first.",
    "is_shared": "Whether too many different persons have it for it to be the customer's own.",
    "preference": "Order in which to use the usable ones of a channel, from 1.",
    "number_type": "Kind of telephone number: mobile, fixed line and so on.",
    "purpose": "What a customer may be contacted for, or their data used for.",
    "given_at": "When consent was given or refused, UTC.",
    "method": "How consent was given or refused.",
    "usable": "Granted, with date and method: everything else is a no.",
    "statements": "How many statements of the customer's records this rests on.",
    "record_count": "How many records stand behind it.",
    "source_count": "How many source systems stand behind it.",
    "record_keys": "The records behind it.",
    "source_systems": "The systems behind it.",
    "first_confirmed_at": "When something first showed it to be right.",
    "last_confirmed_at": "When something last showed it to be right.",
    "days_since_confirmed": "Days since something last showed it to be right.",
    "decay_class": "What those days are called: fresh, ageing, stale, expired.",
    "inactive_from": "The day from which the source's rule calls the customer inactive.",
    "is_inactive": "Whether every record of the customer has gone without a sign for as long as its contract allows.",
    "occurred_at": "When it happened, UTC.",
    "direction": "Whether we contacted the customer or they us.",
    "subject": "What the interaction was about.",
    "agent": "Who of us had the contact.",
    "amount": "Amount in the currency named; a refund is negative.",
    "currency": "ISO 4217 code.",
    "product": "What was bought.",
    "lifetime_value": "What was bought less what was paid back.",
    "channels_used": "The channels on which the customer was in contact.",
    "valid_from": "From when it held.",
    "valid_to": "Until when it held; empty while it does.",
    "match_weight": "Evidence that two records are one customer, in bits.",
    "match_probability": "The same as a probability.",
    "band": "Verdict on a pair: merge, review or reject.",
    "blocking_key": "The key under which the two records were compared.",
    "dimension": "Quality dimension: completeness, validity, uniqueness, consistency, timeliness, accuracy.",
    "severity": "What a failure costs: critical, warning or info.",
    "outcome": "What came of it.",
    "evaluated": "Rows a rule looked at.",
    "failed": "Rows of these that failed.",
    "rows": "Count of rows.",
    "score": "100 less the weighted mean penalty; empty where nothing was measured.",
    "coverage": "Share of what should be measured that was.",
    "impact": "Points of the overall score that it costs.",
    "points": "Points of the overall score.",
    "weight": "How much it counts in a score.",
    "penalty": "Share of a row that is lost when it fails.",
    "scope_type": "What a score is of: overall, source, owner, dimension, table, column, rule.",
    "scope": "The one it is of.",
    "critical_data_element": "Whether a record does not do its work without the column.",
    "measured_at": "When the run measured it, UTC.",
    "first_seen": "When it was first seen.",
    "last_seen": "When it was last seen.",
    "fixed_at": "When it was found mended; empty while it fails.",
    "times_reopened": "How often it came back.",
    "opened_at": "When it was opened, UTC.",
    "acknowledged_at": "When somebody took note of it, UTC.",
    "resolved_at": "When it was over, UTC.",
    "due_at": "By when it should be over, UTC.",
    "breached": "Whether it was not over by its due date.",
    "expires_on": "The last day a decision counts.",
    "author": "Who decided.",
    "decided_by": "Who decided.",
    "decided_at": "When it was decided, UTC.",
    "assignee": "Who works on it.",
    "description": "What the rule checks.",
    "why": "Why it matters.",
    "fix": "How to mend it.",
    "blocking": "Whether a failure stops publishing.",
    "rule_hash": "Digest of what the rule finds.",
    "rule_set_hash": "Digest of all rules in use.",
    "model_hash": "Digest of the linkage model in use.",
    "parser_version": "Version of the parser that read the value.",
    "raw": "The value as it arrived.",
    "raw_text": "The line as it stands in the file.",
    "match_key": "The form for matching: transliterated, lower case, no punctuation.",
    "happened_at": "When it happened, UTC.",
    "sequence": "Number of the change.",
    "agreement": "Share of the customer's records with a value that say the same.",
    "losers": "The records with another value, and by what each lost.",
    "pin": "The steward's decision the value comes from, if it does.",
}
_INTERACTIONS = ("email", "phone", "social_media", "live_chat")
_ACTIVITY: Mapping[str, str] = {
    "interactions": "How many interactions there were.",
    **{f"{channel}_interactions": f"How many of them by {channel.replace('_', ' ')}." for channel in _INTERACTIONS},
    "first_contact_at": "When the first interaction was, UTC.",
    "last_contact_at": "When the last interaction was, UTC.",
    "transactions": "How many transactions there were.",
    "refunds": "How many of them were refunds.",
    "first_transaction_at": "When the first transaction was, UTC.",
    "last_transaction_at": "When the last transaction was, UTC.",
    "last_consent_at": "When consent was last given or refused, UTC.",
    "open_issues": "Interactions that ended open, with none after them that settled matters.",
    "open_critical_failures": "Open failures of critical rules on the customer's records.",
    "settled_transactions": "How many transactions were settled.",
    "settled_amount": "What they amounted to.",
    "refunded_amount": "What was paid back.",
}
_MATCHING: Mapping[str, str] = {
    **{f"{name}_key": f"The {name.replace('_', ' ')} in its form for matching." for name in _PERSON},
    "address_key": "The address in its form for matching.",
    "street_key": "The street without number, in its form for matching.",
    "organisation_key": "The organisation's name without legal form, in its form for matching.",
    "nickname_group": "The likeliest name the given name may be short for.",
    "nickname_groups": "The given name and every name it may be short for.",
    "generation": "Which one of the name a suffix says: 1 the elder (Sr.), 2 the younger (Jr., II), 3 (III), 4 (IV).",
    "birth_year": "Year of birth.",
    "birth_month": "Month of birth.",
    "birthdate_readings": "Every date that the birthdate as it arrived can mean.",
    "email_keys": "All e-mail addresses of the record, role mailboxes left out.",
    "email_local_part": "The e-mail address before the @.",
    "email_domain": "The e-mail address after the @.",
    "email_is_role": "Whether the mailbox is a function's, as info@, and nobody's own.",
    "email_is_disposable": "Whether the mailbox is of a service for throw-away addresses.",
    "phone_digits": "The digits of the phone number.",
    "phone_numbers": "All valid phone numbers of the record.",
    "house_number": "House number.",
    "unit": "Flat, floor or room.",
    "po_box": "Post-office box.",
}
_COLUMNS: Mapping[str, str] = {**_MATCHING, **_ACTIVITY, **_WORDS, **_KEYS, **_PERSON}
# Names that mean the customer's attribute in these tables only; elsewhere an owner is a rule's, a name a column's.
_OF_RECORDS = ("staging.", "golden.customers", "golden.change_feed", "golden.marketing_contacts")


_BY_TABLE = {**table_definitions.COLUMNS_BY_TABLE, **working_definitions.COLUMNS_BY_TABLE}


def define(table: str, column: str) -> str:
    """What a column means, in a sentence; empty where nobody has said so."""
    exact = _BY_TABLE.get(table, {}).get(column)
    if exact or (column in _PERSON and not table.startswith(_OF_RECORDS)):
        return exact or ""
    if column.endswith("_status") and column.removesuffix("_status") in _PERSON:
        return f"What the {column.removesuffix('_status')} is: missing, valid, invalid or a placeholder."
    if column.endswith("_as_given"):
        return f"The {column.removesuffix('_as_given')} as it arrived."
    return _COLUMNS.get(column, "")
