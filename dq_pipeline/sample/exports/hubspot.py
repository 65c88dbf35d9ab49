"""HubSpot: the CSV export of all contacts."""

from __future__ import annotations

import numpy as np

from dq_pipeline.sample.batch import Batch
from dq_pipeline.sample.consents import DENIED, GRANTED, NOTHING, UNKNOWN, WITHDRAWN
from dq_pipeline.sample.exports import choices
from dq_pipeline.sample.sheet import Sheet
from dq_pipeline.sample.strings import Ints, Random, Strings, blank, chance, filled, is_first, moments, pick, texts

_BASES = (
    "Legitimate interest – prospect/lead",
    "Legitimate interest – existing customer",
    "Performance of a contract",
    "Freely given consent from contact",
    "Not applicable",
)
_METHODS = ("Web form", "Newsletter form", "Phone", "Event", "Double opt-in")
_LEADS = texts(("New", "Open", "In Progress", "Open Deal", "Connected", "", "", ""))
_MINUTES = 16


def columns(random: Random, batch: Batch, sheet: Sheet, ids: Strings) -> dict[str, Strings]:
    """The columns of the contract, in its order."""
    given_on, method = batch.consents.evidence("email", "sms", "tracking")
    count, nothing, names, consents = len(batch), blank(len(batch)), sheet.names, batch.consents
    email = _first_comers(sheet.email)
    bounced = (batch.faults["bad_email"] | batch.faults["typo_domain"]) & chance(random, 0.5, count)
    form = texts(["Form submission", *choices.users()])
    return {
        "Record ID": ids,
        "First Name": names.given,
        "Last Name": names.family,
        "Salutation": choices.salutations(random, sheet),
        "Email": email,
        "Additional email addresses": nothing,
        "Phone Number": np.where(filled(sheet.landline), sheet.landline, sheet.work_phone),
        "Mobile Phone Number": sheet.mobile,
        "Street Address": choices.one_line(sheet.street, sheet.second_line, ", "),
        "City": sheet.locality,
        "State/Region": sheet.region,
        "Postal Code": sheet.postal_code,
        "Country/Region": choices.countries(random, sheet, 0.75, 0.1, 0.1),
        "Company Name": sheet.company_name,
        "Job Title": sheet.job,
        "Date of birth": choices.iso_birthdates(sheet.birthdate),
        "Gender": choices.genders(random, sheet),
        "Contact owner": texts(choices.users())[sheet.owner],
        "Created by user": form[np.where(chance(random, 0.6, count), 0, sheet.creator)],
        "Lifecycle Stage": choices.statuses(random, sheet, ("Customer", "Other", "Lead", "Subscriber")),
        "Lead Status": pick(random, _LEADS, count),
        "Legal basis for processing contact's data": _legal_bases(random, consents.email),
        "Unsubscribed from all email": choices.where(np.isin(consents.email, (DENIED, WITHDRAWN)), "true"),
        "Marketing contact status": choices.where(
            consents.email == GRANTED, "Marketing contact", "Non-marketing contact"
        ),
        "SMS consent": choices.choose(("", "Yes", "No", "No", ""), consents.sms),
        "Tracking consent": choices.choose(("", "Yes", "No", "No", ""), consents.tracking),
        "Consent date": moments(given_on, " ", _MINUTES),
        "Consent method": choices.choose(_METHODS, method),
        "Email hard bounce reason": choices.where(bounced, "UNKNOWN_USER"),
        "Create Date": moments(sheet.created, " ", _MINUTES),
        "Last Modified Date": moments(sheet.updated, " ", _MINUTES),
        "Last Activity Date": moments(sheet.last_activity, " ", _MINUTES),
    }


def _first_comers(email: Strings) -> Strings:
    """HubSpot refuses a second contact with an address it has: the later one is saved without."""
    return np.where(is_first(email), email, "")


def _legal_bases(random: Random, state: Ints) -> Strings:
    base = np.where(state == GRANTED, 3, np.where(chance(random, 0.5, len(state)), 1, 2))
    return choices.choose(_BASES, np.where((state == NOTHING) | (state == UNKNOWN), -1, base))
