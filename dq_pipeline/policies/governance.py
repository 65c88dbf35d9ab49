"""Who may see what, and what is decided of columns beside what the contracts say of them."""

from dq_pipeline.domain.access import ParquetFile, Role
from dq_pipeline.domain.dictionary import Vocabulary
from dq_pipeline.domain.publishing import PUBLISHED_TABLES

# A column inherits the highest class of the extract columns it is made from. Where that is not the truth, the class
# stands here, with the reason.
_WORDS_OF_OURS = dict.fromkeys(
    # Words of the pipeline's own vocabulary: which of them holds is told by key, and tells nobody who it is.
    ("purpose", "channel", "party_type", "usable", "number_type", "decay_class", "is_shared", "is_preferred"),
    "none",
)
_COUNTS = dict.fromkeys(("preference", "statements", "record_count", "source_count"), "none")
VOCABULARY = Vocabulary(
    classes={
        **_WORDS_OF_OURS,
        **_COUNTS,
        # Whoever has the key of the hashes can test guesses against the profiles.
        "quality.profile_key.secret": "sensitive",
        # What a steward writes may quote a value.
        "golden.pins_status.reason": "personal",
        "stewardship.pins.reason": "personal",
        "stewardship.link_decisions.reason": "personal",
        "stewardship.decisions.reason": "personal",
        "quality.releases.reason": "personal",
        **{"governance.audit.actor": "personal", "governance.audit.reason": "personal"},
    },
    terms={
        **{"record_key": "record key", "left_key": "record key", "right_key": "record key"},
        **{"customer_id": "customer", "cluster_id": "cluster", "heir_id": "heir", "heirs": "heir"},
        **{"contract_id": "contract", "_load_id": "load", "load_id": "load"},
        **{"contact_point_key": "contact point", "contact_points": "contact point", "is_preferred": "preferred"},
        **{"usable": "usable", "last_confirmed_at": "confirmed", "days_since_confirmed": "confirmed"},
        **{"decay_class": "decay class", "is_inactive": "inactive", "inactive_from": "inactive"},
        **{"match_weight": "match weight", "band": "band", "population": "population", "guard": "guard"},
        **{"agreement": "agreement", "pin": "pin", "rule_id": "rule", "blocking": "blocking"},
        **{"score": "score", "coverage": "coverage", "impact": "impact", "like_for_like": "like for like"},
        **{"critical_data_element": "critical data element", "issue_id": "issue", "episode": "episode"},
        **{"breached": "breach", "model_version": "model", "interaction_id": "fact", "transaction_id": "fact"},
    },
)

# Personal, and yet words of the pipeline's own: never a text as some source wrote it.
_PSEUDONYMOUS = frozenset(("status", "golden.consents.reason", "golden.consent_history.reason"))
_SCORES = ParquetFile("quality.scores", ("scope_type", "scope"))
_RECORD = ("source_system", "source_record_id")
_QUALITY = tuple(table for table in PUBLISHED_TABLES if table.startswith("quality."))

# What lies at the top of a published version, for whoever may read it at all: nobody's values.
EVERY_READER = Role(
    "",
    "Every customer, score and issue by key; values of people masked.",
    tables=PUBLISHED_TABLES,
    files={
        "customers.parquet": ParquetFile("golden.customers", ("customer_id",)),
        "crosswalk.parquet": ParquetFile("golden.crosswalk", _RECORD, (*_RECORD, "customer_id")),
        "changes.parquet": ParquetFile("golden.change_feed", ("sequence",)),
        "scores.parquet": _SCORES,
    },
    values="masked",
    shown=_PSEUDONYMOUS,
)
# The roles that get a folder of their own, by the names that contracts know them by.
ROLES = (
    Role(
        "data_steward",
        "Decides which records are one customer and which values are wrong.",
        tables=EVERY_READER.tables,
        files=EVERY_READER.files,
        values="full",
    ),
    Role(
        "data_engineer",
        "Finds out what went wrong, in which rows and since when.",
        tables=(*_QUALITY, "linkage.clusters", "linkage.review", "golden.crosswalk", "raw.loads"),
        files={
            "scores.parquet": _SCORES,
            "failing_rows.parquet": ParquetFile("quality.failing_rows", ("rule_id", "record_key")),
        },
        values="masked",
    ),
    Role(
        "governance_reader",
        "Asks how good the data are, per source and owner, and whether they get better.",
        tables=(*_QUALITY, "raw.loads"),
        files={"scores.parquet": _SCORES, "issues.parquet": ParquetFile("quality.issues", ("issue_id",))},
        values="left_out",
        hashed_keys=True,
    ),
    Role(
        "marketing",
        "Contacts customers who agreed to it, by the channel and for the purpose they agreed to.",
        tables=("golden.marketing_contacts",),
        files={"contacts.parquet": ParquetFile("golden.marketing_contacts", ("purpose", "customer_id"))},
        values="full",
        hashed_keys=True,
        of_granted_sources=True,
    ),
)

# Every table that some reader gets.
EXPORTED_TABLES = tuple(
    dict.fromkeys(
        table
        for role in (EVERY_READER, *ROLES)
        for table in (*role.tables, *(file.table for file in role.files.values()))
    )
)
