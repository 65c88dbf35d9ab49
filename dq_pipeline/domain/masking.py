"""Values made unreadable but still comparable by eye: `Anna Smith` as `A*** S***`.

For readers who may know which records are meant, not who the customers are. Of each part of a value the first letter is
left, nothing of a part of one or two letters, where that would be most of it. Lengths are hidden too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

HIDDEN = "***"
SHORTEST_PART = 3
# Endings that say nothing of the person; a domain may end in a family name.
COMMON_ENDINGS = frozenset(("biz", "com", "edu", "gov", "info", "int", "mil", "net", "org"))


def mask_words(text: str) -> str:
    """The first letter of every word: names, addresses and any other text."""
    return " ".join(map(_mask_part, text.split()))


def mask_email(text: str) -> str:
    """`jane@gmail.com` as `j***@g***.com`; what is no address as words."""
    mailbox, _, domain = text.strip().rpartition("@")
    if not (mailbox and domain):
        return mask_words(text)
    name, _, ending = domain.rpartition(".")
    kept = ending if _says_nothing(ending) else HIDDEN
    host = f"{_mask_part(name)}.{kept}" if name else _mask_part(ending)
    return f"{_mask_part(mailbox)}@{host}"


def mask_phone(text: str) -> str:
    """The last two digits of a number of six or more: the first ones are the country's and the region's."""
    digits = [letter for letter in text if letter.isdigit()]
    return HIDDEN + ("".join(digits[-2:]) if len(digits) >= 6 else "")


def mask_date(text: str) -> str:
    """The year of an ISO date, nothing of any other text."""
    try:
        return f"{date.fromisoformat(text).year:04d}-**-**"
    except ValueError:
        return HIDDEN


def mask_wholly(text: str) -> str:
    """Nothing but that there is a value."""
    return HIDDEN if text else ""


# How a canonical attribute or a channel is masked; one that is not named here, as words.
MASKS: Mapping[str, Callable[[str], str]] = {
    "birthdate": mask_date,
    "email": mask_email,
    "phone": mask_phone,
    "phone_number": mask_phone,
    "gender": mask_wholly,
    "national_id": mask_wholly,
    "postal_code": mask_wholly,
}


def mask_value(attribute: str, text: str) -> str:
    """The value of a canonical attribute, masked as its kind asks for; a value of an unknown kind as words."""
    return MASKS.get(attribute, mask_words)(text)


def _mask_part(part: str) -> str:
    return part[0] + HIDDEN if len(part) >= SHORTEST_PART else HIDDEN


def _says_nothing(ending: str) -> bool:
    ending = ending.lower()
    return ending in COMMON_ENDINGS or (len(ending) == 2 and ending.isascii() and ending.isalpha())
