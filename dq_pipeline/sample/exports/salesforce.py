"""Salesforce: `Contact.csv` of the Data Export service."""

from __future__ import annotations

import numpy as np

from dq_pipeline.sample.batch import Batch
from dq_pipeline.sample.consents import DENIED, WITHDRAWN
from dq_pipeline.sample.exports import choices
from dq_pipeline.sample.numbers import salesforce_ids
from dq_pipeline.sample.sheet import Sheet
from dq_pipeline.sample.strings import Ints, Random, Strings, blank, chance, dates, filled, moments, pick, texts

_STATES = ("", "Granted", "Denied", "Withdrawn", "Unknown")
_METHODS = ("Web form", "Paper form", "Phone", "Event", "Double opt-in")
_SOURCES = texts(("Web", "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Event", "Other", ""))
_DEPARTMENTS = texts(("", "", "", "Sales", "Purchasing", "IT", "Finance", "Operations"))


def columns(random: Random, batch: Batch, sheet: Sheet, ids: Strings) -> dict[str, Strings]:
    """The columns of the contract, in its order."""
    given_on, method = batch.consents.evidence("email", "sms", "sharing")
    count, nothing, names = len(batch), blank(len(batch)), sheet.names
    accounts = salesforce_ids(random, len(batch.people.companies.name), "001")
    user_ids = salesforce_ids(random, len(choices.users()), "005")
    refuses = np.isin(batch.consents.email, (DENIED, WITHDRAWN))
    bounced = (batch.faults["bad_email"] | batch.faults["typo_domain"]) & chance(random, 0.5, count)
    work = filled(sheet.work_phone)
    modified = moments(sheet.updated, "T", 19, ".000Z")
    return {
        "Id": ids,
        "IsDeleted": choices.where(chance(random, 0.003, count), "1", "0"),
        "MasterRecordId": nothing,
        "AccountId": _known(accounts, sheet.company),
        "LastName": names.family,
        "FirstName": names.given,
        "Salutation": choices.salutations(random, sheet),
        "MiddleName": names.middle,
        "Name": choices.full_names(names.given, names.family),
        **dict.fromkeys(("OtherStreet", "OtherCity", "OtherState", "OtherPostalCode", "OtherCountry"), nothing),
        "MailingStreet": choices.one_line(sheet.street, sheet.second_line, "\n"),
        "MailingCity": sheet.locality,
        "MailingState": sheet.region,
        "MailingPostalCode": sheet.postal_code,
        "MailingCountry": choices.countries(random, sheet, 0.94, 0.02, 0.02),
        "Phone": np.where(work, sheet.work_phone, sheet.landline),
        "Fax": nothing,
        "MobilePhone": sheet.mobile,
        "HomePhone": np.where(work, sheet.landline, ""),
        "OtherPhone": nothing,
        "AssistantPhone": nothing,
        "ReportsToId": nothing,
        "Email": sheet.email,
        "Title": sheet.job,
        "Department": pick(random, _DEPARTMENTS, count),
        "AssistantName": nothing,
        "LeadSource": pick(random, _SOURCES, count),
        "Birthdate": choices.iso_birthdates(sheet.birthdate),
        "GenderIdentity": choices.genders(random, sheet),
        "Description": nothing,
        "OwnerId": user_ids[sheet.owner],
        "HasOptedOutOfEmail": choices.where(refuses, "1", "0"),
        "HasOptedOutOfFax": choices.where(refuses & chance(random, 0.3, count), "1", "0"),
        "DoNotCall": choices.where(batch.consents.calls == DENIED, "1", "0"),
        "CreatedDate": moments(sheet.created, "T", 19, ".000Z"),
        "CreatedById": user_ids[sheet.creator],
        "LastModifiedDate": modified,
        "LastModifiedById": user_ids[sheet.owner],
        "SystemModstamp": modified,
        "LastActivityDate": dates(sheet.last_activity),
        "LastCURequestDate": nothing,
        "LastCUUpdateDate": nothing,
        "EmailBouncedReason": choices.where(bounced, "550 5.1.1 User unknown"),
        "EmailBouncedDate": dates(np.where(bounced, sheet.updated, np.datetime64("NaT"))),
        "IndividualId": nothing,
        "Account_Name__c": sheet.company_name,
        "Status__c": choices.statuses(random, sheet, ("Active", "Inactive", "Prospect", "Former")),
        "Consent_Email__c": choices.choose(_STATES, batch.consents.email),
        "Consent_SMS__c": choices.choose(_STATES, batch.consents.sms),
        "Consent_Third_Party__c": choices.choose(_STATES, batch.consents.sharing),
        "Consent_Date__c": dates(given_on),
        "Consent_Method__c": choices.choose(_METHODS, method),
    }


def _known(values: Strings, row: Ints) -> Strings:
    return np.where(row >= 0, values[row], "")
