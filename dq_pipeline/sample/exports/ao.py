"""AO, the legacy order system: upper case, eight-digit dates, codes."""

from __future__ import annotations

import numpy as np

from dq_pipeline.sample.batch import Batch
from dq_pipeline.sample.exports import choices
from dq_pipeline.sample.geography import geography
from dq_pipeline.sample.sheet import Sheet
from dq_pipeline.sample.strings import TEXT, Random, Strings, chance, dates, join, part, replace, texts, upper

_METHODS = ("W", "P", "T", "E", "S")
_CONSENT = ("", "Y", "N", "W", "U")
_HOME = "GBR"
_HOME_LEFT_OUT = 0.6


def columns(random: Random, batch: Batch, sheet: Sheet, ids: Strings) -> dict[str, Strings]:
    """The columns of the contract, in its order."""
    given_on, method = batch.consents.evidence("email", "sharing")
    names, consents = sheet.names, batch.consents
    clerks = texts(f"{part(texts([user]), 0, 1)[0]}{user.split()[1][:6]}".upper() for user in choices.users())
    written = {
        "CUST_NO": ids,
        "TITLE": choices.salutations(random, sheet, ("MR", "MS", "MRS", "DR", "PROF")),
        "SURNAME": names.family,
        "FORENAME": names.given,
        "INITIALS": join(part(np.strings.strip(names.given), 0, 1), part(names.middle, 0, 1)),
        "SEX": choices.genders(random, sheet, ("M", "F"), wrong=("X", "1", "2")),
        "DOB": _day_first(sheet.birthdate),
        "ADDR1": sheet.street,
        "ADDR2": sheet.second_line,
        "TOWN": sheet.locality,
        "COUNTY": sheet.region,
        "POSTCODE": sheet.postal_code,
        "CTRY": _countries(random, sheet),
        "TEL_HOME": sheet.landline,
        "TEL_MOBILE": sheet.mobile,
        "EMAIL": sheet.email,
        "NAT_ID": sheet.national_id,
        "MKT_CONSENT": choices.choose(_CONSENT, consents.email),
        "TPS_CONSENT": choices.choose(_CONSENT, consents.sharing),
        "CONSENT_DT": dates(given_on, "dmy"),
        "CONSENT_METHOD": choices.choose(_METHODS, method),
        "CUST_STATUS": choices.statuses(random, sheet, ("A", "C", "S", "D"), wrong=("X", "9")),
        "OPEN_DT": dates(sheet.created, "dmy"),
        "LAST_CHG_DT": dates(sheet.updated, "dmy"),
        "LAST_ORD_DT": dates(sheet.last_activity, "dmy"),
        "ENTERED_BY": clerks[sheet.creator],
        "ACCT_MGR": clerks[sheet.owner],
    }
    # The layout has no quoting: a delimiter inside a value would shift the line.
    return {name: replace(upper(values), "|", "/") for name, values in written.items()}


def _day_first(birthdates: Strings) -> Strings:
    """YYYYMMDD as DDMMYYYY."""
    return join(part(birthdates, 6, 8), part(birthdates, 4, 6), part(birthdates, 0, 4))


def _countries(random: Random, sheet: Sheet) -> Strings:
    codes = choices.choose([nation.alpha3 for nation in geography().countries], sheet.country)
    home = (codes == _HOME) & chance(random, _HOME_LEFT_OUT, len(codes))
    return np.where(home, "", codes).astype(TEXT)
