"""The canonical shape of a customer record, as a source's SQL hands it over: text as it arrived.

Names are the standard claims of OpenID Connect Core 1.0 (section 5.1) where there is one.
"""

from __future__ import annotations

RECORD_KEY = ("source_system", "source_record_id")
ATTRIBUTES = (
    "name",
    "given_name",
    "middle_name",
    "family_name",
    "birthdate",
    "gender",
    "email",
    "phone_number",
    "street_address",
    "locality",
    "region",
    "postal_code",
    "country",
    "organisation_name",
    "job_title",
    "national_id",
    "status",
    "owner",
    "created_by",
    "created_at",
    "updated_at",
    "last_activity_at",
)
CONTACT_POINTS_TYPE = "STRUCT(channel VARCHAR, label VARCHAR, value VARCHAR)[]"
CONSENTS_TYPE = "STRUCT(purpose VARCHAR, status VARCHAR, given_at VARCHAR, method VARCHAR, evidence VARCHAR)[]"

# Column -> DuckDB type, in order: what `staging.<contract id>` may hold.
SOURCE_COLUMNS: dict[str, str] = {
    **dict.fromkeys((*RECORD_KEY, *ATTRIBUTES), "VARCHAR"),
    "contact_points": CONTACT_POINTS_TYPE,
    "consents": CONSENTS_TYPE,
    "_load_id": "BIGINT",
    "_file": "VARCHAR",
    "_line": "BIGINT",
}
# What `staging.source_records` holds: the same, and what the pipeline itself knows of a record.
RECORD_COLUMNS: dict[str, str] = {"record_key": "VARCHAR", "contract_id": "VARCHAR", **SOURCE_COLUMNS}
