"""Slips of the keyboard in the domain of an e-mail address, and the domain that was meant."""

from __future__ import annotations

from functools import lru_cache

from dq_pipeline.domain.parsing import email_data as data
from dq_pipeline.domain.parsing.text import fold


@lru_cache(maxsize=50_000)
def domain_slip(domain: str) -> str | None:
    """The domain that was meant: one of the frequent ones a slip away (a letter wrong, missing, doubled or swapped), or
    the same with an ending that exists; None where there is nothing to correct.

    >>> domain_slip("gmial.com"), domain_slip("gmx.de"), domain_slip("gmail.con")
    ('gmail.com', None, 'gmail.com')
    >>> domain_slip("firma.cmo")
    'firma.com'
    """
    if domain in data.FREQUENT_DOMAINS or domain in data.NOT_A_SLIP or fold(domain) == "":
        return None
    corrected = _with_real_ending(domain)
    if corrected:
        return domain_slip(corrected) or corrected
    for frequent in data.FREQUENT_DOMAINS:
        if len(frequent) >= 7 and abs(len(frequent) - len(domain)) <= 1 and _one_slip(domain, frequent):
            return frequent
    return None


def _with_real_ending(domain: str) -> str | None:
    """The domain with the ending that was meant, where it ends in one that does not exist (firma.con)."""
    for wrong, meant in data.ENDING_SLIPS.items():
        if domain.endswith(wrong) and len(domain) > len(wrong):
            return domain.removesuffix(wrong) + meant
    return None


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter wrong, missing, added, or two neighbours swapped separate the two (Damerau 1964)."""
    if len(typed) == len(meant):
        wrong = [index for index in range(len(meant)) if typed[index] != meant[index]]
        if len(wrong) == 1:
            return True
        return (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and typed[wrong[0]] == meant[wrong[1]]
            and (typed[wrong[1]] == meant[wrong[0]])
        )
    longer, shorter = (typed, meant) if len(typed) > len(meant) else (meant, typed)
    return any(longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer)))
