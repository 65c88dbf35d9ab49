"""What a failing row costs and how much each column counts. A column not listed here counts 1.

Weights are relative: an e-mail address that counts 3 moves the overall score as much as three columns that count 1.
A critical data element is one without which the record does not do its work: reach, recognise, or be allowed to.
"""

from __future__ import annotations

from decimal import Decimal

from dq_pipeline.domain.rules import ColumnWeight, ScoreWeights


def _column(table: str, column: str, weight: str, reason: str, *, critical: bool = False) -> ColumnWeight:
    return ColumnWeight(table, column, Decimal(weight), reason, critical)


_CUSTOMERS, _POINTS, _CONSENTS = "staging.customers", "staging.contact_points", "staging.consents"
_INTERACTIONS, _TRANSACTIONS, _GOLDEN = "staging.interactions", "staging.transactions", "golden.customers"

# What the pipeline fills itself is right unless the pipeline is wrong: at full weight it would flatter the sources.
_OWN_WORK = "0.1"

SCORE_WEIGHTS = ScoreWeights(
    severity={
        "critical": Decimal("1.0"),  # the value cannot be used: its row is lost for the column
        "warning": Decimal("0.5"),  # usable with care
        "info": Decimal("0"),  # worth knowing, costs nothing
    },
    columns=(
        _column(_CUSTOMERS, "record_key", "3", "a duplicate is one customer counted twice", critical=True),
        _column(_CUSTOMERS, "name", "3", "nobody can be served without a name", critical=True),
        _column(_CUSTOMERS, "email", "3", "the channel used most, and the best identifier", critical=True),
        _column(_CUSTOMERS, "phone_number", "2", "the second channel and the second identifier", critical=True),
        _column(_CUSTOMERS, "birthdate", "2", "tells people of one name apart; needed for age checks", critical=True),
        _column(_CUSTOMERS, "country", "2", "decides law, language, currency and phone format", critical=True),
        _column(_CUSTOMERS, "postal_code", "1", "needed to deliver, and to place a customer"),
        _column(_CUSTOMERS, "street_address", "1", "needed to deliver"),
        _column(_CUSTOMERS, "status", "1", "tells whom to serve"),
        _column(_CUSTOMERS, "owner", "1", "a record nobody owns is corrected by nobody"),
        _column(_CUSTOMERS, "created_at", "0.5", "housekeeping"),
        _column(_CUSTOMERS, "updated_at", "0.5", "housekeeping; decides which value is the newer"),
        _column(_CUSTOMERS, "gender", "0.5", "used for salutation only"),
        _column(_CUSTOMERS, "last_activity_at", "0.5", "housekeeping"),
        _column(_CUSTOMERS, "source_system", _OWN_WORK, "filled by the pipeline"),
        _column(_CUSTOMERS, "national_id", "0.5", "held for few, decisive where held"),
        _column(_POINTS, "value", "2", "every further way to reach a customer"),
        _column(_POINTS, "is_primary", "0.5", "tells which one to use"),
        _column(_POINTS, "channel", _OWN_WORK, "filled by the pipeline"),
        _column(_POINTS, "record_key", _OWN_WORK, "filled by the pipeline"),
        _column(_CONSENTS, "purpose", "3", "consent is for one purpose, or it is none (GDPR Art. 6)", critical=True),
        _column(_CONSENTS, "status", "3", "without it nobody may be contacted", critical=True),
        _column(_CONSENTS, "given_at", "3", "consent must be demonstrable (GDPR Art. 7)", critical=True),
        _column(_CONSENTS, "method", "3", "consent must be demonstrable (GDPR Art. 7)", critical=True),
        _column(_CONSENTS, "evidence", _OWN_WORK, "filled by the pipeline"),
        _column(_CONSENTS, "record_key", _OWN_WORK, "filled by the pipeline"),
        # There are many facts to a customer: at full weight they would drown the customer in the overall score.
        _column(_INTERACTIONS, "interaction_id", "0.1", "a fact, one of many"),
        _column(_INTERACTIONS, "record_key", "0.3", "a contact nobody had"),
        _column(_INTERACTIONS, "channel", "0.1", "a fact, one of many"),
        _column(_INTERACTIONS, "direction", "0.1", "a fact, one of many"),
        _column(_INTERACTIONS, "occurred_at", "0.1", "a fact, one of many"),
        _column(_TRANSACTIONS, "transaction_id", "0.1", "a fact, one of many"),
        _column(_TRANSACTIONS, "record_key", "0.3", "money without a customer"),
        _column(_TRANSACTIONS, "amount", "0.2", "money"),
        _column(_TRANSACTIONS, "currency", "0.2", "an amount without a currency is no amount"),
        _column(_TRANSACTIONS, "status", "0.1", "a fact, one of many"),
        _column(_TRANSACTIONS, "channel", "0.1", "a fact, one of many"),
        _column(_TRANSACTIONS, "occurred_at", "0.1", "a fact, one of many"),
        _column(_GOLDEN, "customer_id", "2", "what every reader joins on", critical=True),
        _column(_GOLDEN, "name", "2", "nobody can be served without a name", critical=True),
        _column(_GOLDEN, "party_type", _OWN_WORK, "filled by the pipeline"),
        _column(_GOLDEN, "record_count", _OWN_WORK, "filled by the pipeline"),
        _column(_GOLDEN, "source_count", _OWN_WORK, "filled by the pipeline"),
        _column(_GOLDEN, "updated_at", _OWN_WORK, "filled by the pipeline"),
    ),
)
