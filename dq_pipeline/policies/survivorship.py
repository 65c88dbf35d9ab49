"""Which value wins a golden attribute, and why. One line an attribute; the first criterion that differs decides.

competing before all others, for every attribute: one of the fields that the group needs is filled
passing   the next, for every attribute: no critical rule fails on the value
valid     the value could be read and is no placeholder
complete  more of the group's attributes are filled
trusted   the source is trusted more; where the group has a half-life, trust halves with each that has passed since the
          record was updated, so that a fresh value of a lesser source beats an old one of the best
frequent  more records of the customer say the same
recent    the record was updated later

The half-life belongs to the attribute, not to the source. So which of two values is trusted more depends on the time
between them only, never on the day of the run: with unchanged input no winner changes. An undated value counts as old
as the oldest dated one of its customer.
"""

from __future__ import annotations

from dq_pipeline.domain.survivorship import AttributeGroup, SourceTrust, SurvivorshipPolicy

TRUST = (
    SourceTrust("salesforce", 1.0, "people are served from it; what is wrong comes back at once"),
    SourceTrust("dynamics", 0.9, "people are served from it, in fewer countries"),
    SourceTrust("hubspot", 0.8, "people typed it in themselves, for a newsletter"),
    SourceTrust("zoho", 0.7, "a small team's list, kept by hand"),
    SourceTrust("ao", 0.5, "kept for the books: its contact data are nobody's care"),
)

# Contact data confirmed a year ago are believed half as far as those confirmed today.
_CONTACT_DATA = 365.0

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
        AttributeGroup(
            ("email",),
            ("valid", "trusted", "frequent", "recent"),
            "people change mailboxes",
            half_life_days=_CONTACT_DATA,
        ),
        AttributeGroup(
            ("phone_number",),
            ("valid", "trusted", "frequent", "recent"),
            "people change numbers",
            half_life_days=_CONTACT_DATA,
        ),
        AttributeGroup(
            ("street_address", "locality", "region", "postal_code", "country"),
            ("valid", "complete", "trusted", "frequent", "recent"),
            "one whole address from one record: people move",
            needs=("street_address", "locality", "postal_code"),
            half_life_days=_CONTACT_DATA,
        ),
        AttributeGroup(("organisation_name",), ("recent", "frequent", "trusted"), "people change employers"),
        AttributeGroup(("job_title",), ("recent", "frequent", "trusted"), "people change jobs"),
        AttributeGroup(("national_id",), ("valid", "frequent", "trusted"), "issued once"),
        AttributeGroup(("status",), ("valid", "recent", "trusted"), "the latest word"),
        AttributeGroup(("owner",), ("trusted", "recent"), "the account owner of the leading system"),
    ),
)
