"""Phone numbers: E.164 by libphonenumber (`phonenumbers`), with the record's country for numbers without a +."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from dq_pipeline.domain.parsing.phone_plan import calling_code_length, read_plain
from dq_pipeline.domain.parsing.phone_text import PhoneText, look_around
from dq_pipeline.domain.parsing.placeholders import is_one_key, is_placeholder, is_run
from dq_pipeline.domain.parsing.text import Status, digits_of, tidy

# Ranges kept free for films and examples: nobody answers there. NANP 555-0100..0199 and
# area code 555, Ofcom, ACMA, ARCEP, BNetzA, PTS, ComReg.
_FICTIONAL = re.compile(
    r"""\+(?:
      1(?:\d{3}55501\d\d|555\d{7})
    | 44(?:1(?:1[3-8]|[2-6]1)4960|2079460|1914980|2890180|2920180|3069990|8081570|9098790|7700900|1632960)\d{3}
    | 61(?:[2378](?:5550|7010)\d{4}|491570(?:006|1[15]\d|313|737)|491571(?:266|491|804)|491572(?:549|665|983))
    | 33(?:19900|26191|35301|46571|53649|63998)\d{4}
    | 46(?:3139006\d\d|4062804\d\d|8465004\d\d|9803192\d\d|7017406\d\d)
    | 3532091\d{5}
    | 49(?:3023125|6990009|4066969|2214710|8999998)\d{3}
    )""",
    re.VERBOSE,
)
_LOCAL_FICTIONAL = re.compile(r"555[0-9]{4}")
_TOO_LONG_TO_READ = 100
_LONGEST_E164 = 15
# Anything but digits, spaces, brackets, hyphens and dots between them; and what only looks like a number.
_NEEDS_CARE = re.compile(r"[^0-9 ()+.-]|[.,]0$|[0-9]\+|\+52")
_NUMBER_TYPES = {
    0: "fixed_line",
    1: "mobile",
    2: "fixed_line_or_mobile",
    3: "toll_free",
    4: "premium_rate",
    5: "shared_cost",
    6: "voip",
    7: "personal_number",
    8: "pager",
    9: "uan",
    10: "voicemail",
}


class ParsedPhone(NamedTuple):
    """`value`: E.164, or the text as it arrived; `digits`: the significant digits, also of a number that is not
    valid; `region`: ISO 3166-1 alpha-2 of the numbering plan.
    """

    value: str
    status: Status
    reason: str
    extension: str | None = None
    region: str | None = None
    number_type: str | None = None
    digits: str | None = None


def parse_phone(raw: str, country: str) -> ParsedPhone:
    """One number as dialled in `country` (ISO 3166-1 alpha-2, `''` when unknown).

    `reason` of an invalid one: `not_a_number`, `no_country` (no + and no country to read it by),
    `unknown_calling_code`, `too_short`, `too_long`, `no_such_number`, `several_numbers`, `digits_lost` (4.42E+11, as a
    spreadsheet shows it); of a placeholder: `placeholder_word`,
    `placeholder_digits`, `fictional`; of a valid one: `premium_rate` or `''`.

    >>> parse_phone("(020) 7183 8750 ext. 12", "GB")[:4]
    ('+442071838750', 'valid', '', '12')
    """
    text = tidy(raw)
    digits = digits_of(text)
    if _is_filler(text, digits):
        return ParsedPhone(text, "placeholder", "placeholder_digits" if digits else "placeholder_word")
    if len(text) > _TOO_LONG_TO_READ:
        return ParsedPhone(text, "invalid", "not_a_number", digits=digits[:20] or None)
    around = look_around(text) if _NEEDS_CARE.search(text) else PhoneText(text)
    if around.trouble:
        first = None if around.trouble == "digits_lost" else digits_of(around.number)[:_LONGEST_E164].lstrip("0")
        return ParsedPhone(text, "invalid", around.trouble, digits=first or None)
    plain = read_plain(around.number, country) if around.extension is None else None
    if plain is None:
        return _library_reading(text, around, country)
    value = f"+{plain.calling_code}{plain.national_number}"
    return _valid(value, None, plain.region, plain.number_type, plain.national_number)


def _is_filler(text: str, digits: str) -> bool:
    """One digit held down, digits along the keyboard, a word; behind a + the calling code is not looked at."""
    if not digits:
        return is_placeholder(text)
    tail = digits[-5:]
    if len(set(tail)) > 1 and not is_run(tail):
        return False  # however a filler is typed, this is how it ends; nearly every number leaves here
    candidates = [digits, digits.lstrip("0") or digits]
    if text.startswith("+"):
        candidates.append(digits[calling_code_length(digits) :])
    return any(is_one_key(candidate) or is_run(candidate) for candidate in candidates)


def _library_reading(text: str, around: PhoneText, country: str) -> ParsedPhone:
    import phonenumbers

    written = around.number
    digits = digits_of(written)
    # 00 is what most of the world dials for the +; without a country only that can tell.
    readable = "+" + written[2:] if not country and written.startswith("00") else written
    try:
        number = phonenumbers.parse(readable, country or None)
    except phonenumbers.NumberParseException as error:
        return ParsedPhone(text, "invalid", _parse_trouble(error, country), digits=digits.lstrip("0") or None)
    national = phonenumbers.national_significant_number(number)
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(number):
        extension = around.extension or number.extension
        if _FICTIONAL.fullmatch(value) or (number.country_code == 1 and _LOCAL_FICTIONAL.fullmatch(national)):
            # most of these ranges are no numbers to libphonenumber
            return ParsedPhone(text, "placeholder", "fictional", extension, digits=national)
        return ParsedPhone(text, "invalid", _length_trouble(number), extension, digits=national)
    return _valid(
        value,
        around.extension or number.extension,
        phonenumbers.region_code_for_number(number),
        _NUMBER_TYPES.get(phonenumbers.number_type(number), "unknown"),
        national,
    )


def _valid(value: str, extension: str | None, region: str | None, number_type: str, digits: str) -> ParsedPhone:
    if _FICTIONAL.fullmatch(value):
        return ParsedPhone(value, "placeholder", "fictional", extension, region, number_type, digits)
    reason = "premium_rate" if number_type == "premium_rate" else ""
    return ParsedPhone(value, "valid", reason, extension, region, number_type, digits)


def _parse_trouble(error: Exception, country: str) -> str:
    import phonenumbers

    kinds = phonenumbers.NumberParseException
    kind = getattr(error, "error_type", None)
    if kind == kinds.INVALID_COUNTRY_CODE:
        return "unknown_calling_code" if country else "no_country"
    if kind in (kinds.TOO_SHORT_NSN, kinds.TOO_SHORT_AFTER_IDD):
        return "too_short"
    return "too_long" if kind == kinds.TOO_LONG else "not_a_number"


def _length_trouble(number: Any) -> str:
    import phonenumbers

    result = phonenumbers.is_possible_number_with_reason(number)
    reasons = phonenumbers.ValidationResult
    if result in (reasons.TOO_SHORT, reasons.IS_POSSIBLE_LOCAL_ONLY):
        return "too_short"
    return "too_long" if result == reasons.TOO_LONG else "no_such_number"
