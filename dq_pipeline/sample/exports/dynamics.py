"""Microsoft Dynamics 365: contacts as the Dataverse Web API returns them."""

from __future__ import annotations

import numpy as np

from dq_pipeline.sample.batch import Batch
from dq_pipeline.sample.consents import DENIED, NOTHING, UNKNOWN, WITHDRAWN
from dq_pipeline.sample.exports import choices
from dq_pipeline.sample.numbers import dynamics_ids
from dq_pipeline.sample.sheet import Sheet
from dq_pipeline.sample.strings import Random, Strings, blank, chance, join, moments, texts

FORMATTED = "@OData.Community.Display.V1.FormattedValue"

# Columns that are numbers or truth values in JSON, not texts.
UNQUOTED = {
    "donotemail",
    "donotbulkemail",
    "donotphone",
    "donotpostalmail",
    "donotsendmm",
    "msdyn_gdproptout",
    "msdyn_disablewebtracking",
    "new_marketingconsent",
    "gendercode",
    "preferredcontactmethodcode",
    "statecode",
    "statuscode",
}

_CONSENT = ("", "100000000", "100000001", "100000002", "")
_METHODS = ("Web form", "Phone", "E-mail", "Paper form", "Chat")


def columns(random: Random, batch: Batch, sheet: Sheet, ids: Strings) -> dict[str, Strings]:
    """The columns of the contract, in its order."""
    given_on, method = batch.consents.evidence("email", "tracking")
    count, nothing, names, consents = len(batch), blank(len(batch)), sheet.names, batch.consents
    users = texts(choices.users())
    user_ids = dynamics_ids(random, len(users))
    account_ids = dynamics_ids(random, len(batch.people.companies.name))
    refuses = np.isin(consents.email, (DENIED, WITHDRAWN))
    refused = choices.where(refuses, "true", "false")
    stated = (consents.tracking != NOTHING) & (consents.tracking != UNKNOWN)
    version = choices.numbers(random.integers(1_000_000, 99_999_999, count))
    inactive = choices.statuses(random, sheet, ("0", "1", "0", "1"), wrong=("7", "9"))
    return {
        "@odata.etag": join('W/"', version, '"'),
        "contactid": ids,
        "salutation": choices.salutations(random, sheet),
        "firstname": names.given,
        "middlename": names.middle,
        "lastname": names.family,
        "suffix": names.suffix,
        "fullname": choices.full_names(names.given, names.family),
        "emailaddress1": sheet.email,
        "emailaddress2": sheet.second_email,
        "emailaddress3": nothing,
        "telephone1": sheet.work_phone,
        "telephone2": sheet.landline,
        "mobilephone": sheet.mobile,
        "fax": nothing,
        "address1_line1": sheet.street,
        "address1_line2": sheet.second_line,
        "address1_city": sheet.locality,
        "address1_stateorprovince": sheet.region,
        "address1_postalcode": sheet.postal_code,
        "address1_country": choices.countries(random, sheet, 0.5, 0.2, 0.15),
        "birthdate": choices.iso_birthdates(sheet.birthdate),
        "gendercode": choices.genders(random, sheet, ("1", "2"), wrong=("0", "5")),
        "jobtitle": sheet.job,
        "department": nothing,
        "_parentcustomerid_value": np.where(sheet.company >= 0, account_ids[sheet.company], ""),
        f"_parentcustomerid_value{FORMATTED}": sheet.company_name,
        "donotemail": choices.where(refuses & chance(random, 0.2, count), "true", "false"),
        "donotbulkemail": refused,
        "donotphone": choices.where(consents.calls == DENIED, "true", "false"),
        "donotpostalmail": choices.where(chance(random, 0.05, count), "true", "false"),
        "donotsendmm": refused,
        "msdyn_gdproptout": choices.where(refuses & chance(random, 0.1, count), "true", "false"),
        "msdyn_disablewebtracking": np.where(
            stated, choices.where(np.isin(consents.tracking, (DENIED, WITHDRAWN)), "true", "false"), ""
        ),
        "new_marketingconsent": choices.choose(_CONSENT, consents.email),
        "new_consentdate": moments(given_on, "T", 19, "Z"),
        "new_consentmethod": choices.choose(_METHODS, method),
        "preferredcontactmethodcode": choices.numbers(random.integers(1, 4, count)),
        "statecode": inactive,
        "statuscode": np.where(inactive == "0", "1", "2"),
        "createdon": moments(sheet.created, "T", 19, "Z"),
        "modifiedon": moments(sheet.updated, "T", 19, "Z"),
        "new_lastactivityon": moments(sheet.last_activity, "T", 19, "Z"),
        "_ownerid_value": user_ids[sheet.owner],
        f"_ownerid_value{FORMATTED}": users[sheet.owner],
        "_createdby_value": user_ids[sheet.creator],
        f"_createdby_value{FORMATTED}": users[sheet.creator],
        "_modifiedby_value": user_ids[sheet.owner],
    }
