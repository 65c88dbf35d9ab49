"""Zoho CRM: the CSV export of the Contacts module."""

from __future__ import annotations

import numpy as np

from dq_pipeline.sample.batch import Batch
from dq_pipeline.sample.consents import DENIED, GRANTED, NOTHING, UNKNOWN, WITHDRAWN
from dq_pipeline.sample.exports import choices
from dq_pipeline.sample.numbers import zoho_ids
from dq_pipeline.sample.sheet import Sheet
from dq_pipeline.sample.strings import Random, Strings, blank, chance, dates, filled, moments, pick, texts

_BASIS = ("Consent", "Legitimate Interests", "Contract", "Not Applicable")
_DETAILS = ("", "Obtained", "Not Responded", "Withdrawn", "Awaiting")
_THROUGH = ("Consent form", "E-mail", "Phone", "Paper form", "Trade show")
_SOURCES = texts(("Web", "Cold Call", "Advertisement", "Partner", "Trade Show", "External Referral", "", ""))
_MODES = texts(("Manual", "Unsubscribe link", "Unsubscribe link", "Consent form", "Zoho campaigns"))
_TAGS = texts(("", "", "", "", "VIP", "Newsletter", "VIP,Newsletter", "Reseller"))


def columns(random: Random, batch: Batch, sheet: Sheet, ids: Strings) -> dict[str, Strings]:
    """The columns of the contract, in its order."""
    given_on, method = batch.consents.evidence("email", "sms")
    count, nothing, names, consents = len(batch), blank(len(batch)), sheet.names, batch.consents
    users = texts(choices.users())
    user_ids = zoho_ids(random, len(users))
    account_ids = zoho_ids(random, len(batch.people.companies.name))
    withdrawn = consents.email == WITHDRAWN
    work = filled(sheet.work_phone)
    stated = (consents.email != NOTHING) & (consents.email != UNKNOWN)
    basis = np.where(stated, 0, np.where(chance(random, 0.5, count), 2, -1))
    return {
        "Record Id": ids,
        "Contact Owner.id": user_ids[sheet.owner],
        "Contact Owner": users[sheet.owner],
        "Salutation": choices.salutations(random, sheet),
        "First Name": names.given,
        "Last Name": names.family,
        "Full Name": choices.full_names(names.given, names.family),
        "Account Name.id": np.where(sheet.company >= 0, account_ids[sheet.company], ""),
        "Account Name": sheet.company_name,
        "Email": sheet.email,
        "Secondary Email": sheet.second_email,
        "Phone": np.where(work, sheet.work_phone, sheet.landline),
        "Mobile": sheet.mobile,
        "Home Phone": np.where(work, sheet.landline, ""),
        "Other Phone": nothing,
        "Date of Birth": choices.iso_birthdates(sheet.birthdate),
        "Gender": choices.genders(random, sheet),
        "Title": sheet.job,
        "Department": nothing,
        "Lead Source": pick(random, _SOURCES, count),
        "Mailing Street": choices.one_line(sheet.street, sheet.second_line, ", "),
        "Mailing City": sheet.locality,
        "Mailing State": sheet.region,
        "Mailing Zip": sheet.postal_code,
        "Mailing Country": choices.countries(random, sheet, 0.6, 0.25, 0.1),
        "Email Opt Out": choices.where(np.isin(consents.email, (DENIED, WITHDRAWN)), "true", "false"),
        "SMS Opt Out": choices.where(np.isin(consents.sms, (DENIED, WITHDRAWN)), "true", "false"),
        "Unsubscribed Mode": np.where(withdrawn, pick(random, _MODES, count), ""),
        "Unsubscribed Time": moments(np.where(withdrawn, given_on, np.datetime64("NaT"))),
        "Data Processing Basis": choices.choose(_BASIS, basis),
        "Data Processing Basis Details": np.where(basis == 0, choices.choose(_DETAILS, consents.email), ""),
        "Consent Date": dates(given_on),
        "Consent Through": choices.choose(_THROUGH, method),
        "Consent Remarks": choices.where((consents.email == GRANTED) & chance(random, 0.05, count), "see paper file"),
        "Contact Status": choices.statuses(random, sheet, ("Active", "Inactive", "Prospect", "Former")),
        "Created By": users[sheet.creator],
        "Modified By": users[sheet.owner],
        "Created Time": moments(sheet.created),
        "Modified Time": moments(sheet.updated),
        "Last Activity Time": moments(sheet.last_activity),
        "Tag": pick(random, _TAGS, count),
        "Description": nothing,
    }
