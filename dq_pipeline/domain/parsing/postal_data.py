"""Formats of postal codes by country (Universal Postal Union, addressing guides)."""

from __future__ import annotations

from dq_pipeline.domain.parsing.text import word_set

# Country -> shapes of the code without its separators: 9 a digit, A a letter, the rest as it is; "|" between shapes.
# A space or hyphen in a shape is where the country writes one.
SHAPES = {
    "AT": "9999", "AU": "9999", "BE": "9999", "BG": "9999", "CH": "9999", "CY": "9999", "DK": "9999", "HU": "9999",
    "LI": "9999", "LU": "9999", "NO": "9999", "NZ": "9999", "PH": "9999", "SI": "9999", "TN": "9999", "ZA": "9999",
    "DE": "99999", "ES": "99999", "FI": "99999", "FR": "99999", "HR": "99999", "IT": "99999", "MX": "99999",
    "MY": "99999", "TH": "99999", "TR": "99999", "UA": "99999", "EE": "99999", "EG": "99999", "MA": "99999",
    "MC": "99999", "SM": "99999", "VA": "99999", "RS": "99999", "KR": "99999", "ID": "99999", "SA": "99999|99999-9999",
    "BY": "999999", "CN": "999999", "IN": "999999", "KZ": "999999", "RO": "999999", "RU": "999999", "SG": "999999",
    "VN": "999999|99999", "CO": "999999", "EC": "999999", "IL": "9999999|99999", "IS": "999",
    "US": "99999|99999-9999", "PR": "99999|99999-9999", "BR": "99999-999", "CA": "A9A 9A9", "CZ": "999 99",
    "GR": "999 99", "SE": "999 99", "SK": "999 99", "JP": "999-9999", "NL": "9999 AA", "PL": "99-999",
    "PT": "9999-999|9999", "MT": "AAA 9999", "LT": "99999", "LV": "9999", "IE": "A99 ****|D6W ****",
    "AR": "9999|A9999AAA", "CL": "9999999|999-9999", "IR": "9999999999", "TW": "999|99999|999999",
    "AD": "AD999", "AL": "9999", "AM": "9999", "AZ": "9999", "BA": "99999", "BD": "9999", "BN": "AA9999",
    "CR": "99999", "CU": "99999", "DO": "99999", "DZ": "99999", "ET": "9999", "FO": "999", "GE": "9999", "GL": "9999",
    "GT": "99999", "HN": "99999", "HT": "9999", "JO": "99999", "KE": "99999", "KG": "999999", "KH": "999999|99999",
    "KW": "99999", "LA": "99999", "LB": "9999 9999|9999", "LK": "99999", "MD": "9999", "ME": "99999", "MK": "9999",
    "MM": "99999", "MN": "99999|999999", "NG": "999999", "NI": "99999", "NP": "99999", "PA": "9999", "PE": "99999",
    "PK": "99999", "PY": "9999", "SN": "99999", "SV": "9999", "TJ": "999999", "TM": "999999", "UY": "99999",
    "UZ": "999999", "VE": "9999", "XK": "99999", "GB": "", "JE": "", "GG": "", "IM": "",
}  # fmt: skip
# Written with the letters of the country in front, which are not part of the code in use: its ISO code anywhere, the
# sign of its cars here.
PREFIXES = {
    "AT": "A", "BE": "B", "DE": "D", "ES": "E", "FI": "FIN", "FR": "F", "HU": "H", "IT": "I", "LI": "FL", "LU": "L",
    "NO": "N", "PT": "P", "SE": "S",
}  # fmt: skip
# How many zeros a code can begin with, where codes do: a spreadsheet loses these, and only these.
LEADING_ZEROS = {
    **dict.fromkeys(word_set("AM AU BR CN CO DE EC ES FR JP KE KR KZ LT MX MY NO NZ PE PH PK RO SG SK TR UA US ZA"), 1),
    **dict.fromkeys(("FI", "IT", "PL", "PR", "VA"), 2),
}
