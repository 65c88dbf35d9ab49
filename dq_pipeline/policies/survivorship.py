"""Which value wins a golden attribute, and why. One line an attribute; the first criterion that differs decides.

passing   before all others, for every attribute: no critical rule fails on the value
valid     the value could be read and is no placeholder
complete  more of the group's attributes are filled
trusted   the source stands higher in TRUST
frequent  more records of the customer say the same
recent    the record was updated later
"""

from __future__ import annotations

from dq_pipeline.domain.survivorship import AttributeGroup, SurvivorshipPolicy

# The systems people are served from first; AO is kept for the books and its contact data ages.
TRUST = ("salesforce", "dynamics", "hubspot", "zoho", "ao")

POLICY = SurvivorshipPolicy(
    trust=TRUST,
    groups=(
        AttributeGroup(
            ("name", "given_name", "middle_name", "family_name"),
            ("valid", "frequent", "complete", "recent", "trusted"),
            "a name from one record; the spelling most records share is least likely a slip",
            needs=("given_name", "family_name", "name"),
        ),
        AttributeGroup(("party_type",), ("frequent", "trusted"), "a person or an organisation, by majority"),
        AttributeGroup(
            ("birthdate",),
            ("valid", "frequent", "trusted", "recent"),
            "birthdates do not change: agreement beats recency",
        ),
        AttributeGroup(("gender",), ("valid", "frequent", "recent", "trusted"), "agreement first"),
        AttributeGroup(("email",), ("valid", "recent", "frequent", "trusted"), "people change mailboxes"),
        AttributeGroup(("phone_number",), ("valid", "recent", "frequent", "trusted"), "people change numbers"),
        AttributeGroup(
            ("street_address", "locality", "region", "postal_code", "country"),
            ("valid", "complete", "recent", "frequent", "trusted"),
            "one whole address from one record, the newest complete one: people move",
            needs=("street_address", "locality", "postal_code"),
        ),
        AttributeGroup(("organisation_name",), ("recent", "frequent", "trusted"), "people change employers"),
        AttributeGroup(("job_title",), ("recent", "frequent", "trusted"), "people change jobs"),
        AttributeGroup(("national_id",), ("valid", "frequent", "trusted"), "issued once"),
        AttributeGroup(("status",), ("valid", "recent", "trusted"), "the latest word"),
        AttributeGroup(("owner",), ("trusted", "recent"), "the account owner of the leading system"),
    ),
)
