"""Values made unreadable but still comparable by eye: `Anna Smith` as `A*** S***`.

For readers who may know which records are meant, not who the customers are. Lengths are hidden too.
"""

from __future__ import annotations

from datetime import date

HIDDEN = "***"


def mask_words(text: str) -> str:
    """The first letter of every word: names and addresses."""
    return " ".join(word[0] + HIDDEN for word in text.split())


def mask_email(text: str) -> str:
    """`jane@gmail.com` as `j***@g***.com`; what is no address as words."""
    mailbox, at, domain = text.strip().rpartition("@")
    if not (mailbox and domain):
        return mask_words(text)
    name, dot, ending = domain.rpartition(".")
    return f"{mailbox[0]}{HIDDEN}{at}{(name or ending)[:1]}{HIDDEN}" + (dot + ending if name else "")


def mask_phone(text: str) -> str:
    """The last two digits of a number of six or more."""
    digits = [letter for letter in text if letter.isdigit()]
    return HIDDEN + ("".join(digits[-2:]) if len(digits) >= 6 else "")


def mask_date(text: str) -> str:
    """The year of an ISO date, nothing of any other text."""
    try:
        return f"{date.fromisoformat(text).year:04d}-**-**"
    except ValueError:
        return HIDDEN
