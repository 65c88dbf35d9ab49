"""Texts that fill a field and say nothing: kept for display, marked, never evidence that two records are one."""

from __future__ import annotations

from dq_pipeline.domain.parsing.text import fold

# Folded words. Collected from what forms, migrations and hurried people really leave behind, in the languages of
# the sources. Words that are real names too are left out (Blank, Sample, Home, Nan).
_WORDS = """
    test|tests|tester|testing|test test|user|test user|test customer|testperson|test record|prueba|essai|dummy|fake
    unknown|unkown|unknwon|unk|uknown|not known|unbekannt|inconnu|inconnue|desconocido|desconocida|sconosciuto
    onbekend|okand|okant|ukendt|ukjent|tuntematon|nieznany|nieznana|neznamy|ismeretlen|necunoscut|desconhecido
    neizvestno|none|no name|noname|no email|noemail|no mail|nomail|no phone|no number|nil|null|void|undefined
    n a|n v t|nvt|k a|k a a|keine angabe|sin datos|sin nombre|non renseigne|niet bekend|brak danych|empty
    not applicable|not available|not provided|not given|not specified|not stated|not disclosed|not entered
    unspecified|unassigned|unavailable|missing|no data|no value|no info|no information|withheld|declined
    no code|no postcode|no zip|no address
    anonymous|anonymous user|first name|firstname|last name|lastname|surname|family name|given name|forename
    your name|full name|name|customer|customer name|contact|tbd|tba|tbc|to be determined|to be confirmed
    default|placeholder|deleted|delete me|do not use|donotuse|dnu|duplicate|x|xx|zz|qq
    asd|asdf|asdfg|asdfgh|asdfghjkl|qwe|qwer|qwert|qwerty|qwertz|azerty|yxcv|zxcv|zxcvbn|abcd|abcdef
    lorem ipsum|foo bar|foobar
"""
_PLACEHOLDERS = frozenset(word.strip() for word in _WORDS.replace("\n", "|").split("|") if word.strip())


# Na (Korean), Nil (Catalan) and Null (German) are names; typed "NA", "nil" or "n.a." they mean that there is none.
_NAMES_WHEN_CAPITALISED = frozenset({"na", "nil", "null"})


def is_placeholder(text: str, folded: str | None = None) -> bool:
    """Whether `text` only fills the field: a word such as "unknown" or "n/a", a key held down, or no letter at all.

    An empty text is missing, not a placeholder. `folded`: fold(text), where the caller has it already.

    >>> [is_placeholder(text) for text in ("N/A", "xxx", "-", "Na", "Nadia", "")]
    [True, True, True, False, False, False]
    """
    if not text.strip():
        return False
    folded = fold(text) if folded is None else folded
    if not folded:
        return not any(character.isalnum() for character in text)
    if folded in _NAMES_WHEN_CAPITALISED:
        return text.isascii() and (not text.strip().istitle() or "." in text)
    return folded in _PLACEHOLDERS or is_one_key(folded) or is_run(folded)


def is_one_key(text: str) -> bool:
    """Whether one letter or digit is repeated three times or more and nothing else is there ("xxx", "0000")."""
    letters = text.replace(" ", "")
    return len(letters) >= 3 and len(set(letters)) == 1


def is_run(digits: str) -> bool:
    """Whether the digits are typed along the keyboard: 12345, 0123456789, 987654321 (five digits or more)."""
    return len(digits) >= 5 and (digits in "01234567890123456789" or digits in "98765432109876543210")
