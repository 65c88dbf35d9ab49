"""Every source and class has a time, a clock and a reason."""

from __future__ import annotations

from datetime import date

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.domain.retention import RetentionRule, problems
from dq_pipeline.policies.retention import OF_PIPELINE, retention_rules
from dq_pipeline.settings import CONTRACTS


def test_the_rules_of_the_project_are_complete() -> None:
    rules = retention_rules(load_contracts(CONTRACTS).values())
    assert problems(rules) == []
    by_source = {rule.source: (rule.data_class, rule.clock, rule.days) for rule in rules if rule.source}
    assert by_source["ao_customers"] == ("customer_records", "last_activity", 3650)
    assert by_source["interactions"] == ("interactions", "occurred", 1095)
    assert len(rules) == 7 + len(OF_PIPELINE)


def test_a_rule_without_time_or_reason_is_told() -> None:
    wrong = RetentionRule("zoho_contacts", "customer_records", "last_activity", 0, " ")
    assert problems([wrong, wrong]) == [
        "zoho_contacts, customer_records: the days to keep it are missing",
        "zoho_contacts, customer_records: the legal basis is missing",
        "zoho_contacts, customer_records: the days to keep it are missing",
        "zoho_contacts, customer_records: the legal basis is missing",
        "zoho_contacts, customer_records: there are two rules",
    ]


def test_the_last_day_is_within_the_time_and_the_next_is_due() -> None:
    rule = RetentionRule("s", "interactions", "occurred", 10, "b")
    assert rule.last_day(date(2026, 1, 1)) == date(2026, 1, 11)
    assert rule.cutoff(date(2026, 1, 11)) == date(2026, 1, 1)  # what happened before is due, what happened then is not
